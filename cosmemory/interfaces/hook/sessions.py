"""The session of a harness: begun with a brief, saved at every stop, and ended when the harness says so."""

from __future__ import annotations

from cosmemory.errors import ConfigError, CosmemoryError
from cosmemory.frozen import replace
from cosmemory.interfaces.hook import notes
from cosmemory.interfaces.hook.answer import NOTHING, Answer
from cosmemory.interfaces.hook.harnesses import NAMES
from cosmemory.interfaces.hook.news import all_is_told, step_over_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call
    from cosmemory.memory import Memory
    from cosmemory.operations.harness.sessions import Arrival

# With these the harness may come back to the session.
PAUSING = frozenset(["resume", "error", "abort", "aborted", "timeout"])
ENDING_WAIT = 0.5  # a harness that ends gives its hooks little time
WATCHED = 200
FIRST = ("cos-state.md", "team-roster.md", "coordination-log.md", "alerts/active-alerts.md", "board.md")


def session_start(call: Call) -> Answer:
    """The session opened, resumed or joined; the brief, and the pages to watch."""
    if call.in_subagent:
        return NOTHING
    try:
        memory = call.memory()
    except ConfigError as error:
        return Answer(context=_by_default(call), notice=str(error))
    notice, lines = "", []
    if call.session:
        from cosmemory.operations.harness.sessions import arrive

        try:
            lines = _arrival(arrive(memory, call.harness, call.session).result)
        except CosmemoryError as error:
            notice = str(error)  # a memory that cannot be written can be told of all the same
        all_is_told(call, memory, absent=bool(notice))
    from cosmemory.maintenance.briefing import brief

    context = "\n".join((*lines, brief(memory).text))
    return Answer(context=context, notice=notice, watch=watched(call.root, memory))


def _by_default(call: Call) -> str:
    """The brief of a memory whose settings nobody can use; nothing is written before somebody has mended them."""
    from cosmemory.config import Settings
    from cosmemory.connect import open_memory
    from cosmemory.maintenance.briefing import brief

    memory = open_memory(call.root, settings=Settings())
    if call.session:
        all_is_told(call, memory, absent=True)
    said = "The settings of the memory cannot be used, and until they are mended the hooks write nothing on its pages:"
    return f"{said} cosmemory config check tells what is wrong.\n{brief(memory).text}"


def _arrival(arrival: Arrival) -> list[str]:
    """What is told of who was interrupted, in words that nobody else wrote."""
    from cosmemory.interfaces.hook.call import session_id

    return [
        f"The {each.harness if each.harness in NAMES else 'harness'} session {session_id(each.session)} gave no sign "
        f"of life for long and counts as interrupted; {session_id(arrival.session)} goes on here."
        for each in arrival.interrupted
    ]


def watched(root: str, memory: Memory) -> tuple[str, ...]:
    """The files of which the harness is to tell when somebody saves them."""
    live = memory.store.paths()
    first = [each for each in FIRST if each in live]
    others = [each for each in live if each not in FIRST and not each.startswith("sessions/")]
    return tuple(f"{root}/{each}" for each in (first + others)[:WATCHED])


def stop(call: Call) -> Answer:
    """The state saved; the agent held back, if that is wished, while something waits for it."""
    if call.in_subagent or not call.session:
        return NOTHING
    from cosmemory.operations.harness.sessions import arrive, seen

    memory = call.memory()
    known, before = notes.read(call.root, call.session), notes.signature_of(call.root)
    notice = ""
    try:
        if known.absent:
            arrive(memory, call.harness, call.session)  # somebody held the lock when it began
        else:
            seen(memory, call.session)
        known = replace(known, absent=False)
    except CosmemoryError as error:
        notice = str(error)
    hold = ""
    if memory.settings.hook_hold and not call.payload.get("stop_hook_active") and not known.held:
        hold = _waiting(call, memory)
    step_over_own(call, before, replace(known, held=bool(hold)))
    return Answer(hold=hold, notice=notice)


def _waiting(call: Call, memory: Memory) -> str:
    """What waits for the agent, fenced; empty where nothing does."""
    from cosmemory.operations.harness.waiting import waiting_for

    names = {call.actor, call.harness}
    lines = waiting_for(memory, names)
    if not lines:
        return ""
    from cosmemory.text.fenced import fenced, one_line

    said = fenced("\n".join(f"- {one_line(each, 200)}" for each in lines), "what waits for you")
    return f"Before you stop, see to what waits for you, or say why it has to wait.\n{said}"


def session_end(call: Call) -> Answer:
    """The session completed, paused or left to others, in the little time that there is."""
    if call.in_subagent or not call.session:
        return NOTHING
    from cosmemory.operations.harness.sessions import arrive, leave

    known = notes.read(call.root, call.session)
    if call.aside and known.at > call.aside.at:
        return NOTHING  # it came back since
    memory, reason = call.memory(ENDING_WAIT), call.text("reason")
    if known.absent:
        arrive(memory, call.harness, call.session)  # somebody held the lock when it began
    leave(memory, call.session, pause=reason in PAUSING, reason=call.words("reason", 100))
    notes.forget(call.root, call.session)
    return NOTHING
