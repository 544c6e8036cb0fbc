"""News of a team, delivered several times at once and killed on the way, makes each fact once."""

from __future__ import annotations

import os
import random
import time

import pytest

from cosmemory.__main__ import main
from cosmemory.connect import open_memory
from cosmemory.operations.harness.team import AT_WORK
from tests.interfaces.hook.hooks import process, recorded

AT_ONCE = int(os.environ.get("COSMEMORY_HOOKS_AT_ONCE", "3"))
KILLED = int(os.environ.get("COSMEMORY_HOOKS_KILLED", "2"))
FACTS = {
    "SubagentStart": "(Explore) spawned",
    "TaskCreated": "**Outcome:** Added",
    "TaskCompleted": "**Outcome:** done",
    "SubagentStop": "(Explore) completed",
    "TeammateIdle": "Status changed to idle",
}


@pytest.fixture
def project(tmp_path):
    assert main(["--root", str(tmp_path / "design" / "memory"), "init"]) == 0
    (tmp_path / "cosmemory.toml").write_text("[hooks]\nwait = 30\n")
    return tmp_path


def deliver(project, name: str, times: int) -> None:
    payload = recorded("claude", name, project)
    running = [process(payload, CLAUDE_PROJECT_DIR=str(project)) for _ in range(times)]
    for each in running:
        assert each.communicate(timeout=120) == (b"", b"")
        assert each.returncode == 0


def text(project, page: str) -> str:
    return (project / "design" / "memory" / f"{page}.md").read_text()


def told_once(project) -> None:
    assert text(project, "team-roster").count("### Explore") == 1
    assert text(project, "cos-state").count("| Write the release notes |") == 1
    memory = open_memory(str(project / "design" / "memory"))
    assert [str(page.diagnostics) for page in memory.validate().pages if page.diagnostics] == []


def test_each_fact_is_there_once(project):
    for name, fact in FACTS.items():
        deliver(project, name, AT_ONCE)
        assert text(project, "coordination-log").count(fact) == 1, name
    assert "- **Status:** completed" in text(project, "agents/a7f3c21")
    assert "| Write the release notes | medium | - | done |" in text(project, "cos-state")
    told_once(project)


def test_what_was_killed_on_the_way_is_there_once_when_it_is_told_again(project):
    dice = random.Random(5)
    for name, fact in FACTS.items():
        for _ in range(KILLED):
            running = process(recorded("claude", name, project), CLAUDE_PROJECT_DIR=str(project))
            time.sleep(dice.uniform(0.05, 0.4))
            running.kill()
            running.communicate()
        deliver(project, name, 1)
        assert text(project, "coordination-log").count(fact) == 1, name
    told_once(project)


def test_many_subagents_at_once_are_all_there(project):
    payloads = [
        recorded("claude", "SubagentStart", project, agent_id=f"a{number}") for number in range(AT_ONCE + 1)
    ]
    running = [process(each, CLAUDE_PROJECT_DIR=str(project)) for each in payloads]
    assert [each.communicate(timeout=120)[1] for each in running] == [b""] * len(running)
    pages = {each.stem for each in (project / "design" / "memory" / "agents").glob("*.md")}
    assert pages == {f"a{number}" for number in range(AT_ONCE + 1)}
    roster = text(project, "team-roster")
    assert roster.count("### Explore") == 1
    task = next(line for line in roster.split("\n") if line.startswith("| Explore |")).split(AT_WORK)[1]
    named, _, rest = task.partition(" |")[0].partition(" and ")
    assert len(named.split(", ")) + int(rest.partition(" ")[0] or 0) == AT_ONCE + 1
    assert set(named.split(", ")) <= pages
