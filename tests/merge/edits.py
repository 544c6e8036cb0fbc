"""Edits of a page as verbs and people make them, each with the paths that it touches."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cosmemory.document.changes import changed
from cosmemory.document.decode import decode
from cosmemory.document.fields import RECORDS, Record, Value, layout
from cosmemory.document.paths import with_value
from cosmemory.document.render import render
from cosmemory.kinds import KINDS, Kind
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.syntax.parse import parse
from tests.laws.hostile import filled
from tests.laws.human import PROSE, Person

PAGES = [kind for kind in KINDS if kind.document is not CoordinationLog]
PATHS = {
    "cos-state": "cos-state.md",
    "team-roster": "team-roster.md",
    "active-alerts": "alerts/active-alerts.md",
    "daily-metrics": "performance/metrics-2026-11-20.md",
    "agent-metrics": "performance/agent-helper-2026-11.md",
    "report": "performance/reports/weekly-2026-W46.md",
    "conflict": "conflicts/CONFLICT-1.md",
    "session": "sessions/current.md",
    "meeting": "meetings/planning_20251014_173045.md",
    "board": "board.md",
    "handoff": "handoffs/payments-2026-11-20.md",
    "onboarding": "onboarding/helper-2026-11-20.md",
    "deployment": "deployment.md",
    "system-metrics": "performance/system-metrics.md",
    "agent": "agents/L2.2.1.md",
    "run": "runs/release.md",
}
SAMPLES = {
    "a time": ["2026-12-24T18:00:00Z", "2027-01-02T03:04:05Z"],
    "a date": ["2026-12-24", "2026-12-25"],
    "a number": ["17.5", "18.5"],
    "a count": ["17", "18"],
    "a percentage": ["17%", "18%"],
    "a measure": ["17 (50%)", "18 (51%)"],
    "a difference": ["-17", "-18"],
    "data": ['{"high": 17}', "18.50"],
}
LISTS = {"a list", "a list of items"}
Path = tuple[str, ...]


@dataclass
class Edit:
    """A change of a document, and the path of what it touches."""

    touched: Path
    apply: Callable[[Any], Any]
    removes: bool = False
    with_block: bool = False

    def __repr__(self) -> str:
        return f"Edit({self.touched})"


def words(choose: random.Random) -> str:
    return choose.choice(["alpha", "beta", "gamma", "delta"]) + f" {choose.randint(0, 10**6)}"


def human_page(kind: Kind, choose: random.Random) -> str:
    """A page of ``kind`` as a person keeps it, or as the template renders it."""
    document = filled(kind.document, lambda: words(choose))
    text = render(document, kind.template, name="helper", title="Report")
    return Person(choose).page(text) if choose.random() < 0.7 else text


def read(kind: Kind, text: str) -> Any:
    return decode(parse(text), kind.document).document


def edited(kind: Kind, text: str, edits: list[Edit]) -> str:
    """The page with ``edits`` made by the package's own writers."""
    for edit in edits:
        tree = parse(text)
        old = decode(tree, kind.document).document
        text = changed("page.md", tree, old, edit.apply(old)).tree.text
    return text


def overlap(one: Path, other: Path) -> bool:
    return one[: len(other)] == other[: len(one)]


def some_edits(kind: Kind, document: Any, choose: random.Random) -> list[Edit]:
    """A few edits that do not meet."""
    found: list[Edit] = []
    for _ in range(choose.randint(1, 4)):
        edit = some_edit(kind, document, choose)
        if not any(overlap(edit.touched, each.touched) for each in found):
            found.append(edit)
    return found


def some_edit(kind: Kind, document: Any, choose: random.Random) -> Edit:
    if choose.random() < 0.5:
        path, value = choose.choice(list(single_values(document)))
        return set_value(path, value, choose)
    parts = layout(kind.document).parts
    name = choose.choice([name for name, part in parts.items() if part.shape in RECORDS])
    part = parts[name]
    held = getattr(document, name)
    if held and choose.random() < 0.4:
        gone = choose.choice(held)
        key = str(getattr(gone, part.key)) if part.key else repr(gone)
        takes = part.shape == "blocks" or getattr(gone, "details", None) is not None
        return Edit(
            (name, key), lambda old: replace(old, **{name: without(getattr(old, name), gone)}), True, takes
        )
    record = new_record(part, choose)
    key = str(getattr(record, part.key)) if part.key else repr(record)
    at = choose.randint(0, len(held))
    return Edit((name, key), lambda old: replace(old, **{name: inserted(getattr(old, name), record, at)}))


def inserted(records: tuple[Any, ...], record: Any, at: int) -> tuple[Any, ...]:
    return (*records[:at], record, *records[at:])


def without(records: tuple[Any, ...], gone: Any) -> tuple[Any, ...]:
    at = next(number for number, each in enumerate(records) if each == gone)
    return (*records[:at], *records[at + 1 :])


