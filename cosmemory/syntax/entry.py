"""The text of a log entry, written in one way by everyone who appends."""

from __future__ import annotations

from cosmemory.errors import InvalidValue
from cosmemory.syntax.escape import escape_field, escape_heading, is_empty

# What each type of event tells; settings may name more.
EVENT_TYPES = {
    "message_sent": "Message sent to agent",
    "message_received": "Message received from agent",
    "broadcast": "Broadcast sent to team",
    "team_change": "Agent joined, left, or changed role",
    "alert_triggered": "Resource alert triggered",
    "alert_resolved": "Resource alert resolved",
    "escalation": "Issue escalated",
    "decision": "Significant decision made",
    "onboarding": "Onboarding event",
    "handoff": "Project handoff event",
    "focus": "Focus of the Chief of Staff changed",
    "action": "Pending action added or moved",
    "session": "Session event",
    "agent": "Agent event",
    "meeting": "Meeting event",
    "deployment": "Deployment event",
    "run": "Run event",
    "phase": "Phase event",
    "board": "Board event",
    "metrics": "Metrics recorded",
    "checkpoint": "Checkpoint event",
    "recovery": "Recovery event",
    "conflict": "Conflict event",
}
LABELS = ("Type", "Involved", "Action", "Outcome", "Notes")
_EXTRA = frozenset(" _-/")


def event_fields(
    type_: str, involved: str, action: str, outcome: str, notes: str, extra: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The labelled values of an event: type and action always, the others where there is something to say.

    Raises InvalidValue for an extra label that is not plain words, or is one of the known ones.
    """
    kept = [("Type", type_)]
    if not is_empty(involved):
        kept.append(("Involved", involved))
    kept.append(("Action", action))
    if not is_empty(outcome):
        kept.append(("Outcome", outcome))
    if not is_empty(notes):
        kept.append(("Notes", notes))
    for label, value in extra:
        _check_label(label)
        kept.append((label, value))
    return kept


def event_entry(time: str, type_: str, involved: str, action: str, outcome: str, notes: str) -> str:
    """The entry of an event without extra labels: what entry_text makes of its event_fields."""
    every = f"{time}{type_}{involved}{action}{outcome}{notes}"
    escaped = "\\" in every or "`" in every or "&" in every or "<" in every or "|" in every
    broken = "\n" in every or "\r" in every or "\0" in every
    if escaped or broken or not (every.isascii() or every.isprintable()) or time.endswith("#"):
        return entry_text(time, event_fields(type_, involved, action, outcome, notes, []))
    # One look at all values at once has told that none needs an escape, and there is only blank space to take off.
    said = f"**Involved:** {involved.strip()}\n" if not is_empty(involved) else ""
    came = f"**Outcome:** {outcome.strip()}\n" if not is_empty(outcome) else ""
    more = f"**Notes:** {notes.strip()}\n" if not is_empty(notes) else ""
    return (
        f"### {time.strip()}\n**Type:** {type_.strip() or '-'}\n{said}"
        f"**Action:** {action.strip() or '-'}\n{came}{more}\n---\n\n"
    )


def _check_label(label: str) -> None:
    plain = all(each.isalnum() or each in _EXTRA for each in label)
    if not label.strip() or len(label) > 60 or not plain or label != label.strip():
        raise InvalidValue(f"the field {label!r}", "a name is letters, digits, space, _, - and /, at most 60")
    if label.lower() in {known.lower() for known in LABELS}:
        raise InvalidValue(
            f"the field {label!r}",
            "it has an option of its own",
            "Write cosmemory log TYPE." if label.lower() == "type" else f"Use --{label.lower()}.",
        )


def entry_text(time: str, fields: list[tuple[str, str]]) -> str:
    """One whole entry, closed by its ``---``."""
    lines = [f"### {escape_heading(time)}"]
    lines += [f"**{label}:** {escape_field(value) or '-'}" for label, value in fields]
    return "\n".join([*lines, "", "---", "", ""])
