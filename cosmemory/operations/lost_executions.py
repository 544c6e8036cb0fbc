"""Attempts whose end nobody recorded, found by what became of their phases and agents."""

from __future__ import annotations

from cosmemory.document.decode import decode
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import Agent
from cosmemory.kinds.run import Execution, Run
from cosmemory.kinds.run_lost import lost_executions
from cosmemory.operations.page_ids import ARCHIVE, page_of
from cosmemory.reader import Reader
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text


def lost_in(memory: Reader, run: Run) -> tuple[tuple[Execution, str], ...]:
    """The attempts of a run that run on its page though their phase or agent has ended, each with the reason."""
    return tuple(lost_executions(run, lambda key: _agent(memory, key)))


def _agent(memory: Reader, key: str) -> Agent | None:
    """The agent ``key``, live or archived; None where nothing is known of one."""
    path = page_of(AGENT, key)
    if AGENT.pattern.fullmatch(path) is None:
        return None
    stored = memory.store.read(path)
    if stored is not None:
        live: Agent = memory.read_stored(stored).document
        return live
    stored = memory.store.read(f"{ARCHIVE}/{path}")
    if stored is None:
        return None
    archived: Agent = decode(parse(decode_text(stored.data)), Agent).document
    return archived