def new_record(part: Any, choose: random.Random) -> Any:
    record = filled(part.record, lambda: words(choose))
    for name, inner in layout(part.record).parts.items():
        if inner.shape == "details":
            block = filled(inner.record, lambda: words(choose))
            record = replace(record, **{name: replace(block, session_name=record.session_name)})
    return record


def set_value(path: Path, value: Value | None, choose: random.Random) -> Edit:
    if value is not None and value.type.words:
        given = choose.choice(value.type.words)
    elif value is not None and value.type.name in LISTS:
        given = "\n".join(words(choose) for _ in range(2))
        given = given if value.type.name == "a list of items" else given.replace("\n", ", ")
    else:
        given = choose.choice(SAMPLES.get(value.type.name, [words(choose)]) if value else [words(choose)])
    dotted = ".".join('"' + each.replace('"', '""') + '"' for each in path)
    return Edit(path, lambda old: with_value(old, dotted, given))


def single_values(record: Record, where: Path = ()) -> Iterator[tuple[Path, Value | None]]:
    """The path and declaration of every value that stands in ``record`` and follows from no other."""
    shape = layout(type(record))
    for name, value in shape.values.items():
        stands = record.origin is not None and name in record.origin.places
        if stands and not value.heading and not value.derived:
            yield (*where, name), value
    for name, part in shape.parts.items():
        held = getattr(record, name)
        if part.shape in {"one", "details"} and held is not None:
            yield from single_values(held, (*where, name))
        elif part.shape in RECORDS and part.key:
            for each in held:
                key = str(getattr(each, part.key))
                found = single_values(each, (*where, name, key))
                yield from (pair for pair in found if pair[0][-1] != part.key)
        elif part.shape == "prose":
            yield (*where, name), None


def flat(record: Any, where: Path = ()) -> dict[Path, Any]:
    """What a document says, in no order of records; derived values are left out."""
    shape = layout(type(record))
    said: dict[Path, Any] = {(*where, "extra", name): text.strip() for name, text in record.extra.items()}
    for name, value in shape.values.items():
        if not value.derived:
            said[*where, name] = getattr(record, name)
    for name, part in shape.parts.items():
        held = getattr(record, name)
        if part.shape in {"one", "details"} and held is not None:
            said |= flat(held, (*where, name))
        elif part.shape in RECORDS:
            for each in held:
                inner = flat(each)
                key = (
                    str(getattr(each, part.key))
                    if part.key
                    else repr([getattr(each, one) for one in layout(type(each)).values])
                )
                said |= {(*where, name, key, *path): value for path, value in inner.items()}
        else:
            said[*where, name] = held
    return said


def human_edit(text: str, choose: random.Random) -> tuple[str, list[str]]:
    """``text`` with something that a person put in, and the words of it."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    said = f"words of another, {choose.randint(1000, 9999)}"
    change = choose.choice([commented, with_section, with_column, padded])
    return newline.join(change(lines, said, choose)), [said] if change is not padded else []


def commented(lines: list[str], said: str, choose: random.Random) -> list[str]:
    """A comment below a heading."""
    prose = {f"## {title.lower()}" for title in PROSE}
    heads = [number for number, line in enumerate(lines) if line.startswith("## ")]
    at = choose.choice([number for number in heads if lines[number].lower() not in prose])
    return [*lines[: at + 1], "", f"<!-- {said} -->", *lines[at + 1 :]]


def with_section(lines: list[str], said: str, choose: random.Random) -> list[str]:
    """A section of a person's own before or behind the others."""
    places = [number for number, line in enumerate(lines) if line.startswith("## ")]
    at = choose.choice([*places, len(lines)])
    return [*lines[:at], "", "## A page of my own", "", f"- {said}", "", *lines[at:]]


def tables(lines: list[str]) -> list[tuple[int, int]]:
    """Where the tables stand that are fenced in by pipes."""
    found: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        if set(line) <= set("|:- ") and "-" in line and line.startswith("|") and lines[number - 1][:1] == "|":
            end = number
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            # A comment between two rows ends a table for people who count its lines.
            if not lines[end : end + 1] or not lines[end].startswith("<!--"):
                found.append((number - 1, end))
    return found


def with_column(lines: list[str], said: str, choose: random.Random) -> list[str]:
    """A column of a person's own in one table."""
    found = tables(lines)
    if not found:
        return commented(lines, said, choose)
    start, end = choose.choice(found)
    more = [f" {said} |", "---|"]
    return [
        line + (more[number - start] if number < start + 2 else f" {number} |")
        if start <= number < end
        else line
        for number, line in enumerate(lines)
    ]


def padded(lines: list[str], said: str, choose: random.Random) -> list[str]:
    """A table with wider cells."""
    found = tables(lines)
    if not found:
        return lines
    start, end = choose.choice(found)
    return [
        line.replace(" |", "   |") if start <= number < end and "\\" not in line and "`" not in line else line
        for number, line in enumerate(lines)
    ]
