"""What the brief says of alerts, of actions, and of work that was interrupted, waits or is under way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cosmemory.document.data import plain
from cosmemory.document.values import write_number, write_time
from cosmemory.kinds import (
    ACTIVE_ALERTS,
    AGENT,
    COS_STATE,
    DEPLOYMENT,
    HANDOFF,
    MEETING,
    ONBOARDING,
    RUN,
    SESSION_PATH,
)
from cosmemory.maintenance.briefing.points import LONGEST_ID, Point, id_of, word
from cosmemory.memory import Memory
from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.kinds.active_alerts import Alert
    from cosmemory.kinds.cos_state import Action
    from cosmemory.maintenance.recovery import Item

_PLAIN = pattern(r"[A-Za-z0-9_.:/%+][A-Za-z0-9_.:/%+\-]*")
# Where the pages are of what can be interrupted, handoffs aside.
_WORK = (
    SESSION_PATH,
    *(kind.path.partition("{")[0] for kind in (AGENT, RUN, DEPLOYMENT, MEETING, ONBOARDING)),
)
_GRAVE = frozenset({"emergency", "critical"})


def typed(value: str) -> str:
    """A value as a shell takes it for one word."""
    return value if _PLAIN.fullmatch(value) else "'" + value.replace("'", "'\"'\"'") + "'"


def alerts(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """Open alerts, by severity and age."""
    if memory.store.read(ACTIVE_ALERTS.path) is None:
        return
    from cosmemory.kinds.active_alerts import open_alerts
    from cosmemory.operations.status import gravity

    for each in sorted(open_alerts(memory.read(ACTIVE_ALERTS.path)), key=gravity):
        yield _alert(each)


def _alert(alert: Alert) -> Point:
    since = f" since {write_time(alert.triggered)}" if isinstance(alert.triggered, datetime) else ""
    head = f"{id_of(alert.id) or 'an alert'}, {_word(alert.severity)}, {_word(alert.status)}{since}"
    against = f", threshold {alert.threshold}" if alert.threshold else ""
    text = f"{alert.type or '-'} on {alert.resource or '-'}: {alert.value or '-'}{against}"
    if alert.actions_taken:
        text += f"; done so far: {'; '.join(alert.actions_taken)}"
    grave = plain(alert.severity) in _GRAVE
    return Point(section="alarms" if grave else "alerts", head=head, id=id_of(alert.id), text=text)


def actions(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """Actions still to be done; the overdue ones first, then those that are blocked, each by its priority."""
    if memory.store.read(COS_STATE.path) is None:
        return
    from cosmemory.operations.status import by_urgency, is_overdue

    now = memory.now()
    found = by_urgency(memory.read(COS_STATE.path).pending_actions, now)
    late = [each for each in found if is_overdue(each, now)]
    for each in late:
        yield _action(each, "pressing", ", OVERDUE")
    rest = [each for each in found if not is_overdue(each, now)]
    for each in rest:
        if each.status == "blocked":
            yield _action(each, "pressing", "")
    for each in rest:
        if each.status != "blocked":
            yield _action(each, "actions", "")


def _action(action: Action, section: str, late: str) -> Point:
    due = f", due {word(plain(action.deadline))}" if action.deadline else ""
    key = id_of(action.id)
    head = f"action {key or '-'}, {_word(action.priority)}, {_word(action.status)}{late}{due}"
    return Point(section=section, head=head, id=key, text=action.action or "")


def _word(value: object) -> str:
    return word(plain(value)) or "-"


def broken_off(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """What was interrupted, with the command that hands it out; what is at work is under way."""
    if not any(path.startswith(_WORK) for path in memory.store.paths()):
        return  # so that a memory without any need not load what looks for it
    from cosmemory.maintenance.recovery import SORTS, items

    kinds = [sort.kind for sort in SORTS if sort.kind != HANDOFF.name]
    for each in items(memory, kinds):
        if not _is_simply_open(each):
            yield _item(each)


def _is_simply_open(item: Item) -> bool:
    """Whether it is a session that nothing befell, of which is told with the focus."""
    glanced, record = item.sort.glanced, item.record
    return item.sort.kind == "session" and record.status == "active" and not (glanced and glanced(record))


def _item(item: Item) -> Point:
    from cosmemory.maintenance.processes import ALIVE

    kind, key = item.sort.kind, id_of(item.key)
    under_way = kind == "onboarding" or (kind == "agent" and item.record.process == ALIVE)
    name = key if len(str(item.key)) <= LONGEST_ID else "of a name too long to be told"
    option = f"--{kind}" if kind in {"session", "deployment"} else f"--{kind} {typed(key)}"
    command = f"cosmemory recover resume {option}" if key and not item.left else ""
    left = f", {word(item.left, 2 * LONGEST_ID)}" if item.left else ""
    return Point(
        section="under_way" if under_way else "interrupted",
        head=f"{kind} {name}{left}",
        id=key,
        text=_said(item),
        command=command,
    )


def _said(item: Item) -> str:
    if item.sort.kind != "agent":
        said: str = item.sort.sentence((item.record,))
        # One of several would be counted first, and is named in the head already.
        return said.partition(": ")[2] if said.startswith("1 ") else said
    seen = item.record
    process = "no process was told of" if seen.pid is None else f"process {seen.pid} is {seen.process}"
    mark = f"last checkpoint {write_number(seen.progress)}%" if seen.progress is not None else "no checkpoint"
    at = f"{mark} at {seen.checkpoint}" if seen.checkpoint else mark
    told = (seen.agent_name, seen.status or "its status cannot be read", process, at, seen.message)
    return "; ".join(filter(None, told))


def handoffs(memory: Memory, _: datetime | None) -> Iterator[Point]:
    """Handoffs that wait for a word that they were received, those past their time first."""
    folder = HANDOFF.path.partition("{")[0]
    if not any(path.startswith(folder) for path in memory.store.paths()):
        return
    from cosmemory.kinds.handoff import is_overdue, needs_ack
    from cosmemory.operations.handoff_chains import pending

    now = memory.now()
    found = [each for each in pending(memory) if needs_ack(each)]
    for each in sorted(found, key=lambda one: not is_overdue(one, now)):
        key = id_of(each.id)
        made = f", made {write_time(each.created)}" if isinstance(each.created, datetime) else ""
        ends = f", expires {write_time(each.expires)}" if isinstance(each.expires, datetime) else ""
        late = ", OVERDUE" if is_overdue(each, now) else ""
        parties = f"from {word(each.from_agent) or '-'} to {word(each.to_agent) or '-'}"
        about = "; ".join(filter(None, (each.project, each.instructions or each.context)))
        yield Point(
            section="handoffs",
            head=f"handoff {key or '-'} {parties}{late}{made}{ends}",
            id=key,
            text=about,
            command=f"cosmemory handoff show {typed(key)}" if key else "",
        )
