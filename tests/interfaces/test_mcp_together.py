"""Two servers with an agent each, and a person who edits the pages: nothing acknowledged is lost or done twice."""

from __future__ import annotations

import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from cosmemory.connect import open_memory
from tests.interfaces.mcp_agents import Agent, error_of, new_memory, stdio_agent
from tests.test_together import save

STEPS = int(os.environ.get("COSMEMORY_TOGETHER", "12"))


def work(agent: Agent, name: str) -> list[tuple[str, str]]:
    """What an agent had acknowledged; each change was asked for twice, as a harness does that is not sure."""
    told = []
    for step in range(STEPS):
        mark = f"{name}/{step}"
        tool, arguments = [
            ("upsert_action", {"text": mark, "priority": "low"}),
            ("log_event", {"type": "decision", "action": mark}),
            ("record_decision", {"decision": mark, "rationale": "because"}),
            ("raise_alert", {"type": mark, "severity": "warning", "resource": "r", "value": "2", "threshold": "1"}),
        ][step % 4]  # fmt: skip
        done = [_patiently(agent, tool, idempotency_key=mark, **arguments) for _ in range(2)]
        assert [each["already_done"] for each in done] == [False, True]
        told.append((tool, mark))
    return told


def _patiently(agent: Agent, tool: str, **arguments: str) -> dict[str, object]:
    """The answer once nobody is in the way: who is told that the memory is busy asks again."""
    for _ in range(20):
        result = agent.call(tool, **arguments)
        if not result.is_error:
            return result.structured_content
        assert error_of(result)["code"] in {"conflict", "locked"}
    raise AssertionError(result)


def test_two_agents_and_a_person_lose_nothing(tmp_path):
    root = new_memory(tmp_path / "memory")
    lines: list[str] = []
    over = threading.Event()

    def edit() -> None:
        while not over.is_set():
            line = f"A person's line {len(lines)}.\n"
            save(root / "cos-state.md", line)
            lines.append(line)
            time.sleep(0.2)

    with (
        stdio_agent(root, tmp_path / "one", COSMEMORY_ACTOR="one") as one,
        stdio_agent(root, tmp_path / "two", COSMEMORY_ACTOR="two") as two,
        ThreadPoolExecutor(3) as threads,
    ):
        person = threads.submit(edit)
        both = [threads.submit(work, agent, name) for agent, name in ((one, "one"), (two, "two"))]
        try:
            told = [each for work_done in both for each in work_done.result(timeout=120)]
        finally:
            over.set()
        person.result(timeout=30)
        one.done("set_focus", task="The end")  # which brings back what an older copy had overwritten
    memory = open_memory(str(root))
    state, alerts = memory.read("cos-state"), memory.read("active-alerts")
    by_tool = {tool: [mark for each, mark in told if each == tool] for tool, _ in told}
    assert sorted(each.action for each in state.pending_actions) == sorted(by_tool["upsert_action"])
    assert sorted(each.type for each in alerts.warning) == sorted(by_tool["raise_alert"])
    assert len({each.id for each in alerts.warning}) == len(by_tool["raise_alert"])
    events = [event for _, event in memory.events.find_events(types=["decision"])]
    logged = [event.action for event in events if event.outcome is None]
    assert sorted(logged) == sorted(by_tool["log_event"])
    decided = [event.action for event in events if event.outcome == "Decided"]
    assert sorted(decided) == sorted(by_tool["record_decision"])
    text = (root / "cos-state.md").read_text(encoding="utf-8")
    assert lines
    assert [line for line in lines if line not in text] == []
    assert not [
        each for page in memory.validate().pages for each in page.diagnostics if each.severity == "error"
    ]
    actors = {each.attribution.actor for each in memory.store.history().revisions() if not each.by_hand}
    assert {"one", "two"} <= actors
    assert re.search("The end", text)
