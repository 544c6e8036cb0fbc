"""What waits written first, oldest first, and each at most once; then the call at hand, in its turn."""

from __future__ import annotations

import time

from cosmemory import clock
from cosmemory.errors import ConfigError, CosmemoryError, DoneAlready, Locked, ReadOnly
from cosmemory.frozen import field, frozen, replace, slotted
from cosmemory.interfaces.hook import aside
from cosmemory.interfaces.hook.answer import Answer
from cosmemory.interfaces.hook.events import KEPT, handler_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cosmemory.interfaces.hook.call import Call

PATIENCE, LONGEST = 0.5, 1.0  # seconds: for whoever holds the lock or has the turn, and for all that waits
ENDING = 0.25  # both, where a harness ends and gives its hooks little time
OLD = 7 * 86_400
TROUBLES = 3  # a page that cannot be written must not keep what concerns others from being tried
STOPPING = (Locked, ReadOnly, ConfigError)  # nothing else could be written either


@slotted
class CaughtUp:
    """How far it went: how many were written, what had to be dropped, and whether some wait for their turn still."""

    done: int = 0
    dropped: list[str] = field(default_factory=list)
    behind: str = ""


@frozen(kw_only=True)
class _Bounds:
    """How long the lock is waited for, until when events are written, and how many may be refused."""

    patience: float
    limit: float
    troubles: int


def answer_in_turn(call: Call, handler: Callable[[Call], Answer]) -> Answer:
    """What the handler says to a call, after all that waits; put aside as well where its turn does not come."""
    ending = call.event == "SessionEnd"
    patience, longest = (ENDING, ENDING) if ending else (PATIENCE, LONGEST)
    caught = catch_up(call.root, patience=patience, longest=longest)
    if caught.behind and call.event in KEPT and not aside.refused(call):
        answer = Answer(notice=f"{caught.behind} {aside.AFTERWARDS.format(call.event)}")
    else:  # out of its turn where it could not be put aside: that is better than not at all
        try:
            answer = handler(call)
        except Exception as error:  # noqa: BLE001 - what is no passing trouble is raised again there
            answer = aside.kept(call, error)
    return replace(answer, notice=" ".join(filter(None, (*caught.dropped, answer.notice))))


def catch_up(
    root: str, *, patience: float = PATIENCE, longest: float = LONGEST, troubles: int = TROUBLES
) -> CaughtUp:
    """Writes what waits; in about the time given, so that no agent waits long for what it did not do."""
    caught = CaughtUp()
    try:
        with aside.turn(root, patience) as shelf:
            if shelf < 0:
                caught.behind = "Others write what was put aside before."
            else:
                limit = time.monotonic() + longest
                _write(root, shelf, caught, _Bounds(patience=patience, limit=limit, troubles=troubles))
                aside.clear(shelf)
    except OSError as error:
        caught.behind = f"What was put aside cannot be written: {error.strerror or error}."
    return caught


def _write(root: str, shelf: int, caught: CaughtUp, bounds: _Bounds) -> None:
    tried: set[str] = set()
    troubles = 0
    while troubles < bounds.troubles and (name := aside.oldest(shelf, frozenset(tried))):
        if time.monotonic() > bounds.limit:
            caught.behind = "Much was put aside before."
            return
        tried.add(name)
        try:
            lost = _played(root, shelf, name, bounds.patience)
        except STOPPING as error:
            caught.behind = str(error)
            return
        except aside.PASSING:
            troubles += 1
            continue
        caught.done += not lost
        caught.dropped += [lost] if lost else []
        aside.drop(shelf, name)


def _played(root: str, shelf: int, name: str, patience: float) -> str:
    """Makes one call, durably; why it is dropped where that can never be. Raises what passes."""
    call = aside.read(shelf, name, root, patience)
    if call is None or call.aside is None:
        return f"{name} was put aside and is damaged."
    told = f"A {call.event} that was put aside"
    if call.aside.at < clock.now() - OLD:
        return f"{told} is too old to be written."
    handler = handler_of(call.event)
    try:
        if handler is not None:
            handler(call)
    except DoneAlready:
        return ""  # by whoever was killed before it could take it away, or by the same call told twice
    except aside.PASSING:
        raise
    except CosmemoryError as error:
        return f"{told} cannot be written: {error}"
    except Exception as error:  # noqa: BLE001 - it would come again with every event
        return f"{told} cannot be written: {type(error).__name__}: {error}."
    return ""
