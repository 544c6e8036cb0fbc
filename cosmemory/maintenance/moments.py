"""Moments of a memory's past, as people name them, and the pages as they stood then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from cosmemory import clock
from cosmemory.errors import NotFound, UsageError
from cosmemory.frozen import field, slotted
from cosmemory.pattern import pattern
from cosmemory.store import History, Remembered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.reader import Reader

# So many changes are asked for at once: enough for a first screen, and soon more.
BATCH = 64
LARGEST_BATCH = 1024
SHORTEST_PREFIX = 6
HOW = (
    "Write a time (2026-11-21T10:00Z, 2h ago), a number (17 or #17), last, last~2, "
    "or six characters of a page's revision."
)
_BACK = pattern(r"(.+?)~(\d{0,9})")
_NUMBER = pattern(r"#?(\d{1,15})")
_AGO = pattern(r"(\d{1,9}) ?(s|sec|min|m|h|hours?|d|days?|w|weeks?)(?: ago)?")
_PREFIX = pattern(rf"(?:\d+-)?[0-9a-f]{{{SHORTEST_PREFIX},64}}")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def changes_of(
    history: History, pages: Sequence[str] = (), *, below: int | None = None
) -> Iterator[Remembered]:
    """The changes of ``pages``, or of all, newest first, asked for in batches so that the first come at once."""
    only = pages[0] if len(pages) == 1 else None
    size = BATCH
    while True:
        held = history.revisions(only, below=below, limit=size)
        yield from (each for each in held if not pages or any(step.path in pages for step in each.pages))
        if len(held) < size:
            return
        below = held[-1].number
        size = min(2 * size, LARGEST_BATCH)


def moment_named(history: History, words: str, now: int, pages: Sequence[str] = ()) -> int:
    """The number of the change right after which the moment called ``words`` lies; 0 is before them all.

    ``last`` and ``~n`` count the changes of ``pages`` where some are given. Raises NotFound for a moment before
    the history begins and for a change that is not known, UsageError for words that name no moment.
    """
    words = words.strip()
    back = _BACK.fullmatch(words)
    if back is not None:
        number = moment_named(history, back[1], now, pages)
        return _before(history, number, int(back[2] or 1), pages, words)
    if words in {"last", "now"}:
        newest = next(changes_of(history, pages if words == "last" else ()), None)
        if newest is None:
            raise NotFound("A change", "The history holds none yet.")
        return newest.number
    at = _seconds(words, now)
    if at is not None:
        return _at(history, at)
    return _named(history, words, pages)


def bound(words: str, now: int, *, end: bool = False) -> int:
    """The seconds that ``words`` name; a bare day means its beginning, or as an ``end`` the whole of it.

    Raises UsageError for words that name no time.
    """
    words = words.strip()
    seconds = _seconds(words, now)
    if seconds is None:
        raise UsageError(f"{words!r} is not a time.", "Write 2026-11-21T10:00Z, 2026-11-21 or 2h ago.")
    read = clock.read_time(words)
    return read[0] if read and not end else seconds


def _seconds(words: str, now: int) -> int | None:
    """The moment that a time or ``2h ago`` names; a bare day is taken to its end."""
    read = clock.read_time(words)
    if read is not None:
        return read[0] + 86_399 if read[1] == "date" else read[0]
    ago = _AGO.fullmatch(words)
    return now - int(ago[1]) * _SECONDS[ago[2][0]] if ago else None


def _at(history: History, seconds: int) -> int:
    """The change that was made at or before ``seconds`` while the one after it was not."""
    newest = next(changes_of(history), None)
    # Halving takes a dozen looks where walking would take ten thousand; what is forgotten lies before the rest.
    low, high = 0, newest.number + 1 if newest is not None else 1
    while high - low > 1:
        middle = (low + high) // 2
        change = history.revision(middle)
        if change is None or change.attribution.at <= seconds:
            low = middle
        else:
            high = middle
    if low and history.revision(low) is not None:
        return low
    first = history.revision(low + 1)
    began = (
        f"The history begins at {clock.format_time(first.attribution.at)}."
        if first
        else "It holds nothing yet."
    )
    raise NotFound(f"The memory as it was at {clock.format_time(seconds)}", began)


def _before(history: History, number: int, count: int, pages: Sequence[str], words: str) -> int:
    """The change that lies ``count`` changes before the one of that number, 0 right before the first."""
    held = list(islice(changes_of(history, pages, below=number + 1), count + 1))
    if len(held) > count:
        return held[count].number
    if held and len(held) == count:
        return held[-1].number - 1
    raise NotFound(
        f"The moment {words!r}", f"So many changes back there is no history; it holds {len(held)}."
    )


def _named(history: History, words: str, pages: Sequence[str]) -> int:
    found = _NUMBER.fullmatch(words)
    if found is not None and history.revision(int(found[1])) is not None:
        return int(found[1])
    if _PREFIX.fullmatch(words):
        number = _with_prefix(history, words, pages)
        if number is not None:
            return number
    if found is not None or _PREFIX.fullmatch(words):
        newest = next(changes_of(history), None)
        hint = f"The newest is #{newest.number}." if newest else "The history holds nothing yet."
        what = f"The change #{found[1]}" if found is not None else f"A page's revision {words}"
        raise NotFound(what, f"{hint} cosmemory history lists them.")
    raise UsageError(f"{words!r} names no moment.", HOW)


def _with_prefix(history: History, prefix: str, pages: Sequence[str]) -> int | None:
    """The newest change that made a page whose revision begins so.

    Raises UsageError when two different ones do.
    """
    named: str | None = None
    number: int | None = None
    for change in changes_of(history, pages):
        for step in change.pages:
            if step.after is None or not step.after.startswith(prefix) or (pages and step.path not in pages):
                continue
            if named is not None and step.after != named:
                raise UsageError(f"{prefix} begins more than one revision.", "Give more of its characters.")
            if named is None:
                named, number = step.after, change.number
    return number


def path_then(memory: Reader, history: History, name: str) -> str:
    """The path of the page called ``name``, which may be gone by now.

    Raises NotFound when no page is or was called so.
    """
    try:
        return memory.path_of(name)
    except NotFound:
        for path in (name, f"{name}.md"):
            if history.revisions(path, limit=1):
                return path
        raise


def text_then(history: History, path: str, number: int) -> bytes | None:
    """The page at ``path`` right after the change of that number; None where there was none.

    Raises NotFound where its text is not kept any more.
    """
    return history.text(path, number) if number > 0 else None


def texts_of(history: History, change: Remembered, path: str) -> tuple[bytes | None, bytes | None]:
    """The page at ``path`` right before and right after ``change``.

    Raises NotFound where one of them is not kept any more.
    """
    step = change.step(path)
    after = text_then(history, path, change.number)
    if step is None:
        return after, after
    before = text_then(history, path, change.number - 1) if step.before is not None else None
    if step.before is not None and before is None:
        raise _not_kept(path, change)
    return before, after


@slotted
class Texts:
    """The texts of pages on a walk from the newest change to older ones: what a change began with, the next left."""

    history: History
    _known: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def of(self, change: Remembered, path: str) -> tuple[bytes | None, bytes | None]:
        """The page at ``path`` right before and right after ``change``, which is one of the page's.

        Raises NotFound where one of them is not kept any more.
        """
        step = change.step(path)
        if step is None or step.after is None or self._known.get(path, ("",))[0] != step.after:
            before, after = texts_of(self.history, change, path)
        else:
            after = self._known[path][1]
            before = text_then(self.history, path, change.number - 1) if step.before is not None else None
            if step.before is not None and before is None:
                raise _not_kept(path, change)
        if step is not None and step.before is not None and before is not None:
            self._known[path] = step.before, before
        return before, after


def _not_kept(path: str, change: Remembered) -> NotFound:
    return NotFound(f"The text of {path} before #{change.number}", "The history begins there.")
