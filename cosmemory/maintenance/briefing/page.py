"""A brief as text: titles and lines within the fence, what was left out behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cosmemory.document.values import write_time
from cosmemory.maintenance.briefing.fitting import Frame, Room, fit
from cosmemory.maintenance.briefing.points import (
    PLACES,
    SECTIONS,
    Brief,
    Left,
    Point,
    Section,
    Told,
    counts_of,
)
from cosmemory.text.fenced import fenced, overhead

# A budget of so many characters is kept, however much there is; where less is given, the shortest honest text is longer.
MINIMUM = 1_200
NOTHING = "Nothing is open, and nothing is known to be wrong."
UNCOUNTED = frozenset({"session", "team"})
SINCE = frozenset({"decisions", "events"})


def page_of(points: Sequence[Point], room: Room, now: datetime, since: datetime | None) -> Brief:
    """The brief that these points make in that room; the shortest honest one where there is room for none."""
    label = f"a brief of {write_time(now)}, most urgent first"
    counts = counts_of(points)
    titles = {each.name: title(each, counts[each.name], since) for each in SECTIONS}
    always = overhead(label) + (NOTHING if not points else "")
    frame = Frame(always=always, titles=titles, left=left_text)
    told, left = fit(points, room, frame)
    order = {id(each): place for place, each in enumerate(points)}
    told = tuple(sorted(told, key=lambda each: (PLACES[each.point.section], order[id(each.point)])))
    lines = tuple(body(told, titles)) or ((NOTHING,) if not points else ())
    text = fenced("\n".join(lines), label) + left_text(left)
    return Brief(now=now, since=since, told=told, left=left, lines=lines, text=text)


def title(section: Section, count: int, since: datetime | None) -> str:
    """The line above a section's points, with how many there are in all, and what shows more."""
    number = "" if section.name in UNCOUNTED else f"{count}; "
    after = f" since {write_time(since)}" if since is not None and section.name in SINCE else ""
    return f"## {section.title}{after} ({number}{section.command})"


def body(told: Sequence[Told], titles: dict[str, str]) -> list[str]:
    """The points below the titles of their sections."""
    lines: list[str] = []
    for section in SECTIONS:
        held = [each.line for each in told if each.point.section == section.name]
        lines += [titles[section.name], *held] if held else []
    return lines


def left_text(left: Sequence[Left]) -> str:
    """What there was no room for, by sort and count, and what shows it; nothing where all was told."""
    if not left:
        return ""
    said = ", ".join(f"{each.section.counted(each.count)} ({each.section.command})" for each in left)
    return f"\nLeft out for lack of room: {said}. A larger --budget has room for more."
