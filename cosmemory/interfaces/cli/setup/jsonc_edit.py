"""Members and elements of ours put into somebody's JSON and taken out again: not a byte of theirs changes.

What was there before can be told from where ours stands, so that nothing need be remembered: in a container that was
empty it stands directly behind the bracket; a container that we made begins with white space, and goes with its last
item; one item more stands behind the others.
"""

from __future__ import annotations

import json
import re

from cosmemory.interfaces.cli.setup.jsonc import SPACE, Node, blank, read, string_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.interfaces.cli.setup.jsonc import Item

    Path = tuple[str | int, ...]

UNIT = "  "
_SAME_LINE = re.compile(r"(?:[ \t]*/\*(?:[^*\n]|\*(?!/))*\*/)*(?:[ \t]*//[^\n]*?(?=\r?\n))?")
_INDENT = re.compile(r"\n([ \t]+)[\"{}\[\]]")


def with_item(text: str, path: Path, key: str | None, value: Any) -> str:
    """``text`` with ``value`` as the last item of the container at ``path``, whose parents are made where missing.

    A ``key`` is for an object, None for an array.
    """
    root = read(text)
    if root is None:
        # What was no object before ends without the newline with which a file of ours ends.
        return text + _rendered(_wrapped((*path, key), value), "", newline(text), UNIT)
    there = 0
    while there < len(path) and root.at(path[: there + 1]) is not None:
        there += 1
    if there < len(path):
        made = _wrapped((*path[there + 1 :], key), value)
        name = path[there]
        assert isinstance(name, str)
        return _appended(text, root, path[:there], name, made)
    return _appended(text, root, path, key, value)


def without_item(text: str, path: Path) -> str:
    """``text`` without the item at ``path``, and without the containers around it that we made for it."""
    root = read(text)
    assert root is not None
    holder, item = _found(root, path)
    above = path[:-1]
    if len(holder.items) == 1 and not _hugs(holder, item) and _bare(text, holder, item):
        if not above:
            return text[: root.start] + text[root.end :]
        if not _commented(text, _found(root, above)[1]):
            return without_item(text, above)
    return _cut(text, holder, holder.items.index(item))


def _found(root: Node, path: Path) -> tuple[Node, Item]:
    """The container of what is at ``path``, and the item itself."""
    holder = root.at(path[:-1])
    assert holder is not None
    item = holder.item(path[-1])
    assert item is not None
    return holder, item


def _commented(text: str, item: Item) -> bool:
    """Whether there is a comment between the key of an item and its value."""
    if item.key is None:
        return False
    return text[string_end(text, item.start) : item.node.start].strip(SPACE) != ":"


def with_value(text: str, path: Path, value: Any) -> str:
    """``text`` with ``value`` in the place of the one at ``path``."""
    root = read(text)
    assert root is not None
    node = root.at(path)
    assert node is not None
    unit = _unit(text) if "\n" in text[root.start : root.end] else None
    made = _rendered(value, _indent(text, node.start), newline(text), unit)
    return text[: node.start] + made + text[node.end :]


