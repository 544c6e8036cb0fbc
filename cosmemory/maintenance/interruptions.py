"""What a sort of work that can be interrupted is made of: what finds it, hands it out and puts it away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cosmemory.errors import NotFound
from cosmemory.frozen import fields, frozen
from cosmemory.kinds import Kind
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.page import Page
from cosmemory.memory import Memory
from cosmemory.operations.handing_out import hand_out
from cosmemory.operations.page_ids import page_of, to_archive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.transaction import Transaction

    Find = Callable[[Memory], tuple[Any, ...]]
    Clear = Callable[[Memory, Sequence[str]], Iterable[tuple[str, str]]]


@frozen(kw_only=True)
class Handed:
    """Everything that is needed to go on with what was interrupted, and why it is taken for that."""

    kind: str
    key: str
    reason: str
    data: dict[str, Any]


@frozen(kw_only=True)
class Sort:
    """One sort of work that can be interrupted: how it is called and where its pages are, what finds it and so on.

    ``clear`` is None where nothing may be put away, and ``instead`` says what is done instead. ``page`` is that of what has a
    key. ``glanced`` tells what is worth a word wherever somebody looks, and is None where looking for it would take
    too long for that.
    """

    kind: str
    name: str
    where: str
    find: Find
    key: Callable[[Any], str]
    sentence: Callable[[tuple[Any, ...]], str]
    resume: Callable[[Memory, str, bool], Any]
    page: Callable[[str], str]
    clear: Clear | None = None
    instead: str = ""
    breaks_off: bool = False
    glanced: Callable[[Any], bool] | None = lambda _: True
    left: Callable[[Any], str] = lambda _: ""
    urgent: Callable[[Any], bool] = lambda _: False


def data_of(record: Any) -> dict[str, Any]:
    """A record of something interrupted, for JSON."""
    from cosmemory.document.data import plain

    return {each.name: plain(getattr(record, each.name)) for each in fields(record)}


def told(
    memory: Memory,
    seen: Page,
    what: tuple[str, str],
    *,
    involved: str | None,
    said: tuple[str, str],
    again: bool,
) -> None:
    """The log told that something was handed out, where its page, as it was ``seen``, stays as it is.

    ``what`` is what it is called and how it is gone on with. Raises Refused where it was handed out before,
    Conflict where it was changed meanwhile.
    """
    action, outcome = said

    def verb(transaction: Transaction) -> None:
        hand_out(transaction, seen.path, *what, again=again)
        transaction.append(
            Event(time=transaction.now, type="recovery", involved=involved, action=action, outcome=outcome)
        )

    memory.run(verb, expected={seen.path: seen.revision}, operation="recover resume")


def only(found: Iterable[Any], what: str) -> Any:
    """The one that was found; raises NotFound where there is none any more."""
    one = next(iter(found), None)
    if one is None:
        raise NotFound(f"{what} among what was interrupted", "cosmemory recover list shows what was.")
    return one


def archiving(kind: Kind) -> Clear:
    """Pages of a kind moved to the archive, byte for byte, all of them at once."""

    def clear(memory: Memory, keys: Sequence[str]) -> list[tuple[str, str]]:
        def verb(transaction: Transaction) -> list[tuple[str, str]]:
            done = [(key, to_archive(transaction, page_of(kind, key))) for key in keys]
            named, places = (", ".join(each) for each in zip(*done, strict=True))
            said = f"{named} moved to the archive"
            transaction.append(
                Event(time=transaction.now, type="recovery", involved=named, action=said, outcome=places)
            )
            return done

        return memory.run(verb, operation="recover clear").result

    return clear
