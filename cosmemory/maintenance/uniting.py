"""Two versions of a page made one where nobody can be asked: all that either holds, ours where both say another thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cosmemory.frozen import frozen, replace
from cosmemory.kinds import ARCHIVE, COORDINATION_LOG, kind_of
from cosmemory.kinds.log_archive import entry_texts, whole
from cosmemory.pattern import pattern
from cosmemory.syntax.parse import parse

Key = tuple[str, ...]

_LINES = pattern(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_LABEL = pattern(r"^[ \t]*(?:[-*+] )?\*{0,2}([^*:|\r\n]{1,60}?)\*{0,2}[ \t]*:")
_RULE = pattern(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


@frozen(kw_only=True)
class Stretch:
    """A heading with what stands below it, down to the next heading of any level."""

    key: Key
    lines: tuple[str, ...]


def lines_of(text: str) -> list[str]:
    """The lines of a text, each with its line end."""
    return _LINES.findall(text)


def stretches(text: str) -> list[Stretch]:
    """The stretches of a page in their order; joined they are its text."""
    tree = parse(text)
    found: list[Stretch] = []
    above: list[tuple[int, str]] = []
    seen: Counter[Key] = Counter()
    for section in (tree.page, *tree.page.walk()):
        above = [each for each in above if each[0] < section.level] if section.level else []
        above.append((section.level, section.name))
        names = tuple(name for _, name in above if name)
        seen[names] += 1
        key = (*names, f"#{seen[names]}") if seen[names] > 1 else names
        start = section.heading.start
        found.append(Stretch(key=key, lines=tuple(lines_of(text[start : section.body.end]))))
    return found


def text_of(held: Sequence[Stretch]) -> str:
    """The page that consists of stretches."""
    return "".join(line for each in held for line in each.lines)


def united(path: str, base: str | None, ours: str, theirs: str) -> str:
    """Both versions of the page at ``path`` in one: nothing that stands in only one of them goes.

    Where both have a row or a label and it differs, the one that ``base`` does not have counts, else ours.
    """
    if kind_of(path) is COORDINATION_LOG or ARCHIVE.fullmatch(path):
        return with_entries(ours, theirs)
    known = {each.key: each for each in stretches(base)} if base is not None else {}
    held = stretches(ours)
    for each in _in_place(held, stretches(theirs)):
        at = next((n for n, own in enumerate(held) if own.key == each.key), None)
        if at is None:
            continue
        lines = joined(held[at].lines, each.lines, known[each.key].lines if each.key in known else ())
        held[at] = replace(held[at], lines=tuple(lines))
    return text_of(held)


def _in_place(held: list[Stretch], others: Sequence[Stretch]) -> Iterator[Stretch]:
    """Each of the ``others`` that ``held`` has too; one that it lacks is put behind the one it stood behind."""
    before: Key | None = None
    for each in others:
        if any(own.key == each.key for own in held):
            yield each
        else:
            at = next((n for n, own in enumerate(held) if own.key == before), len(held) - 1)
            if held and held[at].lines and not held[at].lines[-1].endswith(("\n", "\r")):
                held[at] = replace(held[at], lines=(*held[at].lines[:-1], held[at].lines[-1] + "\n"))
            held.insert(at + 1, each)
        before = each.key


def joined(ours: Sequence[str], theirs: Sequence[str], base: Sequence[str]) -> list[str]:
    """The lines of one stretch with those that theirs has besides."""
    if not ours:
        return list(theirs)
    repeated = {
        key for held in (ours, theirs) for key, count in Counter(map(_key, held)).items() if count > 1
    }

    def key(line: str) -> tuple[str, str]:
        return ("=", line.strip()) if _key(line) in repeated else _key(line)

    was = {key(line): line.strip() for line in base}
    lines = list(ours)
    places = {key(line): n for n, line in enumerate(lines)}
    at = -1
    for line in (each if each.endswith(("\n", "\r")) else f"{each}\n" for each in theirs if each.strip()):
        found = places.get(key(line))
        if found is None:
            at = _last_text(lines) if at < 0 else at
            if lines and not lines[at].endswith(("\n", "\r")):
                lines[at] += "\n"
            if lines[at].startswith("#") and not "".join(lines[at + 1 : at + 2]).strip():
                at = min(at + 1, len(lines) - 1)
            lines.insert(at + 1, line)
            at += 1
            places = {key(line): n for n, line in enumerate(lines)}
        else:
            at = found
            if was.get(key(line)) == lines[found].strip():
                lines[found] = line  # what stood there was no change
    return lines


def _last_text(lines: Sequence[str]) -> int:
    return max((n for n, line in enumerate(lines) if line.strip()), default=len(lines) - 1)


def _key(line: str) -> tuple[str, str]:
    """What a line is about: the row of a record, a label, or itself."""
    bare = line.strip()
    if bare.startswith("|") and not _RULE.match(bare):
        return "|", bare.strip("|").split("|", 1)[0].strip().lower()
    label = _LABEL.match(bare)
    return (":", label[1].strip().lower()) if label else ("=", bare)


def with_entries(log: str, other: str) -> str:
    """A log with the entries of another text of it that it lacks, at its end."""
    standing = Counter(said(each.text) for each in entry_texts(log))
    more: list[str] = []
    for each in entry_texts(other):
        if standing[said(each.text)] > 0:
            standing[said(each.text)] -= 1
        else:
            more.append(closed_entry(each.text))
    if not more:
        return log
    gap = "" if log.endswith(("\n\n", "\r\n\r\n")) else "\n" if log.endswith(("\n", "\r")) else "\n\n"
    return log + gap + "".join(more)


def closed_entry(text: str) -> str:
    """The text of an entry, closed by its ``---`` if it was not."""
    if re.search(r"^-{3,}[ \t]*$", text.replace("\r\n", "\n"), re.MULTILINE):
        return whole(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    return text.rstrip("\r\n") + newline * 2 + "---" + newline * 2


def said(entry: str) -> str:
    """What an entry says, whatever ends its lines and whether it is closed."""
    return entry.replace("\r\n", "\n").rstrip("-\n ").strip()
