"""Meetings: who speaks in which order, what is decided and done, what follows from it, and what is kept."""

from __future__ import annotations

import pytest

from cosmemory import EphemeralStore, Memory
from cosmemory.clock import read_time
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import add_record, set_value

NOW = read_time("2025-10-14T17:30:45Z")[0]
KEY = "planning_20251014_173045"
AGENTS = ("empirical_validation_lead", "strategic_leader", "critical_evaluator", "gemini_advisor")


class Clock:
    at = NOW


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory(clock):
    made = Memory(EphemeralStore(), now=lambda: clock.at, actor="kim")
    initialise(made)
    made.sessions.start()
    return made


def text(memory, path):
    return memory.store.read(path).data.decode()


def told(memory):
    return [
        (each.action, each.outcome, each.notes) for _, each in find_events(memory) if each.type == "meeting"
    ]


def plan(memory):
    memory.meetings.begin("planning", agents=AGENTS[:2])
    memory.meetings.add_action("Measure the drop", priority="HIGH", owner="ops_commander")
    memory.meetings.add_action("Repeat the run", priority="high", owner="Ops_Commander")
    memory.meetings.add_action("Review | the gates", owner="quality_safety_officer")


def concluded(memory, team, clock, days=0):
    key = memory.meetings.begin(team, agents=["a"]).result
    memory.meetings.conclude(**({"verdict": "GO"} if team == "planning" else {}))
    clock.at += days * 86_400 + 1
    return key


def test_a_planning_meeting_from_its_first_word_to_its_verdict(memory, clock, snapshot):
    plan(memory)
    for agent, said in zip(AGENTS[:2], ["The drop is real", None], strict=True):
        clock.at += 60
        memory.meetings.spoke(agent, said=said)
    for gate, condition in (("visual_ablation_drop", "≥ 5%"), ("v1_v2_corr", "< 0.95"), ("ndcg@10", 0.7)):
        memory.meetings.set_gate(gate, condition)
    memory.meetings.set_gate("NDCG@10", "≥ 0.72")
    memory.meetings.give_verdict("pause and fix")
    memory.meetings.conclude(verdict="go", handoff_file="reports/handoff/pending_actions.json", notes="well")
    assert text(memory, f"meetings/{KEY}.md") == snapshot
    assert told(memory) == snapshot
    assert memory.sessions.current().current_meeting.meeting_id is None
    assert memory.sessions.current().pending_actions == 3
    assert [d for page in memory.validate().pages for d in page.diagnostics] == []


def test_an_execution_meeting_takes_up_what_was_planned(memory, snapshot):
    plan(memory)
    memory.meetings.conclude(verdict="GO")
    key = memory.meetings.begin("execution", agents=["ops_commander"], actions_of=KEY.upper()).result
    memory.meetings.mark_action("1", "in_progress")
    memory.meetings.mark_action("1", "executed")
    memory.meetings.mark_action("2", "failed")
    memory.meetings.mark_action("2", "in_progress")
    memory.meetings.record(results={"experiments_run": 1}, run_ids=["abc123"])
    memory.meetings.conclude(
        results={"Experiments_Run": 2},
        metrics={"compliance@1": 0.85, "latency_p95_ms": 42, "ratio": 25.0},
        slos={"latency": True, "error_rate": False},
        run_ids=["abc123", "def456"],
    )
    assert text(memory, f"meetings/{key}.md") == snapshot
    assert text(memory, f"meetings/{KEY}.md").count("pending") == 3
    assert [d for page in memory.validate().pages for d in page.diagnostics] == []


def test_counts_follow_from_the_actions_also_where_one_is_added_by_hand(memory):
    plan(memory)
    add_record(memory, f"meetings/{KEY}", "actions", {"id": "9", "action": "x", "priority": "high"})
    held = memory.meetings.get()
    assert held.actions_generated == 4
    assert [(each.priority, each.actions) for each in held.priority_breakdown] == [("HIGH", 3), ("MEDIUM", 1)]
    assert memory.meetings.add_action("y").result == "10"


