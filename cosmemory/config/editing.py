"""One value of a file of settings set or taken out; every other byte, comments and order included, stays."""

from __future__ import annotations

import re
import tomllib

from cosmemory.config.sources import holds
from cosmemory.config.written import toml_key, toml_value
from cosmemory.errors import NotFound, Refused
from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cosmemory.config.sources import Path

_HEADER = pattern(r"[ \t]*\[")
_SILENT = pattern(r"[ \t]*(?:#[^\n]*)?\r?\n?\Z")
_PART = pattern(r"""[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^."'\]]+?))[ \t]*(?:\.|\Z)""")


def path_of_key(key: str) -> Path:
    """The keys that a dotted name means; a part that holds a dot is quoted."""
    parts: list[str] = []
    at = 0
    while at < len(key):
        found = _PART.match(key, at)
        if found is None:
            return (key,)
        parts.append(next(part for part in found.groups() if part is not None))
        at = found.end()
    return tuple(parts) if parts and not key.endswith(".") else (key,)


def with_value(text: str, path: Path, value: Any) -> str:
    """``text`` with ``value`` at ``path``: in the place of the one there, else below the last of its table."""
    wanted = changed(tomllib.loads(text), path, value)
    for after in _ways(text, path, value):
        if _says(after, wanted):
            return after
    raise Refused(
        f"{'.'.join(path)} cannot be set without a change to something else.", "Set it in an editor."
    )


def without(text: str, path: Path) -> str:
    """``text`` without what it says at ``path``."""
    held = tomllib.loads(text)
    if not holds(held, path):
        raise NotFound(f"The setting {'.'.join(path)}")
    after = _by_tomlkit(text, path, None)
    if after is None or not _says(after, changed(held, path, None)):
        raise Refused(
            f"{'.'.join(path)} cannot be taken out without a change to something else.",
            "Take it out in an editor.",
        )
    return after


def changed(held: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """``held`` with ``value`` at ``path``; without what is there where ``value`` is None."""
    key, *deeper = path
    rest = dict(held)
    if deeper:
        inner = rest.get(key)
        rest[key] = changed(inner if isinstance(inner, dict) else {}, tuple(deeper), value)
    elif value is None:
        del rest[key]
    else:
        rest[key] = value
    return rest


def _says(text: str, wanted: dict[str, Any]) -> bool:
    """Whether ``text`` says exactly that: the proof that nothing else was touched."""
    try:
        # By its text, because what is not a number differs from itself; order is of no meaning here.
        return bool(_ordered(tomllib.loads(text)) == _ordered(wanted))
    except tomllib.TOMLDecodeError:
        return False


def _ordered(held: Any) -> Any:
    if isinstance(held, dict):
        return [(key, _ordered(held[key])) for key in sorted(held)]
    return [_ordered(each) for each in held] if isinstance(held, list) else repr(held)


def _ways(text: str, path: Path, value: Any) -> Iterator[str]:
    """Texts that may be meant, the one that fits best first."""
    if not holds(tomllib.loads(text), path):
        if not isinstance(value, dict):
            yield from _below_the_last(text, path, value)
        if len(path) > 1 or isinstance(value, dict):
            yield _at_the_end(text, path, value)
    replaced = _by_tomlkit(text, path, value)
    if replaced is not None:
        yield replaced


def _by_tomlkit(text: str, path: Path, value: Any) -> str | None:
    """The value put in the place of another, its comment kept; None where tomlkit does not keep the text as it is."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        # Line ends that are mixed, or odd white space, must not be put in order on the way.
        if tomlkit.dumps(document) != text:
            return None
        table: Any = document
        for key in path[:-1]:
            table = table[key] if key in table else table.setdefault(key, tomlkit.table())
        if value is None:
            del table[path[-1]]
        else:
            table[path[-1]] = tomlkit.value(toml_value(value))
        return tomlkit.dumps(document)
    except (TOMLKitError, AttributeError, LookupError, TypeError, ValueError):
        return None


def _below_the_last(text: str, path: Path, value: Any) -> Iterator[str]:
    """The value on a line of its own, behind the last value of its table where that has a header."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    bounds = _section(lines, path[:-1])
    if bounds is None:
        return
    begin, end = bounds
    line = f"{toml_key(path[-1])} = {toml_value(value)}"
    at = next((number for number in range(end, begin, -1) if not _SILENT.match(lines[number - 1])), begin)
    newline = _newline(text)
    inserted = [line + newline]
    if at == 0:
        at = _behind_the_opening(lines)
        inserted.append(newline)
    if at and not lines[at - 1].endswith("\n"):
        inserted = [newline, line]  # the file ends as it did: without a newline
    yield "".join([*lines[:at], *inserted, *lines[at:]])


def _section(lines: list[str], table: Path) -> tuple[int, int] | None:
    """The first line of a table and the one behind its last; None where no line begins it."""
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    if not table:
        return 0, starts[0] if starts else len(lines)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        if _heads(lines[start], table):
            return start + 1, end
    return None


def _heads(line: str, table: Path) -> bool:
    try:
        held: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return False
    for key in table:
        if not isinstance(held, dict) or held.keys() != {key}:
            return False
        held = held[key]
    return not held


def _behind_the_opening(lines: list[str]) -> int:
    """Where the first value goes: below what a file says of itself, above the comment of its first table."""
    for number, line in enumerate(lines):
        if not line.strip():
            return number + 1
        if not line.lstrip().startswith("#"):
            break
    return 1 if lines and lines[0].startswith("#:schema") else 0


def _at_the_end(text: str, path: Path, value: Any) -> str:
    """A table of its own below everything else."""
    table, values = (path, value) if isinstance(value, dict) else (path[:-1], {path[-1]: value})
    newline = _newline(text)
    lines = [f"[{'.'.join(map(toml_key, table))}]"]
    lines += [f"{toml_key(key)} = {toml_value(each)}" for key, each in values.items()]
    between = "" if not text else newline if text.endswith("\n") else newline * 2
    return text + between + newline.join([*lines, ""])


def _newline(text: str) -> str:
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
