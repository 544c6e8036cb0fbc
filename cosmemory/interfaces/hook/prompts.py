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
    from cosmemory.interfaces.hook.news import all_is_told, news

    memory = call.memory()
    if known.compacted:
        from cosmemory.maintenance.briefing import brief

        all_is_told(call, memory, absent=known.absent)
        return Answer(context=brief(memory).text)
    return Answer(context=news(call, memory, calm))
