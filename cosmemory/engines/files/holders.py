"""Who holds the lock: what its file was signed with, held against what the system tells of locks and processes."""

from __future__ import annotations

import os
import time

from cosmemory.engines.files.signature import HOLDER_BYTES, boot_of, this_boot
from cosmemory.frozen import frozen

LOCKS = "/proc/locks"
ENDED = {b"Z", b"X"}
LONGEST_COMMAND = 200


@frozen(kw_only=True)
class Holder:
    """Who holds the lock: as it ``signed`` (else its number alone), in ``words``, and whether that process runs."""

    signed: str
    words: str
    alive: bool


def seen(path: str) -> Holder | None:
    """Whoever the system says holds the lock file ``path`` now; None: nobody, or it tells nothing of its locks."""
    signed = _signed(path)
    pid = _number(signed)
    sure, alike = _rows(path)
    if pid is not None and pid in {*sure, *alike} and _runs(signed):
        return Holder(signed=signed, words=in_words(signed), alive=True)
    if not sure:
        return None
    # It signs once it holds the lock, and has not come to that; or it is no cosmemory at all.
    other = sure[0]
    words = [f"process {other}"]
    if (ticks := _begun(other)) is None:
        # The lock goes with the open file, which a child may have and its parent may not survive.
        return Holder(signed=words[0], words=f"a child of {words[0]}, which has ended", alive=False)
    words += [f"`{command}`"] if (command := _command(other)) else []
    words += [f"which runs since {since}"] if (since := _moment(ticks)) else []
    return Holder(signed=words[0], words=", ".join(words), alive=True)


def supposed(path: str) -> Holder:
    """Whoever holds it in all likelihood, where that cannot be seen: who signed last, unless it has ended."""
    signed = _signed(path)
    told = in_words(signed)
    if not told:
        return Holder(signed=signed, words="another process", alive=True)
    if _runs(signed) is False:
        words = f"another process (the last that signed for it, {told}, no longer runs here)"
        return Holder(signed="another process", words=words, alive=True)
    return Holder(signed=signed, words=f"another process, most likely {told}", alive=True)


def in_words(signed: str) -> str:
    """What a holder signed as people say it: its process, its command, and since when that runs."""
    words = signed.split(" ", 9)
    if words[:1] != ["process"] or len(words) < 9 or words[6] != "host":
        return ""
    more = [f"`{each}`" for each in words[9:] if each.strip(" -")]
    if _is_elsewhere(words[7]):
        more.append(f"on {words[7]}")
    elif _runs(signed) and (since := _moment(words[3])):
        more.append(f"which runs since {since}")
    return ", ".join([f"process {words[1].partition('.')[0]}", *more])


def _signed(path: str) -> str:
    try:
        with open(path, "rb") as file:
            line = file.read(HOLDER_BYTES)
    except OSError:
        return ""
    return _printable(line.decode("utf-8", "replace").strip())


def _number(signed: str) -> int | None:
    words = signed.split(" ", 2)
    number = words[1].partition(".")[0] if words[0] == "process" and len(words) > 1 else ""
    return int(number) if number.isdecimal() else None


def _rows(path: str) -> tuple[list[int], list[int]]:
    """The processes that hold a lock on the file, and on a file of its number on what may be its device."""
    try:
        found = os.lstat(path)
        with open(LOCKS, encoding="ascii", errors="replace") as table:
            rows = [line.split() for line in table]
    except OSError:
        return [], []
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    sure, alike = [], []
    # 12: FLOCK  ADVISORY  WRITE 4711 08:01:262189 0 EOF; one that waits has an arrow behind its number.
    for row in rows:
        if len(row) == 8 and row[1] == "FLOCK" and row[4].isdecimal():
            if row[5] == place:
                sure.append(int(row[4]))
            elif row[5].rpartition(":")[2] == str(found.st_ino):
                alike.append(int(row[4]))  # some file systems tell another device here than to who asks them
    return sure, alike


def _runs(signed: str) -> bool | None:
    """Whether who signed still runs; None where that cannot be told. Numbers are used again, a start tells."""
    words = signed.split(" ", 8)
    pid = _number(signed)
    if pid is None or len(words) < 8 or _is_elsewhere(words[7]) or not words[3].isdecimal():
        return None
    if boot_of(signed.encode()) != this_boot():
        return False
    return _begun(pid) == words[3]


def _is_elsewhere(host: str) -> bool:
    return host not in (os.uname().nodename if hasattr(os, "uname") else "-", "-")


def _begun(pid: int) -> str | None:
    """When a process began, in the kernel's ticks; None where it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as status:
            words = status.read().rsplit(b")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return None if words[0] in ENDED else words[19].decode()


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as words:
            line = words.read(4 * LONGEST_COMMAND)
    except OSError:
        return ""
    return _printable(line.decode("utf-8", "replace").replace("\0", " ").strip())[:LONGEST_COMMAND]


def _moment(ticks: str) -> str:
    """The moment that the kernel counts in ticks since the machine started; nothing where it cannot be told."""
    from cosmemory.clock import format_time

    try:
        with open("/proc/uptime", encoding="ascii") as uptime:
            up = float(uptime.read().split()[0])
        return format_time(int(time.time() - up + int(ticks) / os.sysconf("SC_CLK_TCK")))
    except (OSError, ValueError, AttributeError):
        return ""


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
