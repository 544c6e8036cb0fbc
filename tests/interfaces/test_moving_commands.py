"""Folders of other systems from the command line: taken in, told of, refused, written out again."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cosmemory.__main__ import main

EXAMPLES = Path(__file__).parent.parent / "cases" / "moving_in"


@pytest.fixture
def memory(tmp_path, capsys):
    folder = tmp_path / "memory"
    assert main(["--root", str(folder), "init"]) == 0
    capsys.readouterr()
    return folder


def run(memory, capsys, *arguments):
    code = main(["--root", str(memory), *map(str, arguments)])
    return code, capsys.readouterr()


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_taken_in_and_comes_out_as_it_was(memory, capsys, tmp_path):
    code, said = run(memory, capsys, "import", EXAMPLES / "state")
    assert (code, said.err) == (0, "")
    assert said.out.startswith("took in 6 pages and 0 events: 6 new, 0 replaced, 0 as they stood there\n")
    assert "  sessions/current.md from current_session.json\n" in said.out
    assert (
        "  checkpoints/checkpoint_20251014_180000 from checkpoints/checkpoint_20251014_180000.json\n"
        in said.out
    )
    code, said = run(memory, capsys, "export", "--format", "state", tmp_path / "out")
    assert code == 0
    assert files(tmp_path / "out") == files(EXAMPLES / "state")
    assert run(memory, capsys, "checkpoint", "verify")[0] == 0
    assert run(memory, capsys, "validate")[0] == 0


def test_what_was_kept_aside_is_told(memory, capsys):
    code, said = run(memory, capsys, "import", EXAMPLES / "agent-deployment/state/L2.2.1.json")
    assert code == 0
    assert said.out.endswith(
        "  agents/L2.2.1.md from L2.2.1.json\n"
        "4 values stand in Other Values, to be given back as they are:\n"
        "  agents/L2.2.1.md: metadata\n"
        "  agents/L2.2.1.md: started_at\n"
        "  agents/L2.2.1.md: created_at\n"
        "  agents/L2.2.1.md: last_updated\n"
    )


def test_the_report_in_json_names_files_pages_and_values(memory, capsys, tmp_path):
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "L2.json").write_text('{"agent_id": "L2", "status": "failed", "pid": null}')
    code, said = run(memory, capsys, "import", "--json", tmp_path, "--format", "agents")
    held = json.loads(said.out)
    assert code == 0
    assert said.err == "warning: other.json is no file of a known sort and was left alone\n"
    assert held["created"] == ["agents/L2.md"]
    assert held["files"] == {"agents/L2.md": ["L2.json"]}
    assert held["aside"] == [{"page": "agents/L2.md", "key": "pid", "value": None}]
    assert held["left_alone"] == ["other.json"]


def test_a_dry_run_tells_all_and_changes_nothing(memory, capsys):
    before = files(memory)
    code, said = run(memory, capsys, "import", "--dry-run", "--json", EXAMPLES)
    held = json.loads(said.out)
    assert (code, held["dry_run"]) == (0, True)
    assert len(held["created"]) == 9
    assert "+- **Stage:** 5%\n" in held["diff"]
    assert {path: data for path, data in files(memory).items() if path.suffix == ".md"} == {
        path: data for path, data in before.items() if path.suffix == ".md"
    }


def test_what_stands_there_is_replaced_only_where_that_is_wished(memory, capsys, tmp_path):
    file = tmp_path / "L2.json"
    file.write_text('{"agent_id": "L2", "status": "running"}')
    assert run(memory, capsys, "import", file)[0] == 0
    file.write_text('{"agent_id": "L2", "status": "completed"}')
    code, said = run(memory, capsys, "import", file)
    assert code == 1
    assert "agents/L2.md" in said.err
    assert "--replace" in said.err
    code, said = run(memory, capsys, "import", file, "--replace")
    assert code == 0
    assert "0 new, 1 replaced" in said.out


def test_a_damaged_file_is_told_in_one_sentence(memory, capsys, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state/L2.json").write_text('{\n  "agent_id": "L2",\n  "progress": NaN\n}')
    code, said = run(memory, capsys, "import", tmp_path)
    assert (code, said.out) == (2, "")
    assert said.err == (
        "error: state/L2.json:3 cannot be taken in: NaN is no number that can be kept.\n"
        "hint: Nothing was imported.\n"
    )


def test_a_folder_that_holds_something_is_only_written_into_where_that_is_wished(memory, capsys, tmp_path):
    run(memory, capsys, "import", EXAMPLES / "agent-deployment")
    out = tmp_path / "out"
    (out / "state").mkdir(parents=True)
    (out / "state/L2.2.1.json").write_text("older")
    (out / "mine.txt").write_text("mine")
    code, said = run(memory, capsys, "export", "--format", "agents", out)
    assert (code, said.out) == (1, "")
    assert "--replace" in said.err
    assert (out / "state/L2.2.1.json").read_text() == "older"
    assert run(memory, capsys, "export", "--format", "agents", "--replace", out)[0] == 0
    assert (out / "mine.txt").read_text() == "mine"
    name = "agent-deployment/state/L2.2.1.json"
    assert (out / "state/L2.2.1.json").read_bytes() == (EXAMPLES / name).read_bytes()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


def test_a_folder_does_not_go_to_stdout_nor_in_the_place_of_a_file(memory, capsys, tmp_path):
    (tmp_path / "file").write_text("x")
    assert run(memory, capsys, "export", "--format", "state")[0] == 2
    assert run(memory, capsys, "export", "--format", "state", tmp_path / "file")[0] == 2
    assert (tmp_path / "file").read_text() == "x"


def test_lines_that_export_wrote_are_known_whatever_their_file_is_called(memory, capsys, tmp_path):
    file = tmp_path / "all.json"
    assert run(memory, capsys, "export", file)[0] == 0
    code, said = run(memory, capsys, "import", file)
    assert code == 0
    assert said.out.startswith("took in 0 pages")


def test_runs_go_to_a_database_and_to_json(memory, capsys, tmp_path):
    assert run(memory, capsys, "run", "create", "release", "--goal", "Ship it", "--phase", "scout")[0] == 0
    database, lists = tmp_path / "runs.db", tmp_path / "runs.json"
    assert run(memory, capsys, "export", "--format", "sqlite", database)[0] == 0
    assert run(memory, capsys, "export", "--format", "tables", lists)[0] == 0
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT goal FROM runs").fetchall() == [("Ship it",)]
    assert json.loads(lists.read_text())["phases"][0]["name"] == "scout"
