"""The fast log answers plain calls, leaves every other to the full command, and writes the same bytes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.__main__ import main
from cosmemory.interfaces.cli import app, fast_log

NOW = "2026-11-21T06:00:00Z"
LOG = "coordination-log.md"


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    assert main(["--root", str(tmp_path / "memory"), "init"]) == 0
    return tmp_path / "memory"


def is_fast(root: Path, *arguments: str) -> bool:
    return fast_log.fast_log(["--root", str(root), *arguments])


PLAIN = ("log", "decision", "--action", "Keep it", "--outcome", "agreed")


def test_a_plain_call_appends_one_whole_entry(root, capsys):
    assert is_fast(root, *PLAIN, "--involved", "helper-1", "--notes=a | b")
    assert (
        (root / LOG)
        .read_text()
        .endswith(
            "### 2026-11-21T06:00:00Z\n**Type:** decision\n**Involved:** helper-1\n**Action:** Keep it\n"
            "**Outcome:** agreed\n**Notes:** a | b\n\n---\n\n"
        )
    )
    assert capsys.readouterr().out.endswith("logged decision at 2026-11-21T06:00:00Z\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("log", "broadcast", "--action", "All hands"),
        ("log", "unknown-type", "--action", "x"),
        ("log", "decision"),
        ("log", "decision", "--action", " "),
        ("log", "decision", "--action", "-"),
        ("log", "decision", "--action"),
        ("log", "decision", "--action", "x", "--action", "y"),
        ("log", "decision", "focus", "--action", "x"),
        (*PLAIN, "--time", NOW),
        (*PLAIN, "--field", "Ticket=1"),
        (*PLAIN, "--expect", "abc"),
        (*PLAIN, "--dry-run"),
        (*PLAIN, "--json"),
        (*PLAIN, "--help"),
        ("log", "--from-json", "-"),
        ("log", "decision", "--action", "bad \udcff byte"),
    ],
)
def test_anything_else_is_left_to_the_full_command(root, arguments):
    before = (root / LOG).read_bytes()
    assert not is_fast(root, *arguments)
    assert (root / LOG).read_bytes() == before


@pytest.mark.parametrize("path", ["cosmemory.toml", "cosmemory.local.toml", ".cosmemory/intent"])
def test_settings_and_an_open_intent_are_left_to_the_full_command(root, path):
    (root / path).write_text("")
    assert not is_fast(root, *PLAIN)


def test_a_variable_that_may_be_a_setting_is_left_to_the_full_command(root, monkeypatch):
    monkeypatch.setenv("COSMEMORY_LOG_EVENT_TYPES", "release")
    assert not is_fast(root, *PLAIN)


def test_a_project_s_settings_are_left_to_the_full_command(tmp_path, monkeypatch):
    memory = tmp_path / "design" / "memory"
    assert main(["--root", str(memory), "init"]) == 0
    assert is_fast(memory, *PLAIN)
    (tmp_path / "cosmemory.toml").write_text('[log]\nevent_types = ["release"]\n')
    assert not is_fast(memory, *PLAIN)


values = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    ["a\\b", "`x|y`", "&amp;", "<br>", "### 2026-11-21T06:00:00Z", "---", "None", "-", "\r\n", "\0", "<!--"]
)


@given(action=values, involved=values, notes=values)
def test_both_ways_write_the_same_bytes(tmp_path_factory, action, involved, notes):
    written = []
    for way in (main, app.main):
        root = tmp_path_factory.mktemp("memory")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COSMEMORY_NOW", NOW)
            assert app.main(["--root", str(root), "init"]) == 0
            arguments = [f"--action={action}", f"--involved={involved}", f"--notes={notes}"]
            code = way(["--root", str(root), "log", "focus", *arguments])
        written.append((code, (root / LOG).read_bytes()))
    assert written[0] == written[1]


def test_a_missing_memory_is_one_clear_sentence(tmp_path, capsys):
    assert main(["--root", str(tmp_path / "none"), *PLAIN]) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(r"error: There is no folder .*\nhint: cosmemory init .*\n", said)


def test_the_process_loads_next_to_nothing(root):
    assert is_fast(root, *PLAIN)  # below the header of an empty log, its end is looked at more closely
    line = "import sys, runpy; sys.argv[0] = 'cosmemory'\n"
    line += "before = set(sys.modules)\n"
    line += "from cosmemory.__main__ import main; main(sys.argv[1:])\n"
    line += "print(sorted(set(sys.modules) - before), file=sys.stderr)"
    ran = subprocess.run(
        [sys.executable, "-c", line, "--root", str(root), *PLAIN], capture_output=True, text=True, check=True
    )
    loaded = {name for name in re.findall(r"'([^']+)'", ran.stderr) if not name.startswith("cosmemory")}
    assert loaded <= {"__future__", "errno", "fcntl", "_thread", "_sha2", "_sha256", "pwd"}
