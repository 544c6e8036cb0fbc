"""Commands for performance metrics."""

from __future__ import annotations

from datetime import date

from cosmemory.document.values import DATE
from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.session import changing, session_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations import metrics as operations
from cosmemory.operations.periods import month_of, period_named
from cosmemory.operations.rollup import roll_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@group
def metrics() -> None:
    """Record what agents did day by day, and sum it up by month."""


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
