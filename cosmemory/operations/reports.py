"""Weekly and monthly reports, made from metrics, log and pages; made again they change only what the data changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from statistics import fmean
from typing import Any

from cosmemory.document.values import Measure
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import COS_STATE, REPORT
from cosmemory.kinds.active_alerts import duration
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import ENDED
from cosmemory.kinds.daily_metrics import AgentDay, difference
from cosmemory.kinds.month import Sums, days_by_agent, percent_measure, sums_of
from cosmemory.kinds.report import (
    AlertFigures,
    DecisionLine,
    OpenAction,
    OverviewFigure,
    Performer,
    Report,
    RosterLine,
)
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.charts import Chart, mermaid, scale, svg
from cosmemory.operations.events import find_events
from cosmemory.operations.periods import Period, daily_pages
from cosmemory.pattern import pattern
from cosmemory.text.names import file_name
from cosmemory.transaction import Transaction

_ALERT = pattern(r"(\S+) (raised|acknowledged|resolving|resolved)\b")
_ROSTER = pattern(r"(Joined team|Left team|Role changed to|Status changed to)")
_MOST_PERFORMERS = 5

CHARTS = ("tasks", "on-time")


@frozen(kw_only=True)
class _Material:
    """All that a report is made from."""

    period: Period
    agent: str | None
    days: dict[date, list[AgentDay]]
    before: Sums
    by_agent: dict[str, dict[date, AgentDay]]
    events: list[Event]

    @property
    def sums(self) -> Sums:
        return sums_of(each for held in self.days.values() for each in held)


def report_path(period: Period, agent: str | None) -> str:
    """Where the report of the period stands; an agent's own has the agent's name behind."""
    sort = "weekly" if "W" in period.name else "monthly"
    behind = f"-{file_name(agent)}" if agent else ""
    return f"performance/reports/{sort}-{period.name}{behind}.md"


def charts_of(path: str) -> tuple[str, ...]:
    """Where the charts of the report at ``path`` stand."""
    return tuple(_chart_path(path, name) for name in CHARTS)


def _chart_path(path: str, name: str) -> str:
    return f"{path.removesuffix('.md')}-{name}.svg"


def write_report(
    memory: Memory, period: Period, *, agent: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The report of ``period``, of the team or of one agent, with its charts; gives its path."""
    path = report_path(period, agent)

    def verb(transaction: Transaction) -> str:
        material = _gather(memory, period, agent)
        charts = _charts(material)
        fresh = _report(transaction, material, charts)
        if transaction.exists(path):
            standing: Report = transaction.read(path)
            transaction.replace(path, _renewed(standing, fresh))
        else:
            transaction.create(path, _page(transaction, fresh, period, agent))
        for name, chart in charts.items():
            transaction.rewrite(_chart_path(path, name), svg(chart))
        return path

    return memory.run(verb, expected=expected, operation="report")


def _page(transaction: Transaction, report: Report, period: Period, agent: str | None) -> str:
    from cosmemory.operations.new_pages import page_text
    from cosmemory.syntax.escape import escape_heading

    sort = "Weekly" if "W" in period.name else "Monthly"
    whom = agent or "Team"
    report = replace(report, generated=transaction.now)
    title = escape_heading(f"{sort} Report: {whom}, {period.name}")
    return page_text(transaction.memory, REPORT, report, title=title)


def _gather(memory: Memory, period: Period, agent: str | None) -> _Material:
    by_agent = days_by_agent(daily_pages(memory, period))
    earlier = days_by_agent(daily_pages(memory, period.before))
    of = {agent: by_agent.get(agent, {})} if agent else by_agent
    before = {agent: earlier.get(agent, {})} if agent else earlier
    days: dict[date, list[AgentDay]] = {}
    for held in of.values():
        for day, each in held.items():
            days.setdefault(day, []).append(each)
    start = datetime.combine(period.first, datetime.min.time(), UTC)
    end = datetime.combine(period.last, datetime.max.time(), UTC)
    return _Material(
        period=period,
        agent=agent,
        days=dict(sorted(days.items())),
        before=sums_of(each for held in before.values() for each in held.values()),
        by_agent=of,
        events=[event for _, event in find_events(memory, since=start, until=end, agent=None)],
    )


def _charts(material: _Material) -> dict[str, Chart]:
    """One bar a day: tasks, and the share of them on time."""
    if not material.days:
        return {}
    # The month stands in the title: with it in every label, those of a full month run into each other.
    period = material.period.name
    labels = [f"{day:%m-%d}" if "W" in period else f"{day:%d}" for day in material.days]
    sums = dict(zip(labels, map(sums_of, material.days.values()), strict=True))
    tasks = [each.tasks for each in sums.values()]
    # A day on which nothing was due is no day on which everything was late.
    rates = {label: rate for label, each in sums.items() if (rate := each.on_time_rate) is not None}
    title, late = f"Tasks completed, {period}", f"On time, {period}"
    charts = {"tasks": Chart(title=title, unit="Tasks", labels=labels, numbers=tasks, most=scale(tasks))}
    if rates:
        charts["on-time"] = Chart(title=late, unit="%", labels=[*rates], numbers=[*rates.values()], most=100)
    return charts


