"""How an agent was brought on board: a checklist by phase, what was verified, and whether all of it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from cosmemory.document.checklists import Task, undone
from cosmemory.document.fields import Record, blocks, checklist, column, heading, label, prose, table
from cosmemory.document.values import DATE, TIME, Raw, enum
from cosmemory.errors import IllegalTransition, NotFound, Refused, did_you_mean
from cosmemory.frozen import frozen, replace

Time = datetime | Raw | None
Word = str | Raw | None
IN_PROGRESS, COMPLETE, FAILED = "in_progress", "complete", "failed"
STATUS = enum("onboarding status", IN_PROGRESS, COMPLETE, FAILED)
PASSED, NOT_PASSED = "passed", "failed"
RESULT = enum("result", PASSED, NOT_PASSED)

# What each status may become.
STEPS: Mapping[str, tuple[str, ...]] = {
    IN_PROGRESS: (COMPLETE, FAILED),
    COMPLETE: (),
    FAILED: (),
}

# What a new page asks for; settings may name other tasks by phase, and more of them by role.
PHASES: Mapping[str, tuple[str, ...]] = {
    "Welcome": ("Welcome message sent", "Welcome acknowledged"),
    "Team": ("Introduced to the team", "Knows who does what"),
    "Communication": ("Knows how messages are sent and answered", "A test message was answered"),
    "Role": ("Role and responsibilities explained", "Role confirmed"),
    "Project": ("Project context given", "Project documents read"),
    "Tooling": ("Tools and access in place", "Tools tried"),
    "First Task": ("First task assigned", "First task done"),
    "Role-specific": (),
}
ROLE_SPECIFIC = "Role-specific"


@frozen(kw_only=True)
class Phase(Record):
    """A phase of the onboarding with its tasks."""

    name: str | None = heading()
    tasks: tuple[Task, ...] = checklist("", Task)


@frozen(kw_only=True)
class Verification(Record):
    """Something that was verified, and how that went."""

    check: str | None = column("Check", required=True)
    result: Word = column("Result", RESULT, required=True)
    by: str | None = column("By")
    at: Time = column("At", TIME)
    notes: str | None = column("Notes")


@frozen(kw_only=True)
class Onboarding(Record):
    """The page ``onboarding/AGENT-YYYY-MM-DD.md``."""

    agent: str | None = label("Agent", required=True, front=True)
    role: str | None = label("Role", required=True, front=True)
    date: date | Raw | None = label("Date", DATE, required=True, front=True)
    onboarded_by: str | None = label("Onboarded By", front=True)
    status: Word = label("Status", STATUS, required=True, front=True)
    ended: Time = label("Ended", TIME, front=True)
    reason: str | None = label("Reason", front=True)
    checklist: tuple[Phase, ...] = blocks("Checklist", Phase, key="name", required=True)
    verification_results: tuple[Verification, ...] = table("Verification Results", Verification, key="check")
    first_task: str | None = prose("First Task Details")
    notes: str | None = prose("Notes")


def ages(onboarding: Onboarding) -> bool:
    """Whether the page may become a finding with nobody changing it: an onboarding that goes on too long."""
    return onboarding.status == IN_PROGRESS


def move(page: Onboarding, status: str, at: datetime, reason: str | None = None) -> Onboarding:
    """``page`` at another status, ended ``at`` some time.

    Raises IllegalTransition.
    """
    legal = STEPS.get(str(page.status), ())
    if status not in legal:
        raise IllegalTransition(f"The onboarding of {page.agent}", str(page.status), status, legal)
    return replace(page, status=status, ended=at, reason=reason)


def refuse_ended(page: Onboarding) -> None:
    """Raises IllegalTransition for an onboarding at its end: what was done then must not change any more."""
    if page.status != IN_PROGRESS:
        raise IllegalTransition(
            f"The onboarding of {page.agent}", str(page.status), IN_PROGRESS, STEPS.get(str(page.status), ())
        )


def complete(page: Onboarding, at: datetime) -> Onboarding:
    """``page`` complete.

    Raises IllegalTransition, or Refused while a task is open or a verification has failed.
    """
    done = move(page, COMPLETE, at)
    left = open_tasks(page)
    if left:
        phase, task = left[0]
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        raise Refused(
            f"The onboarding of {page.agent} is not complete; what is left: {phase}: {task.text}{more}.",
            "Mark what is done with cosmemory onboard check.",
        )
    failed = [each.check for each in page.verification_results if each.result != PASSED]
    if failed:
        raise Refused(
            f"The onboarding of {page.agent} is not complete; what did not pass: {', '.join(map(str, failed))}.",
            "Record a result that passed with cosmemory onboard verify.",
        )
    return done


def open_tasks(page: Onboarding) -> list[tuple[str, Task]]:
    """The tasks that are not done, each with its phase."""
    return [(str(phase.name), task) for phase in page.checklist for task in undone(phase.tasks)]


def phase_named(page: Onboarding, name: str) -> Phase:
    """The phase called ``name``, whatever the case of its letters.

    Raises NotFound.
    """
    known = {str(phase.name).lower(): phase for phase in page.checklist}
    if name.lower() in known:
        return known[name.lower()]
    named = [str(phase.name) for phase in page.checklist]
    raise NotFound(
        f"The phase {name!r}", did_you_mean(name, named, f"There is {', '.join(named) or 'none'}.")
    )


def with_phase(page: Onboarding, phase: Phase, tasks: Sequence[Task]) -> Onboarding:
    """``page`` with other ``tasks`` in one of its phases."""
    changed = replace(phase, tasks=tuple(tasks))
    return replace(page, checklist=tuple(changed if each is phase else each for each in page.checklist))


def with_result(page: Onboarding, result: Verification) -> Onboarding:
    """``page`` with the result of a check, in the place of an earlier one of the same check."""
    rows = page.verification_results
    old = next((row for row in rows if (row.check or "").lower() == (result.check or "").lower()), None)
    if old is None:
        return replace(page, verification_results=(*rows, result))
    kept = replace(old, result=result.result, by=result.by, at=result.at, notes=result.notes)
    return replace(page, verification_results=tuple(kept if row is old else row for row in rows))
