"""Settings held to their types and bounds: everything that is wrong is told with its origin, key and remedy."""

from __future__ import annotations

from cosmemory.config.environment import variables
from cosmemory.config.meanings import meaning_of, shown
from cosmemory.config.settings import FORMAT, PLACES, TABLES, Settings
from cosmemory.config.sources import Source, entries, merged, origin
from cosmemory.errors import ConfigError
from cosmemory.frozen import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cosmemory.config.meanings import Meaning
    from cosmemory.config.sources import Path

    Wrong = tuple[Path, str, str]  # where in a value, what is wrong, and what helps

_CALLED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "tuple[str, ...]": "a list of texts",
}


def checked(sources: list[Source]) -> tuple[Settings, list[ConfigError]]:
    """The settings that ``sources`` give together, and what is wrong with them; what is wrong is left out."""
    import msgspec

    held = together(sources)
    newest = held.get("format")
    if isinstance(newest, int) and newest > FORMAT:
        # A newer release may know other keys, or mean another thing by the same, so none of them is judged.
        return Settings(format=newest), []
    types = types_of(Settings)
    values: dict[str, Any] = {}
    wrong: list[ConfigError] = []
    for table, key, value in entries(held):
        path = (table, key) if table else (key,)
        attribute = PLACES.get((table, key))
        if attribute is None:
            wrong.append(error_at(sources, path, *_unknown(path, sources)))
            continue
        found = list(_amiss(value, types[attribute], meaning_of(attribute), ()))
        wrong += [
            error_at(sources, path + deeper, told, hint or _hint(attribute)) for deeper, told, hint in found
        ]
        if not found:
            values[attribute] = msgspec.convert(value, types[attribute])
    return Settings(**values), wrong


def together(sources: list[Source]) -> dict[str, Any]:
    """What all ``sources`` say, each over those before it."""
    held: dict[str, Any] = {}
    for source in sources:
        held = merged(held, source.held)
    return held


def types_of(record: Any) -> dict[str, Any]:
    """The types of the fields of a record of settings."""
    import typing

    import cosmemory.config.settings as home

    return typing.get_type_hints(record, {**vars(home), "Any": typing.Any})


def kind_at(path: Path) -> str:
    """The type of the value at ``path`` as annotations write it; text where there is no such setting."""
    import typing

    within = 1 if path[0] not in TABLES else 2
    attribute = PLACES.get(("", path[0]) if within == 1 else (path[0], path[1] if len(path) > 1 else ""))
    if attribute is None:
        return "str"
    kind = types_of(Settings)[attribute]
    for key in path[within:]:
        if hasattr(kind, "__own_fields__"):
            kind = types_of(kind).get(key, str)
        else:
            kind = typing.get_args(kind)[1] if typing.get_origin(kind) is dict else typing.Any
    return _written(kind)


def _amiss(value: Any, kind: Any, meaning: Meaning, path: Path) -> Iterator[Wrong]:
    """What is wrong with ``value``, part by part, where it is to be of the type ``kind``."""
    import typing

    if typing.get_origin(kind) is dict:
        if not isinstance(value, dict):
            yield path, f"expected {meaning.what or 'a table'}, not {shown(value)}", ""
            return
        for key, each in value.items():
            if meaning.keys and key not in meaning.keys:
                yield (
                    (*path, key),
                    f"expected one of {', '.join(meaning.keys)}",
                    did_you_mean(key, meaning.keys),
                )
            else:
                yield from _amiss(each, typing.get_args(kind)[1], meaning, (*path, key))
    elif hasattr(kind, "__own_fields__"):
        yield from _record_amiss(value, kind, path)
    elif kind not in (typing.Any, object):
        yield from _plain_amiss(value, kind, meaning, path)


def _record_amiss(value: Any, kind: Any, path: Path) -> Iterator[Wrong]:
    from cosmemory.config.meanings import meanings_within

    types = types_of(kind)
    if not isinstance(value, dict):
        yield path, f"expected a table with {', '.join(types)}, not {shown(value)}", ""
        return
    within = meanings_within(kind.__name__)
    for key, each in value.items():
        if key in types:
            yield from _amiss(each, types[key], within[key], (*path, key))
        else:
            yield (*path, key), "no such setting", did_you_mean(key, types)
    for each in fields(kind):
        # A field without a default has a default that is no value of its type.
        if each.name not in value and isinstance(each.default, type):
            yield (*path, each.name), "it is missing", "It has no default; give it."


def _plain_amiss(value: Any, kind: Any, meaning: Meaning, path: Path) -> Iterator[Wrong]:
    import msgspec

    try:
        found = msgspec.convert(value, kind)
    except msgspec.ValidationError:
        pass
    else:
        if meaning.allows(found):
            return
    yield path, f"expected {meaning.expected(_CALLED.get(_written(kind), 'a value'))}, not {shown(value)}", ""


def _written(kind: Any) -> str:
    """A type as annotations write it."""
    return kind.__name__ if isinstance(kind, type) else str(kind)


def did_you_mean(name: str, known: Any) -> str:
    """The hint for a key that nobody knows: the nearest one there is, else all of them."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1)
    return f"Did you mean {close[0]}?" if close else f"Known: {', '.join(known)}."


def known_keys() -> list[str]:
    """The dotted name of every setting."""
    return [".".join(filter(None, place)) for place in PLACES]


def _unknown(path: Path, sources: list[Source]) -> tuple[str, str]:
    said = origin(sources, path)
    if said is not None and path in said.variables:
        return "there is no such setting", did_you_mean(said.variables[path], variables())
    if path[0] not in TABLES:
        # Somebody may have left out the table.
        meant = [f"{table}.{key}" for table, key in PLACES if key == path[0]]
        tops = list(dict.fromkeys(table or key for table, key in PLACES))
        return "no such setting", f"Did you mean {meant[0]}?" if meant else did_you_mean(path[0], tops)
    if len(path) == 1:
        return "expected a table", f"Begin it with a line [{path[0]}]."
    inside = [f"{table}.{key}" for table, key in PLACES if table == path[0]]
    close = did_you_mean(dotted(path), known_keys())
    return "no such setting", close if close.startswith("Did") else did_you_mean("", inside)


def _hint(attribute: str) -> str:
    default = next(each.default for each in fields(Settings) if each.name == attribute)
    if isinstance(default, type):  # a table, whose default is an empty one
        return "Correct the value."
    from cosmemory.config.written import toml_value

    return (
        f"{toml_value(default)} is the default."
        if default not in ("", ())
        else "Leave it out, or correct it."
    )


def error_at(sources: list[Source], path: Path, reason: str, hint: str) -> ConfigError:
    """An error that names the file, or the variable, which says what stands at ``path``."""
    said = origin(sources, path)
    if said is None:
        return ConfigError("", dotted(path), reason, hint)
    variable = said.name_of(path)
    if variable != said.path:
        rest = dotted(path[2:] if path[0] in TABLES else path[1:])
        return ConfigError(variable, rest, reason, hint)
    return ConfigError(said.path, dotted(path), reason, hint)


def dotted(path: Path) -> str:
    """A path of keys as one name; a key that holds more than letters, digits, ``-`` and ``_`` is quoted."""
    from cosmemory.config.written import toml_key

    return ".".join(map(toml_key, path))
