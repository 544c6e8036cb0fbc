"""What watchers remember from look to look, across restarts and beside each other; it may be lost at any time.

What is lost is found again on the pages: an alert that is open, a checkpoint that is there. So nothing but the wait of
a rule begins anew.
"""

from __future__ import annotations

from cosmemory.frozen import field, frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.store import Store

RULES, FINDINGS = "watch-rules", "watch-findings"
_TIMES = ("rose", "fell", "well")


@frozen(kw_only=True)
class Standing:
    """How a rule stands: at which severity, since when each threshold is passed without a break, and when it was told.

    ``level`` is empty where all is well. ``rose`` and ``fell`` are when it changed last, ``well`` since when it would
    fall, 0 where it would not. Times are seconds since the epoch.
    """

    level: str = ""
    since: dict[str, int] = field(default_factory=dict)
    told: int = 0
    rose: int = 0
    fell: int = 0
    well: int = 0


def standings(store: Store) -> dict[str, Standing]:
    """How each rule stood when somebody looked last."""
    found: dict[str, Standing] = {}
    for name, held in _read(store, RULES).items():
        if not isinstance(held, dict):
            continue
        level, since, told = held.get("level"), held.get("since"), held.get("told")
        if isinstance(level, str) and isinstance(since, dict) and isinstance(told, int):
            times = {key: at for key, at in since.items() if isinstance(at, int)}
            later = {key: at for key in _TIMES if isinstance(at := held.get(key), int)}
            found[name] = Standing(level=level, since=times, told=told, **later)
    return found


def keep_standing(store: Store, name: str, standing: Standing) -> None:
    """Keeps how a rule stands; under the lock, so that of two watchers neither forgets what the other has seen."""
    held = {**standings(store), name: standing}
    told = {
        key: {"level": each.level, "since": each.since, "told": each.told}
        | {time: getattr(each, time) for time in _TIMES}
        for key, each in sorted(held.items())
    }
    _write(store, RULES, told)


def findings(store: Store) -> dict[str, list[str]]:
    """The findings by page that were told of last."""
    held = _read(store, FINDINGS)
    return {
        path: [each for each in told if isinstance(each, str)]
        for path, told in held.items()
        if isinstance(told, list)
    }


def keep_findings(store: Store, found: dict[str, list[str]]) -> None:
    """Keeps the findings that were told of."""
    _write(store, FINDINGS, found)


def _read(store: Store, name: str) -> dict[str, object]:
    import json

    try:
        held = json.loads(store.remembered(name))
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _write(store: Store, name: str, held: object) -> None:
    import json

    store.remember(name, json.dumps(held, sort_keys=True).encode())
