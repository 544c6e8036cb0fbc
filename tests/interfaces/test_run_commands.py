"""Runs from the command line: a group inside a group, JSON, refusals, dry runs and a page that is expected."""

from __future__ import annotations

import json

import pytest

from cosmemory.__main__ import main


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Calls a command in a project of its own, and gives its exit code with what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    monkeypatch.setenv("COSMEMORY_ACTOR", "tester")

    def called(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        told = capsys.readouterr()
        return code, told.out, told.err

    called("init")
    called("run", "create", "demo", "--goal", "Ship it", "--phase", "scout", "--phase", "build")
    called("run", "start", "demo")
    called("run", "phase", "enter", "demo", "scout")
    return called


def test_a_run_is_listed_and_shown_as_text_and_as_json(call):
    line = "demo  executing  scout  2026-11-21T06:00:00Z  Ship it\n"
    assert call("run", "list") == (0, line, "")
    told = json.loads(call("run", "list", "--json")[1])
    assert (told["kind"], [each["run_id"] for each in told["runs"]]) == ("runs", ["demo"])
    assert call("run", "list", "--status", "failed")[1] == "there is no such run\n"
    assert call("run", "show", "demo")[1].startswith("# Run demo\n")
    shown = json.loads(call("run", "show", "demo", "--json")[1])
    assert (shown["run"]["status"], [each["phase"] for each in shown["phases"]]) == (
        "executing",
        ["scout", "build"],
    )


def test_a_phase_that_findings_fail_tells_so_by_its_exit_code(call):
    assert call("run", "finding", "add", "demo", "scout", "no test", "--severity", "major")[1] == "F-1\n"
    code, out, _ = call("run", "phase", "complete", "demo", "scout", "--result", "n=3")
    assert (code, out) == (1, "scout failed: unresolved findings: 1 major (limit 0)\n")
    call("run", "finding", "resolve", "demo", "f-1")
    assert call("run", "phase", "retry", "demo", "scout")[1] == "scout: retry 1\n"
    assert call("run", "phase", "complete", "demo", "scout", "--result", "n=3")[0] == 0
    assert json.loads(call("run", "phase", "results", "demo", "scout", "--json")[1])["results"] == {"n": 3}
    assert call("run", "phase", "results", "demo", "scout")[1] == '{\n  "n": 3\n}\n'


def test_a_refusal_names_what_may_be_done_and_changes_nothing(call, tmp_path):
    page = tmp_path / "design" / "memory" / "runs" / "demo.md"
    before = page.read_bytes()
    code, out, err = call("run", "phase", "skip", "demo", "scout")
    assert (code, out) == (1, "")
    assert err.startswith(
        "error: The phase scout is in_progress and cannot become skipped; it can become completed"
    )
    assert call("run", "start", "demo", "--dry-run")[0] == 1
    assert call("run", "fail", "demo", "--error", "x", "--dry-run")[1].startswith("--- runs/demo.md\n")
    assert call("run", "fail", "demo", "--error", "x", "--expect", "0" * 64)[0] == 1
    assert page.read_bytes() == before


def test_a_change_answers_with_the_page_and_its_key_as_json(call):
    told = json.loads(call("run", "execution", "begin", "demo", "scout", "--json")[1])
    assert [(each["document"], each["key"]) for each in told["changes"]] == [
        ("runs/demo", "E-1"),
        ("coordination-log", None),
    ]


def test_a_finding_answers_with_its_page_first_as_well(call):
    told = json.loads(call("run", "finding", "add", "demo", "scout", "x", "--severity", "minor", "--json")[1])
    assert [(each["document"], each["key"]) for each in told["changes"]] == [
        ("runs/demo", "F-1"),
        ("coordination-log", None),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "phase", "entr", "demo", "scout"], "error: No such command 'entr'. Did you mean 'enter'?"),
        (["run", "show", "dmeo"], "error: The run 'dmeo' was not found."),
        (["run", "context", "set", "demo", "plan"], "error: 'plan' is not KEY=VALUE."),
        (["run", "plan", "demo", "no.json"], "error: no.json cannot be read: No such file or directory."),
        (
            ["run", "export", "demo", "--phase", "scout", "--format", "markdown"],
            "error: A summary is about the whole run.",
        ),
    ],
)
def test_a_slip_is_told_in_one_sentence(call, words, said):
    code, out, err = call(*words)
    assert (code in {1, 2}, out, err.split("\n")[0]) == (True, "", said)


def test_artifacts_are_named_from_the_project_wherever_the_command_is_called(call, tmp_path, monkeypatch):
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "a.whl").write_bytes(b"abc")
    monkeypatch.chdir(tmp_path / "dist")
    assert call("run", "artifact", "register", "demo", "dist/a.whl")[:2] == (0, "dist/a.whl registered\n")
    assert call("run", "artifact", "verify", "demo")[:2] == (0, "dist/a.whl  sound\n")
    (tmp_path / "dist" / "a.whl").write_bytes(b"abcd")
    assert call("run", "artifact", "verify", "demo")[:2] == (1, "dist/a.whl  changed\n")


def test_what_was_interrupted_is_told_with_what_is_needed_to_go_on(call):
    call("run", "context", "set", "demo", 'limits={"n": 3}')
    assert call("run", "interrupted")[1] == "demo  executing  scout in_progress, retried 0 of 3 times\n"
    (told,) = json.loads(call("run", "interrupted", "--json")[1])["runs"]
    assert (told["phase"], told["context"], told["since"]) == (
        "scout",
        {"limits": {"n": 3}},
        "2026-11-21T06:00:00Z",
    )
    assert call("run", "recover", "demo")[1] == "demo goes on in scout\n"


def test_an_attempt_that_nobody_is_at_is_listed_and_told_of(call):
    call("run", "create", "lost", "--goal", "Ship", "--phase", "scout")
    call("run", "start", "lost")
    call("run", "phase", "enter", "lost", "scout")
    call("run", "execution", "begin", "lost", "scout", "--agent", "L2.9")
    call("agent", "spawn", "L2.9", "--pid", "1")
    assert call("run", "execution", "list", "lost", "--lost")[1] == "there is none\n"
    call("agent", "complete", "L2.9")
    assert call("run", "execution", "list", "lost", "--lost")[1] == "E-1  scout  1  running  -\n"
    assert "    nobody is at E-1: its agent L2.9 has completed\n" in call("run", "interrupted")[1]
    assert call("recover", "check")[0] == 1
