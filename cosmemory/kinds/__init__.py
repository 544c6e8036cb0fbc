"""The kinds of document, each in its file; ``KINDS`` lists them, and a file is loaded when its kind is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType

from cosmemory.frozen import frozen
from cosmemory.pattern import beginning_with

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
    source: str = ""  # the text of its template, where none is packaged

    @property
    def module(self) -> ModuleType:
        """The file of the kind: its dataclasses and its verbs."""
        return import_module(f"{__name__}.{self.name.replace('-', '_')}")

    @property
    def document(self) -> type[Any]:
        """The dataclass of a whole page."""
        found: type[Any] = getattr(self.module, self.record)
        return found

    def said(self, name: str) -> Any:
        """What the file of the kind says under ``name`` of its pages; None where it says nothing."""
        return getattr(self.module, name, None)

    @property
    def derive(self) -> Callable[[Any], Any] | None:
        """What gives a document the values that follow from its others, where the kind has such values."""
        found: Callable[[Any], Any] | None = self.said("derived")
        return found

    @property
    def stamp(self) -> tuple[str, ...]:
        """The attributes that lead to the value which tells when a page was changed; none where there is no such."""
        return self.said("STAMP") or ()

    @property
    def timed(self) -> bool:
        """Whether derived values hang on the time when the page was changed."""
        return bool(self.said("TIMED"))

    def ages(self, document: Any) -> bool:
        """Whether a page that is clean now may not be so later, with nobody changing it."""
        found: Callable[[Any], bool] | None = self.said("ages")
        return found is not None and found(document)

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


def path_pattern(path: str) -> re.Pattern[str]:
    """What matches the paths that ``path`` stands for, its placeholders filled."""
    wanted = re.escape(path)
    for placeholder, matching in _PLACEHOLDERS.items():
        wanted = wanted.replace(re.escape(placeholder), matching)
    return beginning_with(path.partition("{")[0], wanted)


def _kind(name: str, path: str, record: str) -> Kind:
    return Kind(name=name, path=path, record=record, pattern=path_pattern(path))


COS_STATE = _kind("cos-state", "cos-state.md", "CosState")
TEAM_ROSTER = _kind("team-roster", "team-roster.md", "TeamRoster")
COORDINATION_LOG = _kind("coordination-log", "coordination-log.md", "CoordinationLog")
ACTIVE_ALERTS = _kind("active-alerts", "alerts/active-alerts.md", "ActiveAlerts")
DAILY_METRICS = _kind("daily-metrics", "performance/metrics-{date}.md", "DailyMetrics")
AGENT_METRICS = _kind("agent-metrics", "performance/agent-{name}-{month}.md", "AgentMetrics")
REPORT = _kind("report", "performance/reports/{sort}-{period}.md", "Report")
CONFLICT = _kind("conflict", "conflicts/{id}.md", "Conflict")
DEPLOYMENT = _kind("deployment", "deployment.md", "Deployment")
SYSTEM_METRICS = _kind("system-metrics", "performance/system-metrics.md", "SystemMetrics")
SESSION = _kind("session", "sessions/{id}.md", "Session")
MEETING = _kind("meeting", "meetings/{id}.md", "Meeting")
AGENT = _kind("agent", "agents/{id}.md", "Agent")
BOARD = _kind("board", "board.md", "Board")
HANDOFF = _kind("handoff", "handoffs/{id}.md", "Handoff")
ONBOARDING = _kind("onboarding", "onboarding/{id}.md", "Onboarding")
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
    DEPLOYMENT,
    SYSTEM_METRICS,
    SESSION,
    MEETING,
    AGENT,
    BOARD,
    HANDOFF,
    ONBOARDING,
    RUN,
)
# The pages that every memory has: `init` makes them, and one that is missing was lost.
STANDARD: tuple[Kind, ...] = (COS_STATE, TEAM_ROSTER, COORDINATION_LOG, ACTIVE_ALERTS)
LOG_PATH = COORDINATION_LOG.path
SESSION_PATH = "sessions/current.md"  # the session that is; those that ended stand beside it
ARCHIVE = beginning_with("coordination-log-", r"coordination-log-(\d{4}-W\d\d)\.md")


@frozen()
class Kinds:
    """The kinds that one memory knows: those of every memory, and its ``own`` behind them."""

    own: tuple[Kind, ...] = ()

    def __iter__(self) -> Iterator[Kind]:
        yield from KINDS
        yield from self.own

    def of(self, path: str) -> Kind | None:
        """The kind of the page at ``path``; None for a page that is nobody's, or an archive of the log."""
        return next((kind for kind in self if kind.path == path or kind.pattern.fullmatch(path)), None)

    def named(self, name: str) -> Kind | None:
        """The kind called ``name``."""
        return next((kind for kind in self if kind.name == name), None)


BUILT_IN = Kinds()


def kind_of(path: str, kinds: Kinds = BUILT_IN) -> Kind | None:
    """The kind of the page at ``path`` among those of one memory."""
    return kinds.of(path)


def kind_named(name: str, kinds: Kinds = BUILT_IN) -> Kind | None:
    """The kind called ``name`` among those of one memory."""
    return kinds.named(name)
