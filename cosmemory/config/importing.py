"""The configuration of an orchestrator, a tree of names as its YAML gives it, told as settings of ours.

What has no meaning here is kept below ``extra`` under the name that it had, so that nothing is lost.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time

from cosmemory.config.checked import checked, dotted
from cosmemory.config.editing import changed
from cosmemory.config.sources import Source
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cosmemory.config.sources import Path

EXTRA = "extra"
MEGABYTE = 1024 * 1024
LEVELS = {"warn": "warning", "critical": "error", "fatal": "error"}
_AFFIXES = pattern(r"^(?:max|allowed)_|_(?:max|limit|limits|threshold|findings|count)$")
# Ours, and every name that configurations have had for it: within its group, or where old ones say it at the top.
NAMES: dict[Path, tuple[str, ...]] = {
    ("runs", "retries"): (
        "execution.max_retries",
        "execution.max_retries_per_phase",
        "execution.max_phase_retries",
        "execution.retry_limit",
        "max_retries",
        "max_phase_retries",
    ),
    ("runs", "phase_retries"): ("execution.phase_retries", "execution.phase_retry_limits"),
    ("execution", "retry_delay"): (
        "execution.retry_delay",
        "execution.retry_delay_seconds",
        "execution.initial_retry_delay",
        "retry_delay",
        "retry_delay_seconds",
    ),
    ("execution", "backoff"): (
        "execution.backoff",
        "execution.backoff_multiplier",
        "execution.backoff_factor",
        "execution.retry_backoff",
        "execution.retry_backoff_multiplier",
    ),
    ("execution", "longest_delay"): (
        "execution.longest_delay",
        "execution.max_delay",
        "execution.max_retry_delay",
        "execution.max_retry_delay_seconds",
    ),
    ("artifacts", "folder"): (
        "artifacts.folder",
        "artifacts.path",
        "artifacts.directory",
        "artifacts.base_path",
        "artifacts.base_dir",
        "artifacts.storage_path",
        "artifacts_dir",
        "artifacts_path",
    ),
    ("artifacts", "days"): (
        "artifacts.days",
        "artifacts.retention_days",
        "artifact_retention_days",
        "retention_days",
    ),
    ("artifacts", "gzip"): (
        "artifacts.gzip",
        "artifacts.compress",
        "artifacts.compress_old",
        "artifacts.compression",
    ),
    ("logging", "level"): ("logging.level", "logging.log_level", "log_level"),
    ("logging", "file"): (
        "logging.file",
        "logging.file_path",
        "logging.path",
        "logging.log_file",
        "log_file",
    ),
    ("logging", "bytes"): (
        "logging.bytes",
        "logging.max_bytes",
        "logging.max_size_bytes",
        "logging.max_size_mb",
        "logging.max_file_size_mb",
    ),
    ("logging", "backups"): ("logging.backups", "logging.backup_count", "logging.max_backups"),
}
_OURS = {name: path for path, names in NAMES.items() for name in names}
THRESHOLDS = ("findings_thresholds", "findings")
SEVERITIES = ("major", "medium", "minor")  # a critical one always fails the phase
CHECKS = ("build", "test", "lint", "security")
_CHECK = pattern(
    r"(?:(?:run|check)_)?(build|test|lint|security)s?"
    r"(?:_(command|cmd|timeout|timeout_seconds|enabled|check|checks|required))?\Z"
)


@frozen(kw_only=True)
class Taken:
    """One value of the configuration: what it was called, where it goes, and why it goes no better place.

    ``path`` is empty for what no file of settings can hold.
    """

    name: str
    path: Path
    value: Any
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether it is only kept, and means nothing here."""
        return self.path[:1] == (EXTRA,)


def imported(held: dict[str, Any]) -> list[Taken]:
    """Every value of the configuration ``held``, in its order; one that does not fit is kept and the reason told."""
    found = _once(_named(held))
    while amiss := _amiss(found):
        kept = [_kept_if_amiss(each, amiss) for each in found]
        assert kept != found, amiss
        found = kept
    return found


def _amiss(found: list[Taken]) -> dict[str, str]:
    """What would be wrong with a file that says all this, by key."""
    settings: dict[str, Any] = {}
    for each in found:
        if each.path:
            settings = changed(settings, each.path, each.value)
    return {each.key: each.reason for each in checked([Source(path="", held=settings)])[1]}


