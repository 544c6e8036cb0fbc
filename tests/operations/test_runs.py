"""Runs by example: their phases, attempts, findings, artifacts, decisions, context, exports and clean-up."""

from __future__ import annotations

import gzip
import json

import pytest

from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused, UsageError
from cosmemory.frozen import replace
from cosmemory.kinds.run_plan import plan_errors
from cosmemory.operations import runs
from tests.operations.runs_at_hand import memory_at_hand

PLAN = {
    "tasks": [
        {"id": "read", "description": "Read what there is"},
        {"id": "write", "dependencies": ["read"], "phase": "build", "owner": "helper-1"},
    ],
    "dependencies": ["the parser"],
    "timeline": "2 days",
    "resources": {"agents": 2},
}


@pytest.fixture
def memory():
    return memory_at_hand()


@pytest.fixture
def run(memory) -> str:
    """A run that executes and is in its first phase of two."""
    key = runs.create(memory, "demo", goal="Ship it", phases=["scout", "build"]).result
    runs.start(memory, key)
    runs.enter_phase(memory, key, "scout")
    return key


def events(memory) -> list[tuple[str, str]]:
    found = memory.read("coordination-log").events
    return [(each.type, each.action) for each in found]


def statuses(memory, key="demo") -> dict[str, str]:
    return {each.phase: each.status for each in runs.phases(memory, key)}


def test_a_run_gets_an_id_with_the_time_in_it_and_another_one_in_the_same_second(memory):
    memory._now = lambda: 1_795_240_800
    first = runs.create(memory, goal="One").result
    second = runs.create(memory, goal="Two").result
    assert (first, second) == ("run_20261121_060000", "run_20261121_060000_2")


def test_a_run_is_read_from_top_to_bottom_as_one_page(memory):
    key = runs.create(
        memory, "demo", goal="Ship it", phases=["scout"], agents=["L2.1"], metadata={"n": 1}
    ).result
    page = memory.read(f"runs/{key}.md")
    assert (page.goal, page.status, page.agents, page.metadata.value) == (
        "Ship it",
        "planning",
        ("L2.1",),
        {"n": 1},
    )
    assert memory.validate().pages
    assert [each.diagnostics for each in memory.validate().pages if each.path == "runs/demo.md"] == [()]


def test_an_id_that_was_given_once_is_never_given_again(memory, run):
    with pytest.raises(InvalidValue, match="used before"):
        runs.create(memory, "DEMO", goal="Again")
    runs.fail(memory, run, error="broken")
    runs.clean(memory, run, compress=True)
    with pytest.raises(InvalidValue, match="used before"):
        runs.create(memory, "demo", goal="Again")


def test_every_verb_is_one_event_of_its_noun(memory, run):
    runs.complete_phase(memory, run, "scout", {"found": 3})
    runs.pause(memory, run, reason="lunch")
    assert events(memory)[-5:] == [
        ("run", "demo: created: Ship it"),
        ("run", "demo: started"),
        ("phase", "demo: phase scout entered"),
        ("phase", "demo: phase scout completed"),
        ("run", "demo: paused"),
    ]


