"""Agents' months, rolled up from the daily pages; what people wrote on them stays."""

from __future__ import annotations

from datetime import date
from typing import Any

from cosmemory.document.fields import layout
from cosmemory.document.values import Measure
from cosmemory.frozen import replace
from cosmemory.kinds import AGENT_METRICS, TEAM_ROSTER
from cosmemory.kinds.agent_metrics import AgentMetrics, MonthFigure, Week
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.daily_metrics import AgentDay
from cosmemory.kinds.month import averages_of, days_by_agent, figures_of, sums_of, weeks_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.periods import Period, daily_pages
from cosmemory.syntax.escape import escape_heading
from cosmemory.text.names import file_name
from cosmemory.transaction import Transaction


def roll_up(memory: Memory, month: Period) -> Outcome[tuple[str, ...]]:
    """The month's page of every agent who stands on a daily page; gives their paths."""
    agents = days_by_agent(daily_pages(memory, month))
    averages = averages_of([sums_of(days.values()) for days in agents.values()])

    def verb(transaction: Transaction) -> tuple[str, ...]:
        paths = tuple(
            _page(transaction, agent, month, days, averages) for agent, days in sorted(agents.items())
        )
        if paths:
            said = f"Month {month.name} rolled up for {len(paths)} agents"
            transaction.append(Event(time=transaction.now, type="metrics", action=said))
        return paths

    return memory.run(verb, operation="metrics rollup")


def _page(
    transaction: Transaction,
    agent: str,
    month: Period,
    days: dict[date, AgentDay],
    averages: dict[str, Measure | None],
) -> str:
    path = AGENT_METRICS.path.replace("{name}", file_name(agent)).replace("{month}", month.name)
    summary, weeks = _summary(transaction, days, averages), weeks_of(days)
    if transaction.exists(path):
        page: AgentMetrics = transaction.read(path)
        page = replace(
            page,
            monthly_summary=_merged(page.monthly_summary, summary, "metric"),
            weekly_breakdown=_merged(page.weekly_breakdown, weeks, "week"),
        )
        transaction.replace(path, page)
        return path
    page = AgentMetrics(
        period=month.name,
        role=_role(transaction, agent),
        monthly_summary=summary,
        weekly_breakdown=weeks,
        trend=trend_of(weeks),
    )
    text = page_text(transaction.memory, AGENT_METRICS, page, name=escape_heading(agent))
    transaction.create(path, text)
    return path


def _merged(standing: tuple[Any, ...], fresh: tuple[Any, ...], key: str) -> tuple[Any, ...]:
    """The standing rows with the figures of the fresh ones, and the fresh ones that are new behind them."""
    wanted = {getattr(row, key): row for row in fresh}
    rows = [_refreshed(row, wanted.pop(getattr(row, key), None)) for row in standing]
    return (*rows, *wanted.values())


def _refreshed(row: Any, fresh: Any) -> Any:
    """``row`` with what was reckoned anew; a target that a person set stays where settings name none."""
    if fresh is None:
        return row
    values = {name: getattr(fresh, name) for name in layout(type(row)).values}
    return replace(row, **{name: value for name, value in values.items() if value is not None})


def _role(transaction: Transaction, agent: str) -> str | None:
    if not transaction.exists(TEAM_ROSTER.path):
        return None
    roster = transaction.read(TEAM_ROSTER.path)
    members = (*roster.active_team_members, *roster.inactive_team_members)
    return next((member.role for member in members if member.session_name == agent), None)


def _summary(
    transaction: Transaction, days: dict[date, AgentDay], averages: dict[str, Measure | None]
) -> tuple[MonthFigure, ...]:
    values = figures_of(days.values())
    targets = transaction.memory.settings.targets
    return tuple(
        MonthFigure(metric=name, value=values[name], team_avg=averages[name], target=_target(targets, name))
        for name in values
    )


def _target(targets: dict[str, float], metric: str) -> Measure | None:
    held = {name.lower().replace("_", "-"): value for name, value in targets.items()}.get(metric.lower())
    return None if held is None else Measure(held, "" if metric == "Tasks" else "%")


def trend_of(weeks: tuple[Week, ...]) -> str | None:
    """One sentence on how the weeks went, from the first to the last of them."""
    if len(weeks) < 2:
        return None
    first, last = weeks[0], weeks[-1]
    told = []
    for name, attribute in (("on time", "on_time"), ("quality", "quality")):
        before, after = getattr(first, attribute), getattr(last, attribute)
        if isinstance(before, int | float) and isinstance(after, int | float):
            word = "rose" if after > before else "fell" if after < before else "stayed"
            told.append(
                f"{name} {word} from {before:g}% to {after:g}%"
                if word != "stayed"
                else f"{name} stayed at {after:g}%"
            )
    if not told:
        return None
    sentence = " and ".join(told)
    return f"From {first.week} to {last.week}, {sentence}."
