"""Rules that pages are held to beyond their types, one family a file; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

from cosmemory.checks.pages import Finding, Pages
from cosmemory.checks.source import check_source, check_strangers
from cosmemory.checks.workflow import check_links, check_workflow
from cosmemory.kinds import (
    ACTIVE_ALERTS,
    AGENT,
    AGENT_METRICS,
    BOARD,
    COORDINATION_LOG,
    COS_STATE,
    DAILY_METRICS,
    DEPLOYMENT,
    HANDOFF,
    MEETING,
    ONBOARDING,
    RUN,
    SESSION,
    SYSTEM_METRICS,
    TEAM_ROSTER,
    Kind,
)

Check = Callable[[Pages], Iterable[Finding]]


def _where(module: str, name: str, *kinds: Kind) -> Check:
    """A check that is loaded only where there is a page of one of the ``kinds``: most calls look at few of them."""

    def check(pages: Pages) -> Iterable[Finding]:
        if not any(page.kind in kinds for page in pages.pages.values()):
            return ()
        found: Iterable[Finding] = getattr(import_module(f"{__name__}.{module}"), name)(pages)
        return found

    return check


# Checks of one page at a time, by itself or beside the page before it: the pages may be many.
PAGE_CHECKS: tuple[Check, ...] = (
    check_source,
    _where("log", "check_log", COORDINATION_LOG),
    _where("metrics", "check_metrics", DAILY_METRICS, AGENT_METRICS),
    _where("sessions", "check_sessions", SESSION, MEETING),
    _where("agents", "check_agents", AGENT),
    _where("board", "check_board", BOARD),
    _where("handoffs", "check_handoffs", HANDOFF, ONBOARDING),
    _where("runs", "check_runs", RUN),
    check_links,
)

# Checks of the few pages that speak about each other.
CHECKS: tuple[Check, ...] = (
    *PAGE_CHECKS,
    check_strangers,
    _where("state", "check_state", COS_STATE),
    _where("team", "check_team", TEAM_ROSTER),
    _where("alerts", "check_alerts", ACTIVE_ALERTS),
    _where("alerts", "check_alert_mirror", ACTIVE_ALERTS),
    _where("deployment", "check_deployment", DEPLOYMENT),
    _where("deployment", "check_system_metrics", SYSTEM_METRICS),
    _where("sessions", "check_session", SESSION),
    check_workflow,
)
