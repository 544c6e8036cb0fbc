"""The board: values shared by key, written by compare-and-set, read, updated at one go, taken away, and their past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from cosmemory.document.json_values import Data
from cosmemory.errors import InvalidValue, NotFound, did_you_mean, no_page
from cosmemory.frozen import frozen
from cosmemory.kinds import BOARD
from cosmemory.kinds.board import (
    Board,
    Entry,
    checked_key,
    entry_named,
    expired,
    holds,
    matches,
    put,
    refuse_other_version,
    standing,
    value_of,
    version_of,
    without,
)
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.page import read_page
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.board.following import changes, subscribe, wait
from cosmemory.operations.board.page import PAGE, read_board
from cosmemory.operations.first_pages import lost_text
from cosmemory.operations.new_pages import page_text
from cosmemory.reader import Reader
from cosmemory.store import Stored, revision_of
from cosmemory.syntax.escape import normalise
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "Earlier",
    "changes",
    "entries",
    "expire",
    "get",
    "history",
    "remove",
    "set",
    "subscribe",
    "update",
    "value",
    "wait",
]
MARK = "board"
# What a change is told with in the log is to be read at a glance.
SHOWN = 80
LAST = 10


@frozen(kw_only=True)
class Earlier:
    """What a key held from some moment on: ``entry`` is None where it was taken away."""

    key: str
    entry: Entry | None
    at: datetime
    actor: str


def get(memory: Reader, key: str) -> Entry:
    """The entry ``key``.

    Raises NotFound where there is none, or none any more.
    """
    board = read_board(memory)
    found = entry_named(board, checked_key(key), memory.now())
    if found is None:
        raise _missing(board, key, memory.now())
    return found


def value(memory: Reader, key: str) -> Any:
    """What stands at ``key``, as Python has it.

    Raises NotFound where there is nothing, or nothing any more.
    """
    return value_of(get(memory, key))


def entries(memory: Reader, pattern: str = "*", *, writer: str | None = None) -> tuple[Entry, ...]:
    """The entries whose keys match the shell ``pattern``, or those of one ``writer`` among them, in page order."""
    now = memory.now()
    return tuple(
        each
        for each in read_board(memory).entries
        if holds(each, now) and matches(each, pattern) and writer in {None, each.writer}
    )


def set(  # noqa: A001 - as it reads after the noun
    memory: Memory,
    key: str,
    value: Any,
    *,
    if_version: int | None = None,
    time_to_live: int | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[Entry]:
    """``value``, anything that JSON can say, at ``key``, one version on and written by this memory's actor.

    It holds for ``time_to_live`` seconds, or until it is removed. Raises StaleVersion when the key is not at
    ``if_version`` (0: there must be none), InvalidValue for a value that cannot be kept.
    """
    data = value if isinstance(value, Data) else Data.of(value)
    return _written(memory, key, lambda _: data, if_version, time_to_live, expected, "board set")


def update(
    memory: Memory,
    key: str,
    function: Callable[[Any], Any],
    *,
    time_to_live: int | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[Entry]:
    """What ``function`` makes of the value at ``key`` (None: there is none) in its place; nobody writes in between.

    The lock is held while it computes, so let it be quick.
    """

    def made(old: Entry | None) -> Data:
        return Data.of(function(value_of(old) if old is not None else None))

    return _written(memory, key, made, None, time_to_live, expected, "board update")


def _written(
    memory: Memory,
    key: str,
    made: Callable[[Entry | None], Data],
    if_version: int | None,
    time_to_live: int | None,
    expected: dict[str, str] | None,
    operation: str,
) -> Outcome[Entry]:
    key = checked_key(key)
    if time_to_live is not None and time_to_live < 1:
        raise InvalidValue("the time to live", "it is not a number of seconds from 1 on")

    def verb(transaction: Transaction) -> Entry:
        now = transaction.now
        begun = transaction.exists(PAGE)
        board: Board = transaction.read(PAGE) if begun else _first(transaction)
        refuse_other_version(board, key, if_version, now)
        entry = Entry(
            key=key,
            value=made(entry_named(board, key, now)),
            writer=normalise(memory.actor) or None,
            time_to_live=time_to_live,
        )
        _spend(transaction, [each for each in expired(board, now) if each is not standing(board, key)])
        board = put(board, entry, now, transaction.writer.mark(MARK))
        if begun:
            transaction.replace(PAGE, board)
        else:
            transaction.create(PAGE, page_text(memory, BOARD, board))
        done = standing(board, key)
        assert done is not None
        outcome = f"version {done.version}: {shown(done)}"
        transaction.append(Event(time=now, type="board", action=f"{done.key} set", outcome=outcome))
        return done

    return memory.run(verb, expected=expected, operation=operation)


def remove(
    memory: Memory, key: str, *, if_version: int | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The entry ``key`` taken away.

    Raises NotFound where there is none, StaleVersion when it is not at ``if_version``.
    """
    key = checked_key(key)

    def verb(transaction: Transaction) -> str:
        now = transaction.now
        board: Board = transaction.read(PAGE) if transaction.exists(PAGE) else Board()
        refuse_other_version(board, key, if_version, now)
        gone = entry_named(board, key, now)
        if gone is None:
            raise _missing(board, key, now)
        _take_away(transaction, board, [gone, *expired(board, now)])
        outcome = f"version {version_of(gone)} was: {shown(gone)}"
        transaction.append(Event(time=now, type="board", action=f"{gone.key} removed", outcome=outcome))
        return str(gone.key)

    return memory.run(verb, expected=expected, operation="board remove")


