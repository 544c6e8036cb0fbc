"""A session that runs: started, kept alive, paused and taken up again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from cosmemory.document.values import PERCENT
from cosmemory.errors import Refused
from cosmemory.frozen import replace
from cosmemory.kinds import COS_STATE, SESSION, SESSION_PATH, session
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import ENDED
from cosmemory.kinds.session import Session, status_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.handing_out import hand_out
from cosmemory.operations.interrupted_session import Interrupted, interruption
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import new_id, stamped_id
from cosmemory.operations.sessions.reading import NO_SESSION
from cosmemory.reader import CURRENT
from cosmemory.transaction import Transaction


def start(
    memory: Memory,
    key: str | None = None,
    *,
    agents: Sequence[str] = (),
    pending_actions: int | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A session begun; gives its id, ``session_YYYYMMDD_HHMMSS`` where none is given.

    Where nobody says how many actions are pending they are counted on cos-state. Raises IllegalTransition while
    another session is not over and put away.
    """

    def verb(transaction: Transaction) -> str:
        known = transaction.exists(SESSION_PATH)
        before: Session = transaction.read(SESSION_PATH) if known else idle(transaction.now)
        session.startable(before)  # refused before an id is looked for
        name = new_id(transaction, SESSION, key) if key else stamped_id(transaction, SESSION, "session")
        waiting = open_actions(transaction) if pending_actions is None else pending_actions
        after = session.start(before, name, agents, waiting, transaction.now)
        if known:
            transaction.replace(SESSION_PATH, after)
        else:
            transaction.create(SESSION_PATH, page_text(transaction.memory, SESSION, after))
            show_session(transaction, None, after)
        transaction.append(event(transaction, f"{name} started", ", ".join(agents)))
        return name

    return memory.run(verb, expected=expected, operation="session start")


def idle(at: datetime) -> Session:
    """No session, since ``at``."""
    return Session(status=session.IDLE, last_updated=at)


def open_actions(transaction: Transaction) -> int:
    """How many actions on cos-state are neither done nor cancelled."""
    if not transaction.exists(COS_STATE.path):
        return 0
    return sum(1 for each in transaction.read(COS_STATE.path).pending_actions if each.status not in ENDED)


def show_session(transaction: Transaction, old: Session | None, new: Session) -> None:
    """What cos-state shows of the session, where its page is written as a whole."""
    from cosmemory.kinds.mirrors import with_session

    if transaction.exists(COS_STATE.path):
        state = transaction.read(COS_STATE.path)
        shown = with_session(state, old, new)
        if shown is not state:
            transaction.replace(COS_STATE.path, shown)


def event(
    transaction: Transaction, action: str, outcome: str | None = None, notes: str | None = None
) -> Event:
    """What the log says of a session."""
    return Event(time=transaction.now, type="session", action=action, outcome=outcome or None, notes=notes)


def change_current(
    memory: Memory,
    operation: str,
    expected: dict[str, str] | None,
    change: Callable[[Session, datetime], Session],
    said: Callable[[Session], tuple[str, str | None, str | None]],
) -> Outcome[str]:
    """The current session changed; gives its id."""

    def verb(transaction: Transaction) -> str:
        after = change(read_current(transaction), transaction.now)
        transaction.replace(SESSION_PATH, after)
        transaction.append(event(transaction, *said(after)))
        return after.session_id or CURRENT

    return memory.run(verb, expected=expected, operation=operation)


def read_current(transaction: Transaction) -> Session:
    """The session in a transaction.

    Raises NotFound where there never was one.
    """
    if not transaction.exists(SESSION_PATH):
        raise NO_SESSION
    found: Session = transaction.read(SESSION_PATH)
    return found


def update(
    memory: Memory,
    *,
    agents: Sequence[str] | None = None,
    pending_actions: int | None = None,
    progress: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A sign of life of the active session, with what is new: who is active, what is pending, how far the meeting is.

    Raises Refused for a session that is not active.
    """
    percent = PERCENT.enter("progress", progress) if progress is not None else None

    def change(held: Session, now: datetime) -> Session:
        session.refuse_unless_active(held, "be updated")
        under_way = held.current_meeting
        if percent is not None:
            if not under_way.meeting_id:
                raise Refused("No meeting is under way.", "cosmemory meeting begin opens one.")
            under_way = replace(under_way, progress=percent)
        return replace(
            held,
            last_updated=now,
            active_agents=held.active_agents if agents is None else tuple(agents),
            pending_actions=held.pending_actions if pending_actions is None else pending_actions,
            current_meeting=under_way,
        )

    def said(held: Session) -> tuple[str, str | None, str | None]:
        meeting_id, far = held.current_meeting.meeting_id, held.current_meeting.progress
        return f"{held.session_id} updated", f"{meeting_id} at {far}%" if meeting_id else None, None

    return change_current(memory, "session update", expected, change, said)


def pause(
    memory: Memory, *, reason: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The active session paused, with its meeting as it stands."""
    return change_current(
        memory,
        "session pause",
        expected,
        lambda held, now: replace(session.move(held, session.PAUSED), last_updated=now),
        lambda held: (f"{held.session_id} paused", session.PAUSED, reason),
    )


def resume(
    memory: Memory, *, again: bool = False, expected: dict[str, str] | None = None
) -> Outcome[Interrupted]:
    """The session taken up again where it stopped, paused or interrupted; gives all that is needed to go on.

    Raises IllegalTransition for one that is idle or over, Refused for one that was handed out and that nobody has
    touched since, unless it is wished ``again``.
    """

    def verb(transaction: Transaction) -> Interrupted:
        held = read_current(transaction)
        found = interruption(transaction.memory, held)
        # One whose process died says active still: it is taken up where it stands.
        after = held if status_of(held) == session.ACTIVE else session.move(_paused(held), session.ACTIVE)
        what = f"The session {held.session_id or CURRENT}"
        hand_out(transaction, SESSION_PATH, what, "cosmemory session update", again=again)
        transaction.replace(SESSION_PATH, replace(after, last_updated=transaction.now))
        waiting = f"{found.meeting}: still to speak {', '.join(found.to_speak) or 'nobody'}"
        transaction.append(
            event(transaction, f"{held.session_id} resumed", waiting if found.meeting else None, found.status)
        )
        return found

    return memory.run(verb, expected=expected, operation="session resume")


def _paused(held: Session) -> Session:
    """``held``, if it is a session that has begun: an idle one is started, not resumed."""
    if status_of(held) == session.IDLE:
        raise Refused(
            "The session is idle: there is nothing to resume.", "cosmemory session start opens one."
        )
    return held
