"""Handoffs and onboardings from the command line: what is said, what JSON tells, what is refused."""

from __future__ import annotations

import json
import sys

import pytest

from cosmemory.__main__ import main


@pytest.fixture
def root(tmp_path):
    return tmp_path / "memory"


@pytest.fixture
def run(root, monkeypatch, capsys):
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")

    def call(*arguments):
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    call("init")
    return call


KEY = "payments-2026-11-21"
CREATE = ("handoff", "create", "payments", "--from", "helper-1", "--to", "helper-2")


def shown(run, key):
    return json.loads(run("handoff", "show", key, "--json")[1])


def test_a_handoff_is_handed_over_read_and_acknowledged(run):
    assert run(*CREATE, "--data", '{"rows": [1]}', "--criterion", "tested", "--cost", "0.5")[1] == f"{KEY}\n"
    told = shown(run, KEY)
    assert (told["schema"], told["kind"], told["data"], told["from_cost"]) == (
        1,
        "handoff",
        {"rows": [1]},
        0.5,
    )
    assert told["acceptance_criteria"] == [{"text": "tested", "state": "open"}]
    sha = told["present_sha256"]
    assert run("handoff", "show", KEY)[1].endswith(f"\nhash of what it says: {sha}\n")
    code, _, err = run("handoff", "ack", KEY, "--hash", "0" * 64)
    assert (code, err.split("\n")[1]) == (1, f"hint: Read it again; the hash of what it says now is {sha}.")
    assert (
        run("handoff", "ack", KEY.upper(), "--hash", sha[:12], "--by", "helper-2")[1]
        == f"{KEY} acknowledged\n"
    )
    assert run("handoff", "start", KEY)[1] == f"{KEY} in progress\n"
    assert run("handoff", "complete", KEY)[0] == 1
    assert run("handoff", "accept", KEY, "tested")[1] == f"{KEY}: tested met\n"
    assert run("handoff", "complete", KEY)[1] == f"{KEY} completed\n"
    assert run("validate")[0] == 0


def test_lists_are_by_status_and_by_who_is_to_go_on(run):
    run(*CREATE)
    run(*CREATE, "--no-ack", "--expires", "2h")
    run("handoff", "start", f"{KEY}-2")
    assert run("handoff", "list")[1] == (
        f"{KEY} pending helper-1 -> helper-2\n{KEY}-2 in_progress helper-1 -> helper-2\n"
    )
    assert run("handoff", "list", "--to", "HELPER-2", "--received")[1].startswith(f"{KEY}-2 ")
    assert run("handoff", "list", "--status", "rejected")[1] == "no handoffs\n"
    held = json.loads(run("--json", "handoff", "list", "--status", "pending")[1])
    assert (held["kind"], [each["id"] for each in held["handoffs"]]) == ("handoffs", [KEY])
    assert "Did you mean 'pending'?" in run("handoff", "list", "--status", "pendign")[2]
    assert f"Did you mean '{KEY}'?" in run("handoff", "show", "payment-2026-11-21")[2]


@pytest.mark.parametrize(
    "more",
    [
        ("--from-role", "scout"),
        ("--analysis", "{}"),
        ("--from-role", "a", "--to-role", "b", "--results", "1", "--board-key", "k"),
        ("--board-version", "1"),
    ],
)
def test_half_a_protocol_is_none(run, more):
    code, out, err = run(*CREATE, *more)
    assert (code, out) == (2, "")
    assert "needs" in err


def test_a_broken_chain_is_told_with_an_exit_code(run, root):
    run(*CREATE, "--context", "honest")
    run("handoff", "ack", KEY, "--hash", shown(run, KEY)["present_sha256"])
    run("handoff", "create", "payments", "--from", "helper-2", "--to", "helper-3", "--previous", KEY)
    assert run("handoff", "verify", f"{KEY}-2")[:2] == (
        0,
        f"{KEY} -> {KEY}-2\nnot received yet\nthe chain is whole\n",
    )
    assert run("handoff", "broken")[:2] == (0, "no handoff is broken\n")
    page = root / "handoffs" / f"{KEY}.md"
    page.write_text(page.read_text(encoding="utf-8").replace("honest", "forged"), encoding="utf-8")
    code, out, _ = run("--json", "handoff", "verify", f"{KEY}-2")
    assert (code, json.loads(out)["whole"], len(json.loads(out)["problems"])) == (1, False, 2)
    code, out, _ = run("handoff", "broken")
    assert (code, out.count("\n")) == (1, 2)
    assert run("validate")[0] == 1


def test_a_dry_run_of_a_handoff_shows_the_page_and_writes_none(run, root):
    code, out, _ = run(*CREATE, "--dry-run")
    assert code == 0
    assert "+status: pending" in out
    assert not (root / "handoffs").exists()


def test_no_escape_of_a_value_reaches_a_terminal_as_one(run, monkeypatch):
    run(*CREATE, "--context", "\x1b[31mred")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b" not in run("handoff", "show", KEY)[1]


def test_a_generic_set_rewrites_the_one_line_and_the_hash(run, root):
    run(*CREATE)
    page = root / "handoffs" / f"{KEY}.md"
    before = page.read_text(encoding="utf-8").split("\n")
    assert run("set", f"handoffs/{KEY}", "reason", "why: not")[0] == 0
    after = page.read_text(encoding="utf-8").split("\n")
    assert [line for line in after if line not in before] == ['reason: "why: not"']
    run("set", f"handoffs/{KEY}", "notes", "more")
    last = page.read_text(encoding="utf-8").split("\n")
    assert [line[:16] for line in last if line not in after] == ["content_sha256: ", "more"]


def test_an_onboarding_is_ticked_to_its_end(run):
    key = "helper-1-2026-11-21"
    assert (
        run("onboard", "begin", "helper-1", "--role", "Developer", "--task", "Tooling: A key")[1]
        == f"{key}\n"
    )
    assert run("onboard", "list")[1] == f"{key} in_progress Developer: 0 of 15 tasks done\n"
    assert run("onboard", "check", "helper-1", "tooling", "a key")[1] == f"{key}: tooling: a key done\n"
    assert run("onboard", "complete", "helper-1")[0] == 1
    for phase in ("Welcome", "Team", "Communication", "Role", "Project", "Tooling", "First Task"):
        run("onboard", "check", "helper-1", phase)
    run("onboard", "verify", "helper-1", "answers", "--result", "passed")
    assert run("onboard", "complete", "helper-1", "--join")[1] == f"{key} complete\n"
    held = json.loads(run("onboard", "show", "helper-1", "--json")[1])
    assert (held["kind"], held["status"], held["tasks_done"], held["tasks"]) == (
        "onboarding",
        "complete",
        15,
        15,
    )
    assert (
        json.loads(run("show", "team-roster", "--json")[1])["data"]["active_team_members"][0]["role"]
        == "Developer"
    )
    run("onboard", "begin", "c", "--role", "x")
    assert run("onboard", "fail", "c", "--reason", "gone")[1] == "c-2026-11-21 failed\n"
    assert run("onboard", "begin", "b", "--role", "x", "--task", "nothing")[0] == 2
    assert run("validate")[0] == 0
