"""JSON as people write it, with comments and commas too many, read into nodes that know where they stand."""

from __future__ import annotations

import json
import re

from cosmemory.frozen import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEEPEST = 100
SPACE = " \t\r\n"
_BARE = re.compile(r"\r(?!\n)")
_BLANK = re.compile(r"(?:[ \t\r\n]|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
_PLAIN = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[\w.+-]*")
_CLOSING = {"{": "}", "[": "]"}


class NotJson(ValueError):
    """A place in a text that is no JSON, with the reason."""

    def __init__(self, text: str, at: int, reason: str) -> None:
        self.line = text.count("\n", 0, at) + 1
        self.column = at - (text.rfind("\n", 0, at) + 1) + 1
        self.reason = reason
        super().__init__(f"{self.line}:{self.column}: {reason}")


@frozen(kw_only=True)
class Item:
    """A member of an object, or an element of an array, whose key is None; ``comma`` is where the one behind it is."""

    key: str | None
    start: int
    node: Node
    comma: int | None


@frozen(kw_only=True)
class Node:
    """A value and where it stands; ``opening`` is the bracket of a container, and empty for any other value."""

    start: int
    end: int
    value: Any
    opening: str = ""
    items: tuple[Item, ...] = ()

    def item(self, key: str | int) -> Item | None:
        """The member called ``key``, the last one as every reader takes it, or the element at that place."""
        if isinstance(key, int):
            return self.items[key] if self.opening == "[" and key < len(self.items) else None
        found = [each for each in self.items if each.key == key]
        return found[-1] if found and self.opening == "{" else None

    def at(self, path: tuple[str | int, ...]) -> Node | None:
        """The value at ``path``; None where there is none."""
        node: Node | None = self
        for key in path:
            found = node.item(key) if node is not None else None
            node = found.node if found is not None else None
        return node


def read(text: str) -> Node | None:
    """The one value of a text; None where there is nothing but white space. Raises NotJson."""
    if not text.strip(SPACE):
        return None
    bare = _BARE.search(text)
    if bare is not None:
        # Readers disagree on whether it ends a comment.
        raise NotJson(text, bare.start(), "a line ends with a carriage return alone")
    at = blank(text, 0)
    node = _value(text, at, 0)
    end = blank(text, node.end)
    if end < len(text):
        raise NotJson(text, end, "there is something behind the end of the value")
    return node


def blank(text: str, at: int) -> int:
    """The end of the white space and the comments that begin at ``at``."""
    found = _BLANK.match(text, at)
    end = found.end() if found else at
    if text.startswith("/*", end):
        raise NotJson(text, end, "the comment has no end")
    return end


def _value(text: str, at: int, depth: int) -> Node:
    if depth > DEEPEST:
        raise NotJson(text, at, f"it is nested more than {DEEPEST} deep")
    if text.startswith(("{", "["), at):
        return _container(text, at, depth)
    if text.startswith('"', at):
        end = string_end(text, at)
        return Node(start=at, end=end, value=json.loads(text[at:end]))
    found = _PLAIN.match(text, at)
    word = _WORD.match(text, at)
    if found is None or (word is not None and word.end() > found.end()):
        told = "the text ends here" if at >= len(text) else f"{(word and word[0]) or text[at]!r} is no value"
        raise NotJson(text, at, told)
    return Node(start=at, end=found.end(), value=_plain(found[0]))


def _plain(word: str) -> Any:
    try:
        return json.loads(word)
    except ValueError:
        return word  # more digits than Python makes a number of


def string_end(text: str, at: int) -> int:
    """Where the string that begins at ``at`` ends. Raises NotJson."""
    found = _STRING.match(text, at)
    if found is None:
        raise NotJson(text, at, "the string has no end, or holds what no string may")
    return found.end()


def _container(text: str, start: int, depth: int) -> Node:
    opening = text[start]
    closing = _CLOSING[opening]
    items: list[Item] = []
    at = blank(text, start + 1)
    while not text.startswith(closing, at):
        if items and items[-1].comma is None:
            raise NotJson(text, at, f"a comma or {closing} is missing")
        item = _item(text, at, opening, depth)
        items.append(item)
        at = blank(text, item.node.end if item.comma is None else item.comma + 1)
    held: Any = [each.node.value for each in items]
    if opening == "{":
        held = {each.key: each.node.value for each in items}
    return Node(start=start, end=at + 1, value=held, opening=opening, items=tuple(items))


def _item(text: str, start: int, opening: str, depth: int) -> Item:
    key = None
    at = start
    if opening == "{":
        if not text.startswith('"', at):
            raise NotJson(text, at, 'a key in " is missing' if at < len(text) else "the text ends here")
        end = string_end(text, at)
        key = json.loads(text[at:end])
        at = blank(text, end)
        if not text.startswith(":", at):
            raise NotJson(text, at, "a colon is missing")
        at = blank(text, at + 1)
    node = _value(text, at, depth + 1)
    end = blank(text, node.end)
    return Item(key=key, start=start, node=node, comma=end if text.startswith(",", end) else None)
