"""A file that is told what is done, through the standard library's logging; set aside when it gets large."""

from __future__ import annotations

import logging
import os
import time

from cosmemory.trace import LOGGERS

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # Windows, where a file that another process writes is not renamed anyway
    LOCK_EX = 0  # type: ignore[misc]

    def flock(descriptor: int, operation: int) -> None:  # type: ignore[misc]
        """No lock."""


# Beside the logger of the package: a program that listens there is not told more because a file wants more.
LOGGER = "cosmemory.file"
APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)


class Lines(logging.Handler):
    """One file, a line for each record; any number of processes may write it and set it aside."""

    def __init__(self, path: str, most: int, backups: int) -> None:
        super().__init__()
        self.path = path
        self.most = most
        self.backups = backups

    def emit(self, record: logging.LogRecord) -> None:
        """Appends the record in one write; a log that cannot be written must not stop what it tells of."""
        try:
            self._append(line_of(record).encode("utf-8", "backslashreplace"))
        except OSError:
            pass

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self.path, APPEND, 0o666)
        try:
            size = os.fstat(descriptor).st_size
            if not self.most or size == 0 or size + len(line) <= self.most:
                os.write(descriptor, line)
                return
            flock(descriptor, LOCK_EX)
            if self._is_the_file(descriptor):
                self._set_aside()
        finally:
            os.close(descriptor)
        self._append(line)

    def _is_the_file(self, descriptor: int) -> bool:
        """Whether nobody has set the file aside while we waited for the lock."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _set_aside(self) -> None:
        if not self.backups:
            os.unlink(self.path)
            return
        for number in range(self.backups - 1, 0, -1):
            if os.path.lexists(f"{self.path}.{number}"):
                os.replace(f"{self.path}.{number}", f"{self.path}.{number + 1}")
        os.replace(self.path, f"{self.path}.1")


def line_of(record: logging.LogRecord) -> str:
    """A record on one line, whatever its message holds: nobody's words may look like another record."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
    told = "".join(each if each.isprintable() else repr(each)[1:-1] for each in record.getMessage())
    return f"{moment} {record.levelname} {record.process}: {told}\n"


def tell_file(path: str, level: str, *, most: int, backups: int) -> str:
    """Lets the file at ``path`` be told from ``level`` on; gives what stands in its way, or nothing."""
    logger = logging.getLogger(LOGGER)
    for each in list(logger.handlers):
        if isinstance(each, Lines) and each.path == path:
            logger.removeHandler(each)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, APPEND, 0o666))
    except OSError as error:
        return f"{path} is not told what is done: {error.strerror or error}"
    handler = Lines(path, most, backups)
    handler.setLevel(level.upper())
    logger.addHandler(handler)
    logger.propagate = False
    # Else Python itself prints what nobody else listens to, and an error would be told twice.
    package = logging.getLogger(LOGGERS[0])
    if not package.handlers:
        package.addHandler(logging.NullHandler())
    logger.setLevel(min(each.level for each in logger.handlers if isinstance(each, Lines)))
    if LOGGER not in LOGGERS:
        LOGGERS.append(LOGGER)
    return ""
