"""The page of a new agent is the one that its template gives, however it is made."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.entered import entered
from cosmemory.document.json_values import Data
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.frozen import replace
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import STEPS, Agent, Process, Progress
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.memory import Memory
from cosmemory.operations.harness.agent_page import agent_text
from cosmemory.operations.new_pages import page_text

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
MEMORY = Memory(EphemeralStore())
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
PLAIN = st.from_regex(r"[a-z][a-z0-9_.@*-]{0,20}[a-z0-9]", fullmatch=True)
AGENTS = st.builds(
    Agent,
    agent_id=PLAIN,
    agent_type=TEXTS,
    status=st.sampled_from(sorted(STEPS)),
    attempts=st.integers(0, 3),
    created_at=st.just(AT),
    last_updated=st.just(AT),
    completed_at=st.none() | st.just(AT),
    process=st.builds(Process, pid=st.none() | st.integers(1, 99), host=TEXTS),
    progress=st.builds(Progress, percent=st.none() | st.integers(0, 100), message=TEXTS),
    metadata=st.lists(PLAIN, max_size=3, unique=True).map(
        lambda names: tuple(KeyedValue(key=each, value=Data.of(each)) for each in names)
    ),
)


@given(AGENTS)
def test_it_is_what_the_template_gives(agent):
    agent = entered(Agent(), agent)
    assert agent_text(MEMORY, agent) == page_text(MEMORY, AGENT, agent)


def test_a_template_of_the_user_s_own_is_used():
    own = (
        "# Mine {{ page.agent_id }}\n\n- **Agent ID:** {{ page.agent_id }}\n- **Status:** {{ page.status }}\n"
    )
    memory = Memory(EphemeralStore({".templates/agent.md.j2": own.encode()}))
    agent = Agent(agent_id="a1", status="running")
    assert agent_text(memory, agent).startswith("# Mine a1\n")
    assert agent_text(memory, replace(agent, agent_id="a2")) == page_text(
        memory, AGENT, replace(agent, agent_id="a2")
    )
