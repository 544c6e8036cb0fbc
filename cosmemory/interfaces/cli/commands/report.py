"""Commands that write reports."""

from __future__ import annotations

from typing import Any

from cosmemory.interfaces.cli.declared import group, option
from cosmemory.interfaces.cli.session import changing, session_of
from cosmemory.memory import Memory
from cosmemory.operations.periods import Period, month_of, period_named, week_of
from cosmemory.operations.reports import report_path, write_report


@group
def report() -> None:
    """Write the report of a week or a month, with charts."""


def _command(name: str, summary: str, period_help: str) -> None:
    @report.command(name, summary=summary)
    @changing
    @option("--agent", metavar="A", help="Of one agent instead of the team.")
    @option("--of", "named", metavar="PERIOD", help=period_help)
    def write(agent: str | None, named: str | None, **options: Any) -> None:
        session = session_of(options)

        def verb(memory: Memory) -> Any:
            period = _period(memory, named, weekly=name == "weekly")
            expected = session.expected(report_path(period, agent))
            return write_report(memory, period, agent=agent, expected=expected)

        session.change(verb, lambda path: f"wrote {path}")


def _period(memory: Memory, named: str | None, *, weekly: bool) -> Period:
    if named is not None:
        return period_named(named, weekly=weekly)
    today = memory.now().date()
    return week_of(today) if weekly else month_of(today)


_command("weekly", "Write the report of a week.", "The week, 2026-W47; this one unless it is given.")
_command("monthly", "Write the report of a month.", "The month, 2026-11; this one unless it is given.")
