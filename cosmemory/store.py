"""The store contract: pages of bytes with revisions, changed under one lock, compared before they are written."""

from __future__ import annotations

from cosmemory.errors import NotFound, Unsafe, UsageError
from cosmemory.frozen import frozen, replace
from cosmemory.text.digest import log_revision, sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO, Protocol
else:
    Protocol = object

Revision = str
LONGEST_NAME = 255
WINDOWS_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{device}{digit}" for device in ("com", "lpt") for digit in "123456789")]
)


@frozen(kw_only=True)
class Stored:
    """A page as it was found: its bytes and the revision that names them."""

    path: str
    data: bytes
    revision: Revision


@frozen(kw_only=True)
class Replace:
    """A whole page to write; `expected` is the revision it was made from, None for a page that must be new."""

    path: str
    data: bytes
    expected: Revision | None


@frozen(kw_only=True)
class Append:
    """Whole entries, with line feeds, to put at the end of a log in the log's own newline."""

    path: str
    data: bytes


@frozen(kw_only=True)
class Remove:
    """A page to take away, if it still is the one named by `expected`."""

    path: str
    expected: Revision


Change = Replace | Append | Remove


@frozen(kw_only=True)
class Attribution:
    """Who made a change, by which verb, why, and when in seconds since the epoch (0: now)."""

    actor: str = ""
    operation: str = ""
    message: str = ""
    at: int = 0


NOBODY = Attribution()
Verb = tuple[str, str]  # the operation of a change, and its message
# What stands in a message between a key and the digest of the call, and how long that is.
CALL, DIGITS = " (call ", 16


@frozen(kw_only=True)
class PageStep:
    """What a remembered change did to one page: its revisions before and after, None where there was no page."""

    path: str
    before: Revision | None
    after: Revision | None


@frozen(kw_only=True)
class Remembered:
    """A change that the history tells of, all its pages together; its number is one more than the last one's.

    One made `by_hand` was made outside cosmemory and noticed later: its time is when the pages were saved.
    """

    number: int
    attribution: Attribution
    pages: tuple[PageStep, ...]
    by_hand: bool = False

    def step(self, path: str) -> PageStep | None:
        """What it did to one page."""
        return next((step for step in self.pages if step.path == path), None)


@frozen(kw_only=True)
class Vitals:
    """How a store fares: bytes of its pages and copies, bytes it keeps for itself, bytes left (None: unknown).

    `holder` is who has the lock at this moment, as it signed (empty: nobody, or unknown), `told` the same in words, and
    `alive` whether there is such a process. `pending` are the pages of a change that was recorded and not finished, and
    `edited` those of them that somebody has saved since.
    """

    used: int = 0
    own: int = 0
    free: int | None = None
    holder: str = ""
    told: str = ""
    alive: bool = True
    pending: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    operation: str = ""


PACKED = ".md.gz"


def is_packed(path: str) -> bool:
    """Whether a page was packed when it was moved to the archive."""
    return path.endswith(PACKED) and is_archived(path)


def is_archived(path: str) -> bool:
    """Whether a page was moved out of the way; the copies of a checkpoint are kept there, and are no pages."""
    return path.startswith("archive/") and not path.startswith("archive/checkpoints/")


