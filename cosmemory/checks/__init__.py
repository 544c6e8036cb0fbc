"""Rules that pages are held to beyond their types, one family a file; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cosmemory.checks.agents import check_agents
from cosmemory.checks.alerts import check_alert_mirror, check_alerts
from cosmemory.checks.board import check_board
from cosmemory.checks.deployment import check_deployment, check_system_metrics
from cosmemory.checks.handoffs import check_handoffs
from cosmemory.checks.log import check_log
from cosmemory.checks.metrics import check_metrics
from cosmemory.checks.pages import Finding, Pages
from cosmemory.checks.runs import check_runs
from cosmemory.checks.sessions import check_session, check_sessions
from cosmemory.checks.source import check_source, check_strangers
from cosmemory.checks.state import check_state
from cosmemory.checks.team import check_team
from cosmemory.checks.workflow import check_links, check_workflow

Check = Callable[[Pages], Iterable[Finding]]

# Checks of one page at a time, by itself or beside the daily page before it: the pages may be many.
PAGE_CHECKS: tuple[Check, ...] = (
    check_source,
    check_log,
    check_metrics,
    check_sessions,
    check_agents,
    check_board,
    check_handoffs,
    check_runs,
    check_links,
)

# Checks of the few pages that speak about each other.
CHECKS: tuple[Check, ...] = (
    *PAGE_CHECKS,
    check_strangers,
    check_state,
    check_team,
    check_alerts,
    check_alert_mirror,
    check_deployment,
    check_system_metrics,
    check_session,
    check_workflow,
)
