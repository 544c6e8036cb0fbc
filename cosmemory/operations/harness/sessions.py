"""The sessions of harnesses in ours: who opened it or joined it, gave a sign of life, and left.

A harness calls its sessions by ids of its own. They stand as rows on the page of our session, which the first one
opens and the last one ends; one that somebody opened by hand is joined and left, and never ended here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cosmemory.document.changes import changed
from cosmemory.document.sections import has_section
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import SESSION, SESSION_PATH, session
from cosmemory.kinds.page import read_document
from cosmemory.kinds.session import HarnessSession, Session, status_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.interrupted_session import current, moment
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import stamped_id
from cosmemory.operations.sessions.ending import place_of, put_away
from cosmemory.operations.sessions.running import event, idle, open_actions, show_session
from cosmemory.syntax.parse import parse
from cosmemory.transaction import Transaction

HERE, STARTED, RESUMED, JOINED = "here", "started", "resumed", "joined"
LEFT, PAUSED, COMPLETED = "left", "paused", "completed"
# So many rows stay on the page of a session that goes on for long; those who left first go first.
ROWS = 20
_OVER = (session.COMPLETED, session.ERROR)
_HEADING = "Harness Sessions"
_TABLE = (
    f"## {_HEADING}",
    "| Session | Harness | Part | Since | Last Seen | Status |",
    "|---------|---------|------|-------|-----------|--------|",
)


@frozen(kw_only=True)
class Arrival:
    """What became of a harness's session that arrived: the session it works in, how, and who was interrupted in it."""

    session: str
    how: str
    interrupted: tuple[HarnessSession, ...] = ()


def arrive(memory: Memory, harness: str, key: str) -> Outcome[Arrival]:
    """The harness's session ``key`` at work in ours, which is started, resumed or joined; nothing where it is there."""

    def verb(transaction: Transaction) -> Arrival:
        found = _current(transaction)
        held = found if found is not None else idle(transaction.now)
        if status_of(held) in (session.IDLE, *_OVER):
            return _started(transaction, held, harness, key)
        if status_of(held) == session.ACTIVE and _is_active(_row(held, key)):
            return Arrival(session=held.session_id or "", how=HERE)
        return _gone_on(transaction, held, harness, key)

    held = current(memory)
    if held is not None and status_of(held) == session.ACTIVE and _is_active(_row(held, key)):
        return Outcome(
            Arrival(session=held.session_id or "", how=HERE), ()
        )  # nobody is made to wait for that
    return memory.run(verb, operation="hook session start")


def _started(transaction: Transaction, before: Session, harness: str, key: str) -> Arrival:
    """A new session, with the one that is over put beside it."""
    name = stamped_id(transaction, SESSION, "cos", "-")
    row = _new_row(harness, key, session.OPENED, transaction.now)
    over = status_of(before) in _OVER
    calm = idle(transaction.now) if over else before
    fresh = session.start(calm, name, (), open_actions(transaction), transaction.now)
    fresh = replace(fresh, harness_sessions=(*fresh.harness_sessions, row))
    if over or not transaction.exists(SESSION_PATH):
        known = transaction.exists(SESSION_PATH)
        if known:
            transaction.create(place_of(transaction, before), transaction.page(SESSION_PATH).tree.text)
        transaction.rewrite(SESSION_PATH, page_text(transaction.memory, SESSION, fresh))
        show_session(transaction, before if known else None, fresh)
    else:
        _put(transaction, fresh)
    transaction.append(event(transaction, f"{name} started", f"{harness} session {key}"))
    return Arrival(session=name, how=STARTED)


def _gone_on(transaction: Transaction, held: Session, harness: str, key: str) -> Arrival:
    """The session that is active or paused, gone on with: beside others, or after those who fell silent."""
    now = transaction.now
    silent = timedelta(seconds=transaction.memory.settings.stale_seconds)
    quiet = [each for each in held.harness_sessions if each.session != key and _is_silent(each, now, silent)]
    paused = status_of(held) == session.PAUSED
    active = session.move(held, session.ACTIVE) if paused else held
    own = _row(held, key) or _new_row(harness, key, session.JOINED, now)
    here = replace(own, status=session.ACTIVE, last_seen=now)
    rows = tuple(
        replace(each, status=session.INTERRUPTED) if each in quiet else each
        for each in held.harness_sessions
        if each.session != key
    )
    _put(transaction, replace(active, last_updated=now, harness_sessions=(*_bounded(rows), here)))
    others = any(each.status == session.ACTIVE for each in rows)
    how = RESUMED if paused or (not others and held.harness_sessions) else JOINED
    notes = [f"{each.harness} session {each.session} was interrupted" for each in quiet]
    said = f"{held.session_id or 'The session'} {how}"
    transaction.append(event(transaction, said, f"{harness} session {key}", "; ".join(notes) or None))
    return Arrival(session=held.session_id or "", how=how, interrupted=tuple(quiet))