class Writer(Protocol):
    """The right to write, held from `Store.writing()` until its end."""

    def read(self, path: str) -> Stored | None:
        """The page as it is now, or None."""

    def commit(self, changes: Sequence[Change], attribution: Attribution = NOBODY) -> tuple[Revision, ...]:
        """Write all changes or none; the new revisions in order, "" for a page removed."""

    def made_under(self, key: str) -> frozenset[Verb]:
        """The verbs of the changes that are remembered under ``key``, whatever call each was."""

    def mark(self, name: str) -> int:
        """The highest number kept under a name, 0 when there is none."""

    @property
    def edited(self) -> bool:
        """Whether somebody saved a page by hand, and nobody has examined that yet."""

    def examined(self) -> None:
        """Remember that every edit by hand so far was examined."""

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number under a name unless a higher one is kept already."""


class History(Protocol):
    """What a store remembers of its changes; what was saved by hand and not noticed yet stands at its end."""

    def revisions(
        self, path: str | None = None, *, below: int | None = None, limit: int | None = None
    ) -> tuple[Remembered, ...]:
        """The changes of one page, or of all, newest first; those before the number `below`, at most `limit`."""

    def revision(self, number: int) -> Remembered | None:
        """The change of that number, if it is known."""

    def text(self, path: str, number: int) -> bytes | None:
        """A page right after the change of that number, whatever change made it so; None where there was no page.

        Raises NotFound where the text is not kept any more.
        """


def told_under(history: History, key: str) -> frozenset[Verb]:
    """The verbs of the changes made under ``key`` in a history that has no faster way."""
    return verbs_under(key, (each.attribution for each in history.revisions()))


def verbs_under(key: str, told: Iterable[Attribution]) -> frozenset[Verb]:
    """The verbs of those of some changes that were made under ``key``."""
    return frozenset((each.operation, each.message) for each in told if is_under(key, each.message))


def message_under(key: str, call: str) -> str:
    """How the history tells of a change that is made at most once: its ``key``, with a digest of what the call says."""
    if not call:
        return key
    return f"{key}{CALL}{sha256_hex(call.encode('utf-8', 'backslashreplace'))[:DIGITS]})"


def is_under(key: str, message: str) -> bool:
    """Whether a change of that message was made under ``key``, by whatever call."""
    long = len(message) == len(key) + len(CALL) + DIGITS + 1
    return message == key or (long and message.startswith(f"{key}{CALL}") and message.endswith(")"))


class Readable(Protocol):
    """Something that is read block by block; where it is a file, a copy of it gets its mode."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes more, none at the end."""

    def fileno(self) -> int:
        """The descriptor behind it."""


class Copies(Protocol):
    """Whole copies of pages, kept apart from the live ones as plain files below a name: complete, or not there."""

    def names(self) -> tuple[str, ...]:
        """The copies there are, sorted."""

    def paths(self, name: str) -> tuple[str, ...]:
        """The files of a copy, sorted; none where there is no such copy."""

    def open_read(self, name: str, path: str) -> BinaryIO:
        """A file of a copy for streaming."""

    def keep(self, name: str, files: Iterable[tuple[str, Readable]]) -> None:
        """Make a copy of what is read, one file after the other; only under the lock."""

    def move(self, name: str, shelf: str) -> None:
        """Move a copy to another shelf in one step; only under the lock."""


class Store(Protocol):
    """Where the pages of one memory live; it knows nothing of Markdown."""

    def read(self, path: str) -> Stored | None:
        """The page, or None; never waits, never writes."""

    def read_tail(self, path: str, size: int) -> tuple[bytes, int]:
        """The last `size` bytes of a page and the offset at which they begin."""

    def open_read(self, path: str) -> BinaryIO:
        """A page for streaming."""

    def open_each(self, paths: Iterable[str]) -> Generator[tuple[str, Readable]]:
        """Page after page for streaming, each open until the next one is asked for; none that is not there."""

    def size(self, path: str) -> int:
        """The length of a page in bytes."""

    def paths(self, *, archived: bool = False) -> tuple[str, ...]:
        """Every live page, or every page moved below ``archive/``, sorted, as posix paths below the root."""

    def packed(self) -> tuple[str, ...]:
        """Every page that was packed by gzip when it was moved below ``archive/``, sorted."""

    def stamps(self, *, archived: bool = False) -> Mapping[str, str]:
        """What tells a page that was changed from one that was not, without reading it; none where unsure."""

    def derived(self, name: str) -> str | None:
        """A file for what can be made from the pages again at any time; None where it is to be kept in memory."""

    def glance(self, path: str) -> str:
        """What is another whenever a page was changed, at hardly any cost; it may stay the same for a moment."""

    def remembered(self, name: str) -> bytes:
        """What was remembered under a name, empty when nothing was."""

    def remember(self, name: str, data: bytes) -> None:
        """Keep something that may be lost at any time; where it cannot be kept, nothing happens."""

    def strangers(self) -> tuple[str, ...]:
        """Copies that editors and synchronisers left between the pages, sorted; never read as state."""

    def vitals(self, *, brief: bool = False) -> Vitals:
        """How the store fares at this moment, or what of it costs next to nothing; nothing is waited for or written."""

    def append(self, path: str, data: bytes, attribution: Attribution = NOBODY) -> Revision:
        """Put whole entries at the end of a log, durably; the log's new revision."""

    def writing(self, timeout: float | None = None) -> AbstractContextManager[Writer]:
        """Hold the memory's one lock; a change that was interrupted is finished first."""

    def mark(self, name: str) -> int:
        """The highest number kept under a name, 0 when there is none."""

    def history(self) -> History:
        """What was changed, by whom and why, as far as it is remembered; reading it writes nothing."""

    def notice(self, *, thoroughly: bool = False) -> bool:
        """Remember what was saved by hand since; whether there is any that nobody has examined."""

    def put_back(self, path: str, data: bytes) -> bool:
        """Whether a program that keeps versions, and no editor, put that text of a page there."""

    def copies(self, shelf: str) -> Copies:
        """The copies on a shelf: a folder beside the live pages, named by its path, whose files are never live."""

    def notices(self) -> tuple[str, ...]:
        """What repairs this store had to make, one sentence each."""


