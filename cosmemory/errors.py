"""Every promise that can break, as an exception of one sentence; the facts are attributes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class CosmemoryError(Exception):
    """A promise that could not be kept: `str()` is one sentence, `hint` the remedy."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        # What people ask and other programs say ends in a mark of its own, and a sentence does not end twice.
        ended = message[:-1] if message[-2:] in {"..", "?.", "!."} and message[-3:] != "..." else message
        super().__init__(ended)
        self.hint = hint


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """The hint for a name that nobody knows: the nearest one there is, else what may be done instead."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1)
    return f"Did you mean {close[0]!r}?" if close else otherwise


class Conflict(CosmemoryError):
    """A page that is no longer the one the writer had read."""

    code = "conflict"

    def __init__(self, path: str, expected: str | None, found: str | None) -> None:
        super().__init__(
            f"{path} is {_state(found)}, but the change was made for {_meant(expected)}.",
            "Read the page again and repeat the change; nothing was written.",
        )
        self.path = path
        self.expected = expected
        self.found = found


class EditedMeanwhile(Conflict):
    """A page that somebody without our lock, an editor, saved between our read and our write."""

    def __init__(self, path: str, expected: str | None, found: str | None) -> None:
        super().__init__(path, expected, found)
        self.args = (f"{path} was saved by another program while it was being changed; their text was kept.",)


class Locked(CosmemoryError):
    """A memory whose one lock somebody else held for the whole of a bounded wait."""

    code = "locked"

    def __init__(self, holder: str, waited: float, told: str = "") -> None:
        super().__init__(
            f"The memory is locked by {told or holder or 'another process'}, after waiting {waited:.1f} s.",
            "Try again when it has finished; the lock is free as soon as that process ends.",
        )
        self.holder = holder
        self.waited = waited


class NotFound(CosmemoryError):
    """Something that was asked for by name and is not there."""

    code = "not-found"

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what} was not found.", hint)
        self.what = what


def no_page(path: str) -> NotFound:
    """What is said of a page that is not there: to begin it anew where it was lost would hide the loss."""
    return NotFound(
        f"The page {path}", "cosmemory repair brings a lost page back; cosmemory init makes what never was."
    )


class Damaged(CosmemoryError):
    """A place on a page that cannot be changed safely until it is repaired."""

    code = "damaged"

    def __init__(self, path: str, line: int, reason: str, hint: str = "") -> None:
        page = path.removesuffix(".md")
        hint = hint or f"cosmemory repair {page} shows what mends it; cosmemory validate shows each place."
        super().__init__(f"{path}:{line} is damaged: {reason}.", hint)
        self.path = path
        self.line = line
        self.reason = reason


class IllegalTransition(CosmemoryError):
    """A step that a status may not take."""

    code = "illegal-transition"

    def __init__(self, what: str, current: str, wanted: str, legal: Iterable[str], hint: str = "") -> None:
        self.legal = tuple(legal)
        told = f"{what} is {current}"
        told += " already" if wanted == current else f" and cannot become {wanted}"
        told += f"; it can become {', '.join(self.legal)}" if self.legal else ""
        super().__init__(f"{told}.", hint)
        self.what = what
        self.current = current
        self.wanted = wanted


class InvalidValue(CosmemoryError):
    """A value that its field cannot hold."""

    code = "invalid-value"

    def __init__(self, what: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{what} is not valid: {reason}.", hint)
        self.what = what
        self.reason = reason


class Refused(CosmemoryError):
    """An operation that the memory, as it stands, does not allow."""

    code = "refused"


class DoneAlready(Refused):
    """A call that came once more, under the same key, after its change was made; the history tells of that by ``message``."""

    code = "done-already"

    def __init__(self, operation: str, key: str, message: str = "") -> None:
        super().__init__(f"{operation} was done already, under the key {key}; nothing was changed.")
        self.operation = operation
        self.key = key
        self.message = message or key


class KeyUsed(Refused):
    """A call under a key that another call was made under: it is no repetition, and must not be taken for one."""

    code = "key-used"

    def __init__(self, key: str, operation: str) -> None:
        super().__init__(
            f"The key {key} was used for another call already ({operation}); nothing was changed.",
            "Use a fresh key for this one.",
        )
        self.key = key
        self.operation = operation


class StaleVersion(Refused):
    """A change that was made for another version of a shared value than the one that stands."""

    code = "stale-version"

    def __init__(self, key: str, expected: int, found: int) -> None:
        super().__init__(
            f"{key} on the board {_version(found)}, but the change was made for {_version_meant(expected)}.",
            "Read it again and repeat the change; nothing was written.",
        )
        self.key = key
        self.expected = expected
        self.found = found


class TimedOut(CosmemoryError):
    """Something that was waited for and did not come in time."""

    code = "timed-out"

    def __init__(self, what: str, waited: float) -> None:
        super().__init__(f"{what} did not come within {waited:g} s.")
        self.what = what
        self.waited = waited


class UsageError(CosmemoryError):
    """A command or call that was not meant this way."""

    code = "usage"
    exit_code = 2


class ConfigError(CosmemoryError):
    """A setting that cannot be used."""

    code = "config"
    exit_code = 2

    def __init__(self, file: str, key: str, reason: str, hint: str = "") -> None:
        place = f"{file}: {key}" if key else file
        super().__init__(f"{place}: {reason}.", hint)
        self.file = file
        self.key = key
        self.reason = reason


class NotSaved(CosmemoryError):
    """A write that the disk refused, so that nothing of it is promised."""

    code = "not-saved"
    exit_code = 2

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} was not saved: {reason}.")
        self.path = path
        self.reason = reason


class NotRead(CosmemoryError):
    """Something that is there and that the disk does not give."""

    code = "not-read"
    exit_code = 2

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} cannot be read: {reason}.")
        self.path = path
        self.reason = reason


class ReadOnly(CosmemoryError):
    """A memory that may be read but not written."""

    code = "read-only"
    exit_code = 2

    def __init__(self, reason: str) -> None:
        super().__init__(f"The memory is read-only: {reason}.")
        self.reason = reason


class Unsafe(CosmemoryError):
    """A path that would lead out of the memory or onto something that is no plain file."""

    code = "unsafe-path"
    exit_code = 2

    def __init__(self, path: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{path!r} is not a safe path: {reason}.", hint)
        self.path = path
        self.reason = reason


class NoMemory(CosmemoryError):
    """A search for a memory folder that found none."""

    code = "no-memory"
    exit_code = 2


def _state(revision: str | None) -> str:
    return "absent" if revision is None else f"at revision {revision[:12]}"


def _meant(revision: str | None) -> str:
    return "a page that does not exist yet" if revision is None else f"revision {revision[:12]}"


def _version(number: int) -> str:
    return f"is at version {number}" if number else "is not there"


def _version_meant(number: int) -> str:
    return f"version {number}" if number else "a key that does not exist yet"
