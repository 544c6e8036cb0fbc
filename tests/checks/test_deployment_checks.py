"""What is told of a deployment and of measurements that people changed by hand, or forgot."""

from __future__ import annotations

import pytest

from cosmemory.connect import open_memory
from cosmemory.maintenance.deploying import begin
from cosmemory.memory import Memory
from cosmemory.operations import deployments, measurements
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.fixing import fix
from cosmemory.operations.pages import set_value

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z


@pytest.fixture
def memory(tmp_path) -> Memory:
    memory = open_memory(str(tmp_path))
    memory._now = lambda: NOON
    initialise(memory)
    return memory


def told(memory: Memory, page: str) -> list[str]:
    found = next(each for each in memory.validate().pages if each.path == f"{page}.md")
    return [f"{each.code} {each.message}" for each in found.diagnostics]


def test_a_page_that_was_clean_grows_stale_untouched(memory: Memory) -> None:
    measurements.record(memory, "latency", current=42)
    begin(memory, "v2")
    assert told(memory, "deployment") == told(memory, "performance/system-metrics") == []
    memory._now = lambda: NOON + 24 * 3600
    assert told(memory, "deployment") == ["COS606 v2 is under way and was not updated for 24 hours"]
    assert told(memory, "performance/system-metrics") == ["COS607 nothing was measured for 24 hours"]


def test_derived_values_that_people_changed_are_mended(memory: Memory) -> None:
    begin(memory, "v2", slos=["rollback_ready"])
    text = memory.store.read("deployment.md").data.decode()
    right = text
    for label, wrong in (("Rollback Ready", "yes"), ("Hours In Stage", "99"), ("Next Stage Eligible", "yes")):
        line = next(each for each in text.split("\n") if each.startswith(f"- **{label}:**"))
        text = text.replace(line, f"- **{label}:** {wrong}")
    with memory.transaction() as transaction:
        transaction.rewrite("deployment.md", text)
    assert told(memory, "deployment") == [
        "COS501 rollback ready is no",
        "COS501 hours in stage is 0",
        "COS501 next stage eligible is no",
    ]
    fix(memory, None)
    assert memory.store.read("deployment.md").data.decode() == right


def test_an_answer_in_other_words_is_the_same_answer(memory: Memory) -> None:
    begin(memory, "v2", slos=["latency"])
    deployments.set_slos(memory, {"latency": True, "rollback_ready": True})
    set_value(memory, "deployment", "rollback_ready", "true")
    assert told(memory, "deployment") == []