def test_a_plan_is_kept_whole_and_adds_the_phases_that_its_tasks_name(memory):
    key = runs.create(memory, "demo", goal="Ship it").result
    runs.plan(memory, key, PLAN)
    told, wrong = runs.planned_of(memory, key)
    assert wrong == ()
    assert {name: told[name] for name in ("dependencies", "timeline", "resources")} == {
        name: PLAN[name] for name in ("dependencies", "timeline", "resources")
    }
    assert told["tasks"] == [{"dependencies": [], **PLAN["tasks"][0]}, PLAN["tasks"][1]]
    assert statuses(memory) == {"build": "pending"}


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ([{"id": "a", "dependencies": ["b"]}], "the task a depends on b, and there is no such task"),
        (
            [{"id": "a", "dependencies": ["c"]}, {"id": "b"}, {"id": "c", "dependencies": ["a"]}],
            "the tasks wait for each other: a -> c -> a",
        ),
        ([{"id": "a", "dependencies": ["a"]}], "the tasks wait for each other: a -> a"),
        ([{"id": "a"}, {"id": "a"}], "the task a stands twice"),
        ([{"dependencies": []}], "the tasks are no list of objects with an id each"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_with_all_that_is_wrong(memory, tasks, said):
    key = runs.create(memory, "demo", goal="Ship it").result
    with pytest.raises(InvalidValue, match="the plan has no timeline; the plan has no resources") as refused:
        runs.plan(memory, key, {"tasks": tasks, "dependencies": []})
    assert said in str(refused.value)
    assert memory.read("runs/demo.md").tasks == ()


def test_a_chain_of_ten_thousand_tasks_is_no_circle():
    tasks = [{"id": str(n), "dependencies": [str(n - 1)] if n else []} for n in range(10_000)]
    assert plan_errors({**PLAN, "tasks": tasks}) == ()


def test_only_a_sound_plan_is_started_and_only_once(memory):
    key = runs.create(memory, "demo", goal="Ship it").result
    runs.start(memory, key)
    with pytest.raises(IllegalTransition) as refused:
        runs.start(memory, key)
    assert refused.value.legal == ("paused", "completed", "failed")
    with pytest.raises(Refused, match="a plan is changed before it starts or while it is paused"):
        runs.plan(memory, key, PLAN)


def test_a_phase_moves_only_while_its_run_executes_and_one_at_a_time(memory, run):
    with pytest.raises(Refused, match="is in the phase scout"):
        runs.enter_phase(memory, run, "build")
    runs.pause(memory, run)
    with pytest.raises(Refused, match="is paused"):
        runs.complete_phase(memory, run, "scout")
    with pytest.raises(NotFound) as unknown:
        runs.enter_phase(memory, run, "biuld")
    assert unknown.value.hint == "Did you mean 'build'?"


def test_a_phase_is_completed_with_its_results_and_its_required_outputs(memory, run):
    runs.add_phase(memory, run, "pack", outputs=["wheel", "dist/notes.md"])
    runs.complete_phase(memory, run, "scout")
    assert runs.current_phase(memory, run) is None
    runs.enter_phase(memory, run, "pack")
    with pytest.raises(Refused, match=r"has not put out dist/notes\.md"):
        runs.complete_phase(memory, run, "pack", {"wheel": "cosmemory-1.whl"})
    runs.set_context(memory, run, {"dist/notes.md": "written"}, phase="pack")
    assert runs.complete_phase(memory, run, "pack", {"wheel": [1, None]}).result.status == "completed"
    assert runs.phase_results(memory, run, "pack") == {"dist/notes.md": "written", "wheel": [1, None]}
    assert runs.phase_results(memory, run, "build") is None


@pytest.mark.parametrize(
    ("severity", "count", "ends"),
    [
        ("critical", 1, "failed"), ("major", 1, "completed"), ("major", 2, "failed"), ("medium", 2, "completed"),
        ("medium", 3, "failed"), ("minor", 3, "completed"), ("minor", 4, "failed"),
    ],
)  # fmt: skip
def test_more_findings_than_the_settings_allow_fail_a_phase(severity, count, ends):
    memory = memory_at_hand(major_findings=1, medium_findings=2, minor_findings=3)
    runs.create(memory, "demo", goal="Ship it", phases=["scout"])
    runs.start(memory, "demo")
    runs.enter_phase(memory, "demo", "scout")
    for _ in range(count + 1):
        runs.add_finding(memory, "demo", "scout", severity=severity, text="wrong")
    runs.resolve_finding(memory, "demo", "F-1", resolution="mended")
    assert runs.complete_phase(memory, "demo", "scout").result.status == ends
    assert runs.findings_summary(memory, "demo")["unresolved"][severity] == count
    assert len(runs.unresolved(memory, "demo", phase="scout")) == count


def test_a_finding_is_resolved_once_and_found_by_phase_execution_and_severity(memory, run):
    attempt = runs.begin_execution(memory, run, "scout", agent="L2.1").result
    runs.add_finding(memory, run, "scout", severity="minor", text="a | b", place="x.py:1", execution=attempt)
    runs.add_finding(memory, run, "scout", severity="MAJOR", text="worse")
    assert [each.id for each in runs.findings(memory, run, execution="e-1")] == ["F-1"]
    assert [each.id for each in runs.findings(memory, run, severity="major")] == ["F-2"]
    runs.resolve_finding(memory, run, "f-2")
    with pytest.raises(IllegalTransition):
        runs.resolve_finding(memory, run, "F-2")
    with pytest.raises(InvalidValue, match="severity"):
        runs.add_finding(memory, run, "scout", severity="grave", text="?")
    with pytest.raises(Refused, match="still to come"):
        runs.add_finding(memory, run, "build", severity="minor", text="?")


def without_last(memory, part: str) -> None:
    """What a person does who deletes the last row of a table."""

    def verb(transaction):
        page = transaction.read("runs/demo")
        transaction.replace("runs/demo", replace(page, **{part: getattr(page, part)[:-1]}))

    memory.run(verb)


def ids_of(memory, part: str) -> list[str]:
    return [each.id for each in getattr(memory.read("runs/demo"), part)]


def test_an_id_is_never_given_again_even_where_the_last_row_was_deleted(memory, run):
    for _ in range(3):
        runs.add_finding(memory, run, "scout", severity="minor", text="a")
        without_last(memory, "findings")
    runs.begin_execution(memory, run, "scout")
    without_last(memory, "executions")
    runs.begin_execution(memory, run, "scout")
    runs.create_intervention(memory, run, reason="?")
    without_last(memory, "interventions")
    runs.create_intervention(memory, run, reason="?")
    assert runs.add_finding(memory, run, "scout", severity="minor", text="b").result == "F-4"
    assert (ids_of(memory, "executions"), ids_of(memory, "interventions")) == (["E-2"], ["I-2"])


def test_where_no_mark_is_kept_the_log_tells_which_ids_were_given(memory, run):
    other = runs.create(memory, "demo_2", goal="Another", phases=["scout"]).result
    runs.start(memory, other)
    runs.enter_phase(memory, other, "scout")
    for key in (run, run, other, other, other):
        runs.add_finding(memory, key, "scout", severity="minor", text="a")
    without_last(memory, "findings")
    memory.store._marks.clear()
    assert runs.add_finding(memory, run, "scout", severity="minor", text="b").result == "F-3"
    assert runs.add_finding(memory, other, "scout", severity="minor", text="b").result == "F-4"


def test_the_settings_may_give_a_phase_another_limit_by_its_name():
    memory = memory_at_hand(phase_retries=2, phase_limits={"Release": 0})
    key = runs.create(memory, goal="Ship it", phases=["scout", {"name": "release"}]).result
    runs.add_phase(memory, key, "RELEASE 2")
    runs.start(memory, key)
    assert [each.limit for each in runs.phases(memory, key)] == [2, 0, 2]
    runs.enter_phase(memory, key, "release")
    with pytest.raises(Refused, match="retried 0 of 0 times"):
        runs.retry_phase(memory, key, "release")


def test_a_phase_is_retried_as_often_as_its_limit_and_then_entered_by_hand(memory, run):
    runs.fail_phase(memory, run, "scout", error="no network")
    assert [runs.retry_phase(memory, run, "scout").result for _ in range(3)] == [1, 2, 3]
    with pytest.raises(Refused, match="retried 3 of 3 times"):
        runs.retry_phase(memory, run, "scout")
    runs.fail_phase(memory, run, "scout", error="no network")
    runs.enter_phase(memory, run, "scout")
    held = runs.phase(memory, run, "scout")
    assert (held.status, held.retries, held.error) == ("in_progress", 3, None)


def test_only_a_failed_phase_is_skipped(memory, run):
    with pytest.raises(IllegalTransition) as refused:
        runs.skip_phase(memory, run, "scout")
    assert refused.value.legal == ("completed", "failed")
    runs.fail_phase(memory, run, "scout", error="no network")
    runs.skip_phase(memory, run, "scout", reason="not needed")
    assert statuses(memory) == {"scout": "skipped", "build": "pending"}


def test_a_phase_may_take_the_run_with_it(memory, run):
    runs.fail_phase(memory, run, "scout", error="out of money", fail_run=True)
    page = runs.get(memory, run)
    assert (page.status, page.error, statuses(memory)["scout"]) == ("failed", "out of money", "failed")


def test_attempts_are_counted_by_phase_and_end_with_it(memory, run):
    first = runs.begin_execution(memory, run, "scout", agent="L2.1", data={"model": "m"}).result
    with pytest.raises(Refused, match="E-1 at the phase scout is running"):
        runs.begin_execution(memory, run, "scout")
    runs.fail_execution(memory, run, first, error="exit 1")
    second = runs.begin_execution(memory, run, "scout").result
    runs.complete_phase(memory, run, "scout")
    told = [(each.id, each.attempt, each.status) for each in runs.executions(memory, run, phase="scout")]
    assert told == [("E-1", 1, "failed"), ("E-2", 2, "completed")]
    with pytest.raises(IllegalTransition):
        runs.complete_execution(memory, run, second)


def test_a_decision_pauses_the_run_until_all_that_were_asked_for_are_given(memory, run):
    runs.create_intervention(memory, run, reason="which way?", phase="scout")
    runs.create_intervention(memory, run, reason="how fast?")
    with pytest.raises(Refused, match="waits for I-1, I-2"):
        runs.resume(memory, run)
    runs.resolve_intervention(memory, run, "I-1", resolution="left")
    assert runs.get(memory, run).status == "paused"
    runs.resolve_intervention(memory, run, "i-2", resolution="slowly")
    page = runs.get(memory, run)
    assert (page.status, page.interventions[1].resolved_by) == ("executing", "tester")
    with pytest.raises(IllegalTransition):
        runs.resolve_intervention(memory, run, "I-2", resolution="fast")


def test_artifacts_are_registered_with_size_and_hash_and_held_against_the_disk(memory, run, tmp_path):
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "a.whl").write_bytes(b"abc")
    runs.register_artifact(memory, run, "dist/a.whl", kind="wheel", phase="scout", project=str(tmp_path))
    (held,) = runs.artifacts(memory, run, phase="SCOUT")
    assert (held.size, held.sha256[:8]) == (3, "ba7816bf")
    assert [each.state for each in runs.verify_artifacts(memory, run, project=str(tmp_path))] == ["sound"]
    (tmp_path / "dist" / "a.whl").write_bytes(b"abcd")
    assert [each.state for each in runs.verify_artifacts(memory, run, project=str(tmp_path))] == ["changed"]
    runs.register_artifact(memory, run, "dist/../dist/a.whl", project=str(tmp_path))
    (held,) = runs.artifacts(memory, run)
    assert (held.size, held.kind, held.phase) == (4, "wheel", "scout")
    (tmp_path / "dist" / "a.whl").unlink()
    assert [each.state for each in runs.verify_artifacts(memory, run, project=str(tmp_path))] == ["missing"]


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "."])
def test_a_file_outside_of_the_project_is_no_artifact(memory, run, tmp_path, path):
    with pytest.raises(InvalidValue, match="inside the project"):
        runs.register_artifact(memory, run, path, project=str(tmp_path))


