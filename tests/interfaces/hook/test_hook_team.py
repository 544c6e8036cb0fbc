"""What subagents, teammates and tasks of harnesses write on the pages: stories of one project."""

from __future__ import annotations

import os
import random
import re

import pytest

from cosmemory.connect import open_memory
from tests.interfaces.hook.hooks import OF_HARNESSES
from tests.interfaces.hook.test_hook_fuzz import ODD
from tests.interfaces.hook.test_hook_sessions import ADA, BOB, Story

PAYLOADS = int(os.environ.get("COSMEMORY_HOOK_PAYLOADS", "60"))
SUBAGENT = ("SubagentStart", "SubagentStop")


@pytest.fixture
def story(tmp_path, monkeypatch, capfd) -> Story:
    monkeypatch.chdir(tmp_path)
    for name in (*OF_HARNESSES, "COSMEMORY_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    return Story(tmp_path, capfd, monkeypatch)


def sound(story: Story) -> bool:
    """Whether nothing is wrong on any page; what is goes into the test's report."""
    pages = open_memory(str(story.memory)).validate().pages
    found = [each for page in pages for each in page.diagnostics if each.severity != "info"]
    print(found)
    return not found


def rows(story: Story, page: str, heading: str) -> list[str]:
    """The rows of the table below a heading, without the head."""
    section = story.page(page).partition(f"## {heading}")[2]
    found = re.findall(r"^\| .* \|$", section.partition("\n## ")[0], re.MULTILINE)
    return [each.strip("| ").replace(" | ", "|") for each in found[1:]]


def team(story: Story) -> list[str]:
    return rows(story, "team-roster", "Active Team Members")


def actions(story: Story) -> list[str]:
    return rows(story, "cos-state", "Pending Actions")


def pages(story: Story) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in story.memory.rglob("*.md")}


def test_a_subagent_gets_a_page_and_its_sort_a_row_on_the_roster(story):
    assert story.tell("SubagentStart") is None
    page = story.page("agents/a7f3c21")
    assert "- **Agent Type:** Explore" in page
    assert "- **Status:** running" in page
    assert ADA in page
    assert team(story) == ["Explore|Subagent|active|2026-11-21T06:00:00Z|at work: a7f3c21|-"]
    assert story.log()[-1] == "a7f3c21 (Explore) spawned: running"
    assert "Total Agents: 1" in story.page("team-roster")
    assert "- **Team Size:** 1" in story.page("cos-state")
    assert sound(story)


def test_a_subagent_that_is_done_says_what_it_found(story):
    story.tell("SubagentStart")
    assert story.at("06:05:00").tell("SubagentStop") is None
    page = story.page("agents/a7f3c21")
    assert "- **Status:** completed" in page
    assert "- **Message:** The parser is in src/parse.py. It has no tests." in page
    assert team(story) == ["Explore|Subagent|offline|2026-11-21T06:05:00Z|-|-"]
    assert story.log()[-1] == "a7f3c21 (Explore) completed: completed"
    assert sound(story)
    pages = open_memory(str(story.at("09:00:00").memory)).validate(["team-roster.md"]).pages
    assert pages[0].diagnostics == ()  # who is not at work is not missed


def test_many_subagents_of_a_sort_have_one_row_that_names_those_at_work(story):
    for number in range(7):
        story.tell("SubagentStart", agent_id=f"a{number}")
    assert [each.split("|")[4] for each in team(story)] == ["at work: a0, a1, a2, a3, a4 and 2 more"]
    for number in range(6):
        story.tell("SubagentStop", agent_id=f"a{number}")
    assert [each.split("|")[2:5:2] for each in team(story)] == [["active", "at work: a6"]]
    story.tell("SubagentStart", agent_id="b1", agent_type="Plan")
    assert [each.split("|")[0] for each in team(story)] == ["Explore", "Plan"]
    assert len(rows(story, "team-roster", "Team Changes Log")) == 2
    assert sound(story)


def test_the_same_news_again_changes_nothing(story):
    for name in (*SUBAGENT, "TeammateIdle", "TaskCreated", "TaskCompleted"):
        story.tell(name)
        before = pages(story)
        story.at("06:10:00").tell(name)
        assert pages(story) == before, name
    for name in (*SUBAGENT, "TaskCreated", "TaskCompleted"):
        story.tell(name)
        assert pages(story) == before, name


