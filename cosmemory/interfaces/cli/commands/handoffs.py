"""Commands for handoffs."""

from __future__ import annotations

from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.metadata import METAVAR, OPTION, metadata_said
from cosmemory.interfaces.cli.output import print_json, print_text, tell_warning
from cosmemory.interfaces.cli.session import Session, changing, reading, session_of, text_of
from cosmemory.operations import handoffs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.kinds.handoff import Handoff
    from cosmemory.memory import Memory, Outcome

JSON_OPTIONS = ("data", "results", "analysis")


@group
def handoff() -> None:
    """Hand work over, acknowledge it by its hash, follow its chain."""


@handoff.command()
@changing
@argument("project")
@option("--from", "from_agent", metavar="AGENT", required=True, help="Who hands over.")
@option("--to", "to_agent", metavar="AGENT", required=True, help="Who is to go on.")
@option("--id", "key", metavar="ID", help="Its id; else PROJECT-YYYY-MM-DD.")
@option("--context", metavar="TEXT", help="What the other must know; - reads it from stdin.")
@option(
    "--deliverable",
    "deliverables",
    metavar="TEXT",
    many=True,
    help="What is handed over; may be given again.",
)
@option(
    "--criterion",
    "acceptance_criteria",
    metavar="TEXT",
    many=True,
    help="What makes it done; may be given again.",
)
@option("--state", "current_state", metavar="TEXT", help="How far it is.")
@option(
    "--next", "next_steps", metavar="TEXT", many=True, help="What is to be done next; may be given again."
)
@option("--file", "files", metavar="PATH", many=True, help="A file that belongs to it; may be given again.")
@option("--instructions", metavar="TEXT", help="How it is to be done.")
@option("--notes", metavar="TEXT", help="Anything else.")
@option("--data", metavar="JSON", help="Data of any shape, or plain words.")
@option(OPTION, metavar=METAVAR, many=True, help="More about the handoff itself.")
@option("--from-status", metavar="S", help="The status of who hands over.")
@option("--tokens", "from_tokens", metavar="N", help="The tokens that one used.")
@option("--cost", "from_cost", metavar="N", help="What that cost.")
@option(
    "--from-role", metavar="ROLE", help="With --to-role: results are made into what the other role needs."
)
@option("--to-role", metavar="ROLE", help="The role of who is to go on.")
@option("--results", metavar="JSON", help="The results as they are.")
@option("--analysis", metavar="JSON", help="What was found out about the results.")
@option("--board-key", metavar="KEY", help="Hand over what stands on the board under KEY.")
@option("--board-version", metavar="N", help="The version of it that is meant; else the present one.")
@option("--previous", metavar="ID", help="The handoff that this one goes on from.")
@option("--expires", metavar="WHEN", help="Until when it must be acknowledged: 2h, 7d or a time.")
@option("--no-ack", flag=True, help="It may be started without an acknowledgement.")
def create(project: str, no_ack: bool, **options: Any) -> None:
    """Hand work over to another, and print the id of the handoff."""
    session = session_of(options)
    session.refuse_expected("handoff create")
    given = {name: value for name, value in options.items() if value not in (None, ())}
    given |= {name: _data(given[name]) for name in JSON_OPTIONS if name in given}
    given |= {
        name: _number(name, given[name])
        for name in ("from_tokens", "board_version", "from_cost")
        if name in given
    }
    if "metadata" in given:
        given["metadata"] = metadata_said(given["metadata"])
    if "context" in given:
        given["context"] = text_of(given["context"])
    verb = _verb_for(given)
    session.change(lambda memory: verb(memory, project, requires_ack=not no_ack, **given), str)


def _verb_for(given: dict[str, Any]) -> Any:
    """The protocol that the options ask for."""
    mediated = [name for name in ("from_role", "to_role", "results") if name in given]
    shared = [name for name in ("board_key", "board_version") if name in given]
    if "analysis" in given or mediated:
        if len(mediated) < 3 or shared:
            raise UsageError(
                "A mediated handoff needs --from-role, --to-role and --results, and no --board-key.",
                "Leave out all of them for a direct one.",
            )
        return handoffs.mediate
    if shared:
        if "board_key" not in shared:
            raise UsageError("A shared handoff needs --board-key.", "cosmemory board list names the keys.")
        return handoffs.share
    return handoffs.create


def _data(text: str) -> Any:
    from cosmemory.document.json_values import read_data

    return read_data(text_of(text)).value.value


def _number(name: str, text: str) -> float:
    from cosmemory.document.values import COUNT, NUMBER

    kind = NUMBER if name == "from_cost" else COUNT
    option = {"from_tokens": "--tokens", "from_cost": "--cost"}.get(name, "--board-version")
    found: float = kind.enter(option, text)
    return found


def _revision(session: Session, key: str) -> dict[str, str] | None:
    return session.expected(f"handoffs/{key}")


@handoff.command()
@changing
@argument("key", metavar="ID")
@option(
    "--hash",
    "sha256",
    metavar="SHA256",
    required=True,
    help="The hash of what was read, or 12 characters of it.",
)
@option("--by", metavar="AGENT", help="Who acknowledges; else who is named by --actor.")
def ack(key: str, sha256: str, by: str | None, **options: Any) -> None:
    """Acknowledge a handoff by the hash of what was read.

    It is refused when the handoff says something else by now. handoff show tells the hash.
    """
    import os

    session = session_of(options)
    who = by or session.actor or os.environ.get("COSMEMORY_ACTOR")

    def verb(memory: Memory) -> Outcome[str]:
        done = handoffs.acknowledge(memory, key, sha256, by=by, expected=_revision(session, key))
        receiver = handoffs.get(memory, done.result).to_agent or ""
        if who and who.lower() != receiver.lower():
            tell_warning(f"{done.result} is meant for {receiver}, and was acknowledged by {who}")
        return done

    session.change(verb, lambda moved: f"{moved} acknowledged")


