"""Mends that need no judgement, one for each sort of damage: from a damaged text to a sound one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cosmemory.document.fields import layout
from cosmemory.document.sections import by_name, sections_named, top_section
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, BUILT_IN, COORDINATION_LOG, Kind, Kinds, kind_of
from cosmemory.kinds.coordination_log import closed, entries
from cosmemory.maintenance.completing import completed
from cosmemory.maintenance.damage import (
    CONFLICT,
    GLUED_ENTRY,
    TITLE,
    damage_of,
    glued,
    is_half,
    last_lines,
    utf16_of,
)
from cosmemory.maintenance.uniting import (
    closed_entry,
    lines_of,
    united,
)
from cosmemory.merge.pages import Dispute, Strategies, merge_pages
from cosmemory.syntax.parse import parse
from cosmemory.text.source import BOM, decode_text, encode_text, newline_of

_BAD = re.compile("[\udc80-\udcff]")
_BAD_RUN = re.compile("[\udc80-\udcff]+")


@frozen(kw_only=True)
class Mended:
    """A text after its mends, and what was done, a few words each."""

    data: bytes
    done: tuple[str, ...] = ()


@frozen(kw_only=True)
class Patient:
    """A damaged page with what it may be mended from: whole texts of it, newest first; the last may be a template."""

    path: str
    kind: Kind | None
    wholes: tuple[str, ...]
    kinds: Kinds = BUILT_IN

    @property
    def whole(self) -> str | None:
        """The newest whole text."""
        return self.wholes[0] if self.wholes else None


Step = Callable[[Patient, str], tuple[str, str]]


def mended(path: str, data: bytes, wholes: Sequence[bytes], kinds: Kinds = BUILT_IN) -> Mended:
    """``data`` with every mend made that applies to it."""
    encoding = utf16_of(data)
    done: list[str] = []
    if encoding:
        # A last byte that has lost its other half says nothing.
        text = data[: len(data) // 2 * 2].decode(encoding, "replace").removeprefix(BOM)
        done.append("written as UTF-8 in place of UTF-16")
    else:
        text = decode_text(data)
    kind = COORDINATION_LOG if ARCHIVE.fullmatch(path) else kind_of(path, kinds)
    patient = Patient(path=path, kind=kind, wholes=tuple(map(decode_text, wholes)), kinds=kinds)
    for step in STEPS:
        after, said = step(patient, text)
        if after != text:
            done.append(said)
            text = after
    return Mended(data=encode_text(text), done=tuple(done))


def _without_nuls(_: Patient, text: str) -> tuple[str, str]:
    return text.replace("\0", ""), f"{text.count(chr(0))} NULs taken out"


def _without_marks(_: Patient, text: str) -> tuple[str, str]:
    if not re.search(f"^{BOM}", text[1:], re.MULTILINE):
        return text, ""
    return re.sub(f"^{BOM}+", "", text, flags=re.MULTILINE), "byte order marks taken out"


def _recoded(patient: Patient, text: str) -> tuple[str, str]:
    """Bytes that are no UTF-8, as a whole text has their line, else as Windows-1252."""
    if not _BAD.search(text):
        return text, ""
    lines = lines_of(text)
    ways = set()
    for number, line in enumerate(lines):
        if _BAD.search(line):
            known = _line_known(patient.wholes, line)
            lines[number] = known or _BAD.sub(_as_latin, line)
            ways.add("written as a whole text has them" if known else "read as Windows-1252")
    return "".join(lines), f"bytes that are not UTF-8 {', or '.join(sorted(ways))}"


def _line_known(wholes: Sequence[str], line: str) -> str | None:
    """The one line of a whole text that has letters where ``line`` has bad bytes."""
    parts = [re.escape(part) for part in _BAD_RUN.split(line.rstrip("\r\n"))]
    wanted = re.compile("[^\x00-\x7f\r\n]{1,8}".join(parts))
    for text in wholes:
        found = {each.rstrip("\r\n") for each in lines_of(text) if wanted.fullmatch(each.rstrip("\r\n"))}
        if len(found) == 1:
            return found.pop() + line[len(line.rstrip("\r\n")) :]
    return None


def _as_latin(found: re.Match[str]) -> str:
    byte = bytes([ord(found[0]) - 0xDC00])
    try:
        return byte.decode("cp1252")
    except UnicodeDecodeError:
        return found[0]


def _parted(patient: Patient, text: str) -> tuple[str, str]:
    """Headings that a line ran into, on lines of their own."""
    if patient.kind is None:
        return text, ""
    if patient.kind is COORDINATION_LOG:
        places = [found.end() for found in GLUED_ENTRY.finditer(text)]
    else:
        places = glued(patient.kind, text)
    newline = newline_of(text)
    for at in reversed(places):
        text = _whole_lines(patient.kind, text[:at]).rstrip("\r\n") + newline * 2 + text[at:]
    return text, "headings put on lines of their own"


def _whole_lines(kind: Kind, text: str) -> str:
    """A text without its last line, where that was cut within."""
    lines = lines_of(text)
    above, last = last_lines(text)
    if kind is COORDINATION_LOG or not lines or not is_half(kind, last, above):
        return text
    return "".join(lines[:-1])


def sides_of(text: str) -> tuple[str | None, str, str]:
    """The base, if all conflicts tell it, and the two sides of a text with conflict markers; a lone marker goes."""
    base: list[str] = []
    ours: list[str] = []
    theirs: list[str] = []
    state, told = "both", True
    for line in lines_of(text):
        mark = line[:7] if CONFLICT.match(line) or (line.startswith("=======") and state != "both") else ""
        if mark == "<" * 7:
            state, seen = "ours", False
        elif mark == "|" * 7:
            state, seen = "base", True
        elif mark == "=" * 7:
            state = "theirs"
        elif mark == ">" * 7:
            told = told and state != "both" and seen
            state = "both"
        else:
            for name, side in (("base", base), ("ours", ours), ("theirs", theirs)):
                if state in {"both", name}:
                    side.append(line)
    return "".join(base) if told else None, "".join(ours), "".join(theirs)


def _settled(patient: Patient, text: str) -> tuple[str, str]:
    if not CONFLICT.search(text):
        return text, ""
    base, ours, theirs = sides_of(text)
    # The newest text that is known may be one of the sides itself: it is no base to judge them by.
    before, one, other = (None if each is None else encode_text(each) for each in (base, ours, theirs))
    disputes: tuple[Dispute, ...] = ()
    for strategies in (Strategies(), Strategies(default="ours")):
        merged = merge_pages(patient.path, before, one, other, strategies=strategies, kinds=patient.kinds)
        if merged.data is not None and not merged.disputes and not CONFLICT.search(decode_text(merged.data)):
            said = "ours where both say another thing" if disputes else "nothing in dispute"
            return decode_text(merged.data), f"both sides of the conflict merged, {said}"
        disputes = merged.disputes
    return united(patient.path, base, ours, theirs), "both sides of the conflict brought together"


def _once(patient: Patient, text: str) -> tuple[str, str]:
    """A page that stands on itself again, once."""
    titles = [found for found in TITLE.finditer(text) if found[1]]
    again = [found.start() for found in titles[1:] if found[1] == titles[0][1]]
    if not again or patient.kind is None:
        return text, ""
    pages = [text[a:b] for a, b in zip([0, *again], [*again, len(text)], strict=True)]
    # The first that is sound, or the one that got furthest, counts where two of them differ.
    pages.sort(key=lambda page: len(damage_of(patient.path, encode_text(page), patient.kinds)))
    one = pages[0]
    for page in pages[1:]:
        torn = damage_of(patient.path, encode_text(page), patient.kinds)
        one = united(patient.path, None if torn else patient.whole, one, page)
    return one, f"{len(pages)} texts of the page brought together"


def _undoubled(patient: Patient, text: str) -> tuple[str, str]:
    """Sections that stand on the page again, brought together in the first of them."""
    if patient.kind in {None, COORDINATION_LOG}:
        return text, ""
    assert patient.kind is not None
    titles: list[str] = []
    for part in layout(patient.kind.document).parts.values():
        tree = parse(text)
        found = sections_named(by_name(top_section(tree)), part)
        if len(found) < 2:
            continue
        titles.append(part.title)
        second = found[1:]
        without = text
        for section in reversed(second):
            without = without[: section.heading.start] + without[section.end :]
        for section in second:
            other = tree.text[: found[0].heading.start] + tree.text[section.heading.start : section.end]
            # Called by one name, the two stretches meet.
            heading = found[0].heading.of(tree.text)
            other = other.replace(section.heading.of(tree.text), heading)
            without = united(patient.path, patient.whole, without, other)
        text = without
    return text, f"doubled sections brought together: {', '.join(titles)}"


def _completed(patient: Patient, text: str) -> tuple[str, str]:
    if patient.kind in {None, COORDINATION_LOG} or patient.whole is None:
        return text, ""
    assert patient.kind is not None
    return completed(patient.kind, text, patient.whole)


def _closed(patient: Patient, text: str) -> tuple[str, str]:
    """Every entry of a log with its end."""
    if patient.kind is not COORDINATION_LOG:
        return text, ""
    for event in reversed(list(entries(text))):
        if not closed(text, event):
            start, end = event.span
            text = text[:start] + closed_entry(text[start:end]) + text[end:]
    return text, "entries of the log closed"


STEPS: tuple[Step, ...] = (
    _without_nuls,
    _without_marks,
    _recoded,
    _settled,
    _parted,
    _once,
    _undoubled,
    _completed,
    _closed,
)
