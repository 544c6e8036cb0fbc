"""Performance: an agent's results of a day, the team's figures, and months rolled up from the days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cosmemory.document.entered import entered
from cosmemory.document.values import MEASURE, Measure
from cosmemory.errors import InvalidValue, UsageError
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import DAILY_METRICS, daily_metrics
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.daily_metrics import (
    FIRST_PASS,
    ISSUES,
    ON_TIME,
    ON_TIME_RATE,
    QUALITY_RATE,
    RESPONSE,
    TASKS,
    AgentDay,
    Amount,
    DailyMetrics,
    Figure,
    TeamFigure,
    difference,
    percent,
)
from cosmemory.memory import Memory, Outcome
from cosmemory.transaction import Transaction

BEYOND = 10**15
TEAM_METRICS = (TASKS, ON_TIME_RATE, QUALITY_RATE)


@frozen(kw_only=True)
class Results:
    """What one agent did on one day; None leaves what is known as it is. ``response`` is in minutes."""

    tasks: int | None = None
    on_time: int | None = None
    first_pass: int | None = None
    response: float | None = None
    issues: int | None = None
    task_lines: Sequence[str] = ()
    notes: str | None = None


def daily_path(day: date) -> str:
    """Where the page of ``day`` stands."""
    return DAILY_METRICS.path.replace("{date}", day.isoformat())


def record(
    memory: Memory,
    agent: str,
    results: Results,
    *,
    day: date | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """The results of ``agent`` on ``day``, today unless it is given; the page is made if it is the first.

    Raises UsageError where there are none.
    """
    if results == Results():
        raise UsageError(
            f"Nothing was told of {agent}'s day.", "Give a figure of it, such as tasks, or notes."
        )
    for name in ("tasks", "on_time", "first_pass", "response", "issues"):
        figure = getattr(results, name)
        # What is no number, and what has more digits than a page is read with, would not be read back as one.
        if figure is not None and not 0 <= figure < BEYOND:
            raise InvalidValue(name, "it is no number from 0 on that a page can hold")

    def verb(transaction: Transaction) -> str:
        on = day or transaction.now.date()
        path = daily_path(on)
        exists = transaction.exists(path)
        page: DailyMetrics = transaction.read(path) if exists else _new_page(transaction, on)
        _land(transaction, path, _with_results(page, agent, results), exists)
        said = f"Results of {on.isoformat()} recorded"
        transaction.append(Event(time=transaction.now, type="metrics", involved=agent, action=said))
        return agent

    return memory.run(verb, expected=expected, operation="metrics record")


def record_team(
    memory: Memory, metric: str, text: str, *, day: date | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """One figure of the whole team on ``day``, that its agents' counts do not give."""
    value = MEASURE.enter(metric, text)

    def verb(transaction: Transaction) -> str:
        on = day or transaction.now.date()
        path = daily_path(on)
        exists = transaction.exists(path)
        page: DailyMetrics = transaction.read(path) if exists else _new_page(transaction, on)
        rows = list(page.team_summary)
        index = next(
            (n for n, row in enumerate(rows) if (row.metric or "").lower() == metric.lower()), len(rows)
        )
        before = rows[index].previous if index < len(rows) else _previous(transaction, on, metric)
        row = replace(
            rows[index] if index < len(rows) else TeamFigure(metric=metric),
            value=value,
            previous=before,
            change=difference(value, before),
        )
        rows[index : index + 1] = [row]
        _land(transaction, path, replace(page, team_summary=tuple(rows)), exists)
        transaction.append(Event(time=transaction.now, type="metrics", action=f"{metric}: {text}"))
        return metric

    return memory.run(verb, expected=expected, operation="metrics team")


def _land(transaction: Transaction, path: str, page: DailyMetrics, exists: bool) -> None:
    if exists:
        transaction.replace(path, page)
    else:
        from cosmemory.operations.new_pages import page_text

        new = daily_metrics.derived(entered(None, page))
        transaction.create(path, page_text(transaction.memory, DAILY_METRICS, new))


def _new_page(transaction: Transaction, on: date) -> DailyMetrics:
    before = _last_before(transaction, on)
    figures = {row.metric: row.value for row in before.team_summary} if before else {}
    rows = tuple(TeamFigure(metric=metric, previous=figures.get(metric)) for metric in TEAM_METRICS)
    return DailyMetrics(date=on, generated=transaction.now, team_summary=rows)


def _last_before(transaction: Transaction, on: date) -> DailyMetrics | None:
    """The last daily page before ``on``."""
    path = daily_path(on)
    earlier = [p for p in transaction.memory.store.paths() if DAILY_METRICS.pattern.fullmatch(p) and p < path]
    return transaction.memory.read(max(earlier)) if earlier else None


def _previous(transaction: Transaction, on: date, metric: str) -> Measure | None:
    before = _last_before(transaction, on)
    rows = before.team_summary if before else ()
    found = next((row.value for row in rows if (row.metric or "").lower() == metric.lower()), None)
    return found if isinstance(found, Measure) else None


def _with_results(page: DailyMetrics, agent: str, results: Results) -> DailyMetrics:
    days = list(page.individual_metrics)
    index = next((n for n, day in enumerate(days) if (day.agent or "").lower() == agent.lower()), len(days))
    before = days[index] if index < len(days) else AgentDay(agent=agent)
    after = replace(
        before,
        figures=_figures(before, results),
        tasks=(*before.tasks, *results.task_lines),
        notes=results.notes if results.notes is not None else before.notes,
    )
    days[index : index + 1] = [after]
    return replace(page, individual_metrics=tuple(days))


def _figures(before: AgentDay, results: Results) -> tuple[Figure, ...]:
    """The agent's table with the given counts, each share told of the tasks; all else stays as it is."""
    values: dict[str, Amount] = {_canonical(row.metric): row.value for row in before.figures}
    standing = set(values)
    if results.tasks is not None:
        values[TASKS] = Measure(results.tasks)
    tasks = values.get(TASKS)
    whole = tasks.number if isinstance(tasks, Measure) else 0
    for metric, given in ((ON_TIME, results.on_time), (FIRST_PASS, results.first_pass)):
        count = values.setdefault(metric, None) if given is None else Measure(given)
        # Words or a bare percentage in place of a count are somebody's, and nothing is no zero.
        touched = given is not None or results.tasks is not None
        if touched and isinstance(count, Measure) and not count.unit:
            if count.number > whole:
                message = f"it is {count.number:g}, of {whole:g} tasks in all"
                raise InvalidValue(metric, message, "Give --tasks as well.")
            values[metric] = replace(count, share=percent(count.number, whole))
    for metric, amount, unit in ((RESPONSE, results.response, "min"), (ISSUES, results.issues, "")):
        values[metric] = values.get(metric) if amount is None else Measure(amount, unit)
    rows = [replace(row, value=values.get(_canonical(row.metric), row.value)) for row in before.figures]
    order = (TASKS, ON_TIME, FIRST_PASS, RESPONSE, ISSUES)
    rows += [Figure(metric=metric, value=values.get(metric)) for metric in order if metric not in standing]
    return tuple(rows)


def _canonical(metric: str | None) -> str:
    names = (TASKS, ON_TIME, FIRST_PASS, RESPONSE, ISSUES)
    return next((name for name in names if name.lower() == (metric or "").lower()), "")
