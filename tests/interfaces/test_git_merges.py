"""Branches of a memory that git brings together: nothing is lost, doubled or asked without need."""

from __future__ import annotations

import re
import shutil

import pytest

from cosmemory.__main__ import main
from tests.interfaces.repositories import Project, isolate, new_repository

ALERT = [
    "alert",
    "raise",
    "--type",
    "Memory",
    "--severity",
    "warning",
    "--value",
    "91%",
    "--threshold",
    "90%",
]


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    """A repository with a memory of a small team and the driver, and beside it one whose two branches have changed it.

    Branch theirs and branch main have a day of work each; main is checked out.
    """
    home = tmp_path_factory.mktemp("seed")
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, home)
        new_repository(home / "project")
        project = Project(home / "project")
        project.call("init")
        project.call("git", "install")
        project.call("team", "join", "helper-0", "--role", "reviewer")
        project.call("action", "add", "Write the docs", "--priority", "low")
        project.call(*ALERT, "ALERT-1", "--resource", "db")
        (project.root / "notes.md").write_text("# Notes\n", encoding="utf-8")
        project.commit("The first day")
        shutil.copytree(project.folder, home / "both")
        both = Project(home / "both")
        both.branch("theirs")
        a_day(both, "tea")
        both.git("checkout", "-q", "main")
        a_day(both, "coffee")
    return home


@pytest.fixture
def project(seed, tmp_path, monkeypatch):
    """A copy of that repository, on its branch main."""
    isolate(monkeypatch, tmp_path)
    return Project(shutil.copytree(seed / "project", tmp_path / "project"))


@pytest.fixture
def both(seed, tmp_path, monkeypatch):
    """A copy of the one with two branches."""
    isolate(monkeypatch, tmp_path)
    return Project(shutil.copytree(seed / "both", tmp_path / "both"))


def a_day(project: Project, name: str) -> None:
    """What a person called ``name`` and the agent of that name do on their branch."""
    project.call("log", "message_sent", "--action", f"Asked by {name}", "--involved", name)
    project.call("team", "join", name, "--role", "implementer", "--task", f"Work of {name}")
    project.call("action", "add", f"Action of {name}")
    project.call(*ALERT, f"ALERT-{name}", "--resource", name)
    project.call("decision", f"Decision of {name}", "--rationale", "it is time")
    with (project.root / "notes.md").open("a", encoding="utf-8") as page:
        page.write(f"\n## {name}\n\nNote of {name}\n")
    project.commit(f"The day of {name}")


def entries(project: Project) -> list[str]:
    """The actions of the log, each as often as it is there."""
    return re.findall(r"(?m)^\*\*Action:\*\* (.*)$", project.text("coordination-log.md"))


def rows(project: Project, page: str, start: str) -> int:
    """How many lines of a page begin so."""
    return f"\n{project.text(page)}".count(f"\n{start}")


def holds(project: Project, *names: str) -> None:
    """Everything that each of ``names`` did is there, once, and the pages agree with each other."""
    for name in names:
        assert entries(project).count(f"Asked by {name}") == 1
        assert entries(project).count(f"Action of {name}") == 1
        assert rows(project, "team-roster.md", f"| {name} | implementer |") == 1
        assert rows(project, "alerts/active-alerts.md", f"### ALERT-{name}\n") == 1
        assert rows(project, "cos-state.md", f"| ALERT-{name} |") == 1
        assert project.text("cos-state.md").count(f"| Action of {name} |") == 1
        assert project.text("cos-state.md").count(f"| Decision of {name} |") == 1
        assert project.text("notes.md").count(f"Note of {name}\n") == 1
    for page in project.root.rglob("*.md"):
        assert not re.search("(?m)^[<=>|]{7}", page.read_text(encoding="utf-8"))
    project.call("validate", "--fix")
    project.call("validate", "--strict")


