"""What only the log is told of: notifications, and turns that failed."""

from __future__ import annotations

from contextlib import suppress

from cosmemory.errors import DoneAlready
from cosmemory.interfaces.hook.answer import NOTHING, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call

IDLE = "idle_prompt"  # it says only that the user has not answered yet, again and again


def log(call: Call, kind: str, action: str, outcome: str = "", notes: str = "") -> None:
    """An event in the log, once however often the harness tells of it."""
    from cosmemory.kinds.coordination_log import Event

    memory = call.memory()
    event = Event(
        time=memory.now(),
        type=kind,
        involved=call.harness,
        action=action,
        outcome=outcome or None,
        notes=notes or None,
    )
    with suppress(DoneAlready):
        memory.once(call.exact_key).log(event)


def notification(call: Call) -> Answer:
    """What the harness notified the user of."""
    kind = call.text("notification_type")
    if kind != IDLE:
        title = call.words("title", 100) or call.words("notification_type", 100)
        log(call, "session", f"Notified: {title}" if title else "Notified", call.words("message"))
    return NOTHING


def stop_failure(call: Call) -> Answer:
    """A turn that ended in an error of the harness or of the model's provider."""
    log(call, "escalation", "A turn failed", call.words("error"), call.words("error_details"))
    return NOTHING
