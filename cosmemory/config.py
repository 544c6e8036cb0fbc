"""Settings: ``cosmemory.toml``, read and checked into one frozen value."""

from __future__ import annotations

import os

from cosmemory.errors import ConfigError
from cosmemory.frozen import field, frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILE = "cosmemory.toml"
FORMAT = 1


@frozen(kw_only=True)
class Settings:
    """What a project can set; every value has a default, so that no file is needed.

    Bounds are numbers of rows, ``targets`` are percents or counts by metric, ``target_roles`` numbers of
    agents by role, ``lock_timeout`` is in seconds, ``stale_saves`` says what happens to changes that an older copy
    of a page overwrote, ``history_days`` for how long the history goes back, ``checkpoint_fresh`` is in minutes. What
    ``health`` watches is in bytes, seconds and hours. A phase with more unresolved findings than are allowed fails; one
    critical finding is never allowed.
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
    major_findings: int = 0
    medium_findings: int = 5
    minor_findings: int = 20
    phase_retries: int = 3
    failed_run_days: int = 30


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
_PLACES: dict[tuple[str, str], str] = {
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
    **{("findings", severity): f"{severity}_findings" for severity in ("major", "medium", "minor")},
    ("runs", "retries"): "phase_retries",
    ("runs", "failed_days"): "failed_run_days",
}


def load_settings(root: str) -> Settings:
    """The settings of the memory at ``root``: from beside its pages or from the project's root, the nearest.

    Raises ConfigError for a file that is not TOML, a key that nobody knows and a value that does not fit.
    """
    for folder in (root, os.path.dirname(os.path.dirname(root))):
        path = os.path.join(folder, FILE)
        # Whatever bears the name is meant as settings: a link to nowhere must not pass for their absence.
        if os.path.lexists(path):
            settings = read_settings(path)
            # A folder of templates is named from where the file stands, not from where a command is called.
            named = os.path.join(folder, settings.templates) if settings.templates else ""
            if named and not os.path.isdir(named):
                raise ConfigError(
                    path, "templates", f"there is no folder {named}", "Make it, or correct the name."
                )
            return replace(settings, templates=named)
    return Settings()


def read_settings(path: str) -> Settings:
    """The settings in the file at ``path``."""
    import tomllib

    try:
        with open(path, "rb") as file:
            held = tomllib.load(file)
    except UnicodeDecodeError as error:
        raise ConfigError(path, "", f"byte {error.start} is not UTF-8", "Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, "", f"it is not TOML: {error}", "Mend the line that is named.") from None
    except OSError as error:
        raise ConfigError(path, "", error.strerror or str(error)) from None
    return settings_of(held, path)


def settings_of(held: dict[str, Any], path: str = FILE) -> Settings:
    """The settings that the table ``held`` gives, checked; ``path`` is named in what is wrong."""
    newest = held.get("format")
    if isinstance(newest, int) and newest > FORMAT:
        # A newer release may know other keys, or mean another thing by the same, so none of them is judged.
        return Settings(format=newest)
    values: dict[str, Any] = {}
    for table, key, value in _entries(held):
        attribute = _PLACES.get((table, key))
        if attribute is None:
            raise _unknown(path, table, key)
        values[attribute] = value
    return _checked(values, path)


def _entries(held: dict[str, Any]) -> list[tuple[str, str, Any]]:
    tables = {table for table, _ in _PLACES if table}
    found: list[tuple[str, str, Any]] = []
    for key, value in held.items():
        if key in tables and isinstance(value, dict):
            found += [(key, inner, each) for inner, each in value.items()]
        else:
            found.append(("", key, value))
    return found


def _unknown(path: str, table: str, key: str) -> ConfigError:
    name = f"{table}.{key}" if table else key
    known = [f"{table}.{key}" if table else key for table, key in _PLACES]
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1)
    return ConfigError(
        path, name, "no such setting", f"Did you mean {close[0]}?" if close else f"Known: {', '.join(known)}."
    )


def _checked(values: dict[str, Any], path: str) -> Settings:
    """The settings of ``values``, each held to its type by msgspec and to its range here."""
    import msgspec

    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        attribute, dot, rest = place.strip("`").removeprefix("$.").partition("[")
        name = next((".".join(filter(None, each)) for each, held in _PLACES.items() if held == attribute), "")
        raise ConfigError(path, name + dot + rest, message, "Correct the value.") from None
    if settings.format < 1:
        raise ConfigError(path, "format", "expected a number from 1 on", f"This release writes {FORMAT}.")
    for role, number in settings.target_roles.items():
        if number < 0:
            raise ConfigError(
                path, f"target_roles.{role}", "expected a number from 0 on", "Correct the value."
            )
    for name in ("decisions", "ended_actions", "resolved_alerts", "team_changes"):
        if getattr(settings, name) < 1:
            raise ConfigError(path, f"bounds.{name}", "expected a number of rows from 1 on", "Use 20, say.")
    for name in HEALTH:
        if getattr(settings, name) < 1:
            raise ConfigError(
                path, f"health.{name}", "expected a number from 1 on", "Leave it out for the usual one."
            )
    if settings.checkpoints_kept < 1:
        raise ConfigError(path, "checkpoints.keep", "expected a number from 1 on", "24 is the default.")
    for key, number in (
        ("checkpoints.days", settings.checkpoint_days),
        ("checkpoints.fresh", settings.checkpoint_fresh),
        ("findings.major", settings.major_findings),
        ("findings.medium", settings.medium_findings),
        ("findings.minor", settings.minor_findings),
        ("runs.retries", settings.phase_retries),
        ("runs.failed_days", settings.failed_run_days),
    ):
        if number < 0:
            raise ConfigError(path, key, "expected a number from 0 on", "Correct the value.")
    if settings.durability not in {"full", "file", "none"}:
        reason = f"expected full, file or none, not {settings.durability!r}"
        raise ConfigError(path, "storage.durability", reason, "full is the default.")
    if settings.history_days < 1:
        raise ConfigError(
            path, "storage.history_days", "expected a number of days from 1 on", "400 is the default."
        )
    if settings.stale_saves not in {"merge", "report"}:
        reason = f"expected merge or report, not {settings.stale_saves!r}"
        raise ConfigError(path, "storage.stale_saves", reason, "merge is the default.")
    if not 0 < settings.lock_timeout <= 3600:
        raise ConfigError(
            path, "storage.lock_timeout", "expected seconds above 0 and up to 3600", "10 is the default."
        )
    return settings
