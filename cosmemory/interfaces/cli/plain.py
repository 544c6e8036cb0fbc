"""The reader of plain calls; wherever it is unsure, click reads the call instead.

It answers for calls without slips, help, abbreviations or anything else that needs a second look, and there it
reads what click reads.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cosmemory.interfaces.cli.declared import Declared, Parameter


class Unsure(Exception):
    """A call that is not plain."""


def read_call(
    words: Sequence[str], load: Callable[[str], Declared]
) -> tuple[Declared, dict[str, Any], str | None, bool]:
    """The command that ``words`` call, its values, and the root and the wish for JSON given before its name.

    Raises Unsure.
    """
    root, as_json = None, False
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word == "--json":
            as_json = True
        elif word == "--root" and rest:
            root = rest.pop(0)
        elif word.startswith("--root="):
            root = word.removeprefix("--root=")
        else:
            raise Unsure
    if not rest:
        raise Unsure
    declared = load(rest.pop(0))
    while declared.commands:
        if not rest or rest[0] not in declared.commands:
            raise Unsure
        declared = declared.commands[rest.pop(0)]
    return declared, read_values(declared, rest), root, as_json


def read_values(declared: Declared, words: Sequence[str]) -> dict[str, Any]:
    """The values that ``words``, which follow the command's name, give its parameters.

    Raises Unsure.
    """
    options = {each.option: each for each in declared.parameters if each.option}
    given: dict[str, list[Any]] = {}
    loose: list[str] = []
    rest = iter(words)
    for word in rest:
        if word[:1] != "-" or word == "-" or is_negative(word):
            loose.append(word)
            continue
        option, equals, text = word.partition("=")
        parameter = options.get(option)
        if parameter is None or (equals and (parameter.flag or not option.startswith("--"))):
            raise Unsure
        if parameter.name in given and not parameter.many:
            raise Unsure
        value = True if parameter.flag else taken(parameter, text if equals else next(rest, None))
        given.setdefault(parameter.name, []).append(value)
    values = {each.name: each.absent for each in declared.parameters}
    for parameter in options.values():
        if parameter.name in given:
            held = given[parameter.name]
            values[parameter.name] = tuple(held) if parameter.many else held[0]
        elif parameter.required:
            raise Unsure
    return {**values, **_placed(declared, loose)}


def is_negative(word: str) -> bool:
    """Whether a word is a number below 0, which is always a value: no option is called by a digit."""
    try:
        float(word)
    except ValueError:
        return False
    return word[:1] == "-" and (word[1:2].isdigit() or word[1:2] == ".")


def _placed(declared: Declared, loose: list[str]) -> dict[str, Any]:
    """The words that belong to no option, as arguments in their order."""
    values: dict[str, Any] = {}
    for each in declared.parameters:
        if each.option:
            continue
        if each.required and not loose:
            raise Unsure
        if each.many:
            values[each.name] = tuple(loose)
            loose = []
        elif loose:
            values[each.name] = taken(each, loose.pop(0))
    if loose:
        raise Unsure
    return values


def taken(parameter: Parameter, text: str | None) -> Any:
    """The value that ``text`` is for ``parameter``."""
    if text is None or (parameter.choices and text not in parameter.choices):
        raise Unsure
    if parameter.least is None:
        return text
    if parameter.decimal or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Unsure
    number = int(text)
    if number < parameter.least:
        raise Unsure
    return number
