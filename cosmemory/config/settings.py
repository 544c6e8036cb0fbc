"""What a project can set: one frozen value, and where each part of it stands in ``cosmemory.toml``."""

from __future__ import annotations

from cosmemory.frozen import field, frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILE = "cosmemory.toml"
LOCAL = "cosmemory.local.toml"
INSIDE = "design/memory"  # where a memory usually lies in its project
FORMAT = 1


@frozen(kw_only=True)
class Verification:
    """A command that shows whether work holds: a build, a test, a linter, or a project's own.

    Where it fails, what it found is of the ``severity``.
    """

    command: str
    timeout: float = 600.0
    enabled: bool = True
    severity: str = "major"


@frozen(kw_only=True)
class WatchRule:
    """When ``watch`` raises an alert: a measure, its thresholds by severity, and the ``clear`` one that ends it.

    What is left out is as the rule of that name has it that is built in; below 0 there is no such threshold. It must
    hold for ``hold`` seconds. ``when`` says on which side of a threshold it holds. ``silence`` is a span of each day
    in UTC, such as 22:00-06:00, or the moment until which nothing is raised.
    """

    measure: str = ""
    when: str = ""
    warning: float = -1.0
    critical: float = -1.0
    clear: float = -1.0
    hold: float = -1.0
    silence: str = ""
    enabled: bool = True


@frozen(kw_only=True)
class Settings:
    """What a project can set; every value has a default, so that no file is needed.

    Bounds are numbers of rows, ``targets`` are percents or counts by metric, ``target_roles`` numbers of
    agents by role, ``lock_timeout`` is in seconds, ``stale_saves`` says what happens to changes that an older copy
    of a page overwrote, ``history_days`` for how long the history goes back, ``checkpoint_fresh`` is in minutes. What
    ``health`` watches is in bytes, seconds and hours. A phase with more unresolved findings than are allowed fails; one
    critical finding is never allowed. A deployment stays ``minimum_hours`` in each stage, or the ``stage_hours`` of
    that one. ``brief_budget`` is in characters. ``onboarding`` is the checklist by phase, ``onboarding_roles`` what each role has to do besides.
    ``kinds`` are the project's own, as they are declared; ``check_files`` and ``check_packages`` name its own checks.
    ``extra`` is kept for others and means nothing here; ``folder`` is where the file stands.
    """

    format: int = FORMAT
    event_types: tuple[str, ...] = ()
    decisions: int = 20
    ended_actions: int = 20
    resolved_alerts: int = 50
    team_changes: int = 50
    targets: dict[str, float] = field(default_factory=dict)
    target_roles: dict[str, int] = field(default_factory=dict)
    templates: str = ""
    durability: str = "full"
    lock_timeout: float = 10.0
    stale_saves: str = "merge"
    history_days: int = 400
    page_bytes: int = 1_000_000
    idle_seconds: int = 300
    stale_seconds: int = 600
    incomplete_hours: int = 24
    checkpoint_hours: int = 24
    own_bytes: int = 100_000_000
    free_bytes: int = 100_000_000
    checkpoints_kept: int = 24
    checkpoint_days: int = 30
    checkpoint_fresh: int = 10
    agent_checkpoints: int = 50
    agent_keep_days: int = 7
    agent_stale_minutes: int = 30
    agent_grace: float = 10.0
    agent_output_bytes: int = 10_000_000
    agent_outputs_kept: int = 3
    phase_retries: int = 3
    phase_limits: dict[str, int] = field(default_factory=dict)
    failed_run_days: int = 30
    retry_delay: float = 1.0
    retry_backoff: float = 2.0
    retry_longest: float = 60.0
    major_findings: int = 0
    medium_findings: int = 5
    minor_findings: int = 20
    verification: dict[str, Verification] = field(default_factory=dict)
    artifacts: str = ""
    artifact_days: int = 30
    artifact_gzip: bool = True
    log_level: str = "info"
    log_file: str = ""
    log_bytes: int = 1_000_000
    log_backups: int = 3
    slos: tuple[str, ...] = (
        "compliance",
        "latency",
        "error_rate",
        "ndcg",
        "availability",
        "rollback_ready",
    )
    minimum_hours: float = 6
    stage_hours: dict[str, float] = field(default_factory=dict)
    stale_deployment_hours: int = 24
    lower_is_better: tuple[str, ...] = ("latency", "error_rate")
    stale_measurement_hours: int = 24
    meetings_kept: int = 10
    meeting_days: int = 30
    session_days: int = 30
    hook_hold: bool = False
    hook_wait: float = 2.0
    hook_guard: str = "deny"
    hook_checks: bool = False
    onboarding: dict[str, tuple[str, ...]] = field(default_factory=dict)
    onboarding_roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    onboarding_days: int = 7
    brief_budget: int = 8000
    kinds: dict[str, object] = field(default_factory=dict)
    check_files: tuple[str, ...] = ()
    check_packages: tuple[str, ...] = ()
    checks_run: bool = True
    watch_interval: float = 30.0
    watch_mend: bool = True
    watch_idle: bool = True
    watch_rotate: bool = True
    watch_tidy: tuple[str, ...] = ()
    watch_checkpoint_minutes: int = 60
    watch_resource_minutes: int = 30
    watch_update_minutes: int = 15
    watch_prometheus: str = ""
    watch_rules: dict[str, WatchRule] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    folder: str = field(default="", compare=False, repr=False)