def test_two_branches_that_did_a_days_work_each_are_merged_without_a_question(both):
    both.git("merge", "-q", "theirs")
    assert both.status() == ""
    holds(both, "coffee", "tea")


def test_a_merged_page_counts_anew_and_what_another_repeats_of_it_is_mended(both, capsys):
    both.git("merge", "-q", "theirs")
    assert "Total Agents: 3\nActive: 3\nInactive: 0\n" in both.text("team-roster.md")
    assert "- **Team Size:** 2\n" in both.text("cos-state.md")
    both.call("validate", "--fix")
    assert "- **Team Size:** 3\n" in both.text("cos-state.md")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_branch_is_rebased_without_a_question(both, line_end):
    if line_end == "\r\n":
        for page in both.root.rglob("*.md"):
            page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
        both.commit("As an editor on another system saves them")
    both.git("rebase", "-q", "theirs")
    for page in ("cos-state.md", "team-roster.md", "coordination-log.md"):
        text = both.text(page)
        assert text.count("\r\n") == (text.count("\n") if line_end == "\r\n" else 0)
    for page in both.root.rglob("*.md"):
        page.write_bytes(page.read_bytes().replace(b"\r\n", b"\n"))
    holds(both, "coffee", "tea")


def test_a_commit_is_picked_and_taken_back(both):
    both.git("cherry-pick", "theirs")
    holds(both, "coffee", "tea")
    both.git("checkout", "-q", "--", ".")
    both.git("revert", "--no-edit", "HEAD")
    assert not [each for each in entries(both) if each.endswith("tea")]
    assert rows(both, "team-roster.md", "| tea |") == 0
    holds(both, "coffee")


def test_an_older_commit_is_taken_back_below_newer_work(project):
    a_day(project, "coffee")
    a_day(project, "tea")
    project.git("revert", "--no-edit", "HEAD~1")
    assert not [each for each in entries(project) if each.endswith("coffee")]
    holds(project, "tea")


def test_a_stash_is_put_back_on_top_of_newer_work(project):
    project.branch("theirs")
    a_day(project, "tea")
    project.git("reset", "-q", "--mixed", "main")
    project.git("stash", "push", "-q")
    project.git("checkout", "-q", "main")
    a_day(project, "coffee")
    project.git("stash", "pop")
    holds(project, "coffee", "tea")


def test_clones_that_gave_the_same_number_keep_both_actions(project, tmp_path):
    project.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone")
    clone.call("git", "install")
    a_day(clone, "tea")
    a_day(project, "coffee")
    clone.git("pull", "-q", "--no-rebase", "origin", "main")
    holds(clone, "coffee", "tea")


def test_three_branches_at_once_are_refused_by_git_which_calls_no_driver_for_them(both):
    both.branch("third", "main~1")
    a_day(both, "cocoa")
    both.git("checkout", "-q", "main")
    before = {name: both.git("rev-parse", name).stdout for name in ("main", "theirs", "third")}
    told = both.git("merge", "theirs", "third", code=None)
    assert told.returncode != 0
    assert "Merge with strategy octopus failed." in told.stdout + told.stderr
    both.git("merge", "--abort", code=None)
    both.git("reset", "-q", "--hard")
    assert before == {name: both.git("rev-parse", name).stdout for name in before}
    both.git("merge", "-q", "theirs")
    both.git("merge", "-q", "third")
    holds(both, "coffee", "tea", "cocoa")


# ------------------------------------------------------------------------------------- criss-cross and one-sided


def test_branches_that_merged_each_other_crosswise_are_merged_without_a_question(both):
    crosswise(both)
    for name in ("main", "theirs"):
        both.git("checkout", "-q", name)
        both.call("log", "focus", "--action", f"Late on {name}")
        both.commit("Late")
    both.git("merge", "-q", "main")
    assert [entries(both).count(f"Late on {name}") for name in ("main", "theirs")] == [1, 1]
    holds(both, "coffee", "tea")


