"""A meeting that runs: begun, spoken in, with what is to be done and what must hold, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cosmemory.document.json_values import Data
from cosmemory.document.values import ValueType
from cosmemory.errors import InvalidValue, Refused
from cosmemory.frozen import replace
from cosmemory.kinds import MEETING, SESSION_PATH, meeting, session
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import PRIORITY
from cosmemory.kinds.meeting import ACTION_STATUS, VERDICT, Contribution, Meeting, MeetingAction
from cosmemory.kinds.session import TEAM, Session
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.ids import number_of
from cosmemory.operations.meetings.reading import get, page_named
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import id_on, new_id, page_of, stamped_id
from cosmemory.operations.sessions.running import read_current
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COUNTS = {
    meeting.PLANNING: ("actions_generated",),
    meeting.EXECUTION: ("actions_executed", "actions_failed", "actions_in_progress"),
}


def begin(
    memory: Memory,
    team: str,
    *,
    agents: Sequence[str],
    key: str | None = None,
    actions_of: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A meeting of a ``team`` whose ``agents`` speak in this order; gives its id, ``planning_YYYYMMDD_HHMMSS``.

    With ``actions_of`` an earlier meeting, what that wanted done is what this one is about. Raises Refused where no
    session is active or a meeting is under way.
    """
    word = _word(TEAM, "team", team)
    names = [_said(each, "The agent") for each in agents]
    session.refuse_doubles(names)

    def verb(transaction: Transaction) -> str:
        held = read_current(transaction)
        session.begin(held, "-", word, names, transaction.now)  # refused before an id is looked for
        wanted = get(transaction.memory, actions_of).actions if actions_of else ()
        name = new_id(transaction, MEETING, key) if key else stamped_id(transaction, MEETING, word)
        page = Meeting(
            meeting_id=name,
            team=word,
            status=meeting.IN_PROGRESS,
            started=transaction.now,
            agents=tuple(names),
            actions=tuple(_anew(each) for each in wanted),
            **dict.fromkeys(_COUNTS[word], 0),  # type: ignore[arg-type]
        )
        page = meeting.derived(meeting.counted(page))
        transaction.create(page_of(MEETING, name), page_text(transaction.memory, MEETING, page))
        transaction.replace(SESSION_PATH, session.begin(held, name, word, names, transaction.now))
        transaction.append(event(transaction, f"{name} begun", ", ".join(names)))
        return name

    return memory.run(verb, expected=expected, operation="meeting begin")


def _anew(action: MeetingAction) -> MeetingAction:
    return MeetingAction(
        id=action.id,
        action=action.action,
        priority=action.priority,
        owner=action.owner,
        status=meeting.PENDING,
    )


def event(
    transaction: Transaction,
    action: str,
    outcome: str | None = None,
    notes: str | None = None,
    involved: str | None = None,
) -> Event:
    """What the log says of a meeting."""
    return Event(
        time=transaction.now,
        type="meeting",
        involved=involved,
        action=action,
        outcome=outcome or None,
        notes=notes,
    )


def _word(kind: ValueType, what: str, text: str) -> str:
    """``text`` as one of the words of a type.

    Raises InvalidValue, also where it says nothing.
    """
    word = kind.enter(what, text)
    if word is None:
        raise InvalidValue(what, "it is empty", f"Choose {', '.join(kind.words)}.")
    return str(word)


def _said(text: str, what: str) -> str:
    text = normalise(text)
    if is_empty(text):
        raise InvalidValue(what, "it is empty", "Say it in words.")
    return text


def change_meeting(
    memory: Memory,
    operation: str,
    key: str | None,
    expected: dict[str, str] | None,
    change: Callable[[Transaction, Meeting], Meeting],
    said: Callable[[Meeting], tuple[str, str | None, str | None]],
) -> Outcome[str]:
    """The meeting ``key``, or the one under way, changed; gives its id."""

    def verb(transaction: Transaction) -> str:
        path = page_named(transaction.memory, key)
        after = change(transaction, transaction.read(path))
        transaction.replace(path, after)
        transaction.append(event(transaction, *said(after)))
        return id_on(MEETING, path)

    return memory.run(verb, expected=expected, operation=operation)


