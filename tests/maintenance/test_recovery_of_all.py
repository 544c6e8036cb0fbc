"""What was interrupted, whatever it was: told in a line each, handed out whole, put away and kept."""

from __future__ import annotations

import json

import pytest

from cosmemory.clock import read_time
from cosmemory.connect import open_memory
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused, UsageError
from cosmemory.frozen import replace
from cosmemory.maintenance import recovery
from cosmemory.maintenance.deploying import advance, begin, roll_back
from cosmemory.maintenance.glance import glance
from cosmemory.maintenance.handoff_files import write_file
from cosmemory.maintenance.rotation import rotate
from cosmemory.maintenance.watching import watch
from cosmemory.memory import Memory
from cosmemory.operations import agents, alerts, handoffs, meetings, onboardings, runs, sessions
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.interrupted_session import current
from cosmemory.operations.page_ids import to_archive

NOON = read_time("2026-11-21T12:00:00Z")[0]
GONE = 2**30  # more than any system numbers its processes
TEAM = ("strategic_leader", "empirical_validation_lead", "critical_evaluator", "gemini_advisor")


class Clock:
    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory(clock):
    made = Memory(EphemeralStore(), now=clock, actor="kim")
    initialise(made)
    return made


def meet(memory):
    sessions.start(memory, "session_1")
    meetings.begin(memory, "planning", agents=TEAM, key="planning_1")
    meetings.spoke(memory, "strategic_leader", said="Ship it")


def work(memory):
    """A run in the middle of its second phase, with a result of the first that the second needs."""
    runs.create(memory, "run-1", goal="Ship", phases=["scout", {"name": "build", "needs": ["files"]}])
    runs.start(memory, "run-1")
    runs.enter_phase(memory, "run-1", "scout")
    runs.complete_phase(memory, "run-1", "scout", {"files": ["a.py"], "noise": 1})
    runs.enter_phase(memory, "run-1", "build")
    runs.begin_execution(memory, "run-1", "build", agent="L2.1")


def deploy(memory):
    begin(memory, "v2", slos=["latency"])
    advance(memory, force=True, reason="a test")


def everything(memory):
    meet(memory)
    agents.spawn(memory, "L2.1", name="Tester", kind="L2", prompt="Test it.", pid=GONE)
    work(memory)
    deploy(memory)
    handoffs.create(
        memory,
        "payments",
        from_agent="a",
        to_agent="b",
        key="pay-1",
        context="Half done",
        next_steps=["Test it"],
    )
    onboardings.begin(memory, "helper", role="Developer", tasks={"Tooling": ["A key"]})


def test_a_memory_in_which_nothing_was_interrupted_says_so(memory):
    assert not any(recovery.check(memory).values())
    assert recovery.resume_all(memory) == ()
    assert recovery.clear(memory) == ()


def test_each_sort_is_told_in_a_line(memory):
    everything(memory)
    assert recovery.sentences(recovery.check(memory)) == (
        f"The session session_1 is active, in planning_1 at 25%: still to speak are {', '.join(TEAM[1:])}.",
        "1 agent has not ended: running 1; L2 1; the process of 1 is gone.",
        "1 run has not ended: run-1 is executing in build.",
        "v2 stands at 5% for 0 hours; checkpoint_20261121_120000 is the checkpoint to roll back to.",
        "1 handoff waits for an acknowledgement: pay-1 for b.",
        "1 onboarding is in progress: helper-2026-11-21 with 15 tasks left.",
    )


def test_a_glance_tells_of_what_broke_off_and_leaves_out_what_waits(memory, clock):
    handoffs.create(memory, "payments", from_agent="a", to_agent="b")
    sessions.start(memory, "session_1")
    assert [each for each in glance(memory) if each.check == "interrupted"] == []
    work(memory)
    (found,) = [each for each in glance(memory) if each.check == "interrupted"]
    assert (found.severity, found.said) == ("info", "1 run has not ended: run-1 is executing in build.")
    clock.at += 601
    (found,) = [each for each in glance(memory) if each.check == "interrupted"]
    assert found.severity == "warning"
    assert found.said.startswith("The session session_1 is active, and was not updated for long. 1 run")


