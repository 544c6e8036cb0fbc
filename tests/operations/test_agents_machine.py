"""No sequence of verbs brings an agent to a status that no legal step leads to."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cosmemory import EphemeralStore, Memory
from cosmemory.errors import IllegalTransition
from cosmemory.kinds.agent import STEPS
from cosmemory.operations import agents
from cosmemory.operations.first_pages import initialise

EXAMPLES = int(os.environ.get("COSMEMORY_AGENT_MACHINES", "15"))
KEYS = st.sampled_from(["a", "b"])
# What each verb does to a status; a verb that is not named for a status is refused there.
MOVES = {
    "spawn": {None: "spawning", "pending": "spawning"},
    "started": {"pending": "running", "spawning": "running"},
    "progress": {"running": "running"},
    "complete": {"running": "completed"},
    "mark_failed": {"pending": "failed", "spawning": "failed", "running": "failed"},
    "retry": {"failed": "pending"},
    "resume": {"pending": "pending", "spawning": "pending", "running": "pending"},
}
GIVEN = {"progress": (50,), "mark_failed": (), "resume": ()}


def refusal_of(verb):
    """The refusal of a step, or None where it was done."""
    try:
        verb()
    except IllegalTransition as refused:
        return refused
    return None


class Agents(RuleBasedStateMachine):
    """Two memories over one store, as two processes have it, and what each agent's status must be."""

    def __init__(self):
        super().__init__()
        store = EphemeralStore()
        self.sides = [Memory(store, now=lambda: 1_795_262_400, actor=name) for name in ("one", "two")]
        initialise(self.sides[0])
        self.status = {"a": None, "b": None}

    @rule(key=KEYS, verb=st.sampled_from([name for name in MOVES if name != "spawn"]), side=st.integers(0, 1))
    def step(self, key, verb, side):
        if self.status[key] is None:
            return
        more = {"error": "x"} if verb == "mark_failed" else {}
        wanted = MOVES[verb].get(self.status[key])
        before = self.sides[side].store.read(f"agents/{key}.md")
        refused = refusal_of(
            lambda: getattr(agents, verb)(self.sides[side], key, *GIVEN.get(verb, ()), **more)
        )
        assert (refused is None) == (wanted is not None)
        if refused is None:
            self.status[key] = wanted
        else:
            assert refused.legal == STEPS[self.status[key]]
            assert self.sides[side].store.read(f"agents/{key}.md") == before

    @rule(key=KEYS, side=st.integers(0, 1))
    def spawn(self, key, side):
        wanted = MOVES["spawn"].get(self.status[key])
        refused = refusal_of(lambda: agents.spawn(self.sides[side], key))
        assert (refused is None) == (wanted is not None)
        self.status[key] = wanted or self.status[key]

    @precondition(lambda self: any(self.status.values()))
    @invariant()
    def both_see_what_was_acknowledged(self):
        for memory in self.sides:
            found = {each.agent_id: each.status for each in agents.listed(memory)}
            assert found == {key: status for key, status in self.status.items() if status}


TestAgents = Agents.TestCase
TestAgents.settings = settings(max_examples=EXAMPLES, stateful_step_count=20, deadline=None)
