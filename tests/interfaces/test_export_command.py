"""Export and import from the command line, from one folder to another."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from cosmemory.__main__ import main


@pytest.fixture
def folders(tmp_path, capsys):
    """A memory to write out, and an empty folder to take it in."""
    there, here = tmp_path / "there", tmp_path / "here"
    here.mkdir()
    main(["--root", str(there), "init"])
    main(["--root", str(there), "focus", "Cut the release"])
    capsys.readouterr()
    return there, here


def pages(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.md")}


def test_what_is_written_to_a_file_is_taken_in_elsewhere(folders, tmp_path, capsys):
    there, here = folders
    file = tmp_path / "all.jsonl"
    assert main(["--root", str(there), "export", str(file)]) == 0
    size = file.stat().st_size
    assert capsys.readouterr().out == f"wrote 4 pages and 1 event ({size} bytes) to {file}\n"
    assert main(["--root", str(here), "import", str(file), "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("would take in 4 pages and 1 event: 4 new, 0 replaced")
    assert os.listdir(here) == []
    assert main(["--root", str(here), "import", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], len(told["created"]), told["replaced"], told["events"]) == ("import", 4, [], 1)
    assert pages(here) == pages(there)


def test_a_dry_run_counts_and_writes_nothing(folders, tmp_path, capsys):
    there, _ = folders
    assert main(["--root", str(there), "export", str(tmp_path / "x"), "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pages"], told["events"], told["dry_run"]) == (4, 1, True)
    assert not (tmp_path / "x").exists()


def test_stdout_gets_the_lines_and_stdin_gives_them(folders, capsys, monkeypatch):
    there, here = folders
    assert main(["--root", str(there), "export", "--kind", "cos-state"]) == 0
    out = capsys.readouterr().out.encode()
    assert [json.loads(line)["kind"] for line in out.split(b"\n")[:-1]] == ["export", "document"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(out)))
    assert main(["--root", str(here), "import", "-"]) == 0
    assert list(pages(here)) == [(here / "cos-state.md").relative_to(here)]


def test_other_pages_are_kept_unless_replacing_is_wished(folders, tmp_path, capsys):
    there, here = folders
    file = tmp_path / "all.jsonl"
    main(["--root", str(there), "export", str(file)])
    (here / "cos-state.md").write_bytes(b"# Mine\n")
    assert main(["--root", str(here), "import", str(file)]) == 1
    assert "cos-state.md" in capsys.readouterr().err
    assert list(pages(here).values()) == [b"# Mine\n"]
    assert main(["--root", str(here), "import", str(file), "--replace"]) == 0
    assert pages(here) == pages(there)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["export", "--json"], 2),
        (["export", "--format", "soup"], 2),
        (["export", "--kind", "soup"], 1),
        (["import", "nowhere.jsonl"], 2),
        (["import", "--expect", "1" * 64, "x"], 2),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(folders, capsys, arguments, code):
    assert main(["--root", str(folders[0]), *arguments]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