def test_what_one_branch_removed_after_a_crosswise_merge_stays_removed(both):
    crosswise(both)
    both.git("checkout", "-q", "main")
    both.call("remove", "team-roster", "active_team_members.tea")
    both.commit("Nobody drinks tea")
    both.git("checkout", "-q", "theirs")
    both.call("team", "join", "cocoa", "--role", "implementer")
    both.commit("Cocoa")
    both.git("merge", "-q", "main")
    assert rows(both, "team-roster.md", "| cocoa | implementer |") == 1
    assert rows(both, "team-roster.md", "| tea | implementer |") == 0
    assert rows(both, "team-roster.md", "| coffee | implementer |") == 1


def test_what_two_ancestors_had_in_dispute_is_asked_and_nothing_chosen(project):
    for name, focus in (("theirs", "Tea"), ("main", "Coffee")):
        project.git("checkout", "-q", "-B", name, "main")
        project.call("focus", focus)
        project.commit(focus)
        project.git("checkout", "-q", "main")
    project.git("checkout", "-q", "-B", "theirs", "main~1")
    project.call("focus", "Tea")
    project.commit("Tea")
    crosswise(project, settle=True)
    told = project.git("merge", "main", code=1)
    assert "current_focus.primary_task" in told.stderr
    text = project.text("cos-state.md")
    assert "- **Primary Task:** Tea\n" in text
    assert "- **Primary Task:** Coffee\n" in text


def crosswise(project: Project, *, settle: bool = False) -> None:
    """Each of main and theirs merges what the other was before; where they differ, each keeps its own."""
    old = {name: project.git("rev-parse", name).stdout.strip() for name in ("main", "theirs")}
    for name, other in (("main", "theirs"), ("theirs", "main")):
        project.git("checkout", "-q", name)
        project.git("merge", "-q", *(["-s", "ours"] if settle else []), old[other])


def test_a_page_that_both_branches_began_has_what_both_wrote(project):
    for name in ("theirs", "main"):
        if name == "theirs":
            project.branch(name)
        else:
            project.git("checkout", "-q", name)
        project.call(
            "metrics", "record", f"helper-{name}", "--tasks", "3", "--on-time", "2", "--first-pass", "2"
        )
        project.commit(name)
    project.git("merge", "-q", "theirs")
    text = project.text("performance/metrics-2026-11-21.md")
    assert "helper-main" in text
    assert "helper-theirs" in text


def test_a_page_that_one_branch_removed_and_the_other_edited_is_asked_about(project):
    project.branch("theirs")
    (project.root / "notes.md").unlink()
    project.commit("No notes")
    project.git("checkout", "-q", "main")
    (project.root / "notes.md").write_text("# Notes\n\nMine\n", encoding="utf-8")
    project.commit("Notes of mine")
    project.git("merge", "theirs", code=1)
    assert project.status() == "UD design/memory/notes.md\n"
    assert project.text("notes.md") == "# Notes\n\nMine\n"


@pytest.mark.parametrize("works", [True, False])
def test_a_page_may_be_called_anything(project, works):
    name = 'it\'s a "page" $(touch forged) `x` 50%P.md'
    (project.root / name).write_text("# Notes\n\n- **A:** 1\n- **B:** 1\n", encoding="utf-8")
    project.commit("A page")
    project.branch("theirs")
    (project.root / name).write_text("# Notes\n\n- **A:** 1\n- **B:** 2\n", encoding="utf-8")
    project.commit("Theirs")
    project.git("checkout", "-q", "main")
    (project.root / name).write_text("# Notes\n\n- **A:** 2\n- **B:** 1\n", encoding="utf-8")
    project.commit("Ours")
    if not works:
        break_driver(project, "/nowhere/python")
    told = project.git("merge", "theirs", code=0 if works else 1)
    if works:
        assert project.text(name) == "# Notes\n\n- **A:** 2\n- **B:** 2\n"
    else:
        assert f"could not merge design/memory/{name} by meaning" in told.stderr
    assert not (project.folder / "forged").exists()


