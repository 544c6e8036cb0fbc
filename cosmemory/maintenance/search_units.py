"""What a search finds: pages cut into the rows, items, records, paragraphs and entries that stand on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from cosmemory import clock
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, BUILT_IN, COORDINATION_LOG, Kinds, kind_of
from cosmemory.kinds.coordination_log import ENTRY, Event, entries
from cosmemory.pattern import pattern
from cosmemory.syntax.nodes import Block
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import Section
from cosmemory.text.source import decode_text

PAGES, LOG, ARCHIVED, HISTORY = "pages", "log", "archive", "history"
PLACES = (PAGES, LOG, ARCHIVED, HISTORY)
BELOW = "archive/"
RECORD = 3  # from this level on a heading is that of a record, which is found as a whole

_ITEM = pattern(r"^(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_LINE = pattern(r"[^\n\r]+")
_CELL = pattern(r"(?<!\\)\|")
_DELIMITER = pattern(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t:|-]*)?")
_TIME = pattern(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z| UTC)?)?", re.ASCII)
_STAMP = pattern(
    r"^[-*+ \t]*\**(?:Last )?(?:updated|generated|changed)[^\d\r\n]*", re.MULTILINE | re.IGNORECASE
)
_NAMES = pattern(r"[\s,;|*]+|->|→")
# What no text of a search may hold: bytes that are not UTF-8, and the marks that we put around what is found.
_UNSAFE = pattern("[\x00\ud800-\udfff\ufdd0\ufdd1\u200b]")


@frozen()
class Unit:
    """One thing that can be found: where it begins, what it says, of what time it is and whom it names.

    Of the history it is a line that is gone, or what was said of a change; `change` is the number of that. `dated` is
    the time of the whole page.
    """

    line: int
    section: str
    key: str
    time: int | None
    names: frozenset[str]
    text: str
    start: int = 0
    change: int = 0
    dated: int | None = None

    @property
    def when(self) -> int | None:
        """The time that it tells, else that of its page."""
        return self.dated if self.time is None else self.time


def place_of(path: str) -> str:
    """Where a page belongs in a search: among the pages, the log, or what is archived."""
    if path.startswith(BELOW):
        return ARCHIVED
    return LOG if is_log(path) else PAGES


def is_log(path: str) -> bool:
    """Whether a page holds entries of the log."""
    path = path.removeprefix(BELOW)
    return path == COORDINATION_LOG.path or ARCHIVE.fullmatch(path) is not None


def kind_name(path: str, kinds: Kinds = BUILT_IN) -> str:
    """The kind of a page among those of a memory, wherever it was moved; empty for one that is of none."""
    if is_log(path):
        return COORDINATION_LOG.name
    kind = kind_of(path.removeprefix(BELOW), kinds)
    return kind.name if kind else ""


def of_kind(paths: re.Pattern[str], path: str) -> bool:
    """Whether a page, wherever it was moved, is of the kind that stands at ``paths``."""
    return not is_log(path) and paths.fullmatch(path.removeprefix(BELOW)) is not None


def names_in(*texts: str) -> frozenset[str]:
    """The words of texts that may be names, in one case."""
    return frozenset(word for text in texts for word in _NAMES.split(text.casefold()) if word)


def safe(text: str) -> str:
    """A text that SQLite can hold, as long as it was."""
    return _UNSAFE.sub("\ufffd", text)


def lines_in(text: str) -> int:
    """How many lines end in a text."""
    if "\r" not in text:
        return text.count("\n")
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def log_units(data: bytes, start: int = 0, line: int = 1) -> Iterator[Unit]:
    """The entries in a part of a log that begins at the byte ``start`` in the line ``line``."""
    text = decode_text(data)
    head = ENTRY.search(text)
    begin = head.start() if head else len(text)
    at = 0
    if begin and start == 0:
        yield from page_units("", text[:begin])
    for event in entries(text, begin):
        line += lines_in(text[at : event.span.start])
        start += len(text[at : event.span.start].encode("utf-8", "surrogateescape"))
        at = event.span.start
        yield _entry_unit(event, safe(event.span.of(text)), start, line)


def _entry_unit(event: Event, text: str, start: int, line: int) -> Unit:
    heading = ENTRY.match(text)
    return Unit(
        line=line,
        section="",
        key=heading[1].strip() if heading else "",
        time=int(event.time.timestamp()) if isinstance(event.time, datetime) else None,
        names=names_in(event.involved or ""),
        text=text.rstrip().removesuffix("---").rstrip(),
        start=start,
    )


def page_units(path: str, text: str) -> Iterator[Unit]:
    """The units of a page that is no log."""
    dated = page_time(path, text)
    about = _about(path.removeprefix(BELOW))
    line = at = 0
    for start, end, section, key in _spans(text):
        line += lines_in(text[at:start])
        at = start
        words = safe(text[start:end].rstrip())
        yield Unit(
            line=line + 1,
            section=safe(section),
            key=safe(key),
            time=_time_in(words, 0, len(words)),
            names=names_in(words, section, about),
            text=words,
            start=start,
            dated=dated,
        )


def _about(path: str) -> str:
    """Whom the name of a page names; of a page of the project's own kinds, which an index knows nothing of, all of it."""
    kind = kind_of(path)
    found = kind.pattern.fullmatch(path) if kind else None
    if found is None:
        return path.rpartition("/")[2].removesuffix(".md")
    return " ".join(each or "" for each in found.groups())


