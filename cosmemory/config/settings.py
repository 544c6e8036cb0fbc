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
    """A command that shows whether work holds: a build, a test, a linter, or a project's own."""

    command: str
    timeout: float = 600.0
    enabled: bool = True


@frozen(kw_only=True)
class Settings:
    """What a project can set; every value has a default, so that no file is needed.

    Bounds are numbers of rows, ``targets`` are percents or counts by metric, ``target_roles`` numbers of
    agents by role, ``lock_timeout`` is in seconds, ``stale_saves`` says what happens to changes that an older copy
    of a page overwrote, ``history_days`` for how long the history goes back, ``checkpoint_fresh`` is in minutes. What
    ``health`` watches is in bytes, seconds and hours. Findings are numbers that a phase may have and still pass,
    delays are in seconds. ``extra`` is kept for others and means nothing here.
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
    max_retries: int = 3
    phase_retries: dict[str, int] = field(default_factory=dict)
    retry_delay: float = 1.0
    retry_backoff: float = 2.0
    retry_longest: float = 60.0
    findings_critical: int = 0
    findings_major: int = 0
    findings_medium: int = 5
    findings_minor: int = 20
    verification: dict[str, Verification] = field(default_factory=dict)
    artifacts: str = ""
    artifact_days: int = 30
    artifact_gzip: bool = True
    log_level: str = "info"
    log_file: str = ""
    log_bytes: int = 1_000_000
    log_backups: int = 3
    extra: dict[str, Any] = field(default_factory=dict)


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
    ("execution", "max_retries"): "max_retries",
    ("execution", "phase_retries"): "phase_retries",
    ("execution", "retry_delay"): "retry_delay",
    ("execution", "backoff"): "retry_backoff",
    ("execution", "longest_delay"): "retry_longest",
    ("findings", "critical"): "findings_critical",
    ("findings", "major"): "findings_major",
    ("findings", "medium"): "findings_medium",
    ("findings", "minor"): "findings_minor",
    ("", "verification"): "verification",
    ("artifacts", "folder"): "artifacts",
    ("artifacts", "days"): "artifact_days",
    ("artifacts", "gzip"): "artifact_gzip",
    ("logging", "level"): "log_level",
    ("logging", "file"): "log_file",
    ("logging", "bytes"): "log_bytes",
    ("logging", "backups"): "log_backups",
    ("", "extra"): "extra",
}
# Settings that name a place, seen from the file that says them.
PATHS = ("templates", "artifacts", "log_file")
TABLES = frozenset(table for table, _ in PLACES if table)
