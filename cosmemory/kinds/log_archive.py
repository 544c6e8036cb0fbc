"""Archives of the log: one ISO week each, sorted by time, with a header that proves what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from cosmemory.document.values import time_of
from cosmemory.frozen import frozen
from cosmemory.kinds.coordination_log import Event, entries
from cosmemory.pattern import pattern
from cosmemory.text.digest import sha256_hex
from cosmemory.text.edits import Edit, apply
from cosmemory.text.source import encode_text, newline_of
from cosmemory.text.spans import Span

_HEAD = pattern(
    r"\A# Coordination Log Archive\n\nWeek: (\S+)\nEntries: (\d+)\nSHA-256: ([0-9a-f]{64})\n\n", re.ASCII
)
_UNTIMED = time_of(0)
_CLOSE = pattern(r"^-{3,}[ \t]*(?:\r?\n|\r|\Z)(?:[ \t]*(?:\r?\n|\r))*", re.MULTILINE)
_SECTION = pattern(r"^#{1,2} ", re.MULTILINE)


@frozen(kw_only=True)
class Entry:
    """An entry as it stands in a log, to the byte, with what it says."""

    event: Event
    span: Span
    text: str


def entry_texts(text: str) -> list[Entry]:
    """The entries of a log page, each with its own text.

    An entry goes to its ``---`` and the blank lines after it; where it has none, to the next heading of a
    section. What a person wrote between two entries belongs to neither.
    """
    return [_entry(text, event) for event in entries(text)]


def _entry(text: str, event: Event) -> Entry:
    found = _CLOSE.search(text, event.span.start, event.span.end) or _SECTION.search(
        text, event.span.start + 1, event.span.end
    )
    end = (
        event.span.end
        if found is None
        else found.end()
        if found[0].strip().startswith("-")
        else found.start()
    )
    span = Span(event.span.start, end)
    return Entry(event=event, span=span, text=span.of(text))


def without_entries(text: str, gone: Iterable[Entry]) -> str:
    """A log page less the entries in ``gone``; every other byte of it stays."""
    return apply(text, [Edit(entry.span.start, entry.span.end, "") for entry in gone])


def archive_text(week: str, held: Iterable[Entry]) -> str:
    """The page of an archive: its header with count and checksum, then the entries by time.

    Entries of one time keep the order they came in.
    """
    ordered = sorted(held, key=_when)
    body = "".join(whole(entry.text) for entry in ordered)
    head = (
        f"# Coordination Log Archive\n\nWeek: {week}\nEntries: {len(ordered)}\nSHA-256: {_checksum(body)}\n\n"
    )
    return head.replace("\n", newline_of(body)) + body


def _checksum(body: str) -> str:
    """The sha256 of the entries with LF line ends, whatever ends git or an editor gave them."""
    return sha256_hex(encode_text(body.replace("\r\n", "\n")))


def _when(entry: Entry) -> datetime:
    return entry.event.time if isinstance(entry.event.time, datetime) else _UNTIMED


def whole(text: str) -> str:
    """An entry's text with the line end that keeps it apart from the next one."""
    return text if text.endswith(("\n", "\r")) else text + "\n"


@frozen(kw_only=True)
class Proof:
    """What an archive's header claims, and what stands below it."""

    week: str
    claimed: int
    found: int
    sound: bool


def proof_of(text: str) -> Proof | None:
    """Whether an archive still holds what its header says; None for a page without such a header."""
    head = _HEAD.match(text.replace("\r\n", "\n"))
    if head is None:
        return None
    body = text.replace("\r\n", "\n")[head.end() :]
    found = sum(1 for _ in entries(body))
    sound = _checksum(body) == head[3] and found == int(head[2])
    return Proof(week=head[1], claimed=int(head[2]), found=found, sound=sound)
