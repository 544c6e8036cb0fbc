"""The tools of an agent at a page of the memory: an edit that would break it is refused, one that was made is looked at."""

from __future__ import annotations

import os
from contextlib import suppress

from cosmemory.errors import CosmemoryError, Unsafe
from cosmemory.interfaces.hook.answer import NOTHING, Answer
from cosmemory.interfaces.hook.drafts import PATCH, drafts, named_file
from cosmemory.interfaces.hook.places import OWN, page_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call
    from cosmemory.reader import Reader

READING = frozenset(["Read", "Glob", "Grep", "LS", "NotebookRead"])
COMMANDS = ("command", "cmd", "script", "input")
MOST_PAGES = 20


def pre_tool_use(call: Call) -> Answer:
    """An edit that would break a page refused, or warned of, as the settings say."""
    if call.payload.get("tool_name") in READING or _elsewhere(call):
        return NOTHING
    memory = call.reader()
    how = memory.settings.hook_guard
    if how == "off":
        return NOTHING
    from cosmemory.interfaces.hook.guard import refusal

    told = []
    for draft in drafts(call.payload, lambda file: _text_of(call, memory, file)):
        path = page_at(call.root, call.folder, draft.file)
        if path:
            with suppress(Unsafe):  # what no page can be is no page
                told.append(refusal(memory, path, draft.text))
    said = "\n\n".join(filter(None, told[:MOST_PAGES]))
    return Answer(deny=said) if how == "deny" else Answer(context=said)


def _elsewhere(call: Call) -> bool:
    """Whether the one file that the tool names is no page, and none of what is cosmemory's own."""
    given = call.payload.get("tool_input")
    file = (named_file(given) if isinstance(given, dict) else "") or named_file(call.payload)
    if not file:
        return False
    path = page_at(call.root, call.folder, file)
    return not path or not (path.endswith(".md") or path.split("/", 1)[0].lower() in OWN)


def _text_of(call: Call, memory: Reader, file: str) -> str | None:
    """The text of a file that lies in the memory."""
    from cosmemory.text.source import decode_text

    path = page_at(call.root, call.folder, file)
    if not path:
        return None
    try:
        stored = memory.store.read(path)
    except Unsafe:
        return None
    return decode_text(stored.data) if stored is not None else None


def post_tool_use(call: Call) -> Answer:
    """What an edit by a tool left: recorded as made by hand, and what is wrong now told to the agent."""
    if call.payload.get("tool_name") in READING or _elsewhere(call):
        return NOTHING
    files = _touched(call)
    if files is None:
        return NOTHING
    from cosmemory.interfaces.hook.looking import look, told_of

    memory = call.memory()
    paths = {path for file in files if (path := page_at(call.root, call.folder, file))}
    try:
        edited = look(call, memory, paths)
        notice = ""
    except CosmemoryError as error:
        edited, notice = (), str(error)  # the page can be read all the same
    # Of a command nobody knows what it writes: what was saved just now is looked at.
    found = told_of(memory, sorted(paths) if files else list(edited))
    return Answer(context=found, notice=notice)


def _touched(call: Call) -> list[str] | None:
    """The files that the tool wrote; none of a command that may have, and None of all else."""
    given = call.payload.get("tool_input")
    if isinstance(given, str):
        given = {"command": given}
    if not isinstance(given, dict):
        return None
    file = named_file(given) or named_file(call.payload)
    if file:
        return [file]
    said = " ".join(_words(given))
    if PATCH in said:
        return [draft.file for draft in drafts(call.payload, lambda _: None)] + _updated(said)
    above, name = os.path.split(call.root)
    place = f"{os.path.basename(above)}/{name}"
    here = page_at(call.root, call.folder, "x.md")
    return [] if place in said or call.root in said or here else None


def _words(given: dict[str, object]) -> list[str]:
    found: list[str] = []
    for name in COMMANDS:
        value = given.get(name)
        found += [value] if isinstance(value, str) else []
        found += [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
    return found


def _updated(patch: str) -> list[str]:
    from cosmemory.interfaces.hook.patches import UPDATE

    return [line[len(UPDATE) :].strip() for line in patch.split("\n") if line.startswith(UPDATE)]
