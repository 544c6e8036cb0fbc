"""No sequence of verbs, from any two who share a memory, leads a handoff or an onboarding to a status that is not legal."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cosmemory.clock import read_time
from cosmemory.document.checklists import undone
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.kinds import handoff, onboarding
from cosmemory.memory import Memory
from cosmemory.operations import handoffs, onboardings
from cosmemory.operations.pages import set_value

NOON = read_time("2026-11-21T12:00:00Z")[0]
LOG = {"coordination-log.md": b"# Coordination Log\n\n## Events\n\n"}
REFUSALS = (IllegalTransition, Refused, NotFound, InvalidValue)
NUMBERS = st.integers(0, 3)
WHO = st.sampled_from([0, 1])


def refusal(act):
    """What ``act`` was refused with, if it was."""
    try:
        act()
    except REFUSALS as refused:
        return refused
    return None


class Handoffs(RuleBasedStateMachine):
    """Two people over one store, each with pages of their own at hand that may be old."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOON
        store = EphemeralStore(LOG)
        self.memories = [Memory(store, now=lambda: self.at, actor=name) for name in ("kim", "lee")]
        self.known: dict[str, str] = {}
        self.read: dict[str, str] = {}

    def pages(self):
        return {str(page.id): page for page in handoffs.listed(self.memories[0])}

    def key(self, number: int) -> str:
        ids = sorted(self.known)
        return ids[number % len(ids)] if ids else "none"

    def tried(self, key: str, wanted: str, act) -> None:
        """``act`` led to the status that was wanted, or was refused and changed nothing at all."""
        before = self.pages()[key]
        refused = refusal(act)
        after, legal = self.pages()[key], handoff.steps_of(before)
        if refused is None:
            assert wanted in legal
            assert after.status == wanted
        else:
            assert after == before
            assert isinstance(refused, IllegalTransition) == (wanted not in legal)
            assert getattr(refused, "legal", legal) == legal

    @initialize()
    def one(self) -> None:
        self.create(0, True, None, True)

    @rule(who=WHO, ack=st.booleans(), expires=st.sampled_from([None, "1h", "2h"]), criteria=st.booleans())
    def create(self, who: int, ack: bool, expires: str | None, criteria: bool) -> None:
        if len(self.known) >= 4:
            return
        more = {"acceptance_criteria": ["fast", "tested"]} if criteria else {}
        done = handoffs.create(
            self.memories[who], "p", from_agent="a", to_agent="b", requires_ack=ack, expires=expires, **more
        )
        assert done.result not in self.known
        self.known[done.result] = "pending"

    @rule(number=NUMBERS)
    def look(self, number: int) -> None:
        page = self.pages().get(self.key(number))
        if page is not None:
            self.read[str(page.id)] = handoff.content_hash(page)

    @rule(who=WHO, number=NUMBERS, words=st.sampled_from(["one", "two"]))
    def rewrite(self, who: int, number: int, words: str) -> None:
        set_value(self.memories[who], f"handoffs/{self.key(number)}.md", "context", words)

    @rule(who=WHO, number=NUMBERS)
    def acknowledge(self, who: int, number: int) -> None:
        key = self.key(number)
        named = self.read.get(key, "0" * 64)
        said = handoff.content_hash(self.pages()[key])
        self.tried(key, "acknowledged", lambda: handoffs.acknowledge(self.memories[who], key, named))
        if named != said:
            assert self.pages()[key].status == self.known[key]

    @rule(who=WHO, number=NUMBERS)
    def start(self, who: int, number: int) -> None:
        key = self.key(number)
        self.tried(key, "in_progress", lambda: handoffs.start(self.memories[who], key))

    @rule(who=WHO, number=NUMBERS)
    def complete(self, who: int, number: int) -> None:
        key = self.key(number)
        self.tried(key, "completed", lambda: handoffs.complete(self.memories[who], key))

    @rule(who=WHO, number=NUMBERS)
    def reject(self, who: int, number: int) -> None:
        key = self.key(number)
        self.tried(key, "rejected", lambda: handoffs.reject(self.memories[who], key, reason="no"))

    @rule(who=WHO, number=NUMBERS, criterion=st.sampled_from([None, "fast", "tested"]), met=st.booleans())
    def accept(self, who: int, number: int, criterion: str | None, met: bool) -> None:
        key = self.key(number)
        status = self.pages()[key].status
        refusal(lambda: handoffs.accept(self.memories[who], key, criterion, met=met))
        assert self.pages()[key].status == status

    @rule(who=WHO, hours=st.sampled_from([0, 1, 2]))
    def expire(self, who: int, hours: int) -> None:
        self.at += hours * 3600
        before = self.pages()
        gone = handoffs.expire(self.memories[who]).result
        now = self.memories[who].now()
        assert set(gone) == {key for key, page in before.items() if handoff.is_overdue(page, now)}
        assert all(self.pages()[key].status == "expired" for key in gone)

    @invariant()
    def only_legal_steps_were_taken(self) -> None:
        for key, page in self.pages().items():
            before, after = self.known[key], str(page.status)
            legal = handoff.STEPS[before] + (
                ("in_progress",) if before == "pending" and not handoff.needs_ack(page) else ()
            )
            assert after == before or after in legal
            assert not (after == "completed" and undone(page.acceptance_criteria))
            assert page.content_sha256 == handoff.content_hash(page)
            assert (after in {"completed", "rejected", "expired"}) == (page.ended is not None)
            self.known[key] = after


