"""What stood on pages once and is gone: the lines that each remembered change took away, and why it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from cosmemory.errors import CosmemoryError, NotFound
from cosmemory.frozen import frozen
from cosmemory.maintenance.moments import Texts, changes_of
from cosmemory.maintenance.search_units import Unit, is_log, names_in, safe
from cosmemory.pattern import pattern
from cosmemory.store import History, Remembered, Store
from cosmemory.text.digest import sha256_hex
from cosmemory.text.source import decode_text

# So many changes are looked into, the newest of them, and no text that is longer.
CHANGES = 2_000
LARGE = 1 << 20
# What puts another text in the place of a log; all others append to it, which takes nothing away.
_OVER = ("import", "checkpoint restore", "repair", "validate --fix")
_HEADING = pattern(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*")
_WORD = pattern(r"[^\W_]")


@frozen()
class Gone:
    """A change with what it took away, page by page."""

    change: Remembered
    pages: tuple[tuple[str, tuple[Unit, ...]], ...]


def past_of(store: Store) -> History | None:
    """The history of a store; None where it cannot be read, which is for others to tell."""
    try:
        return store.history()
    except CosmemoryError:
        return None


def newest_changes(history: History | None) -> Iterator[Remembered]:
    """The changes that are looked into, newest first."""
    if history is not None:
        # The very newest first and alone: mostly it is known already, and no other is asked for.
        newest = history.revisions(limit=1)
        yield from newest
        if newest:
            yield from islice(changes_of(history, below=newest[0].number), CHANGES - 1)


def last_left_out(newest: int) -> int:
    """The number of the last change that is not one of them, where ``newest`` is that of the newest."""
    return newest - CHANGES


def digest_of(change: Remembered) -> str:
    """What tells a change from another one of its number."""
    return sha256_hex(repr(change).encode("utf-8", "surrogateescape"))[:16]


def gone_in(texts: Texts, change: Remembered) -> Gone:
    """What one change took away; of a log only what was deleted by hand or written over, for verbs append to it."""
    told = change.attribution
    pages: list[tuple[str, tuple[Unit, ...]]] = []
    if told.message.strip() and change.pages:
        why = Unit(0, "", told.operation, told.at, names_in(told.actor), safe(told.message), 0, change.number)
        pages.append((change.pages[0].path, (why,)))
    for step in change.pages:
        if step.before is None or (is_log(step.path) and not _writes_over(change)):
            continue
        try:
            before, after = texts.of(change, step.path)
        except NotFound:
            continue  # it is not kept any more
        if before is not None and max(len(before), len(after or b"")) <= LARGE:
            pages.append(
                (step.path, tuple(_lines_gone(change, decode_text(before), decode_text(after or b""))))
            )
    return Gone(change, tuple(pages))


def _writes_over(change: Remembered) -> bool:
    """Whether a change may have taken entries out of a log for good: rotation moves them to an archive."""
    return change.by_hand or change.attribution.operation.startswith(_OVER)


def _lines_gone(change: Remembered, before: str, after: str) -> Iterator[Unit]:
    left = Counter(_lines(after))
    section = ""
    for number, line in enumerate(_lines(before), 1):
        heading = _HEADING.fullmatch(line)
        if left[line] > 0:
            left[line] -= 1
        elif _WORD.search(line):
            told = change.attribution
            key = line.split("|", 2)[1].strip() if line.startswith("|") else ""
            names = names_in(told.actor, line)
            text = safe(line)
            yield Unit(number, safe(section), safe(key), told.at, names, text, number, change.number)
        section = heading[1] if heading else section


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