def test_a_phase_finds_what_it_needs_of_all_that_came_before(memory):
    runs.create(
        memory,
        "demo",
        goal="Ship it",
        phases=["scout", {"name": "plan", "needs": ["scout_results", "limits"]}, "build"],
        context={"limits": [1, 2], "secret": True},
    )
    runs.start(memory, "demo")
    runs.enter_phase(memory, "demo", "scout")
    runs.complete_phase(memory, "demo", "scout", {"found": {"a": None}})
    runs.enter_phase(memory, "demo", "plan")
    runs.set_context(memory, "demo", {"limits": [3]}, phase="plan")
    assert runs.context(memory, "demo") == {"limits": [1, 2], "secret": True}
    assert runs.context(memory, "demo", "plan") == {"scout_results": {"found": {"a": None}}, "limits": [3]}
    assert runs.context(memory, "demo", "plan", whole=True)["secret"] is True
    # What is still being worked on is nobody's to build upon.
    assert "limits" in runs.context(memory, "demo", "build")
    assert runs.context(memory, "demo", "build")["limits"] == [1, 2]
    handed = runs.handoff_context(memory, "demo", "scout", "plan")
    assert (handed["from_phase"], handed["to_phase"]) == ("scout", "plan")
    assert handed["data"] == {"limits": [1, 2], "scout_results": {"found": {"a": None}}}


