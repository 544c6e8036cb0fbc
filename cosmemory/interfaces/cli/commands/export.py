"""The commands that write a memory out, and take in what was written out, or what other systems keep."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress

from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices, tell_warning
from cosmemory.interfaces.cli.progress import Progress, progress
from cosmemory.interfaces.cli.saving import save_file, save_folder
from cosmemory.interfaces.cli.session import changing, difference, reading, session_of
from cosmemory.maintenance import exporting
from cosmemory.maintenance.exporting import FORMATS, INCOMING, Piece
from cosmemory.text.counted import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.maintenance.importing import Imported, Incoming
    from cosmemory.maintenance.moving_in import Told
    from cosmemory.memory import Memory

TOLD_AT_MOST = 20


@command()
@reading
@argument("file", required=False)
@option(
    "--format",
    "form",
    metavar="FORMAT",
    choices=FORMATS,
    default="jsonl",
    help="jsonl: JSON Lines; state, agents: a folder of JSON files.",
)
@option("--kind", "kinds", metavar="KIND", many=True, help="Pages of KIND only; may be given again.")
@option("--replace", "replacing", flag=True, help="Write into a folder that is not empty.")
@option("--dry-run", flag=True, help="Tell how many pages and events there are, and write nothing.")
def export(
    file: str | None, form: str, kinds: tuple[str, ...], replacing: bool, dry_run: bool, **options: Any
) -> None:
    """Write all pages and every event of the log to FILE, or to stdout.

    FILE is replaced in one step when all is written; - is stdout. The formats state and agents make a folder.
    """
    session = session_of(options)
    to_stdout = file in {None, "-"} and not dry_run
    if to_stdout and exporting.makes_folder(form):
        raise UsageError(f"The format {form} makes a folder, and stdout is none.", "Name a folder.")
    if to_stdout and form == "sqlite" and sys.stdout.isatty():
        raise UsageError("The format sqlite makes a database, and no terminal can show one.", "Name a FILE.")
    if session.as_json and to_stdout:
        raise UsageError("--json tells what was written, and stdout has the export.", "Name a FILE.")
    memory = session.memory()
    chosen = exporting.choose(memory, kinds)
    # Lines are read back page by page, and a packed page could only come back unpacked.
    left_out = chosen.packed if form == "jsonl" else ()
    if left_out:
        pages = counted(len(left_out), "packed page")
        tell_warning(f"{pages} below archive/ left out; the formats tables and sqlite tell of them")
    told = _Told()
    with progress("Writing pages", len(chosen.pages)) as bar:
        parts = told.count(exporting.export(memory, form, chosen), bar)
        if dry_run:
            for _ in parts:
                pass
        elif file is None or file == "-":
            for _, part in parts:
                sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
            return
        elif exporting.makes_folder(form):
            save_folder(file, parts, replacing=replacing)
        else:
            save_file(file, (part for _, part in parts))
    held = {"file": file, "format": form, "pages": told.pages, "events": told.events, "bytes": told.size}
    if session.as_json:
        print_json("export", {**held, "left_out": list(left_out), "dry_run": dry_run})
        return
    would, where = ("would write", "") if dry_run else ("wrote", f" to {file}")
    print_text(
        f"{would} {counted(told.pages, 'page')} and {counted(told.events, 'event')} ({told.size} bytes){where}"
    )


class _Told:
    """How much was written."""

    def __init__(self) -> None:
        self.pages = self.events = self.size = 0

    def count(self, pieces: Iterable[Piece], bar: Progress) -> Iterator[tuple[str, bytes]]:
        """The names and bytes of the pieces, each counted as it passes."""
        for piece in pieces:
            self.pages += piece.pages
            self.events += piece.events
            self.size += len(piece.data)
            bar.done = self.pages
            yield piece.name, piece.data


@command("import")
@changing
@argument("source")
@option(
    "--format", "form", metavar="FORMAT", choices=INCOMING, help="What SOURCE is, where that is to be told."
)
@option("--replace", "replacing", flag=True, help="Also replace pages that stand there with another text.")
def import_(source: str, form: str | None, replacing: bool, **options: Any) -> None:
    """Take in the pages and events of SOURCE, all of them or none; - is stdin.

    SOURCE is a file that export wrote, or a file or folder of JSON that another system keeps its state in. A page that
    stands there with another text is refused unless --replace is given.
    """
    session = session_of(options)
    session.refuse_expected("import")
    memory = session.memory()
    rehearsal = None
    if session.dry_run:
        from cosmemory.engines.rehearsal import Rehearsal

        memory.store = rehearsal = Rehearsal(memory.store)
    lines = form == "jsonl" if form else _is_lines(source)
    done, told = (
        (_lines(memory, source, replacing), None) if lines else _files(memory, source, form, replacing)
    )
    tell_notices(memory.store.notices())
    for each in done.lost[:TOLD_AT_MOST]:
        tell_warning(f"{each} has no place on the page and was left out")
    for name in told.left_alone[:TOLD_AT_MOST] if told is not None else ():
        tell_warning(f"{name} is no file of a known sort and was left alone")
    if session.as_json:
        held = {"created": done.created, "replaced": done.replaced, "same": done.same, "events": done.events}
        more = {"dry_run": True, "diff": difference(rehearsal)} if rehearsal is not None else {}
        print_json("import", {**held, "lost": done.lost, **_report(told), **more})
    else:
        print_text("\n".join([*_said(done, told, dry=session.dry_run), *_aside(told)]))


def _is_lines(source: str) -> bool:
    """Whether what is to be imported are lines that ``export`` wrote, and not the JSON of another system."""
    if source == "-":
        return True
    import os

    if os.path.isdir(source):
        return False
    if not source.endswith((".json", ".txt")):
        return True
    with open(source, "rb") as file:
        first = file.readline()
    with suppress(ValueError, RecursionError):
        held = json.loads(first)
        return isinstance(held, dict) and held.get("kind") in {"export", "document", "event"}
    return False


def _lines(memory: Memory, source: str, replacing: bool) -> Imported:
    from cosmemory.maintenance.formats.jsonl import incoming
    from cosmemory.maintenance.importing import import_pages

    def lines() -> Iterator[bytes]:
        if source == "-":
            yield from sys.stdin.buffer
            return
        with open(source, "rb") as file:
            yield from file

    with progress("Reading lines") as bar:
        held: list[Incoming] = list(incoming(lines()))
        return import_pages(memory, held, replacing=replacing, tell=bar.now).result


def _files(memory: Memory, source: str, form: str | None, replacing: bool) -> tuple[Imported, Told]:
    from cosmemory.maintenance.json_folders import files_below
    from cosmemory.maintenance.moving_in import import_files

    names = files_below(source)
    with progress("Reading files", len(names)) as bar:
        return import_files(memory, source, names, form=form, replacing=replacing, tell=bar.now)


def _report(told: Told | None) -> dict[str, Any]:
    if told is None:
        return {}
    from cosmemory.maintenance.moving_in import kept_aside

    made = {path: list(files) for path, files in told.files.items()}
    made |= {f"checkpoints/{each.name}": [file] for file, each, _ in told.checkpoints}
    aside = [
        {"page": path, "key": row.key, "value": row.value.value if row.value else None}
        for path, row in kept_aside(told)
    ]
    return {"files": made, "aside": aside, "left_alone": told.left_alone}


def _said(done: Imported, told: Told | None, *, dry: bool) -> Iterator[str]:
    """What became of what: each page, with the files that it was made of."""
    would = "would take in" if dry else "took in"
    counts = f"{len(done.created)} new, {len(done.replaced)} replaced, {len(done.same)} as they stood there"
    pages = counted(len(done.created) + len(done.replaced), "page")
    yield f"{would} {pages} and {counted(done.events, 'event')}: {counts}"
    made: dict[str, list[str]] = _report(told).get("files", {})
    for path in (*done.created, *done.replaced):
        yield f"  {path}" + (f" from {', '.join(made[path])}" if path in made else "")


def _aside(told: Told | None) -> Iterator[str]:
    rows = _report(told).get("aside", [])
    if rows:
        stand = "stands" if len(rows) == 1 else "stand"
        yield f"{counted(len(rows), 'value')} {stand} in Other Values, to be given back as they are:"
    for row in rows[:TOLD_AT_MOST]:
        yield f"  {row['page']}: {row['key']}"
    if len(rows) > TOLD_AT_MOST:
        yield f"  and {len(rows) - TOLD_AT_MOST} more; --json tells all of them"
