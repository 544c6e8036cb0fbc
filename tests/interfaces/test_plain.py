"""The reader of plain calls reads what click reads, for every command, and leaves the rest to click."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.__main__ import main
from cosmemory.interfaces.cli import with_click
from cosmemory.interfaces.cli.declared import Declared
from cosmemory.interfaces.cli.plain import Unsure, read_call
from cosmemory.interfaces.cli.table import COMMANDS, load


def every_command() -> dict[tuple[str, ...], Declared]:
    found = {}
    waiting = [((name,), load(name)) for name in COMMANDS]
    while waiting:
        words, declared = waiting.pop(0)
        waiting += [((*words, name), each) for name, each in declared.commands.items()]
        if not declared.commands:
            found[words] = declared
    return found


EVERY = every_command()


def plainly(words):
    """The command, its values, and root and JSON as given before its name; None where the reader is unsure."""
    try:
        return read_call(words, load)
    except (Unsure, KeyError):
        return None


def by_click(words):
    """The same as click reads it; None where click does not call a command."""
    called = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Declared, "call", lambda *given, **named: called.append((*given, *named.values())))
        with_click.run(words, as_json=False)
    return called[0] if called else None


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (
            ["get", "cos-state", "a.b"],
            {"document": "cos-state", "path": "a.b", "root": None, "as_json": False},
        ),
        (["--json", "--root=x", "status"], {"root": None, "as_json": False}),
        (["status", "--root", "x", "--json"], {"root": "x", "as_json": True}),
        (
            ["validate", "a", "--select=COS1", "b", "--select", "COS2"],
            {"paths": ("a", "b"), "select": ("COS1", "COS2")},
        ),
        (["events", "-n", "5"], {"last": 5}),
        (["action", "add", "-"], {"text": "-", "priority": "medium"}),
        (["action", "done", "3", "--notes", "---"], {"key": "3", "notes": "---"}),
        (["config", "set", "extra.low", "-5"], {"value": "-5"}),
        (["board", "set", "-.5", "--actor", "-x", "-1e3"], {"key": "-.5", "value": "-1e3"}),
        (["set", "cos-state", "a.b", "-5"], {"value": "-5"}),
        (
            [
                "alert",
                "raise",
                *["--type", "a", "--severity", "b", "--resource", "c", "--value", "d", "--threshold", "e"],
            ],
            {"key": None},
        ),
    ],
)
def test_a_plain_call_is_read(words, values):
    read = plainly(words)
    assert read == by_click(words)
    assert {name: read[1][name] for name in values} == values


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--help",
        "status --help",
        "status -h",
        "-v status",
        "status extra",
        "nothing",
        "action",
        "action nothing",
        "action --help",
        "get cos-state",
        "get cos-state a.b c",
        "get --jso cos-state a.b",
        "get -- cos-state a.b",
        "set cos-state a.b -x",
        "config set extra.low --5",
        "status --json=1",
        "status --root",
        "status --root a --root b",
        "events -n5",
        "events -n=5",
        "events -n 0",
        "events -n five",
        "validate --output-format yaml",
        "decision x",
        "metrics record a --response 1.5",
    ],
)
def test_whatever_is_not_plain_is_left_to_click(line):
    assert plainly(line.split(" ") if line else []) is None


WORDS = st.sampled_from(
    ["-", "--", "", "a", "a=b", "5", "-5", "-0.5", "-.", "0", "²", "--x", "-h", "json", "bash", "\udcff"]
)


@st.composite
def calls(draw):
    """A call as people make it, now and then with a slip in it."""
    name = draw(st.sampled_from(sorted(EVERY)))
    words = []
    for each in EVERY[name].parameters:
        value = draw(st.sampled_from(each.choices) if each.choices else WORDS | st.text(max_size=3))
        if not each.option:
            spoken = [value]
        elif each.flag:
            spoken = [each.option]
        else:
            spoken = draw(st.sampled_from([[each.option, value], [f"{each.option}={value}"]]))
        if draw(st.integers(0, 9)) < (9 if each.required else 2):
            words.insert(draw(st.integers(0, len(words))), spoken)
    if not draw(st.integers(0, 4)):
        words.insert(draw(st.integers(0, len(words))), [draw(WORDS)])
    before = draw(st.sampled_from([[], [], ["--json"], ["--root", "r"], ["--root=r"], ["-v"]]))
    return [*before, *name, *(word for spoken in words for word in spoken)]


@settings(max_examples=400)
@given(calls())
def test_where_it_answers_it_reads_what_click_reads(words):
    read = plainly(words)
    if read is not None:
        assert read == by_click(words)


@pytest.mark.parametrize("name", EVERY)
def test_every_command_can_be_called_plainly(name):
    words = list(name)
    for each in EVERY[name].parameters:
        if each.required:
            words += [each.option] if each.option else []
            words.append(each.choices[0] if each.choices else "a")
    read = plainly(words)
    assert read is not None
    assert read == by_click(words)


def test_completions_and_a_debug_log_are_click_s_to_serve(monkeypatch, capsys):
    monkeypatch.setenv("_COSMEMORY_COMPLETE", "bash_source")
    with pytest.raises(SystemExit):
        main(["version"])
    assert "_COSMEMORY_COMPLETE=bash_complete" in capsys.readouterr().out
    monkeypatch.delenv("_COSMEMORY_COMPLETE")
    monkeypatch.setenv("COSMEMORY_LOG", "info")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(with_click, "run", lambda words, as_json: 7)
        assert main(["version"]) == 7


# What takes long to load, and only some calls need.
SLOW = {
    *("click", "frontmatter", "jinja2", "mistune", "msgspec", "portalocker", "yaml"),
    *("ctypes", "dataclasses", "difflib", "getpass", "hashlib", "inspect", "json", "locale", "logging"),
    *("pathlib", "tempfile", "typing", "unicodedata"),
}
# A page is replaced by a call that only ctypes makes; a change of several is noted as JSON first.
ONE, SEVERAL = {"ctypes"}, {"ctypes", "json"}
HOT = {
    "set cos-state current_focus.primary_task hello": ONE,
    "get cos-state current_focus.primary_task": set(),
    "show cos-state": set(),
    "show cos-state --json": {"json"},
    "add cos-state pending_actions action=x": ONE,
    "focus hello": SEVERAL,
    "action add hello": SEVERAL,
    "team join helper-1 --role reviewer": SEVERAL,
    "alert raise --type t --severity warning --resource r --value 1 --threshold 2": SEVERAL,
    "log broadcast --action x": SEVERAL,
    "events -n 5": set(),
    "status": set(),
    "validate": set(),
}


@pytest.mark.parametrize("line", HOT)
def test_a_hot_command_loads_nothing_slow_that_it_can_do_without(line, tmp_path):
    root = str(tmp_path / "memory")
    assert main(["--root", root, "init"]) == 0
    assert loaded(root, *line.split(" ")) & (SLOW - HOT[line]) == set()


def loaded(root: str, *words: str) -> set[str]:
    """The modules that a call loads in a process of its own."""
    script = "import sys; from cosmemory.__main__ import main; code = main(sys.argv[1:])\n"
    script += "sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    ran = subprocess.run(
        [sys.executable, "-c", script, "--root", root, *words], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.split(" "))


# What only changes, rare findings or a terminal need.
NOT_TO_LOOK = {
    *("cosmemory.transaction", "cosmemory.document.changes", "cosmemory.document.render"),
    *("cosmemory.checks.project", "cosmemory.checks.suppressions", "cosmemory.kinds.log_archive"),
    *("cosmemory.interfaces.cli.terminal", "cosmemory.operations.agents", "cosmemory.operations.runs"),
    *("cosmemory.operations.new_pages", "cosmemory.maintenance.recovery"),
}
RARE = {"cosmemory.rules.table", "cosmemory.checks.handoffs"}


def test_a_look_at_a_memory_loads_nothing_that_changes_it(tmp_path):
    root = str(tmp_path / "memory")
    assert main(["--root", root, "init"]) == 0
    assert loaded(root, "status") & (NOT_TO_LOOK | RARE) == set()


def test_a_look_at_a_team_at_work_loads_no_more_than_tells_of_it(tmp_path, checkout):
    # With agents, a run, handoffs in front matter, an archive and findings.
    root = shutil.copytree(checkout / "design" / "memory", tmp_path / "memory")
    # A deployment is told with its way back, a meeting with the handoff that it may have lost; both load more.
    (root / "deployment.md").unlink()
    shutil.rmtree(root / "meetings")
    needed = {"cosmemory.maintenance.recovery", "cosmemory.kinds.log_archive"}
    assert loaded(str(root), "status") & (SLOW - {"json"} | NOT_TO_LOOK - needed) == set()
