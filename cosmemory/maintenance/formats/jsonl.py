"""JSON Lines: a line for the export, one for each page, and behind the line of a log one for each of its entries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from cosmemory.document.data import data_of, event_data
from cosmemory.errors import NotFound, UsageError
from cosmemory.kinds import COORDINATION_LOG, Kinds
from cosmemory.kinds.coordination_log import ENTRY, decode_log, entries
from cosmemory.kinds.page import read_page
from cosmemory.maintenance.exporting import Chosen, Piece
from cosmemory.maintenance.importing import Incoming
from cosmemory.maintenance.search_units import BELOW, is_log, kind_name
from cosmemory.memory import Memory
from cosmemory.operations.events import whole_entries
from cosmemory.store import Stored
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = 1


def pieces(memory: Memory, chosen: Chosen) -> Iterator[Piece]:
    """A line each, pages as ``show --json`` tells them, with their text as it stands."""
    yield Piece(data=_line({"kind": "export", "format": "jsonl", "pages": len(chosen.pages)}))
    for path in chosen.pages:
        if is_log(path):
            yield from _log(memory, path)
        elif (stored := memory.store.read(path)) is not None:
            yield Piece(data=_line(_page(stored, memory.kinds)), pages=1)


def _page(stored: Stored, kinds: Kinds) -> dict[str, Any]:
    live = Stored(path=stored.path.removeprefix(BELOW), data=stored.data, revision=stored.revision)
    kind = kind_name(stored.path, kinds)
    data = data_of(read_page(live, kinds=kinds).document) if kind else None
    return _told(stored.path, kind, stored.revision, data, decode_text(stored.data))


def _told(path: str, kind: str, revision: str | None, data: Any, text: str) -> dict[str, Any]:
    held = {"document": path.removesuffix(".md"), "path": path, "type": kind or None}
    return {"kind": "document", **held, "revision": revision, "data": data, "text": text}


def _log(memory: Memory, path: str) -> Iterator[Piece]:
    """The head of a log, and its entries one by one."""
    try:
        file = memory.store.open_read(path)
    except NotFound:
        return  # it has just gone
    first = True
    with file:
        for part in whole_entries(file.read):
            text = decode_text(part)
            head = ENTRY.search(text)
            begin = head.start() if head else len(text)
            if first:
                said = data_of(decode_log(parse(text[:begin])).document)
                del said["events"]
                yield Piece(data=_line(_told(path, COORDINATION_LOG.name, None, said, text[:begin])), pages=1)
                first = False
            for event in entries(text, begin):
                held = event_data(event, path.removesuffix(".md"))
                yield Piece(data=_line({"kind": "event", **held, "text": event.span.of(text)}), events=1)


def _line(held: dict[str, Any]) -> bytes:
    text = json.dumps({"schema": SCHEMA, **held}, ensure_ascii=False)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:  # a byte that is not UTF-8 stands there as a lone surrogate
        return json.dumps({"schema": SCHEMA, **held}).encode() + b"\n"


def incoming(lines: Iterable[bytes]) -> Iterator[Incoming]:
    """The pages that lines tell; the entries of a log behind the line of it, or of no log's: of the active one.

    Raises UsageError for a line that is no JSON of ours.
    """
    log: Incoming | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        held = _read(line, number)
        if held.get("kind") == "event":
            path = f"{held.get('source') or 'coordination-log'}.md"
            if log is None or log.path != path:
                if log is not None:
                    yield log
                log = Incoming(path=path, type=COORDINATION_LOG.name, line=number)
            log.events.append(held)
            continue
        if log is not None:
            yield log
            log = None
        if held.get("kind") == "document":
            found = _document(held, number)
            if is_log(found.path):
                log = found
            else:
                yield found
        elif held.get("kind") != "export":
            raise UsageError(f"Line {number} is no export, document or event.", "Nothing was imported.")
    if log is not None:
        yield log


def _read(line: bytes, number: int) -> dict[str, Any]:
    try:
        held = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"Line {number} is not JSON: {error}.", "Nothing was imported.") from None
    if not isinstance(held, dict):
        raise UsageError(f"Line {number} is no JSON object.", "Nothing was imported.")
    if held.get("schema", SCHEMA) != SCHEMA:
        raise UsageError(f"Line {number} is of schema {held['schema']}.", f"This release reads {SCHEMA}.")
    return held


def _document(held: dict[str, Any], number: int) -> Incoming:
    path, text, data = held.get("path"), held.get("text"), held.get("data")
    if not isinstance(path, str) or not isinstance(text, str | None) or not isinstance(data, dict | None):
        raise UsageError(
            f"Line {number} has no path, or text or data of another type.", "Nothing was imported."
        )
    return Incoming(path=path, type=kind_name(path), line=number, text=text, data=data)