def newline(text: str) -> str:
    """The end of a line as most lines of ``text`` have it."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _wrapped(path: tuple[str | int | None, ...], value: Any) -> Any:
    for key in reversed(path):
        value = [value] if key is None else {key: value}
    return value


def _appended(text: str, root: Node, path: Path, key: str | None, value: Any) -> str:
    holder = root.at(path)
    assert holder is not None
    flat = "\n" not in text[root.start : root.end] and bool(root.items)
    if not holder.items:
        indent = _indent(text, holder.start) + _unit(text)
        made = _named(key, value, indent, text, None if flat else _unit(text))
        return text[: holder.start + 1] + made + text[holder.start + 1 :]
    last = holder.items[-1]
    end = last.node.end if last.comma is None else last.comma + 1
    comment = _SAME_LINE.match(text, end)
    at = comment.end() if comment else end
    between = _between(text, holder, comment[0] if comment else "")
    if "\n" in between:
        indent = between.rpartition("\n")[2]
        made = _named(key, value, indent, text, _unit(text))
    else:
        made = _named(key, value, "", text, None)
    comma = "," if last.comma is None else ""
    behind = "" if last.comma is None else ","
    first = last.node.end
    return text[:first] + comma + text[first:at] + between + made + behind + text[at:]


def _between(text: str, holder: Node, comment: str) -> str:
    """What stands between the last item and ours: what stands before the last one, as far as it is white space."""
    last = holder.items[-1]
    begin = last.start
    while text[begin - 1] in SPACE:
        begin -= 1
    before = text[begin : last.start]
    if "\n" in before:
        return newline(text) + before.rpartition("\n")[2]
    if "//" in comment or "\n" in text[holder.start : holder.end]:
        # The first item stands on the line of its bracket, or behind a comment that ends with its line.
        deeper = "" if len(holder.items) > 1 else _unit(text)
        return newline(text) + _indent(text, last.start) + deeper
    return " " if len(holder.items) == 1 and _airy(text, holder) else before if len(holder.items) > 1 else ""


def _indent(text: str, at: int) -> str:
    """The white space that begins the line of ``at``."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _airy(text: str, holder: Node) -> bool:
    return any(each in text[holder.start : holder.end] for each in (": ", ", ", "{ ", "[ "))


def _named(key: str | None, value: Any, indent: str, text: str, unit: str | None) -> str:
    made = _rendered(value, indent, newline(text), unit)
    return made if key is None else f"{json.dumps(key)}: {made}"


def _rendered(value: Any, indent: str, end: str, unit: str | None) -> str:
    """A value as text; with no ``unit`` on one line, where a container that we make must still not hug its items."""
    if unit is None:
        return _flat(value)
    if isinstance(value, dict) and value:
        opening, closing = "{}"
        lines = [
            f"{json.dumps(key)}: {_rendered(each, indent + unit, end, unit)}" for key, each in value.items()
        ]
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        opening, closing = "[]"
        lines = [_rendered(each, indent + unit, end, unit) for each in value]
    else:
        return json.dumps(value, ensure_ascii=False)
    between = f",{end}{indent}{unit}"
    return f"{opening}{end}{indent}{unit}{between.join(lines)}{end}{indent}{closing}"


def _flat(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{json.dumps(key)}: {_flat(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list) and value:
        return "[ " + ", ".join(map(_flat, value)) + " ]"
    return json.dumps(value, ensure_ascii=False)


def _unit(text: str) -> str:
    """One step of indentation: the least that a line has."""
    return min(_INDENT.findall(text), key=len, default=UNIT)


def _hugs(holder: Node, item: Item) -> bool:
    return item.start == holder.start + 1


def _bare(text: str, holder: Node, item: Item) -> bool:
    """Whether a container holds nothing but the item, not even a comment."""
    around = text[holder.start + 1 : item.start] + text[item.node.end : holder.end - 1].replace(",", "", 1)
    return not around.strip(SPACE)


def _cut(text: str, holder: Node, index: int) -> str:
    """``text`` without one item of several, or of one that was put into an empty container."""
    item = holder.items[index]
    begin = item.start
    while index > 0 and text[begin - 1] in SPACE:
        begin -= 1
    before = holder.items[index - 1].comma if index > 0 else holder.start
    assert before is not None
    kept = text[before + 1 : begin]  # comments, which are theirs
    if item.comma is not None:
        kept += text[item.node.end : item.comma].rstrip(SPACE)
        head, tail = text[: before + 1], text[item.comma + 1 :]
    elif index > 0:
        kept = text[holder.items[index - 1].node.end : before] + kept
        head, tail = text[: holder.items[index - 1].node.end], text[item.node.end :]
    else:
        head, tail = text[: before + 1], text[item.node.end :]
    if not tail.startswith(("\n", "\r\n")) and blank(kept + ".", 0) > len(kept):
        kept += newline(text)  # or a comment would take in what follows
    return head + kept + tail
