"""Onboardings: tasks ticked by phase, checks verified, and an agent in the team when all is done."""

from __future__ import annotations

import pytest

from cosmemory.clock import read_time
from cosmemory.config import settings_of
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import ConfigError, IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.memory import Memory
from cosmemory.operations import onboardings
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise

NOON = read_time("2026-11-21T12:00:00Z")[0]
FIRST = "helper-1-2026-11-21"
SETTINGS = settings_of(
    {
        "onboarding": {
            "phases": {"Welcome": ["Hello said"], "Role-specific": []},
            "roles": {"Developer": ["Key made"]},
        }
    }
)


@pytest.fixture
def memory():
    memory = Memory(EphemeralStore(), now=lambda: NOON, actor="chief", settings=SETTINGS)
    initialise(memory)
    return memory


def begun(memory, agent="helper-1", **more):
    return onboardings.begin(memory, agent, role="developer", **more).result


def tasks(memory, key):
    page = onboardings.get(memory, key)
    return {phase.name: [(each.text, each.state) for each in phase.tasks] for phase in page.checklist}


def test_the_checklist_is_that_of_the_settings_and_of_the_role(memory):
    key = begun(memory, tasks={"welcome": ["Tour given", "hello said"], "Garden": ["Gate opened"]})
    assert key == FIRST
    assert tasks(memory, key) == {
        "Welcome": [("Hello said", "open"), ("Tour given", "open")],
        "Role-specific": [("Key made", "open")],
        "Garden": [("Gate opened", "open")],
    }
    assert onboardings.get(memory, key).onboarded_by == "chief"


def test_without_settings_there_are_the_eight_phases():
    memory = Memory(EphemeralStore(), now=lambda: NOON)
    initialise(memory)
    names = ["Welcome", "Team", "Communication", "Role", "Project", "Tooling", "First Task", "Role-specific"]
    assert list(tasks(memory, begun(memory))) == names
    assert [each for page in memory.validate().pages for each in page.diagnostics] == []


def test_it_is_complete_only_when_every_phase_is(memory):
    begun(memory)
    onboardings.check(memory, "helper-1", "welcome", "hello said")
    with pytest.raises(Refused, match="is not complete; what is left: Role-specific: Key made"):
        onboardings.complete(memory, "helper-1")
    assert onboardings.interrupted(memory)[0].left == (("Role-specific", "Key made"),)
    onboardings.check(memory, "helper-1", "Role-specific")
    onboardings.verify(memory, "helper-1", "Answers", result="failed", notes="no answer")
    with pytest.raises(Refused, match="what did not pass: Answers"):
        onboardings.complete(memory, "helper-1")
    onboardings.verify(memory, "helper-1", "answers", result="passed", by="kim")
    (going,) = onboardings.interrupted(memory)
    assert (going.id, going.page, going.agent, going.left) == (
        FIRST,
        f"onboarding/{FIRST}.md",
        "helper-1",
        (),
    )
    onboardings.complete(memory, "helper-1")
    page = onboardings.get(memory, "helper-1")
    assert (page.status, [(each.check, each.result, each.by) for each in page.verification_results]) == (
        "complete",
        [("Answers", "passed", "kim")],
    )
    assert onboardings.interrupted(memory) == ()
    with pytest.raises(IllegalTransition, match="is complete"):
        onboardings.check(memory, "helper-1", "Welcome")


def test_who_is_on_board_joins_the_team_in_the_same_breath(memory):
    begun(memory, tasks={}, first_task="Mend the export.")
    for phase in ("Welcome", "Role-specific"):
        onboardings.check(memory, "helper-1", phase)
    done = onboardings.complete(memory, "helper-1", join=True)
    (member,) = memory.read("team-roster").active_team_members
    assert (member.session_name, member.role, member.current_task) == (
        "helper-1",
        "developer",
        "Mend the export.",
    )
    assert {path for path, _ in done.revisions} >= {
        f"onboarding/{FIRST}.md",
        "team-roster.md",
        "coordination-log.md",
    }
    told = [(event.type, event.action, event.outcome) for _, event in find_events(memory)][-2:]
    assert sorted(told) == [
        ("onboarding", "Onboarding complete", "complete"),
        ("team_change", "Joined team as developer", "Onboarding complete"),
    ]


def test_a_failed_one_tells_why_and_the_next_is_a_page_of_its_own(memory):
    begun(memory)
    with pytest.raises(InvalidValue, match="the reason"):
        onboardings.fail(memory, "helper-1", reason="")
    onboardings.fail(memory, "helper-1", reason="no answer for days")
    page = onboardings.get(memory, "helper-1")
    assert (page.status, page.reason, page.ended is not None) == ("failed", "no answer for days", True)
    with pytest.raises(IllegalTransition, match="is failed and cannot become complete"):
        onboardings.complete(memory, "helper-1")
    assert begun(memory) == f"{FIRST}-2"


def test_an_agent_is_found_by_its_name_and_the_newest_counts(memory):
    assert [begun(memory), begun(memory), begun(memory, "helper-1-2026-11-20")] == [
        FIRST,
        f"{FIRST}-2",
        "helper-1-2026-11-20-2026-11-21",
    ]
    assert onboardings.named(memory, "HELPER-1") == f"{FIRST}-2"
    assert onboardings.named(memory, FIRST.upper()) == FIRST
    with pytest.raises(NotFound, match="'helper-2'"):
        onboardings.named(memory, "helper-2")


@pytest.mark.parametrize(("phase", "task"), [("Welcom", None), ("Welcome", "Hallo said")])
def test_a_slip_is_answered_with_what_was_meant(memory, phase, task):
    begun(memory)
    with pytest.raises(NotFound) as missing:
        onboardings.check(memory, "helper-1", phase, task)
    assert "Did you mean" in missing.value.hint


def test_a_tick_that_stands_already_writes_nothing(memory):
    begun(memory)
    assert onboardings.check(memory, "helper-1", "Welcome").revisions != ()
    assert onboardings.check(memory, "helper-1", "Welcome").revisions == ()


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ({"days": 0}, "onboarding.days: expected a number of days"),
        ({"phases": {"Team": "x"}}, "onboarding.phases"),
    ],
)
def test_settings_that_make_no_checklist_are_refused(held, reason):
    with pytest.raises(ConfigError, match=reason):
        settings_of({"onboarding": held})


def test_one_that_is_over_says_that_it_is_not_gone_on_with(memory):
    onboardings.begin(memory, "bob", role="Developer")
    onboardings.fail(memory, "bob", reason="the registry was down")
    with pytest.raises(IllegalTransition) as refused:
        onboardings.check(memory, "bob", "Welcome")
    assert str(refused.value) == "The onboarding of bob is failed and cannot become in_progress."
