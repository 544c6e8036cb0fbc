"""What a planning meeting hands over to the execution team, found on its page: a handoff that was lost can be remade."""

from __future__ import annotations

from cosmemory.document.values import write_number
from cosmemory.errors import NotFound
from cosmemory.frozen import field, frozen
from cosmemory.kinds import HANDOFF
from cosmemory.kinds.meeting import EXECUTION, PLANNING, Meeting, of_team
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.dated_ids import as_id
from cosmemory.operations.meetings.reading import get, latest
from cosmemory.operations.page_ids import ARCHIVE, id_on, ids_of, page_of
from cosmemory.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.transaction import Transaction


@frozen(kw_only=True)
class HandoffContents:
    """What the planning team wants done, by whom, and what must hold when it is."""

    meeting: str
    sender: str
    receiver: str
    context: str
    next_steps: tuple[str, ...]
    acceptance_criteria: tuple[str, ...]
    files: tuple[str, ...]
    metadata: dict[str, Any] = field(default_factory=dict)


def handoff_contents(memory: Reader, meeting: str | None = None) -> HandoffContents:
    """What the planning meeting ``meeting`` hands over, or the last that was concluded.

    Raises NotFound where there is none, Refused for a meeting of the execution team.
    """
    found = latest(memory, PLANNING) if meeting is None else get(memory, meeting)
    if found is None:
        raise NotFound("A planning meeting that was concluded", "cosmemory meeting list names all meetings.")
    of_team(found, PLANNING, "A handoff")
    return contents_of(found)


def contents_of(meeting: Meeting) -> HandoffContents:
    """What ``meeting`` hands over; where its page does not list the actions, how many there are and for whom."""
    said_so = meeting.actions_generated
    generated = said_so if isinstance(said_so, int | float) else len(meeting.actions)
    said = [
        f"{meeting.meeting_id} of the planning team: {meeting.verdict or 'no verdict'}.",
        f"{write_number(generated)} action{'' if generated == 1 else 's'}.",
    ]
    counts = {
        "Priorities": {str(each.priority): each.actions for each in meeting.priority_breakdown},
        "Owners": {str(each.owner): each.actions for each in meeting.assigned_owners},
    }
    said += [f"{title}: {_counts(held)}." for title, held in counts.items() if held]
    return HandoffContents(
        meeting=str(meeting.meeting_id),
        sender=PLANNING,
        receiver=EXECUTION,
        context=" ".join(said),
        next_steps=tuple(_step(each.action, each.priority, each.owner) for each in meeting.actions),
        acceptance_criteria=tuple(f"{each.gate} {each.condition}" for each in meeting.acceptance_gates),
        files=(meeting.handoff_file,) if meeting.handoff_file else (),
        metadata={
            "meeting_id": meeting.meeting_id,
            "verdict": str(meeting.verdict) if meeting.verdict else None,
            "actions_count": generated,
        },
    )


def _counts(held: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {write_number(number) if isinstance(number, int | float) else '-'}"
        for name, number in held.items()
    )


def _step(action: str | None, priority: object, owner: str | None) -> str:
    more = ", ".join(str(each) for each in (priority, owner) if each)
    return f"{action} ({more})" if more else str(action)


def rebuild_handoff(
    memory: Memory, meeting: str | None = None, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The handoff of the planning meeting ``meeting``, or of the last one, made from what its page says; gives its id.

    One that still stands and is not over is left as it is. Raises NotFound where there is no meeting, Refused for
    one of the execution team.
    """
    from cosmemory.kinds.handoff import DIRECT, EXPIRED, REJECTED
    from cosmemory.operations import handoffs
    from cosmemory.operations.handoff_packages import Package, values_of

    held = handoff_contents(memory, meeting)
    package = Package(
        context=held.context,
        next_steps=held.next_steps,
        acceptance_criteria=held.acceptance_criteria,
        files=held.files,
        metadata=held.metadata,
    )
    given = {"protocol": DIRECT, **values_of(package)}

    def verb(transaction: Transaction) -> str:
        # Looked for under the lock: two that notice the loss at once would make it twice.
        for key in handoffs_of(memory, held.meeting):
            if handoffs.get(memory, key).status not in {REJECTED, EXPIRED}:
                return key
        terms = handoffs.Terms(held.meeting, held.sender, held.receiver)
        return handoffs.handed_over(transaction, terms, given)

    return memory.run(verb, expected=expected, operation="handoff create")


def handoffs_of(reader: Reader, meeting: str, *, archived: bool = False) -> tuple[str, ...]:
    """The ids of the handoffs that were made for a meeting, with ``archived`` those that were put away too."""
    first = f"{as_id(meeting)}-".lower()
    keys = ids_of(reader, HANDOFF)
    if archived:
        gone = (path.removeprefix(f"{ARCHIVE}/") for path in reader.store.paths(archived=True))
        keys += tuple(key for path in gone if (key := id_on(HANDOFF, path)))
    return tuple(key for key in keys if key.lower().startswith(first))


def handed_over(reader: Reader, meeting: Meeting) -> bool:
    """Whether a page tells of what ``meeting`` handed over: one made for it, or the one that it names itself."""
    if handoffs_of(reader, str(meeting.meeting_id), archived=True):
        return True
    path = page_named_by(meeting)
    return bool(path) and any(reader.store.read(each) is not None for each in (path, f"{ARCHIVE}/{path}"))


def page_named_by(meeting: Meeting) -> str:
    """The path of the page that ``meeting`` names as its handoff; nothing where it names none, or another file."""
    named = (meeting.handoff_file or "").removeprefix("handoffs/")
    path = page_of(HANDOFF, named.removesuffix(".md"))
    is_page = (meeting.handoff_file or "").startswith("handoffs/") or ("." not in named and bool(named))
    return path if is_page and HANDOFF.pattern.fullmatch(path) else ""
