"""The token that a client shows over HTTP: from the environment, or made once and kept where only its owner reads."""

from __future__ import annotations

import hmac
import os
import secrets
import stat

from cosmemory.connect import open_memory
from cosmemory.errors import NotSaved, UsageError
from cosmemory.frozen import frozen

VARIABLE = "COSMEMORY_MCP_TOKEN"
FILE = os.path.join(".cosmemory", "mcp-token")
SHORTEST = 16
MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
LOOK = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)


@frozen(kw_only=True)
class Token:
    """A token, and where a person finds it."""

    text: str
    place: str

    def is_shown_by(self, header: str) -> bool:
        """Whether an Authorization header bears it; every wrong one takes as long to tell as any other."""
        scheme, _, given = header.partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self.text.encode())
        return same and scheme.lower() == "bearer"


def token_of(root: str, *, given: str | None) -> Token:
    """The token that was ``given``, else the one that the memory keeps, made where there is none.

    Raises UsageError for one that is too easily guessed or that others can read, NotSaved where none can be kept.
    """
    if given is not None:
        return _fit(given, VARIABLE)
    path = os.path.join(root, FILE)
    try:
        return _kept(path)
    except FileNotFoundError:
        pass
    _make_folder(root)
    made = secrets.token_urlsafe(32)
    try:
        descriptor = os.open(path, MAKE, 0o600)
    except FileExistsError:
        return _kept(path)  # another server made it meanwhile
    except OSError as error:
        raise NotSaved(path, f"{error.strerror}; set {VARIABLE} instead") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{made}\n")
    return Token(text=made, place=path)


def _make_folder(root: str) -> None:
    """Cosmemory's own folder made as a writer makes it: a token that git took along would be everybody's."""
    ignored = os.path.join(root, os.path.dirname(FILE), ".gitignore")
    if not os.path.lexists(ignored):
        with open_memory(root).store.writing():
            pass
    if not os.path.lexists(ignored):
        raise UsageError(
            f"{os.path.dirname(ignored)} is not ignored by git, and a token there could be told to everybody.",
            f"Write * into {ignored}, or set {VARIABLE}.",
        )


def _kept(path: str) -> Token:
    descriptor = os.open(path, LOOK)
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        mode = os.fstat(file.fileno()).st_mode
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UsageError(f"{path} can be read by others.", f"Delete it, or chmod 600 {path}.")
        return _fit(file.read(), path)


def _fit(text: str, place: str) -> Token:
    found = text.strip()
    if len(found) < SHORTEST or not found.isascii() or not found.isprintable() or " " in found:
        raise UsageError(
            f"The token in {place} is too short, or no plain word.", f"It has {SHORTEST} characters or more."
        )
    return Token(text=found, place=place)
