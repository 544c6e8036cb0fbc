"""Sessions and meetings changed by two processes in any order: no illegal state, and no word that was acknowledged lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cosmemory import EphemeralStore, Memory
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.kinds import meeting, session
from cosmemory.operations.first_pages import initialise

NOON = 1_795_262_400
AGENTS = ["a", "B", "c, d", "Ünï | x"]
names = st.sampled_from([*AGENTS, "b", "nobody"])
some = st.lists(st.sampled_from(AGENTS), min_size=1, max_size=4)
REFUSALS = (IllegalTransition, InvalidValue, NotFound, Refused)


class SessionMachine(RuleBasedStateMachine):
    """Every verb of both nouns, through two memories over one store, beside a model of the legal steps."""

    @initialize()
    def begin(self) -> None:
        self.at = NOON
        store = EphemeralStore()
        self.memories = [Memory(store, now=lambda: self.at, actor=name) for name in ("one", "two")]
        initialise(self.memories[0])
        self.status = session.IDLE
        self.under_way: str | None = None
        self.waiting: list[str] = []
        self.heard: list[str] = []
        self.meetings: dict[str, str] = {}
        self.handed = False
        self.ended: dict[str, str] = {}

    @property
    def pages(self) -> dict[str, bytes]:
        return dict(self.memories[0].store._pages)  # type: ignore[attr-defined]

    def do(self, legal: bool, verb: Callable[[Memory], Any], turn: int) -> Any:
        """What ``verb`` gives; one that is not legal is refused, and leaves every byte as it was."""
        self.at += 1
        before, refused = self.pages, None
        outcome = None
        try:
            outcome = verb(self.memories[turn])
        except REFUSALS as error:
            refused = error
        assert legal == (refused is None), refused
        if outcome is None:
            assert self.pages == before
            return None
        self.handed = False
        return outcome.result

    turns = st.integers(0, 1)

    @rule(turn=turns)
    def start(self, turn: int) -> None:
        if self.do(self.status == session.IDLE, lambda memory: memory.sessions.start(), turn):
            self.status = session.ACTIVE

    @rule(turn=turns)
    def pause(self, turn: int) -> None:
        if self.do(self.status == session.ACTIVE, lambda memory: memory.sessions.pause(), turn):
            self.status = session.PAUSED

    @rule(turn=turns)
    def resume(self, turn: int) -> None:
        legal = self.status in {session.ACTIVE, session.PAUSED} and not self.handed
        found = self.do(legal, lambda memory: memory.sessions.resume(), turn)
        if found:
            self.handed = True
            assert (found.status, found.meeting) == (self.status, self.under_way)
            assert (list(found.to_speak), list(found.completed)) == (self.waiting, self.heard)
            self.status = session.ACTIVE

    @rule(turn=turns)
    def complete(self, turn: int) -> None:
        legal = self.status in {session.ACTIVE, session.PAUSED} and not self.under_way
        key = self.do(legal, lambda memory: memory.sessions.complete(), turn)
        if key:
            self.ended[key], self.status = session.COMPLETED, session.IDLE

    @rule(turn=turns)
    def fail(self, turn: int) -> None:
        if self.status != session.IDLE:  # an idle one may fail too, and has no id to be found by
            legal = self.status != session.ERROR
            if self.do(legal, lambda memory: memory.sessions.fail("it died"), turn):
                self.status = session.ERROR

    @rule(turn=turns)
    def reset(self, turn: int) -> None:
        key = self.do(self.status == session.ERROR, lambda memory: memory.sessions.reset(), turn)
        if key:
            self.ended[key], self.status = session.ERROR, session.IDLE
            self.leave(meeting.ABANDONED)

    def leave(self, status: str) -> None:
        if self.under_way:
            self.meetings[self.under_way] = status
        self.under_way, self.waiting, self.heard = None, [], []

    @rule(turn=turns)
    def update(self, turn: int) -> None:
        self.do(self.status == session.ACTIVE, lambda memory: memory.sessions.update(pending_actions=3), turn)

    @rule(turn=turns, team=st.sampled_from([meeting.PLANNING, meeting.EXECUTION]), agents=some)
    def meet(self, turn: int, team: str, agents: list[str]) -> None:
        legal = self.status == session.ACTIVE and not self.under_way and len(set(agents)) == len(agents)
        key = self.do(legal, lambda memory: memory.meetings.begin(team, agents=agents), turn)
        if key:
            self.under_way, self.waiting, self.meetings[key] = key, list(agents), meeting.IN_PROGRESS

    @rule(turn=turns, agent=names)
    def speak(self, turn: int, agent: str) -> None:
        name = next((each for each in self.waiting if each.lower() == agent.lower()), None)
        legal = self.status == session.ACTIVE and name is not None
        if self.do(legal, lambda memory: memory.meetings.spoke(agent, said=agent), turn) is not None:
            assert name is not None
            self.waiting.remove(name)
            self.heard.append(name)

    @rule(turn=turns, verdict=st.sampled_from(meeting.VERDICTS))
    def conclude(self, turn: int, verdict: str) -> None:
        planning = (self.under_way or "").startswith(meeting.PLANNING)
        word = verdict if planning else None
        if self.do(self.under_way is not None, lambda memory: memory.meetings.conclude(verdict=word), turn):
            self.leave(meeting.CONCLUDED)

    @rule(turn=turns)
    def abandon(self, turn: int) -> None:
        if self.do(self.under_way is not None, lambda memory: memory.meetings.abandon(), turn):
            self.leave(meeting.ABANDONED)

    @rule(turn=turns)
    def plan(self, turn: int) -> None:
        self.do(self.under_way is not None, lambda memory: memory.meetings.add_action("x", owner="B"), turn)

    @invariant()
    def the_pages_say_what_was_acknowledged(self) -> None:
        memory = self.memories[0]
        now = memory.sessions.current()
        if now is None:
            assert self.status == session.IDLE
            return
        held = now.current_meeting
        assert (now.status, held.meeting_id) == (self.status, self.under_way)
        assert (list(session.to_speak(held)), list(held.agents_completed)) == (self.waiting, self.heard)
        assert {each.meeting_id: each.status for each in memory.meetings.listed()} == self.meetings
        ended = [each for each in memory.sessions.listed() if each is not now]
        assert {each.session_id: each.status for each in ended if each.ended} == self.ended

    @invariant()
    def every_page_is_sound(self) -> None:
        found = [d for page in self.memories[1].validate().pages for d in page.diagnostics]
        assert [each for each in found if each.severity != "info"] == []


SessionMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("COSMEMORY_SESSION_EXAMPLES", "15")),
    stateful_step_count=30,
    deadline=None,
    derandomize="COSMEMORY_SESSION_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestSessions = SessionMachine.TestCase
