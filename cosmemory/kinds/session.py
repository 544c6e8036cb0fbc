"""One stretch of work of the Chief of Staff: since when, in which meeting, who has spoken and who is still to speak."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, section, table
from cosmemory.document.values import COUNT, LIST, PERCENT, TEXT, TIME, Raw, enum
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused, did_you_mean
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.keyed_values import KeyedValue

IDLE, ACTIVE, PAUSED, COMPLETED, ERROR = "idle", "active", "paused", "completed", "error"
STATUS = enum("session status", IDLE, ACTIVE, PAUSED, COMPLETED, ERROR)
TEAMS = ("planning", "execution")
TEAM = enum("team", *TEAMS)
STEPS: dict[str, tuple[str, ...]] = {
    IDLE: (ACTIVE, ERROR),
    ACTIVE: (PAUSED, COMPLETED, ERROR),
    PAUSED: (ACTIVE, COMPLETED, ERROR),
    COMPLETED: (IDLE, ERROR),
    ERROR: (IDLE,),
}
# What lets somebody go on where no step leads to what was asked for.
_HINTS = {
    ACTIVE: "cosmemory session complete or session fail ends it.",
    PAUSED: "cosmemory session resume goes on with it.",
    COMPLETED: "cosmemory session reset puts it away.",
    ERROR: "cosmemory session reset puts it away, with its error.",
    IDLE: "cosmemory session start opens one.",
}
UNFINISHED = (ACTIVE, PAUSED, ERROR)
# What a harness's session is to ours, and how it stands: an interrupted one gave no sign of life for long.
OPENED, JOINED = "opened", "joined"
PART = enum("part", OPENED, JOINED)
INTERRUPTED, ENDED = "interrupted", "ended"
HARNESS_STATUS = enum("harness session status", ACTIVE, PAUSED, INTERRUPTED, ENDED)

Time = datetime | Raw | None
Number = float | Raw | None
Word = str | Raw | None

# What tells when the page was changed.
STAMP = ("last_updated",)


@frozen(kw_only=True)
class CurrentMeeting(Record):
    """The meeting that is under way, and how far it has come."""

    meeting_id: str | None = label("Meeting ID", TEXT, aliases=("Meeting", "ID"))
    team: Word = label("Team", TEAM)
    progress: Number = label("Progress", PERCENT)
    current_agent: str | None = label("Current Agent")
    agents_completed: tuple[str, ...] = label("Agents Completed", LIST, aliases=("Completed",))
    agents_to_speak: tuple[str, ...] = label("Agents To Speak", LIST, aliases=("Still To Speak",))


@frozen(kw_only=True)
class HarnessSession(Record):
    """A session of a coding agent's harness that works in this one: ``opened`` it, or ``joined`` one that was there."""

    session: str | None = column("Session", TEXT, required=True)
    harness: str | None = column("Harness", TEXT)
    part: Word = column("Part", PART)
    since: Time = column("Since", TIME)
    last_seen: Time = column("Last Seen", TIME)
    status: Word = column("Status", HARNESS_STATUS)


@frozen(kw_only=True)
class Session(Record):
    """The page ``sessions/current.md``, or ``sessions/ID.md`` of one that has ended."""

    session_id: str | None = label("Session ID", TEXT, aliases=("ID",))
    started: Time = label("Started", TIME, aliases=("Start Time",))
    last_updated: Time = label("Last Updated", TIME, aliases=("Last Update", "Updated"), derived=True)
    ended: Time = label("Ended", TIME)
    status: Word = label("Status", STATUS, required=True)
    error: str | None = label("Error")
    pending_actions: Number = label("Pending Actions", COUNT)
    active_agents: tuple[str, ...] = label("Active Agents", LIST)
    current_meeting: CurrentMeeting = section("Current Meeting", CurrentMeeting, aliases=("Meeting",))
    harness_sessions: tuple[HarnessSession, ...] = table("Harness Sessions", HarnessSession, key="session")
    other_values: tuple[KeyedValue, ...] = table("Other Values", KeyedValue, key="key")
    notes: str | None = prose("Notes")


def status_of(session: Session) -> str:
    """The status in a word; a page that says none is idle."""
    return str(session.status or IDLE)


def move(session: Session, status: str) -> Session:
    """``session`` at ``status``.

    Raises IllegalTransition when its present status does not lead there.
    """
    current = status_of(session)
    legal = STEPS.get(current, ())
    if status not in legal:
        raise IllegalTransition(_named(session), current, status, legal, _HINTS.get(current, ""))
    return replace(session, status=status)


def _named(session: Session) -> str:
    return f"The session {session.session_id}" if session.session_id else "The session"


def startable(session: Session) -> Session:
    """``session``, which is idle, become active.

    Raises IllegalTransition or Refused for one that is not over and put away: a paused one is resumed.
    """
    if status_of(session) == PAUSED:
        raise Refused(f"{_named(session)} is paused, and not over.", _HINTS[PAUSED])
    return move(session, ACTIVE)


