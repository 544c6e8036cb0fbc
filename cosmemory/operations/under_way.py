"""What the office is in the midst of: the session, a deployment, runs and agents at work."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.document.data import plain
from cosmemory.frozen import frozen
from cosmemory.kinds import AGENT, DEPLOYMENT, RUN, SESSION_PATH, Kind
from cosmemory.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen(kw_only=True)
class UnderWay:
    """One thing that is not over: its noun, what it is called, how far it is, and what it is about."""

    noun: str
    key: str
    state: str
    text: str


def under_way(memory: Reader) -> tuple[UnderWay, ...]:
    """What is under way; of long pages only what stands above their sections is read."""
    paths = memory.store.paths()
    return (
        *_session(memory, paths),
        *_deployment(memory, paths),
        *_runs(memory, paths),
        *_agents(memory, paths),
    )


def _session(memory: Reader, paths: tuple[str, ...]) -> Iterator[UnderWay]:
    if SESSION_PATH not in paths:
        return
    from cosmemory.kinds.session import ACTIVE, PAUSED

    now = memory.read(SESSION_PATH)
    if now.status in {ACTIVE, PAUSED}:
        meeting = now.current_meeting
        left = len(meeting.agents_to_speak) + (meeting.current_agent is not None)
        text = f"{_said(meeting.team)} meeting, {left} still to speak" if meeting.meeting_id else ""
        yield UnderWay(noun="session", key=_said(now.session_id), state=_said(now.status), text=text)


def _deployment(memory: Reader, paths: tuple[str, ...]) -> Iterator[UnderWay]:
    if DEPLOYMENT.path not in paths:
        return
    from cosmemory.kinds import deployment

    page = memory.read(DEPLOYMENT.path)
    if deployment.under_way(page):
        text = f"after {page.previous_version}" if page.previous_version else ""
        yield UnderWay(noun="deployment", key=_said(page.version), state=_said(page.stage), text=text)


def _runs(memory: Reader, paths: tuple[str, ...]) -> Iterator[UnderWay]:
    for key, run in _heads(memory, RUN, paths):
        if run.status in {"executing", "paused"}:
            state = ", ".join(filter(None, (_said(run.status), _said(run.current_phase))))
            yield UnderWay(noun="run", key=key, state=state, text=_said(run.goal))


def _agents(memory: Reader, paths: tuple[str, ...]) -> Iterator[UnderWay]:
    for key, agent in _heads(memory, AGENT, paths):
        if agent.status in {"pending", "spawning", "running"}:
            yield UnderWay(noun="agent", key=key, state=_said(agent.status), text=_said(agent.agent_name))


def _heads(memory: Reader, kind: Kind, paths: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for path in paths:
        found = kind.pattern.fullmatch(path)
        stored = memory.store.read(path) if found else None
        if found is not None and stored is not None:
            yield found[1], memory.read_stored(stored, frozenset()).document


def _said(value: object) -> str:
    return "" if value is None else str(plain(value))
