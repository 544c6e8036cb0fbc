"""One call of a hook: what happened, in which harness and session, and the memory that it concerns."""

from __future__ import annotations

from cosmemory.frozen import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cosmemory.office import Memory


@frozen(kw_only=True)
class Call:
    """What a harness told: ``event`` is called as Claude Code calls it, whatever the harness calls it."""

    harness: str
    event: str
    session: str
    payload: Mapping[str, Any]
    root: str

    def text(self, name: str) -> str:
        """A value of the payload that is to be a text; empty where it is none."""
        found = self.payload.get(name)
        return found if isinstance(found, str) else ""

    @property
    def key(self) -> str:
        """What names this call among all: a call that a harness repeats has the same one."""
        parts = (
            self.session,
            *(self.text(name) for name in ("prompt_id", "agent_id", "tool_use_id", "task_id")),
        )
        return " ".join((self.event, *filter(None, parts)))

    def memory(self) -> Memory:
        """The memory, whose verbs say that the harness did them."""
        from cosmemory.connect import open_memory

        return open_memory(self.root, actor=self.harness)
