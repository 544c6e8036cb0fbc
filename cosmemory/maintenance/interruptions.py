"""What a sort of work that can be interrupted is made of: what finds it, hands it out and puts it away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cosmemory.frozen import fields, frozen
from cosmemory.kinds import Kind
from cosmemory.kinds.coordination_log import Event
from cosmemory.memory import Memory
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

    ``clear`` is None where nothing may be put away, and ``instead`` says what is done instead. ``glanced`` tells what
    is worth a word wherever somebody looks, and is None where looking for it would take too long for that.
    """

    kind: str
    name: str
    where: str
    find: Find
    key: Callable[[Any], str]
    sentence: Callable[[tuple[Any, ...]], str]
    resume: Callable[[Memory, str], Any]
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


def told(memory: Memory, involved: str | None, action: str, outcome: str) -> None:
    """The log told that something was handed out, where its page stays as it is."""

    def verb(transaction: Transaction) -> None:
        transaction.append(
            Event(time=transaction.now, type="recovery", involved=involved, action=action, outcome=outcome)
        )

    memory.run(verb, operation="recover resume")


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
