"""Settings from the environment: which variable means which setting, and how its text is read."""

from __future__ import annotations

from cosmemory.config.settings import PLACES, TABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cosmemory.config.sources import Path

PREFIX = "COSMEMORY_"
# Variables that say something else than a setting.
RESERVED = frozenset({f"{PREFIX}ROOT", f"{PREFIX}ACTOR", f"{PREFIX}NOW", f"{PREFIX}LOG"})
_SWITCHES = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def variable_of(table: str, key: str) -> str:
    """The variable that says the setting ``key`` of ``table``."""
    return PREFIX + "_".join(filter(None, (table, key))).upper()


def candidates(environ: Mapping[str, str]) -> list[str]:
    """The variables that may say a setting; an empty one says nothing."""
    return [name for name in environ if name.startswith(PREFIX) and name not in RESERVED and environ[name]]


def said(environ: Mapping[str, str]) -> dict[str, Path]:
    """The variables that say settings, with the keys that lead to these.

    One that names a table of ours and nothing in it is among them, so that its slip is told.
    """
    known = {variable_of(*place): place for place in PLACES}
    found: dict[str, Path] = {}
    for name in candidates(environ):
        place = known.get(name) or _within_table(name)
        if place is not None:
            found[name] = tuple(filter(None, place))
    return found


def _within_table(name: str) -> tuple[str, str] | None:
    for table in TABLES:
        key = name.removeprefix(f"{PREFIX}{table.upper()}_")
        if key != name and key:
            return table, key.lower()
    return None


def unheard(environ: Mapping[str, str]) -> list[str]:
    """Variables with our prefix that mean no setting at all; another program may have set them."""
    heard = said(environ)
    return [name for name in candidates(environ) if name not in heard]


def variables() -> list[str]:
    """Every variable that says a setting."""
    return [variable_of(*place) for place in PLACES]


def value_of(text: str, kind: str) -> Any:
    """What ``text`` says for a setting whose type is written ``kind``; the text itself where that is not clear."""
    if kind == "str":
        return text
    text = text.strip()
    if kind == "bool":
        return _SWITCHES.get(text.lower(), text)
    import tomllib

    try:
        held = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        held = {}
    if held.keys() == {"value"}:
        return held["value"]
    if kind.startswith("tuple[") and not text.startswith("["):
        return [each.strip() for each in text.split(",") if each.strip()]
    return text