# The stages that a deployment leaves for another one.
STAGES = ("shadow", "5%", "20%", "50%")
# Limits beyond which ``health`` speaks up.
HEALTH = (
    "page_bytes",
    "idle_seconds",
    "stale_seconds",
    "incomplete_hours",
    "checkpoint_hours",
    "own_bytes",
    "free_bytes",
)
# Where each setting stands in the file: its table (none for the top), and its key there.
PLACES: dict[tuple[str, str], str] = {
    ("", "format"): "format",
    ("log", "event_types"): "event_types",
    ("bounds", "decisions"): "decisions",
    ("bounds", "ended_actions"): "ended_actions",
    ("bounds", "resolved_alerts"): "resolved_alerts",
    ("bounds", "team_changes"): "team_changes",
    ("", "targets"): "targets",
    ("", "target_roles"): "target_roles",
    ("", "templates"): "templates",
    ("storage", "durability"): "durability",
    ("storage", "lock_timeout"): "lock_timeout",
    ("storage", "stale_saves"): "stale_saves",
    ("storage", "history_days"): "history_days",
    **{("health", name): name for name in HEALTH},
    ("checkpoints", "keep"): "checkpoints_kept",
    ("checkpoints", "days"): "checkpoint_days",
    ("checkpoints", "fresh"): "checkpoint_fresh",
    ("agents", "checkpoints"): "agent_checkpoints",
    ("agents", "keep_days"): "agent_keep_days",
    ("agents", "stale_minutes"): "agent_stale_minutes",
    ("agents", "grace"): "agent_grace",
    ("agents", "output_bytes"): "agent_output_bytes",
    ("agents", "outputs_kept"): "agent_outputs_kept",
    ("runs", "retries"): "phase_retries",
    ("runs", "phase_retries"): "phase_limits",
    ("runs", "failed_days"): "failed_run_days",
    ("execution", "retry_delay"): "retry_delay",
    ("execution", "backoff"): "retry_backoff",
    ("execution", "longest_delay"): "retry_longest",
    **{("findings", severity): f"{severity}_findings" for severity in ("major", "medium", "minor")},
    ("", "verification"): "verification",
    ("artifacts", "folder"): "artifacts",
    ("artifacts", "days"): "artifact_days",
    ("artifacts", "gzip"): "artifact_gzip",
    ("logging", "level"): "log_level",
    ("logging", "file"): "log_file",
    ("logging", "bytes"): "log_bytes",
    ("logging", "backups"): "log_backups",
    ("deployment", "slos"): "slos",
    ("deployment", "minimum_hours"): "minimum_hours",
    ("deployment", "stage_hours"): "stage_hours",
    ("deployment", "stale_hours"): "stale_deployment_hours",
    ("system_metrics", "lower_is_better"): "lower_is_better",
    ("system_metrics", "stale_hours"): "stale_measurement_hours",
    ("meetings", "keep"): "meetings_kept",
    ("meetings", "days"): "meeting_days",
    ("sessions", "days"): "session_days",
    ("hooks", "hold"): "hook_hold",
    ("hooks", "wait"): "hook_wait",
    ("hooks", "guard"): "hook_guard",
    ("hooks", "checks"): "hook_checks",
    ("onboarding", "phases"): "onboarding",
    ("onboarding", "roles"): "onboarding_roles",
    ("onboarding", "days"): "onboarding_days",
    ("brief", "budget"): "brief_budget",
    ("", "kinds"): "kinds",
    ("checks", "files"): "check_files",
    ("checks", "packages"): "check_packages",
    ("checks", "run"): "checks_run",
    ("watch", "interval"): "watch_interval",
    ("watch", "mend"): "watch_mend",
    ("watch", "idle"): "watch_idle",
    ("watch", "rotate"): "watch_rotate",
    ("watch", "tidy"): "watch_tidy",
    ("watch", "checkpoint_minutes"): "watch_checkpoint_minutes",
    ("watch", "resource_minutes"): "watch_resource_minutes",
    ("watch", "update_minutes"): "watch_update_minutes",
    ("watch", "prometheus"): "watch_prometheus",
    ("watch", "rules"): "watch_rules",
    ("", "extra"): "extra",
}
# Settings that name a place, seen from the file that says them.
PATHS = ("templates", "artifacts", "log_file", "watch_prometheus")
TABLES = frozenset(table for table, _ in PLACES if table)
