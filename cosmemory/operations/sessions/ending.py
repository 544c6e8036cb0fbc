"""The end of a session: completed or failed, put away beside the current page, and archived when it is old."""

from __future__ import annotations

from datetime import timedelta

from cosmemory.document.changes import changed
from cosmemory.errors import InvalidValue, Refused
from cosmemory.frozen import replace
from cosmemory.kinds import MEETING, SESSION, SESSION_PATH, meeting, session
from cosmemory.kinds.session import Session, status_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.interrupted_session import moment
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import archive_place, ids_by_age, new_id, page_of, stamped_id, to_archive
from cosmemory.operations.sessions.running import change_current, event, idle, read_current, show_session
from cosmemory.reader import CURRENT
from cosmemory.transaction import Transaction


def complete(
    memory: Memory, *, notes: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The session over: its page stands at ``sessions/ID.md`` then, and the current one is idle.

    Raises Refused while a meeting is under way.
    """

    def verb(transaction: Transaction) -> str:
        held = read_current(transaction)
        done = session.finish(held, session.COMPLETED, transaction.now)
        if held.current_meeting.meeting_id:
            hint = "cosmemory meeting conclude, or meeting abandon, ends it."
            raise Refused(f"The meeting {held.current_meeting.meeting_id} is still under way.", hint)
        put_away(transaction, done)
        transaction.append(event(transaction, f"{held.session_id} completed", session.COMPLETED, notes))
        return held.session_id or CURRENT

    return memory.run(verb, expected=expected, operation="session complete")


def fail(memory: Memory, error: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """The session failed with ``error``; it stays at hand to be looked into until it is reset."""
    return change_current(
        memory,
        "session fail",
        expected,
        lambda held, now: session.finish(held, session.ERROR, now, error),
        lambda held: (f"{held.session_id or 'The session'} failed", session.ERROR, error),
    )


def reset(
    memory: Memory, *, reason: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The current session idle again; the failed or completed one is put away, its open meeting abandoned.

    Raises IllegalTransition for one that is not over.
    """

    def verb(transaction: Transaction) -> str:
        held = read_current(transaction)
        was = status_of(held)
        session.move(held, session.IDLE)
        if held.current_meeting.meeting_id:
            _abandon(transaction, held.current_meeting.meeting_id)
        put_away(transaction, held)
        transaction.append(
            event(
                transaction, f"{held.session_id or 'The session'} reset", f"{was} -> {session.IDLE}", reason
            )
        )
        return held.session_id or CURRENT

    return memory.run(verb, expected=expected, operation="session reset")


def _abandon(transaction: Transaction, key: str) -> None:
    path = page_of(MEETING, key)
    if MEETING.pattern.fullmatch(path) and transaction.exists(path):
        held = transaction.read(path)
        if meeting.is_open(held):
            transaction.replace(path, meeting.move(held, meeting.ABANDONED))


def clear(
    memory: Memory, *, reason: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The session given up that nobody will resume: failed, its page in the archive, its open meeting abandoned.

    Gives where its page is. Raises Refused for one that is idle or over.
    """

    def verb(transaction: Transaction) -> str:
        held = read_current(transaction)
        if status_of(held) not in session.UNFINISHED:
            raise Refused(f"The session is {status_of(held)}, and was not interrupted.")
        why = reason or held.error or "given up after it was interrupted"
        over = (
            held if status_of(held) == session.ERROR else session.finish(held, session.ERROR, transaction.now)
        )
        if held.current_meeting.meeting_id:
            _abandon(transaction, held.current_meeting.meeting_id)
        place = archive_place(transaction, place_of(transaction, over))
        put_away(transaction, replace(over, error=why), place)
        told = event(transaction, f"{held.session_id or 'The session'} moved to the archive", place, reason)
        transaction.append(replace(told, type="recovery"))
        return place

    return memory.run(verb, expected=expected, operation="recover clear")


def put_away(transaction: Transaction, over: Session, place: str = "") -> None:
    """The page of the session, with all that people wrote on it, moved beside; an idle one in its place."""
    page = transaction.page(SESSION_PATH)
    text = changed(SESSION_PATH, page.tree, page.document, over).tree.text
    transaction.create(place or place_of(transaction, over), text)
    fresh = idle(transaction.now)
    transaction.rewrite(SESSION_PATH, page_text(transaction.memory, SESSION, fresh))
    show_session(transaction, page.document, fresh)


def place_of(transaction: Transaction, over: Session) -> str:
    """Where the page of a session that is over goes: under its id, or one of ours if that is no name or is taken."""
    try:
        return page_of(SESSION, new_id(transaction, SESSION, over.session_id or ""))
    except InvalidValue:
        return page_of(SESSION, stamped_id(transaction, SESSION, "session"))


def prune(
    memory: Memory, *, days: int | None = None, expected: dict[str, str] | None = None
) -> Outcome[tuple[str, ...]]:
    """Sessions that ended more than so many ``days`` ago moved to the archive; gives their ids."""

    def verb(transaction: Transaction) -> tuple[str, ...]:
        held = transaction.memory
        limit = transaction.now - timedelta(days=held.settings.session_days if days is None else days)
        gone = []
        for key in ids_by_age(held, SESSION):
            path = page_of(SESSION, key)
            found: Session = transaction.read(path)
            last = moment(found.ended) or moment(found.last_updated) or moment(found.started)
            if key != CURRENT and last is not None and last < limit:
                to_archive(transaction, path)
                gone.append(key)
        if gone:
            said = f"Moved {len(gone)} sessions to the archive"
            transaction.append(event(transaction, said, ", ".join(gone)))
        return tuple(gone)

    return memory.run(verb, expected=expected, operation="session prune")
