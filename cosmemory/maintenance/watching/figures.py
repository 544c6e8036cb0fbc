"""The figures of a memory's own health, by name and labels, for whatever collects them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, LOG_PATH
from cosmemory.kinds.active_alerts import SEVERITIES
from cosmemory.kinds.cos_state import ACTION_STEPS
from cosmemory.kinds.team_roster import STATUSES
from cosmemory.maintenance.watching.eye import Eye
from cosmemory.maintenance.watching.measures import Scene
from cosmemory.rules.rule import ERROR, INFO, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = tuple[str, float]


@frozen(kw_only=True)
class Figure:
    """One figure: what it says, and its value for each word of its ``label``, or the one value under an empty word."""

    name: str
    says: str
    rows: tuple[Row, ...]
    label: str = ""


def figures(scene: Scene, eye: Eye) -> tuple[Figure, ...]:
    """Every figure at this look; one that cannot be told is left out."""
    return tuple(each for each in _every(scene, eye) if each.rows)


def _every(scene: Scene, eye: Eye) -> Iterator[Figure]:
    memory, found = scene.memory, scene.severities
    severities = _by((ERROR, WARNING, INFO), found) if found is not None else ()
    yield Figure(name="pages", says="Live pages.", rows=_one(len(memory.store.paths())))
    yield Figure(name="findings", says="Findings of validate.", label="severity", rows=severities)
    yield Figure(
        name="open_alerts", says="Open alerts.", label="severity", rows=_by(SEVERITIES, scene.alerts)
    )
    yield Figure(
        name="actions",
        says="Actions on the page of the state.",
        label="status",
        rows=_by(ACTION_STEPS, scene.actions),
    )
    yield Figure(name="overdue_actions", says="Actions whose deadline has passed.", rows=_one(scene.overdue))
    yield Figure(
        name="agents", says="Members of the active team.", label="status", rows=_by(STATUSES, scene.members)
    )
    yield Figure(
        name="handoffs_waiting", says="Handoffs that nobody has taken yet.", rows=_one(scene.handoffs)
    )
    yield Figure(name="log_bytes", says="Size of the log.", rows=_one(memory.store.size(LOG_PATH)))
    yield Figure(
        name="history_bytes",
        says="Size of the history and of what else is kept beside the pages.",
        rows=_one(scene.vitals.own),
    )
    yield Figure(
        name="lock_wait_seconds", says="How long the last wait for the lock was.", rows=_one(eye.waited)
    )
    yield Figure(
        name="last_checkpoint_age_seconds", says="Age of the last checkpoint.", rows=_age(scene.unkept)
    )
    yield Figure(
        name="last_rotation_age_seconds",
        says="Time since the end of the newest week that has an archive.",
        rows=_one(_since_archive(scene)),
    )
    yield Figure(
        name="last_look_timestamp_seconds",
        says="When watch looked last.",
        rows=_one(memory.now().timestamp()),
    )


def _one(value: float | None) -> tuple[Row, ...]:
    return () if value is None else (("", float(value)),)


def _age(minutes: float | None) -> tuple[Row, ...]:
    return _one(None if minutes is None else minutes * 60)


def _by(words: Iterable[str], counts: Mapping[str, int]) -> tuple[Row, ...]:
    return tuple((word, float(counts.get(word, 0))) for word in words)


def _since_archive(scene: Scene) -> float | None:
    paths = scene.memory.store.paths()
    weeks = [matched[1] for path in paths if (matched := ARCHIVE.fullmatch(path))]
    if not weeks:
        return None
    year, _, week = max(weeks).partition("-W")
    try:
        end = datetime.fromisocalendar(int(year), int(week), 1).replace(tzinfo=UTC) + timedelta(days=7)
    except ValueError:
        return None  # a name that looks like a week and is none
    return max(0.0, (scene.memory.now() - end).total_seconds())
