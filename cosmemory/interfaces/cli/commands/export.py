"""The commands that write a memory out, and take in what was written out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices, tell_warning
from cosmemory.interfaces.cli.progress import Progress, progress
from cosmemory.interfaces.cli.saving import save_file
from cosmemory.interfaces.cli.session import changing, difference, reading, session_of
from cosmemory.maintenance import exporting
from cosmemory.maintenance.exporting import FORMATS, Piece
from cosmemory.maintenance.importing import Imported, import_pages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@reading
@argument("file", required=False)
@option("--format", "form", metavar="FORMAT", choices=FORMATS, default="jsonl", help="jsonl: JSON Lines.")
@option("--kind", "kinds", metavar="KIND", many=True, help="Pages of KIND only; may be given again.")
@option("--dry-run", flag=True, help="Tell how many pages and events there are, and write nothing.")
def export(file: str | None, form: str, kinds: tuple[str, ...], dry_run: bool, **options: Any) -> None:
    """Write all pages and every event of the log to FILE, or to stdout.

    FILE is replaced in one step when all is written; - is stdout.
    """
    session = session_of(options)
    if session.as_json and not dry_run and file in {None, "-"}:
        raise UsageError("--json tells what was written, and stdout has the export.", "Name a FILE.")
    memory = session.memory()
    chosen = exporting.choose(memory, kinds)
    told = _Told()
    with progress("Writing pages", len(chosen.pages)) as bar:
        parts = told.count(exporting.export(memory, form, chosen), bar)
        if dry_run:
            for _ in parts:
                pass
        elif file is None or file == "-":
            for part in parts:
                sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
            return
        else:
            save_file(file, parts)
    held = {"file": file, "format": form, "pages": told.pages, "events": told.events, "bytes": told.size}
    if session.as_json:
        print_json("export", {**held, "dry_run": dry_run})
        return
    would, where = ("would write", "") if dry_run else ("wrote", f" to {file}")
    print_text(f"{would} {told.pages} pages and {told.events} events ({told.size} bytes){where}")


class _Told:
    """How much was written."""

    def __init__(self) -> None:
        self.pages = self.events = self.size = 0

    def count(self, pieces: Iterable[Piece], bar: Progress) -> Iterator[bytes]:
        """The bytes of the pieces, each counted as it passes."""
        for piece in pieces:
            self.pages += piece.pages
            self.events += piece.events
            self.size += len(piece.data)
            bar.done = self.pages
            yield piece.data


@command("import")
@changing
@argument("file")
@option("--format", "form", metavar="FORMAT", choices=FORMATS, default="jsonl", help="jsonl: JSON Lines.")
@option("--replace", "replacing", flag=True, help="Also replace pages that stand there with another text.")
def import_(file: str, form: str, replacing: bool, **options: Any) -> None:
    """Take in the pages and events of FILE, all of them or none; - is stdin.

    A page that stands there with another text is refused unless --replace is given. The text of a page is taken as it
    is where it says what its data say, else its template makes one of the data.
    """
    session = session_of(options)
    session.refuse_expected("import")
    memory = session.memory()
    rehearsal = None
    if session.dry_run:
        from cosmemory.engines.rehearsal import Rehearsal

        memory.store = rehearsal = Rehearsal(memory.store)
    with progress("Taking in pages"):
        held = list(exporting.format_named(form).incoming(_lines(file)))
        done = import_pages(memory, held, replacing=replacing).result
    tell_notices(memory.store.notices())
    for each in done.lost[:20]:
        tell_warning(f"{each} has no place on the page and was left out")
    if session.as_json:
        told = {"created": done.created, "replaced": done.replaced, "same": done.same, "events": done.events}
        more = {"dry_run": True, "diff": difference(rehearsal)} if rehearsal is not None else {}
        print_json("import", {**told, "lost": done.lost, **more})
    else:
        print_text(_said(done, dry=session.dry_run))


def _lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from sys.stdin.buffer
        return
    with open(file, "rb") as source:
        yield from source


def _said(done: Imported, *, dry: bool) -> str:
    would = "would take in" if dry else "took in"
    counts = f"{len(done.created)} new, {len(done.replaced)} replaced, {len(done.same)} as they stood there"
    lines = [f"{would} {len(done.created) + len(done.replaced)} pages and {done.events} events: {counts}"]
    lines += [f"  {path}" for path in (*done.created, *done.replaced)]
    return "\n".join(lines)
