"""Changes as people read them: one line each, in columns on a terminal; and the same as JSON has them."""

from __future__ import annotations

from cosmemory.clock import format_time
from cosmemory.interfaces.cli.output import on_terminal, print_text, visible_line
from cosmemory.interfaces.cli.terminal import Cell, show, table, width
from cosmemory.maintenance.blame import Blame
from cosmemory.maintenance.differences import Difference
from cosmemory.maintenance.wording import shorter, shown_value
from cosmemory.store import Remembered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BY_HAND = "by hand"
# Fixed, so that changes can be shown while older ones are still being read.
NUMBER, TIME, ACTOR, OPERATION = 6, 20, 14, 16


def change_data(change: Remembered) -> dict[str, Any]:
    """A change: its number, who made it, when, why and by which verb, and the pages that it touched."""
    told = change.attribution
    pages = [
        {"document": step.path.removesuffix(".md"), "before": step.before, "after": step.after}
        for step in change.pages
    ]
    return {
        "number": change.number,
        "time": format_time(told.at),
        "actor": told.actor,
        "operation": told.operation,
        "message": told.message,
        "by_hand": change.by_hand,
        "pages": pages,
    }


def difference_data(each: Difference) -> dict[str, Any]:
    """A difference with its page, its place and both values."""
    return {
        "document": each.page.removesuffix(".md"),
        "path": each.where,
        "change": each.sort,
        "old": each.old,
        "new": each.new,
        "words": each.words,
        "derived": each.derived,
    }


def show_change(change: Remembered, what: str) -> None:
    """One change with what it did: on a terminal in columns, else on one line."""
    told = change.attribution
    message = f" ({told.message})" if told.message else ""
    cells: list[Cell] = [
        (f"#{change.number}", "name"),
        (format_time(told.at), "quiet"),
        (BY_HAND if change.by_hand else told.actor or "-", "warn" if change.by_hand else ""),
        ("-" if change.by_hand else told.operation or "-", "note"),
        (what + message, ""),
    ]
    _show(cells)


def show_blame(each: Blame) -> None:
    """Who made a value what it is, and what it was before."""
    value = shorter(shown_value(_text(each.value)))
    before = f" (before: {shorter(shown_value(_text(each.before)))})" if each.before is not None else ""
    what = f"{each.where}: {value}{before}"
    if each.change is None:
        _show([("-", "quiet"), ("-", "quiet"), ("-", "quiet"), ("-", "quiet"), (what, "")])
    else:
        show_change(each.change, what)


def _text(value: Any) -> str | None:
    """A value of JSON as one text."""
    if isinstance(value, dict):
        parts = (_text(each) for each in value.values() if each not in (None, [], {}))
        return ", ".join(filter(None, parts))
    if isinstance(value, list):
        return ", ".join(_text(each) or "-" for each in value) or None
    return None if value is None else str(value)


def _show(cells: list[Cell]) -> None:
    if on_terminal():
        sizes = (NUMBER, TIME, min(ACTOR, width() // 8), min(OPERATION, width() // 8))
        show(table([cells], sizes=sizes))
    else:
        print_text("  ".join(visible_line(" ".join(text.split())) for text, _ in cells))
