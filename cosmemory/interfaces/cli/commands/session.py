"""Commands for the session: begun, kept alive, paused, resumed and ended."""

from __future__ import annotations

from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.kinds import SESSION_PATH
from cosmemory.kinds.session import IDLE, STATUS, Session, status_of, to_speak
from cosmemory.operations import sessions
from cosmemory.operations.interrupted_session import is_stale

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WHO = "Who is active, with commas between them."


def named(text: str | None) -> list[str] | None:
    """The names in a list with commas; None where none was given."""
    return None if text is None else [each.strip() for each in text.split(",") if each.strip()]


@group
def session() -> None:
    """Start, pause, resume and end the session."""


@session.command()
@changing
@argument("key", metavar="[ID]", required=False)
@option("--agents", metavar="A,B", help=WHO)
@option(
    "--pending-actions", metavar="N", least=0, help="How many actions are pending; else those of cos-state."
)
def start(key: str | None, agents: str | None, pending_actions: int | None, **options: Any) -> None:
    """Start a session and print its id.

    Without an ID it is session_YYYYMMDD_HHMMSS; an id is never used twice.
    """
    call = session_of(options)
    call.change(
        lambda memory: sessions.start(
            memory,
            key,
            agents=named(agents) or (),
            pending_actions=pending_actions,
            expected=call.expected(SESSION_PATH),
        ),
        str,
    )


@session.command()
@changing
@option("--agents", metavar="A,B", help=WHO)
@option("--pending-actions", metavar="N", least=0, help="How many actions are pending.")
@option("--progress", metavar="P", help="How far the meeting is, in percent.")
def update(agents: str | None, pending_actions: int | None, progress: str | None, **options: Any) -> None:
    """Give a sign of life, and say what is new."""
    call = session_of(options)
    call.change(
        lambda memory: sessions.update(
            memory,
            agents=named(agents),
            pending_actions=pending_actions,
            progress=progress,
            expected=call.expected(SESSION_PATH),
        ),
        lambda key: f"{key} updated",
    )


@session.command()
@changing
@option("--reason", metavar="TEXT", help="Why it rests.")
def pause(reason: str | None, **options: Any) -> None:
    """Let the session rest, with its meeting as it stands."""
    call = session_of(options)
    call.change(
        lambda memory: sessions.pause(memory, reason=reason, expected=call.expected(SESSION_PATH)),
        lambda key: f"{key} paused",
    )


@session.command()
@changing
@option(
    "--again", flag=True, help="Also where it was handed out before and nobody has gone on with it since."
)
def resume(again: bool, **options: Any) -> None:
    """Go on with a paused or interrupted session, and show who is still to speak."""
    call = session_of(options)
    call.change(
        lambda memory: sessions.resume(memory, again=again, expected=call.expected(SESSION_PATH)),
        lambda found: "\n".join([f"{found.session} resumed", *_still(found.meeting, found.to_speak)]),
    )


def _still(meeting: str | None, waiting: tuple[str, ...]) -> list[str]:
    """What a meeting waits for, in a line."""
    return [f"{meeting}: still to speak: {', '.join(waiting) or 'nobody'}"] if meeting else []


@session.command()
@changing
@option("--notes", metavar="TEXT", help="What came of it.")
def complete(notes: str | None, **options: Any) -> None:
    """End the session; its page is put beside the current one."""
    call = session_of(options)
    call.change(
        lambda memory: sessions.complete(memory, notes=notes, expected=call.expected(SESSION_PATH)),
        lambda key: f"{key} completed",
    )


@session.command()
@changing
@argument("words", metavar="[ERROR]", required=False)
@option("--error", metavar="TEXT", help="What went wrong.")
def fail(words: str | None, error: str | None, **options: Any) -> None:
    """Say that the session failed, and of what."""
    call = session_of(options)
    if (words is None) == (error is None):
        raise UsageError("Say once what went wrong.", "cosmemory session fail --error TEXT")
    error = words or error
    call.change(
        lambda memory: sessions.fail(memory, str(error), expected=call.expected(SESSION_PATH)),
        lambda key: f"{key} failed",
    )


@session.command()
@changing
@option("--reason", metavar="TEXT", help="What was found.")
def reset(reason: str | None, **options: Any) -> None:
    """Put a failed session away, so that another can be started."""
    call = session_of(options)
    call.change(
        lambda memory: sessions.reset(memory, reason=reason, expected=call.expected(SESSION_PATH)),
        lambda key: f"{key} reset",
    )


@session.command()
@reading
@argument("key", metavar="[ID]", required=False)
def show(key: str | None, **options: Any) -> None:
    """Show the session, its meeting, and who is still to speak."""
    call = session_of(options)
    memory = call.memory()
    held = sessions.get(memory, key)
    stale = is_stale(held, memory.now(), memory.settings.stale_seconds)
    waiting = to_speak(held.current_meeting)
    if call.as_json:
        print_json("session", {**_data(held), "stale": stale, "to_speak": list(waiting)})
        return
    print_text(_line(held) + (" stale" if stale else ""))
    if held.error:
        print_text(f"error: {held.error}")
    under_way = held.current_meeting
    if under_way.meeting_id:
        print_text(f"meeting: {under_way.meeting_id} at {under_way.progress}%")
        print_text(f"completed: {', '.join(under_way.agents_completed) or 'nobody'}")
        print_text(f"still to speak: {', '.join(waiting) or 'nobody'}")
    print_text(f"active agents: {', '.join(held.active_agents) or 'nobody'}")
    print_text(f"pending actions: {0 if held.pending_actions is None else held.pending_actions}")


@session.command("list")
@reading
@option("--status", metavar="S", choices=STATUS.words, help="Only those at this status.")
def list_(status: str | None, **options: Any) -> None:
    """List the sessions, oldest first."""
    call = session_of(options)
    found = sessions.listed(call.memory(), status=status)
    if call.as_json:
        print_json("sessions", {"sessions": [_data(each) for each in found]})
        return
    # A page that waits for the next session is none.
    found = tuple(each for each in found if each.session_id or status)
    for each in found:
        print_text(_line(each))
    if not found:
        print_text("there is no such session" if status else "there was no session yet")


@session.command()
@changing
@option("--days", metavar="N", least=0, help="How long they stay at hand; else the setting, 30.")
def prune(days: int | None, **options: Any) -> None:
    """Move sessions that ended long ago to the archive."""
    call = session_of(options)
    call.refuse_expected("session prune")
    call.change(lambda memory: sessions.prune(memory, days=days), moved)


def moved(gone: tuple[str, ...]) -> str:
    """What a clean-up says."""
    return "\n".join(f"{each} moved to the archive" for each in gone) or "nothing to move"


def _line(each: Session) -> str:
    from cosmemory.document.values import TIME, source_of

    if not each.session_id and status_of(each) == IDLE:
        return "no session is under way"
    since, ended = (source_of(TIME, moment, cell=False) for moment in (each.started, each.ended))
    if not each.session_id:
        return f"no session: {status_of(each)}"
    until = f" until {ended}" if each.ended else ""
    return f"{each.session_id} {status_of(each)} since {since}{until}"


def _data(each: Session) -> dict[str, Any]:
    from cosmemory.document.data import data_of

    return data_of(each)
