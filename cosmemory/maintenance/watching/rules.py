"""Rules by which alerts are raised: which there are, and how one stands by what was measured, without any flapping."""

from __future__ import annotations

from datetime import UTC, datetime, time

from cosmemory import clock
from cosmemory.config import Settings
from cosmemory.config.settings import FILE, WatchRule
from cosmemory.document.values import time_of
from cosmemory.errors import ConfigError
from cosmemory.frozen import fields, replace
from cosmemory.maintenance.watching.kept import Standing

WARNING, CRITICAL = "warning", "critical"
SEVERITIES = (WARNING, CRITICAL)  # the mild one first
BELOW = "below"
SETTLED = 3600  # seconds; what rises and falls more often would fill the log
_UNSET: dict[str, object] = {"measure": "", "when": "", "silence": ""}
# What is watched in every memory; a project says otherwise under the same name.
BUILT_IN = {
    "memory": WatchRule(measure="memory_percent", warning=90, critical=97, clear=85, hold=300),
    "load": WatchRule(measure="cpu_load", warning=4, critical=8, clear=2, hold=600),
    "disk": WatchRule(measure="disk_free_bytes", when=BELOW, warning=1e9, critical=1e8, clear=1.5e9, hold=60),
    "log": WatchRule(measure="log_bytes", warning=5e6, critical=2e7, clear=4e6),
    "overdue": WatchRule(measure="overdue_actions", warning=1, critical=5),
    "blocked": WatchRule(measure="blocked_actions", warning=3, critical=10, clear=2, hold=600),
    "handoffs": WatchRule(measure="handoffs_waiting", warning=5, critical=15, clear=3, hold=600),
    "conflicts": WatchRule(measure="open_conflicts", warning=1),
    "validity": WatchRule(measure="validate_errors", warning=1, critical=20, hold=120),
}


def rules_of(settings: Settings) -> dict[str, WatchRule]:
    """The rules that count: those built in, with what the settings say of them, and the project's own.

    Raises ConfigError for one that can never be told of.
    """
    every = {name: rule_of(settings, name) for name in names_of(settings)}
    return {name: limits for name, limits in every.items() if limits.enabled}


def names_of(settings: Settings) -> tuple[str, ...]:
    """The names of all rules: those built in, and then the project's own."""
    return tuple(dict.fromkeys((*BUILT_IN, *settings.watch_rules)))


def rule_of(settings: Settings, name: str) -> WatchRule:
    """The rule of a name. Raises ConfigError for one that can never be told of."""
    usual, given = BUILT_IN.get(name, WatchRule()), settings.watch_rules.get(name)
    limits = _completed(given, usual) if given is not None else usual
    _refuse_useless(name, limits)
    return limits


def _completed(limits: WatchRule, usual: WatchRule) -> WatchRule:
    given = {
        each.name: getattr(limits, each.name)
        for each in fields(WatchRule)
        if getattr(limits, each.name) != _UNSET.get(each.name, -1.0)
    }
    if limits.measure and limits.measure != usual.measure:
        return limits  # thresholds of another measure mean nothing here
    return replace(usual, **given)


def _refuse_useless(name: str, limits: WatchRule) -> None:
    where = f"watch.rules.{name}"
    if not limits.measure:
        raise ConfigError(FILE, f"{where}.measure", "it is missing", "cosmemory config schema tells of all.")
    first, *more = thresholds(limits).values() or [None]
    if first is None:
        raise ConfigError(FILE, where, "it has no threshold", "Give it warning, critical or both.")
    grow = 1 if limits.when != BELOW else -1
    if any((each - first) * grow <= 0 for each in more if each is not None):
        raise ConfigError(FILE, f"{where}.critical", "it is passed before warning is", "Exchange the two.")
    if limits.clear >= 0 and (first - limits.clear) * grow < 0:
        said = "an alert would end and begin again at once"
        raise ConfigError(FILE, f"{where}.clear", said, f"Stay on the good side of {first:g}.")
    if limits.silence:
        _span(limits.silence, f"{where}.silence")


def thresholds(limits: WatchRule) -> dict[str, float]:
    """The thresholds of a rule by severity, the mild one first."""
    both = {WARNING: limits.warning, CRITICAL: limits.critical}
    return {severity: each for severity, each in both.items() if each >= 0}


def passes(limits: WatchRule, severity: str, value: float) -> bool:
    """Whether ``value`` is at the threshold of a severity, or beyond it."""
    threshold = thresholds(limits)[severity]
    return value <= threshold if limits.when == BELOW else value >= threshold


def cleared(limits: WatchRule, severity: str, value: float) -> bool:
    """Whether ``value`` has left the threshold of a severity so far behind that an alert of it is over.

    The band between ``clear`` and the mildest threshold is as wide below each other one.
    """
    every = thresholds(limits)
    mildest, here = next(iter(every)), every[severity]
    band = every[mildest] - limits.clear if limits.clear >= 0 else 0.0
    bound = limits.clear if severity == mildest and limits.clear >= 0 else here - band
    return value > bound if limits.when == BELOW else value < bound


def judged(limits: WatchRule, before: Standing, value: float, at: datetime, awake: int = 0) -> Standing:
    """How a rule stands with ``value`` measured ``at`` that moment, by how it stood before.

    It rises to a severity whose threshold is passed for long enough, though not in its silence, and falls from one
    that is cleared; within the band between the two it stays. One that rises again soon after it fell falls only once
    it has been well for long. From before the machine was ``awake`` nothing is known.
    """
    now = int(at.timestamp())
    known = [severity for severity in SEVERITIES if severity in thresholds(limits)]
    # A clock that was set back must not make a wait longer than it is.
    since = {
        each: min(max(before.since.get(each, now), awake), now)
        for each in known
        if passes(limits, each, value)
    }
    level = before.level if before.level in known else ""
    ripe = [each for each, begun in since.items() if now - begun >= max(0.0, limits.hold)]
    if ripe and _rank(ripe[-1]) > _rank(level) and not silent(limits, at):
        return replace(before, level=ripe[-1], since=since, rose=now, well=0)
    lower = level
    while lower and cleared(limits, lower, value):
        lower = next((each for each in reversed(known) if _rank(each) < _rank(lower)), "")
    if lower == level:
        return replace(before, level=level, since=since, well=0)
    well = min(max(before.well or now, awake), now)
    restless = before.fell > 0 and 0 <= before.rose - before.fell < SETTLED
    if restless and now - well < SETTLED:
        return replace(before, level=level, since=since, well=well)
    return replace(before, level=lower, since=since, fell=now, well=0)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity else -1


def silent(limits: WatchRule, at: datetime) -> bool:
    """Whether a rule is to raise nothing at a moment."""
    if not limits.silence:
        return False
    begin, end = _span(limits.silence, "silence")
    if isinstance(end, datetime):
        return at < end
    assert begin is not None
    day = at.astimezone(UTC).time()
    return begin <= day < end if begin <= end else day >= begin or day < end


def _span(silence: str, where: str) -> tuple[time | None, time | datetime]:
    """A span of the day, or the moment until which it lasts."""
    first, dash, last = silence.partition("-")
    try:
        if dash and ":" in first and len(first) <= 5:
            return time.fromisoformat(first.strip()), time.fromisoformat(last.strip())
    except ValueError:
        pass
    moment = clock.read_time(silence)
    if moment is None:
        raise ConfigError(
            FILE,
            where,
            f"{silence!r} is neither a span nor a moment",
            "22:00-06:00, or 2026-11-22T06:00:00Z.",
        )
    return None, time_of(int(moment[0]))
