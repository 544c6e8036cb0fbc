"""The tasks of harnesses as pending actions: added when a harness tells of one, done when it says so.

The log keeps which action a task became, so that it is found again whatever somebody wrote in its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, COS_STATE, LOG_PATH, cos_state
from cosmemory.kinds.coordination_log import Event, entries
from cosmemory.kinds.cos_state import ENDED, Action, CosState
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.harness.team import ACTIVE, TEAMMATE, show_member, task_of
from cosmemory.operations.ids import next_number
from cosmemory.operations.state import ACTION_IN_LOG, action_event, limits, moved_out
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction

LABEL = "Harness Task"
DONE = "done"
PAGE = COS_STATE.path
LONGEST_TEXT, LONGEST_NOTES = 300, 500
_NEEDLE = f"\n**{LABEL}:** ".encode()


@frozen(kw_only=True)
class Task:
    """A task as its harness tells of it: its number ``key`` on its ``list``, which is that of a session or a team."""

    list: str
    key: str
    subject: str
    description: str = ""
    teammate: str = ""

    @property
    def name(self) -> str:
        """What the log calls it by."""
        return f"{self.list} {self.key}" if self.list else self.key

    @property
    def text(self) -> str:
        """What there is to do, as an action can say it."""
        said = _line(self.subject, LONGEST_TEXT)
        return said or f"Task {self.key}"


def _line(text: str, most: int) -> str:
    shown = "".join(each if each.isprintable() else " " for each in text[: most * 2])
    line = " ".join(normalise(shown).split())[:most].rstrip()
    return "" if is_empty(line) else line


def created(memory: Memory, task: Task) -> Outcome[str]:
    """The task as a pending action; gives its number, empty where it is known already."""

    def verb(transaction: Transaction) -> str:
        if any(_is(each, task) for each in _told(transaction)):
            return ""
        action = _added(transaction, task, "pending")
        if task.teammate and is_empty(task_of(transaction, task.teammate) or ""):
            show_member(transaction, task.teammate, TEAMMATE, ACTIVE, task.text)
        return str(action.id)

    return memory.run(verb, operation="hook task created")


def _added(transaction: Transaction, task: Task, status: str) -> Action:
    state: CosState = transaction.read(PAGE)
    key = str(next_number(transaction, "action", (each.id for each in state.pending_actions), ACTION_IN_LOG))
    action = Action(id=key, action=task.text, priority="medium", status=status)
    _replaced(transaction, cos_state.add_action(state, action))
    notes = _line(task.description, LONGEST_NOTES) or None
    transaction.append(
        action_event(transaction, action, DONE if status == DONE else "Added", notes, **{LABEL: task.name})
    )
    return action


def _replaced(transaction: Transaction, state: CosState) -> None:
    after, pushed = cos_state.bounded(state, *limits(transaction.memory.settings))
    transaction.append(*moved_out(transaction, pushed))
    transaction.replace(PAGE, after)


def completed(memory: Memory, task: Task) -> Outcome[str]:
    """The action that the task became done; gives its number, empty where it is done already.

    A task that nobody told of before becomes an action that is done.
    """

    def verb(transaction: Transaction) -> str:
        told = list(_told(transaction))
        own = [each for each in told if _is(each, task)]
        if any(each.outcome == DONE for each in own):
            return ""
        state: CosState = transaction.read(PAGE)
        open_ = {each.id: each for each in state.pending_actions if each.status not in ENDED}
        found = next((open_[key] for key in _candidates(own, told, task, state) if key in open_), None)
        if found is not None:
            key = str(found.id)
            _replaced(transaction, cos_state.move_action(state, key, DONE))
            transaction.append(action_event(transaction, found, DONE, None, **{LABEL: task.name}))
        elif own:
            # Somebody did it by hand, cancelled it or took it off the page: the log alone is told.
            key = own[-1].extra.get("Action ID", "")
            gone = Action(id=key, action=own[-1].action)
            transaction.append(action_event(transaction, gone, DONE, None, **{LABEL: task.name}))
        else:
            key = str(_added(transaction, task, DONE).id)
        _rest(transaction, task, found.action if found is not None else None)
        return key

    return memory.run(verb, operation="hook task completed")


def _candidates(own: list[Event], told: list[Event], task: Task, state: CosState) -> Iterator[str]:
    """The numbers of the actions that the task may have become, the likeliest first."""
    if own:
        yield from (each.extra.get("Action ID", "") for each in reversed(own))
        return
    # A teammate completes in a session of its own what another session created.
    ended = {each.extra.get(LABEL) for each in told if each.outcome == DONE}
    alike = [
        each
        for each in told
        if each.action == task.text
        and each.extra.get(LABEL) not in ended
        and each.extra.get(LABEL, "").rpartition(" ")[2] == task.key
    ]
    yield from (each.extra.get("Action ID", "") for each in reversed(alike))
    known = {each.extra.get("Action ID") for each in told}
    for each in state.pending_actions:
        if each.action == task.text and each.id and each.id not in known:
            yield each.id


def _rest(transaction: Transaction, task: Task, text: str | None) -> None:
    """The teammate who completed it seen, and no longer at that task."""
    if not task.teammate:
        return
    held = task_of(transaction, task.teammate)
    show_member(transaction, task.teammate, TEAMMATE, ACTIVE, None if held in (task.text, text) else held)


def _is(event: Event, task: Task) -> bool:
    return event.extra.get(LABEL) == task.name


def _told(transaction: Transaction) -> Iterator[Event]:
    """What the log and its archives tell of tasks of harnesses, oldest page first."""
    store = transaction.memory.store
    for path in (*(each for each in store.paths() if ARCHIVE.fullmatch(each)), LOG_PATH):
        stored = store.read(path)
        data = stored.data.replace(b"\r\n", b"\n") if stored is not None else b""
        at = data.find(_NEEDLE)
        while at >= 0:
            begin, end = data.rfind(b"\n### ", 0, at) + 1, data.find(b"\n---", at)
            end = len(data) if end < 0 else end + 5
            yield from entries(decode_text(data[begin:end]))
            at = data.find(_NEEDLE, end)