def test_a_run_is_completed_only_when_nothing_of_it_is_open(memory, run):
    with pytest.raises(Refused, match="in the phase scout"):
        runs.complete(memory, run)
    runs.complete_phase(memory, run, "scout")
    runs.create_intervention(memory, run, reason="sure?")
    with pytest.raises(Refused, match="waits for I-1"):
        runs.complete(memory, run)
    runs.resolve_intervention(memory, run, "I-1", resolution="yes")
    runs.complete(memory, run)
    assert runs.get(memory, run).completed is not None
    with pytest.raises(IllegalTransition) as over:
        runs.abort(memory, run)
    assert over.value.legal == ()


def test_what_was_interrupted_tells_how_to_go_on_and_is_gone_on_with(memory, run):
    runs.set_context(memory, run, {"limits": 3})
    runs.begin_execution(memory, run, "scout")
    runs.retry_phase(memory, run, "scout")
    runs.begin_execution(memory, run, "scout")
    runs.pause(memory, run)
    runs.create(memory, "later", goal="Later")
    (found,) = runs.interrupted(memory)
    assert (found.run, found.status, found.phase, found.retries, found.limit) == (
        "demo",
        "paused",
        "scout",
        1,
        3,
    )
    assert (found.context, found.executions) == ({"limits": 3}, ("E-2",))
    assert runs.recover(memory, run).result == found
    assert runs.get(memory, run).status == "executing"
    assert [each.status for each in runs.executions(memory, run)] == ["failed", "failed"]
    with pytest.raises(IllegalTransition):
        runs.recover(memory, "later")


