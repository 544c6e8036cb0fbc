"""How the results of one role become what another needs: functions registered in Python, and Jinja templates by role."""

from __future__ import annotations

import os
from collections.abc import Callable

from cosmemory.errors import ConfigError
from cosmemory.frozen import frozen
from cosmemory.operations.new_pages import OWN_TEMPLATES
from cosmemory.reader import Reader
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Transformation = Callable[[Any, Any], Any]

FOLDER = "transformations"
_FUNCTIONS: dict[tuple[str, str], Transformation] = {}


def register_transformation(from_role: str, to_role: str, function: Transformation) -> None:
    """Lets ``function`` make of the results of one role, and what was found out about them, the data of another.

    It is given both, and may be a coroutine function. Another one for the same roles takes its place.
    """
    _FUNCTIONS[from_role.lower(), to_role.lower()] = function


@frozen(kw_only=True)
class Transformed:
    """What became of the results: the data for the receiver, and words for it where a template makes some."""

    processed: Any
    words: str | None
    by: str


def transformed(
    reader: Reader, from_role: str, to_role: str, results: Any, analysis: Any, more: dict[str, str]
) -> Transformed:
    """The ``results`` of one role for another: as they are where nothing is registered for the two.

    Raises ConfigError for a template that cannot be rendered.
    """
    function = _FUNCTIONS.get((from_role.lower(), to_role.lower()))
    processed = results if function is None else _awaited(function(results, analysis))
    found = _template(reader, f"{from_role}_to_{to_role}.md.j2")
    if found is None:
        return Transformed(
            processed=processed, words=None, by="as it was" if function is None else "function"
        )
    from cosmemory.document.render import render_words

    place, template = found
    given = {**more, "from_role": from_role, "to_role": to_role}
    try:
        words = render_words(template, results=results, analysis=analysis, processed=processed, **given)
    except Exception as error:  # noqa: BLE001 - a template is a program of the user's, and may fail in any way
        reason = f"the template cannot be rendered: {' '.join(str(error).split())}"
        raise ConfigError(
            place, "", reason, "It is given results, analysis, processed, from_role, to_role and project."
        ) from None
    return Transformed(processed=processed, words=words, by="template" if function is None else "function")


def _template(reader: Reader, name: str) -> tuple[str, str] | None:
    """Where the project's template of that name stands, and its text."""
    if "/" in name or "\\" in name:
        return None  # a role must not name a file elsewhere
    path = f"{OWN_TEMPLATES}/{FOLDER}/{name}"
    stored = reader.store.read(path)
    if stored is not None:
        return path, decode_text(stored.data)
    place = os.path.join(reader.settings.templates, FOLDER, name) if reader.settings.templates else ""
    if not place or not os.path.isfile(place):
        return None
    with open(place, "rb") as file:
        return place, decode_text(file.read())


def _awaited(value: Any) -> Any:
    """``value``, or what it comes to: in a thread of its own, since a loop may be running in this one."""
    from inspect import iscoroutine

    if not iscoroutine(value):
        return value
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, value).result()
