"""Calls put aside because the memory could not be written, each in a file of its own, until a later one writes them.

They stand in ``.cosmemory/hooks-waiting/``, put there without the memory's lock. A name begins with the nanosecond of
its call, so that names sort as the calls came, and bears the digest of its file, which tells whether that is whole.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager, suppress

from cosmemory import clock
from cosmemory.engines.files import folder, litter
from cosmemory.engines.files.disk import let_go, read_all, write_all
from cosmemory.engines.files.lock import FOLDER, try_lock
from cosmemory.errors import ConfigError, Conflict, CosmemoryError, Locked, NotRead, NotSaved, ReadOnly
from cosmemory.interfaces.hook.answer import Answer
from cosmemory.interfaces.hook.call import Aside, Call
from cosmemory.interfaces.hook.events import KEPT, SHELF
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MOST, LARGEST, LONGEST = 1000, 1 << 16, 4096
LEFT = 60  # seconds after which a file that is still being written is nobody's
PAUSE = 0.005
# What passes by itself, or once somebody has seen to it: the call is good, and will be made then.
PASSING = (Locked, NotSaved, NotRead, ReadOnly, Conflict, ConfigError, OSError, MemoryError)
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_TURN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_END = ".json"
AFTERWARDS = "This {} is put aside, and written with a later event."


def kept(call: Call, error: Exception) -> Answer:
    """What is said where ``error`` kept a call from being written: it is put aside.

    Raises ``error`` where that does not pass.
    """
    if call.event not in KEPT or not isinstance(error, PASSING):
        raise error
    said = str(error) if isinstance(error, CosmemoryError) else f"{type(error).__name__}: {error}."
    return Answer(notice=f"{said} {put(call)}")


def put(call: Call) -> str:
    """Puts a call aside, durably; what is to be told of it."""
    reason = refused(call)
    if reason:
        return f"This {call.event} is lost: {reason}."
    return AFTERWARDS.format(call.event)


def refused(call: Call) -> str:
    """Puts a call aside, durably; why that cannot be, empty where it is done."""
    try:
        data = _written(call)
        if len(data) > LARGEST:
            return "it tells too much to be put aside"
        shelf = _opened(call.root)
        try:
            names = _names(shelf)
            if len(names) >= MOST:
                return f"{MOST} events wait to be written already"
            _put(shelf, f"{_turn_of(call, names):020d}-{sha256_hex(data)[:16]}{_END}", data)
        finally:
            let_go(shelf)
    except (OSError, CosmemoryError) as error:
        return f"it could not be put aside either ({getattr(error, 'strerror', None) or error})"
    return ""


def _turn_of(call: Call, names: list[str]) -> int:
    """The nanosecond of a call; where one that waits is of the future the clock was set back, and it comes after that."""
    told = (each[:20] for each in names if each[20:21] == "-")
    newest = max((int(each) for each in told if each.isdecimal() and each.isascii()), default=0)
    return newest + 1 if time.time_ns() < newest < 10**19 else call.began


def _written(call: Call) -> bytes:
    """A call as its file says it: of its payload the plain values, which are all that its handlers ask for."""
    plain = {
        name: value[:LONGEST] if isinstance(value, str) else value
        for name, value in call.payload.items()
        if isinstance(value, str | int)
    }
    frozen = os.environ.get("COSMEMORY_NOW")
    told = {
        "harness": call.harness,
        "event": call.event,
        "session": call.session,
        "actor": call.actor,
        "at": clock.now() if frozen else call.began // 1_000_000_000,
        "key": call.exact_key,
        "payload": plain,
    }
    return json.dumps(told, indent=1).encode() + b"\n"


def _opened(root: str) -> int:
    if not os.path.lexists(f"{root}/{FOLDER}"):
        folder.create_own_folder(root, FOLDER)
    return folder.enter(root, SHELF.split("/"), make=True)


def _put(shelf: int, name: str, data: bytes) -> None:
    temporary = f"{litter.PREFIX}{name}-{os.getpid()}{litter.SUFFIX}"
    mode = os.fstat(shelf).st_mode & 0o666
    try:
        descriptor = os.open(temporary, _MAKE, mode, dir_fd=shelf)
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(temporary, name, src_dir_fd=shelf, dst_dir_fd=shelf)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=shelf)
        raise
    with suppress(OSError):
        os.fsync(shelf)  # it is there; where this is refused, a power cut may take it still


def _names(shelf: int) -> list[str]:
    return sorted(each for each in os.listdir(shelf) if each.endswith(_END))


@contextmanager
def turn(root: str, patience: float) -> Iterator[int]:
    """The folder of what waits, open for the one who writes it, others kept out; -1 where somebody else is at it."""
    shelf, own = folder.enter(root, SHELF.split("/")), -1
    try:
        own = os.open("turn", _TURN, os.fstat(shelf).st_mode & 0o666, dir_fd=shelf)
        limit = time.monotonic() + patience
        while not (first := try_lock(own)) and time.monotonic() < limit:
            time.sleep(PAUSE)
        yield shelf if first else -1
    finally:
        if own >= 0:
            let_go(own)  # which gives the turn to others, as the end of a killed process does
        let_go(shelf)


def oldest(shelf: int, but: frozenset[str]) -> str:
    """The name of the call that waits longest, of those that were not tried yet; empty where none is left."""
    return next((each for each in _names(shelf) if each not in but), "")


def read(shelf: int, name: str, root: str, wait: float) -> Call | None:
    """A call as it was put aside; None for a file that is damaged. Raises OSError."""
    descriptor = os.open(name, _READ, dir_fd=shelf)
    try:
        data = read_all(descriptor)
    finally:
        let_go(descriptor)
    if name[21 : -len(_END)] != sha256_hex(data)[:16]:
        return None
    try:
        return _call(json.loads(data), name, root, wait)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # whole, but of another release


def _call(told: dict[str, Any], name: str, root: str, wait: float) -> Call | None:
    words = [told[each] for each in ("harness", "event", "session", "actor", "key")]
    at, payload = told["at"], told["payload"]
    if not all(isinstance(each, str) for each in words) or type(at) is not int or type(payload) is not dict:
        return None
    harness, event, session, actor, key = words
    aside = Aside(name=name, key=key, actor=actor, at=at, wait=wait)
    return (
        Call(harness=harness, event=event, session=session, payload=payload, root=root, aside=aside)
        if event in KEPT
        else None
    )


def drop(shelf: int, name: str) -> None:
    """Takes away a call that is written, or cannot be."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=shelf)


def clear(shelf: int) -> None:
    """Takes away what a killed process left half written."""
    with suppress(OSError):
        for name in filter(litter.is_temporary, os.listdir(shelf)):
            if os.stat(name, dir_fd=shelf, follow_symlinks=False).st_mtime < time.time() - LEFT:
                os.unlink(name, dir_fd=shelf)
