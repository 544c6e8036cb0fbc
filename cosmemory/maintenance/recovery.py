"""Everything that was interrupted, sort by sort: looked for, handed out to be gone on with, put away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cosmemory.errors import Conflict, IllegalTransition, NotFound, Refused, UsageError, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.maintenance.broken_off import AGENTS, RUNS, SESSION
from cosmemory.maintenance.interruptions import Handed, Sort
from cosmemory.maintenance.resuming_agents import Resumption
from cosmemory.maintenance.waiting import DEPLOYMENT, HANDOFFS, LOST, ONBOARDINGS
from cosmemory.memory import Memory
from cosmemory.operations.handing_out import was_handed_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AGENT = "agent"
HANDED = "it was handed out before, and nobody has gone on with it since"
SORTS: tuple[Sort, ...] = (SESSION, AGENTS, RUNS, DEPLOYMENT, LOST, HANDOFFS, ONBOARDINGS)


@frozen(kw_only=True)
class Item:
    """One thing that was interrupted; ``left`` says why it is not handed out when all are, where it is not.

    ``handed`` is whether it was handed out before, and its page not touched since.
    """

    sort: Sort
    key: str
    record: Any
    handed: bool = False

    @property
    def left(self) -> str:
        """Why it is left alone; nothing where it can be gone on with."""
        return self.sort.left(self.record) or (HANDED if self.handed else "")

    def resumable(self, *, again: bool = False) -> bool:
        """Whether it is handed out when all are; ``again`` also where it was before."""
        return not (self.sort.left(self.record) if again else self.left)


@frozen(kw_only=True)
class Cleared:
    """One thing that was put away, and where its page is now."""

    kind: str
    key: str
    place: str


def check(memory: Memory, sorts: Sequence[Sort] = SORTS) -> dict[str, tuple[Any, ...]]:
    """Everything that was interrupted, by its sort; nothing is changed."""
    paths = memory.store.paths()
    return {sort.name: _found(memory, sort, paths) for sort in sorts}


def _found(memory: Memory, sort: Sort, paths: Iterable[str]) -> tuple[Any, ...]:
    # A memory without such pages is not to pay for reading them, nor for the code that does.
    return sort.find(memory) if any(path.startswith(sort.where) for path in paths) else ()


def items(memory: Memory, kinds: Sequence[str] = ()) -> tuple[Item, ...]:
    """Everything that was interrupted, or only what is of these ``kinds``."""
    paths = memory.store.paths()
    chosen = [sort for sort in SORTS if not kinds or sort.kind in kinds]
    return tuple(
        Item(sort=sort, key=key, record=record, handed=was_handed_out(memory, sort.page(key)))
        for sort in chosen
        for record in _found(memory, sort, paths)
        for key in [sort.key(record)]
    )


def sort_named(kind: str) -> Sort:
    """The sort of what is called ``kind``.

    Raises UsageError.
    """
    found = next((sort for sort in SORTS if sort.kind == kind), None)
    if found is None:
        known = [sort.kind for sort in SORTS]
        raise UsageError(
            f"{kind!r} is nothing that is interrupted.",
            did_you_mean(kind, known, f"There are {', '.join(known)}."),
        )
    return found


def item_named(memory: Memory, key: str, kind: str) -> Item:
    """What was interrupted of a ``kind`` and is called ``key``; without one, the only one there can be.

    Raises NotFound.
    """
    found = items(memory, [kind])
    chosen = next((each for each in found if not key or each.key.lower() == key.lower()), None)
    if chosen is None:
        hint = did_you_mean(key, [each.key for each in found], "cosmemory recover list shows what was.")
        raise NotFound(
            f"The {kind} {key!r} among what was interrupted" if key else f"An interrupted {kind}", hint
        )
    return chosen


def resume(memory: Memory, key: str = "", *, kind: str = AGENT, again: bool = False) -> Handed | Resumption:
    """The one of a ``kind`` called ``key``, or the only one there can be, handed out with all that is needed to go on.

    The log tells of it, and so does its page where its state changes. Raises Refused for an agent whose process
    lives, and for what was handed out before with its page not touched since, unless it is wished ``again``; NotFound
    for what was not interrupted.
    """
    sort = sort_named(kind)
    # Of an agent that is no such any more its own verb tells what became of it.
    return _resumed(memory, sort, key if sort is AGENTS else item_named(memory, key, kind).key, again)


def _resumed(memory: Memory, sort: Sort, key: str, again: bool) -> Handed | Resumption:
    try:
        done: Handed | Resumption = sort.resume(memory, key, again)
    except Conflict as other:
        raise Refused(
            f"Somebody else went on with the {sort.kind} {key} meanwhile.",
            "cosmemory recover list shows what is still to be gone on with.",
        ) from other
    return done


def resume_all(memory: Memory, *, again: bool = False) -> tuple[Handed | Resumption, ...]:
    """Everything that can be gone on with, handed out; what is at work or waits for a decision is left alone.

    So is what was handed out before, unless it is wished ``again``, and what somebody else takes meanwhile.
    """
    chosen = [each for each in items(memory) if each.resumable(again=again)]
    return tuple(
        done for done in (resume_item(memory, each, again=again) for each in chosen) if done is not None
    )


def resume_item(memory: Memory, item: Item, *, again: bool = False) -> Handed | Resumption | None:
    """What was found interrupted, handed out; None where somebody else went on with it meanwhile, or it is over."""
    try:
        return _resumed(memory, item.sort, item.key, again)
    except (Refused, IllegalTransition, NotFound):
        return None


def clear(memory: Memory, keys: Sequence[str] = (), *, kind: str = "") -> tuple[Cleared, ...]:
    """Those of a ``kind`` called ``keys``, or all of the kind, moved to the archive; without both, all that broke off.

    Handoffs and onboardings wait for somebody and did not break off: they are cleared by name alone. Raises Refused
    for an agent whose process lives and for a deployment: part of the traffic runs on it.
    """
    if keys or kind:
        return _cleared(memory, sort_named(kind or AGENT), tuple(keys))
    return tuple(done for sort in SORTS if sort.breaks_off for done in _cleared(memory, sort, ()))


def _cleared(memory: Memory, sort: Sort, keys: Sequence[str]) -> tuple[Cleared, ...]:
    if sort.clear is None:
        raise Refused(f"A {sort.kind} is not put away.", sort.instead)
    if sort is not AGENTS:
        named = [item_named(memory, key, sort.kind) for key in keys] or items(memory, [sort.kind])
        keys = [each.key for each in named]
        if not keys:
            return ()
    return tuple(Cleared(kind=sort.kind, key=key, place=place) for key, place in sort.clear(memory, keys))


def sentences(found: dict[str, tuple[Any, ...]]) -> tuple[str, ...]:
    """What was interrupted, a line a sort."""
    return tuple(sort.sentence(found[sort.name]) for sort in SORTS if found.get(sort.name))


def is_urgent(found: dict[str, tuple[Any, ...]]) -> bool:
    """Whether something broke off that nobody is at: a process gone, a session failed or silent, a handoff lost."""
    return any(sort.urgent(record) for sort in SORTS for record in found.get(sort.name, ()))