def open_one_by_one(store: Store, paths: Iterable[str]) -> Generator[tuple[str, Readable]]:
    """Page after page of a store that has no faster way."""
    for path in paths:
        try:
            file = store.open_read(path)
        except NotFound:
            continue
        with file:
            yield path, file


def revision_of(data: bytes) -> Revision:
    """The name of a page's bytes."""
    return sha256_hex(data)


def is_revision_of(expected: Revision | None, data: bytes | None) -> bool:
    """Whether a revision, of either sort, names these bytes (None: no page)."""
    if expected is None or data is None:
        return expected is None and data is None
    return expected == (log_revision(len(data), data) if "-" in expected else revision_of(data))


def one_each(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The same changes with one for each page: entries go to the end of the text or the entries before them."""
    merged: dict[str, Change] = {}
    for change in changes:
        first = merged.get(change.path)
        if first is None:
            merged[change.path] = change
        elif isinstance(change, Append) and not isinstance(first, Remove):
            merged[change.path] = replace(first, data=first.data + change.data)
        else:
            raise UsageError(f"{change.path} is changed twice in one change.", "Make one change of the two.")
    return tuple(merged.values())


_NAMES = "Name a page by its path in the memory folder, such as alerts/active-alerts."


def check_path(path: str, *, new: bool = False) -> None:
    """Refuse a page path that may leave the root; a new page's name must suit every platform too."""
    if not path or path.startswith("/") or "\0" in path:
        raise Unsafe(path, "it is not a relative path", _NAMES)
    for name in path.split("/"):
        if name in ("", ".", ".."):
            raise Unsafe(path, "a part of it is empty or made of dots", _NAMES)
        try:
            length = len(name.encode("utf-8", "surrogateescape"))
        except UnicodeEncodeError:
            # Half of a character, as JSON may name one: no file can be called so.
            raise Unsafe(path, "a name in it has half of a character") from None
        if length > LONGEST_NAME:
            raise Unsafe(path, f"a name in it is longer than {LONGEST_NAME} bytes")
        if new:
            _check_name(path, name)
    if path.split("/", 1)[0].lower() == ".cosmemory":
        raise Unsafe(path, "it belongs to cosmemory itself")


def _check_name(path: str, name: str) -> None:
    if any(character < " " or character in '\\<>:"|?*\x7f' for character in name):
        raise Unsafe(path, "a name in it has a character that not every platform can hold")
    if name[-1] in ". ":
        raise Unsafe(path, "a name in it ends with a dot or a space")
    if name.split(".", 1)[0].rstrip().lower() in WINDOWS_DEVICES:
        raise Unsafe(path, "a name in it is a device on Windows")
