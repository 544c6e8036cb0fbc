"""Settings told one by one: the dotted name of each, its value, and who said it."""

from __future__ import annotations

from cosmemory.config.checked import dotted
from cosmemory.config.settings import PLACES, Settings
from cosmemory.config.sources import holds, origin
from cosmemory.frozen import fields, frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cosmemory.config.sources import Path, Source

DEFAULT = "default"


@frozen(kw_only=True)
class Told:
    """One value: the keys that lead to it, and the file or the variable that says it."""

    path: Path
    value: Any
    origin: str

    @property
    def key(self) -> str:
        """Its dotted name."""
        return dotted(self.path)


def every_setting(settings: Settings, sources: list[Source]) -> list[Told]:
    """Every value that ``settings`` hold, in the order in which a file would say them."""
    return [
        Told(path=path, value=value, origin=_said_by(sources, path))
        for place, attribute in PLACES.items()
        for path, value in _leaves(tuple(filter(None, place)), getattr(settings, attribute))
    ]


def _said_by(sources: list[Source], path: Path) -> str:
    said = origin(sources, path)
    # A table that names some of its values leaves the others as they are by default.
    if said is None or not holds(said.held, path):
        return DEFAULT
    return said.name_of(path)


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    held = plain(value)
    if not isinstance(held, dict) or not held:
        yield path, held
        return
    for key, each in held.items():
        yield from _leaves((*path, str(key)), each)


def plain(value: Any) -> Any:
    """A value with tables for its records and lists for its tuples, as files hold them."""
    if hasattr(value, "__own_fields__"):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def nested(settings: Settings) -> dict[str, Any]:
    """All settings as the tables that a file holds."""
    held: dict[str, Any] = {}
    for (table, key), attribute in PLACES.items():
        inside = held.setdefault(table, {}) if table else held
        inside[key] = plain(getattr(settings, attribute))
    return held
