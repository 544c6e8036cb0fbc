"""The kinds of document, each in its file; ``KINDS`` lists them, and a file is loaded when its kind is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from cosmemory.frozen import frozen
from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen(kw_only=True)
class Kind:
    """A kind of document: its name, the pages that are of it, its dataclass, template and derived values."""

    name: str
    path: str
    record: str
    pattern: re.Pattern[str]

    @property
    def module(self) -> ModuleType:
        """The file of the kind: its dataclasses and its verbs."""
        return import_module(f"{__name__}.{self.name.replace('-', '_')}")

    @property
    def document(self) -> type[Any]:
        """The dataclass of a whole page."""
        found: type[Any] = getattr(self.module, self.record)
        return found

    @property
    def derive(self) -> Callable[[Any], Any] | None:
        """What gives a document the values that follow from its others, where the kind has such values."""
        found: Callable[[Any], Any] | None = getattr(self.module, "derived", None)
        return found

    @property
    def stamp(self) -> tuple[str, ...]:
        """The attributes that lead to the value which tells when a page was changed; none where there is no such."""
        found: tuple[str, ...] = getattr(self.module, "STAMP", ())
        return found

    @property
    def derived_from(self) -> frozenset[str] | None:
        """The parts that derived values follow from; None where that is not told."""
        found: frozenset[str] | None = getattr(self.module, "DERIVED_FROM", None)
        return found

    @property
    def template(self) -> str:
        """The name of the template that makes a new page."""
        return f"{self.name}.md.j2"

    @property
    def single(self) -> bool:
        """Whether a memory has one page of the kind, always at the same path."""
        return "{" not in self.path


_PLACEHOLDERS = {
    "{date}": r"(\d{4}-\d\d-\d\d)",
    "{month}": r"(\d{4}-\d\d)",
    "{name}": r"(.+)",
    "{id}": r"([^/]+)",
    "{sort}-{period}": r"(weekly-\d{4}-W\d\d|monthly-\d{4}-\d\d)(-.+)?",
}


def _kind(name: str, path: str, record: str) -> Kind:
    wanted = re.escape(path)
    for placeholder, matching in _PLACEHOLDERS.items():
        wanted = wanted.replace(re.escape(placeholder), matching)
    return Kind(name=name, path=path, record=record, pattern=pattern(wanted))


COS_STATE = _kind("cos-state", "cos-state.md", "CosState")
TEAM_ROSTER = _kind("team-roster", "team-roster.md", "TeamRoster")
COORDINATION_LOG = _kind("coordination-log", "coordination-log.md", "CoordinationLog")
ACTIVE_ALERTS = _kind("active-alerts", "alerts/active-alerts.md", "ActiveAlerts")
DAILY_METRICS = _kind("daily-metrics", "performance/metrics-{date}.md", "DailyMetrics")
AGENT_METRICS = _kind("agent-metrics", "performance/agent-{name}-{month}.md", "AgentMetrics")
REPORT = _kind("report", "performance/reports/{sort}-{period}.md", "Report")
CONFLICT = _kind("conflict", "conflicts/{id}.md", "Conflict")
RUN = _kind("run", "runs/{id}.md", "Run")

KINDS: tuple[Kind, ...] = (
    COS_STATE,
    TEAM_ROSTER,
    COORDINATION_LOG,
    ACTIVE_ALERTS,
    DAILY_METRICS,
    AGENT_METRICS,
    REPORT,
    CONFLICT,
    RUN,
)
LOG_PATH = COORDINATION_LOG.path
ARCHIVE = pattern(r"coordination-log-(\d{4}-W\d\d)\.md")


def kind_of(path: str) -> Kind | None:
    """The kind of the page at ``path``; None for a page that is nobody's, or an archive of the log."""
    return next((kind for kind in KINDS if kind.pattern.fullmatch(path)), None)


def kind_named(name: str) -> Kind | None:
    """The kind called ``name``."""
    return next((kind for kind in KINDS if kind.name == name), None)