def test_a_page_without_a_table_of_counts_gets_none(memory):
    plan(memory)
    page = text(memory, f"meetings/{KEY}.md")
    start, end = page.index("## Priority Breakdown"), page.index("## Acceptance Gates")
    with memory.transaction() as transaction:
        transaction.rewrite(f"meetings/{KEY}.md", page[:start] + page[end:])
    memory.meetings.add_action("one more", priority="low", owner="new")
    after = text(memory, f"meetings/{KEY}.md")
    assert "| 4 | one more | low | new | pending |" in after
    assert "Breakdown" not in after
    assert "- **Actions Generated:** 4" in after


def test_a_wrong_count_is_found_and_mended(memory):
    plan(memory)
    page = text(memory, f"meetings/{KEY}.md")
    wrong = page.replace("Generated:** 3", "Generated:** 7").replace("| HIGH | 2 |", "| HIGH | 5 |")
    with memory.transaction() as transaction:
        transaction.rewrite(f"meetings/{KEY}.md", wrong)
    found = [(d.name, d.message) for each in memory.validate().pages for d in each.diagnostics]
    assert found == [
        ("derived-value", "actions generated is 3 by the actions"),
        ("derived-value", "the actions of HIGH are 2 by the actions"),
    ]
    from cosmemory.operations.fixing import fix

    fix(memory, None)
    assert text(memory, f"meetings/{KEY}.md") == page


def test_counts_stand_by_themselves_where_no_action_is_listed(memory):
    memory.meetings.begin("execution", agents=["a"])
    memory.meetings.conclude(counts={"executed": 3, "failed": 0, "in_progress": 2})
    held = memory.meetings.latest("execution")
    assert (held.actions_executed, held.actions_failed, held.actions_in_progress) == (3, 0, 2)
    assert told(memory)[-1][1] == "3 executed, 0 failed, 2 in progress"
    assert [d for page in memory.validate().pages for d in page.diagnostics] == []


def test_agents_speak_once_and_a_slip_is_answered(memory):
    memory.meetings.begin("planning", agents=AGENTS)
    memory.meetings.spoke(AGENTS[2])  # out of turn: the one whose turn it is stays
    now = memory.sessions.current().current_meeting
    assert (now.current_agent, now.agents_completed, now.agents_to_speak) == (
        AGENTS[0],
        (AGENTS[2],),
        (AGENTS[1], AGENTS[3]),
    )
    before = dict(memory.store._pages)
    with pytest.raises(IllegalTransition) as again:
        memory.meetings.spoke(AGENTS[2])
    assert again.value.hint == f"Still to speak: {AGENTS[0]}, {AGENTS[1]}, {AGENTS[3]}."
    with pytest.raises(NotFound) as slip:
        memory.meetings.spoke("strategic_leadr")
    assert slip.value.hint == "Did you mean 'strategic_leader'?"
    assert memory.store._pages == before


@pytest.mark.parametrize("agents", [[], ["a", "A"], ["a", " "]])
def test_a_list_of_agents_names_each_of_them_once(memory, agents):
    with pytest.raises(InvalidValue):
        memory.meetings.begin("planning", agents=agents)


def test_one_meeting_is_under_way_at_a_time(memory):
    memory.meetings.begin("planning", agents=["a"])
    before = dict(memory.store._pages)
    with pytest.raises(Refused, match=f"{KEY} is still under way"):
        memory.meetings.begin("execution", agents=["a"])
    assert memory.store._pages == before


def test_a_meeting_needs_a_session_and_a_verb_a_meeting(memory):
    with pytest.raises(NotFound, match="A meeting that is under way"):
        memory.meetings.give_verdict("GO")
    memory.sessions.complete()
    with pytest.raises(Refused, match="The session is idle"):
        memory.meetings.begin("planning", agents=["a"])