def test_everything_is_handed_out_at_once_with_what_is_needed_to_go_on(memory):
    everything(memory)
    done = {each.kind: each.data for each in recovery.resume_all(memory)}
    assert list(done) == ["session", "agent", "run", "deployment", "handoff", "onboarding"]
    assert done["session"]["to_speak"] == list(TEAM[1:])
    assert done["session"]["contributions"] == [{"agent": "strategic_leader", "said": "Ship it"}]
    assert (done["agent"]["agent_id"], done["agent"]["prompt"]) == ("L2.1", "Test it.")
    run = done["run"]
    assert (run["phase"], run["context"], run["executions"]) == ("build", {"files": ["a.py"]}, ["E-1"])
    assert done["deployment"]["checkpoint"] == "checkpoint_20261121_120000"
    assert done["deployment"]["lacks"]["failing"] == ["latency"]
    assert (done["handoff"]["context"], done["handoff"]["next_steps"]) == ("Half done", ["Test it"])
    assert done["handoff"]["sha256"] == handoffs.interrupted(memory)[0].sha256
    assert {"phase": "Tooling", "task": "A key"} in done["onboarding"]["left"]
    told = [event.action for _, event in find_events(memory) if event.type == "recovery"]
    assert sorted(told) == [
        "L2.1 (Tester) handed out to be resumed",
        "helper-2026-11-21 handed out",
        "pay-1 handed out",
        "v2 handed out at 5%",
    ]
    assert json.loads(json.dumps(done)) == done


def test_what_failed_or_waits_for_a_decision_is_left_alone_unless_it_is_named(memory):
    meet(memory)
    sessions.fail(memory, "out of memory")
    work(memory)
    runs.create_intervention(memory, "run-1", reason="Which database?")
    assert recovery.resume_all(memory) == ()
    assert [each.left for each in recovery.items(memory)] == [
        "it failed; cosmemory session reset puts it away",
        "it waits for I-1",
    ]
    with pytest.raises(IllegalTransition):
        recovery.resume(memory, kind="session")
    with pytest.raises(Refused, match="waits for I-1"):
        recovery.resume(memory, "RUN-1", kind="run")


@pytest.mark.parametrize("kind", ["session", "run"])
def test_of_two_who_resume_at_once_one_is_refused(memory, clock, monkeypatch, kind):
    meet(memory)
    work(memory)
    clock.at += 1
    module, name = (sessions, "resume") if kind == "session" else (runs, "recover")
    verb = getattr(module, name)

    def second(*given, **more):
        monkeypatch.setattr(module, name, verb)
        recovery.resume(memory, kind=kind)
        return verb(*given, **more)

    monkeypatch.setattr(module, name, second)
    with pytest.raises(Refused, match=f"Somebody else went on with the {kind} .* meanwhile"):
        recovery.resume(memory, kind=kind)


@pytest.mark.parametrize("kind", ["session", "agent", "run", "deployment", "handoff", "onboarding"])
def test_each_sort_is_handed_out_once_within_a_second(memory, kind):
    everything(memory)
    key = recovery.items(memory, [kind])[0].key
    first = recovery.resume(memory, key, kind=kind)
    with pytest.raises(Refused, match="was handed out before, and nobody has gone on with it since"):
        recovery.resume(memory, key, kind=kind)
    assert recovery.resume(memory, key, kind=kind, again=True).data.keys() == first.data.keys()
    assert kind not in [each.kind for each in recovery.resume_all(memory)]
    assert recovery.resume_all(memory) == ()


GO_ON = {
    "session": lambda memory: meetings.spoke(memory, TEAM[1]),
    "run": lambda memory: runs.complete_phase(memory, "run-1", "build"),
    "deployment": lambda memory: advance(memory, force=True, reason="a test"),
    "onboarding": lambda memory: onboardings.check(memory, "helper", "Tooling"),
}


@pytest.mark.parametrize("kind", GO_ON)
def test_what_was_gone_on_with_and_broke_off_again_is_handed_out_again(memory, kind):
    everything(memory)
    recovery.resume_all(memory)
    GO_ON[kind](memory)
    assert [each.kind for each in recovery.resume_all(memory)] == [kind]


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("deployment", roll_back),
        ("handoff", lambda memory: to_page_archive(memory, "handoffs/pay-1.md")),
        ("onboarding", lambda memory: onboardings.fail(memory, "helper", reason="left")),
    ],
)
def test_what_is_over_while_it_is_looked_at_is_not_handed_out(memory, monkeypatch, kind, end):
    everything(memory)
    (item,) = recovery.items(memory, [kind])
    end(memory)
    with pytest.raises(NotFound):
        item.sort.resume(memory, item.key, False)
    assert recovery.resume_item(memory, item) is None


