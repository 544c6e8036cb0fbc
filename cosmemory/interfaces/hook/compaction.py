"""The context of the agent about to be cut: a checkpoint before, an event after, and no word to anybody."""

from __future__ import annotations

from cosmemory.frozen import replace
from cosmemory.interfaces.hook import notes
from cosmemory.interfaces.hook.answer import NOTHING, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call


def pre_compact(call: Call) -> Answer:
    """All pages kept in a checkpoint, unless there is a fresh one."""
    if call.in_subagent:
        return NOTHING
    if call.session:
        # Not every harness begins the session again afterwards: then the next prompt brings the brief.
        known = notes.read(call.root, call.session)
        notes.keep(call.root, call.session, replace(known, compacted=True))
    from cosmemory.maintenance.compaction import checkpoint

    checkpoint(call.memory())
    return NOTHING


def post_compact(call: Call) -> Answer:
    """An event in the log."""
    if call.in_subagent:
        return NOTHING
    from cosmemory.interfaces.hook.notices import log

    trigger = call.text("trigger")
    log(call, "session", "Context compacted", trigger if trigger in ("manual", "auto") else "")
    return NOTHING
