"""Real pages, damaged at random: read without a word lost, told of with places, changed or refused, never broken."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

from cosmemory.clock import read_time
from cosmemory.document.data import data_of
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import CosmemoryError
from cosmemory.kinds.page import read_page
from cosmemory.memory import Memory
from cosmemory.operations.pages import set_value
from cosmemory.store import Replace, Stored, revision_of
from tests.document.test_any_page import PATHS

AMOUNT = int(os.environ.get("COSMEMORY_FUZZ", "1500"))
SEED = int(os.environ.get("COSMEMORY_SEED", "1"))
PAGES = Path(__file__).parents[1] / "cases" / "pages"
NOW = read_time("2026-11-21T06:00:00Z")
BYTES = [
    b"|",
    b"\\",
    b"`",
    b"*",
    b"#",
    b"-",
    b"<",
    b">",
    b":",
    b"\n",
    b"\r",
    b"\t",
    b"\0",
    b"\xff",
    b"\xc3",
    b"  ",
    b"```\n",
]
VALUES = {
    "cos-state": ("current_focus.primary_task", "session_info.status", "notes", "pending_actions.#1.status"),
    "team-roster": ("active_team_members.#1.current_task", "active_team_members.#1.details.notes"),
    "active-alerts": ("warning.#1.value", "critical.#1.actions_taken"),
    "daily-metrics": ("individual_metrics.#1.notes", "date"),
    "agent-metrics": ("role", "strengths"),
    "report": ("remarks", "period"),
    "conflict": ("disputed_values.#1.kept", "reason"),
    "deployment": ("slo_status.#1.holds", "version", "metrics.#1.current"),
    "system-metrics": ("metrics.#1.current", "last_measurement"),
    "agent": ("agent_name", "process.pid", "metadata.#1.value", "prompt"),
    "board": ("entries.plan.value", "entries.plan.writer"),
    "handoff": ("context", "status", "acceptance_criteria.#1.state", "data.#1.value"),
    "onboarding": ("status", "reason", "checklist.#1.tasks.#1.state"),
    "session": ("status", "current_meeting.progress", "active_agents", "notes"),
    "meeting": ("verdict", "actions.#1.owner", "acceptance_gates.#1.condition"),
    "run": ("goal", "phases.#1.status", "findings.#1.text", "context.#1.value", "notes"),
    "coordination-log": ("session",),
}

Mutation = Callable[[bytes, random.Random], bytes]


def flipped(data: bytes, choose: random.Random) -> bytes:
    at = choose.randrange(len(data) + 1)
    return data[:at] + bytes([choose.randrange(256)]) + data[at + 1 :]


def inserted(data: bytes, choose: random.Random) -> bytes:
    at = choose.randrange(len(data) + 1)
    return data[:at] + choose.choice(BYTES) * choose.choice([1, 1, 3]) + data[at:]


def cut(data: bytes, choose: random.Random) -> bytes:
    start, end = sorted(choose.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:] if choose.random() < 0.8 else data[:start]


def lines_moved(data: bytes, choose: random.Random) -> bytes:
    lines = data.split(b"\n")
    line = lines.pop(choose.randrange(len(lines)))
    for _ in range(choose.choice([0, 1, 1, 2])):
        lines.insert(choose.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def other_line_ends(data: bytes, choose: random.Random) -> bytes:
    return data.replace(b"\n", choose.choice([b"\r\n", b"\r", b"\n\n"]), choose.choice([1, 5, -1]))


MUTATIONS: tuple[Mutation, ...] = (
    flipped,
    inserted,
    inserted,
    cut,
    lines_moved,
    lines_moved,
    other_line_ends,
)


def mutated(pages: dict[str, bytes], choose: random.Random) -> tuple[str, bytes]:
    name = choose.choice(list(pages))
    data = pages[name]
    if choose.random() < 0.1:
        data += choose.choice(list(pages.values()))
    for _ in range(choose.choice([1, 1, 2, 4])):
        data = choose.choice(MUTATIONS)(data, choose)
    return name, data


def assert_nothing_lost(name: str, data: bytes) -> None:
    page = read_page(Stored(path=PATHS[name], data=data, revision=revision_of(data)))
    assert page.tree.text.encode("utf-8", "surrogateescape") == data
    at = 0
    for block in page.tree.blocks:
        assert block.start == at < block.end
        at = block.end
    assert at == len(page.tree.text)
    assert data_of(page.document)
    for each in page.diagnostics:
        assert 0 <= each.start <= each.end <= len(page.tree.text)


def assert_changed_or_refused(name: str, data: bytes, choose: random.Random) -> bool:
    """Whether a value could be set; if it could, it is there now, and if not, nothing was changed."""
    assert NOW is not None
    now = NOW[0]
    memory = Memory(EphemeralStore(), now=lambda: now)
    with memory.store.writing() as writer:
        writer.commit([Replace(path=PATHS[name], data=data, expected=None)])
    memory.validate()
    try:
        set_value(
            memory, PATHS[name], choose.choice(VALUES[name]), choose.choice(["active", "2026-11-20", "x | y"])
        )
    except CosmemoryError:
        stored = memory.store.read(PATHS[name])
        assert stored is not None
        assert stored.data == data
        return False
    assert_nothing_lost(name, memory.page(PATHS[name]).tree.text.encode("utf-8", "surrogateescape"))
    return True


def test_no_damage_makes_reading_or_changing_fail() -> None:
    pages = {name: (PAGES / f"{name}.md").read_bytes() for name in PATHS if (PAGES / f"{name}.md").exists()}
    assert len(pages) >= 5
    changed = 0
    for number in range(AMOUNT):
        choose = random.Random(SEED * 1_000_003 + number)
        name, data = mutated(pages, choose)
        try:
            assert_nothing_lost(name, data)
            if number % 10 == 0:
                changed += assert_changed_or_refused(name, data, choose)
        except Exception as failed:
            raise AssertionError(f"seed {SEED}, number {number}: {name} {data!r}") from failed
    print(f"{AMOUNT} damaged pages, of which {changed} of {AMOUNT // 10} could be changed")
    assert changed > AMOUNT / 100
