"""Onboardings: an agent brought on board task by task, verified, and in the team when all is done."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from cosmemory.document.checklists import DONE, OPEN, Task, with_task
from cosmemory.document.entered import entered
from cosmemory.errors import InvalidValue, NotFound, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.kinds import ONBOARDING, TEAM_ROSTER, team_roster
from cosmemory.kinds import onboarding as boarding
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.onboarding import IN_PROGRESS, RESULT, Onboarding, Phase, Verification
from cosmemory.kinds.team_roster import Details, Member
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.dated_ids import as_id, dated_id
from cosmemory.operations.narrowed import keys_saying
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import id_named, ids_of, page_of
from cosmemory.operations.team import pushed_out
from cosmemory.pattern import pattern
from cosmemory.reader import Reader
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.transaction import Transaction


@frozen(kw_only=True)
class Unfinished:
    """An onboarding that is under way: who is brought on board as what, and the tasks that are left, with their phases."""

    id: str
    page: str
    agent: str | None
    role: str | None
    left: tuple[tuple[str, str], ...]


def begin(
    memory: Memory,
    agent: str,
    *,
    role: str,
    onboarded_by: str | None = None,
    tasks: Mapping[str, Sequence[str]] | None = None,
    first_task: str | None = None,
    notes: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The onboarding of ``agent`` begun, with the checklist of the settings, and more ``tasks`` by phase; gives its id.

    Its id is AGENT-YYYY-MM-DD, with -2 for a second one on the same day.
    """

    def verb(transaction: Transaction) -> str:
        now = transaction.now
        page: Onboarding = entered(
            None,
            Onboarding(
                agent=agent,
                role=role,
                date=now.date(),
                onboarded_by=onboarded_by or memory.actor or None,
                status=IN_PROGRESS,
                checklist=checklist_for(memory, role, tasks or {}),
                first_task=first_task,
                notes=notes,
            ),
        )
        key = dated_id(transaction, ONBOARDING, agent)
        transaction.create(page_of(ONBOARDING, key), page_text(memory, ONBOARDING, page))
        transaction.append(_event(page, now, f"Onboarding as {page.role} begun", "in progress"))
        return key

    return memory.run(verb, expected=expected, operation="onboard begin")


def checklist_for(reader: Reader, role: str, more: Mapping[str, Sequence[str]]) -> tuple[Phase, ...]:
    """The phases that the settings ask for, or the usual ones, with those for ``role`` and the tasks given ``more``."""
    settings = reader.settings
    asked: dict[str, list[str]] = {
        name: list(tasks) for name, tasks in (settings.onboarding or boarding.PHASES).items()
    }
    own = next((each for name, each in settings.onboarding_roles.items() if name.lower() == role.lower()), ())
    for phase, tasks in ((boarding.ROLE_SPECIFIC, own), *more.items()):
        name = next((each for each in asked if each.lower() == phase.lower()), phase)
        asked.setdefault(name, []).extend(tasks)
    return tuple(
        Phase(name=name, tasks=tuple(Task(text=each, state=OPEN) for each in _each_once(tasks)))
        for name, tasks in asked.items()
        if not is_empty(name)
    )


def _each_once(tasks: Sequence[str]) -> list[str]:
    once: dict[str, str] = {}
    for task in map(normalise, tasks):
        if not is_empty(task):
            once.setdefault(task.lower(), task)
    return list(once.values())


def _event(
    page: Onboarding, now: datetime, action: str, outcome: str | None, notes: str | None = None
) -> Event:
    return Event(
        time=now, type="onboarding", involved=page.agent, action=action, outcome=outcome, notes=notes
    )


def get(memory: Reader, key: str) -> Onboarding:
    """The onboarding ``key``, or the newest of the agent of that name; raises NotFound."""
    found: Onboarding = memory.read(page_of(ONBOARDING, named(memory, key)))
    return found


def named(reader: Reader, key: str) -> str:
    """The id that ``key`` is, or that of the newest onboarding of the agent called so.

    Raises NotFound.
    """
    known = ids_of(reader, ONBOARDING)
    dated = pattern(re.escape(as_id(key)) + r"-(\d{4}-\d\d-\d\d)(?:-(\d{1,9}))?", re.IGNORECASE)
    own = [(found[1], int(found[2] or 1), each) for each in known if (found := dated.fullmatch(each))]
    if own and key.lower() not in {each.lower() for each in known}:
        return max(own)[2]
    return id_named(reader, ONBOARDING, key)


def listed(memory: Reader, *, status: str | None = None) -> tuple[tuple[str, Onboarding], ...]:
    """The onboardings of a status, or all, each with its id."""
    keys = ids_of(memory, ONBOARDING) if status is None else keys_saying(memory, ONBOARDING, status)
    pages = ((key, memory.read(page_of(ONBOARDING, key))) for key in sorted(keys))
    return tuple((key, page) for key, page in pages if status is None or page.status == status)


