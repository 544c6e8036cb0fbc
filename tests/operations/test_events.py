"""One query over the active log and all archives, streamed forwards and read backwards from the end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.kinds.coordination_log import entries
from cosmemory.memory import Memory
from cosmemory.operations import events
from cosmemory.operations.events import find_events, page_events

LOG = "coordination-log.md"


def entry(time: str, action: str, kind: str = "decision") -> str:
    return f"### {time}\n**Type:** {kind}\n**Involved:** helper-1, helper-2\n**Action:** {action}\n\n---\n\n"


@pytest.fixture
def memory() -> Memory:
    return Memory(
        EphemeralStore(
            {
                "coordination-log-2026-W45.md": entry("2026-11-03T08:00:00Z", "one").encode(),
                "coordination-log-2026-W46.md": (
                    entry("2026-11-09T08:00:00Z", "two") + entry("2026-11-10T08:00:00Z", "three", "focus")
                ).encode(),
                LOG: (
                    "# Coordination Log\n\n"
                    + entry("2026-11-17T08:00:00Z", "four")
                    + entry("2026-11-18T08:00:00Z", "five", "focus")
                ).encode(),
            }
        )
    )


def actions(found) -> list[str]:
    return [event.action for _, event in found]


def test_archives_come_first_and_each_event_names_its_page(memory):
    found = list(find_events(memory))
    assert actions(found) == ["one", "two", "three", "four", "five"]
    assert [path for path, _ in found][-2:] == [LOG, LOG]


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({"last": 1}, ["five"]),
        ({"last": 3}, ["three", "four", "five"]),
        ({"last": 99}, ["one", "two", "three", "four", "five"]),
        ({"last": 2, "types": ("focus",)}, ["three", "five"]),
        ({"types": ("focus",)}, ["three", "five"]),
        ({"agent": "helper-2", "last": 1}, ["five"]),
        ({"agent": "helper"}, []),
        ({"text": "THRE"}, ["three"]),
        ({"since": datetime(2026, 11, 10, 8, tzinfo=UTC)}, ["three", "four", "five"]),
        ({"until": datetime(2026, 11, 9, 8, tzinfo=UTC)}, ["one", "two"]),
        (
            {"since": datetime(2026, 11, 9, 8, tzinfo=UTC), "until": datetime(2026, 11, 9, 8, tzinfo=UTC)},
            ["two"],
        ),
    ],
)
def test_every_condition_holds(memory, conditions, wanted):
    assert actions(find_events(memory, **conditions)) == wanted


def test_archives_outside_the_time_asked_for_are_not_opened(memory, monkeypatch):
    opened = []
    real = memory.store.open_read
    monkeypatch.setattr(memory.store, "open_read", lambda path: opened.append(path) or real(path))
    list(find_events(memory, since=datetime(2026, 11, 16, tzinfo=UTC)))
    assert opened == [LOG]


def test_the_last_events_are_read_from_the_end_alone():
    text = "".join(entry("2026-11-18T08:00:00Z", f"number {number}") for number in range(20_000))
    store = EphemeralStore({LOG: text.encode()})
    read = []
    real = store.read_tail
    store.read_tail = lambda path, size: read.append(size) or real(path, size)
    found = list(find_events(Memory(store), last=20))
    assert actions(found) == [f"number {number}" for number in range(19_980, 20_000)]
    assert sum(read) < 16_384


pieces = st.sampled_from(
    [
        entry("2026-11-18T08:00:00Z", "ordinary"),
        entry("2026-11-18T08:00:00Z", "café ☕"),
        "### 2026-11-18T08:00:00Z\n**Type:** focus\n",
        "### not a time\n",
        "## [2026-11-18] an old shape\n**Type:** focus\n\n---\n",
        "```\n",
        "\r\n",
        "\udcff",
        "text ### 2026-11-18T08:00:00Z\n",
    ]
)


@given(st.lists(pieces, max_size=12), st.integers(1, 40), st.integers(1, 8))
def test_streamed_and_backwards_reading_equal_the_whole(parts, block, last):
    text = "".join(parts)
    data = text.encode("utf-8", "surrogateescape")
    memory = Memory(EphemeralStore({LOG: data}))
    whole = list(entries(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "BLOCK", block)
        patch.setattr(events, "TAIL", block)
        patch.setattr(events, "USUAL_ENTRY", 1)
        assert list(page_events(memory, LOG)) == whole
        assert [event for _, event in find_events(memory, last=last)] == whole[-last:]
