"""What a hook loads, by the sort of event: what means nothing costs next to nothing, and no event what it needs not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cosmemory.__main__ import main
from tests.interfaces.hook.hooks import OF_HARNESSES, environment, process, recorded

ROOT = Path(__file__).parents[3]
HOOK = "cosmemory.interfaces.hook"
# What every call loads, until it is known that it means nothing.
FIRST = {
    *("cosmemory", "cosmemory.__main__", "cosmemory.errors", "cosmemory.interfaces", "cosmemory.root", HOOK),
    *(
        f"{HOOK}.{each}"
        for each in ("entry", "incoming", "harnesses", "harnesses.claude", "events", "places")
    ),
}
# And what one loads that only compares how the pages look.
LOOKING = {
    *FIRST,
    *(f"{HOOK}.{each}" for each in ("answer", "call", "notes", "prompts")),
    *("cosmemory.frozen", "cosmemory.text", "cosmemory.text.digest", "cosmemory.engines"),
    *(f"cosmemory.engines.files{each}" for each in ("", ".cache", ".disk", ".litter", ".lock", ".signature")),
}
# What one loads that compares one page with what the history knows of it.
COMPARING = {
    *(LOOKING - {f"{HOOK}.notes", f"{HOOK}.prompts", "cosmemory.engines.files.cache"}),
    *(f"{HOOK}.files", "cosmemory.store"),
    *(f"cosmemory.engines.files.{each}" for each in ("as_known", "heads", "spool", "spooled")),
}
# What takes long to load; a page is replaced by a call that only ctypes makes, and some changes of a young memory are
# taken over by the journal, which is an SQLite file.
SLOW = {
    *("click", "frontmatter", "jinja2", "mistune", "msgspec", "portalocker", "yaml"),
    *("dataclasses", "difflib", "getpass", "hashlib", "inspect", "logging", "pathlib", "tempfile", "typing"),
}
LIGHT = {
    "an event that nobody knows": {"hook_event_name": "MessageDisplay"},
    "a tool that works elsewhere": {
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_input": {"file_path": "src/main.py"},
    },
    "a project without a memory": {"hook_event_name": "Stop", "cwd": "/"},
}
SCRIPT = """
import sys
before = set(sys.modules)
from cosmemory.__main__ import main
code = main(["hook"])
print(code, *sorted(set(sys.modules) - before), file=sys.stderr)
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("COSMEMORY_ROOT", "COSMEMORY_NOW", *OF_HARNESSES):
        monkeypatch.delenv(name, raising=False)
    assert main(["--root", str(tmp_path / "design" / "memory"), "init"]) == 0
    began = process(recorded("claude", "SessionStart-startup", tmp_path))
    assert began.communicate(timeout=60)[1] == b""
    return tmp_path


def loaded(payload: dict[str, object]) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(payload),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    code, *names = ran.stderr.split()
    assert code == "0"
    return set(names)


def ours(names: set[str]) -> set[str]:
    return {each for each in names if each.partition(".")[0] == "cosmemory"}


@pytest.mark.parametrize("name", LIGHT)
def test_what_means_nothing_loads_next_to_nothing(name, project, monkeypatch):
    payload = {"session_id": "s-1", "cwd": str(project), **LIGHT[name]}
    if payload["cwd"] != "/":
        monkeypatch.setenv("CLAUDE_PROJECT_DIR", environment("claude", project)["CLAUDE_PROJECT_DIR"])
    names = loaded(payload)
    assert ours(names) <= FIRST
    assert not names & SLOW


def test_a_prompt_after_which_nothing_changed_loads_little_more(project):
    names = loaded(recorded("claude", "UserPromptSubmit", project))
    assert ours(names) <= LOOKING
    assert not names & SLOW


def test_a_page_that_we_saved_ourselves_loads_little_more_either(project):
    place = str(project / "design" / "memory" / "sessions" / "current.md")
    names = loaded(recorded("claude", "FileChanged-change", project, file_path=place))
    assert ours(names) <= COMPARING
    assert not names & SLOW
    with open(place, "a") as file:
        file.write("\nMine.\n")
    assert "cosmemory.memory" in ours(
        loaded(recorded("claude", "FileChanged-change", project, file_path=place))
    )


# A checkpoint digests whole pages, and an end makes the page of a new session from its template.
NEEDED = {
    "PreCompact": {"hashlib"},
    "SessionEnd-other": {*SLOW}
    - {"click", "mistune", "msgspec", "portalocker", "yaml", "frontmatter", "difflib"},
}


@pytest.mark.parametrize(
    "name", ["Stop", "Notification", "PostCompact", "PreCompact", "SessionStart-resume", "SessionEnd-other"]
)
def test_what_writes_loads_nothing_slow_that_it_can_do_without(name, project):
    names = loaded(recorded("claude", name, project))
    assert "cosmemory.memory" in names
    assert names & SLOW <= NEEDED.get(name, set())
