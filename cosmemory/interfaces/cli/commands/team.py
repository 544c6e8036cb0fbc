"""Commands for the team roster."""

from __future__ import annotations

from cosmemory.document.data import data_of
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.listing import tell_rows
from cosmemory.interfaces.cli.output import print_json
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.kinds.team_roster import STATUS
from cosmemory.operations import team as operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PAGE = "team-roster"


@group
def team() -> None:
    """List the team; say who joins, leaves and does what: the roster, cos-state and the log are kept together."""


@team.command()
@changing
@argument("name")
@option("--role", metavar="ROLE", required=True, help="What somebody is in the team for.")
@option("--task", metavar="TEXT", help="What to begin with.")
@option("--capabilities", metavar="A,B", help="What somebody can do, parted by commas.")
@option("--notes", metavar="TEXT", help="What else there is to say.")
def join(name: str, role: str, **options: Any) -> None:
    """Add somebody to the team."""
    session = session_of(options)
    session.change(
        lambda memory: operations.join(memory, name, role=role, expected=session.expected(PAGE), **options),
        lambda who: f"{who} joined as {role}",
    )


@team.command()
@changing
@argument("name")
@option("--reason", metavar="TEXT", required=True, help="Why.")
def leave(name: str, reason: str, **options: Any) -> None:
    """Move somebody to those who have left."""
    session = session_of(options)
    session.change(
        lambda memory: operations.leave(memory, name, reason=reason, expected=session.expected(PAGE)),
        lambda who: f"{who} left",
    )


@team.command()
@changing
@argument("name")
def seen(name: str, **options: Any) -> None:
    """Note that somebody was seen just now."""
    session = session_of(options)
    session.change(
        lambda memory: operations.see(memory, name, expected=session.expected(PAGE)),
        lambda who: f"{who} seen",
    )


@team.command()
@changing
@argument("name")
@argument("text")
def task(name: str, text: str, **options: Any) -> None:
    """Give somebody a task."""
    session = session_of(options)
    session.change(
        lambda memory: operations.assign_task(memory, name, text, expected=session.expected(PAGE)),
        lambda who: f"{who}: {text}",
    )


@team.command("role")
@changing
@argument("name")
@argument("wanted", metavar="ROLE")
def role_(name: str, wanted: str, **options: Any) -> None:
    """Give somebody another role."""
    session = session_of(options)
    session.change(
        lambda memory: operations.change_role(memory, name, wanted, expected=session.expected(PAGE)),
        lambda who: f"{who} is now {wanted}",
    )


@team.command()
@changing
@argument("name")
@argument("wanted", metavar="STATUS")
@option("--details", metavar="TEXT", help="What the history is to tell of it.")
def status(name: str, wanted: str, details: str | None, **options: Any) -> None:
    """Set somebody's status.

    STATUS is active, idle, busy, blocked, offline or hibernated.
    """
    session = session_of(options)
    session.change(
        lambda memory: operations.change_status(
            memory, name, wanted, details=details, expected=session.expected(PAGE)
        ),
        lambda who: f"{who} is {wanted}",
    )


@team.command("list")
@reading
@option("--role", metavar="ROLE", help="Only those in a role.")
@option("--status", "wanted", metavar="S", help="Only those of a status, such as busy.")
@option("--all", "everything", flag=True, help="Those who have left, too.")
def list_(role: str | None, wanted: str | None, everything: bool, **options: Any) -> None:
    """List who is in the team."""
    session = session_of(options)
    memory = session.memory()
    word = STATUS.enter("--status", wanted) if wanted is not None else None
    found = operations.listed(memory, role=role, status=word)
    gone = operations.former(memory, role=role) if everything and word is None else ()
    if session.as_json:
        told = {"members": [data_of(each) for each in found]}
        print_json("team", told | ({"former": [data_of(each) for each in gone]} if everything else {}))
        return
    rows = [(e.session_name, e.role, e.status, e.last_seen, e.current_task) for e in found]
    left = [(e.session_name, e.role, "left", e.last_active, e.reason) for e in gone]
    narrowed = role is not None or wanted is not None
    none = "there is no such member" if narrowed else "nobody is in the team"
    tell_rows(("Name", "Role", "Status", "Last Seen", "Task"), [*rows, *left], none)
