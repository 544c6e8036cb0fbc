"""What may befall a page, told apart by what stands on it: each sort of damage with its place and its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cosmemory.document.fields import layout
from cosmemory.document.sections import by_name, sections_named, top_section
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, BUILT_IN, COORDINATION_LOG, Kind, Kinds, kind_of
from cosmemory.kinds.coordination_log import closed
from cosmemory.kinds.log_archive import proof_of
from cosmemory.kinds.page import Page, read_page
from cosmemory.pattern import pattern
from cosmemory.store import Stored, revision_of
from cosmemory.text.source import BOM, decode_text

# Every sort, and what it means.
SORTS = {
    "lost": "the page is gone",
    "empty": "nothing stands on the page",
    "utf-16": "the page is UTF-16 and not UTF-8",
    "nuls": "NULs stand where text was",
    "bad-bytes": "bytes are not UTF-8",
    "byte-order-marks": "byte order marks stand within the text",
    "conflict": "markers of a merge conflict were left in",
    "twice": "the page stands on itself again",
    "doubled-section": "a section stands on the page again",
    "interleaved": "two texts ran into each other",
    "truncated": "the page ends too early",
    "lost-section": "a section that the page must have is gone",
    "lost-entries": "entries that were acknowledged are neither in the log nor in an archive",
    "torn-entry": "an entry of the log has no end",
    "altered-archive": "the archive is not what its header says",
}
_BAD = pattern("[\udc80-\udcff]")
_BOMS = pattern(f"^{BOM}", re.MULTILINE)
CONFLICT = pattern(r"^(?:<{7}|>{7}|\|{7})(?: [^\r\n]*)?(?=[\r\n]|\Z)", re.MULTILINE)
# An entry's heading that does not begin its line: the line before it was cut.
GLUED_ENTRY = pattern(
    rf"^(?![ \t{BOM}]*[#>\\])[^\r\n`]+?(?<![#\\])(?=###? \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ[ \t]*(?:[\r\n]|\Z))",
    re.MULTILINE,
)
TITLE = pattern(r"^#[ \t]+([^\r\n]*?)[ \t]*(?=[\r\n]|\Z)", re.MULTILINE)
# A label whose bold, bullet or value was cut off: `- **Sta`.
_HALF_LABEL = pattern(r"[-*+]|(?:[-*+] )?\*\*[^*]*(?:\*(?:\*:?)?)?")
_SHOWN = 60


@frozen(kw_only=True)
class Damage:
    """One thing that befell a page: its sort, the line where it shows (0: the page as a whole), and what shows it."""

    sort: str
    line: int
    evidence: str


def damage_of(path: str, data: bytes | None, kinds: Kinds = BUILT_IN) -> tuple[Damage, ...]:
    """What befell the page at ``path``, whose bytes are ``data`` (None: there is no page); nothing for a sound one."""
    if data is None:
        return (Damage(sort="lost", line=0, evidence="there is no such file"),)
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        told = f"{len(data)} bytes, and none of them is a letter" if data else "the file has no bytes"
        return (Damage(sort="empty", line=0, evidence=told),)
    encoding = utf16_of(data)
    if encoding:
        return (Damage(sort="utf-16", line=0, evidence=f"every other byte fits {encoding}"),)
    text = decode_text(data)
    return (*_in_bytes(text), *_in_structure(path, data, text, kinds))


def utf16_of(data: bytes) -> str:
    """The sort of UTF-16 that ``data`` is, by its mark or by where its NULs stand; empty for anything else."""
    if data.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if data.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = data[::2].count(0), data[1::2].count(0)
    half = len(data) // 2
    if half >= 8 and max(even, odd) * 3 > half * 2 and min(even, odd) * 10 < half:
        return "utf-16-be" if even > odd else "utf-16-le"
    return ""


def _in_bytes(text: str) -> Iterator[Damage]:
    """Damage that any text shows, whatever it is about."""
    nuls = text.count("\0")
    if nuls:
        at = text.index("\0")
        yield Damage(sort="nuls", line=_line(text, at), evidence=f"{nuls} NULs, the first at character {at}")
    bad = _BAD.findall(text)
    if bad:
        found = _BAD.search(text)
        assert found is not None
        shown = ", ".join(f"0x{ord(each) - 0xDC00:02x}" for each in bad[:4])
        yield Damage(sort="bad-bytes", line=_line(text, found.start()), evidence=f"{len(bad)} bytes: {shown}")
    marks = [found.start() for found in _BOMS.finditer(text, 1)]
    if text.startswith(BOM * 2) or marks:
        at = marks[0] if marks else 1
        evidence = f"{text.count(BOM)} byte order marks where at most one may stand"
        yield Damage(sort="byte-order-marks", line=_line(text, at), evidence=evidence)
    for marker in CONFLICT.finditer(text):
        if marker[0][0] == "<" or not text[: marker.start()].count("<<<<<<<"):
            yield Damage(sort="conflict", line=_line(text, marker.start()), evidence=_shown(marker[0]))


def _in_structure(path: str, data: bytes, text: str, kinds: Kinds) -> Iterator[Damage]:
    kind = kind_of(path, kinds)
    archive = ARCHIVE.fullmatch(path)
    if kind is None and archive is None:
        return
    titles = [found for found in TITLE.finditer(text) if found[1]]
    again = [found for found in titles[1:] if found[1] == titles[0][1]]
    for found in again:
        yield Damage(sort="twice", line=_line(text, found.start()), evidence=f"{_shown(found[0])} again")
    page = read_page(Stored(path=path, data=data, revision=revision_of(data)), None, kinds)
    if kind is COORDINATION_LOG or kind is None:
        yield from _in_log(page, is_archive=archive is not None)
        return
    for at in glued(kind, text):
        evidence = f"{_shown(text[at:])} within a line"
        yield Damage(sort="interleaved", line=_line(text, at), evidence=evidence)
    if not again:
        for each in page.diagnostics:
            if each.name == "duplicate-section":
                yield Damage(
                    sort="doubled-section", line=_line(text, each.start), evidence=_shown(text[each.start :])
                )
    yield from _cut_short(kind, page)


def _in_log(page: Page, *, is_archive: bool) -> Iterator[Damage]:
    text = page.tree.text
    for found in GLUED_ENTRY.finditer(text):
        line = _line(text, found.end())
        yield Damage(sort="interleaved", line=line, evidence=f"{_shown(text[found.end() :])} within a line")
    for event in page.document.events:
        if not closed(text, event):
            line = _line(text, event.span.start)
            yield Damage(sort="torn-entry", line=line, evidence=_shown(text[event.span.start :]))
    if is_archive:
        proof = proof_of(text)
        if proof is None:
            yield Damage(sort="altered-archive", line=1, evidence="it has no header with count and checksum")
        elif not proof.sound:
            evidence = f"the header seals {proof.claimed} entries, and {proof.found} others stand here"
            yield Damage(sort="altered-archive", line=1, evidence=evidence)


def glued(kind: Kind, text: str) -> list[int]:
    """Where the heading of a section of ``kind``, or of the page, begins within a line that was cut for it."""
    titles = [f"## {part.title}" for part in layout(kind.document).parts.values()]
    titles += [found[0].rstrip() for found in [TITLE.search(text)] if found and found[1]]
    words = "|".join(re.escape(title) for title in titles)
    heading = re.compile(rf"^(?![ \t{BOM}]*[#>\\])[^\n`]+?(?<![#\\])(?=(?:{words})[ \t]*$)", re.MULTILINE)
    return [found.end() for found in heading.finditer(text.replace("\r", "\n"))]


def _cut_short(kind: Kind, page: Page) -> Iterator[Damage]:
    """A last line that was cut within, or sections that a page of ``kind`` must have and that are gone."""
    text = page.tree.text
    parts = layout(kind.document).parts
    named = by_name(top_section(page.tree))
    missing = [
        each for each in page.diagnostics if each.name == "missing-section" and ";" not in each.message
    ]
    gone = [
        part.title
        for part in parts.values()
        if any(each.message == f"the section {part.title!r} is missing" for each in missing)
    ]
    standing = [part.title for part in parts.values() if sections_named(named, part)]
    titles = [part.title for part in parts.values()]
    at_end = all(titles.index(title) > titles.index(standing[-1]) for title in gone) if standing else True
    above, last = last_lines(text)
    if is_half(kind, last, above):
        yield Damage(
            sort="truncated", line=_line(text, len(text)), evidence=f"the last line is {_shown(last)}"
        )
    elif gone:
        sort = "truncated" if at_end else "lost-section"
        line = _line(text, len(text)) if at_end else 0
        yield Damage(sort=sort, line=line, evidence=f"there is no {', '.join(map(repr, gone))}")


def last_lines(text: str) -> tuple[str, str]:
    """The line above the last line end of a text, and what follows that."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rsplit("\n", 2)
    return ("", "", *lines)[-2:]  # type: ignore[return-value]