def _once(named: Iterator[Taken]) -> list[Taken]:
    """The values, of those for one place only the first: old names may repeat what new ones say."""
    found: list[Taken] = []
    places: dict[Path, str] = {}
    for each in named:
        first = places.setdefault(each.path, each.name) if each.path else each.name
        found.append(each if first == each.name else _keep(each.name, each.value, f"{first} says it already"))
    return found


def _kept_if_amiss(each: Taken, amiss: dict[str, str]) -> Taken:
    key = dotted(each.path) if each.path else ""
    for place, reason in amiss.items():
        # A command that is missing makes what is said of it meaningless, though nothing is wrong with that.
        owner = place.rpartition(".")[0] if reason == "it is missing" else place
        if key and not each.kept and (key == owner or key.startswith(f"{owner}.")):
            return _keep(each.name, each.value, f"{place} is missing" if owner != place else reason)
    return each


def _named(held: dict[str, Any]) -> Iterator[Taken]:
    """Every value with its place here."""
    for path, value in _leaves((), held):
        name = ".".join(path)
        if value is None:
            yield _keep(name, None, "")
        elif path[0] == "verification" and len(path) > 1:
            yield from _verification(path, value)
        elif name in _OURS:
            yield Taken(name=name, path=_OURS[name], value=_ours(name, value))
        elif len(path) == 3 and ".".join(path[:2]) in NAMES["runs", "phase_retries"]:
            yield Taken(name=name, path=("runs", "phase_retries", path[2]), value=value)
        elif path[0] in THRESHOLDS and len(path) == 2 and _AFFIXES.sub("", path[1]) in SEVERITIES:
            yield Taken(name=name, path=("findings", _AFFIXES.sub("", path[1])), value=value)
        else:
            yield _keep(name, value, "it means nothing here", path)


def _ours(name: str, value: Any) -> Any:
    """A value in our measure."""
    if name.endswith("_mb") and isinstance(value, int | float) and not isinstance(value, bool):
        return int(value * MEGABYTE)
    if name.endswith("level") and isinstance(value, str):
        return LEVELS.get(value.lower(), value.lower())
    return value


def _verification(path: Path, value: Any) -> Iterator[Taken]:
    name = ".".join(path)
    if path[1] in ("custom_tests", "tests", "custom") and isinstance(value, list):
        for number, each in enumerate(value):
            yield from _own_test(f"{name}[{number}]", each)
        return
    found = _CHECK.match(path[1])
    if found is not None and len(path) <= 3 and not (found[2] and len(path) == 3):
        said = path[2] if len(path) == 3 else found[2]
        field = _field(said) if said else ("enabled" if isinstance(value, bool) else "command")
        if field:
            yield Taken(name=name, path=("verification", found[1], field), value=value)
            return
    yield _keep(name, value, "it means nothing here", path)


def _field(name: str) -> str:
    for field, names in {
        "command": ("command", "cmd", "run"),
        "timeout": ("timeout", "timeout_seconds"),
        "enabled": ("enabled", "check", "checks", "required"),
        "severity": ("severity",),
    }.items():
        if name in names:
            return field
    return ""


def _own_test(name: str, each: Any) -> Iterator[Taken]:
    called = each.get("name") if isinstance(each, dict) else None
    if not isinstance(called, str) or not called:
        yield _keep(name, each, "it is no test with a name")
        return
    for key, value in each.items():
        field = _field(str(key))
        if field:
            yield Taken(name=f"{name}.{key}", path=("verification", called, field), value=value)
        elif key != "name":
            yield _keep(f"{name}.{key}", value, "it means nothing here")


def _keep(name: str, value: Any, note: str, path: Path = ()) -> Taken:
    """The value below ``extra``, in a form that TOML can hold."""
    if value is None:
        return Taken(name=name, path=(), value=None, note="it says nothing")
    place = (EXTRA, *(path or tuple(re.split(r"[.\[\]]+", name.rstrip("]")))))
    if not _fits(value):
        return Taken(
            name=name, path=place, value=json.dumps(value, default=str), note=f"{note}; kept as JSON"
        )
    return Taken(name=name, path=place, value=value, note=note)


def _fits(value: Any) -> bool:
    """Whether TOML has such a value."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _fits(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(_fits, value))
    if isinstance(value, str):
        return not any("\ud800" <= each <= "\udfff" for each in value)
    return isinstance(value, bool | int | float | datetime | date | time)


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and (value or not path):
        for key, each in value.items():
            yield from _leaves((*path, str(key)), each)
    else:
        yield path, value
