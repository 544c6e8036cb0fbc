"""How a holder signs the lock file: one padded line that tells it from every other process, of any host and boot."""

from __future__ import annotations

import os
import sys

HOLDER_BYTES = 256


def signed(number: int) -> bytes:
    """This holder, in one padded line: process id, its start time (ids are used again), boot, host, command."""
    try:
        with open("/proc/self/stat", "rb") as status:
            started = status.read().rsplit(b")", 1)[1].split()[19].decode()
    except OSError:
        started = "-"
    boot = this_boot().decode()
    host = os.uname().nodename if hasattr(os, "uname") else "-"
    command = " ".join([os.path.basename(sys.argv[0]) if sys.argv else "", *sys.argv[1:]])
    text = f"process {os.getpid()}.{number} started {started} boot {boot} host {host} command {command}"
    text = "".join(character if character.isprintable() else "?" for character in text)
    line = text.encode("utf-8", "replace")[: HOLDER_BYTES - 1]
    return line.ljust(HOLDER_BYTES - 1) + b"\n"


def this_boot() -> bytes:
    """What tells this boot of the machine from others."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as identity:
            return identity.read(8)
    except OSError:
        return b"-"


def boot_of(record: bytes) -> bytes:
    """The boot of the machine that a holder signed under; nothing where it could not tell."""
    words = record[:HOLDER_BYTES].split(b" ", 6)
    return words[5] if len(words) > 6 and words[4] == b"boot" else b""
