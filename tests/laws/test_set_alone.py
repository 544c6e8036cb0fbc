"""Law 6: a value set with only its part of the page read gives the same bytes as with the whole page read."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from cosmemory.clock import read_time
from cosmemory.document.changes import Changed, changed_alone
from cosmemory.document.decode import decode
from cosmemory.document.paths import with_value
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import CosmemoryError
from cosmemory.kinds import AGENT_METRICS, COS_STATE, REPORT, Kind, changed_page
from cosmemory.memory import Memory
from cosmemory.operations.pages import set_value
from cosmemory.store import Replace
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text, encode_text
from tests.laws.hostile import AMOUNT, hostile
from tests.laws.test_human_shapes import ANOTHER, human_page, single_values

ALONE = {
    COS_STATE: "cos-state.md",
    AGENT_METRICS: "performance/agent-helper-2026-11.md",
    REPORT: "performance/reports/weekly-2026-W47.md",
}
# What people leave on a page, and what makes it say something else further down.
ODD = (
    "```", "~~~ text", "<!-- note -->", "<!--", "-->", "<div>", "## Notes", "## Session Info", "# Page", "---", "===",
    "<<<<<<< ours", "| a | b |", "> said", "    code", "- Status: active", "**Status:** active", "## Status: done",
    "1. first", "[a]: b", "\x00", "\udcff", "### Notes",
)  # fmt: skip
NOW = read_time("2026-11-21T12:00:00Z")


def now() -> int:
    assert NOW is not None
    return NOW[0]


def outcome(path: str, page: str, change: Callable[[Memory], Any]) -> str:
    """The page after ``change``, or what it was refused with."""
    store = EphemeralStore()
    memory = Memory(store, now=now)
    with store.writing() as writer:
        writer.commit([Replace(path=path, data=encode_text(page), expected=None)])
    try:
        change(memory)
    except CosmemoryError as error:
        return f"{type(error).__name__}: {error}"
    stored = store.read(path)
    assert stored is not None
    return decode_text(stored.data)


def with_oddities(page: str, choose: random.Random) -> str:
    lines = page.split("\n")
    for _ in range(choose.choice([0, 0, 1, 2])):
        lines.insert(choose.randrange(len(lines) + 1), choose.choice(ODD))
    return "\n".join(lines)


def test_it_equals_the_plain_path_on_pages_as_people_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sure: list[bool] = []

    def counted(*given: Any) -> Changed | None:
        done = changed_alone(*given)
        sure.append(done is not None)
        return done

    monkeypatch.setattr(changed_page, "changed_alone", counted)
    for seed in range(max(60, AMOUNT // 10)):
        choose = random.Random(seed)
        kind = choose.choice(list(ALONE))
        page = with_oddities(human_page(kind, choose)[0], choose)
        stands = single_values(decode(parse(page), kind.document).document)
        if not stands:
            continue
        path, value, _ = choose.choice(stands)
        known = value.type.words[1] if value.type.words else ANOTHER.get(value.type.name)
        compare(kind, page, path, choose.choice([known, None]) or hostile(choose))
    print(f"sure of {sum(sure)} of {len(sure)} values set alone")
    assert sum(sure) > len(sure) / 3


def compare(kind: Kind, page: str, path: str, text: str) -> None:
    where = ALONE[kind]

    def plainly(memory: Memory) -> None:
        with memory.transaction() as plain:
            plain.replace(where, with_value(plain.read(where), path, text))

    alone = outcome(where, page, lambda memory: set_value(memory, where, path, text))
    assert alone == outcome(where, page, plainly)


def test_a_value_that_would_open_a_fence_over_another_section_is_not_set_alone() -> None:
    page = "# Chief of Staff State\n\n## Current Focus\nPrimary Task: a\n```\n## Session Info\n- **Status:** active\n"
    compare(COS_STATE, page, "current_focus.primary_task", "b")


def test_what_was_set_is_seen_by_who_reads_on_in_the_same_transaction() -> None:
    page = "# Chief of Staff State\n\n## Current Focus\n- **Primary Task:** a\n\n## Notes\nmine\n"

    def change(memory: Memory) -> None:
        with memory.transaction() as both:
            both.set("cos-state", "current_focus.primary_task", "b")
            both.set("cos-state", "notes", "yours")
            assert both.read("cos-state").current_focus.primary_task == "b"
            both.set("cos-state", "current_focus.primary_task", "c")

    assert outcome("cos-state.md", page, change) == page.replace(" a\n", " c\n").replace("mine", "yours")


def test_a_page_kept_from_the_last_time_is_read_anew_when_a_person_saved_it() -> None:
    page = "# Chief of Staff State\n\n## Current Focus\n- **Primary Task:** a\n- **Priority:** high\n"

    def change(memory: Memory) -> None:
        set_value(memory, "cos-state", "current_focus.primary_task", "b")
        with memory.store.writing() as person:
            before = person.read("cos-state.md")
            assert before is not None
            data = encode_text(page.replace("high", "low"))
            person.commit([Replace(path="cos-state.md", data=data, expected=before.revision)])
        set_value(memory, "cos-state", "current_focus.primary_task", "c")

    assert outcome("cos-state.md", page, change) == page.replace(" a\n", " c\n").replace("high", "low")