def _report(transaction: Transaction, material: _Material, charts: dict[str, Chart]) -> Report:
    return Report(
        period=material.period.name,
        of=material.agent or "team",
        overview=_overview(material.sums, material.before),
        trend="\n\n".join(mermaid(chart) for chart in charts.values()) or None,
        top_performers=_performers(material),
        alerts=_alerts(material.events),
        decisions=_decisions(material.events),
        roster_changes=_roster(material.events, material.agent),
        open_actions=_open_actions(transaction),
    )


def _overview(now: Sums, before: Sums) -> tuple[OverviewFigure, ...]:
    figures: list[tuple[str, Measure | None, Measure | None]] = [
        ("Tasks Completed", Measure(now.tasks), Measure(before.tasks) if before.days else None),
        ("On-Time Rate", percent_measure(now.on_time_rate), percent_measure(before.on_time_rate)),
        ("Quality Rate", percent_measure(now.quality_rate), percent_measure(before.quality_rate)),
    ]
    return tuple(
        OverviewFigure(metric=name, value=value, previous=previous, change=difference(value, previous))
        for name, value, previous in figures
    )


def _performers(material: _Material) -> tuple[Performer, ...]:
    sums = {agent: sums_of(days.values()) for agent, days in material.by_agent.items()}
    ordered = sorted(sums.items(), key=lambda item: (-item[1].tasks, -(item[1].quality_rate or 0), item[0]))
    return tuple(
        Performer(agent=agent, tasks=int(each.tasks), on_time=each.on_time_rate, quality=each.quality_rate)
        for agent, each in ordered[:_MOST_PERFORMERS]
        if each.tasks
    )


def _alerts(events: Sequence[Event]) -> AlertFigures:
    """Counts, and mean times from raising to the first answer and to the end, by what the log says."""
    moments: dict[str, dict[str, datetime]] = {}
    for event in events:
        found = _ALERT.match(event.action or "")
        if found and isinstance(event.time, datetime):
            moments.setdefault(found[1], {}).setdefault(found[2], event.time)
    raised = [each for each in moments.values() if "raised" in each]
    resolved = [each for each in moments.values() if "resolved" in each]
    return AlertFigures(
        raised=len(raised),
        resolved=len(resolved),
        still_open=sum("resolved" not in each for each in raised),
        mean_time_to_acknowledge=_mean(raised, "acknowledged"),
        mean_time_to_resolve=_mean(raised, "resolved"),
    )


def _mean(raised: Sequence[dict[str, datetime]], step: str) -> str | None:
    lasted = [(each[step] - each["raised"]).total_seconds() for each in raised if step in each]
    if not lasted:
        return None
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return duration(start, datetime.fromtimestamp(start.timestamp() + fmean(lasted), UTC))


def _decisions(events: Sequence[Event]) -> tuple[DecisionLine, ...]:
    return tuple(
        DecisionLine(time=event.time, decision=event.action, rationale=event.notes)
        for event in events
        if event.type == "decision" and event.outcome == "Decided"
    )


def _roster(events: Sequence[Event], agent: str | None) -> tuple[RosterLine, ...]:
    return tuple(
        RosterLine(time=event.time, change=event.action, agent=event.involved)
        for event in events
        if event.type == "team_change"
        and _ROSTER.match(event.action or "")
        and agent in {None, event.involved}
    )


def _open_actions(transaction: Transaction) -> tuple[OpenAction, ...]:
    if not transaction.exists(COS_STATE.path):
        return ()
    state = transaction.read(COS_STATE.path)
    return tuple(
        OpenAction(
            id=each.id,
            action=each.action,
            priority=_word(each.priority),
            deadline=each.deadline,
            status=_word(each.status),
        )
        for each in state.pending_actions
        if each.status not in ENDED
    )


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else getattr(value, "text", None)


def _renewed(standing: Report, fresh: Report) -> Report:
    """``standing`` saying what ``fresh`` says; rows that say the same already are the very same rows."""
    overview = _matched(standing.overview, fresh.overview, "metric")
    alerts = replace(
        standing.alerts,
        raised=fresh.alerts.raised,
        resolved=fresh.alerts.resolved,
        still_open=fresh.alerts.still_open,
        mean_time_to_acknowledge=fresh.alerts.mean_time_to_acknowledge,
        mean_time_to_resolve=fresh.alerts.mean_time_to_resolve,
    )
    return replace(
        standing,
        overview=overview,
        trend=fresh.trend,
        alerts=alerts if alerts != standing.alerts else standing.alerts,
        top_performers=_matched(standing.top_performers, fresh.top_performers, "agent"),
        decisions=_matched(standing.decisions, fresh.decisions, "time"),
        roster_changes=_matched(standing.roster_changes, fresh.roster_changes, "time"),
        open_actions=_matched(standing.open_actions, fresh.open_actions, "id"),
    )


def _matched(standing: Sequence[Any], fresh: Sequence[Any], key: str) -> tuple[Any, ...]:
    """``fresh`` in terms of ``standing``: each row becomes the standing one of its key, changed where it differs."""
    free = list(standing)
    rows: list[Any] = []
    for row in fresh:
        same = next((each for each in free if each == row), None)
        same = same or next((each for each in free if getattr(each, key) == getattr(row, key)), None)
        if same is None:
            rows.append(row)
            continue
        free.remove(same)
        rows.append(same if same == row else replace(row, origin=same.origin, extra=same.extra))
    return tuple(rows)
