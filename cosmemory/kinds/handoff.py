"""A handoff: work that goes from one to another with all that the other needs, and a word that it was received."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cosmemory.document.checklists import Task, undone
from cosmemory.document.fields import Record, checklist, label, numbered, prose, table
from cosmemory.document.values import COUNT, NUMBER, TIME, Raw, enum
from cosmemory.errors import IllegalTransition, InvalidValue, Refused
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.text.digest import sha256_hex

Time = datetime | Raw | None
Word = str | Raw | None
PENDING, ACKNOWLEDGED, IN_PROGRESS = "pending", "acknowledged", "in_progress"
COMPLETED, REJECTED, EXPIRED = "completed", "rejected", "expired"
STATUS = enum("handoff status", PENDING, ACKNOWLEDGED, IN_PROGRESS, COMPLETED, REJECTED, EXPIRED)
DIRECT, MEDIATED, SHARED = "direct", "mediated", "shared"
PROTOCOL = enum("protocol", DIRECT, MEDIATED, SHARED)
TRUTH = enum("truth", "true", "false", also=("yes", "no"))

# What each status may become; one that needs no acknowledgement may be started at once.
STEPS: Mapping[str, tuple[str, ...]] = {
    PENDING: (ACKNOWLEDGED, REJECTED, EXPIRED),
    ACKNOWLEDGED: (IN_PROGRESS,),
    IN_PROGRESS: (COMPLETED,),
    COMPLETED: (),
    REJECTED: (),
    EXPIRED: (),
}
# Fewer characters of a hash than these could be a guess.
LEAST_OF_A_HASH = 12


@frozen(kw_only=True)
class Handoff(Record):
    """The page ``handoffs/PROJECT-YYYY-MM-DD.md``."""

    id: str | None = label("ID", required=True, front=True)
    from_agent: str | None = label("From", aliases=("From Agent",), required=True, front=True)
    to_agent: str | None = label("To", aliases=("To Agent",), required=True, front=True)
    project: str | None = label("Project", required=True, front=True)
    created: Time = label("Created", TIME, aliases=("Timestamp",), required=True, front=True)
    status: Word = label("Status", STATUS, required=True, front=True)
    protocol: Word = label("Protocol", PROTOCOL, front=True)
    from_role: str | None = label("From Role", front=True)
    to_role: str | None = label("To Role", front=True)
    requires_ack: Word = label("Requires Ack", TRUTH, front=True)
    expires: Time = label("Expires", TIME, front=True)
    previous: str | None = label("Previous", front=True)
    previous_sha256: str | None = label("Previous SHA256", front=True)
    content_sha256: str | None = label("Content SHA256", derived=True, front=True)
    acknowledged: Time = label("Acknowledged", TIME, front=True)
    acknowledged_by: str | None = label("Acknowledged By", front=True)
    acknowledged_sha256: str | None = label("Acknowledged SHA256", front=True)
    started: Time = label("Started", TIME, front=True)
    ended: Time = label("Ended", TIME, front=True)
    reason: str | None = label("Reason", front=True)
    from_status: str | None = label("From Status", front=True)
    from_tokens: int | Raw | None = label("From Tokens", COUNT, front=True)
    from_cost: float | Raw | None = label("From Cost", NUMBER, front=True)
    board_key: str | None = label("Board Key", front=True)
    board_version: int | Raw | None = label("Board Version", COUNT, front=True)
    context: str | None = prose("Context")
    analysis: tuple[KeyedValue, ...] = table("Analysis", KeyedValue, key="key")
    instructions: str | None = prose("Instructions")
    deliverables: tuple[str, ...] = numbered("Deliverables")
    acceptance_criteria: tuple[Task, ...] = checklist("Acceptance Criteria", Task)
    current_state: str | None = prose("Current State")
    next_steps: tuple[str, ...] = numbered("Next Steps")
    files: tuple[str, ...] = numbered("Files")
    data: tuple[KeyedValue, ...] = table("Data", KeyedValue, key="key")
    raw_results: tuple[KeyedValue, ...] = table("Raw Results", KeyedValue, key="key")
    processed_data: tuple[KeyedValue, ...] = table("Processed Data", KeyedValue, key="key")
    metadata: tuple[KeyedValue, ...] = table("Metadata", KeyedValue, key="key")
    notes: str | None = prose("Notes")
    remarks: str | None = prose("Remarks")


def ages(handoff: Handoff) -> bool:
    """Whether the page may become a finding with nobody changing it: it waits, or another of its chain changes."""
    return handoff.status == PENDING or handoff.previous is not None


# What the sender hands over. Statuses, times, ticks in boxes and remarks come later, and change no content.
CONTENT = (
    *("id", "from_agent", "to_agent", "project", "protocol", "from_role", "to_role"),
    *("previous", "previous_sha256", "board_key", "board_version"),
    *("context", "analysis", "instructions", "deliverables", "current_state", "next_steps", "files", "data"),
    *("raw_results", "processed_data", "metadata", "notes"),
)


def content_hash(handoff: Handoff) -> str:
    """The sha256 of what is handed over, as its values: a page that is only laid out anew keeps it."""
    import json

    from cosmemory.document.data import plain

    content = {name: plain(getattr(handoff, name)) for name in CONTENT}
    for name in ("analysis", "data", "raw_results", "processed_data", "metadata"):
        rows = [[row["key"], row["value"]] for row in content[name]]
        content[name] = sorted(rows, key=lambda row: str(row[0]))
    content["acceptance_criteria"] = [task.text for task in handoff.acceptance_criteria]
    said = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256_hex(said.encode("utf-8", "surrogatepass"))


def derived(handoff: Handoff) -> Handoff:
    """``handoff`` with the hash of its content."""
    return replace(handoff, content_sha256=content_hash(handoff))


def move(handoff: Handoff, status: str) -> Handoff:
    """``handoff`` at another status.

    Raises IllegalTransition.
    """
    legal = steps_of(handoff)
    if status not in legal:
        raise IllegalTransition(f"The handoff {handoff.id}", str(handoff.status), status, legal)
    return replace(handoff, status=status)


def steps_of(handoff: Handoff) -> tuple[str, ...]:
    """What the status of ``handoff`` may become."""
    legal = STEPS.get(str(handoff.status), ())
    return (*legal, IN_PROGRESS) if handoff.status == PENDING and not needs_ack(handoff) else legal


def refuse_ended(handoff: Handoff) -> None:
    """Raises IllegalTransition for a handoff at its end: what was met then must not change any more."""
    if not steps_of(handoff):
        raise IllegalTransition(f"The handoff {handoff.id}", str(handoff.status), IN_PROGRESS, ())


def needs_ack(handoff: Handoff) -> bool:
    """Whether the receiver must acknowledge before the work is started; so it is unless the page says no."""
    return handoff.requires_ack not in {"false", "no"}


def is_overdue(handoff: Handoff, now: datetime) -> bool:
    """Whether nobody took it by the time it expires."""
    return handoff.status == PENDING and isinstance(handoff.expires, datetime) and handoff.expires <= now


def acknowledge(handoff: Handoff, sha256: str, at: datetime, by: str) -> Handoff:
    """``handoff`` acknowledged by one who has read the content of the hash ``sha256``, or of that which begins so.

    Raises IllegalTransition, and Refused when what was read is not what stands there now, or is past its time.
    """
    named = sha256.strip().lower().removeprefix("sha256:")
    if len(named) < LEAST_OF_A_HASH:
        hint = f"Give at least {LEAST_OF_A_HASH} of its characters: cosmemory handoff show {handoff.id} tells them."
        raise InvalidValue("the hash", f"{sha256!r} is too short to be one", hint)
    moved = move(handoff, ACKNOWLEDGED)
    if is_overdue(handoff, at):
        raise Refused(
            f"The handoff {handoff.id} has expired.", "Ask its sender for a new one, and run handoff expire."
        )
    content = content_hash(handoff)
    if not content.startswith(named):
        raise Refused(
            f"The handoff {handoff.id} was changed since it was read, or another was read.",
            f"Read it again; the hash of what it says now is {content}.",
        )
    return replace(moved, acknowledged=at, acknowledged_by=by, acknowledged_sha256=content)


def start(handoff: Handoff, at: datetime) -> Handoff:
    """``handoff`` in progress; raises IllegalTransition."""
    return replace(move(handoff, IN_PROGRESS), started=at)


def complete(handoff: Handoff, at: datetime) -> Handoff:
    """``handoff`` completed.

    Raises IllegalTransition, and Refused while a criterion of acceptance is not met.
    """
    moved = replace(move(handoff, COMPLETED), ended=at)
    left = undone(handoff.acceptance_criteria)
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        raise Refused(
            f"The handoff {handoff.id} is not done; what is not met: {left[0].text}{more}.",
            "Mark what is met with cosmemory handoff accept.",
        )
    return moved


def reject(handoff: Handoff, reason: str, at: datetime) -> Handoff:
    """``handoff`` rejected for a ``reason``; raises IllegalTransition."""
    return replace(move(handoff, REJECTED), ended=at, reason=reason)


def expire(handoff: Handoff, at: datetime) -> Handoff:
    """``handoff`` expired; raises IllegalTransition."""
    return replace(move(handoff, EXPIRED), ended=at)


def link_problem(handoff: Handoff, before: Handoff | None) -> str:
    """What is wrong between ``handoff`` and the one ``before`` it in the chain; nothing when the chain holds."""
    if handoff.previous is None:
        return ""
    if before is None:
        return f"{handoff.previous}, which it goes on from, is not there"
    if before.to_agent != handoff.from_agent:
        return f"{before.id} went to {before.to_agent}, and {handoff.from_agent} hands it on"
    if before.status in {PENDING, REJECTED, EXPIRED}:
        return f"{before.id} is {before.status}, and was handed on"
    if handoff.previous_sha256 and handoff.previous_sha256 != content_hash(before):
        return f"{before.id} says something else than when it was handed on"
    times = (before.created, handoff.created)
    if isinstance(times[0], datetime) and isinstance(times[1], datetime) and times[0] > times[1]:
        return f"{before.id}, which it goes on from, is younger"
    return ""


def own_problem(handoff: Handoff) -> str:
    """What is wrong with the hashes of ``handoff`` itself; nothing when what was acknowledged is what it says."""
    content = content_hash(handoff)
    if handoff.acknowledged_sha256 and handoff.acknowledged_sha256 != content:
        return "it was acknowledged with another hash than its content has now"
    if handoff.content_sha256 and handoff.content_sha256 != content:
        return "its content has another hash than it tells"
    return ""
