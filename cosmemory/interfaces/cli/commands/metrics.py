"""Commands for performance metrics."""

from __future__ import annotations

from datetime import date

from cosmemory.document.data import data_of
from cosmemory.document.values import DATE, TIME
from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.figures import figure
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations import measurements
from cosmemory.operations import metrics as operations
from cosmemory.operations.measurements import Measurement
from cosmemory.operations.periods import month_of, period_named
from cosmemory.operations.rollup import roll_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@group
def metrics() -> None:
    """Record what agents did day by day, sum it up by month, and record what was measured of the system."""


@metrics.command()
@changing
@argument("agent")
@option("--date", "day", metavar="D", help="The day, YYYY-MM-DD; today unless it is given.")
@option("--tasks", least=0, metavar="N", help="Tasks completed.")
@option("--on-time", least=0, metavar="N", help="Of these on time.")
@option("--first-pass", least=0, metavar="N", help="Of these right at the first pass.")
@option("--response", least=0, decimal=True, metavar="MINUTES", help="Average response time.")
@option("--issues", least=0, metavar="N", help="Issues that were found.")
@option(
    "--task",
    "task_lines",
    many=True,
    metavar="ID=STATUS[@TIME]",
    help="One task and what became of it; may be given again.",
)
@option("--notes", metavar="TEXT", help="What else there is to say.")
def record(agent: str, day: str | None, task_lines: tuple[str, ...], **options: Any) -> None:
    """Record what an agent did on a day."""
    session = session_of(options)
    lines = tuple(_task_line(each) for each in task_lines)
    results = operations.Results(**options, task_lines=lines)
    session.change(
        lambda memory: operations.record(
            memory, agent, results, day=_day(day), expected=_expected(session.expect, day, memory)
        ),
        lambda who: f"recorded {who}",
    )


@metrics.command()
@changing
@argument("metric")
@argument("value")
@option("--date", "day", metavar="D", help="The day, YYYY-MM-DD; today unless it is given.")
def team(metric: str, value: str, day: str | None, **options: Any) -> None:
    """Record one figure of the whole team, such as Incidents 2."""
    session = session_of(options)
    session.change(
        lambda memory: operations.record_team(
            memory, metric, value, day=_day(day), expected=_expected(session.expect, day, memory)
        ),
        lambda name: f"recorded {name}",
    )


@metrics.command()
@changing
@option("--month", metavar="M", help="The month, 2026-11; this one unless it is given.")
def rollup(month: str | None, **options: Any) -> None:
    """Write every agent's month from the daily pages."""
    session = session_of(options)
    session.refuse_expected("metrics rollup")

    def verb(memory: Memory) -> Outcome[tuple[str, ...]]:
        period = period_named(month, weekly=False) if month else month_of(memory.now().date())
        return roll_up(memory, period)

    session.change(verb, lambda paths: "\n".join(f"wrote {path}" for path in paths) or "nothing to roll up")


@metrics.command()
@changing
@argument("figures", metavar="METRIC=VALUE...", many=True)
@option("--baseline", "baselines", many=True, metavar="METRIC=VALUE", help="What one is held against.")
@option(
    "--interval", "intervals", many=True, metavar="METRIC=LOW..HIGH", help="The bounds of its 95 % interval."
)
@option(
    "--trend",
    "trends",
    many=True,
    metavar="METRIC=WORD",
    help="improving, stable or declining; else it follows.",
)
@option("--as", "names", many=True, metavar="METRIC=NAME", help="Its name where it is measured.")
@option("--at", "moment", metavar="TIME", help="When it was measured; now unless it is given.")
def measure(**options: Any) -> None:
    """Record what was measured of the system, several metrics at once; a deployment under way has them too.

    A trend follows from interval and baseline, and from the settings where lower is better.
    """
    session = session_of(options)
    at = TIME.enter("time", options["moment"]) if options["moment"] is not None else None
    found = measurements_of(**{key: options[key] for key in ("figures", *_PARTS)})
    session.change(
        lambda memory: measurements.record_many(
            memory, found, at=at, expected=session.expected(measurements.PAGE)
        ),
        lambda names: f"recorded {names}",
    )


@metrics.command()
@reading
def system(**options: Any) -> None:
    """Show what was measured last of the system."""
    session = session_of(options)
    page = measurements.latest(session.memory())
    if session.as_json:
        print_json("system-metrics", {"system_metrics": data_of(page)})
        return
    for row in page.metrics:
        told = (f"{row.current}", f"against {row.baseline}" if row.baseline else "", str(row.trend or ""))
        print_text(f"{row.metric}: {', '.join(filter(None, told))}")
    if not page.metrics:
        print_text("nothing was measured yet")


_PARTS = ("baselines", "intervals", "trends", "names")


def measurements_of(
    figures: tuple[str, ...],
    baselines: tuple[str, ...],
    intervals: tuple[str, ...],
    trends: tuple[str, ...],
    names: tuple[str, ...],
) -> list[Measurement]:
    """What a call says of each metric.

    Raises UsageError for what is no METRIC=VALUE, or no number where one belongs.
    """
    parts = [dict(map(_parted, each)) for each in (figures, baselines, intervals, trends, names)]
    metrics = list(dict.fromkeys(name for part in parts for name in part))
    if not metrics:
        raise UsageError("Nothing was measured.", "Write, say, compliance=0.85.")
    current, baseline, interval, trend, measured_as = parts
    return [
        Measurement(
            metric=name,
            current=figure(current[name]) if name in current else None,
            baseline=figure(baseline[name]) if name in baseline else None,
            interval=_bounds(interval[name]) if name in interval else None,
            trend=trend.get(name),
            measured_as=measured_as.get(name),
        )
        for name in metrics
    ]


def _parted(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise UsageError(f"{text!r} is not METRIC=VALUE.", "Write, say, compliance=0.85.")
    return name, value


def _bounds(text: str) -> tuple[float, float]:
    low, dots, high = text.partition("..")
    if not dots:
        raise UsageError(f"{text!r} is not LOW..HIGH.", "Write, say, 0.83..0.87.")
    return figure(low), figure(high)


def _day(text: str | None) -> date | None:
    return DATE.enter("date", text) if text is not None else None


def _expected(revision: str | None, day: str | None, memory: Memory) -> dict[str, str] | None:
    return {operations.daily_path(_day(day) or memory.now().date()): revision} if revision else None


def _task_line(text: str) -> str:
    key, equals, rest = text.partition("=")
    status, _, moment = rest.partition("@")
    if not equals or not key or not status:
        raise UsageError(f"{text!r} is not ID=STATUS.", "Write, say, --task TASK-42=done@14:05.")
    return f"{key}: {status} at {moment}" if moment else f"{key}: {status}"
