"""What is said to somebody who mistypes: one sentence with its place and reason, a hint, the right exit code."""

from __future__ import annotations

import io
import json
import shlex
import sys
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main

SLIPS = """\
statsu
setup
setup claud
help
alert rais
team foo
alert
focus
focus a b
focus ""
focus x --expect abc
focus x --expect ""
show cos-stat
show COS-STATE
show team_roster
show design/memory/cos-state.md
show weather
show daily-metrics
show /etc/passwd
get cos-state
get cos-state curent_focus.primary_task
get cos-state current_focus.
get cos-state pending_actions.99
get cos-state pending_actions.#9
get coordination-log events.1
get active-alerts critical.1
set cos-state current_focus.priority hgih
set cos-state current_focus.priority urgent
set cos-state resource_status.memory 62,5%
set cos-state resource_status.memory 620
set cos-state current_focus.started yesterday
set cos-state current_focus x
add cos-state pending_actions
add cos-state pending_actions action
add cos-state pending_actions acton=x
remove cos-state current_focus.priority
log decision
log decision --acton x
log decision --action x --time 10:00
log decision --action x --field Type=y
log --from-json nowhere.json
events --since lastweek
events -n 0
events -n many
action add ""
action done 99
action start 1 --note x
decision x
resources
resources --memory 150
team join helper-1 --role r
team join x --role ""
team seen nobody
team status helper-1 sleeping
alert raise --type M --severity urgent --resource r --value 1 --threshold 2
alert ack ALERT-9
alert resolve ALERT-1
alert escalate ALERT-2 --severity warning
action done 2
metrics record a --tasks 1 --on-time 5
metrics record a --date 21.11.2026
metrics record a
metrics record a --task foo
metrics rollup --month november
report yearly
report weekly --of 2026-W60
validate nowhere.md
validate --output-format xml
validate --select enum-cas
rule COS9999
rotate --verfy
completion tcsh
git
git instal
git uninstal
git install --chek
merge note.txt note.txt nowhere.md
merge note.txt note.txt
--jsn status
status --root
--root nowhere status
--root note.txt status
--root note.txt init
""".splitlines()


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command line in a project with a memory; gives its exit code and what it said."""
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    monkeypatch.delenv("COSMEMORY_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text("mine\n", encoding="utf-8")

    def call(*arguments: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
        code = main(list(arguments))
        said = capsys.readouterr()
        return SimpleNamespace(
            code=code, out=said.out, err=said.err.replace(str(tmp_path), "PROJECT").replace("\\", "/")
        )

    raise_ = ["alert", "raise", "--type", "M", "--severity", "warning", "--resource", "r", "--value", "1"]
    for line in (
        ["init"],
        ["action", "add", "One"],
        ["action", "add", "Two"],
        ["action", "done", "2"],
        ["team", "join", "helper-1", "--role", "reviewer"],
        [*raise_, "--threshold", "2"],
        [*raise_, "--threshold", "2"],
        ["alert", "resolve", "ALERT-1"],
    ):
        assert call(*line).code == 0
    return call


def test_every_slip_is_answered(run, snapshot):
    told = ""
    for line in SLIPS:
        ran = run(*shlex.split(line))
        assert ran.out == "", line
        assert ran.code in {1, 2}, line
        first, *others = ran.err.removesuffix("\n").split("\n")
        assert first.startswith("error: "), line
        assert first.endswith((".", "?")), line
        assert [each[:6] for each in others] in ([], ["hint: "]), line
        told += f"$ cosmemory {line}\n{ran.err}[{ran.code}]\n\n"
    assert told == snapshot


def test_with_json_the_same_is_said_as_an_object(run):
    for line in SLIPS:
        plain, as_json = run(*shlex.split(line)), run("--json", *shlex.split(line))
        assert (as_json.code, as_json.out) == (plain.code, ""), line
        held = json.loads(as_json.err)
        assert {"schema", "kind", "code", "message", "hint"} == set(held), line
        hint = f"hint: {held['hint']}\n" if held["hint"] else ""
        assert f"error: {held['message']}\n{hint}" == plain.err, line


def test_nothing_but_the_name_is_answered_with_the_help(run):
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: cosmemory")


@pytest.mark.parametrize(
    ("words", "position", "offered"),
    [
        ("cosmemory stat", "1", "plain,status\n"),
        ("cosmemory alert res", "2", "plain,resolve\nplain,resolving\n"),
    ],
)
def test_a_shell_is_offered_the_commands_that_begin_so(run, monkeypatch, capsys, words, position, offered):
    monkeypatch.setenv("_COSMEMORY_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", position)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert (ended.value.code, capsys.readouterr().out) == (0, offered)


def test_an_event_type_that_found_nothing_is_questioned(run):
    ran = run("events", "--type", "decison")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "warning: 'decison' is not a known event type; did you mean 'decision'?\n"
    assert run("events", "--type", "decision").err == ""


def test_a_page_that_was_lost_is_to_be_brought_back_before_one_is_begun_anew(run, tmp_path):
    (tmp_path / "design/memory/cos-state.md").unlink()
    for words in (["focus", "Ship"], ["show", "cos-state"], ["blame", "cos-state"]):
        assert run(*words).err == (
            "error: The page cos-state.md was not found.\n"
            "hint: cosmemory repair brings a lost page back; cosmemory init makes what never was.\n"
        )


@pytest.mark.parametrize(
    ("data", "reason"), [("# State\n".encode("utf-16"), "UTF-16"), (b"\0\1" * 9, "binary")]
)
def test_a_value_of_a_page_that_cannot_be_read_is_not_said_to_be_empty(run, tmp_path, data, reason):
    (tmp_path / "design/memory/cos-state.md").write_bytes(data)
    ran = run("get", "cos-state", "current_focus.primary_task")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"error: cos-state.md:1 is damaged: the file is {reason}, not UTF-8 text.\n"
        "hint: cosmemory repair cos-state shows what mends it; cosmemory validate shows each place.\n"
    )


def test_without_a_memory_init_is_named(run, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("COSMEMORY_ROOT", "gone")
    assert run("status").err == (
        "error: There is no folder PROJECT/elsewhere/gone.\nhint: cosmemory init makes it, with the same --root.\n"
    )
