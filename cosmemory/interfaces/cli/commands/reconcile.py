"""The commands that bring edits by hand together with what they did not know of, and settle what is in dispute."""

from __future__ import annotations

from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.interfaces.cli.declared import argument, command, group, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices
from cosmemory.interfaces.cli.session import changing, difference, reading, session_of
from cosmemory.interfaces.cli.terminal import print_difference
from cosmemory.kinds.conflict import KEPT, OTHER, Conflict
from cosmemory.maintenance import reconcile as bringing
from cosmemory.memory import Memory
from cosmemory.operations import conflicts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@changing
def reconcile(**options: Any) -> int:
    """Bring back what an older copy of a page, saved by hand, overwrote; show what is in dispute.

    With --dry-run it only shows what it would bring back.
    """
    session = session_of(options)
    session.refuse_expected("reconcile")
    memory = session.memory()
    memory.on_edits = None
    shown = ""
    if session.dry_run:
        told, shown = _rehearsed(memory)
    else:
        memory.store.notice(thoroughly=True)
        with memory.store.writing() as writer:
            told = [each.told() for each in bringing.reconcile(memory, writer)]
    tell_notices(memory.notices())
    pending = conflicts.listed(memory)
    if session.as_json:
        more = {"dry_run": True, "diff": shown} if session.dry_run else {}
        print_json("reconciliation", {"told": told, "conflicts": [_data(each) for each in pending], **more})
        return 0
    for line in told or ["nothing was saved over anything newer"]:
        print_text(line)
    print_difference(shown)
    for each in pending:
        print_text(_line(each))
    return 0


def _rehearsed(memory: Memory) -> tuple[list[str], str]:
    """What there is to bring back, and the difference that it would make."""
    store = memory.store
    memory.store = rehearsal = Rehearsal(store)
    try:
        with rehearsal.writing() as writer:
            told = [f"{each.save.warning()}." for each in bringing.reconcile(memory, writer)]
    finally:
        memory.store = store
    return told, difference(rehearsal)


@group
def conflict() -> None:
    """Show and settle what two sides changed differently."""


@conflict.command("list")
@reading
@option("--all", "every", flag=True, help="The settled ones too.")
def list_(every: bool, **options: Any) -> None:
    """List the conflicts that wait for somebody."""
    session = session_of(options)
    found = conflicts.listed(session.memory(), pending=not every)
    if session.as_json:
        print_json("conflicts", {"conflicts": [_data(each) for each in found]})
        return
    for each in found:
        print_text(_line(each))
    if not found:
        print_text("no conflict is pending")


@conflict.command("show")
@reading
@argument("key", metavar="ID")
def show(key: str, **options: Any) -> None:
    """Show the versions of what is in dispute, side by side."""
    session = session_of(options)
    found = conflicts.get(session.memory(), key)
    if session.as_json:
        print_json("conflict", _data(found))
        return
    print_text(_line(found))
    for each in found.disputed_values:
        print_text(f"{each.value}")
        print_text(f"  before:      {each.before or '-'}")
        print_text(f"  on the page: {each.kept or '-'}")
        print_text(f"  other:       {each.other or '-'}")


@conflict.command("resolve")
@changing
@argument("key", metavar="ID")
@option("--reason", required=True, metavar="TEXT", help="Why it is settled so.")
@option(
    "--take", choices=(KEPT, OTHER), default=KEPT, help="Whose values are to stand; kept is what stands now."
)
def resolve(key: str, reason: str, take: str, **options: Any) -> None:
    """Settle a conflict: what stands on the page stays, or the other values take its place."""
    session = session_of(options)
    name = conflicts.path_of(key)
    session.change(
        lambda memory: conflicts.resolve_conflict(
            memory, key, reason=reason, take=take, expected=session.expected(name)
        ),
        lambda key: f"{key}: resolved, the {take} values stand",
    )


def _line(each: Conflict) -> str:
    values = ", ".join(str(value.value) for value in each.disputed_values)
    return f"{each.id} {each.status} {each.document}: {values}"


def _data(each: Conflict) -> dict[str, Any]:
    from cosmemory.document.data import data_of

    return data_of(each)