def to_page_archive(memory, path):
    with memory.transaction() as transaction:
        to_archive(transaction, path)


def test_what_was_not_interrupted_cannot_be_handed_out(memory):
    everything(memory)
    with pytest.raises(NotFound, match="'run-2' among what was interrupted"):
        recovery.resume(memory, "run-2", kind="run")
    with pytest.raises(NotFound, match="An interrupted meeting"):
        recovery.resume(memory, kind="meeting")
    with pytest.raises(UsageError, match="'rum' is nothing"):
        recovery.resume(memory, "run-1", kind="rum")


def test_what_broke_off_is_put_away_and_what_waits_only_by_name(memory):
    everything(memory)
    run = memory.store.read("runs/run-1.md").data
    pay = memory.store.read("handoffs/pay-1.md").data
    assert [(each.key, each.place) for each in recovery.clear(memory)] == [
        ("session_1", "archive/sessions/session_1.md"),
        ("L2.1", "archive/agents/L2.1.md"),
        ("run-1", "archive/runs/run-1.md"),
    ]
    assert memory.store.read("archive/runs/run-1.md").data == run
    assert (current(memory).status, memory.read("meetings/planning_1").status) == (
        "idle",
        "abandoned",
    )
    assert (
        "given up after it was interrupted"
        in memory.store.read("archive/sessions/session_1.md").data.decode()
    )
    assert [each.key for each in recovery.items(memory)] == ["v2", "pay-1", "helper-2026-11-21"]
    assert [each.place for each in recovery.clear(memory, ["PAY-1"], kind="handoff")] == [
        "archive/handoffs/pay-1.md"
    ]
    assert memory.store.read("archive/handoffs/pay-1.md").data == pay
    assert [each.key for each in recovery.clear(memory, kind="onboarding")] == ["helper-2026-11-21"]
    with pytest.raises(Refused, match="deployment is not put away"):
        recovery.clear(memory, kind="deployment")
    assert [each.key for each in recovery.items(memory)] == ["v2"]
    assert not [
        each for each in memory.validate().pages if any(x.severity == "error" for x in each.diagnostics)
    ]


def test_a_session_that_is_over_is_not_cleared_and_a_cleared_id_is_not_given_again(memory):
    meet(memory)
    recovery.clear(memory, kind="session")
    with pytest.raises(Refused, match="was not interrupted"):
        sessions.clear(memory)
    with pytest.raises(InvalidValue, match="session_1 was used before"):
        sessions.start(memory, "session_1")


def test_the_way_back_is_found_though_the_page_names_no_checkpoint(memory, clock):
    begin(memory, "v2", slos=["latency"])
    clock.at += 60
    advance(memory, force=True, reason="a test")
    with memory.transaction() as transaction:
        transaction.set("deployment", "checkpoint", "")
    (found,) = recovery.check(memory)["deployments"]
    assert found.checkpoint == "checkpoint_20261121_120000"
    roll_back(memory)
    assert recovery.check(memory)["deployments"] == ()


# What the planning team handed over, where neither the file nor a page is there.


@pytest.fixture
def project(tmp_path, clock):
    place = tmp_path / "design" / "memory"
    place.mkdir(parents=True)
    memory = open_memory(str(place), actor="kim")
    initialise(memory)
    planned(memory, "reports/handoff/pending_actions.json")
    return tmp_path, memory


def planned(memory, file):
    sessions.start(memory)
    meetings.begin(memory, "planning", agents=TEAM[:1], key="planning_1")
    meetings.spoke(memory, TEAM[0])
    for text, priority in (("Measure the drop", "high"), ("Write it down", "low")):
        meetings.add_action(memory, text, priority=priority, owner="ops_commander")
    meetings.set_gate(memory, "ndcg@10", "≥ 0.72")
    meetings.conclude(memory, verdict="GO", handoff_file=file)
    sessions.complete(memory)