def spoke(
    memory: Memory, agent: str, *, said: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The ``agent`` has spoken in the meeting under way, and the next one is on; gives who that is, or nothing.

    Raises IllegalTransition for one who has spoken already, NotFound for one who is not to speak.
    """

    def verb(transaction: Transaction) -> str:
        before = read_current(transaction)
        after: Session = session.speak(before, agent, transaction.now)
        name = after.current_meeting.agents_completed[-1]
        path = page_named(transaction.memory, after.current_meeting.meeting_id)
        words = Contribution(agent=name, time=transaction.now, said=said)
        transaction.replace(path, meeting.contribute(transaction.read(path), words))
        transaction.replace(SESSION_PATH, after)
        next_one = after.current_meeting.current_agent
        following = f"next {next_one}" if next_one else "everybody has spoken"
        outcome = f"{after.current_meeting.progress}%, {following}"
        key = after.current_meeting.meeting_id
        transaction.append(event(transaction, f"{name} spoke in {key}", outcome, said, involved=name))
        return next_one or ""

    return memory.run(verb, expected=expected, operation="meeting spoke")


def add_action(
    memory: Memory,
    text: str,
    *,
    priority: str = "medium",
    owner: str | None = None,
    meeting_id: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """Something more to be done, as the meeting under way wants it; gives its id, a number within the meeting."""
    words = _said(text, "The action")
    level = _word(PRIORITY, "priority", priority)

    def verb(transaction: Transaction) -> str:
        path = page_named(transaction.memory, meeting_id)
        before: Meeting = transaction.read(path)
        key = str(max((number_of(each.id) for each in before.actions), default=0) + 1)
        row = MeetingAction(id=key, action=words, priority=level, owner=owner, status=meeting.PENDING)
        transaction.replace(path, meeting.add_action(before, row))
        _one_more(transaction, id_on(MEETING, path))
        said = f"Action {key} of {before.meeting_id}: {words}"
        transaction.append(event(transaction, said, f"{level}, {owner or 'nobody'}", involved=owner))
        return key

    return memory.run(verb, expected=expected, operation="meeting action")


def _one_more(transaction: Transaction, key: str) -> None:
    """One more action pending, where ``key`` is the meeting of the session."""
    if not transaction.exists(SESSION_PATH):
        return
    held: Session = transaction.read(SESSION_PATH)
    if (held.current_meeting.meeting_id or "").lower() == key.lower():
        count = held.pending_actions if isinstance(held.pending_actions, int | float) else 0
        transaction.replace(SESSION_PATH, replace(held, pending_actions=count + 1))


def mark_action(
    memory: Memory,
    key: str,
    status: str,
    *,
    meeting_id: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """What became of the action ``key`` in a meeting of the execution team: in_progress, executed or failed."""
    word = _word(ACTION_STATUS, "status", status)
    return change_meeting(
        memory,
        "meeting mark",
        meeting_id,
        expected,
        lambda _, held: meeting.mark_action(held, key, word),
        lambda held: (
            f"Action {key} of {held.meeting_id}: {meeting.action_named(held, key).action}",
            word,
            None,
        ),
    )


def give_verdict(
    memory: Memory, verdict: str, *, meeting_id: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """What the planning team decides: GO, PAUSE_AND_FIX or REJECT."""
    word = _word(VERDICT, "verdict", verdict)
    return change_meeting(
        memory,
        "meeting verdict",
        meeting_id,
        expected,
        lambda _, held: meeting.give_verdict(held, word),
        lambda held: (f"Verdict of {held.meeting_id}", word, None),
    )


def set_gate(
    memory: Memory,
    gate: str,
    condition: Any,
    *,
    meeting_id: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A condition that must hold before the outcome is accepted, such as ``≥ 5%`` for ``visual_ablation_drop``."""
    name, data = _said(gate, "The gate"), Data.of(condition)
    return change_meeting(
        memory,
        "meeting gate",
        meeting_id,
        expected,
        lambda _, held: meeting.set_gate(held, name, data),
        lambda held: (f"Gate {name} of {held.meeting_id}", str(data), None),
    )


def record(
    memory: Memory,
    *,
    results: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
    slos: Mapping[str, bool] | None = None,
    run_ids: Iterable[str] = (),
    meeting_id: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """What came out of a meeting of the execution team so far: results, metrics, whether SLOs hold, ids of runs."""
    ids = [_said(each, "The run id") for each in run_ids]
    told = [data_of(results), data_of(metrics), truths(slos)]
    return change_meeting(
        memory,
        "meeting record",
        meeting_id,
        expected,
        lambda _, held: meeting.record(held, results=told[0], metrics=told[1], slos=told[2], run_ids=ids),
        lambda held: (f"Results of {held.meeting_id}", spelled(told, ids), None),
    )


def data_of(values: Mapping[str, Any] | None) -> dict[str, Data]:
    """Values by name as the page holds them.

    Raises InvalidValue for a name that says nothing and for what JSON cannot say.
    """
    return {_said(name, "The name"): Data.of(value) for name, value in (values or {}).items()}


def truths(slos: Mapping[str, bool] | None) -> dict[str, Data]:
    """Whether each SLO holds, as the page holds it.

    Raises InvalidValue for what is neither true nor false.
    """
    for name, holds in (slos or {}).items():
        if not isinstance(holds, bool):
            raise InvalidValue(name, f"{holds!r} is neither true nor false")
    return data_of(slos)


def spelled(told: Sequence[Mapping[str, Data]], ids: Sequence[str]) -> str:
    """Results in one line."""
    shown = [f"{name} {value}" for each in told for name, value in each.items()]
    return ", ".join([*shown, *(f"run {each}" for each in ids)])


def refuse_counts_beside(held: Meeting, counts: Mapping[str, int]) -> None:
    """Refuses counts beside a list of actions, which gives them.

    Raises Refused.
    """
    if counts and held.actions:
        hint = "cosmemory meeting mark says what became of one."
        raise Refused(f"{held.meeting_id} lists its actions, which are counted.", hint)
