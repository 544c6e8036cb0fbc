"""Figures over all runs."""

from __future__ import annotations

from datetime import datetime

from cosmemory.frozen import frozen
from cosmemory.kinds import RUN
from cosmemory.kinds.run import COMPLETED, ENDED, Run
from cosmemory.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


@frozen(kw_only=True)
class Statistics:
    """Figures over all live runs; the rate and the mean are of those that have ended."""

    runs: int
    by_status: dict[str, int]
    phases: dict[str, int]
    executions: dict[str, int]
    retries: int
    findings: dict[str, int]
    unresolved: dict[str, int]
    artifacts: int
    artifact_bytes: int
    interventions: dict[str, int]
    success_percent: float | None
    mean_seconds: int | None


def statistics(memory: Memory) -> Statistics:
    """Figures over all live runs."""
    runs = [
        _figures(memory.read_stored(stored).document)
        for path in memory.store.paths()
        if RUN.pattern.fullmatch(path) and (stored := memory.store.read(path)) is not None
    ]
    ended = [each for each in runs if each.status in ENDED]
    took = [each.seconds for each in ended if each.seconds is not None]
    return Statistics(
        runs=len(runs),
        by_status=_counts(each.status for each in runs),
        phases=_counts(word for each in runs for word in each.phases),
        executions=_counts(word for each in runs for word in each.executions),
        retries=sum(each.retries for each in runs),
        findings=_counts(word for each in runs for word in each.findings),
        unresolved=_counts(word for each in runs for word in each.unresolved),
        artifacts=sum(each.artifacts for each in runs),
        artifact_bytes=sum(each.artifact_bytes for each in runs),
        interventions=_counts(word for each in runs for word in each.interventions),
        success_percent=round(100 * sum(each.status == COMPLETED for each in ended) / len(ended), 1)
        if ended
        else None,
        mean_seconds=round(sum(took) / len(took)) if took else None,
    )


@frozen(kw_only=True)
class _Figures:
    """What one run adds to the figures: its page need not be held."""

    status: str
    phases: tuple[str, ...]
    executions: tuple[str, ...]
    retries: int
    findings: tuple[str, ...]
    unresolved: tuple[str, ...]
    artifacts: int
    artifact_bytes: int
    interventions: tuple[str, ...]
    seconds: float | None


def _figures(run: Run) -> _Figures:
    lasted = None
    if isinstance(run.started, datetime) and isinstance(run.completed, datetime):
        lasted = (run.completed - run.started).total_seconds()
    return _Figures(
        status=str(run.status),
        phases=tuple(str(each.status) for each in run.phases),
        executions=tuple(str(each.status) for each in run.executions),
        retries=sum(each.retries for each in run.phases if isinstance(each.retries, int)),
        findings=tuple(str(each.severity) for each in run.findings),
        unresolved=tuple(str(each.severity) for each in run.findings if each.resolved is None),
        artifacts=len(run.artifacts),
        artifact_bytes=sum(each.size for each in run.artifacts if isinstance(each.size, int)),
        interventions=tuple(str(each.status) for each in run.interventions),
        seconds=lasted,
    )


def _counts(words: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts
