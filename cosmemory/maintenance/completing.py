"""Pages that were cut, with what a whole text of them has from there on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cosmemory.document.fields import layout
from cosmemory.document.sections import by_name, sections_named, top_section
from cosmemory.kinds import Kind
from cosmemory.maintenance.damage import is_half, last_lines
from cosmemory.maintenance.uniting import Stretch, joined, lines_of, stretches, text_of
from cosmemory.syntax.parse import parse
from cosmemory.text.source import newline_of


def completed(kind: Kind, text: str, whole: str) -> tuple[str, str]:
    """A page that was cut, with what a whole text of it has from there on."""
    lines = lines_of(text)
    above, last_line = last_lines(text)
    half = is_half(kind, last_line, above)
    cut = "".join(lines[:-1]) if half else text
    gone = list(_gone(kind, cut))
    if not half and not gone:
        return text, ""
    held = stretches(cut)
    others = stretches(whole)
    keys = [each.key for each in held]
    if len(gone) == len(list(_gone(kind, ""))):
        return whole, "a page of which next to nothing was left taken from a whole text"
    last = next((n for n, each in enumerate(others) if each.key == keys[-1]), -1)
    if last >= 0 and (half or _at_end(kind, cut, gone)):
        held[-1] = Stretch(key=keys[-1], lines=tuple(joined(held[-1].lines, others[last].lines, ())))
        more = [each for each in others[last + 1 :] if each.key not in keys]
        return _ended(text_of(held)) + text_of(more), "what was cut off taken from a whole text"
    return _with_sections(kind, held, others, gone), "sections that were gone taken from a whole text"


def _with_sections(kind: Kind, held: list[Stretch], others: Sequence[Stretch], gone: Sequence[str]) -> str:
    """The page with the sections that are ``gone``, each where the kind has it."""
    for title in gone:
        name = title.lower().replace(" ", "_")
        more = [each for each in others if name in each.key]
        before = _names_before(kind, title)
        top = int(len(held) > 1 and held[1].lines[0].startswith("# "))
        at = max((n for n, each in enumerate(held) if any(part in before for part in each.key)), default=top)
        held[at] = Stretch(key=held[at].key, lines=tuple(lines_of(_ended("".join(held[at].lines)))))
        held[at + 1 : at + 1] = more
    return text_of(held)


def _names_before(kind: Kind, title: str) -> set[str]:
    parts = list(layout(kind.document).parts.values())
    at = next(n for n, part in enumerate(parts) if part.title == title)
    return {name for part in parts[:at] for name in part.names}


def _gone(kind: Kind, text: str) -> Iterator[str]:
    named = by_name(top_section(parse(text)))
    for part in layout(kind.document).parts.values():
        if part.required and not sections_named(named, part):
            yield part.title


def _at_end(kind: Kind, text: str, gone: Sequence[str]) -> bool:
    named = by_name(top_section(parse(text)))
    titles = [part.title for part in layout(kind.document).parts.values()]
    standing = [p.title for p in layout(kind.document).parts.values() if sections_named(named, p)]
    return all(titles.index(each) > titles.index(standing[-1]) for each in gone) if standing else True


def _ended(text: str) -> str:
    """A text that more may follow: its last line ended, and one blank line behind it."""
    newline = newline_of(text)
    return text.rstrip("\r\n \t") + newline * 2 if text.strip() else text