def expire(memory: Memory, *, expected: dict[str, str] | None = None) -> Outcome[tuple[str, ...]]:
    """The entries that no longer hold taken off the page; for readers they are gone already. Gives their keys."""

    def verb(transaction: Transaction) -> tuple[str, ...]:
        now = transaction.now
        board: Board = transaction.read(PAGE) if transaction.exists(PAGE) else Board()
        gone = expired(board, now)
        if gone:
            _take_away(transaction, board, gone)
            keys = tuple(str(each.key) for each in gone)
            said = f"{len(keys)} expired: {', '.join(keys)}"
            transaction.append(Event(time=now, type="board", action=said))
        return tuple(str(each.key) for each in gone)

    return memory.run(verb, expected=expected, operation="board expire")


def history(memory: Reader, key: str, *, limit: int = LAST) -> tuple[Earlier, ...]:
    """What ``key`` held, newest first, the last ``limit`` of it, as far as the memory's history remembers.

    Raises NotFound for a key that never was.
    """
    word = checked_key(key)
    found: list[Earlier] = []
    for each in _states(memory, word):
        if len(found) > limit:
            break
        if found and found[-1].entry == each.entry:
            found.pop()  # it was so earlier already
        found.append(each)
    told = [each for index, each in enumerate(found) if each.entry is not None or index < len(found) - 1]
    if not told:
        raise _missing(read_board(memory), key, memory.now())
    return tuple(told[:limit])


def _states(memory: Reader, key: str) -> Iterator[Earlier]:
    """What each remembered change of the page left at ``key``, newest first."""
    past = memory.store.history()
    for change in past.revisions(PAGE):
        try:
            data = past.text(PAGE, change.number)
        except NotFound:
            return  # texts that old are not kept
        entry = None
        if data is not None:
            page = read_page(Stored(path=PAGE, data=data, revision=revision_of(data)))
            entry = standing(page.document, key)
        at = datetime.fromtimestamp(change.attribution.at, memory.now().tzinfo)
        yield Earlier(key=key, entry=entry, at=at, actor=change.attribution.actor)


def shown(entry: Entry) -> str:
    """The value of ``entry`` in a few words."""
    text = str(entry.value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def _first(transaction: Transaction) -> Board:
    """An empty board, where there never was one.

    Raises NotFound for a page that was lost: begun anew it would say that nothing had been there.
    """
    if lost_text(transaction.memory, PAGE) is not None:
        raise no_page(PAGE)
    return Board(last_updated=transaction.now)


def _take_away(transaction: Transaction, board: Board, gone: list[Entry] | tuple[Entry, ...]) -> None:
    _spend(transaction, gone)
    keys = frozenset((each.key or "").lower() for each in gone)
    transaction.replace(PAGE, without(board, keys))


def _spend(transaction: Transaction, gone: list[Entry] | tuple[Entry, ...]) -> None:
    """Keeps the highest version of what is taken away, so that no key comes back at a version it has been at."""
    highest = max(map(version_of, gone), default=0)
    if highest > transaction.writer.mark(MARK):
        transaction.writer.set_mark(MARK, highest)


def _missing(board: Board, key: str, now: datetime) -> NotFound:
    known = [str(each.key) for each in board.entries if holds(each, now)]
    hint = did_you_mean(key, known, "cosmemory board list names what is there.")
    return NotFound(f"The key {key!r} on the board", hint)
