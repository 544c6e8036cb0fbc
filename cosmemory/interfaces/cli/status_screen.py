"""The status on a terminal: every list in columns that fit, what is urgent in colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from cosmemory.document.data import plain
from cosmemory.interfaces.cli.ages import age
from cosmemory.interfaces.cli.event_lines import event_cells
from cosmemory.interfaces.cli.status_texts import (
    alert_text,
    findings_line,
    flat,
    focus_line,
    glance_line,
    log_line,
)
from cosmemory.interfaces.cli.terminal import Cell, prose, styled, table
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import Action
from cosmemory.maintenance.glance import Finding
from cosmemory.operations.status import Status, is_overdue
from cosmemory.rules.rule import ERROR

_STYLES = {
    "critical": "bad",
    "emergency": "bad",
    "high": "warn",
    "warning": "warn",
    "low": "quiet",
    "blocked": "warn",
    "active": "good",
    "in_progress": "good",
}


def screen(seen: Status, glanced: Sequence[Finding]) -> Iterator[str]:
    """The lines of the screen."""
    yield from prose(focus_line(seen), "title")
    yield ""
    yield from _block("Open actions", "none", [_action(each, seen.now) for each in seen.actions])
    yield from _block(
        "Open alerts",
        "none",
        [
            [(flat(each.id), "name"), _word(each.severity), (_word(each.status)[0], ""),
             (_age(each.triggered, seen.now), "quiet"), (alert_text(each), "")]
            for each in seen.alerts
        ],
    )  # fmt: skip
    if seen.under_way:
        yield from _block(
            "Under way",
            "nothing",
            [
                [
                    (each.noun, "quiet"),
                    (flat(each.key), "name"),
                    (flat(each.state), "good"),
                    (flat(each.text), ""),
                ]
                for each in seen.under_way
            ],
        )
    yield from _block(
        "Team",
        "nobody",
        [
            [(flat(each.session_name), "name"), _word(each.status), (f"seen {_age(each.last_seen, seen.now)}", "quiet"),
             (flat(each.current_task), "")]
            for each in seen.team
        ],
    )  # fmt: skip
    yield from _block("Last events", "none", [_event(each, seen.now) for each in seen.events])
    yield ""
    yield from _foot(seen, glanced)


def _foot(seen: Status, glanced: Sequence[Finding]) -> Iterator[str]:
    worst = next((level for level in ("error", "warning") if seen.findings.get(level)), "")
    yield from prose(findings_line(seen), {"error": "bad", "warning": "warn"}.get(worst, "quiet"))
    yield from prose(log_line(seen), "quiet")
    for found in glanced:
        yield from prose(glance_line(found), "bad" if found.severity == ERROR else "warn")


def _block(title: str, nothing: str, rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    yield styled(f"{title} ({len(rows)})" if rows else f"{title}: {nothing}", "title")
    yield from table(rows, indent="  ")


def _action(action: Action, now: datetime) -> list[Cell]:
    late = is_overdue(action, now)
    due = age(action.deadline, now) if isinstance(action.deadline, datetime) else plain(action.deadline)
    told = f"{'OVERDUE' if late else 'due'} {due}" if due else "-"
    return [
        (action.id or "-", "name"),
        _word(action.priority),
        _word(action.status),
        (told, "bad" if late else "quiet"),
        (flat(action.action), ""),
    ]


def _event(event: Event, now: datetime) -> list[Cell]:
    return [(_age(event.time, now), "quiet"), *event_cells(event)]


def _word(value: object) -> Cell:
    """A word of a list such as the priorities, in its colour."""
    word = str(plain(value) or "-")
    return word, _STYLES.get(word, "")


def _age(moment: object, now: datetime) -> str:
    return age(moment, now) if isinstance(moment, datetime) else "-"