def start(
    session: Session, key: str, agents: Sequence[str], pending_actions: int | None, at: datetime
) -> Session:
    """``session``, which is idle, as the one ``key`` that is active from ``at`` on."""
    return replace(
        startable(session),
        session_id=key,
        started=at,
        last_updated=at,
        ended=None,
        error=None,
        pending_actions=pending_actions,
        active_agents=tuple(agents),
        current_meeting=_meeting(session),
    )


def finish(session: Session, status: str, at: datetime, error: str | None = None) -> Session:
    """``session`` over since ``at``: completed, or with the ``error`` that ended it."""
    return replace(move(session, status), ended=at, last_updated=at, error=error)


def refuse_unless_active(session: Session, to: str) -> None:
    """Refuses what only an active session can do.

    Raises Refused.
    """
    current = status_of(session)
    if current != ACTIVE:
        raise Refused(
            f"{_named(session)} is {current}, and only an active one can {to}.", _HINTS.get(current, "")
        )


def begin(session: Session, meeting: str, team: str, agents: Sequence[str], at: datetime) -> Session:
    """``session`` in the ``meeting`` of a team whose ``agents`` speak in this order.

    Raises Refused for one that is not active or is in a meeting already.
    """
    refuse_unless_active(session, "begin a meeting")
    under_way = session.current_meeting.meeting_id
    if under_way:
        hint = "cosmemory meeting conclude, or meeting abandon, ends it."
        raise Refused(f"The meeting {under_way} is still under way.", hint)
    first, *others = agents
    told = _meeting(
        session,
        meeting_id=meeting,
        team=team,
        progress=0,
        current_agent=first,
        agents_to_speak=tuple(others),
    )
    known = {each.lower() for each in session.active_agents}
    active = (*session.active_agents, *(each for each in agents if each.lower() not in known))
    return replace(session, last_updated=at, active_agents=active, current_meeting=told)


def _meeting(session: Session, **values: object) -> CurrentMeeting:
    """The meeting of ``session`` with ``values`` and nothing else that it said."""
    empty = dict.fromkeys(("meeting_id", "team", "progress", "current_agent"))
    lists = dict.fromkeys(("agents_completed", "agents_to_speak"), ())
    return replace(session.current_meeting, **{**empty, **lists, **values})  # type: ignore[arg-type]


def adjourn(session: Session, at: datetime) -> Session:
    """``session`` in no meeting."""
    return replace(session, last_updated=at, current_meeting=_meeting(session))


def to_speak(meeting: CurrentMeeting) -> tuple[str, ...]:
    """Who has not spoken yet, in order: the current agent, who may have been interrupted, is the first of them."""
    return (*filter(None, [meeting.current_agent]), *meeting.agents_to_speak)


def remaining(agents: Sequence[str], completed: Sequence[str], current: str | None) -> tuple[str, ...]:
    """Those of ``agents`` who follow the ``current`` one, in order, where only who has spoken is known."""
    over = {each.lower() for each in (*completed, current or "")}
    return tuple(each for each in agents if each.lower() not in over)


def speak(session: Session, agent: str, at: datetime) -> Session:
    """``session`` with ``agent`` having spoken and the next one on.

    Raises IllegalTransition for one who has spoken already, NotFound for one who is not to speak, Refused where no
    meeting is under way.
    """
    refuse_unless_active(session, "hear somebody")
    meeting = session.current_meeting
    if not meeting.meeting_id:
        raise Refused("No meeting is under way.", "cosmemory meeting begin opens one.")
    waiting = to_speak(meeting)
    name = next((each for each in waiting if each.lower() == agent.lower()), None)
    if name is None:
        if agent.lower() in {each.lower() for each in meeting.agents_completed}:
            still = f"Still to speak: {', '.join(waiting)}." if waiting else "Everybody has spoken."
            raise IllegalTransition(agent, "done", "done", (), still)
        hint = did_you_mean(agent, waiting, f"Still to speak: {', '.join(waiting) or 'nobody'}.")
        raise NotFound(f"The agent {agent!r} among those still to speak", hint)
    left = [each for each in waiting if each is not name]
    done = (*meeting.agents_completed, name)
    heard = replace(
        meeting,
        progress=round(100 * len(done) / (len(done) + len(left))),
        current_agent=left[0] if left else None,
        agents_completed=done,
        agents_to_speak=tuple(left[1:]),
    )
    return replace(session, last_updated=at, current_meeting=heard)


def refuse_doubles(agents: Sequence[str]) -> None:
    """Refuses a list of agents that is empty or names one twice: who has spoken could not be told.

    Raises InvalidValue.
    """
    if not agents:
        raise InvalidValue("The list of agents", "it is empty", "Name them in the order in which they speak.")
    names = [each.lower() for each in agents]
    for name in agents:
        if names.count(name.lower()) > 1:
            raise InvalidValue("The list of agents", f"{name} stands in it twice", "Name each of them once.")
