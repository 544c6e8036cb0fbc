"""A prompt of the user: the agent is told what others changed since it was told last, and mostly that is nothing."""

from __future__ import annotations

from cosmemory.frozen import replace
from cosmemory.interfaces.hook import notes
from cosmemory.interfaces.hook.answer import NOTHING, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call


def user_prompt_submit(call: Call) -> Answer:
    """The changes of others since; the whole brief where the context was cut and nobody gave it back."""
    if call.in_subagent or not call.session:
        return NOTHING
    known = notes.read(call.root, call.session)
    calm = replace(known, held=False)
    if not known.compacted and known.signature == notes.signature_of(call.root):
        if known.held:
            notes.keep(call.root, call.session, calm)
        return NOTHING
    from cosmemory.interfaces.hook.news import is_own, told_of_all

    memory = call.memory()
    # Before anything is read: what is changed from now on is told the next time.
    told_of_all(call, memory, replace(calm, compacted=False))
    if known.compacted:
        from cosmemory.maintenance.briefing import brief

        return Answer(context=brief(memory).text)
    if known.number < 0:
        return NOTHING
    from cosmemory.maintenance.briefing import changes

    return Answer(context=changes(memory, known.number, unless=lambda change: is_own(call.session, change)))