@handoff.command()
@changing
@argument("key", metavar="ID")
def start(key: str, **options: Any) -> None:
    """Say that the work on a handoff has begun."""
    session = session_of(options)
    session.change(
        lambda memory: handoffs.start(memory, key, expected=_revision(session, key)),
        lambda moved: f"{moved} in progress",
    )


@handoff.command()
@changing
@argument("key", metavar="ID")
@argument("criterion", required=False)
@option("--not", "unmet", flag=True, help="It is not met after all.")
def accept(key: str, criterion: str | None, unmet: bool, **options: Any) -> None:
    """Tick a criterion of acceptance, or all of them."""
    session = session_of(options)

    def verb(memory: Memory) -> Outcome[str]:
        return handoffs.accept(memory, key, criterion, met=not unmet, expected=_revision(session, key))

    session.change(verb, lambda moved: f"{moved}: {criterion or 'all criteria'} {'not ' if unmet else ''}met")


@handoff.command()
@changing
@argument("key", metavar="ID")
@option("--notes", metavar="TEXT", help="What is to be said of it.")
def complete(key: str, notes: str | None, **options: Any) -> None:
    """Say that a handoff is done, every criterion met."""
    session = session_of(options)
    session.change(
        lambda memory: handoffs.complete(memory, key, notes=notes, expected=_revision(session, key)),
        lambda moved: f"{moved} completed",
    )


@handoff.command()
@changing
@argument("key", metavar="ID")
@option("--reason", metavar="TEXT", required=True, help="Why the work is not taken.")
def reject(key: str, reason: str, **options: Any) -> None:
    """Reject a handoff."""
    session = session_of(options)
    session.change(
        lambda memory: handoffs.reject(memory, key, reason=reason, expected=_revision(session, key)),
        lambda moved: f"{moved} rejected",
    )


@handoff.command()
@changing
def expire(**options: Any) -> None:
    """Expire every handoff that nobody acknowledged in time."""
    session = session_of(options)
    session.refuse_expected("handoff expire")
    session.change(handoffs.expire, lambda gone: f"expired: {', '.join(gone) or 'none'}")


@handoff.command()
@reading
@argument("key", metavar="ID")
def verify(key: str, **options: Any) -> int:
    """Follow the chain that leads to a handoff; exit code 1 when it is broken."""
    session = session_of(options)
    chain = handoffs.verify(session.memory(), key)
    if session.as_json:
        print_json(
            "chain",
            {
                "ids": list(chain.ids),
                "whole": chain.whole,
                "received": chain.received,
                "problems": list(chain.problems),
            },
        )
    else:
        print_text(" -> ".join(chain.ids))
        print_text("received" if chain.received else "not received yet")
        for problem in chain.problems or ("the chain is whole",):
            print_text(problem)
    return 0 if chain.whole else 1


@handoff.command()
@reading
def broken(**options: Any) -> int:
    """List the handoffs whose chain or hash is broken; exit code 1 when there are any."""
    session = session_of(options)
    found = handoffs.broken(session.memory())
    if session.as_json:
        print_json("broken", {"handoffs": [{"id": key, "problem": problem} for key, problem in found]})
    else:
        for key, problem in found:
            print_text(f"{key}: {problem}")
        if not found:
            print_text("no handoff is broken")
    return 1 if found else 0


@handoff.command("list")
@reading
@option("--status", metavar="S", help="Only those of a status.")
@option("--to", "to_agent", metavar="AGENT", help="Only those to an agent.")
@option("--from", "from_agent", metavar="AGENT", help="Only those from an agent.")
@option("--project", metavar="P", help="Only those of a project.")
@option("--received", flag=True, help="With --to: only those that were acknowledged or begun.")
def list_(status: str | None, received: bool, **options: Any) -> None:
    """List handoffs."""
    from cosmemory.kinds.handoff import STATUS

    session = session_of(options)
    word = STATUS.enter("--status", status) if status is not None else None
    found = handoffs.listed(session.memory(), status=word, **options)
    if received:
        found = tuple(page for page in found if page.acknowledged is not None or page.started is not None)
    if session.as_json:
        print_json("handoffs", {"handoffs": [_shown(page) for page in found]})
        return
    for page in found:
        print_text(f"{page.id} {page.status} {page.from_agent} -> {page.to_agent}")
    if not found:
        print_text("no handoffs")


@handoff.command("show")
@reading
@argument("key", metavar="ID")
def show(key: str, **options: Any) -> None:
    """Show a handoff and the hash of what it says, which its receiver names to acknowledge it."""
    session = session_of(options)
    memory = session.memory()
    page = handoffs.get(memory, key)
    if session.as_json:
        print_json("handoff", _shown(page))
        return
    from cosmemory.kinds.handoff import content_hash

    print_text(memory.page(f"handoffs/{page.id}.md").tree.text.rstrip("\r\n"))
    print_text(f"\nhash of what it says: {content_hash(page)}")


def _shown(page: Handoff) -> dict[str, Any]:
    from cosmemory.document.data import data_of
    from cosmemory.kinds.handoff import content_hash
    from cosmemory.operations.handoff_packages import data_in

    held = data_of(page)
    for name in ("data", "metadata", "analysis", "raw_results", "processed_data"):
        held[name] = data_in(getattr(page, name))
    return {**held, "present_sha256": content_hash(page)}
