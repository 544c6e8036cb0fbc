"""What waits for somebody to come back: the deployment on its way, handoffs, onboardings, a handoff that was lost."""

from __future__ import annotations

from cosmemory import kinds
from cosmemory.document.values import write_number
from cosmemory.maintenance.interruptions import Handed, Sort, archiving, data_of, only, told
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import page_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cosmemory.kinds.handoff import Handoff
    from cosmemory.maintenance.handoff_files import LostHandoff
    from cosmemory.maintenance.interruptions import Find
    from cosmemory.operations.deployments import Interrupted as Deploying
    from cosmemory.operations.handoff_chains import Waiting
    from cosmemory.operations.onboardings import Unfinished


def _find_deployment(memory: Memory) -> tuple[Deploying, ...]:
    from cosmemory.frozen import replace
    from cosmemory.maintenance.way_back import way_back
    from cosmemory.operations.deployments import deployment_of, interrupted

    found = interrupted(memory)
    if not found:
        return ()
    back = way_back(memory, deployment_of(memory))
    return tuple(replace(each, checkpoint=back.name if back is not None else "") for each in found)


def _deployment_sentence(found: tuple[Deploying, ...]) -> str:
    (one,) = found
    hours = f" for {write_number(round(one.hours, 1))} hours" if one.hours is not None else ""
    back = (
        f"{one.checkpoint} is the checkpoint to roll back to"
        if one.checkpoint
        else "no checkpoint leads back"
    )
    return f"{one.version or 'A deployment'} stands at {one.stage}{hours}; {back}."


def _resume_deployment(memory: Memory, key: str, again: bool) -> Handed:
    from cosmemory.operations.deployments import status

    seen = memory.page(kinds.DEPLOYMENT.path)
    one = only(_find_deployment(memory), f"The deployment of {key}")
    lacks = status(memory).obstacles
    data = {**data_of(one), "lacks": data_of(lacks)}
    said = f"{key} handed out at {one.stage}", f"Way back: {one.checkpoint or 'none'}"
    what = f"The deployment of {key}", "cosmemory deploy advance or deploy rollback"
    told(memory, seen, what, involved=memory.actor, said=said, again=again)
    return Handed(kind="deployment", key=key, reason=f"it stands at {one.stage}", data=data)


DEPLOYMENT = Sort(
    kind="deployment",
    name="deployments",
    where=kinds.DEPLOYMENT.path,
    find=_find_deployment,
    key=lambda one: str(one.version),
    sentence=_deployment_sentence,
    resume=_resume_deployment,
    page=lambda _: kinds.DEPLOYMENT.path,
    instead="Part of the traffic runs on it: cosmemory deploy rollback or deploy advance brings it to an end.",
)


def _of_pages(
    kind: kinds.Kind,
    find: Find,
    sentence: Callable[[tuple[Any, ...]], str],
    resume: Callable[[Memory, str, bool], Handed],
) -> Sort:
    """What waits on a page of its own, which goes to the archive when nobody will come back for it."""
    return Sort(
        kind=kind.name,
        name=f"{kind.name}s",
        where=kind.path.partition("{")[0],
        find=find,
        key=lambda one: str(one.id),
        sentence=sentence,
        resume=resume,
        page=lambda key: page_of(kind, key),
        clear=archiving(kind),
        glanced=None,
    )


def _find_handoffs(memory: Memory) -> tuple[Waiting, ...]:
    from cosmemory.operations.handoff_chains import interrupted

    return interrupted(memory)


def _handoffs_sentence(found: tuple[Waiting, ...]) -> str:
    several = len(found) > 1
    named = ", ".join(f"{each.id} for {each.to_agent or 'nobody'}" for each in found)
    verb = "handoffs wait for acknowledgements" if several else "handoff waits for an acknowledgement"
    late = sum(each.overdue for each in found)
    return f"{len(found)} {verb}: {named}{f'; {late} overdue' if late else ''}."


