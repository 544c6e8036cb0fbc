"""What the status says in the same words on a terminal and in a pipe."""

from __future__ import annotations

from cosmemory.document.data import plain
from cosmemory.interfaces.cli.ages import since
from cosmemory.kinds.active_alerts import Alert
from cosmemory.maintenance.glance import Finding
from cosmemory.operations.status import Status


def focus_line(seen: Status) -> str:
    """What is being worked on, and since when."""
    focus = seen.focus
    if focus is None or not focus.primary_task:
        return "Focus: none"
    priority = f" [{plain(focus.priority)}]" if focus.priority else ""
    return f"Focus: {flat(focus.primary_task)}{priority}{since(focus.started, seen.now)}"


def alert_text(alert: Alert) -> str:
    """What an alert is about."""
    return f"{flat(alert.type)} on {flat(alert.resource)}: {flat(alert.value)}"


def findings_line(seen: Status) -> str:
    """How many findings a validation would tell."""
    counts = [
        f"{seen.findings[level]} {noun}{'s' if seen.findings[level] != 1 else ''}"
        for level, noun in (("error", "error"), ("warning", "warning"), ("info", "note"))
        if seen.findings.get(level)
    ]
    return f"Findings: {', '.join(counts) or 'none'}" + ("  (cosmemory validate)" if counts else "")


def log_line(seen: Status) -> str:
    """How large the log is, and what of it is archived."""
    rotated = f"weeks up to {seen.last_rotation} archived" if seen.last_rotation else "never rotated"
    return f"Log: {seen.log_size / 1024:.1f} KiB, {rotated}"


def glance_line(found: Finding) -> str:
    """What a glance at the memory tells, and what mends it."""
    return f"{found.severity.capitalize()}: {found.said}" + (f"  ({found.command})" if found.command else "")


def flat(text: str | None) -> str:
    """A value on one line; a dash where there is none."""
    return " ".join((text or "-").split())