def is_half(kind: Kind, line: str, above: str = "") -> bool:
    """Whether a line, which no line end follows and which stands below ``above``, was cut within."""
    bare = line.rstrip()
    if bare.startswith("|"):
        short = above.startswith("|") and bare.count("|") < above.count("|")
        return short or not bare.endswith("|") or bare == "|"
    if bare.startswith("#"):
        words = bare.lstrip("#").strip()
        titles = [part.title for part in layout(kind.document).parts.values()]
        return not words or any(title.startswith(words) and title != words for title in titles)
    return _HALF_LABEL.fullmatch(bare) is not None


def cut_from(data: bytes, whole: bytes) -> bool:
    """Whether ``data`` is what a cut left of ``whole``: its beginning, ending within a line."""
    return (
        len(data) < len(whole)
        and whole.startswith(data)
        and data[-1:] not in {b"\n", b"\r"}
        and bool(whole[len(data) :].strip())
    )


def mixed_from(data: bytes, texts: Sequence[bytes]) -> bool:
    """Whether ``data`` is the beginning of one of ``texts`` and the end of another, and none of them."""
    if data in texts or len(texts) < 2:
        return False
    heads = [_common(data, text) for text in texts]
    tails = [_common(data[::-1], text[::-1]) for text in texts]
    return any(
        head + end >= len(data) for i, head in enumerate(heads) for j, end in enumerate(tails) if i != j
    )


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _shown(text: str) -> str:
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return repr(first if len(first) <= _SHOWN else first[: _SHOWN - 3] + "...")