def test_what_belongs_to_the_other_team_is_refused(memory):
    memory.meetings.begin("planning", agents=["a"])
    memory.meetings.add_action("x")
    for verb in (
        lambda: memory.meetings.mark_action("1", "executed"),
        lambda: memory.meetings.record(metrics={"a": 1}),
        lambda: memory.meetings.conclude(verdict="GO", slos={"a": True}),
    ):
        with pytest.raises(Refused, match="meeting of execution"):
            verb()
    memory.meetings.abandon()
    key = memory.meetings.begin("execution", agents=["a"]).result
    for verb in (
        lambda: memory.meetings.give_verdict("GO"),
        lambda: memory.meetings.set_gate("a", 1),
        lambda: memory.meetings.conclude(counts={"generated": 1}),
        lambda: memory.meetings.handoff_contents(key),
    ):
        with pytest.raises(Refused, match="meeting of planning"):
            verb()


def test_a_planning_meeting_is_not_concluded_without_a_verdict(memory):
    memory.meetings.begin("planning", agents=["a"])
    with pytest.raises(InvalidValue, match="has none") as refused:
        memory.meetings.conclude()
    assert refused.value.hint == "cosmemory meeting verdict GO, or one of PAUSE_AND_FIX, REJECT."
    with pytest.raises(InvalidValue):
        memory.meetings.give_verdict("maybe")


def test_a_meeting_that_is_over_stays_as_it_is(memory, clock):
    key = concluded(memory, "planning", clock)
    before = dict(memory.store._pages)
    for verb in (
        lambda: memory.meetings.conclude(key),
        lambda: memory.meetings.abandon(key),
        lambda: memory.meetings.add_action("x", meeting_id=key),
        lambda: memory.meetings.give_verdict("REJECT", meeting_id=key),
    ):
        with pytest.raises((IllegalTransition, Refused)):
            verb()
    assert memory.store._pages == before


def test_counts_beside_listed_actions_and_counts_that_are_none_are_refused(memory):
    plan(memory)
    with pytest.raises(Refused, match="lists its actions"):
        memory.meetings.conclude(verdict="GO", counts={"generated": 9})
    for counts in ({"lost": 1}, {"executed": -1}):
        with pytest.raises(InvalidValue):
            memory.meetings.conclude(verdict="GO", counts=counts)


def test_an_action_is_found_by_its_number_and_moves_by_legal_steps(memory):
    memory.meetings.begin("execution", agents=["a"])
    memory.meetings.add_action("x")
    memory.meetings.mark_action("1", "executed")
    with pytest.raises(IllegalTransition, match="is executed and cannot become failed"):
        memory.meetings.mark_action("1", "failed")
    with pytest.raises(NotFound):
        memory.meetings.mark_action("2", "failed")
    with pytest.raises(InvalidValue):
        memory.meetings.mark_action("1", "done")


def test_the_last_meeting_of_a_team_is_the_last_that_it_concluded(memory, clock):
    assert memory.meetings.latest("planning") is None
    first = concluded(memory, "planning", clock)
    concluded(memory, "execution", clock)
    memory.meetings.begin("planning", agents=["a"])
    memory.meetings.abandon()
    assert memory.meetings.latest("planning").meeting_id == first
    assert [each.team for each in memory.meetings.listed(status="concluded")] == ["planning", "execution"]
    assert len(memory.meetings.listed(team="planning")) == 2
    assert memory.read("meeting").status == "abandoned"


def test_the_newest_of_each_team_stay_and_older_ones_go_to_the_archive_after_30_days(memory, clock):
    old = [concluded(memory, "planning", clock, days=1) for _ in range(12)]
    other = concluded(memory, "execution", clock, days=17)
    assert memory.meetings.prune().result == ()
    clock.at += 36 * 3_600
    page = text(memory, f"meetings/{old[0]}.md")
    # Two are beyond the newest ten; of them the first one alone is over for more than 30 days.
    assert memory.meetings.prune().result == (old[0],)
    assert memory.meetings.prune().result == ()
    assert text(memory, f"archive/meetings/{old[0]}.md") == page
    assert told(memory)[-1] == ("Moved 1 meetings to the archive", old[0], None)
    assert memory.meetings.prune(keep=1, days=0).result == tuple(reversed(old[1:11]))
    assert {each.meeting_id for each in memory.meetings.listed()} == {old[11], other}


