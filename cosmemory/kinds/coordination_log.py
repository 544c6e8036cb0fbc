"""The log of everything that happened: its header, and entries in the order they were acknowledged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from cosmemory import clock
from cosmemory.document.decode import Decoded, decode
from cosmemory.document.fields import Record, label
from cosmemory.document.values import TIME, Raw, time_of
from cosmemory.frozen import field, frozen, replace
from cosmemory.pattern import pattern
from cosmemory.syntax.entry import EVENT_TYPES as EVENT_TYPES  # noqa: PLC0414
from cosmemory.syntax.escape import is_empty, unescape
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import Tree
from cosmemory.text.spans import Span

KNOWN = ("type", "involved", "action", "outcome", "notes")

Time = datetime | Raw | None


@frozen(kw_only=True)
class Event:
    """One entry of the log; ``span`` is where it stands, which makes no two events differ."""

    time: Time
    type: str | None = None
    involved: str | None = None
    action: str | None = None
    outcome: str | None = None
    notes: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    span: Span = field(default=Span(0, 0), compare=False, repr=False)


@frozen(kw_only=True)
class CoordinationLog(Record):
    """The page ``coordination-log.md``, or one of its archives."""

    session: str | None = label("Session", aliases=("Session ID",), style="{}: {}")
    started: Time = label("Started", TIME, style="{}: {}")
    events: tuple[Event, ...] = ()


# `### ` and a time at column 0 begin an entry, whatever fence or comment stands open above, so that the
# log can be read from its end and no entry can swallow the ones after it.
# `$` alone would not see the end of a line that ends in CRLF.
ENTRY = pattern(r"^###? (?=\[?\d{4}-\d\d-\d\d)([^\r\n]*)", re.MULTILINE)
_CLOSE = pattern(r"^-{3,}[ \t]*(?=[\r\n]|\Z)", re.MULTILINE)
_LONGEST = 60
_LABEL = pattern(
    r"^(?:[-*+] )?(?:\*\*(?P<strong>[^*:\r\n]{1,80}?)[ \t]*(?::[ \t]*\*\*|\*\*[ \t]*:)"
    r"|(?P<plain>[A-Za-z][^:*|`<>\r\n]{0,60}?)[ \t]*:)(?:[ \t]+|$)",
)


# An entry as it is written here, with nothing to unescape in it, and another one or nothing right behind it.
_VALUE = r"([^\\&<`\r\n]*)\n"
_PLAIN = pattern(
    r"### (\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)\n"
    rf"\*\*Type:\*\* {_VALUE}(?:\*\*Involved:\*\* {_VALUE})?\*\*Action:\*\* {_VALUE}"
    rf"(?:\*\*Outcome:\*\* {_VALUE})?(?:\*\*Notes:\*\* {_VALUE})?\n---\n\n(?=### \d{{4}}-\d\d-\d\d|\Z)",
    re.ASCII,
)


def entries(text: str, start: int = 0) -> Iterator[Event]:
    """The entries of a log's text from ``start`` on, in page order.

    Those that are written plainly are read by one pattern, which says of any other that it is unsure; the
    lines of that one are then read one by one.
    """
    found = ENTRY.search(text, start)
    while found is not None:
        plain = _PLAIN.match(text, found.start())
        while plain is not None:
            event = _plain_entry(plain)
            if event is None:
                break
            yield event
            if plain.end() == len(text):
                return
            plain = _PLAIN.match(text, start := plain.end())
        found = ENTRY.match(text, start) if start > found.start() else found
        assert found is not None
        following = ENTRY.search(text, found.end())
        yield entry(text, found, following.start() if following else len(text))
        found = following


def _plain_entry(found: re.Match[str]) -> Event | None:
    """The event that the pattern found; None for a day that no calendar has."""
    stamp, kind, involved, action, outcome, notes = found.groups()
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return Event(
        time=moment,
        type=_often_said(kind),
        involved=_often_said(involved),
        action=_said(action),
        outcome=_said(outcome),
        notes=_said(notes),
        span=Span(*found.span()),
    )


def _said(value: str | None) -> str | None:
    return None if value is None or is_empty(value) else value.strip(" \t")


# The same few types and names stand in most entries.
_often_said = lru_cache(maxsize=256)(_said)


def decode_log(tree: Tree) -> Decoded:
    """The log on a page: its header by its labels, its entries by their own rule."""
    head = ENTRY.search(tree.text)
    end = head.start() if head else len(tree.text)
    read = decode(parse(tree.text[:end]), CoordinationLog)
    return Decoded(replace(read.document, events=tuple(entries(tree.text, end))), read.diagnostics)


@lru_cache(maxsize=256)
def _moment(text: str) -> Time:
    read = clock.read_time(text)
    return time_of(read[0]) if read else Raw(text)


def entry(text: str, found: re.Match[str], end: int) -> Event:
    """The event whose heading is ``found`` and which ends at ``end``."""
    stamp = unescape(found[1]).strip()
    extra: dict[str, str] = {}
    stamp, dash, words = stamp.partition(" - ")
    values: dict[str, str] = {"action": words} if dash else {}
    for line in _lines(text[found.end() : end]):
        if line.startswith("---") and not line.strip("- \t"):
            break
        matched = _LABEL.match(line)
        if matched is None:
            continue
        name = (matched["strong"] or matched["plain"]).strip()
        key = name.lower()
        value = unescape(line[matched.end() :].strip(" \t"))
        if key in KNOWN and key not in values:
            values[key] = value
        else:
            extra[name] = value
    known = {key: None if is_empty(value) else value for key, value in values.items()}
    return Event(time=_moment(stamp.strip("[]")), **known, extra=extra, span=Span(found.start(), end))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def closed(text: str, event: Event) -> bool:
    """Whether the entry of ``event`` ends with its ``---``."""
    return _CLOSE.search(text, event.span.start, event.span.end) is not None


def week_of(event: Event) -> str | None:
    """The ISO week, ``2026-W47``, that the event belongs to; None for one without a readable time."""
    if not isinstance(event.time, datetime):
        return None
    year, week, _ = event.time.isocalendar()
    return f"{year:04d}-W{week:02d}"


def matches(
    event: Event,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    types: Iterable[str] = (),
    agent: str | None = None,
    text: str | None = None,
) -> bool:
    """Whether the event fits every condition given; both ends of the time belong to it."""
    moment = event.time if isinstance(event.time, datetime) else None
    if (since is not None or until is not None) and moment is None:
        return False
    if since is not None and moment is not None and moment < since:
        return False
    if until is not None and moment is not None and moment > until:
        return False
    kinds = tuple(types)
    if kinds and event.type not in kinds:
        return False
    if agent is not None and not _names(event.involved or "", agent):
        return False
    return text is None or any(
        text.lower() in (value or "").lower()
        for value in (
            event.type,
            event.involved,
            event.action,
            event.outcome,
            event.notes,
            *event.extra.values(),
        )
    )


def _names(involved: str, agent: str) -> bool:
    """Whether ``involved`` names ``agent``, as a whole word."""
    return agent.lower() in re.split(r"[\s,;]+|->|→", involved.lower())


def kept(extra: Mapping[str, str]) -> dict[str, str]:
    """What a person put in columns and labels of their own on a record that goes, as fields of an event."""
    named: dict[str, str] = {}
    for number, (name, text) in enumerate(extra.items(), 1):
        plain = name if name and name not in KNOWN else f"kept_{name or number}"
        named[plain if len(plain) <= _LONGEST else f"kept_{number}"] = text
    return {name: text for name, text in named.items() if not is_empty(text)}
