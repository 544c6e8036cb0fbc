"""New entries in the front matter of a page, in the style of those that stand there; a new one where none is."""

from __future__ import annotations

from cosmemory.document.fields import Value
from cosmemory.document.places import front_scalar
from cosmemory.syntax.front_matter import entries_end, front_matter_lines, read_front_matter
from cosmemory.syntax.tree import Tree, name_of
from cosmemory.text.edits import Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def entry_edit(tree: Tree, value: Value, after: Any) -> Edit | None:
    """The edit that adds an entry; None where the page has no front matter, or has the entry on several lines."""
    text = tree.text
    end = entries_end(text)
    held, problem = read_front_matter(text)
    if end is None or (problem and not held) or any(name_of(key) in value.names for key in held):
        return None
    standing = [(key, span.of(text)) for key, span in front_matter_lines(text)]
    return Edit(end, end, _line(value, after, standing) + tree.newline)


def first_entry_edit(tree: Tree, edits: list[Edit], value: Value, after: Any) -> Edit:
    """The edit that puts front matter of one entry above the page, or adds to such a one among the ``edits``."""
    newline = tree.newline
    at = 1 if tree.text.startswith("\ufeff") else 0
    fence = f"---{newline}"
    line = _line(value, after, []) + newline
    earlier = next(
        (edit for edit in edits if edit.start == edit.end == at and edit.text.startswith(fence)), None
    )
    if earlier is None:
        return Edit(at, at, fence + line + fence + newline)
    edits.remove(earlier)
    return Edit(at, at, earlier.text.removesuffix(fence + newline) + line + fence + newline)


def _line(value: Value, after: Any, standing: list[tuple[str, str]]) -> str:
    """An entry with its key and quotes as the ``standing`` entries have theirs."""
    quote = next((each[0] for _, each in standing if each[:1] in {"'", '"'}), "")
    quoted = bool(standing) and all(each[:1] in {"'", '"'} for _, each in standing if each)
    key = name_of(value.title)
    keys = "".join(key for key, _ in standing)
    if "_" not in keys and ("-" in keys or " " in keys):
        key = key.replace("_", "-" if "-" in keys else " ")
    if standing and all(each[:1].isupper() for each, _ in standing):
        key = key.title()
    return f"{key}: {front_scalar(value.type, after, quote if quoted else '')}"
