"""P21: one more finding in a run of a thousand phases and ten thousand findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cosmemory.document.render import render
from cosmemory.kinds import RUN
from cosmemory.kinds.run import Finding, LastChange, Phase, Run
from cosmemory.memory import Memory
from cosmemory.operations.runs import add_finding
from tests.benchmarks.measure import Figure, ratio
from tests.benchmarks.writes import PAIRS, memory_at, places, raw_replace

PHASES, FINDINGS = 1_000, 10_000
KEY = "long"


def long_run(phases: int = PHASES, findings: int = FINDINGS, key: str = KEY) -> bytes:
    """The page of a run of so many phases and findings, about a megabyte."""
    at = datetime(2026, 11, 21, 6, tzinfo=UTC)
    run = Run(
        run_id=key,
        goal="Bring the whole of it over",
        status="executing",
        current_phase=f"phase {phases - 1}",
        created=at,
        started=at,
        last_change=LastChange(last_updated=at),
        phases=tuple(
            Phase(
                phase=f"phase {number}",
                status="in_progress" if number == phases - 1 else "completed",
                retries=0,
                limit=3,
                started=at,
                completed=None if number == phases - 1 else at,
            )
            for number in range(phases)
        ),
        findings=tuple(
            Finding(
                id=f"F-{number + 1}",
                phase=f"phase {number % phases}",
                severity="minor",
                text=f"The name of helper {number} says nothing of what it does",
                place=f"src/part_{number % 97}.py:{number % 400}",
                found=at,
            )
            for number in range(findings)
        ),
    )
    return render(run, RUN.template).encode()


def run_at(folder: Path) -> tuple[Memory, Path]:
    """A new memory with a long run in it."""
    memory = memory_at(folder)
    page = folder / "runs" / f"{KEY}.md"
    page.parent.mkdir()
    page.write_bytes(long_run())
    return memory, page


def add(memory: Memory, key: str, phases: int) -> Callable[[], object]:
    """What adds a finding to the last phase of a run."""
    return lambda: add_finding(
        memory, key, f"phase {phases - 1}", severity="minor", text="One more", place="src/app.py:1"
    )


def findings() -> Iterator[Figure]:
    """P21: a finding more, beside a bare durable replacement of the same bytes, without and with a short run's."""
    with places() as found:
        for place, folder, twin in found:
            memory, page = run_at(folder / "run")
            (page.parent / "short.md").write_bytes(long_run(3, 3, "short"))
            raw = folder / "raw-run.md"
            data = page.read_bytes()
            ours, short = add(memory, KEY, PHASES), add(memory, "short", 3)
            what = f"a finding more among {FINDINGS}"
            measured = ratio(lambda raw=raw, data=data: raw_replace(raw, data), ours, PAIRS)
            yield Figure(name="P21", what=f"{what}, {place}", goal=(1.5, 8)[int(twin)], measured=measured)
            measured = ratio(
                lambda raw=raw, data=data, short=short: (raw_replace(raw, data), short()), ours, PAIRS
            )
            goal = (1.5, 3)[int(twin)]
            yield Figure(name="P21", what=f"{what}, and a short run's, {place}", goal=goal, measured=measured)
