"""The calls through which the engine changes a disk, each one seen, refused or made the last before it happens."""

from __future__ import annotations

import errno
import os
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from cosmemory.engines.files import copies, replace, salvage

CHANGING = (
    "write",
    "pwrite",
    "fsync",
    "rename",
    "replace",
    "link",
    "unlink",
    "ftruncate",
    "mkdir",
    "rmdir",
    "fchmod",
    "fchown",
)
READING = ("pread", "stat", "lstat", "fstat", "scandir", "close")
KILLED = 77
Seen = Callable[[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]


@contextmanager
def seen(handler: Seen, *, reads: bool = False) -> Iterator[None]:
    """Within, `handler(name, call, arguments, options)` stands in for every call that changes the disk.

    Opening counts when it may create; with `reads`, every other opening, look, reading and closing counts.
    """

    def through(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments, **options: handler(name, real, arguments, options)

    real_open = os.open

    def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_CREAT or (reads and not str(path).startswith(("/proc", "/dev/null"))):
            return int(handler("open", real_open, (path, flags, mode), {"dir_fd": dir_fd}))
        return real_open(path, flags, mode, dir_fd=dir_fd)

    names = CHANGING + (READING if reads else ())
    exchange = through("exchange", replace.exchange)
    calls = {name: through(name, getattr(os, name)) for name in names}
    with (
        patch.multiple(os, open=opened, **calls),
        patch.object(replace, "exchange", exchange),
        patch.object(salvage, "exchange", exchange),
        patch.object(copies, "sync_all", through("sync_all", copies.sync_all)),
    ):
        yield


def killed_at(step: int, action: Callable[[Callable[[], None]], None], *, torn: bool) -> tuple[bool, int]:
    """Run an action in a child that dies before its call number `step`; whether it died, and what it acknowledged.

    `action` calls its argument for every acknowledgement. When `torn`, a write gets half of its bytes out first.
    """
    count = 0

    def handler(
        name: str, call: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        nonlocal count
        if count == step:
            if torn and name in ("write", "pwrite"):
                call(arguments[0], arguments[1][: len(arguments[1]) // 2], *arguments[2:])
            os._exit(KILLED)
        count += 1
        return call(*arguments, **options)

    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of a test runner take no lock of ours
        child = os.fork()
    if child == 0:
        say = os.write
        try:
            with seen(handler):
                action(lambda: say(writer, b".") and None)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001
            say(2, repr(error).encode())
            os._exit(1)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    acknowledged = len(os.read(reader, 1000))
    os.close(reader)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED), f"the child ended with {code}"
    return code == KILLED, acknowledged


class Faults:
    """Calls refused by number: one of them, or that and all after it; `count` says how many there were."""

    def __init__(self, at: int, number: int, *, on: bool) -> None:
        self.at = at
        self.number = number
        self.on = on
        self.count = 0

    def __call__(
        self, name: str, call: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        number = self.count
        self.count += 1
        if number == self.at or (self.on and number > self.at):
            if name == "close":
                call(*arguments)  # a descriptor is gone even when that is refused
            raise OSError(self.number, os.strerror(self.number))
        return call(*arguments, **options)


class ShortWrites:
    """Writes that take a part of what they are given, as full disks and signals make them do."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def __call__(
        self, name: str, call: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if name in ("write", "pwrite") and len(arguments[1]) > 1:
            taken = arguments[1][: self.random.randrange(1, len(arguments[1]))]
            return call(arguments[0], taken, *arguments[2:], **options)
        return call(*arguments, **options)


REFUSALS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EIO,
    errno.EINTR,
    errno.EACCES,
    errno.EROFS,
    errno.EMFILE,
)
