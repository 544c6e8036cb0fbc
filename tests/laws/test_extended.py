"""Law 6: a row put to a long page of which most rows were not read gives the same bytes as with all of them read."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cosmemory.document import abridged
from cosmemory.document.render import render
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import CosmemoryError
from cosmemory.kinds import RUN
from cosmemory.kinds.run import Execution, Finding, LastChange, Phase, Run
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.runs import add_finding
from cosmemory.store import Replace
from cosmemory.text.source import encode_text
from cosmemory.transaction import Transaction
from tests.laws.hostile import AMOUNT, hostile
from tests.laws.test_set_alone import ODD, now

PATH = "runs/long.md"
AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
# What people and other programs make of a row.
ROWS: tuple[Callable[[str, random.Random], str], ...] = (
    lambda row, _: row + " ",
    lambda row, _: row + " extra |",
    lambda row, _: row.rpartition("|")[0],
    lambda row, _: row.replace("| ", "|  ", 1),
    lambda row, _: row.replace("minor", "`a|b`"),
    lambda row, _: row.replace("minor", "a\\|b"),
    lambda row, _: row.replace("F-", "F-00"),
    lambda row, _: row.replace("F-", "finding "),
    lambda row, choose: re.sub(r"F-\d+", f"F-{choose.randrange(1, 99)}", row),
    lambda row, _: row.replace("phase 3", "PHASE 3"),
    lambda row, _: row.replace("in_progress", "pending"),
    lambda row, _: row.replace("Wrong", "-->"),
    lambda row, _: row.replace("Wrong", "é漢🚀"),
    lambda row, _: row + "\r",
    lambda row, _: re.sub(r"[^|]+", " - ", row),
    lambda row, _: "|" * row.count("|"),
    lambda row, _: re.sub(r"[^|]+", "---", row),
    lambda row, _: " " + row,
    lambda row, _: row + "\n" + row,
    lambda row, _: "",
)


def long_page(choose: random.Random) -> str:
    """The page of a run with tables just long enough to be abridged."""
    run = Run(
        run_id="long",
        goal="Bring the whole of it over",
        status=choose.choice(["executing"] * 18 + ["failed", None]),
        created=AT,
        phases=tuple(
            Phase(phase=f"phase {n}", status="completed" if n < 3 else "in_progress" if n == 3 else "pending")
            for n in range(choose.choice([4, 9, 14]))
        ),
        executions=tuple(
            Execution(id=f"E-{n}", phase="phase 3", status="completed") for n in range(choose.choice([0, 12]))
        ),
        findings=tuple(
            Finding(id=f"F-{n}", phase="phase 3", severity="minor", text=f"Wrong {n}", found=AT)
            for n in range(1, choose.choice([0, 14, 20, 30]))
        ),
        notes=choose.choice([None, "As planned."]),
        last_change=LastChange(last_updated=choose.choice([AT, None])),
    )
    return render(run, RUN.template)


def aligned(page: str) -> str:
    """The page with the columns of its findings padded to one width, as editors do it."""
    lines = page.split("\n")
    begin = lines.index("## Findings") + 2
    end = next((n for n in range(begin, len(lines)) if not lines[n].startswith("|")), len(lines))
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[begin:end]]
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    for at, row in enumerate(table, begin):
        lines[at] = (
            "|" + "|".join(f" {cell.ljust(width)} " for cell, width in zip(row, widths, strict=True)) + "|"
        )
    return "\n".join(lines)


def with_oddities(page: str, choose: random.Random) -> str:
    lines = page.split("\n")
    for _ in range(choose.choice([0, 0, 1, 1, 2])):
        at = choose.randrange(len(lines))
        if choose.random() < 0.3:
            lines.insert(at, choose.choice(ODD))
        else:
            rows = [
                number for number, line in enumerate(lines) if line.startswith(("| F-", "| phase", "| E-"))
            ]
            at = choose.choice(rows)
            lines[at] = choose.choice(ROWS)(lines[at], choose)
    if choose.random() < 0.1:
        return "\r\n".join(lines)
    return "\n".join(lines)


def outcome(page: str, changes: list[Callable[[Memory], object]]) -> str:
    """The page after ``changes`` of one memory, and what each gave back or was refused with."""
    memory = Memory(EphemeralStore(), now=now)
    initialise(memory)
    with memory.store.writing() as writer:
        writer.commit([Replace(path=PATH, data=encode_text(page), expected=None)])
    told = []
    for change in changes:
        try:
            told.append(str(change(memory)))
        except CosmemoryError as error:
            told.append(f"{type(error).__name__}: {error} {error.hint}")
    pages = [memory.store.read(path).data for path in (PATH, "coordination-log.md")]
    return "\n".join([*told, *map(repr, pages)])


def finding(phase: str, text: str, execution: str | None) -> Callable[[Memory], object]:
    return lambda memory: (
        add_finding(memory, "long", phase, severity="minor", text=text, execution=execution).result
    )


def test_it_equals_the_plain_path_on_pages_as_people_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abridged, "LARGE", 0)
    monkeypatch.setattr(
        abridged, "_RUN", re.compile(abridged._RUN.pattern.replace(b"{40,}", b"{8,}"), re.MULTILINE)
    )
    extend = Transaction.extend
    sure: list[bool] = []

    def counted(*given: object) -> object:
        made = extend(*given)
        sure.append(made is not None)
        return made

    for seed in range(max(200, AMOUNT // 5)):
        choose = random.Random(seed)
        page = long_page(choose)
        page = with_oddities(aligned(page) if choose.random() < 0.2 else page, choose)
        changes = [
            finding(
                choose.choice(["phase 3"] * 6 + ["phase 1", "Phase 3", "phase 99", "phase 12"]),
                choose.choice(["One more", hostile(choose)]),
                choose.choice([None, None, "E-4", "e-4", "E-77"]),
            )
            for _ in range(3)
        ]
        monkeypatch.setattr(Transaction, "extend", counted)
        quick = outcome(page, changes)
        monkeypatch.setattr(Transaction, "extend", lambda *_: None)
        assert quick == outcome(page, changes), f"seed {seed}"
    print(f"sure of {sum(sure)} of {len(sure)} rows put to a long page")
    assert sum(sure) > len(sure) / 6