def page_time(path: str, text: str) -> int | None:
    """When a page says that it was changed, or else the day in its name."""
    stamp = _STAMP.search(text)
    told = _time_in(text, stamp.end(), stamp.end() + 40) if stamp else None
    return _time_in(path, 0, len(path)) if told is None else told


def _time_in(text: str, start: int, end: int) -> int | None:
    """The first time that a text tells."""
    found = _TIME.search(text, start, end)
    read = clock.read_time(found[0]) if found else None
    return read[0] if read else None


Place = tuple[int, int, str, str]  # from, to, below which headings, the key


def _spans(text: str) -> Iterator[Place]:
    tree = parse(text)
    yield from _section(text, tree.page, ())


def _section(text: str, section: Section, above: tuple[str, ...]) -> Iterator[Place]:
    """The places of a section and of those inside it, in page order."""
    whole = section.level >= RECORD
    named = " > ".join(
        above if whole else (*above, *filter(None, [section.title if section.level > 1 else ""]))
    )
    key = section.title if whole else ""
    begin = end = section.heading.start
    if section.heading.end > begin:
        end = section.heading.end
        if not whole:
            yield begin, end, " > ".join(above), ""
            begin = end
    for block in section.blocks:
        rows = _rows(text, block)
        if whole and not rows:
            end = block.end
            continue
        if whole and text[begin:end].strip():
            yield begin, end, named, key
        yield from ((*span, named, first or key) for *span, first in rows or _pieces(text, block))  # type: ignore[misc]
        begin = end = block.end
    if whole and text[begin:end].strip():
        yield begin, end, named, key
    inside = (*above, section.title) if section.level > 1 and section.title else above
    for each in section.sections:
        yield from _section(text, each, inside)


def _rows(text: str, block: Block) -> list[tuple[int, int, str]]:
    """The rows of a table, each with its first cell; also of one that a ragged row makes a paragraph."""
    source = text[block.start : block.end]
    if block.kind != "table" and not (
        block.kind == "paragraph" and all(line[0].lstrip().startswith("|") for line in _LINE.finditer(source))
    ):
        return []
    lines = [line for line in _LINE.finditer(source) if not _DELIMITER.fullmatch(line[0].strip())]
    return [
        # The first row names the columns, and has no key.
        (block.start + line.start(), block.start + line.end(), _first_cell(line[0]) if number else "")
        for number, line in enumerate(lines)
    ]


def _first_cell(row: str) -> str:
    return _CELL.split(row.strip().removeprefix("|"), 1)[0].strip()


def _pieces(text: str, block: Block) -> Iterable[tuple[int, int, str]]:
    """The items of a list; any other block as it is, blank lines left out."""
    if block.kind != "list":
        return [(block.start, block.end, "")] if text[block.start : block.end].strip() else []
    starts = [block.start + item.start() for item in _ITEM.finditer(text[block.start : block.end])]
    starts = [block.start, *starts[1:]]
    return [(start, end, "") for start, end in zip(starts, [*starts[1:], block.end], strict=True)]