def test_a_branch_from_before_the_line_in_the_attributes_gets_it_first(both):
    both.branch("old", "theirs")
    both.git("rm", "-q", "design/memory/.gitattributes")
    both.git("commit", "-q", "-m", "As if it had never had the line")
    both.call("git", "install", "--check", code=1)
    both.call("git", "install")
    both.commit("The line")
    both.git("merge", "-q", "main")
    holds(both, "coffee", "tea")


# ------------------------------------------------------------------------------------------------ what is disputed


def disputed(project: Project) -> None:
    """A merge of two branches that each gave the focus another name, and did a day of work beside."""
    project.git("checkout", "-q", "theirs")
    project.call("focus", "Drink tea", "--priority", "high")
    project.commit("Tea")
    project.git("checkout", "-q", "main")
    project.call("focus", "Drink coffee", "--priority", "high")
    project.commit("Coffee")
    told = project.git("merge", "theirs", code=1)
    assert "current_focus.primary_task: ours has 'Drink coffee', theirs 'Drink tea'" in told.stderr


def test_one_value_that_both_changed_is_the_only_question(both):
    disputed(both)
    assert [line for line in both.status().split("\n") if line[:2] == "UU"] == [
        "UU design/memory/cos-state.md"
    ]
    text = both.text("cos-state.md")
    found = re.findall(r"(?m)^<<<<<<< .*\n((?:.*\n)*?)\|{7}.*\n(?:.*\n)*?=======\n((?:.*\n)*?)>>>>>>> ", text)
    assert found == [("- **Primary Task:** Drink coffee\n", "- **Primary Task:** Drink tea\n")]


def test_a_question_is_answered_by_hand_and_committed(both, capsys):
    disputed(both)
    both.call("validate", code=1)
    assert "COS005" in capsys.readouterr().out
    page = both.root / "cos-state.md"
    answer = re.sub(
        r"(?m)^<<<<<<< (?:.*\n)*?\|{7}(?:.*\n)*?=======\n|^>>>>>>> .*\n", "", both.text("cos-state.md")
    )
    page.write_text(answer, encoding="utf-8")
    both.git("add", "-A")
    both.git("commit", "-q", "--no-edit")
    assert both.text("cos-state.md").count("Primary Task:** Drink tea") == 1
    holds(both, "coffee", "tea")


def test_an_answer_given_once_is_given_again_by_rerere(both):
    both.git("config", "rerere.enabled", "true")
    disputed(both)
    page = both.root / "cos-state.md"
    answer = re.sub(
        r"(?m)^<<<<<<< (?:.*\n)*?\|{7}(?:.*\n)*?=======\n|^>>>>>>> .*\n", "", both.text("cos-state.md")
    )
    page.write_text(answer, encoding="utf-8")
    both.git("add", "-A")
    both.git("commit", "-q", "--no-edit")
    both.git("reset", "-q", "--hard", "HEAD~1")
    both.git("merge", "theirs", code=1)
    assert both.text("cos-state.md") == answer


# ------------------------------------------------------------------------------------- when the driver cannot work


def break_driver(project: Project, program: str) -> None:
    """Puts another program in the place of the driver's Python."""
    told = project.git("config", "merge.cosmemory.driver").stdout.strip()
    old = told[: told.index(" -P -m cosmemory")]
    project.git("config", "merge.cosmemory.driver", told.replace(old, program))