class Onboardings(RuleBasedStateMachine):
    """The same for onboardings, with a model of two phases."""

    def __init__(self) -> None:
        super().__init__()
        store = EphemeralStore(LOG)
        self.memories = [Memory(store, now=lambda: NOON, actor=name) for name in ("kim", "lee")]
        self.open = {("Welcome", task) for task in ("Welcome message sent", "Welcome acknowledged")}
        self.status = "in_progress"
        self.failed = False

    @initialize()
    def begin(self) -> None:
        onboardings.begin(self.memories[0], "helper", role="Developer")
        for phase in list(onboarding.PHASES)[1:]:
            if onboarding.PHASES[phase]:
                onboardings.check(self.memories[0], "helper", phase)

    @rule(who=WHO, task=st.sampled_from([*onboarding.PHASES["Welcome"], None]), done=st.booleans())
    def check(self, who: int, task: str | None, done: bool) -> None:
        try:
            onboardings.check(self.memories[who], "helper", "welcome", task, done=done)
        except IllegalTransition:
            assert self.status != "in_progress"
            return
        assert self.status == "in_progress"
        tasks = {("Welcome", each) for each in onboarding.PHASES["Welcome"] if task in (each, None)}
        self.open = self.open - tasks if done else self.open | tasks

    @rule(who=WHO, result=st.sampled_from(["passed", "failed"]))
    def verify(self, who: int, result: str) -> None:
        try:
            onboardings.verify(self.memories[who], "helper", "answers", result=result)
        except IllegalTransition:
            assert self.status != "in_progress"
            return
        self.failed = result == "failed"

    @rule(who=WHO, verb=st.sampled_from(["complete", "complete", "fail"]))
    def move(self, who: int, verb: str) -> None:
        wanted = {"complete": "complete", "fail": "failed"}[verb]
        more = {"reason": "no answer"} if verb == "fail" else {}
        legal = wanted in onboarding.STEPS[self.status]
        ready = wanted != "complete" or not (self.open or self.failed)
        refused = refusal(lambda: getattr(onboardings, verb)(self.memories[who], "helper", **more))
        if refused is None:
            assert legal
            assert ready
            self.status = wanted
        elif legal:
            assert isinstance(refused, Refused)
            assert not ready
        else:
            assert refused.legal == onboarding.STEPS[self.status]

    @invariant()
    def the_page_says_what_was_done(self) -> None:
        for _, page in onboardings.listed(self.memories[1]):
            assert page.status == self.status
            assert {(phase, task.text) for phase, task in onboarding.open_tasks(page)} == self.open


SIZE = int(os.environ.get("COSMEMORY_MACHINES", "25"))
Handoffs.TestCase.settings = settings(max_examples=SIZE, stateful_step_count=25, deadline=None)
Onboardings.TestCase.settings = settings(max_examples=SIZE, stateful_step_count=20, deadline=None)
TestHandoffs = Handoffs.TestCase
TestOnboardings = Onboardings.TestCase