def test_a_lost_file_is_told_and_its_handoff_made_again_from_the_meeting(project):
    _, memory = project
    (lost,) = recovery.check(memory)["lost_handoffs"]
    assert (lost.meeting, lost.why, lost.actions) == ("planning_1", "it is not there", 2)
    done = recovery.resume(memory, kind="meeting").data
    page = handoffs.get(memory, done["handoff"])
    assert (page.from_agent, page.to_agent, page.project) == ("planning", "execution", "planning_1")
    assert page.next_steps == ("Measure the drop (high, ops_commander)", "Write it down (low, ops_commander)")
    assert [each.text for each in page.acceptance_criteria] == ["ndcg@10 ≥ 0.72"]
    assert page.files == ("reports/handoff/pending_actions.json",)
    assert recovery.check(memory)["lost_handoffs"] == ()
    assert meetings.rebuild_handoff(memory).result == page.id
    assert len(handoffs.listed(memory)) == 1
    memory.run(lambda transaction: to_archive(transaction, f"handoffs/{page.id}.md"))
    assert recovery.check(memory)["lost_handoffs"] == ()


def test_two_that_notice_the_loss_at_once_make_the_handoff_once(project, monkeypatch):
    folder, memory = project
    other = open_memory(str(folder / "design" / "memory"), actor="ada")
    waiting = FilesStore.writing
    first = []

    def overtaken(store, *given, **named):
        if not first:
            first.append(None)
            first[0] = meetings.rebuild_handoff(other).result
        return waiting(store, *given, **named)

    monkeypatch.setattr(FilesStore, "writing", overtaken)
    assert meetings.rebuild_handoff(memory).result == first[0]
    assert len(handoffs.listed(memory)) == 1


def test_the_file_is_written_again_from_the_meeting(project):
    folder, memory = project
    assert write_file(memory) == "reports/handoff/pending_actions.json"
    held = json.loads((folder / "reports" / "handoff" / "pending_actions.json").read_text())
    assert (held["meeting_id"], held["verdict"], held["actions_count"]) == ("planning_1", "GO", 2)
    assert held["actions"][0] == {
        "id": "1",
        "action": "Measure the drop",
        "priority": "high",
        "owner": "ops_commander",
        "status": "pending",
    }
    assert held["acceptance_gates"] == {"ndcg@10": "≥ 0.72"}
    assert recovery.check(memory)["lost_handoffs"] == ()
    assert sorted(each.name for each in (folder / "reports" / "handoff").iterdir()) == [
        "pending_actions.json"
    ]


def test_a_file_that_is_damaged_is_lost(project):
    folder, memory = project
    write_file(memory)
    (folder / "reports" / "handoff" / "pending_actions.json").write_text('{"meeting_id": "plan')
    (lost,) = recovery.check(memory)["lost_handoffs"]
    assert lost.why == "it cannot be read as JSON"


@pytest.mark.parametrize(
    "file", ["../outside.json", "/tmp/outside.json", "design/memory/cos-state.md", "notes.txt"]
)
def test_no_file_is_written_outside_of_the_project_or_over_pages(tmp_path, file):
    place = tmp_path / "inner" / "design" / "memory"
    place.mkdir(parents=True)
    memory = open_memory(str(place), actor="kim")
    initialise(memory)
    planned(memory, file)
    before = memory.store.read("cos-state.md").data
    with pytest.raises(InvalidValue, match="none that can be written"):
        write_file(memory)
    assert memory.store.read("cos-state.md").data == before


@pytest.mark.parametrize("named", ["pay-1", "handoffs/pay-1", "handoffs/pay-1.md"])
def test_a_page_that_a_meeting_names_is_lost_when_it_is_neither_live_nor_archived(memory, named):
    planned(memory, named)
    assert [each.why for each in recovery.check(memory)["lost_handoffs"]] == ["it is not there"]
    handoffs.create(memory, "payments", from_agent="a", to_agent="b", key="pay-1")
    assert recovery.check(memory)["lost_handoffs"] == ()
    memory.run(lambda transaction: to_archive(transaction, "handoffs/pay-1.md"))
    assert recovery.check(memory)["lost_handoffs"] == ()


# What watch looks after besides agents.


def look(memory):
    return list(watch(memory))