def test_runs_are_listed_newest_first_by_status_time_and_number(memory):
    for key in ("a", "b", "c"):
        runs.create(memory, key, goal=key)
    runs.start(memory, "b")
    assert [each.run_id for each in runs.listed(memory)] == ["c", "b", "a"]
    assert [each.run_id for each in runs.listed(memory, status="planning", limit=1)] == ["c"]
    since = runs.get(memory, "b").created
    assert [each.run_id for each in runs.listed(memory, since=since)] == ["c", "b"]
    assert runs.latest(memory).run_id == "c"
    assert runs.latest(memory, status="executing").run_id == "b"
    with pytest.raises(NotFound, match="A run that is failed"):
        runs.latest(memory, status="failed")


def test_an_export_is_json_and_tells_all_of_the_page(memory, run):
    runs.add_finding(memory, run, "scout", severity="minor", text="wrong")
    runs.complete_phase(memory, run, "scout", {"found": [1]})
    told = json.loads(json.dumps(runs.export_run(memory, run)))
    assert set(told) == {
        "run", "plan", "phases", "executions", "findings", "artifacts", "interventions", "context", "notes",
    }  # fmt: skip
    assert (told["run"]["goal"], [each["status"] for each in told["phases"]]) == (
        "Ship it",
        ["completed", "pending"],
    )
    assert told["context"] == [{"phase": "scout", "key": "found", "value": [1]}]
    assert told["findings"][0]["text"] == "wrong"
    phase = runs.export_phase(memory, run, "scout")
    assert (phase["results"], [each["id"] for each in phase["findings"]]) == ({"found": [1]}, ["F-1"])