@pytest.mark.parametrize(
    "broken",
    [
        "/nowhere/python",  # the environment was deleted
        "false",  # a Python that cannot start ends as a driver with a dispute would
        "sh -c 'kill -9 $$' --",
        "python3 -c 'raise SystemExit(4)'",
    ],
)
def test_a_driver_that_cannot_run_leaves_both_sides_between_marks(both, broken):
    break_driver(both, broken)
    told = both.git("merge", "theirs", code=1)
    assert "could not merge design/memory/cos-state.md by meaning" in told.stderr
    for page in ("cos-state.md", "team-roster.md", "coordination-log.md"):
        assert f"UU design/memory/{page}\n" in both.status()
        assert "tea" in both.text(page)
        assert "coffee" in both.text(page)
    assert "Traceback" not in told.stderr


def test_bytes_that_are_no_text_are_disputed_like_any_others(project):
    two_titles(project, b"# Team \xff", b"# Team \xfe")
    project.git("merge", "theirs", code=1)
    held = (project.root / "team-roster.md").read_bytes()
    assert b"# Team \xff\n" in held
    assert b"# Team \xfe\n" in held
    assert b"<<<<<<< ours\n" in held


def test_a_page_that_is_no_text_at_all_is_left_to_git(project):
    two_titles(project, "# Team ö".encode("utf-16"), "# Team ä".encode("utf-16"))
    told = project.git("merge", "theirs", code=1)
    assert "no text that marks could stand in" in told.stderr
    assert project.status() == "UU design/memory/team-roster.md\n"
    for name, side in (("main", ":2:"), ("theirs", ":3:")):
        page = "design/memory/team-roster.md"
        assert (
            project.git("rev-parse", f"{side}{page}").stdout
            == project.git("rev-parse", f"{name}:{page}").stdout
        )


def two_titles(project: Project, ours: bytes, theirs: bytes) -> None:
    """Gives a page one title on the branch theirs and another on main."""
    for name, title in (("theirs", theirs), ("main", ours)):
        project.git("checkout", "-q", *(["-b", name] if name == "theirs" else [name]))
        page = project.root / "team-roster.md"
        page.write_bytes(page.read_bytes().replace(b"# Team Roster", title))
        project.commit(name)


def test_code_that_lies_in_the_work_tree_is_never_run(both):
    for name in ("cosmemory", "click", "re", "json"):
        (both.folder / f"{name}.py").write_text("raise SystemExit('run')\n", encoding="utf-8")
    both.git("merge", "-q", "theirs")
    holds(both, "coffee", "tea")


def test_a_clone_without_the_driver_merges_line_by_line_as_before(both):
    both.call("git", "uninstall", "--keep-attributes")
    told = both.git("merge", "theirs", code=1)
    assert "CONFLICT (content): Merge conflict in design/memory/coordination-log.md" in told.stdout
    assert "cosmemory" not in told.stderr


def test_the_driver_is_told_what_newer_versions_of_git_call_the_sides(project, tmp_path, capsys):
    paths = [tmp_path / name for name in ("base", "ours", "theirs")]
    for path, task in zip(paths, ("Rest", "Coffee", "Tea"), strict=True):
        path.write_text(f"# Notes\n\n- **Task:** {task}\n", encoding="utf-8")
    base, ours, theirs = map(str, paths)
    call = [
        "git",
        "merge-driver",
        "--ancestor",
        base,
        "--current",
        ours,
        "--other",
        theirs,
        "--path",
        "notes.md",
    ]
    assert main([*call, "--marker-size", "9", "--ours-label", "HEAD", "--theirs-label", "feature/x"]) == 3
    text = paths[1].read_text(encoding="utf-8")
    assert "<<<<<<<<< HEAD\n" in text
    assert ">>>>>>>>> feature/x\n" in text


def test_the_driver_says_in_one_line_why_it_did_nothing(tmp_path, capsys):
    call = ["git", "merge-driver", "--ancestor", "a", "--current", "b", "--other", "c", "--path", "notes.md"]
    assert main(call) == 4
    assert capsys.readouterr().err.count("\n") == 1
    assert "merge-driver" not in (main(["git"]), capsys.readouterr().err)[1]
