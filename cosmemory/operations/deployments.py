"""The deployment under way: its objectives and figures, what its next step lacks, and where a crash left it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from cosmemory.config import Settings
from cosmemory.document.json_values import Data
from cosmemory.errors import NotFound
from cosmemory.frozen import frozen
from cosmemory.kinds import DEPLOYMENT, deployment
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.deployment import PARTIAL, Deployment, Measured, Obstacles, hours_between, obstacles
from cosmemory.memory import Memory, Outcome
from cosmemory.reader import Reader
from cosmemory.transaction import Transaction

PAGE = DEPLOYMENT.path


@frozen(kw_only=True)
class Standing:
    """How a deployment stands at a moment: its page, the hours in its stage up to then, and what the next step lacks."""

    page: Deployment
    hours: float | None
    obstacles: Obstacles


@frozen(kw_only=True)
class Interrupted:
    """A deployment that part of the traffic runs on, and the checkpoint from before it began."""

    version: str
    stage: str
    since: datetime | None
    hours: float | None
    previous_version: str
    checkpoint: str


def status(memory: Memory) -> Standing:
    """How the deployment stands now: its hours in the stage, and what keeps it from the next one.

    Raises NotFound where there is none.
    """
    page, now = deployment_of(memory), memory.now()
    return Standing(page=page, hours=hours_between(page.stage_start, now), obstacles=obstacles(page, now))


def interrupted(memory: Memory) -> tuple[Interrupted, ...]:
    """The deployment if it stands at 5 %, 20 % or 50 %, where whoever comes after a crash must go on or go back."""
    if PAGE not in memory.store.paths():
        return ()
    page = deployment_of(memory)
    if page.stage not in PARTIAL:
        return ()
    found = Interrupted(
        version=page.version or "",
        stage=str(page.stage),
        since=page.stage_start if isinstance(page.stage_start, datetime) else None,
        hours=hours_between(page.stage_start, memory.now()),
        previous_version=page.previous_version or "",
        checkpoint=page.checkpoint or "",
    )
    return (found,)


def set_slo(
    memory: Memory,
    name: str,
    holds: bool,
    *,
    note: str | None = None,
    new: bool = False,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The service level objective ``name`` holding or not; ``new`` adds one that the deployment does not have."""
    return set_slos(memory, {name: holds}, note=note, new=new, expected=expected)


def set_slos(
    memory: Memory,
    answers: Mapping[str, bool],
    *,
    note: str | None = None,
    new: bool = False,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """Several objectives at once."""

    def change(page: Deployment, transaction: Transaction) -> Deployment:
        for name, holds in answers.items():
            page = deployment.answered(page, name, holds, transaction.now, note, new=new)
        return page

    said = ", ".join(f"{name} {'holds' if holds else 'does not hold'}" for name, holds in answers.items())
    return _change(memory, "deploy slo", change, said, note, expected)


def record_metric(
    memory: Memory,
    metric: str,
    *,
    current: float | None = None,
    baseline: float | None = None,
    measured_as: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A metric of the new version, beside its baseline; what is not given stays."""
    row = Measured(
        metric=metric,
        current=None if current is None else Data.of(current),
        baseline=None if baseline is None else Data.of(baseline),
        measured_as=measured_as,
    )
    against = "" if row.baseline is None else f" against {row.baseline}"
    said = f"{metric} {'' if row.current is None else row.current}{against}"
    return _change(
        memory,
        "deploy metric",
        lambda page, _: deployment.measured(page, row),
        said,
        None,
        expected,
    )


def _change(
    memory: Memory,
    operation: str,
    change: Callable[[Deployment, Transaction], Deployment],
    said: str,
    notes: str | None,
    expected: dict[str, str] | None,
) -> Outcome[str]:
    def verb(transaction: Transaction) -> str:
        before = standing_page(transaction)
        transaction.replace(PAGE, change(before, transaction))
        event = Event(
            time=transaction.now,
            type="deployment",
            involved=memory.actor,
            action=f"{before.version} at {before.stage}: {said}",
            notes=notes,
        )
        transaction.append(event)
        return str(before.version)

    return memory.run(verb, expected=expected, operation=operation)


def deployment_of(reader: Reader) -> Deployment:
    """The page as it stands.

    Raises NotFound where there is none.
    """
    if PAGE not in reader.store.paths():
        raise no_deployment()
    found: Deployment = reader.read(PAGE)
    return found


def standing_page(transaction: Transaction) -> Deployment:
    """The page to be changed.

    Raises NotFound where there is none.
    """
    if not transaction.exists(PAGE):
        raise no_deployment()
    found: Deployment = transaction.read(PAGE)
    return found


def no_deployment() -> NotFound:
    """What is said where there is no deployment."""
    hint = "cosmemory deploy begin VERSION begins one; repair deployment --yes brings back one that was lost."
    return NotFound("A deployment", hint)


def minimum_of(settings: Settings, stage: str) -> float:
    """How many hours a deployment stays in ``stage`` at least."""
    return settings.stage_hours.get(stage, settings.minimum_hours) if stage in deployment.STAGES[:-1] else 0
