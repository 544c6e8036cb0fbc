"""The call of a hook from end to end: it fails open, so that nothing of ours ever stops an agent.

Stdout gets one JSON object or nothing. The exit code is 0 whatever happens, but for the one answer that a harness
takes by the exit code alone, and that the settings ask for.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cosmemory.interfaces.hook.answer import Answer
    from cosmemory.interfaces.hook.call import Call

OPTIONS = ("--harness", "--root")
EVENT = "EVENT"
REFUSED = 2
LONGEST_LINE = 1000
PATIENCE, LONGEST = 2.0, 600.0  # seconds that one who looks after the memory has for what waits
TROUBLES = 100  # of what waits, so many may be refused before such a one leaves the rest


def run(arguments: Sequence[str]) -> int:
    """Answers to what a harness tells on stdin; 0 whatever happens."""
    try:
        return _run(arguments)
    except BaseException as error:  # noqa: BLE001 - a bug of ours, or a signal, must not end the agent's turn either
        tell(str(error) if type(error).__module__ == "cosmemory.errors" else _named(error))
        return 0


def tell(line: str) -> None:
    """One line on stderr, whatever is in it, if anybody listens."""
    plain = "".join(each if each.isprintable() else " " for each in line[:LONGEST_LINE])
    try:
        _write(2, f"cosmemory hook: {' '.join(plain.split())}\n".encode("utf-8", "replace"))
    except OSError:
        pass  # nobody is left to tell


def _run(arguments: Sequence[str]) -> int:
    from cosmemory.interfaces.hook.incoming import payload_of, read_all

    began = time.time_ns()
    given = _options(arguments)
    told = read_all()
    call, dialect = _call(given, payload_of(told), told, began)
    if call is None:
        return 0
    answer = answer_to(call)
    if answer.notice:
        tell(answer.notice)
    if call.harness == "claude":
        from cosmemory.interfaces.hook.harnesses.claude import BY_EXIT

        if call.event in BY_EXIT and (answer.deny or answer.hold):
            _write(2, f"{answer.deny or answer.hold}\n".encode("utf-8", "replace"))
            return REFUSED
    said = dialect.worded(call.event, call.native, answer)
    if said is not None:
        import json

        _write(1, json.dumps(said).encode() + b"\n")
    return 0


def _options(arguments: Sequence[str]) -> dict[str, str]:
    """The options of a call, by hand: a library for it would answer a slip with the exit code that stops an agent.

    Raises UsageError.
    """
    from cosmemory.errors import UsageError
    from cosmemory.interfaces.hook.harnesses import NAMES

    given: dict[str, str] = {}
    rest = iter(arguments)
    for each in rest:
        option, equals, value = each.partition("=")
        if option in OPTIONS:
            found = value if equals else next(rest, None)
            if not found:
                raise UsageError(f"{option} needs a value")
            given[option] = found
        elif each.startswith("-") or EVENT in given:
            raise UsageError(f"{each!r} is no option; there are {', '.join(OPTIONS)}")
        else:
            given[EVENT] = each
    if given.get("--harness", NAMES[0]) not in NAMES:
        raise UsageError(f"there is no harness {given['--harness']!r}; there are {', '.join(NAMES)}")
    return given


def _call(given: dict[str, str], found: dict[str, Any], told: bytes, began: int) -> tuple[Call | None, Any]:
    """The call and its dialect; no call where nothing is to be done, found out as early as it can be."""
    from cosmemory.interfaces.hook import harnesses

    name = given.get("--harness") or harnesses.detected(found, os.environ)
    native = found.get("hook_event_name") or given.get(EVENT)
    dialect = _loaded(f"cosmemory.interfaces.hook.harnesses.{name}")
    if not isinstance(native, str):
        return None, dialect
    event = dialect.EVENTS.get(native, native)
    from cosmemory.interfaces.hook.events import HANDLERS

    if event not in HANDLERS:
        return None, dialect
    from cosmemory.interfaces.hook.places import concerns, root_of

    payload = dialect.told(found)
    root = root_of(given.get("--root"), os.environ, payload)
    if not root or not concerns(event, payload, root, told):
        return None, dialect
    from cosmemory.interfaces.hook.call import Call, session_id

    session = session_id(payload.get("session_id"))
    return Call(
        harness=name,
        event=event,
        session=session,
        payload=payload,
        root=root,
        native=native,
        told=told,
        began=began,
    ), dialect


def answer_to(call: Call) -> Answer:
    """What the handler of the event says, once what waits is written; nothing for an event that has none.

    What happened is put aside where it cannot be written now.
    """
    from cosmemory.interfaces.hook.answer import NOTHING
    from cosmemory.interfaces.hook.events import HASTY, KEPT, handler_of

    handler = handler_of(call.event)
    if handler is None:
        return NOTHING
    if call.event != HASTY and _something_waits(call.root):
        from cosmemory.interfaces.hook.catching_up import answer_in_turn

        return answer_in_turn(call, handler)
    if call.event not in KEPT:
        return handler(call)
    try:
        return handler(call)
    except Exception as error:  # noqa: BLE001 - what is no passing trouble is raised again there
        from cosmemory.interfaces.hook.aside import kept

        return kept(call, error)


def caught_up(root: str) -> tuple[int, tuple[str, ...], str]:
    """What waits written by one who has the time for it: how many events, those lost, and what keeps others waiting."""
    if not _something_waits(root):
        return 0, (), ""
    from cosmemory.interfaces.hook.catching_up import catch_up

    caught = catch_up(root, patience=PATIENCE, longest=LONGEST, troubles=TROUBLES)
    return caught.done, tuple(caught.dropped), caught.behind


def _something_waits(root: str) -> bool:
    """Whether calls were put aside; one look into a folder, that mostly is not there."""
    from cosmemory.interfaces.hook.events import SHELF

    try:
        return any(name.endswith(".json") for name in os.listdir(f"{root}/{SHELF}"))
    except OSError:
        return False


def _loaded(module: str) -> Any:
    from importlib import import_module

    return import_module(module)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _write(descriptor: int, data: bytes) -> None:
    # Past sys.stdout: what that still held when Python ends could fail once more, with a traceback.
    while data:
        data = data[os.write(descriptor, data) :]
