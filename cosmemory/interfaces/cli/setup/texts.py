"""The parts of setup that are no JSON: a table of TOML, a block in a Markdown file, whole files of ours."""

from __future__ import annotations

import re
import tomllib

from cosmemory.config.written import toml_key, toml_value
from cosmemory.errors import Refused
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.marked_block import Marks, has_block, with_block, with_lines, without_block
from cosmemory.interfaces.cli.setup.parts import BOM
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MARKDOWN = Marks(
    b"<!-- cosmemory:begin v1 -->", b"<!-- cosmemory:end -->", rb"<!-- cosmemory:begin v[0-9]+ -->"
)
_STAMP = re.compile(rb"\n(?:<!-- |// )cosmemory setup: ([0-9a-f]{16})(?: -->)?\s*\Z")
_DIGITS = 16


@frozen(kw_only=True)
class Table:
    """Our MCP server in a file of TOML: a table at its end, between marks."""

    path: str
    at: tuple[str, ...]
    entry: dict[str, Any]
    name: str = "MCP server"
    shared: bool = False

    def put(self, data: bytes | None) -> bytes | None:
        """The file with the table; one that says the same, whoever wrote it, is as good."""
        there = data is not None and has_block(data)
        theirs = self._read(without_block(data))
        held = _within(theirs, self.at)
        if held is not None:
            if held == self.entry and not there:
                return data
            raise Refused(
                f"{self.path}: there is a server called {self.at[-1]} that is not ours.",
                "Give it another name, or take it out, and call setup again; nothing was changed.",
            )
        lines = [f"[{'.'.join(map(toml_key, self.at))}]"]
        lines += [f"{toml_key(key)} = {toml_value(value)}" for key, value in self.entry.items()]
        block = tuple(line.encode("utf-8") for line in lines)
        after = with_lines(data, block) if data is not None and there else with_block(data, block)
        try:
            said = self._read(after)
        except Refused:
            said = {}
        if _within(said, self.at) != self.entry or _without(said, self.at) != theirs:
            raise Refused(
                f"{self.path} takes no table [{'.'.join(self.at)}] at its end.",
                "Write the table above it as [headers], or add the server by hand; nothing was changed.",
            )
        return after

    def taken(self, data: bytes | None) -> bytes | None:
        """The file without the table."""
        return without_block(data)

    def _read(self, data: bytes | None) -> dict[str, Any]:
        try:
            return tomllib.loads((data or b"").removeprefix(BOM).decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Refused(
                f"{self.path}: it is no TOML: {str(error).rstrip('.')}.",
                "Mend it in an editor and call setup again; nothing was changed.",
            ) from error


@frozen(kw_only=True)
class Block:
    """Our section in a file of instructions, at its end, between marks."""

    path: str
    text: str
    name: str = "instructions"
    shared: bool = False

    def put(self, data: bytes | None) -> bytes | None:
        """The file with the section, where it stands already or else at the end."""
        lines = tuple(self.text.rstrip("\n").encode("utf-8").split(b"\n"))
        if data is None:
            return with_block(None, lines, MARKDOWN)
        if has_block(data, MARKDOWN):
            return with_lines(data, lines, MARKDOWN)
        alone = re.search(rb"^" + MARKDOWN.begins, data, re.MULTILINE)
        if alone is not None or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            line = data.count(b"\n", 0, alone.start()) + 1 if alone is not None else 1
            reason = "the section of cosmemory that begins here has no end" if alone else "it is not UTF-8"
            raise Refused(
                f"{self.path}:{line}: {reason}.", "Mend it and call setup again; nothing was changed."
            )
        return with_block(data, lines, MARKDOWN)

    def taken(self, data: bytes | None) -> bytes | None:
        """The file without the section."""
        return without_block(data, marks=MARKDOWN)


@frozen(kw_only=True)
class Whole:
    """A file that is ours as a whole; its last line says what it was when we wrote it, so that edits are known."""

    path: str
    text: str
    name: str = "skill"
    shared: bool = False

    def put(self, data: bytes | None) -> bytes | None:
        """Our text; one that somebody has edited stays."""
        if data is not None and not _stamp(data):
            raise Refused(
                f"{self.path} is there already, and it is not ours.",
                "Give it another name, or take it away, and call setup again; nothing was changed.",
            )
        after = stamped(self.text, self.path)
        if data is not None and (is_edited(data) or _lines(data) == after):
            return data
        return after

    def taken(self, data: bytes | None) -> bytes | None:
        """Nothing, unless somebody has edited it, or it is not ours."""
        return data if data is None or not _stamp(data) or is_edited(data) else None


def stamped(text: str, path: str) -> bytes:
    """A text with the line behind it that tells whether it was edited."""
    data = text.rstrip("\n").encode("utf-8") + b"\n"
    stamp = f"cosmemory setup: {_digest(data)}"
    line = f"// {stamp}\n" if path.endswith(".ts") else f"\n<!-- {stamp} -->\n"
    return data + line.encode("ascii")


def is_edited(data: bytes) -> bool:
    """Whether somebody has changed a file of ours since we wrote it."""
    data = _lines(data)
    found = _stamp(data)
    return found is not None and found[1].decode("ascii") != _digest(data[: found.start()])


def _stamp(data: bytes) -> re.Match[bytes] | None:
    return _STAMP.search(data)


def _digest(data: bytes) -> str:
    return sha256_hex(data.rstrip(b"\n"))[:_DIGITS]


def _lines(data: bytes) -> bytes:
    """A file as git may have given it other line ends."""
    return data.replace(b"\r\n", b"\n")


def _within(held: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        held = held.get(key) if isinstance(held, dict) else None
    return held


def _without(held: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    key, *deeper = path
    rest = dict(held)
    inner = _without(rest[key], tuple(deeper)) if deeper and isinstance(rest.get(key), dict) else None
    if inner:
        rest[key] = inner
    else:
        rest.pop(key, None)
    return rest
