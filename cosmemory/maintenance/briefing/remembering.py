"""When each session was briefed last, kept where it may be lost at any time."""

from __future__ import annotations

import json

from cosmemory.memory import Memory
from cosmemory.text.digest import sha256_hex

NAME = "briefs.json"
SESSIONS = 50
LONGEST = 200


def remembered_since(memory: Memory, session: str) -> int | None:
    """The number of the change that ``session`` was told of last; None where that is not known any more."""
    return _known(memory).get(_name(session))


def remember(memory: Memory, session: str) -> int:
    """The number of the newest change, kept as the last one that ``session`` was told of."""
    newest = next(iter(memory.store.history().revisions(limit=1)), None)
    number = newest.number if newest is not None else 0
    held = _known(memory)
    held.pop(_name(session), None)
    held[_name(session)] = number
    kept = list(held.items())[-SESSIONS:]
    memory.store.remember(NAME, json.dumps(kept).encode())
    return number


def _name(session: str) -> str:
    return session if len(session) <= LONGEST else sha256_hex(session.encode("utf-8", "surrogatepass"))


def _known(memory: Memory) -> dict[str, int]:
    """The sessions that are known, the one briefed last at the end; whatever else stands there is forgotten."""
    try:
        held = json.loads(memory.store.remembered(NAME) or b"[]")
        return {str(session): number for session, number in held if type(number) is int and number >= 0}
    except (ValueError, TypeError, RecursionError):
        return {}
