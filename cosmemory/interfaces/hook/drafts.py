"""What a tool is about to write: for each file that it names, the text that would stand there.

Nothing is said of an edit that is not sure to be made as it is understood here: a text that is not on the page, or is
there more often than once, the harness itself refuses, in its own words.
"""

from __future__ import annotations

from cosmemory.frozen import frozen
from cosmemory.interfaces.hook.places import FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    # The text of a file, None where there is none.
    Read = Callable[[str], str | None]

CONTENT = ("content", "contents", "file_text")
OLD, NEW = ("old_string", "old_str", "oldString"), ("new_string", "new_str", "newString")
EVERY = ("replace_all", "replaceAll", "allow_multiple")
PATCH = "*** Begin Patch"


@frozen(kw_only=True)
class Draft:
    """A file as a tool calls it, and the text that it would have; None where it would be gone."""

    file: str
    text: str | None


def drafts(payload: Mapping[str, Any], read: Read) -> Iterator[Draft]:
    """The drafts of the tool that is about to run, in its order."""
    given = payload.get("tool_input")
    if isinstance(given, str):
        given = {"command": given}
    if not isinstance(given, dict):
        return
    file = named_file(given) or named_file(payload)
    if not file:
        patch = next((each for each in given.values() if isinstance(each, str) and PATCH in each), None)
        if patch is not None:
            from cosmemory.interfaces.hook.patches import patched

            yield from (Draft(file=where, text=text) for where, text in patched(patch, read))
    elif payload.get("tool_name") in ("Delete", "delete_file"):
        yield Draft(file=file, text=None)
    else:
        text = _written(given, file, read)
        if text is not None:
            yield Draft(file=file, text=text)


def named_file(given: Mapping[str, Any]) -> str:
    """The file that a tool names; empty where it names none."""
    return next((given[each] for each in FILES if isinstance(given.get(each), str)), "")


def _written(given: Mapping[str, Any], file: str, read: Read) -> str | None:
    whole = _text(given, CONTENT)
    if whole is not None:
        return whole
    edits = given.get("edits")
    steps = edits if isinstance(edits, list) else [given]
    text: str | None = None
    for number, step in enumerate(steps):
        if not isinstance(step, dict):
            return None
        text = _replaced(step, read(file) if number == 0 else text)
        if text is None:
            return None
    return text


def _replaced(step: Mapping[str, Any], text: str | None) -> str | None:
    old, new = _text(step, OLD), _text(step, NEW)
    if old is None or new is None:
        return None
    if not old:
        return None if text else new  # a file that is made, or was empty
    if text is None:
        return None
    every = any(step.get(each) is True for each in EVERY)
    for found, said, back in (
        (text, old, False),
        (text.replace("\r\n", "\n"), old.replace("\r\n", "\n"), True),
    ):
        count = found.count(said)
        if count == 1 or (count and (every or step.get("expected_replacements") == count)):
            # Harnesses look for lines without a carriage return, and write them with it.
            done = found.replace(said, new.replace("\r\n", "\n") if back else new)
            return done.replace("\n", "\r\n") if back else done
    return None


def _text(given: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((given[each] for each in names if isinstance(given.get(each), str)), None)