def test_a_meeting_that_is_under_way_is_never_archived(memory, clock):
    key = memory.meetings.begin("planning", agents=["a"]).result
    clock.at += 90 * 86_400
    memory.meetings.abandon()
    newer = memory.meetings.begin("planning", agents=["a"]).result
    clock.at += 90 * 86_400
    assert memory.meetings.prune(keep=1).result == (key,)
    assert memory.meetings.get().meeting_id == newer


def test_what_a_lost_handoff_said_is_found_on_the_last_planning_page(memory):
    with pytest.raises(NotFound, match="A planning meeting that was concluded"):
        memory.meetings.handoff_contents()
    plan(memory)
    memory.meetings.set_gate("ndcg@10", "≥ 0.72")
    memory.meetings.conclude(verdict="GO", handoff_file="reports/handoff/pending_actions.json")
    found = memory.meetings.handoff_contents()
    assert (found.meeting, found.sender, found.receiver) == (KEY, "planning", "execution")
    assert found.context == (
        f"{KEY} of the planning team: GO. 3 actions. Priorities: HIGH 2, MEDIUM 1. "
        "Owners: ops_commander 2, quality_safety_officer 1."
    )
    assert found.next_steps == (
        "Measure the drop (high, ops_commander)",
        "Repeat the run (high, Ops_Commander)",
        "Review | the gates (medium, quality_safety_officer)",
    )
    assert found.acceptance_criteria == ("ndcg@10 ≥ 0.72",)
    assert found.files == ("reports/handoff/pending_actions.json",)
    assert found.metadata == {"meeting_id": KEY, "verdict": "GO", "actions_count": 3}


def test_a_planning_page_that_lists_no_actions_still_tells_how_many_and_for_whom(memory):
    memory.meetings.begin("planning", agents=["a"])
    memory.meetings.conclude(verdict="GO", counts={"generated": 5})
    page = f"meetings/{KEY}"
    add_record(memory, page, "priority_breakdown", {"priority": "HIGH", "actions": "2"})
    add_record(memory, page, "assigned_owners", {"owner": "ops_commander", "actions": "3"})
    found = memory.meetings.handoff_contents(KEY)
    assert found.context.endswith("5 actions. Priorities: HIGH 2. Owners: ops_commander 3.")
    assert found.metadata["actions_count"] == 5


def test_a_value_stays_of_its_type(memory):
    memory.meetings.begin("execution", agents=["a"])
    values = {"float": 25.0, "int": 25, "text": "25", "list": [0.83, None], "null": None}
    memory.meetings.record(metrics=values)
    held = memory.meetings.get().metrics_collected
    shown = {each.metric: None if each.value is None else each.value.value for each in held}
    assert shown == values
    assert str(shown["float"]) == "25.0"


def test_a_word_set_by_hand_is_held_against_its_type(memory):
    memory.meetings.begin("planning", agents=["a"])
    set_value(memory, f"meetings/{KEY}", "verdict", "reject")
    assert memory.meetings.get().verdict == "REJECT"


def test_the_last_meeting_is_the_one_that_began_last_whatever_it_is_called(memory, clock):
    for key in (None, "A-review", None, "0-retrospective"):
        clock.at += 3600
        memory.meetings.begin("planning", agents=AGENTS[:1], key=key)
        memory.meetings.conclude(verdict="GO")
    assert [each.meeting_id for each in memory.meetings.listed()] == [
        "planning_20251014_183045",
        "A-review",
        "planning_20251014_203045",
        "0-retrospective",
    ]
    assert memory.meetings.latest("planning").meeting_id == "0-retrospective"


def test_an_objective_holds_or_does_not(memory):
    memory.meetings.begin("execution", agents=["a"])
    for verb in (memory.meetings.record, memory.meetings.conclude):
        with pytest.raises(InvalidValue, match="latency is not valid: 'perhaps' is neither true nor false"):
            verb(slos={"latency": "perhaps"})
    assert memory.meetings.get().slo_status == ()