def test_an_end_without_a_beginning_is_told_and_the_beginning_that_comes_later_is_not(story):
    story.tell("SubagentStop")
    assert "- **Status:** completed" in story.page("agents/a7f3c21")
    assert story.log()[-1] == "a7f3c21 (Explore) spawned: completed"
    story.tell("TaskCompleted")
    assert actions(story) == ["1|Write the release notes|medium|-|done"]
    story.tell("TaskCreated")
    assert actions(story) == ["1|Write the release notes|medium|-|done"]
    assert sound(story)


def test_a_subagent_that_is_woken_is_at_work_again(story):
    for name in SUBAGENT:
        story.tell(name)
    entries = len(story.log())
    story.at("06:20:00").tell("SubagentStart", prompt_id="p-2")
    page = story.page("agents/a7f3c21")
    assert "- **Status:** running" in page
    assert "- **Resumed At:** 2026-11-21T06:20:00Z" in page
    assert team(story)[0].split("|")[2] == "active"
    story.tell("SubagentStop", prompt_id="p-2", last_assistant_message="Tests written.")
    assert "- **Message:** Tests written." in story.page("agents/a7f3c21")
    assert len(story.log()) == entries  # its page and the history tell of that
    assert sound(story)


def test_a_helper_of_the_harness_itself_that_nobody_asked_for_is_not_told_of(story):
    before = pages(story)
    story.tell("SubagentStop", agent_type="")
    story.tell("SubagentStart", agent_id="", agent_type="")
    story.tell("TeammateIdle", teammate_name=" - ")
    story.tell("TaskCreated", task_id=None)
    assert pages(story) == before


def test_a_subagent_whose_page_went_to_the_archive_is_not_made_again(story):
    for name in SUBAGENT:
        story.tell(name)
    story.run("agent", "remove", "a7f3c21")
    before = pages(story)
    story.tell("SubagentStart", prompt_id="p-2")
    assert pages(story) == before


def test_an_agent_that_was_registered_before_is_the_one_that_starts(story):
    story.run("agent", "register", "a7f3c21", "--type", "Explore")
    story.tell("SubagentStart")
    assert "- **Status:** running" in story.page("agents/a7f3c21")
    assert story.log()[-1] == "a7f3c21 started: running"
    assert sound(story)


def test_a_row_that_somebody_keeps_for_that_sort_is_theirs(story):
    story.run("team", "join", "Explore", "--role", "Scout", "--task", "Maps the parser")
    story.tell("SubagentStart")
    assert team(story) == ["Explore|Scout|active|2026-11-21T06:00:00Z|Maps the parser|-"]
    story.tell("SubagentStop")
    assert team(story) == ["Explore|Scout|offline|2026-11-21T06:00:00Z|Maps the parser|-"]


@pytest.mark.parametrize("harness", ["codex", "cursor", "copilot"])
def test_other_harnesses_tell_of_their_subagents_too(story, harness):
    start, stop = SUBAGENT if harness == "codex" else ("subagentStart", "subagentStop")
    story.tell(start, harness=harness)
    assert [each.split("|")[2] for each in team(story)] == ["active"]
    story.tell(stop, harness=harness)
    # Cursor does not say which one stopped: the one whose page says that it runs stays at work.
    assert [each.split("|")[2] for each in team(story)] == ["active" if harness == "cursor" else "offline"]
    assert sound(story)


def test_a_teammate_without_work_is_idle_on_the_roster(story):
    assert story.tell("TeammateIdle") is None
    assert team(story) == ["researcher|Teammate|idle|2026-11-21T06:00:00Z|-|-"]
    assert story.log()[-1] == "Status changed to idle: Changed"
    assert sound(story)


def test_a_task_becomes_an_action_and_is_done_with_it(story):
    assert story.tell("TaskCreated", teammate_name="researcher") is None
    assert actions(story) == ["1|Write the release notes|medium|-|pending"]
    assert team(story) == ["researcher|Teammate|active|2026-11-21T06:00:00Z|Write the release notes|-"]
    assert story.log()[-1] == "Write the release notes: Added"
    assert "**Notes:** For 4.2, from the changelog." in story.page("coordination-log")
    assert story.at("06:30:00").tell("TaskCompleted", teammate_name="researcher") is None
    assert actions(story) == ["1|Write the release notes|medium|-|done"]
    assert team(story) == ["researcher|Teammate|active|2026-11-21T06:30:00Z|-|-"]
    assert story.log()[-1] == "Write the release notes: done"
    assert sound(story)


def test_the_action_is_found_again_whatever_a_person_made_of_its_text(story):
    story.at("06:10:00").tell("TaskCreated")
    page = story.memory / "cos-state.md"
    page.write_text(
        page.read_text().replace("| Write the release notes |", "| Notes for 4.2, both languages |")
    )
    story.tell("TaskCompleted")
    assert actions(story) == ["1|Notes for 4.2, both languages|medium|-|done"]


