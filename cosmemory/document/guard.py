"""Where a write must be refused, and what it surely leaves alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cosmemory.document.fields import Part
from cosmemory.document.sections import by_name, sections_named, top_section
from cosmemory.errors import Damaged
from cosmemory.pattern import pattern
from cosmemory.syntax.tree import Section, Tree
from cosmemory.text.edits import Edit
from cosmemory.text.source import Source

# The middle mark `=======` alone may be a setext underline; the outer marks are enough to know a conflict.
_MARKERS = pattern(r"^(?:<{7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
_BAD_BYTE = pattern("[\udc80-\udcff]")


def refuse_unreadable(path: str, source: Source) -> None:
    """Raises Damaged for a page that is UTF-16 or binary: any edit would destroy it."""
    if source.unreadable:
        raise Damaged(path, 1, f"the file is {source.unreadable}, not UTF-8 text")


def refuse_damage(path: str, tree: Tree, edits: Sequence[Edit]) -> None:
    """Raises Damaged when bad bytes or conflict markers lie in a section that an edit touches."""
    sections = [tree.page, *tree.page.walk()]
    for section in {id(found): found for edit in edits for found in [_around(sections, edit)]}.values():
        own = section.heading.start, section.body.end
        for marks, reason in (
            (_MARKERS, "a merge conflict was left here"),
            (_BAD_BYTE, _bad_byte(tree, own)),
        ):
            damage = marks.search(tree.text, *own)
            if damage:
                raise Damaged(path, tree.text.count("\n", 0, damage.start()) + 1, reason)


def refuse_doubles(path: str, tree: Tree, top: Section, part: Part) -> None:
    """Raises Damaged when the section of ``part`` stands twice: nobody can know which of them is meant."""
    found = sections_named(by_name(top), part)
    for section in found[1:]:
        if section.name == found[0].name:
            line = tree.text.count("\n", 0, section.heading.start) + 1
            raise Damaged(path, line, f"the section {part.title!r} stands here again")


def undisturbed(before: Tree, after: Tree, edits: Sequence[Edit], parts: Sequence[Part]) -> bool:
    """Whether ``parts`` surely read the same on ``after``, which is ``before`` with ``edits`` made.

    So they do when every block begins where it began, moved by what was put in above it, when no heading was
    touched and no section of theirs: then each section of theirs holds the same blocks of the same text.
    """
    if len(before.blocks) != len(after.blocks):
        return False
    shifts = [(edit.end, len(edit.text) - (edit.end - edit.start)) for edit in edits]
    for old, new in zip(before.blocks, after.blocks, strict=True):
        moved = sum(by for end, by in shifts if end <= old.start)
        if (old.kind, old.level, old.start + moved) != (new.kind, new.level, new.start):
            return False
        if old.kind in {"heading", "front_matter"} and any(
            _meets(edit, old.start, old.end) for edit in edits
        ):
            return False
    named = by_name(top_section(before))
    for part in parts:
        sections = sections_named(named, part)
        # Without a section of its name a part is looked for in all of them.
        if not sections or any(
            _meets(edit, each.heading.start, each.end) for each in sections for edit in edits
        ):
            return False
    return True


def _meets(edit: Edit, start: int, end: int) -> bool:
    return edit.start <= end and start <= edit.end


def _bad_byte(tree: Tree, own: tuple[int, int]) -> str:
    found = _BAD_BYTE.search(tree.text, *own)
    return f"byte 0x{ord(found[0]) - 0xDC00:02x} is not UTF-8" if found else ""


def _around(sections: Sequence[Section], edit: Edit) -> Section:
    """The innermost section whose heading or body holds the start of ``edit``."""
    return max(
        (section for section in sections if section.heading.start <= edit.start <= section.end),
        key=lambda section: (section.heading.start, section.level),
    )