def seen(memory: Memory, key: str) -> Outcome[bool]:
    """A sign of life of the harness's session ``key``; whether it is one of those at work.

    It comes with every turn, so the log does not tell of it; the history does.
    """

    def verb(transaction: Transaction) -> bool:
        held = _current(transaction)
        own = _row(held, key) if held is not None else None
        if held is None or own is None or own.status not in (session.ACTIVE, session.INTERRUPTED):
            return False
        if status_of(held) == session.PAUSED:
            # It was silent for long, and another one paused the session when it left.
            held = session.move(held, session.ACTIVE)
        if status_of(held) != session.ACTIVE:
            return False
        here = replace(own, status=session.ACTIVE, last_seen=transaction.now)
        transaction.replace(SESSION_PATH, _with_row(replace(held, last_updated=transaction.now), here))
        return True

    return memory.run(verb, operation="hook session seen")


def leave(memory: Memory, key: str, *, pause: bool, reason: str) -> Outcome[str]:
    """The harness's session ``key`` gone; what became of ours: left to others, paused or completed, empty for nothing.

    It is completed by the last one to leave a session that a harness opened; with ``pause``, while a meeting is
    under way, or while one that fell silent today may come back, it is paused.
    """

    def verb(transaction: Transaction) -> str:
        held = _current(transaction)
        own = _row(held, key) if held is not None else None
        if held is None or own is None or own.status in (session.PAUSED, session.ENDED):
            return ""
        now, name = transaction.now, held.session_id or "The session"
        left = _left(transaction, own)
        gone = replace(own, status=session.PAUSED if pause else session.ENDED, last_seen=left)
        after = replace(_with_row(held, gone), last_updated=now)
        how = _ending(transaction, after, pause=pause)
        if how == COMPLETED:
            over = session.finish(after, session.COMPLETED, left)
            put_away(transaction, replace(over, last_updated=now))
        elif how == PAUSED and status_of(held) == session.ACTIVE:
            transaction.replace(SESSION_PATH, session.move(after, session.PAUSED))
        else:
            transaction.replace(SESSION_PATH, after)
        transaction.append(
            event(transaction, f"{name} {how}", f"{own.harness} session {key}", reason or None)
        )
        return how

    held = current(memory)
    if held is None or _row(held, key) is None:
        return Outcome("", ())
    # What is loaded and compiled for it now is not waited for by those who wait for the lock.
    page_text(memory, SESSION, idle(memory.now()))
    return memory.run(verb, operation="hook session end")


def _left(transaction: Transaction, own: HarnessSession) -> datetime:
    """When it left, unless the page says that it was seen later: clocks go back."""
    then, last = transaction.memory.then(), moment(own.last_seen)
    return last if last is not None and last > then else then


def _bounded(rows: tuple[HarnessSession, ...]) -> tuple[HarnessSession, ...]:
    """``rows`` without those that left first, where there are too many; who opened the session stays."""
    gone = [each for each in rows if each.status == session.ENDED and each.part != session.OPENED]
    dropped = gone[: max(0, len(rows) + 1 - ROWS)]
    return tuple(each for each in rows if each not in dropped)


def _ending(transaction: Transaction, after: Session, *, pause: bool) -> str:
    rows = after.harness_sessions
    if any(each.status == session.ACTIVE for each in rows):
        return LEFT
    if all(each.part != session.OPENED for each in rows) or status_of(after) in (session.IDLE, *_OVER):
        return LEFT
    long = timedelta(hours=transaction.memory.settings.incomplete_hours)
    may_return = any(
        each.status == session.INTERRUPTED and not _is_silent(each, transaction.now, long) for each in rows
    )
    return PAUSED if pause or may_return or after.current_meeting.meeting_id else COMPLETED


def _current(transaction: Transaction) -> Session | None:
    if not transaction.exists(SESSION_PATH):
        return None
    found: Session = transaction.read(SESSION_PATH)
    return found


def _row(held: Session, key: str) -> HarnessSession | None:
    return next((each for each in held.harness_sessions if each.session == key), None)


def _is_active(row: HarnessSession | None) -> bool:
    return row is not None and row.status == session.ACTIVE


def _new_row(harness: str, key: str, part: str, now: datetime) -> HarnessSession:
    return HarnessSession(
        session=key, harness=harness, part=part, since=now, last_seen=now, status=session.ACTIVE
    )


def _with_row(held: Session, row: HarnessSession) -> Session:
    rows = tuple(row if each.session == row.session else each for each in held.harness_sessions)
    return replace(held, harness_sessions=rows)


def _is_silent(row: HarnessSession, now: datetime, longer: timedelta) -> bool:
    last = moment(row.last_seen)
    if row.status not in (session.ACTIVE, session.INTERRUPTED):
        return False
    return last is None or now - last >= longer


def _put(transaction: Transaction, after: Session) -> None:
    """``after`` on the page, which gets the section of harnesses where it has none yet."""
    page = transaction.page(SESSION_PATH)
    if has_section(page.document, "harness_sessions"):
        transaction.replace(SESSION_PATH, after)
        return
    bare = replace(after, harness_sessions=page.document.harness_sessions)
    text = changed(SESSION_PATH, page.tree, page.document, bare).tree.text
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if text.endswith(end * 2) else end if text.endswith(end) else end * 2
    tree = parse(text + gap + end.join((*_TABLE, "")))
    document = read_document(SESSION, tree).document
    full = replace(document, harness_sessions=after.harness_sessions)
    transaction.rewrite(SESSION_PATH, changed(SESSION_PATH, tree, document, full).tree.text)
    show_session(transaction, page.document, after)