def test_the_action_is_found_again_after_the_log_was_rotated(story):
    story.tell("TaskCreated")
    story._monkeypatch.setenv("COSMEMORY_NOW", "2026-12-08T06:00:00Z")
    story.run("rotate")
    assert "Harness Task" not in story.page("coordination-log")
    story.tell("TaskCreated")
    story.tell("TaskCompleted")
    assert actions(story) == ["1|Write the release notes|medium|-|done"]


def test_a_teammate_completes_in_a_session_of_its_own_what_another_one_created(story):
    story.tell("TaskCreated")
    story.tell("TaskCreated", task_id="2", task_subject="Tag the release")
    story.tell("TaskCompleted", session_id=BOB, task_id="2", task_subject="Tag the release")
    assert actions(story) == [
        "1|Write the release notes|medium|-|pending",
        "2|Tag the release|medium|-|done",
    ]


def test_tasks_of_the_same_number_in_two_sessions_are_two_actions(story):
    story.tell("TaskCreated")
    story.tell("TaskCreated", session_id=BOB, task_subject="Fix the parser")
    story.tell("TaskCompleted", session_id=BOB, task_subject="Fix the parser")
    assert [each.rsplit("|", 1)[1] for each in actions(story)] == ["pending", "done"]


def test_what_a_person_did_with_the_action_stays(story):
    story.tell("TaskCreated")
    story.run("action", "cancel", "1")
    story.tell("TaskCompleted")
    assert actions(story) == ["1|Write the release notes|medium|-|cancelled"]
    assert story.log()[-1] == "Write the release notes: done"
    story.run("action", "reopen", "1")
    story.tell("TaskCompleted")  # told again, which is no second completion
    assert actions(story) == ["1|Write the release notes|medium|-|pending"]


def test_an_action_that_a_person_wrote_in_the_same_words_is_the_one_that_is_done(story):
    story.run("action", "add", "Write the release notes", "--priority", "high")
    story.tell("TaskCompleted")
    assert actions(story) == ["1|Write the release notes|high|-|done"]


def test_the_roster_does_not_overflow(story, monkeypatch):
    monkeypatch.setattr("cosmemory.operations.harness.team.MOST_MEMBERS", 3)
    for number in range(5):
        story.tell("TeammateIdle", teammate_name=f"mate {number}")
    assert len(team(story)) == 3


def test_a_memory_without_a_roster_still_gets_the_page_of_the_subagent(story):
    (story.memory / "team-roster.md").unlink()
    story.tell("SubagentStart")
    story.tell("TeammateIdle")
    assert "- **Status:** running" in story.page("agents/a7f3c21")
    assert not (story.memory / "team-roster.md").exists()


HOSTILE = [
    *(each for each in ODD if isinstance(each, str) and each),
    *(
        "a | b\n| c | d |\n---\n",
        "### 2026-11-21T06:00:00Z\n**Type:** decision",
        "x" * 200_000,
        "\u2028## x",
        "\ufeff",
    ),
    *(
        "**Harness Task:** s 1",
        "-",
        "n/a",
        "- [ ] x",
        "`",
        "\\",
        "|",
        "<b>",
        "# x",
        "a\r\nb",
        "\x85b",
        "*x*_y_",
    ),
]


def test_no_value_of_a_payload_damages_a_page(story):
    dice = random.Random(11)
    (story.memory / "cosmemory.toml").write_text('[storage]\ndurability = "none"\n')
    fields = {
        "SubagentStart": ("agent_id", "agent_type", "session_id"),
        "SubagentStop": ("agent_id", "agent_type", "last_assistant_message"),
        "TeammateIdle": ("teammate_name",),
        "TaskCreated": ("task_id", "task_subject", "task_description", "teammate_name", "team_name"),
        "TaskCompleted": ("task_id", "task_subject", "teammate_name", "team_name"),
    }
    for number in range(PAYLOADS):
        name = dice.choice([*fields])
        story.tell(name, **{each: dice.choice(HOSTILE) for each in fields[name] if dice.random() < 0.7})
        if number % 40 == 39 or number == PAYLOADS - 1:
            assert sound(story)
    events = open_memory(str(story.memory)).read("coordination-log").events
    assert {each.type for each in events} <= {"agent", "team_change", "action", "session"}
    assert all(
        len(line) < 2000 for path in story.memory.rglob("*.md") for line in path.read_text().split("\n")
    )
