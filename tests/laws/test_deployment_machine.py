"""A deployment that two processes step in turn: no stage is reached but by its rules, and each can be taken back."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import Conflict, IllegalTransition, Refused
from cosmemory.kinds.deployment import LAST, PARTIAL, ROLLBACK_READY, ROLLED_BACK, STAGES, STEPS, is_yes
from cosmemory.maintenance.checkpoint_shelf import SHELF
from cosmemory.maintenance.deploying import advance, begin, roll_back
from cosmemory.memory import Memory
from cosmemory.operations import deployments, measurements
from cosmemory.operations.first_pages import initialise

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
SLOS = ("latency", ROLLBACK_READY)
HOURS = 2


class DeploymentMachine(RuleBasedStateMachine):
    """The verbs of a deployment, from either of two processes, beside a model of plain values."""

    @initialize()
    def start(self) -> None:
        self.at = NOON
        store = EphemeralStore()
        chosen = Settings(slos=SLOS, minimum_hours=HOURS)
        self.both = [Memory(store, settings=chosen, now=lambda: self.at, actor=who) for who in ("a", "b")]
        initialise(self.both[0])
        self.stage = ""
        self.since = NOON
        self.holds: dict[str, bool] = {}
        self.history: list[str] = []
        self.stale = ""

    def process(self, which: int) -> Memory:
        return self.both[which]

    @rule(which=st.integers(0, 1))
    def begin(self, which: int) -> None:
        if self.stage in {"", LAST, ROLLED_BACK}:
            begin(self.process(which), "v")
            self.stage, self.since, self.history = "shadow", self.at, ["shadow"]
            self.holds = dict.fromkeys(SLOS, False)
        else:
            refused(Refused, lambda: begin(self.process(which), "v"))

    @rule(which=st.integers(0, 1), slo=st.sampled_from(SLOS), holds=st.booleans())
    def answer(self, which: int, slo: str, holds: bool) -> None:
        if self.stage:
            deployments.set_slo(self.process(which), slo, holds)
            self.holds[slo] = holds

    @rule(hours=st.sampled_from([0, 1, HOURS]))
    def wait(self, hours: int) -> None:
        self.at += hours * 3600

    @rule(which=st.integers(0, 1), force=st.booleans())
    def advance(self, which: int, force: bool) -> None:
        if not self.stage:
            return
        reason = "because" if force else None
        ready = all(self.holds.values()) and self.at - self.since >= HOURS * 3600
        if self.stage in {LAST, ROLLED_BACK}:
            refused(IllegalTransition, lambda: advance(self.process(which), force=force, reason=reason))
        elif not ready and not force:
            refused(Refused, lambda: advance(self.process(which)))
        else:
            advance(self.process(which), force=force, reason=reason)
            self.enter(STAGES[STAGES.index(self.stage) + 1])

    @rule(which=st.integers(0, 1), everything=st.booleans())
    def roll_back(self, which: int, everything: bool) -> None:
        if self.stage == ROLLED_BACK:
            refused(IllegalTransition, lambda: roll_back(self.process(which)))
        elif self.stage:
            done = roll_back(self.process(which), everything=everything).result
            assert done.stage == self.stage
            assert done.kept in self.both[0].store.copies(SHELF).names()
            self.enter(ROLLED_BACK)

    @rule(which=st.integers(0, 1), value=st.integers(0, 9))
    def measure(self, which: int, value: int) -> None:
        measurements.record(self.process(which), "latency", current=value)
        if self.stage not in {"", LAST, ROLLED_BACK}:
            (row,) = self.process(which).read("deployment").metrics
            assert str(row.current) == str(value)

    @rule(which=st.integers(0, 1))
    def remember_a_revision(self, which: int) -> None:
        self.stale = self.process(which).page("deployment").revision if self.stage else ""

    @rule(which=st.integers(0, 1))
    def step_from_what_was_read_before(self, which: int) -> None:
        if self.stage and self.stale and self.stale != self.process(which).page("deployment").revision:
            expected = {"deployment.md": self.stale}
            refused(Conflict, lambda: roll_back(self.process(which), expected=expected))

    def enter(self, stage: str) -> None:
        self.stage, self.since = stage, self.at
        self.history.append(stage)

    @invariant()
    def the_page_says_what_was_done(self) -> None:
        if not getattr(self, "stage", ""):
            return
        for memory in self.both:
            page = memory.read("deployment")
            assert page.stage == self.stage
            assert [stay.stage for stay in page.stage_history] == self.history
            assert {row.slo: is_yes(row.holds) for row in page.slo_status} == self.holds
            assert is_yes(page.rollback_ready) == self.holds[ROLLBACK_READY]
            assert bool(deployments.interrupted(memory)) == (self.stage in PARTIAL)
            for before, after in zip(self.history, self.history[1:], strict=False):
                assert after in STEPS[before]

    @invariant()
    def nothing_is_wrong_on_it(self) -> None:
        if getattr(self, "stage", ""):
            found = next(each for each in self.both[0].validate().pages if each.path == "deployment.md")
            expected = {"COS515", "COS516", "COS606"}
            assert [each for each in found.diagnostics if each.code not in expected] == []


def refused(error: type[Exception], step) -> None:
    """Nothing but that error comes of a step."""
    try:
        step()
    except error:
        return
    raise AssertionError(f"{error.__name__} was not raised")


TestDeployment = DeploymentMachine.TestCase
TestDeployment.settings = settings(
    max_examples=int(os.environ.get("COSMEMORY_MACHINES", "25")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
