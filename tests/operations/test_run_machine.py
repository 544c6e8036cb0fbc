"""Law: no sequence of verbs, of two sessions by turns, brings a run where its tables do not lead."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cosmemory.errors import CosmemoryError
from cosmemory.kinds.run import EXECUTION_STEPS, INTERVENTION_STEPS, PHASE_STEPS, STEPS
from cosmemory.memory import Memory
from cosmemory.operations import runs
from tests.operations.runs_at_hand import memory_at_hand

AMOUNT = int(os.environ.get("COSMEMORY_RUNS", "30"))
PHASES = st.sampled_from(["scout", "Build", "pack"])
IDS = st.integers(1, 4)
WHO = st.booleans()
SEVERITIES = st.sampled_from(["critical", "major", "medium", "minor"])
KEY = "demo"


class RunMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        first = memory_at_hand(phase_retries=1)
        second = Memory(first.store, settings=first.settings, now=first._now)
        self.sessions = (first, second)
        runs.create(first, KEY, goal="Reach it", phases=["scout", "build"])
        self.refused: Counter[str] = Counter()
        self.before = runs.get(first, KEY)

    def attempt(self, verb: Any, who: bool, *given: Any, **named: Any) -> None:
        memory = self.sessions[who]
        stored = memory.store.read("runs/demo.md")
        logged = memory.store.read("coordination-log.md")
        try:
            verb(memory, KEY, *given, **named)
        except CosmemoryError as error:
            self.refused[error.code] += 1
            assert memory.store.read("runs/demo.md") == stored
            assert memory.store.read("coordination-log.md") == logged
        else:
            assert memory.store.read("coordination-log.md").data.count(b"\n---\n") == (
                logged.data.count(b"\n---\n") + 1
            )

    @rule(
        who=WHO,
        verb=st.sampled_from([runs.start, runs.pause, runs.resume, runs.complete, runs.abort, runs.recover]),
    )
    def step(self, who: bool, verb: Any) -> None:
        self.attempt(verb, who)

    @rule(who=WHO)
    def fail(self, who: bool) -> None:
        self.attempt(runs.fail, who, error="broken")

    @rule(
        who=WHO, phase=PHASES, verb=st.sampled_from([runs.enter_phase, runs.complete_phase, runs.retry_phase])
    )
    def move_a_phase(self, who: bool, phase: str, verb: Any) -> None:
        self.attempt(verb, who, phase)

    @rule(who=WHO, phase=PHASES, fail_run=st.booleans())
    def fail_a_phase(self, who: bool, phase: str, fail_run: bool) -> None:
        self.attempt(runs.fail_phase, who, phase, error="broken", fail_run=fail_run)

    @rule(who=WHO, phase=PHASES)
    def skip_a_phase(self, who: bool, phase: str) -> None:
        self.attempt(runs.skip_phase, who, phase)

    @rule(who=WHO)
    def add_a_phase(self, who: bool) -> None:
        self.attempt(runs.add_phase, who, "pack", outputs=["wheel"])

    @rule(who=WHO, phase=PHASES)
    def begin_an_execution(self, who: bool, phase: str) -> None:
        self.attempt(runs.begin_execution, who, phase)

    @rule(who=WHO, number=IDS, well=st.booleans())
    def end_an_execution(self, who: bool, number: int, well: bool) -> None:
        if well:
            self.attempt(runs.complete_execution, who, f"E-{number}")
        else:
            self.attempt(runs.fail_execution, who, f"e-{number}", error="exit 1")

    @rule(who=WHO, phase=PHASES, severity=SEVERITIES)
    def find(self, who: bool, phase: str, severity: str) -> None:
        self.attempt(runs.add_finding, who, phase, severity=severity, text="wrong")

    @rule(who=WHO, number=IDS)
    def resolve(self, who: bool, number: int) -> None:
        self.attempt(runs.resolve_finding, who, f"F-{number}")

    @rule(who=WHO)
    def ask(self, who: bool) -> None:
        self.attempt(runs.create_intervention, who, reason="which way?")

    @rule(who=WHO, number=IDS)
    def decide(self, who: bool, number: int) -> None:
        self.attempt(runs.resolve_intervention, who, f"I-{number}", resolution="left")

    @rule(who=WHO, phase=PHASES)
    def pass_on(self, who: bool, phase: str) -> None:
        self.attempt(runs.set_context, who, {"wheel": phase}, phase=phase)

    @invariant()
    def only_legal_steps_were_taken(self) -> None:
        if not hasattr(self, "before"):
            return
        now = runs.get(self.sessions[0], KEY)
        assert reaches(STEPS, self.before.status, now.status)
        for part, key, steps in (
            ("phases", "phase", PHASE_STEPS),
            ("executions", "id", EXECUTION_STEPS),
            ("interventions", "id", INTERVENTION_STEPS),
        ):
            old = {getattr(each, key): each.status for each in getattr(self.before, part)}
            new = {getattr(each, key): each.status for each in getattr(now, part)}
            assert old.keys() <= new.keys()
            assert all(reaches(steps, old[name], new[name]) for name in old)
        self.before = now

    @invariant()
    def the_page_is_sound(self) -> None:
        if not hasattr(self, "before"):
            return
        memory = self.sessions[1]
        page = memory.page("runs/demo.md")
        assert page.diagnostics == ()
        run = page.document
        open_phases = [each.phase for each in run.phases if each.status == "in_progress"]
        assert len(open_phases) <= 1
        assert run.current_phase == (open_phases[0] if open_phases else None)
        waiting = [each for each in run.interventions if each.status == "pending"]
        assert run.status != "executing" or not waiting
        assert run.status not in {"completed", "failed", "aborted"} or not open_phases
        running = [each for each in run.executions if each.status == "running"]
        assert all(each.phase in open_phases for each in running)
        assert all((each.retries or 0) <= 1 for each in run.phases)


def reaches(steps: dict[str, tuple[str, ...]], old: str, new: str) -> bool:
    """Whether a status stayed, or took one step that the table has."""
    return old == new or new in steps[old]


TestRunMachine = RunMachine.TestCase
TestRunMachine.settings = settings(
    max_examples=AMOUNT, stateful_step_count=40, deadline=None, derandomize=True
)


@pytest.mark.parametrize(("steps", "count"), [(STEPS, 7), (PHASE_STEPS, 5)])
def test_the_tables_are_those_of_the_reference(steps, count):
    assert sum(len(legal) for legal in steps.values()) == count
