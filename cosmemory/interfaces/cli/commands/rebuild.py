"""The command that writes a page again from the log."""

from __future__ import annotations

from dataclasses import asdict

from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.interfaces.cli.confirm import agreed
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices, visible_line
from cosmemory.interfaces.cli.progress import progress
from cosmemory.interfaces.cli.session import changing, difference, session_of
from cosmemory.interfaces.cli.terminal import print_difference
from cosmemory.maintenance.rebuild import Rebuilt, rebuilt_kind
from cosmemory.maintenance.rebuild import rebuild as rebuild_page
from cosmemory.text.counted import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@changing
@argument("document", metavar="DOCUMENT")
@option("--yes", flag=True, help="Write the page as it is shown.")
def rebuild(document: str, yes: bool, **options: Any) -> int:
    """Show what the log and its archives tell of a page, where that differs, and write it on --yes.

    DOCUMENT is roster, alerts or cos-state. What the log does not tell of stays as it is on the page.
    """
    session = session_of(options)
    memory = session.memory()
    store = memory.store
    memory.store = rehearsal = Rehearsal(store)
    with progress("Reading the log"):
        told = rebuild_page(memory, document, expected=session.expected(rebuilt_kind(document).path)).result
    differs = bool(rehearsal.changes)
    shown = difference(rehearsal)
    if not session.as_json:
        _show(told)
        print_difference(shown)
    done = False
    if differs and not session.dry_run and (yes or (not session.as_json and agreed(f"Write {told.path}?"))):
        stored = store.read(told.path)
        memory.store = store
        expected = {told.path: stored.revision} if stored else None
        try:
            rebuild_page(memory, document, expected=expected)
        finally:
            tell_notices(store.notices())
        done = True
    if session.as_json:
        print_json("rebuild", {**_data(told), "diff": shown, "written": done, "dry_run": session.dry_run})
    elif done:
        print_text(f"wrote {told.path}")
    elif differs and not session.dry_run:
        print_text(f"nothing was changed; cosmemory rebuild {document} --yes writes {told.path}")
    return int(differs and not done)


def _show(told: Rebuilt) -> None:
    print_text(f"{told.path}, by {counted(told.events, 'event')}:")
    for each in told.differences:
        page, log = (value if value is not None else "nothing" for value in (each.page, each.log))
        print_text(visible_line(f"  {each.where}: {page} on the page, {log} by the log"))
    if not told.differences:
        print_text("  the page says what the log tells")
    for line in told.vague:
        print_text(visible_line(f"  not sure: {line}"))
    print_text(visible_line(f"  the log does not tell: {'; '.join(told.untold)}"))
    if told.kept:
        print_text(f"  what stands there is kept in {told.kept}")


def _data(told: Rebuilt) -> dict[str, Any]:
    return {
        "document": told.path.removesuffix(".md"),
        "path": told.path,
        "events": told.events,
        "differences": [asdict(each) for each in told.differences],
        "untold": list(told.untold),
        "vague": list(told.vague),
        "kept": told.kept or None,
    }
