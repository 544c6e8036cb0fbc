"""The end of a meeting: concluded with what came of it, or abandoned; and old ones to the archive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cosmemory.errors import InvalidValue
from cosmemory.frozen import replace
from cosmemory.kinds import MEETING, SESSION_PATH, meeting, session
from cosmemory.kinds.meeting import VERDICT, Meeting
from cosmemory.kinds.session import TEAMS, Session
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.meetings.reading import newest_keys
from cosmemory.operations.meetings.running import change_meeting, data_of, event, refuse_counts_beside, truths
from cosmemory.operations.page_ids import page_of, to_archive
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COUNTS = {
    "generated": meeting.PLANNING,
    "executed": meeting.EXECUTION,
    "failed": meeting.EXECUTION,
    "in_progress": meeting.EXECUTION,
}


def conclude(
    memory: Memory,
    key: str | None = None,
    *,
    verdict: str | None = None,
    counts: Mapping[str, int] | None = None,
    results: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
    slos: Mapping[str, bool] | None = None,
    run_ids: Iterable[str] = (),
    handoff_file: str | None = None,
    notes: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The meeting ``key``, or the one under way, over, with what came of it; gives its id.

    ``counts`` (generated; executed, failed, in_progress) are for one that does not list its actions. Raises InvalidValue
    for a meeting of the planning team without a verdict, IllegalTransition for one that is over already.
    """
    word = VERDICT.enter("verdict", verdict) if verdict is not None else None
    numbers = dict(counts or {})
    _refuse_counts(numbers)
    told = [data_of(results), data_of(metrics), truths(slos)]
    ids = tuple(run_ids)

    def change(transaction: Transaction, held: Meeting) -> Meeting:
        meeting.move(held, meeting.CONCLUDED)
        refuse_counts_beside(held, numbers)
        for name in numbers:
            meeting.of_team(held, COUNTS[name], f"A count of actions {name.replace('_', ' ')}")
        done = meeting.give_verdict(held, word) if word is not None else held
        done = meeting.record(done, results=told[0], metrics=told[1], slos=told[2], run_ids=ids)
        done = replace(done, **{f"actions_{name}": number for name, number in numbers.items()})  # type: ignore[arg-type]
        if handoff_file is not None:
            done = replace(done, handoff_file=handoff_file)
        _adjourn(transaction, held)
        return meeting.conclude(done, transaction.now)

    def said(held: Meeting) -> tuple[str, str | None, str | None]:
        return f"{held.meeting_id} concluded", outcome_of(held), notes

    return change_meeting(memory, "meeting conclude", key, expected, change, said)


def _refuse_counts(numbers: Mapping[str, int]) -> None:
    for name, number in numbers.items():
        if name not in COUNTS or number < 0:
            raise InvalidValue(
                "The counts", f"{name} {number} is none", f"Count {', '.join(COUNTS)} from 0 on."
            )


def outcome_of(held: Meeting) -> str:
    """What came of a meeting, in a few words."""
    if held.team == meeting.PLANNING:
        wanted = held.actions_generated or 0
        return f"{held.verdict or 'no verdict'}, {wanted} action{'' if wanted == 1 else 's'}"
    counts = (
        (held.actions_executed, "executed"),
        (held.actions_failed, "failed"),
        (held.actions_in_progress, "in progress"),
    )
    return ", ".join(f"{number or 0} {word}" for number, word in counts)


def _adjourn(transaction: Transaction, held: Meeting) -> None:
    """The session no longer in the meeting ``held``, if it was."""
    if not transaction.exists(SESSION_PATH):
        return
    now: Session = transaction.read(SESSION_PATH)
    if now.current_meeting.meeting_id == held.meeting_id:
        transaction.replace(SESSION_PATH, session.adjourn(now, transaction.now))


def abandon(
    memory: Memory,
    key: str | None = None,
    *,
    reason: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The meeting ``key``, or the one under way, given up; what was said in it stays on its page."""

    def change(transaction: Transaction, held: Meeting) -> Meeting:
        _adjourn(transaction, held)
        return replace(meeting.move(held, meeting.ABANDONED), timestamp=transaction.now)

    return change_meeting(
        memory,
        "meeting abandon",
        key,
        expected,
        change,
        lambda held: (f"{held.meeting_id} abandoned", meeting.ABANDONED, reason),
    )


def prune(
    memory: Memory,
    *,
    keep: int | None = None,
    days: int | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[tuple[str, ...]]:
    """Meetings that are over moved to the archive, all but the newest of each team and those of recent ``days``.

    Gives their ids; run again it finds nothing to do.
    """

    def verb(transaction: Transaction) -> tuple[str, ...]:
        settings = transaction.memory.settings
        limit = transaction.now - timedelta(days=settings.meeting_days if days is None else days)
        stay = settings.meetings_kept if keep is None else keep
        gone = []
        for team in TEAMS:
            for key in list(newest_keys(transaction.memory, team))[stay:]:
                held: Meeting = transaction.read(page_of(MEETING, key))
                last = held.timestamp if isinstance(held.timestamp, datetime) else held.started
                if not meeting.is_open(held) and isinstance(last, datetime) and last < limit:
                    to_archive(transaction, page_of(MEETING, key))
                    gone.append(key)
        if gone:
            said = f"Moved {len(gone)} meetings to the archive"
            transaction.append(event(transaction, said, ", ".join(gone)))
        return tuple(gone)

    return memory.run(verb, expected=expected, operation="meeting prune")
