"""Pages as people keep them: the same words as a rendered page has, in shapes of their own."""

from __future__ import annotations

import random
import re

from cosmemory.syntax.tables import Row
from cosmemory.text.spans import Span

_LABEL = re.compile(r"^(?P<bullet>- )?(?:\*\*(?P<strong>[^*:]+):\*\*|(?P<plain>[A-Z][\w -]*):)(?P<value>.*)$")
BULLETED = [
    "- **{}:** {}",
    "* **{}:** {}",
    "+ **{}**: {}",
    "- {}: {}",
    "* __{}__ : {}",
    "-  **{}** :  {}",
    "- **{}:**  {}",
]
# Below these headings every word is the value itself.
PROSE = {"Notes", "Trend", "Remarks", "Context", "Instructions", "Current State", "First Task Details"}
BARE = ["{}: {}", "**{}:** {}", "**{}**: {}", "__{}:__ {}", "{} : {}"]


class Person:
    """Somebody who edits pages by hand, in one style, and leaves words of their own: ``said`` are all of those."""

    def __init__(self, choose: random.Random) -> None:
        self.choose = choose
        self.said: list[str] = []
        self._bulleted = choose.choice(BULLETED)
        self._bare = choose.choice(BARE)
        self._fenced = choose.random() < 0.8
        self._padded = choose.random() < 0.5
        self._lower = choose.random() < 0.4
        self._newline = choose.choice(["\n", "\n", "\r\n"])

    def words(self) -> str:
        """A few words that nobody else says."""
        said = f"my own words {len(self.said)}, {self.choose.randint(100, 999)}"
        self.said.append(said)
        return said

    def page(self, text: str) -> str:
        """``text``, a rendered page, in this person's shape."""
        lines = text.split("\n")
        out: list[str] = []
        at = 0
        while at < len(lines):
            end = at
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            if end > at:
                out += self._table(lines[at:end])
                at = end
            else:
                out += self._line(lines[at])
                at += 1
        page = "\n".join(out)
        if self.choose.random() < 0.5:
            page = (
                page.rstrip("\n")
                + f"\n\n## A section of mine\n\n- {self.words()}\n\n| {self.words()} | x |\n|---|---|\n"
            )
        if self.choose.random() < 0.3:
            page = page.rstrip("\n")
        if self.choose.random() < 0.2:
            page = "\ufeff" + page
        return page.replace("\n", self._newline)

    def _line(self, line: str) -> list[str]:
        if line.startswith("#"):
            level, _, title = line.partition(" ")
            said = line.lower() if self._lower and level == "##" else line
            note = level == "##" and title not in PROSE and self.choose.random() < 0.25
            return [said, "", f"<!-- {self.words()} -->", ""] if note else [said]
        found = _LABEL.match(line)
        if found is None:
            return [line]
        style = self._bulleted if found["bullet"] else self._bare
        # A list or a long text stands below its label, whose line says nothing.
        shaped = style.format(found["strong"] or found["plain"], found["value"].strip()).rstrip(" ")
        if found["value"] and found["bullet"] and self.choose.random() < 0.15:
            return [shaped, f"{style[0]} {self.words()}"]
        return [shaped]

    def _table(self, lines: list[str]) -> list[str]:
        rows = [[cell.value.of(line) for cell in Row(line, Span(0, len(line))).cells] for line in lines]
        if len(rows) < 2:
            return lines  # a line of prose that begins like a row
        head, _, *body = rows
        order = self.choose.sample(range(len(head)), len(head))
        mine = self.choose.random() < 0.5
        columns = [[row[index] for index in order] + ([self.words()] if mine else []) for row in body]
        titles = [head[index].lower() if self._lower else head[index] for index in order] + ["Mine"] * mine
        widths = [
            max(3, *(len(row[at]) for row in [titles, *columns])) if self._padded else 0
            for at in range(len(titles))
        ]
        marks = [
            self.choose.choice(["{}", ":{}", "{}:", ":{}:"]).format("-" * max(3, width - 2))
            for width in widths
        ]
        out = [
            self._row(titles, widths),
            self._row(marks, widths),
            *(self._row(row, widths) for row in columns),
        ]
        for at in range(len(out) - 1, 2, -1):
            if self.choose.random() < 0.2:
                out.insert(at, f"<!-- {self.words()} -->")
        return out

    def _row(self, cells: list[str], widths: list[int]) -> str:
        line = " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {line} |" if self._fenced else line.rstrip(" ")
