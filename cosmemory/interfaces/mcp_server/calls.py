"""The call that is being answered: which memory it is about, and who makes it. A model can set neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cosmemory.connect import open_memory
from cosmemory.errors import UsageError
from cosmemory.frozen import frozen
from cosmemory.kinds import LOG_PATH
from cosmemory.office import Memory
from cosmemory.store import Stored
from cosmemory.text.digest import log_revision

LONGEST_KEY = 200
NOBODY = "mcp"


@frozen(kw_only=True)
class Place:
    """The memory that a server serves, and in whose name; without an ``actor`` each client is its own.

    ``call`` says which call is being answered, in the same words whenever it is repeated.
    """

    root: str
    actor: str = ""
    call: str = ""


_place: ContextVar[Place] = ContextVar("place")


@contextmanager
def called(place: Place, client: str = "", call: str = "") -> Iterator[None]:
    """The time in which a ``call`` of the client of that name is answered; threads begun in it know of it."""
    actor = place.actor or " ".join(filter(str.isprintable, client.split()))[:LONGEST_KEY] or NOBODY
    token = _place.set(Place(root=place.root, actor=actor, call=call))
    try:
        yield
    finally:
        _place.reset(token)


def memory(key: str = "") -> Memory:
    """The memory as it stands now; with a ``key`` each of its verbs is done at most once, and for this call alone.

    It is opened anew for every call, so that nothing that changed on disk meanwhile is missed.
    """
    place = _place.get()
    opened = open_memory(place.root, actor=place.actor)
    if not key:
        return opened
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise UsageError(
            f"An idempotency_key has at most {LONGEST_KEY} characters, on one line.",
            "A random word is best, the same one when the same call is repeated.",
        )
    return opened.once(key, place.call)


def revision_of(stored: Stored | None) -> str:
    """What names a page as it stands; a log as the history names it, which has no hash of all of it."""
    if stored is None:
        return ""
    return log_revision(len(stored.data), stored.data) if stored.path == LOG_PATH else stored.revision
