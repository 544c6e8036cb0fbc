"""Hooks run in parallel: one and the same payload delivered several times at once makes each fact once."""

from __future__ import annotations

import os

import pytest

from cosmemory.__main__ import main
from cosmemory.connect import open_memory
from tests.interfaces.hook.hooks import judge, process, recorded

AT_ONCE = int(os.environ.get("COSMEMORY_HOOKS_AT_ONCE", "4"))
FACTS = {
    "SessionStart-startup": " started",
    "PostCompact": "Context compacted",
    "Notification": "Notified: ",
    "StopFailure": "A turn failed",
    "SessionEnd-other": " completed",
}


def deliver(project, payload, times: int = AT_ONCE) -> None:
    running = [process(payload, CLAUDE_PROJECT_DIR=str(project)) for _ in range(times)]
    for each in running:
        out, err = each.communicate(timeout=120)
        # A session ends within a second, and tells it where the others would not let it: it was done already.
        waited = payload["hook_event_name"] == "SessionEnd" and b"locked by" in err
        assert (each.returncode, err == b"" or waited) == (0, True), err
        judge("claude", payload["hook_event_name"], out.decode())


@pytest.fixture
def project(tmp_path):
    assert main(["--root", str(tmp_path / "design" / "memory"), "init"]) == 0
    (tmp_path / "cosmemory.toml").write_text("[hooks]\nwait = 30\n")
    return tmp_path


def test_each_fact_is_there_once(project):
    log = project / "design" / "memory" / "coordination-log.md"
    for name, fact in FACTS.items():
        deliver(project, recorded("claude", name, project))
        assert log.read_text().count(fact) == 1, name
        page = (project / "design" / "memory" / "sessions" / "current.md").read_text()
        assert page.count("| claude |") == (name != "SessionEnd-other")
    memory = open_memory(str(project / "design" / "memory"))
    assert not any(page.diagnostics for page in memory.validate().pages)


def test_sessions_that_begin_and_end_at_once_share_one_of_ours(project):
    keys = [f"s-{number}" for number in range(AT_ONCE)]
    current = project / "design" / "memory" / "sessions" / "current.md"
    for name in ("SessionStart-startup", "Stop", "SessionEnd-other"):
        payloads = [recorded("claude", name, project, session_id=key) for key in keys]
        running = [process(each, CLAUDE_PROJECT_DIR=str(project)) for each in payloads]
        said = [each.communicate(timeout=120)[1] for each in running]
        if name == "SessionEnd-other":
            for payload in payloads:  # one that was not let in time is told again
                process(payload, CLAUDE_PROJECT_DIR=str(project)).communicate(timeout=120)
        else:
            assert said == [b""] * AT_ONCE
        if name == "Stop":
            text = current.read_text()
            assert text.count(" opened ") == 1
            assert text.count(" joined ") == AT_ONCE - 1
    assert len(list(current.parent.glob("cos-*.md"))) == 1
    assert "- **Status:** idle" in current.read_text()
