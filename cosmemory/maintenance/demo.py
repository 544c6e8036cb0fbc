"""A realistic month of a team of eight, told through the same verbs that everybody uses."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from cosmemory.config import Settings
from cosmemory.document.values import seconds_of, write_time
from cosmemory.errors import Refused
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.month import days_by_agent, sums_of
from cosmemory.maintenance.demo_office import last_minutes, plan_office
from cosmemory.maintenance.demo_story import ACTIONS, ALERTS, BROADCASTS, TASKS, TEAM, WEEKS
from cosmemory.maintenance.demo_talk import NOTES, TALK
from cosmemory.memory import Memory, Outcome
from cosmemory.operations import alerts, metrics, state, team
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.periods import Period, daily_pages, month_of, week_of
from cosmemory.operations.reports import charts_of, write_report
from cosmemory.operations.rollup import roll_up
from cosmemory.store import Store
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction

SEED = 42
LEAVES, COMES = "data-analyst", "docs-writer"  # at the end of the fourth week, and in the second
SETTINGS = Settings(
    targets={"tasks": 60.0, "on_time": 85.0, "quality": 80.0},
    target_roles={
        "architect": 1,
        "implementer": 2,
        "tester": 1,
        "lead reviewer": 1,
        "writer": 1,
        "release manager": 1,
        "analyst": 1,
    },
)
# The team is seen, and the machine looked at, just before the end; what was planned is over by then.
LAST_MINUTES = 12
Step = Callable[[], object]


@dataclass(slots=True)
class _Month:
    """The memory of the month while it is told: its clock, and what is to happen when."""

    store: Store
    start: datetime
    end: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a story, no secret
    at: datetime = field(init=False)
    steps: list[tuple[datetime, int, Step]] = field(default_factory=list)
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.start
        self.memory = Memory(self.store, settings=SETTINGS, now=lambda: seconds_of(self.at))

    def then(self, week: int, day: int, hour: float, step: Step) -> None:
        """Lets ``step`` happen on a day of a week, at an hour with its fractions."""
        minute = round(hour * 60) + self.chance.randrange(7)
        moment = self.start + timedelta(
            weeks=week, days=day, minutes=minute, seconds=self.chance.randrange(60)
        )
        if moment <= self.end - timedelta(minutes=LAST_MINUTES):
            self.steps.append((moment, len(self.steps), step))

    def at_work(self, week: int, day: int, hour: float, step: Step) -> None:
        """The same at that very minute: what the office does follows one upon the other."""
        moment = self.start + timedelta(weeks=week, days=day, minutes=round(hour * 60))
        if moment <= self.end - timedelta(minutes=LAST_MINUTES):
            self.steps.append((moment, len(self.steps), step))

    def tell(self) -> None:
        """Everything that was planned, in order, each at its moment."""
        for moment, _, step in sorted(self.steps, key=lambda each: each[:2]):
            self.at = moment
            step()


def demo_pages(now: datetime, scratch: Store) -> dict[str, str]:
    """The pages of a memory at the end of such a month: path and text, the charts included.

    The month is told in the store ``scratch``, which is empty before.
    """
    today = now.astimezone(UTC)
    monday = datetime.combine(today.date() - timedelta(days=today.weekday()), time(), UTC)
    month = _Month(store=scratch, start=monday - timedelta(weeks=len(WEEKS) - 1), end=today)
    month.at = month.start + timedelta(hours=7, minutes=30)
    initialise(month.memory)
    _plan(month)
    month.tell()
    _last_minutes(month)
    month.at = today
    _rate(month)
    _report(month)
    read = ((path, scratch.read(path)) for page in scratch.paths() for path in (page, *charts_of(page)))
    return {path: decode_text(stored.data) for path, stored in read if stored is not None}


def start_demo(memory: Memory, scratch: Store) -> Outcome[tuple[str, ...]]:
    """The month, told in the empty store ``scratch``, in a memory that has no pages yet; gives the paths created.

    Raises Refused where there are pages: none is overwritten, and no invented month mixes with a real one.
    """
    pages = demo_pages(memory.now(), scratch)

    def verb(transaction: Transaction) -> tuple[str, ...]:
        standing = [*memory.store.paths(), *(path for path in pages if transaction.exists(path))]
        if standing:
            raise Refused(
                f"The demo needs a memory without pages, and {standing[0]} exists.",
                "Name an empty folder with --root.",
            )
        for path, text in pages.items():
            transaction.create(path, text)
        return tuple(pages)

    return memory.run(verb, operation="init")


def _plan(month: _Month) -> None:
    memory = month.memory
    for week, ((focus, priority), decisions) in enumerate(WEEKS):
        month.then(week, 0, 8.4, partial(state.set_focus, memory, focus, priority=priority))
        month.then(week, 0, 8.6, partial(_log, memory, "broadcast", "all", BROADCASTS[week], "Read"))
        for day, (text, reason) in zip((1, 3), decisions, strict=True):
            month.then(week, day, 11.5, partial(state.decide, memory, text, reason))
        for day in range(5):
            _plan_day(month, week, day)
    _plan_team(month)
    _plan_actions(month)
    _plan_alerts(month)
    plan_office(memory, month.at_work)


def _plan_team(month: _Month) -> None:
    """Who comes and goes, changes role or has to wait, and what each of them works on."""
    memory = month.memory
    for name, role, capabilities, task in TEAM:
        joined = partial(team.join, memory, name, role=role, task=task, capabilities=capabilities)
        month.then(int(name == COMES), 0, 8.1, joined)
    for week, tasks in enumerate(TASKS, 1):
        for (name, *_), given in zip(TEAM, tasks, strict=True):
            if given is not None:
                month.then(week, 0, 8.9, partial(team.assign_task, memory, name, given))
    month.then(2, 0, 10, partial(team.change_role, memory, "code-reviewer", "lead reviewer"))
    month.then(3, 0, 10, partial(team.change_role, memory, "ops-deployer", "release manager"))
    waits = "waits for the freeze"
    month.then(3, 1, 15, partial(team.change_status, memory, "impl-web", "blocked", details=waits))
    month.then(3, 4, 13, partial(team.change_status, memory, "impl-web", "active", details="has the API"))
    month.then(3, 4, 18, partial(team.leave, memory, LEAVES, reason="figures delivered, moved to finance"))


def _plan_day(month: _Month, week: int, day: int) -> None:
    memory = month.memory
    # Thirteen lines a week: three on each of the first three days, two on the others.
    first = min(3 * day, 9 + 2 * (day - 3))
    last = min(3 * (day + 1), 9 + 2 * (day - 2))
    for number, talk in enumerate(TALK[week][first:last]):
        month.then(week, day, 9.7 + number * 2.1, partial(_log, memory, *talk))
    load, used = round(month.chance.uniform(0.6, 3.4), 1), month.chance.randrange(48, 84)
    month.then(week, day, 14.5, partial(state.set_resources, memory, load, used))
    for name, *_ in TEAM:
        if not (name == LEAVES and week == 4) and not (name == COMES and week == 0):
            month.then(week, day, 17.2, partial(_end_of_day, month, name, week, day))


def _log(memory: Memory, kind: str, involved: str, action: str, outcome: str) -> None:
    memory.log(Event(time=memory.now(), type=kind, involved=involved, action=action, outcome=outcome))


def _end_of_day(month: _Month, name: str, week: int, day: int) -> None:
    """What an agent did in a day: the team gets better from week to week, with a dent where the replay was."""
    chance = month.chance
    tasks = chance.randint(2, 6)
    skill = (0.78, 0.84, 0.88, 0.74, 0.93)[week]
    on_time = sum(chance.random() < skill for _ in range(tasks))
    first_pass = sum(chance.random() < skill - 0.05 for _ in range(tasks))
    issues = int(chance.random() < 0.2)
    first = 100 + 100 * week + 20 * day + 2 * [each[0] for each in TEAM].index(name)
    results = metrics.Results(
        tasks=tasks,
        on_time=on_time,
        first_pass=first_pass,
        response=chance.randint(4, 28),
        issues=issues,
        task_lines=tuple(
            f"INV-{first + number}: done at {11 + 2 * number}:{chance.randrange(10, 60)}"
            for number in range(2)
        ),
        notes=chance.choice(NOTES) if issues else None,
    )
    metrics.record(month.memory, name, results)


def _plan_actions(month: _Month) -> None:
    memory = month.memory
    for number, (week, day, text, priority, days, moves) in enumerate(ACTIONS, 1):
        due = month.start + timedelta(weeks=week, days=day + days, hours=17)
        added = partial(state.add_action, memory, text, priority=priority, deadline=write_time(due))
        month.then(week, day, 8.7 + number * 0.12, added)  # ids are given in this order
        for step, move in enumerate(moves):
            month.then(week, day + step, 13 + step / 4, partial(state.move_action, memory, move, str(number)))


def _plan_alerts(month: _Month) -> None:
    memory = month.memory
    for number, (week, day, kind, severity, resource, value, limit, steps) in enumerate(ALERTS, 1):
        happened = partial(
            alerts.raise_alert,
            memory,
            kind=kind,
            severity=severity,
            resource=resource,
            value=value,
            threshold=limit,
        )
        hour = 10.2 + number / 5  # ids are given in this order
        month.then(week, day, hour, happened)
        for step, (move, said) in enumerate(steps, 1):
            month.then(week, day, hour + step * 0.7, partial(_step, memory, f"ALERT-{number}", move, said))


def _step(memory: Memory, key: str, move: str, said: str) -> None:
    if move == "resolve":
        alerts.resolve_alert(memory, key, note=said)
    elif move == "escalate":
        alerts.escalate_alert(memory, key, said)
    else:
        alerts.move_alert(memory, move, key, note=said)


def _last_minutes(month: _Month) -> None:
    """Everybody seen just before the end, so that the memory is one of a team at work."""
    memory = month.memory
    members = memory.read("team-roster").active_team_members
    for number, member in enumerate(members):
        month.at = month.end - timedelta(minutes=LAST_MINUTES - 1 - number)
        team.see(memory, member.session_name)
    month.at = month.end - timedelta(minutes=3)
    state.set_resources(memory, 1.2, 62)
    last_minutes(memory)
    _log(memory, "message_received", "test-runner", "The smoke tests of this hour are through", "All green")


def _rate(month: _Month) -> None:
    """Everybody's share of tasks on time beside their name."""
    period = Period(name="", first=month.start.date(), last=month.end.date())
    days = days_by_agent(daily_pages(month.memory, period))
    rates = {name: sums_of(held.values()).on_time_rate for name, held in days.items()}

    def verb(transaction: Transaction) -> None:
        roster = transaction.read("team-roster")
        members = tuple(
            replace(each, performance=f"{rates[each.session_name]:g}% on time")
            for each in roster.active_team_members
        )
        transaction.replace("team-roster", replace(roster, active_team_members=members))

    month.memory.run(verb)


def _report(month: _Month) -> None:
    days = list(_days(month))
    for period in dict.fromkeys(month_of(day) for day in days):
        roll_up(month.memory, period)
        write_report(month.memory, period)
    for period in dict.fromkeys(week_of(day) for day in days):
        write_report(month.memory, period)


def _days(month: _Month) -> Iterator[date]:
    day = month.start.date()
    while day <= month.end.date():
        yield day
        day += timedelta(days=1)
