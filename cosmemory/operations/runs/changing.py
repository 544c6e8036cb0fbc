"""What the verbs of runs share: the page of a run, and one change of it with its event."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from cosmemory.document.values import write_time
from cosmemory.frozen import frozen
from cosmemory.kinds import RUN
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.run import Run
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.ids import keep_given, number_after, number_of
from cosmemory.operations.page_ids import id_named, page_of
from cosmemory.reader import Reader
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RUN_EVENT, PHASE_EVENT = "run", "phase"
PREFIXES = ("E", "F", "I")  # of the ids of executions, findings and interventions


@frozen(kw_only=True)
class Done:
    """What a verb made of a run: the run as it is to be, what the verb gives back, and what the log tells of it."""

    run: Run
    result: Any
    action: str
    outcome: str | None = None
    notes: str | None = None
    type: str = RUN_EVENT
    given: tuple[str, ...] = ()  # the ids of new records


def run_page(memory: Reader, key: str) -> str:
    """Where the page of the run ``key`` stands, whatever the case of its letters.

    Raises NotFound.
    """
    path = page_of(RUN, key)
    # Most calls name a run as it is called; only the others need the names of all of them.
    if RUN.pattern.fullmatch(path) and memory.store.read(path) is not None:
        return path
    return page_of(RUN, id_named(memory, RUN, key))


def page_in(transaction: Transaction, key: str) -> str:
    """The same in a transaction, which reads the page once."""
    path = page_of(RUN, key)
    if RUN.pattern.fullmatch(path) and transaction.stored(path) is not None:
        return path
    return run_page(transaction.memory, key)


def run_named(memory: Reader, key: str) -> Run:
    """The run ``key``.

    Raises NotFound.
    """
    found: Run = memory.read(run_page(memory, key))
    return found


def change(
    memory: Memory,
    verb: str,
    key: str,
    expected: dict[str, str] | None,
    do: Callable[[Run, Transaction], Done],
) -> Outcome[Any]:
    """The run ``key`` as ``do`` makes it, with the event that tells of it."""

    def made(transaction: Transaction) -> Any:
        page = page_in(transaction, key)
        done = do(transaction.read(page), transaction)
        transaction.replace(page, done.run)
        return _told(done, transaction)

    return memory.run(made, expected=expected, operation=f"run {verb}")


def extend(
    memory: Memory,
    verb: str,
    key: str,
    expected: dict[str, str] | None,
    part: str,
    keys: tuple[str, ...],
    do: Callable[[Run, Transaction], Done],
) -> Outcome[Any]:
    """The same for a verb that puts rows to a ``part`` and looks at no others than those that begin with ``keys``."""

    def made(transaction: Transaction) -> Any:
        page = page_in(transaction, key)
        found: list[Done] = []

        def quickly(run: Run) -> Run:
            found.append(do(run, transaction))
            return found[-1].run

        if transaction.extend(page, part, keys, quickly) is None:
            found.append(do(transaction.read(page), transaction))
            transaction.replace(page, found[-1].run)
        return _told(found[-1], transaction)

    return memory.run(made, expected=expected, operation=f"run {verb}")


def _told(done: Done, transaction: Transaction) -> Any:
    """What was done, told to the log, its ids kept so that no other record ever gets them."""
    for each in done.given:
        keep_given(transaction, _mark(done.run, each.partition("-")[0]), number_of(each))
    transaction.append(event_of(done, transaction))
    return done.result


def next_id(transaction: Transaction, run: Run, prefix: str, ids: Iterable[str | None]) -> str:
    """The id of the next record of a run, above every one that it ever had: see `Done.given`."""
    told = re.compile(
        rb"%s: [^\n]*\b%s-(\d{1,15})\b" % (re.escape(str(run.run_id).encode()), prefix.encode())
    )
    return f"{prefix}-{number_after(transaction, _mark(run, prefix), ids, told)}"


def nothing_given(transaction: Transaction, run: Run) -> None:
    """Remembers that a new run has given no id yet, so that nobody has to look for some in the log."""
    for prefix in PREFIXES:
        keep_given(transaction, _mark(run, prefix), 0)


def _mark(run: Run, prefix: str) -> str:
    return f"run {run.run_id} {prefix}"


def event_of(done: Done, transaction: Transaction) -> Event:
    """The event that tells of what was done."""
    return Event(
        time=transaction.now,
        type=done.type,
        involved=", ".join(done.run.agents) or None,
        action=f"{done.run.run_id}: {done.action}",
        outcome=done.outcome,
        notes=done.notes,
    )


def data_of_record(record: Any) -> dict[str, Any]:
    """A record as JSON has it: times as text, data as what it is, what is unknown to the kind left out."""
    from cosmemory.document.fields import layout

    return {name: plain(getattr(record, name)) for name in layout(type(record)).values}


def plain(held: Any) -> Any:
    """A value of a page as JSON has it."""
    from datetime import datetime

    from cosmemory.document.json_values import Data
    from cosmemory.document.values import Raw

    if isinstance(held, Data):
        return held.value
    if isinstance(held, datetime):
        return write_time(held)
    if isinstance(held, Raw):
        return held.text
    return list(held) if isinstance(held, tuple) else held


def counted(numbers: Mapping[str, int]) -> str:
    """Counts in words, those that are none left out."""
    return ", ".join(f"{number} {name}" for name, number in numbers.items() if number) or "none"