def test_a_session_a_run_and_a_deployment_that_fell_silent_are_each_told_of_once(memory, clock):
    meet(memory)
    work(memory)
    deploy(memory)
    assert look(memory) == []
    clock.at += 600
    assert look(memory) == [
        "ALERT-1 raised: Session stale: session_1 told nothing since 2026-11-21T12:00:00Z"
    ]
    clock.at += 24 * 3600
    assert look(memory) == [
        "ALERT-2 raised: Run run-1 stale: run-1 told nothing since 2026-11-21T12:00:00Z",
        "ALERT-3 raised: Deployment stale: v2 told nothing since 2026-11-21T12:00:00Z",
    ]
    assert look(memory) == []
    for number in (1, 2, 3):
        alerts.resolve_alert(memory, f"ALERT-{number}")
    assert look(memory) == []


def test_a_session_that_falls_silent_again_is_told_of_again(memory, clock):
    meet(memory)
    clock.at += 600
    assert len(look(memory)) == 1
    alerts.resolve_alert(memory, "ALERT-1")
    clock.at += 60
    sessions.update(memory)
    assert look(memory) == []
    clock.at += 600
    assert [line.partition(" ")[0] for line in look(memory)] == ["ALERT-2"]


def forgotten(memory, *keys):
    """Alerts that were resolved, and whose rows have left the table of what was resolved recently."""
    for key in keys:
        alerts.resolve_alert(memory, key)
    with memory.transaction() as transaction:
        page = transaction.read("active-alerts")
        transaction.replace("active-alerts", replace(page, recently_resolved=()))
    assert memory.read("active-alerts").recently_resolved == ()


def test_what_was_told_is_not_told_again_when_its_alert_has_left_the_page(memory, clock):
    meet(memory)
    work(memory)
    deploy(memory)
    agents.spawn(memory, "L2.1", pid=GONE)
    clock.at += 25 * 3600
    assert len(look(memory)) == 4
    forgotten(memory, "ALERT-1", "ALERT-2", "ALERT-3", "ALERT-4")
    assert look(memory) == []
    clock.at += 8 * 24 * 3600
    rotate(memory)
    assert look(memory) == []  # an archive of the log tells of it as well


def test_an_alert_resolved_after_a_sign_of_life_does_not_hide_the_next_silence(memory, clock):
    meet(memory)
    clock.at += 600
    assert len(look(memory)) == 1
    sessions.update(memory)
    clock.at += 60
    alerts.resolve_alert(memory, "ALERT-1")
    clock.at += 600
    assert [line.partition(" ")[0] for line in look(memory)] == ["ALERT-2"]


def test_an_agent_that_was_resumed_and_failed_again_is_told_of_again(memory):
    agents.spawn(memory, "L2.1", pid=GONE)
    assert len(look(memory)) == 1
    forgotten(memory, "ALERT-1")
    recovery.resume(memory, "L2.1")
    assert look(memory) == []
    agents.spawn(memory, "L2.1", pid=GONE)
    assert [line.partition(",")[0] for line in look(memory)] == ["ALERT-2 raised: agent L2.1 is dead"]
    assert look(memory) == []


def test_the_silence_of_another_with_a_name_that_begins_alike_is_its_own(memory, clock):
    runs.create(memory, "run-10", goal="Ship", phases=["scout"])
    runs.start(memory, "run-10")
    clock.at += 3600
    runs.create(memory, "run-1", goal="Ship", phases=["scout"])
    runs.start(memory, "run-1")
    clock.at += 23 * 3600
    assert [line.partition(": ")[0] for line in look(memory)] == ["ALERT-1 raised"]
    forgotten(memory, "ALERT-1")
    clock.at += 3600
    assert [line.partition(": ")[2] for line in look(memory)] == [
        "Run run-1 stale: run-1 told nothing since 2026-11-21T13:00:00Z"
    ]


def test_handoffs_that_nobody_took_expire(memory, clock):
    handoffs.create(memory, "payments", from_agent="a", to_agent="b", key="pay-1", expires="2h")
    handoffs.create(memory, "payments", from_agent="a", to_agent="b", key="pay-2")
    assert look(memory) == []
    clock.at += 3 * 3600
    assert look(memory) == ["handoff pay-1 expired"]
    assert look(memory) == []
    assert [each.status for each in handoffs.listed(memory)] == ["expired", "pending"]
