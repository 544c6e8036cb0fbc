"""One call of a hook: what happened, in which harness and session, and the memory that it concerns."""

from __future__ import annotations

import os

from cosmemory.frozen import field, frozen
from cosmemory.root import here
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cosmemory.office import Memory
    from cosmemory.reader import Reader

LONGEST_ID = 128
_NO_IDS = frozenset(["", "-", "none", "null", "n/a", "na", "nil", "current"])
# What tells one call of an event from another in one session; not every harness gives each of them.
_IDS = ("prompt_id", "turn_id", "generation_id", "agent_id", "tool_use_id", "task_id")


@frozen(kw_only=True)
class Aside:
    """What is known of a call that was put aside: its name there, its own key, who made it in which second.

    It waits for the lock no longer than ``wait``.
    """

    name: str
    key: str
    actor: str
    at: int
    wait: float


@frozen(kw_only=True)
class Call:
    """What a harness told: ``event`` is called as Claude Code calls it, and so is what is in ``payload``.

    ``told`` are the very bytes on stdin, ``native`` what the harness itself calls the event, ``began`` the nanosecond
    in which it was told. A call that was put ``aside`` comes later, and is made at most once.
    """

    harness: str
    event: str
    session: str
    payload: Mapping[str, Any]
    root: str
    native: str = ""
    told: bytes = field(default=b"", repr=False)
    began: int = 0
    aside: Aside | None = None

    def text(self, name: str) -> str:
        """A value of the payload that is to be a text; empty where it is none."""
        found = self.payload.get(name)
        return found if isinstance(found, str) else ""

    def words(self, name: str, most: int = 500) -> str:
        """The same on one line and of bounded length, with what nobody sees made visible: fit for a page."""
        from cosmemory.text.visible import visible

        return visible(" ".join(self.text(name).split()))[:most]

    @property
    def in_subagent(self) -> bool:
        """Whether it happened inside a subagent, which has no session of its own."""
        return bool(self.text("agent_id"))

    @property
    def folder(self) -> str:
        """Where the harness works: paths that it tells begin there."""
        told = self.text("cwd")
        return told if os.path.isabs(told) and "\0" not in told else here()

    @property
    def key(self) -> str:
        """What names this call among all: a call that a harness repeats has the same one."""
        parts = (self.session, *(self.text(name) for name in _IDS))
        return " ".join((self.event, *filter(None, parts)))

    @property
    def exact_key(self) -> str:
        """The same for an event without an id of its own: only a repetition byte for byte has the same one."""
        return self.aside.key if self.aside else f"{self.key} {sha256_hex(self.told)[:16]}"

    @property
    def actor(self) -> str:
        """Who the history says did it: COSMEMORY_ACTOR, else the harness."""
        return self.aside.actor if self.aside else os.environ.get("COSMEMORY_ACTOR") or self.harness

    def reader(self) -> Reader:
        """The memory for a look at it, which loads nothing that could change it."""
        from cosmemory.config import load_settings
        from cosmemory.connect import open_reader

        return open_reader(self.root, load_settings(self.root))

    def memory(self, wait: float | None = None) -> Memory:
        """The memory, whose verbs say that the harness did them, and wait for the lock no longer than ``wait``.

        Without it they wait as long as the setting ``[hooks] wait`` says. What was put aside is done once, and late.
        """
        from cosmemory.config import load_settings
        from cosmemory.connect import open_memory
        from cosmemory.document.values import time_of
        from cosmemory.frozen import replace

        settings = load_settings(self.root)
        wait = self.aside.wait if self.aside else wait
        patience = settings.hook_wait if wait is None else min(wait, settings.hook_wait)
        settings = replace(settings, lock_timeout=min(settings.lock_timeout, patience))
        message = f"session {self.session}" if self.session else ""
        memory = open_memory(self.root, actor=self.actor, message=message, settings=settings)
        if self.aside is None:
            return memory
        # Its name is in the key: of two idle members alike each is told, and neither is told twice.
        return memory.belated(time_of(self.aside.at)).once(f"{message} {self.aside.name}".lstrip())


def session_id(found: object) -> str:
    """The id of a harness's session as a page can hold it; a digest in place of one that is no plain word."""
    if not isinstance(found, str) or not found:
        return ""
    plain = found.isascii() and len(found) <= LONGEST_ID and found.lower() not in _NO_IDS
    if plain and found[0].isalnum() and all(each.isalnum() or each in "-_.:" for each in found):
        return found
    return f"id-{sha256_hex(found.encode('utf-8', 'surrogatepass'))[:16]}"
