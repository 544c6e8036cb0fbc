"""The past from the command line: history, show --at, diff, blame and undo, on a memory that lives in a dict."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest

from cosmemory.__main__ import main
from cosmemory.memory import Memory
from tests.maintenance.story import NOON, STATE, VERBS, Day, story


@pytest.fixture
def cli(monkeypatch, capsys):
    """Runs commands on the memory of a day; gives the exit code and what was said."""
    day = story()

    def opened(root: str | None = None, *, actor: str | None = None, message: str = "") -> Memory:
        del root
        return Memory(day.store, now=lambda: day.at, actor=actor or "carol", message=message)

    monkeypatch.setattr("cosmemory.connect.open_memory", opened)

    def call(*arguments: str) -> SimpleNamespace:
        code = main(list(arguments))
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err, day=day)

    return call


def object_of(ran: SimpleNamespace) -> dict:
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def test_the_history_of_a_memory_reads_like_this(cli, snapshot):
    ran = cli("history")
    assert (ran.code, ran.err) == (0, "")
    # An edit by hand has the time at which the page was saved.
    assert re.sub(r"#24  \S+", "#24  TIME", ran.out) == snapshot


def test_the_history_of_a_page_holds_what_was_done_to_it(cli):
    assert cli("history", "team-roster", "-n", "2").out == (
        "#22  2026-11-21T12:21:00Z  alice  add  role Reviewer added: 0, 2\n"
        "#17  2026-11-21T12:16:00Z  alice  team leave  helper-1 left: done here\n"
    )
    assert cli("history", "--actor", "nobody").out == ""
    assert [line[:2] for line in cli("history", "--search", "one LOCK").out.split("\n")] == ["#5", ""]
    found = cli("history", "--since", "2026-11-21T12:20:00Z", "--until", "2026-11-21T12:21:00Z").out
    assert [line[:3] for line in found.split("\n")] == ["#22", "#21", ""]


def test_when_a_value_changed_is_told_with_both_values(cli):
    assert cli("history", "cos-state", "--value", "pending_actions.1.status").out == (
        "#4  2026-11-21T12:03:00Z  alice  action start  pending -> in_progress\n"
        "#3  2026-11-21T12:02:00Z  alice  action add  - -> pending\n"
    )
    told = object_of(cli("history", "cos-state", "--value", "notes", "--json", "-n", "1"))
    assert (told["kind"], told["path"]) == ("history", "notes")
    assert (told["changes"][0]["number"], told["changes"][0]["new"][-7:]) == (19, "Tuesday")
    assert cli("history", "--value", "notes").code == 2
    assert cli("history", "cos-state", "--value", "a..b").code == 2


def test_the_history_as_json_holds_every_difference(cli):
    first = object_of(cli("history", "--json"))["changes"][-2]
    assert {key: first[key] for key in ("number", "time", "actor", "operation", "message", "by_hand")} == {
        "number": 2,
        "time": "2026-11-21T12:01:00Z",
        "actor": "alice",
        "operation": "focus",
        "message": "",
        "by_hand": False,
    }
    assert [each["document"] for each in first["pages"]] == ["coordination-log", "cos-state"]
    told = {each["path"]: (each["old"], each["new"]) for each in first["differences"]}
    assert told["current_focus.primary_task"] == (None, "Ship the parser")
    assert told["events.#1"][1]["action"] == "Ship the parser"


def test_a_page_is_shown_as_it_stood(cli):
    day = cli("version").day
    assert cli("show", "cos-state", "--at", "now").out == day.text(STATE)
    assert "Primary Task:** -" in cli("show", "cos-state", "--at", "#1").out
    told = object_of(cli("show", "cos-state", "--at", "2026-11-21T12:02Z", "--json"))
    assert (told["at"], told["data"]["pending_actions"][0]["status"]) == (3, "pending")
    assert cli("get", "cos-state", "pending_actions.1.status", "--at", "3").out == "pending\n"
    assert object_of(cli("get", "cos-state", "notes", "--at", "last~1", "--json"))["value"].endswith(
        "Tuesday"
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["history", "cos-state", "--value", "current_focus.primary_tsk"],
            1,
            "error: 'primary_tsk' in the path 'current_focus.primary_tsk' was not found.",
        ),
        (["show", "cos-state", "--at", "17000"], 1, "error: The change #17000 was not found."),
        (["show", "cos-state", "--at", "1~1"], 1, "error: The page cos-state.md at #0 was not found."),
        (
            ["show", "daily-metrics", "--at", "2"],
            1,
            "error: The page performance/metrics-2026-11-21.md at #2",
        ),
        (["show", "cos-state", "--at", "tomorrow"], 2, "error: 'tomorrow' names no moment."),
        (["diff", "cos-stat"], 1, "error: The page 'cos-stat' was not found."),
        (["diff", "tomorrow"], 2, "error: 'tomorrow' names no moment."),
        (["diff", "1", "2", "3"], 1, "error: The page '3' was not found."),
        (["blame", "cos-state", "pending_actions.9"], 1, "error: '9' in the path"),
        (["undo", "--expect", "x"], 2, "error: undo is about many pages"),
        (["history", "--since", "whenever"], 2, "error: 'whenever' is not a time."),
    ],
)
def test_a_moment_or_a_page_that_there_is_not_is_refused(cli, words, code, said):
    ran = cli(*words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(said)


def test_two_moments_differ_by_meaning(cli, snapshot):
    assert cli("diff").out == 'cos-state\n  text added below Current Focus: "A line of mine"\n'
    assert cli("diff", "3", "5").out == snapshot(name="by meaning")
    assert cli("diff", "#6", "#8", "team-roster").out == "team-roster\n  helper-1 joined as Reviewer\n"
    assert cli("diff", "8", "6", "team-roster").out == "team-roster\n  helper-1 is no member any more\n"
    assert cli("diff", "3", "5", "cos-state", "--text").out == snapshot(name="by text")
    told = object_of(cli("diff", "3", "4", "cos-state", "--json"))
    assert (told["from"], told["to"]) == (3, 4)
    assert [each["path"] for each in told["differences"] if not each["derived"]] == [
        "pending_actions.1.status"
    ]
    assert object_of(cli("diff", "3", "4", "--text", "--json"))["diff"].startswith("--- coordination-log.md")
    assert cli("diff", "4", "4").out == ""


def test_who_set_what_is_shown(cli, snapshot):
    assert cli("blame", "cos-state", "pending_actions.1.status").out == (
        "#4  2026-11-21T12:03:00Z  alice  action start  pending_actions.1.status: in_progress (before: pending)\n"
    )
    assert cli("blame", "cos-state").out == snapshot
    told = object_of(cli("blame", "cos-state", "notes", "--json"))["values"]
    assert [(each["path"], each["change"]["number"], each["before"][-6:]) for each in told] == [
        ("notes", 19, "Monday")
    ]


def test_a_change_is_taken_back(cli):
    ran = cli("undo", "19", "--actor", "dora", "--message", "not so")
    assert (ran.code, ran.out) == (0, "undid #19 (set): Notes: … is away until [-Tuesday-]{+Monday+}\n")
    newest = ran.day.store.history().revisions(limit=1)[0].attribution
    assert (newest.actor, newest.operation, newest.message) == ("dora", "undo 19", "not so")
    assert cli("undo").out.startswith("undid #25 (undo 19): Notes:")
    told = object_of(cli("undo", "4", "cos-state", "--json"))
    assert [each["document"] for each in told["changes"]] == ["cos-state", "coordination-log"]


def test_a_change_is_not_taken_back_where_somebody_changed_the_same_again(cli):
    ran = cli("undo", "18")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: notes of cos-state was changed again since #18 by alice in #19 (set)")
    shown = cli("undo", "18", "--force", "--dry-run")
    assert shown.code == 0
    assert "-The second reviewer is away until Tuesday\n" in shown.out
    assert cli("undo", "18", "--force").code == 0
    assert cli("get", "cos-state", "notes").out == "\n"


def test_nothing_in_the_past_steers_a_terminal(monkeypatch, capsys):
    day = Day()
    day.store._pages["cos-state.md"] = day.store._pages["cos-state.md"].replace(
        b"## Notes\n", b"## Notes\n\x1b[31m"
    )
    monkeypatch.setattr("cosmemory.connect.open_memory", lambda *_, **__: Memory(day.store, now=lambda: NOON))
    for words in (
        ["history"],
        ["diff"],
        ["blame", "cos-state", "notes"],
        ["history", "cos-state", "--value", "notes"],
    ):
        assert main(words) == 0
        said = capsys.readouterr().out
        assert "\x1b" not in said
        assert "\\x1b[31m" in said, words


def test_a_terminal_gets_columns(cli, monkeypatch):
    monkeypatch.setattr("cosmemory.interfaces.cli.history_lines.on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "100")
    line = cli("history", "-n", "1").out
    assert "by hand" in line
    assert "\x1b[" in line
    assert len(VERBS) == 22
