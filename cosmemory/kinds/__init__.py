"""The kinds of document, each in its file; ``KINDS`` lists them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cosmemory.kinds import (
    active_alerts,
    agent_metrics,
    coordination_log,
    cos_state,
    daily_metrics,
    report,
    team_roster,
)


def _unchanged(document: Any) -> Any:
    return document


def _generated(document: Any, at: datetime) -> Any:
    """``document`` with its Generated at ``at``, if the page has one."""
    stands = document.origin is None or "generated" in document.origin.places
    return replace(document, generated=at) if stands else document


def _updated(document: Any, at: datetime) -> Any:
    """``document`` with its Last Updated at ``at``, if the page has one."""
    stands = document.origin is None or "last_updated" in document.origin.places
    return replace(document, last_updated=at) if stands else document


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of document: its name, the pages that are of it, its dataclass, template and derived values."""

    name: str
    path: str
    document: type[Any]
    pattern: re.Pattern[str]
    template: str
    derive: Callable[[Any], Any] = _unchanged
    touch: Callable[[Any, datetime], Any] | None = None

    @property
    def single(self) -> bool:
        """Whether a memory has one page of the kind, always at the same path."""
        return "{" not in self.path


def _kind(
    name: str,
    path: str,
    document: type[Any],
    derive: Callable[[Any], Any] = _unchanged,
    touch: Callable[[Any, datetime], Any] | None = None,
) -> Kind:
    pattern = (
        re.escape(path).replace(r"\{date\}", r"(\d{4}-\d\d-\d\d)").replace(r"\{month\}", r"(\d{4}-\d\d)")
    )
    pattern = pattern.replace(r"\{week\}", r"(\d{4}-W\d\d)").replace(r"\{name\}", r"(.+)")
    pattern = pattern.replace(r"\{sort\}\-\{period\}", r"(weekly-\d{4}-W\d\d|monthly-\d{4}-\d\d)(-.+)?")
    return Kind(
        name=name,
        path=path,
        document=document,
        pattern=re.compile(pattern),
        template=f"{name}.md.j2",
        derive=derive,
        touch=touch,
    )


COS_STATE = _kind("cos-state", "cos-state.md", cos_state.CosState, touch=cos_state.touch)
TEAM_ROSTER = _kind("team-roster", "team-roster.md", team_roster.TeamRoster, team_roster.derived, _updated)
COORDINATION_LOG = _kind("coordination-log", "coordination-log.md", coordination_log.CoordinationLog)
ACTIVE_ALERTS = _kind("active-alerts", "alerts/active-alerts.md", active_alerts.ActiveAlerts, touch=_updated)
DAILY_METRICS = _kind(
    "daily-metrics", "performance/metrics-{date}.md", daily_metrics.DailyMetrics, daily_metrics.derived
)
AGENT_METRICS = _kind("agent-metrics", "performance/agent-{name}-{month}.md", agent_metrics.AgentMetrics)
REPORT = _kind("report", "performance/reports/{sort}-{period}.md", report.Report, touch=_generated)

KINDS: tuple[Kind, ...] = (
    COS_STATE,
    TEAM_ROSTER,
    COORDINATION_LOG,
    ACTIVE_ALERTS,
    DAILY_METRICS,
    AGENT_METRICS,
    REPORT,
)
LOG_PATH = COORDINATION_LOG.path
ARCHIVE = re.compile(r"coordination-log-(\d{4}-W\d\d)\.md")


def kind_of(path: str) -> Kind | None:
    """The kind of the page at ``path``; None for a page that is nobody's, or an archive of the log."""
    return next((kind for kind in KINDS if kind.pattern.fullmatch(path)), None)


def kind_named(name: str) -> Kind | None:
    """The kind called ``name``."""
    return next((kind for kind in KINDS if kind.name == name), None)
