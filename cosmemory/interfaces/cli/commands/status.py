"""The command that shows everything that matters on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cosmemory.document.data import event_data, plain
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.ages import age, since
from cosmemory.interfaces.cli.commands.events import event_line
from cosmemory.interfaces.cli.declared import command
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import reading, session_of
from cosmemory.operations.status import Status, is_overdue, look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen()
class Line:
    """One line of the screen and how a terminal colours it."""

    text: str
    style: str = ""


@command()
@reading
def status(**options: Any) -> None:
    """Show focus, actions, alerts, team and events on one screen."""
    session = session_of(options)
    seen = look(session.memory())
    if session.as_json:
        print_json("status", _data(seen))
        return
    for line in _screen(seen):
        if line.style and _colours():
            import click

            click.echo(click.style(line.text, **_STYLES[line.style]))
        else:
            print_text(line.text)


_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "bad": {"fg": "red"},
    "warn": {"fg": "yellow"},
    "quiet": {"dim": True},
}


def _colours() -> bool:
    import os
    import sys

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _data(seen: Status) -> dict[str, Any]:
    held = {name: plain(getattr(seen, name)) for name in ("focus", "actions", "alerts", "team")}
    return {
        **held,
        "events": [event_data(event, "coordination-log") for event in seen.events],
        "findings": {level: seen.findings.get(level, 0) for level in ("error", "warning", "info")},
        "log_size": seen.log_size,
        "last_rotation": seen.last_rotation,
        "missing": list(seen.missing),
    }


def _screen(seen: Status) -> Iterator[Line]:
    yield from _focus(seen)
    yield Line("")
    yield from _block("Open actions", "none", _actions(seen))
    yield from _block("Open alerts", "none", _alerts(seen))
    yield from _block("Team", "nobody", _team(seen))
    yield from _block("Last events", "none", (Line(f"  {event_line(event)}") for event in seen.events))
    yield from _foot(seen)


def _focus(seen: Status) -> Iterator[Line]:
    focus = seen.focus
    if focus is None or not focus.primary_task:
        yield Line("Focus: none", "title")
        return
    priority = f" [{plain(focus.priority)}]" if focus.priority else ""
    yield Line(f"Focus: {_flat(focus.primary_task)}{priority}{since(focus.started, seen.now)}", "title")


def _block(title: str, nothing: str, lines: Iterable[Line]) -> Iterator[Line]:
    held = list(lines)
    yield Line(f"{title}: {nothing}" if not held else f"{title} ({len(held)})", "title")
    yield from held


def _actions(seen: Status) -> Iterator[Line]:
    for each in seen.actions:
        late = is_overdue(each, seen.now)
        due = f", due {plain(each.deadline)}" if each.deadline else ""
        told = f"  {each.id or '-'}  {_flat(each.action)}  ({plain(each.priority) or '-'}, {plain(each.status) or '-'}{due})"
        yield Line(told + (" OVERDUE" if late else ""), "bad" if late else "")


def _alerts(seen: Status) -> Iterator[Line]:
    for each in seen.alerts:
        severity = str(plain(each.severity) or "-")
        told = f"  {each.id}  {severity}  {_flat(each.type)} on {_flat(each.resource)}: {_flat(each.value)}"
        told += f" ({plain(each.status) or '-'}{since(each.triggered, seen.now)})"
        yield Line(told, "bad" if severity in {"critical", "emergency"} else "warn")


def _team(seen: Status) -> Iterator[Line]:
    width = max((len(_flat(each.session_name)) for each in seen.team), default=0)
    for each in seen.team:
        last = f", seen {age(each.last_seen, seen.now)}" if isinstance(each.last_seen, datetime) else ""
        task = f": {_flat(each.current_task)}" if each.current_task else ""
        yield Line(f"  {_flat(each.session_name).ljust(width)}  {plain(each.status) or '-'}{last}{task}")


def _foot(seen: Status) -> Iterator[Line]:
    counts = [
        f"{seen.findings[level]} {level}{'s' if seen.findings[level] != 1 else ''}"
        for level in ("error", "warning", "info")
        if seen.findings.get(level)
    ]
    yield Line("")
    bad = bool(seen.findings.get("error"))
    told = ", ".join(counts) or "none"
    yield Line(f"Findings: {told}" + ("  (cosmemory validate)" if counts else ""), "bad" if bad else "quiet")
    rotated = f"weeks up to {seen.last_rotation} archived" if seen.last_rotation else "never rotated"
    yield Line(f"Log: {seen.log_size / 1024:.1f} KiB, {rotated}", "quiet")
    for path in seen.missing:
        yield Line(f"Missing: {path}  (cosmemory init makes it)", "warn")


def _flat(text: str | None) -> str:
    return " ".join((text or "-").split())
