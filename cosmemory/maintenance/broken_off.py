"""Work that broke off: the session in its meeting, agents, runs in a phase."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.values import write_number
from cosmemory.kinds import AGENT, RUN, SESSION_PATH
from cosmemory.maintenance.interrupted_agents import FOLDER, InterruptedAgent, interrupted_agents
from cosmemory.maintenance.interruptions import Handed, Sort, archiving, data_of
from cosmemory.maintenance.processes import ALIVE
from cosmemory.maintenance.resuming_agents import clear_agents, counted, resume_agent, sentence
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import page_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.operations.interrupted_runs import Interrupted as InterruptedRun
    from cosmemory.operations.interrupted_session import Interrupted as InterruptedSession


def _left_agent(seen: InterruptedAgent) -> str:
    if seen.process == ALIVE:
        return f"it is at work, in process {seen.pid}"
    return "" if seen.status else "its status cannot be read"


def _clear_agents(memory: Memory, keys: Sequence[str]) -> list[tuple[str, str]]:
    return [(key, f"archive/{page_of(AGENT, key)}") for key in clear_agents(memory, keys)]


AGENTS = Sort(
    kind="agent",
    name="agents",
    where=FOLDER,
    find=interrupted_agents,
    key=lambda seen: str(seen.agent_id),
    sentence=lambda found: sentence(counted(found)),
    resume=resume_agent,
    page=lambda key: page_of(AGENT, key),
    clear=_clear_agents,
    breaks_off=True,
    left=_left_agent,
    urgent=lambda seen: bool(seen.orphan),
)


def _find_session(memory: Memory) -> tuple[InterruptedSession, ...]:
    from cosmemory.operations.interrupted_session import interrupted

    return interrupted(memory)


def _session_key(found: InterruptedSession) -> str:
    return found.session or "current"


def _session_sentence(found: tuple[InterruptedSession, ...]) -> str:
    (one,) = found
    silent = ", and was not updated for long" if one.stale else ""
    failed = f": {one.error}" if one.error else ""
    where = ""
    if one.meeting:
        percent = f" at {write_number(one.progress)}%" if one.progress is not None else ""
        verb = "is" if len(one.to_speak) == 1 else "are"
        still = f"still to speak {verb} {', '.join(one.to_speak)}" if one.to_speak else "everybody has spoken"
        where = f", in {one.meeting}{percent}: {still}"
    return f"The session {_session_key(one)} is {one.status}{failed}{silent}{where}."


def _resume_session(memory: Memory, key: str, again: bool) -> Handed:
    from cosmemory.operations import meetings
    from cosmemory.operations.sessions import resume

    # Two who resume at once must not both be handed the same meeting.
    expected = {SESSION_PATH: memory.page(SESSION_PATH).revision}
    done = resume(memory, again=again, expected=expected).result
    said = meetings.get(memory, done.meeting).contributions if done.meeting else ()
    spoken = [{"agent": each.agent, "said": each.said} for each in said]
    data = {**data_of(done), "contributions": spoken}
    silent = ", and told nothing for long" if done.stale else ""
    return Handed(kind="session", key=key, reason=f"it is {done.status}{silent}", data=data)


def _clear_session(memory: Memory, keys: Sequence[str]) -> list[tuple[str, str]]:
    from cosmemory.operations.sessions import clear

    return [(keys[0], clear(memory).result)]


SESSION = Sort(
    kind="session",
    name="sessions",
    where=SESSION_PATH,
    find=_find_session,
    key=_session_key,
    sentence=_session_sentence,
    resume=_resume_session,
    page=lambda _: SESSION_PATH,
    clear=_clear_session,
    breaks_off=True,
    glanced=lambda one: bool(one.meeting) or one.stale or one.status == "error",
    left=lambda one: "it failed; cosmemory session reset puts it away" if one.status == "error" else "",
    urgent=lambda one: one.stale or one.status == "error",
)


def _find_runs(memory: Memory) -> tuple[InterruptedRun, ...]:
    from cosmemory.operations.interrupted_runs import interrupted

    return interrupted(memory)


def _runs_sentence(found: tuple[InterruptedRun, ...]) -> str:
    verb = "runs have" if len(found) > 1 else "run has"
    return f"{len(found)} {verb} not ended: {', '.join(map(_run_words, found))}."


def _run_words(one: InterruptedRun) -> str:
    where = f" in {one.phase}" if one.phase else ""
    waits = f", and waits for {', '.join(one.waits_for)}" if one.waits_for else ""
    lost = f"; nobody is at {'; '.join(one.lost)}" if one.lost else ""
    return f"{one.run} is {one.status}{where}{waits}{lost}"


def _resume_run(memory: Memory, key: str, again: bool) -> Handed:
    from cosmemory.operations.runs import get, recover

    path = page_of(RUN, key)
    expected = {path: memory.page(path).revision}
    done = recover(memory, key, again=again, expected=expected).result
    run = get(memory, key)
    linked = {"agents": list(run.agents), "handoffs": list(run.handoffs)}
    reason = f"it is {done.status}" + (f" in {done.phase}" if done.phase else "")
    return Handed(kind="run", key=key, reason=reason, data={**data_of(done), **linked})


RUNS = Sort(
    kind="run",
    name="runs",
    where=RUN.path.partition("{")[0],
    find=_find_runs,
    key=lambda one: str(one.run),
    sentence=_runs_sentence,
    resume=_resume_run,
    page=lambda key: page_of(RUN, key),
    clear=archiving(RUN),
    breaks_off=True,
    left=lambda one: f"it waits for {', '.join(one.waits_for)}" if one.waits_for else "",
    urgent=lambda one: bool(one.lost),
)
