"""The command that shows everything that matters on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cosmemory.document.data import event_data, plain
from cosmemory.interfaces.cli.ages import age, since
from cosmemory.interfaces.cli.declared import command
from cosmemory.interfaces.cli.event_lines import event_line
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text
from cosmemory.interfaces.cli.session import reading, session_of
from cosmemory.interfaces.cli.status_texts import (
    alert_text,
    findings_line,
    flat,
    focus_line,
    glance_line,
    log_line,
)
from cosmemory.maintenance.glance import Finding, glance
from cosmemory.operations.status import Status, is_overdue, look
from cosmemory.rules.rule import INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@reading
def status(**options: Any) -> None:
    """Show focus, actions, alerts, team and events on one screen."""
    session = session_of(options)
    memory = session.memory()
    seen = look(memory)
    glanced = [each for each in glance(memory) if each.severity != INFO]
    if session.as_json:
        from dataclasses import asdict

        print_json("status", {**_data(seen), "health": [asdict(each) for each in glanced]})
        return
    if on_terminal():
        from cosmemory.interfaces.cli.status_screen import screen
        from cosmemory.interfaces.cli.terminal import show

        show(screen(seen, glanced))
        return
    for line in _lines(seen, glanced):
        print_text(line)


def _data(seen: Status) -> dict[str, Any]:
    from dataclasses import asdict

    held = {name: plain(getattr(seen, name)) for name in ("focus", "actions", "alerts", "team")}
    return {
        **held,
        "under_way": [asdict(each) for each in seen.under_way],
        "events": [event_data(event, "coordination-log") for event in seen.events],
        "findings": {level: seen.findings.get(level, 0) for level in ("error", "warning", "info")},
        "log_size": seen.log_size,
        "last_rotation": seen.last_rotation,
        "missing": list(seen.missing),
    }


def _lines(seen: Status, glanced: Iterable[Finding]) -> Iterator[str]:
    yield focus_line(seen)
    yield ""
    yield from _block("Open actions", "none", _actions(seen))
    yield from _block("Open alerts", "none", _alerts(seen))
    if seen.under_way:
        yield from _block("Under way", "nothing", _under_way(seen))
    yield from _block("Team", "nobody", _team(seen))
    yield from _block("Last events", "none", (f"  {event_line(event)}" for event in seen.events))
    yield ""
    yield findings_line(seen)
    yield log_line(seen)
    for found in glanced:
        yield glance_line(found)


def _block(title: str, nothing: str, lines: Iterable[str]) -> Iterator[str]:
    held = list(lines)
    yield f"{title}: {nothing}" if not held else f"{title} ({len(held)})"
    yield from held


def _actions(seen: Status) -> Iterator[str]:
    for each in seen.actions:
        due = f", due {plain(each.deadline)}" if each.deadline else ""
        sort = f"{plain(each.priority) or '-'}, {plain(each.status) or '-'}{due}"
        late = " OVERDUE" if is_overdue(each, seen.now) else ""
        yield f"  {each.id or '-'}  {flat(each.action)}  ({sort}){late}"


def _alerts(seen: Status) -> Iterator[str]:
    for each in seen.alerts:
        told = f"  {each.id}  {plain(each.severity) or '-'}  {alert_text(each)}"
        yield f"{told} ({plain(each.status) or '-'}{since(each.triggered, seen.now)})"


def _under_way(seen: Status) -> Iterator[str]:
    width = max(len(each.noun) for each in seen.under_way)
    for each in seen.under_way:
        text = f": {flat(each.text)}" if each.text else ""
        yield f"  {each.noun.ljust(width)}  {flat(each.key)}, {flat(each.state)}{text}"


def _team(seen: Status) -> Iterator[str]:
    width = max((len(flat(each.session_name)) for each in seen.team), default=0)
    for each in seen.team:
        last = f", seen {age(each.last_seen, seen.now)}" if isinstance(each.last_seen, datetime) else ""
        task = f": {flat(each.current_task)}" if each.current_task else ""
        yield f"  {flat(each.session_name).ljust(width)}  {plain(each.status) or '-'}{last}{task}"