def interrupted(memory: Reader) -> tuple[Unfinished, ...]:
    """The onboardings that are not at their end, with what is left to do."""
    return tuple(
        Unfinished(
            id=key,
            page=page_of(ONBOARDING, key),
            agent=page.agent,
            role=page.role,
            left=tuple((phase, str(task.text)) for phase, task in boarding.open_tasks(page)),
        )
        for key, page in listed(memory, status=IN_PROGRESS)
    )


def _changed(
    memory: Memory,
    key: str,
    operation: str,
    change: Callable[[Transaction, Onboarding], Onboarding],
    told: tuple[str, str, str | None],
    expected: dict[str, str] | None,
) -> Outcome[str]:
    def verb(transaction: Transaction) -> str:
        found = named(transaction.memory, key)
        page: Onboarding = transaction.read(page_of(ONBOARDING, found))
        after = change(transaction, page)
        if after != page:
            transaction.replace(page_of(ONBOARDING, found), after)
            transaction.append(_event(page, transaction.now, *told))
        return found

    return memory.run(verb, expected=expected, operation=operation)


def check(
    memory: Memory,
    key: str,
    phase: str,
    task: str | None = None,
    *,
    done: bool = True,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A task of a phase done, or open again; all of the phase where none is named."""

    def change(transaction: Transaction, page: Onboarding) -> Onboarding:
        del transaction
        boarding.refuse_ended(page)
        held = boarding.phase_named(page, phase)
        tasks = held.tasks
        asked = [each for each in tasks if task is None or (each.text or "").lower() == task.strip().lower()]
        if not asked:
            known = [str(each.text) for each in tasks]
            hint = did_you_mean(str(task), known, f"There is {', '.join(known) or 'none'}.")
            raise NotFound(f"The task {task!r} in {held.name}", hint)
        for each in asked:
            now = next(one for one in tasks if one.text == each.text)
            if now.state is not None:
                tasks = with_task(tasks, now, DONE if done else OPEN)
        return boarding.with_phase(page, held, tasks)

    told = (f"{phase}: {task or 'all tasks'}", "done" if done else "open again", None)
    return _changed(memory, key, "onboard check", change, told, expected)


def verify(
    memory: Memory,
    key: str,
    what: str,
    *,
    result: str,
    by: str | None = None,
    notes: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The result of a check, in the place of an earlier one of the same check."""
    word = RESULT.enter("the result", result)
    if word is None or is_empty(normalise(what)):
        raise InvalidValue("the check", "it is empty", "Say what was verified, and passed or failed.")

    def change(transaction: Transaction, page: Onboarding) -> Onboarding:
        boarding.refuse_ended(page)
        who = by or memory.actor or None
        row = Verification(check=normalise(what), result=word, by=who, at=transaction.now, notes=notes)
        return boarding.with_result(page, row)

    return _changed(memory, key, "onboard verify", change, (f"Verified: {what}", word, notes), expected)


def complete(
    memory: Memory, key: str, *, join: bool = False, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The onboarding complete; with ``join`` the agent is put on the roster in the same breath, if it is not there.

    Raises Refused while a task of any phase is open or a verification has failed.
    """

    def change(transaction: Transaction, page: Onboarding) -> Onboarding:
        after = boarding.complete(page, transaction.now)
        if join:
            _join(transaction, page)
        return after

    return _changed(
        memory, key, "onboard complete", change, ("Onboarding complete", "complete", None), expected
    )


def _join(transaction: Transaction, page: Onboarding) -> None:
    roster: team_roster.TeamRoster = transaction.read(TEAM_ROSTER.path)
    name, role, now = str(page.agent), str(page.role), transaction.now
    if any((each.session_name or "").lower() == name.lower() for each in roster.active_team_members):
        return
    member = Member(session_name=name, role=role, status="active", current_task=page.first_task)
    block = Details(session_name=name, role=role, assigned=now, status="active")
    limit = transaction.memory.settings.team_changes
    after, pushed = team_roster.bounded(team_roster.join(roster, member, block, now), limit)
    transaction.append(*(pushed_out(row, now) for row in pushed))
    transaction.replace(TEAM_ROSTER.path, after)
    transaction.append(
        Event(
            time=now,
            type="team_change",
            involved=name,
            action=f"Joined team as {role}",
            outcome="Onboarding complete",
        )
    )


def fail(memory: Memory, key: str, *, reason: str, expected: dict[str, str] | None = None) -> Outcome[str]:
    """The onboarding failed, with the reason."""
    why = normalise(reason)
    if is_empty(why):
        raise InvalidValue("the reason", "it is empty", "Say why it failed.")
    return _changed(
        memory,
        key,
        "onboard fail",
        lambda transaction, page: boarding.move(page, boarding.FAILED, transaction.now, why),
        ("Onboarding failed", "failed", why),
        expected,
    )
