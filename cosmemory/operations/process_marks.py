"""What names a process for good where the system tells it: the machine's boot, and the tick at which it began."""

from __future__ import annotations

import os
from functools import cache

BOOT_ID = "/proc/sys/kernel/random/boot_id"
ENDED = frozenset("ZX")  # states of a process that has ended and still has its number


def host() -> str:
    """The name of this machine: a process is looked for where it was started."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")


@cache
def boot() -> str:
    """What names this run of the machine, where the system does; empty elsewhere."""
    try:
        with open(BOOT_ID, "rb") as file:
            return file.read(8).decode("ascii", "replace")
    except OSError:
        return ""


def status_of(pid: int) -> tuple[str, int] | None:
    """The state of a process and the tick of its start; None where there is no such, or the system is silent."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            words = os.read(descriptor, 4096).rpartition(b")")[2].split()
        finally:
            os.close(descriptor)
        return words[0].decode(), int(words[19])
    except (OSError, IndexError, ValueError):
        return None


def mark_at(tick: int) -> str:
    """The mark of the process that began at a tick of this run of the machine."""
    return f"{boot()}.{tick}"


def mark_of(pid: int) -> str | None:
    """The mark of a process that runs; none where it does not, or the system names no boot."""
    status = status_of(pid) if boot() else None
    return mark_at(status[1]) if status is not None and status[0] not in ENDED else None
