"""What several commands take is said to each of them in the same words."""

from __future__ import annotations

import gzip
import json
import sys

import pytest

from cosmemory.__main__ import main

SAID = [["--metadata", "ticket=42", "--metadata", "by=kim"], ["--metadata", '{"ticket": 42, "by": "kim"}']]


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """A call of the command line on a memory of its own: exit code, what it said, what it complained of."""
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    monkeypatch.delenv("COSMEMORY_ACTOR", raising=False)

    def call(*words):
        code = main(["--root", str(tmp_path), *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    call("init")
    return call


def flat(held):
    """Metadata as JSON has it, whether in an object or in rows."""
    return {each["key"]: each["value"] for each in held} if isinstance(held, list) else held


@pytest.mark.parametrize("said", SAID)
def test_metadata_is_said_as_pairs_or_as_json(run, said):
    run("agent", "register", "L2.1", *said)
    run("run", "create", "demo", "--goal", "Ship", *said)
    run("handoff", "create", "demo", "--id", "demo-1", "--from", "ada", "--to", "kim", *said)
    agent, made, handed = (
        json.loads(run(noun, "show", key, "--json")[1])
        for noun, key in (("agent", "L2.1"), ("run", "demo"), ("handoff", "demo-1"))
    )
    told = [agent["agent"]["metadata"], made["run"]["metadata"], handed["metadata"]]
    assert [flat(each) for each in told] == [{"ticket": 42, "by": "kim"}] * 3


def test_metadata_without_a_key_is_refused_everywhere(run):
    for words in (
        ["agent", "register", "L2.1"],
        ["run", "create", "demo", "--goal", "Ship"],
        ["handoff", "create", "demo", "--from", "ada", "--to", "kim"],
    ):
        code, _, err = run(*words, "--metadata", "words")
        assert (code, err.split("\n")[0]) == (1, "error: --metadata is not valid: 'words' names no value.")


@pytest.mark.parametrize("words", [["out of memory"], ["--error", "out of memory"]])
def test_a_session_fails_of_an_error_said_as_those_of_agents_and_runs_are(run, words):
    run("session", "start", "s-1")
    assert run("session", "fail", *words)[0] == 0
    assert json.loads(run("session", "show", "--json")[1])["error"] == "out of memory"


@pytest.mark.parametrize("words", [[], ["one", "--error", "two"]])
def test_an_error_is_said_once(run, words):
    run("session", "start", "s-1")
    assert run("session", "fail", *words)[::2] == (
        2,
        "error: Say once what went wrong.\nhint: cosmemory session fail --error TEXT\n",
    )


@pytest.mark.parametrize(
    ("who", "warned"),
    [
        ([], ""),
        (["--by", "Kim"], ""),
        (["--actor", "eve"], "warning: demo-1 is meant for kim, and was acknowledged by eve\n"),
        (
            ["--by", "eve", "--actor", "kim"],
            "warning: demo-1 is meant for kim, and was acknowledged by eve\n",
        ),
    ],
)
def test_somebody_elses_acknowledgement_is_taken_with_a_warning(run, who, warned):
    run("handoff", "create", "demo", "--id", "demo-1", "--from", "ada", "--to", "kim")
    digest = json.loads(run("handoff", "show", "demo-1", "--json")[1])["content_sha256"]
    assert run("handoff", "ack", "demo-1", "--hash", digest, *who)[::2] == (0, warned)


def test_an_export_says_which_pages_its_format_leaves_out(run, tmp_path):
    packed = tmp_path / "archive" / "runs" / "demo.md.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(gzip.compress(b"# Run demo\n"))
    _, out, err = run("export", str(tmp_path / "all.jsonl"), "--json")
    assert json.loads(out)["left_out"] == ["archive/runs/demo.md.gz"]
    assert (
        err == "warning: 1 packed page below archive/ left out; the formats tables and sqlite tell of them\n"
    )


def test_a_database_is_not_written_to_a_terminal(run, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert run("export", "--format", "sqlite")[0] == 2