def test_a_summary_has_a_timeline_that_no_name_breaks(memory):
    runs.create(memory, "demo", goal="Ship | it", phases=["a: b; #c", "next"])
    runs.start(memory, "demo")
    runs.enter_phase(memory, "demo", "a: b; #c")
    told = runs.summary_markdown(memory, "demo")
    assert "    a b c :active, p1, 2026-11-21T" in told
    assert "- **Phases:** 1 in_progress, 1 pending" in told
    assert runs.summary(memory, "demo").phases == {"in_progress": 1, "pending": 1}


def test_statistics_count_over_all_runs(memory, run):
    runs.add_finding(memory, run, "scout", severity="minor", text="wrong")
    runs.complete_phase(memory, run, "scout")
    runs.complete(memory, run)
    runs.create(memory, "bad", goal="Bad")
    runs.start(memory, "bad")
    runs.fail(memory, "bad", error="broken")
    told = runs.statistics(memory)
    assert (told.runs, told.by_status, told.success_percent) == (2, {"failed": 1, "completed": 1}, 50.0)
    assert (told.findings, told.unresolved, told.phases) == (
        {"minor": 1},
        {"minor": 1},
        {"completed": 1, "pending": 1},
    )


def test_failed_runs_are_cleaned_up_byte_for_byte_and_never_deleted(memory, run):
    runs.create(memory, "kept", goal="Kept")
    runs.fail(memory, run, error="broken")
    page = memory.store.read("runs/demo.md").data
    assert runs.clean(memory).result == ()
    (done,) = runs.clean(memory, days=0, compress=True).result
    assert gzip.decompress(memory.store.read(done.place).data) == page
    assert memory.store.read("runs/demo.md") is None
    with pytest.raises(Refused, match="only failed and aborted"):
        runs.clean(memory, "kept")


def test_a_run_that_is_cleaned_up_without_packing_is_moved_as_it_is(memory, run):
    runs.fail(memory, run, error="broken")
    page = memory.store.read("runs/demo.md").data
    (done,) = runs.clean(memory, run).result
    assert (done.place, memory.store.read(done.place).data) == ("archive/runs/demo.md", page)


def test_to_link_nothing_is_refused_and_leaves_no_event(memory, run):
    before = events(memory)
    with pytest.raises(UsageError):
        runs.link(memory, run)
    assert events(memory) == before


def test_a_phase_of_a_run_that_waits_is_refused_with_the_question_that_holds_it(memory, run):
    runs.create_intervention(memory, run, reason="Which region?")
    with pytest.raises(Refused) as refused:
        runs.complete_phase(memory, run, "scout", {})
    assert refused.value.hint == "cosmemory run intervention resolve demo I-1 RESOLUTION comes first."


def test_agents_and_handoffs_are_linked_once_each(memory, run):
    runs.link(memory, run, agents=["L2.1"], handoffs=["H-1"])
    runs.link(memory, run, agents=["L2.1", "L2.2"])
    page = runs.get(memory, run)
    assert (page.agents, page.handoffs) == (("L2.1", "L2.2"), ("H-1",))


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ({"name": "build", "need": ["files"]}, "the phase is not valid: build has a 'need'."),
        ({"name": "build", "needs": "files"}, "needs is not valid: 'files' is no list of words."),
        ({"name": "build", "outputs": [1]}, "outputs is not valid: [1] is no list of words."),
        ({"name": "build", "limit": "often"}, "limit is not valid: 'often' is no number of retries."),
        ({"needs": ["files"]}, "the phase is not valid: it has no name."),
        (3, "the phase is not valid: 3 is none."),
    ],
)
def test_a_phase_that_says_something_in_another_way_is_refused_and_not_half_understood(memory, phase, said):
    with pytest.raises(InvalidValue) as refused:
        runs.create(memory, "demo", goal="Ship it", phases=[phase])
    assert str(refused.value) == said
    assert "runs/demo.md" not in memory.store.paths()


def test_whatever_else_is_said_of_a_phase_is_kept(memory):
    runs.create(memory, "demo", goal="Ship it", phases=[{"name": "build", "owner": "helper-1"}])
    assert runs.phase(memory, "demo", "build").more.value == {"owner": "helper-1"}