def _resume_handoff(memory: Memory, key: str, again: bool) -> Handed:
    from cosmemory.document.data import plain
    from cosmemory.operations.handoff_packages import data_in

    seen = memory.page(page_of(kinds.HANDOFF, key))
    page: Handoff = seen.document
    one = only((each for each in _find_handoffs(memory) if each.id == page.id), f"The handoff {key}")
    names = (
        "context",
        "deliverables",
        "acceptance_criteria",
        "current_state",
        "next_steps",
        "files",
        "instructions",
    )
    data = {
        **data_of(one),
        **{name: plain(getattr(page, name)) for name in names},
        "data": data_in(page.data),
    }
    said = f"{key} handed out", f"waits for {page.to_agent} to acknowledge {one.sha256}"
    what = f"The handoff {key}", f"cosmemory handoff ack {key}"
    told(memory, seen, what, involved=page.to_agent, said=said, again=again)
    return Handed(kind="handoff", key=key, reason=f"it waits for {page.to_agent}", data=data)


HANDOFFS = _of_pages(kinds.HANDOFF, _find_handoffs, _handoffs_sentence, _resume_handoff)


def _find_onboardings(memory: Memory) -> tuple[Unfinished, ...]:
    from cosmemory.operations.onboardings import interrupted

    return interrupted(memory)


def _onboardings_sentence(found: tuple[Unfinished, ...]) -> str:
    named = ", ".join(f"{each.id} with {len(each.left)} tasks left" for each in found)
    return f"{len(found)} onboarding{'s are' if len(found) > 1 else ' is'} in progress: {named}."


def _resume_onboarding(memory: Memory, key: str, again: bool) -> Handed:
    seen = memory.page(page_of(kinds.ONBOARDING, key))
    one = only((each for each in _find_onboardings(memory) if each.id == key), f"The onboarding {key}")
    left = [{"phase": phase, "task": task} for phase, task in one.left]
    following = f"next: {one.left[0][0]}: {one.left[0][1]}" if one.left else "everything is done"
    what = f"The onboarding {key}", f"cosmemory onboard check {key}"
    said = f"{key} handed out", following
    told(memory, seen, what, involved=one.agent, said=said, again=again)
    return Handed(kind="onboarding", key=key, reason="it is in progress", data={**data_of(one), "left": left})


ONBOARDINGS = _of_pages(kinds.ONBOARDING, _find_onboardings, _onboardings_sentence, _resume_onboarding)


def _find_lost(memory: Memory) -> tuple[LostHandoff, ...]:
    from cosmemory.maintenance.handoff_files import lost_handoffs

    return lost_handoffs(memory)


def _lost_sentence(found: tuple[LostHandoff, ...]) -> str:
    (one,) = found
    return f"{one.meeting} names the handoff {one.file}: {one.why}."


def _rebuild(memory: Memory, key: str, again: bool) -> Handed:
    del again  # one that was made is not lost any more
    from cosmemory.operations.handoff_chains import get
    from cosmemory.operations.meetings import rebuild_handoff

    one = only(_find_lost(memory), f"The handoff of {key}")
    made = get(memory, rebuild_handoff(memory, key).result)
    data = {
        **data_of(one),
        "handoff": made.id,
        "sha256": made.content_sha256,
        "next_steps": list(made.next_steps),
    }
    return Handed(kind="meeting", key=key, reason=f"{one.file}: {one.why}", data=data)


LOST = Sort(
    kind="meeting",
    name="lost_handoffs",
    where=kinds.MEETING.path.partition("{")[0],
    find=_find_lost,
    key=lambda one: str(one.meeting),
    sentence=_lost_sentence,
    resume=_rebuild,
    page=lambda key: page_of(kinds.MEETING, key),
    instead="cosmemory meeting rebuild-handoff makes what it handed over again from its page.",
    urgent=lambda _: True,
)
