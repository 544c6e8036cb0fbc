"""The merge of two versions of a page from the command line: no git, no memory."""

from __future__ import annotations

import json
import os
import stat

import pytest

from cosmemory.__main__ import main
from cosmemory.interfaces.cli.git_merge import BASE_MARKER_SIZE

BASE = b"""\
# Team Roster

Last Updated: 2026-11-21T06:00:00Z

## Active Team Members
| Session Name | Role | Status | Current Task | Last Seen |
|--------------|------|--------|--------------|-----------|
| helper-1 | reviewer | active | The lock | 2026-11-21T06:00:00Z |
| helper-2 | tester | idle | - | 2026-11-21T06:00:00Z |
"""
OURS = BASE.replace(b"| reviewer |", b"| implementer |")
THEIRS = BASE.replace(b"| idle | - |", b"| busy | The log |")
OTHER = BASE.replace(b"| reviewer |", b"| tester |")
BOTH = OURS.replace(b"| idle | - |", b"| busy | The log |")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Writes versions of a page as base, ours and theirs, in a folder with no memory above it; goes there."""
    monkeypatch.chdir(tmp_path)
    for key in ("COSMEMORY_ROOT", "COSMEMORY_NOW"):
        monkeypatch.delenv(key, raising=False)

    def write(base: bytes, ours: bytes, theirs: bytes) -> list[str]:
        for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
            (tmp_path / name).write_bytes(data)
        return ["base", "ours", "theirs", "--path", "team-roster.md"]

    return write


def test_the_merged_page_is_printed_as_it_is(files, capfdbinary):
    crlf = [text.replace(b"\n", b"\r\n") for text in (BASE, OURS, THEIRS)]
    assert main(["merge", *files(*crlf)]) == 0
    assert capfdbinary.readouterr().out == BOTH.replace(b"\n", b"\r\n")


def test_it_is_written_to_a_file_which_may_be_ours_and_keeps_its_mode(files, tmp_path, capfdbinary):
    arguments = files(BASE, OURS, THEIRS)
    os.chmod(tmp_path / "ours", 0o640)
    assert main(["merge", *arguments, "-o", "ours"]) == 0
    assert (tmp_path / "ours").read_bytes() == BOTH
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o640
    assert capfdbinary.readouterr().out == b""
    assert sorted(os.listdir(tmp_path)) == ["base", "ours", "theirs"]


def test_a_dispute_is_told_and_marked(files, capfdbinary):
    other = BASE.replace(b"| reviewer |", b"| tester |")
    assert main(["merge", *files(BASE, OURS, other)]) == 1
    said = capfdbinary.readouterr()
    assert b"<<<<<<< ours\n| helper-1 | implementer |" in said.out
    line = said.out.split(b"\n").index(b"<<<<<<< ours") + 1
    where = f"warning: team-roster.md:{line}: active_team_members.helper-1.role: "
    assert said.err.decode() == f"{where}ours has 'implementer', theirs 'tester', before it was 'reviewer'\n"


def test_as_json_it_is_one_object(files, capfdbinary):
    other = BASE.replace(b"| reviewer |", b"| tester |")
    assert main(["--json", "merge", *files(BASE, OURS, other)]) == 1
    told = json.loads(capfdbinary.readouterr().out)
    assert (told["kind"], told["path"], told["notes"]) == ("merge", "team-roster.md", [])
    assert told["text"].startswith("# Team Roster\n")
    (dispute,) = told["disputes"]
    assert dispute["where"] == "active_team_members.helper-1.role"
    assert (dispute["base"], dispute["ours"], dispute["theirs"]) == ("reviewer", "implementer", "tester")


@pytest.mark.parametrize(
    ("strategy", "role"),
    [
        (["ours"], b"implementer"),
        (["theirs"], b"tester"),
        (["manual", "text=theirs"], b"tester"),
        (["last write"], b"tester"),
        (["first write"], b"implementer"),
    ],
)
def test_a_strategy_settles_disputes(files, capfdbinary, strategy, role):
    other = THEIRS.replace(b"| reviewer |", b"| tester |")
    called = [word for each in strategy for word in ("--strategy", each)]
    if "write" in strategy[0]:
        called += ["--ours-at", "2026-11-21T06:00:00Z", "--theirs-at", "2026-11-21T07:00+01:00"]
        called[-1] = "2026-11-21T07:00:01Z"
    assert main(["merge", *files(BASE, OURS, other), *called]) == 0
    assert capfdbinary.readouterr().out == BOTH.replace(b"implementer", role)


def test_a_page_that_both_have_added_has_no_base(files, capfdbinary):
    files(b"", OURS, OURS)
    for base in ("-", "base"):
        assert main(["merge", base, "ours", "theirs", "--path", "team-roster.md"]) == 0
        assert capfdbinary.readouterr().out == OURS


def test_a_page_that_one_side_removed_is_gone_unless_the_other_changed_it(files, tmp_path, capfdbinary):
    files(BASE, BASE, THEIRS)
    assert main(["merge", "base", "ours", "-", "--path", "team-roster.md", "-o", "ours"]) == 0
    assert not (tmp_path / "ours").exists()
    assert main(["merge", "base", "-", "theirs", "--path", "team-roster.md"]) == 1
    assert capfdbinary.readouterr().out == THEIRS


def test_the_name_of_the_file_tells_which_page_it_is(files, tmp_path, capfdbinary):
    files(BASE, OURS, THEIRS)
    folder = tmp_path / "design" / "memory"
    folder.mkdir(parents=True)
    (tmp_path / "ours").rename(folder / "team-roster.md")
    assert main(["merge", "base", "design/memory/team-roster.md", "theirs", "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["path"] == "team-roster.md"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "ours", "theirs"], "There is no file nowhere."),
        (["base", "-", "-"], "Neither side has a page."),
        (["base", "ours", "theirs", "--strategy", "last write"], "last write needs the times of both."),
        (["base", "ours", "theirs", "--ours-at", "noon", "--theirs-at", "noon"], "'noon' is not a time."),
        (
            ["base", "ours", "theirs", "--strategy", "our"],
            "The strategy 'our' is not valid: there is none of that name.\nhint: Did you mean 'ours'?",
        ),
        (["base", "ours", "theirs", "--strategy", "prse=ours"], "The kind of field 'prse' is not valid: "),
        (["base", "ours", "theirs", "-o", "gone/out"], "gone/out was not saved: No such file or directory."),
        (["base", "ours", "theirs", "-o", "."], "'.' is not a safe path: it is no plain file."),
        (["base", "ours"], "Missing argument 'THEIRS'."),
    ],
)
def test_what_cannot_be_meant_is_refused(files, capfdbinary, arguments, said):
    files(BASE, OURS, THEIRS)
    assert main(["merge", *arguments]) == 2
    told = capfdbinary.readouterr()
    assert told.out == b""
    assert told.err.decode().startswith(f"error: {said}")


def test_sides_of_one_name_are_told_apart_by_their_folders(files, tmp_path, capfdbinary):
    files(BASE, OURS, OTHER)
    for side in ("ours", "theirs"):
        (tmp_path / side).rename(tmp_path / f"{side}.md")
        (tmp_path / side).mkdir()
        (tmp_path / f"{side}.md").rename(tmp_path / side / "team-roster.md")
    assert main(["merge", "base", "ours/team-roster.md", "theirs/team-roster.md"]) == 1
    out = capfdbinary.readouterr().out
    assert b"<<<<<<< ours/team-roster.md\n" in out
    assert b">>>>>>> theirs/team-roster.md\n" in out


def test_times_are_said_as_anywhere_else(files, capfdbinary):
    arguments = [*files(BASE, OURS, OTHER), "--strategy", "last write"]
    assert main(["merge", *arguments, "--ours-at", "2h ago", "--theirs-at", "1h ago"]) == 0
    later = capfdbinary.readouterr().out
    assert main(["merge", *arguments[:3], "--strategy", "theirs"]) == 0
    assert later == capfdbinary.readouterr().out


def for_git(files, base: bytes, ours: bytes, theirs: bytes, *more: str) -> int:
    files(base, ours, theirs)
    called = [
        "--ancestor",
        "base",
        "--current",
        "ours",
        "--other",
        "theirs",
        "--path",
        "design/memory/team-roster.md",
    ]
    return main(["git", "merge-driver", *called, *more])


def test_common_ancestors_keep_what_was_before_them_where_they_differ(files, tmp_path):
    ours, theirs = OURS, THEIRS.replace(b"| reviewer |", b"| tester |")
    assert for_git(files, BASE, ours, theirs, "--virtual") == 0
    assert (tmp_path / "ours").read_bytes() == THEIRS


def test_two_disputes_of_common_ancestors_are_both_settled_so(files, tmp_path):
    ours = OURS.replace(b"# Team Roster", b"# Team").replace(b"| tester |", b"| designer |")
    theirs = BASE.replace(b"| reviewer |", b"| writer |").replace(b"| tester |", b"| builder |")
    assert for_git(files, BASE, ours, theirs, "--virtual") == 0
    assert (tmp_path / "ours").read_bytes() == BASE.replace(b"# Team Roster", b"# Team")


def test_marks_that_stand_on_a_page_already_make_the_oldest_ancestor_the_base(files, tmp_path):
    mark = b"\n" + b"<" * BASE_MARKER_SIZE + b" x\n"
    ours, theirs = OURS + mark, BASE.replace(b"| reviewer |", b"| tester |") + mark
    assert for_git(files, BASE + mark, ours, theirs, "--virtual") in {0, 4}
    assert (tmp_path / "ours").read_bytes() in {ours, BASE + mark}


def test_the_driver_tells_how_it_ended(files, tmp_path, capfdbinary):
    assert for_git(files, BASE, OURS, THEIRS, "--marker-size", "7") == 0
    assert (tmp_path / "ours").read_bytes() == BOTH
    assert for_git(files, BASE, OURS, BASE.replace(b"| reviewer |", b"| tester |")) == 3
    assert b"<<<<<<< ours\n" in (tmp_path / "ours").read_bytes()
    wide = [text.decode().encode("utf-16") for text in (BASE, OURS, THEIRS)]
    assert for_git(files, *wide) == 4
    assert (tmp_path / "ours").read_bytes() == wide[1]
    assert b"no text that marks could stand in" in capfdbinary.readouterr().err
