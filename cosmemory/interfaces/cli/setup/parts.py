"""What setup puts into a project, part by part: each knows its file, and how it comes there and goes again.

A part gives the bytes of its file with it and without it; a file that is not there is None. What it holds of ours is
told by what it would change: nothing to put in, it is installed; nothing to take out, it is missing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from cosmemory.errors import Refused
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.setup.jsonc import NotJson, read
from cosmemory.interfaces.cli.setup.jsonc_edit import with_item, with_value, without_item
from cosmemory.interfaces.cli.setup.program import calls_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cosmemory.interfaces.cli.setup.jsonc import Node

    Place = tuple[str | int, ...]

GROUP = ("hooks", "event", "number")  # what the path of an entry is made of
BOM = b"\xef\xbb\xbf"
_UNCHANGED = "Mend it in an editor and call setup again; nothing was changed."


class Part(Protocol):
    """One thing in one file; ``shared`` where other harnesses read the same."""

    @property
    def path(self) -> str:
        """The file, as seen from the project, with ``/`` between its parts."""

    @property
    def name(self) -> str:
        """What it is, in a word."""

    @property
    def shared(self) -> bool:
        """Whether another harness may need it too."""

    def put(self, data: bytes | None) -> bytes | None:
        """The file with this part in it."""

    def taken(self, data: bytes | None) -> bytes | None:
        """The file without it; None where nothing is left of a file that we made."""


class _Json(ABC):
    """A part of a file of JSON: how the text is with it, and without it, is all that differs."""

    __slots__ = ()
    if TYPE_CHECKING:
        path: str

    def put(self, data: bytes | None) -> bytes | None:
        """The file with this part in it."""
        return _edited(self.path, data, self._with)

    def taken(self, data: bytes | None) -> bytes | None:
        """The file without it; None where nothing is left of a file that we made."""
        return _edited(self.path, data, self._without)

    @abstractmethod
    def _with(self, text: str) -> str:
        """The text with it."""

    @abstractmethod
    def _without(self, text: str) -> str:
        """The text without it."""


@frozen(kw_only=True)
class Hooks(_Json):
    """Our entry for each event in a file of hooks; ``grouped`` as Claude Code has them, or else one under the other.

    ``version`` is what such a file must say of itself.
    """

    path: str
    entries: dict[str, Any]
    grouped: bool = True
    version: int | None = None
    name: str = "hooks"
    shared: bool = False

    def _with(self, text: str) -> str:
        """With every entry as it should be, and no other of ours."""
        root = _object(self.path, text, read(text))
        fresh = root is None or not root.items
        if (
            self.version is not None
            and root is not None
            and not fresh
            and root.value.get("version") != self.version
        ):
            raise Refused(
                f'{self.path} does not say "version": {self.version}, without which its hooks are not read.',
                _UNCHANGED,
            )
        self._check(text, root)
        for event in self._events(root):
            text = self._one(text, event, self._ours(root, event))
        root = read(text)
        for event in [each for each in self.entries if not self._ours(root, each)]:
            text = with_item(text, ("hooks", event), None, self.entries[event])
        return with_item(text, (), "version", self.version) if fresh and self.version is not None else text

    def _one(self, text: str, event: str, places: list[Place]) -> str:
        """``text`` with no entry of ours for ``event`` but the right one, put in the place of the first."""
        wanted = self.entries.get(event)
        right = [each for each in places if wanted is not None and self._is_right(text, each, wanted)][:1]
        for place in reversed(places):
            if place in right:
                continue
            if wanted is not None and not right and place == places[0] and len(place) == len(GROUP):
                text = with_value(text, place, wanted)
            else:
                text = without_item(text, place)
        return text

    def _without(self, text: str) -> str:
        root = _object(self.path, text, read(text))
        if root is None:
            return text
        self._check(text, root)
        after = self._cleared(text)
        left = read(after)
        if (
            left is None
            or list(left.value) != ["version"]
            or after == text
            or not _follows(root, "hooks", "version")
        ):
            return after
        # Behind the hooks it can only be ours: nothing was in the file before us.
        return self._cleared(without_item(text, ("version",)))

    def _cleared(self, text: str) -> str:
        """``text`` without any entry of ours, taken out from the last to the first."""
        root = read(text)
        for event in reversed(self._events(root)):
            for place in reversed(self._ours(root, event)):
                text = without_item(text, place)
        return text

    def _check(self, text: str, root: Node | None) -> None:
        hooks = root.at(("hooks",)) if root is not None else None
        wrong = [hooks] if hooks is not None and hooks.opening != "{" else []
        if hooks is not None and not wrong:
            ours = [each.node for each in hooks.items if each.key in self.entries]
            wrong = [each for each in ours if each.opening != "["]
        for each in wrong:
            wanted = "an object" if each is hooks else "an array"
            line = text.count("\n", 0, each.start) + 1
            raise Refused(f"{self.path}:{line}: these hooks are not {wanted}.", _UNCHANGED)

    def _events(self, root: Node | None) -> list[str]:
        hooks = root.at(("hooks",)) if root is not None else None
        return [each for each in hooks.value if each] if hooks is not None else []

    def _ours(self, root: Node | None, event: str) -> list[Place]:
        """Where our entries for ``event`` are: whole groups, or where somebody added to one, our part of it."""
        held = root.at(("hooks", event)) if root is not None else None
        found: list[Place] = []
        for number, each in enumerate(held.value if held is not None and held.opening == "[" else ()):
            place: Place = ("hooks", event, number)
            inner = each.get("hooks") if self.grouped and isinstance(each, dict) else None
            if not isinstance(inner, list):
                found += [place] if calls_us(each, "hook") else []
                continue
            ours = [index for index, handler in enumerate(inner) if calls_us(handler, "hook")]
            if ours and len(ours) == len(inner):
                found.append(place)
            else:
                found += [(*place, "hooks", index) for index in ours]
        return found

    def _is_right(self, text: str, place: Place, wanted: Any) -> bool:
        if not self.grouped:
            return _says(_value(text, place), wanted)
        group = _value(text, place[: len(GROUP)])
        if group.get("matcher", "") not in ({wanted["matcher"]} if "matcher" in wanted else {"", "*"}):
            return False
        handlers = group["hooks"] if len(place) == len(GROUP) else [_value(text, place)]
        return len(handlers) == 1 and _says(handlers[0], wanted["hooks"][0])


@frozen(kw_only=True)
class Server(_Json):
    """Our MCP server among others, at ``at`` in a file of JSON."""

    path: str
    at: tuple[str, ...]
    entry: dict[str, Any]
    name: str = "MCP server"
    shared: bool = False

    def _with(self, text: str) -> str:
        """With the server; what somebody added to its entry stays."""
        root = _object(self.path, text, read(text))
        for depth in range(1, len(self.at)):
            _object(self.path, text, root.at(self.at[:depth]) if root is not None else None)
        held = root.at(self.at) if root is not None else None
        if held is None:
            return with_item(text, self.at[:-1], self.at[-1], self.entry)
        if not calls_us(held.value, "mcp"):
            line = text.count("\n", 0, held.start) + 1
            raise Refused(
                f"{self.path}:{line}: there is a server called {self.at[-1]} that is not ours.",
                "Give it another name, or take it out, and call setup again; nothing was changed.",
            )
        for key, value in self.entry.items():
            if key not in held.value:
                text = with_item(text, self.at, key, value)
            elif held.value[key] != value and key != "enabled":
                text = with_value(text, (*self.at, key), value)
        return text

    def _without(self, text: str) -> str:
        """Without it; a server of our name that is not ours stays."""
        root = _object(self.path, text, read(text))
        held = root.at(self.at) if root is not None else None
        return text if held is None or not calls_us(held.value, "mcp") else without_item(text, self.at)


def _edited(path: str, data: bytes | None, edit: Callable[[str], str]) -> bytes | None:
    """A file of JSON as ``edit`` makes its text, and None where the file was ours alone and nothing is left of it."""
    mark = BOM if data is not None and data.startswith(BOM) else b""
    try:
        before = (data or b"").removeprefix(mark).decode("utf-8")
        after = edit(before)
    except UnicodeDecodeError as error:
        line = (data or b"").count(b"\n", 0, error.start) + 1
        raise Refused(f"{path}:{line}: it is not UTF-8.", _UNCHANGED) from error
    except NotJson as error:
        raise Refused(f"{path}:{error.line}:{error.column}: {error.reason}.", _UNCHANGED) from error
    if after == before:
        return data
    if data is None:
        return (after + "\n").encode("utf-8")
    if after in ("\n", "\r\n") and not mark and before.startswith("{"):
        return None
    return mark + after.encode("utf-8")


def _object(path: str, text: str, node: Node | None) -> Node | None:
    if node is None or node.opening == "{":
        return node
    line = text.count("\n", 0, node.start) + 1
    raise Refused(f"{path}:{line}: an object is wanted here.", _UNCHANGED)


def _value(text: str, place: Place) -> Any:
    root = read(text)
    node = root.at(place) if root is not None else None
    return node.value if node is not None else None


def _says(held: Any, wanted: dict[str, Any]) -> bool:
    return isinstance(held, dict) and all(held.get(key) == value for key, value in wanted.items())


def _follows(root: Node, first: str, second: str) -> bool:
    """Whether ``second`` stands directly behind ``first`` in an object."""
    keys = [each.key for each in root.items]
    return first in keys and keys[keys.index(first) + 1 :][:1] == [second]
