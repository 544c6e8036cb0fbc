"""Pages read by eye alone: headings, rows of tables, entries of the log. Nothing of the package is asked."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

STATE, ROSTER, LOG = "cos-state.md", "team-roster.md", "coordination-log.md"
ALERTS, SESSION = "alerts/active-alerts.md", "sessions/current.md"
ENTRY = re.compile(r"^### (\d{4}-\d\d-\d\dT\S+)\n(.*?)\n---$", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"^\*\*([^*]+):\*\* (.*)$", re.MULTILINE)
CELL_END = re.compile(r"(?<!\\)\|")


def text_of(root: Path, page: str) -> str:
    """The text of a page; empty where there is none."""
    place = root / page
    return place.read_bytes().decode("utf-8") if place.exists() else ""


def section(text: str, heading: str) -> str:
    """What stands below a heading of the second level, up to the next one."""
    return ("\n" + text).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the rows of the first table below a heading."""
    lines = [line for line in section(text, heading).split("\n") if line.startswith("|")]
    return [[plain(each) for each in CELL_END.split(line)[1:-1]] for line in lines[2:]]


def plain(cell: str) -> str:
    """What a cell says, without what keeps it from being read as Markdown."""
    return re.sub(r"\\([^\w\s])", r"\1", unescape(cell.strip()))


def value(text: str, label: str) -> str:
    """What stands behind the first ``- **label:**``."""
    found = re.search(rf"^- \*\*{re.escape(label)}:\*\* (.*)$", text, re.MULTILINE)
    return plain(found[1]) if found else ""


def entries(text: str) -> list[dict[str, str]]:
    """The entries of the log, their time among their fields."""
    return [
        {"Time": each[1], **{name: plain(said) for name, said in FIELD.findall(each[2])}}
        for each in ENTRY.finditer(text)
    ]
