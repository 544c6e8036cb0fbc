"""Runs that came to nothing, moved out of the way: to the archive, where they stay, packed if that is wished."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta

from cosmemory.errors import NotFound, Refused
from cosmemory.frozen import frozen
from cosmemory.kinds import RUN
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.run import ABORTED, FAILED, Run
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.interrupted_runs import heads
from cosmemory.operations.page_ids import ARCHIVE, page_of, to_archive
from cosmemory.operations.runs.changing import RUN_EVENT, run_page
from cosmemory.transaction import Transaction

CLEANED = (FAILED, ABORTED)
PACKED = ".gz"


@frozen(kw_only=True)
class Cleaned:
    """A run that was moved out of the way, and where it is."""

    run: str
    place: str


def clean(
    memory: Memory,
    key: str | None = None,
    *,
    days: int | None = None,
    compress: bool = False,
    expected: dict[str, str] | None = None,
) -> Outcome[tuple[Cleaned, ...]]:
    """Runs that failed or were aborted ``days`` ago, or the one called ``key``, moved to the archive.

    With ``compress`` they are packed by gzip there; ``gunzip`` gives each back byte for byte. Raises Refused for a run
    that is not over that way.
    """

    def verb(transaction: Transaction) -> tuple[Cleaned, ...]:
        found = [_one(transaction, key)] if key is not None else list(_old(transaction, days))
        done = tuple(
            Cleaned(run=name, place=_moved(transaction, page_of(RUN, name), compress=compress))
            for name in found
        )
        if done:
            transaction.append(
                Event(
                    time=transaction.now,
                    type=RUN_EVENT,
                    action=f"Moved to the archive: {', '.join(each.run for each in done)}",
                    outcome="packed" if compress else None,
                )
            )
        return done

    return memory.run(verb, expected=expected, operation="run clean")


def _one(transaction: Transaction, key: str) -> str:
    page = run_page(transaction.memory, key)
    run: Run = transaction.read(page)
    if run.status not in CLEANED:
        raise Refused(
            f"The run {run.run_id} is {run.status}, and only failed and aborted ones are cleaned up.",
            f"cosmemory run list --status {FAILED} names some.",
        )
    return page.removeprefix("runs/").removesuffix(".md")


def _old(transaction: Transaction, days: int | None) -> list[str]:
    memory = transaction.memory
    before = transaction.now - timedelta(days=memory.settings.failed_run_days if days is None else days)
    return [
        str(run.run_id)
        for run in heads(memory)
        if run.status in CLEANED and isinstance(run.completed, datetime) and run.completed <= before
    ]


def _moved(transaction: Transaction, page: str, *, compress: bool) -> str:
    if not compress:
        return to_archive(transaction, page)
    stored = transaction.stored(page)
    if stored is None:
        raise NotFound(f"The page {page}")
    place, number = f"{ARCHIVE}/{page}{PACKED}", 1
    while transaction.exists(place):
        number += 1
        place = f"{ARCHIVE}/{page.removesuffix('.md')}_{number}.md{PACKED}"
    # Without the time in it, the same page is always packed into the same bytes.
    transaction.put(place, gzip.compress(stored.data, mtime=0))
    transaction.remove(page)
    return place
