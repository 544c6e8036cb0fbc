"""The settings of a memory, read from wherever they are said; the first thing that is wrong is raised."""

from __future__ import annotations

import os

from cosmemory.config.settings import FILE, INSIDE, PATHS, PLACES, Settings
from cosmemory.config.sources import (
    Source,
    environment_source,
    file_sources,
    folders,
    origin,
    settings_folder,
)
from cosmemory.errors import ConfigError
from cosmemory.frozen import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load_settings(root: str) -> Settings:
    """The settings of the memory at ``root``: from beside its pages or from the project's root, the nearest.

    Raises ConfigError for a file that is not TOML, a key that nobody knows and a value that does not fit.
    """
    sources = sources_of(root)
    if not sources:
        # No file and no variable: nothing that would check them is loaded.
        return Settings()
    return _settled(sources, root)


def sources_of(root: str) -> list[Source]:
    """What says settings for the memory at ``root``, what is overruled first."""
    folder = settings_folder(root)
    sources = file_sources(folder) if folder is not None else []
    if any(name.startswith("COSMEMORY_") for name in os.environ):
        said = environment_source(os.environ)
        sources += [said] if said is not None else []
    return sources


def settings_of(held: dict[str, Any], path: str = FILE) -> Settings:
    """The settings that the table ``held`` gives, checked; ``path`` is named in what is wrong."""
    from cosmemory.config.checked import checked

    settings, wrong = checked([Source(path=path, held=held)])
    if wrong:
        raise wrong[0]
    return settings


def _settled(sources: list[Source], root: str) -> Settings:
    settings, wrong = examined(sources, root)
    if wrong:
        raise wrong[0]
    return settings


def examined(sources: list[Source], root: str) -> tuple[Settings, list[ConfigError]]:
    """The settings that ``sources`` give the memory at ``root``, and everything that is wrong with them."""
    from cosmemory.config.checked import checked

    settings, wrong = checked(sources)
    settings = placed(settings, sources, root)
    return settings, wrong + wrong_places(settings, sources)


def placed(settings: Settings, sources: list[Source], root: str) -> Settings:
    """``settings`` with whole names of their places: each is seen from where it is said, not from where we are."""
    whole: dict[str, Any] = {"folder": home(root)} if sources else {}
    for attribute in PATHS:
        named = getattr(settings, attribute)
        if named:
            said = origin(sources, path_of(attribute))
            folder = os.path.dirname(said.path) if said is not None and said.path else home(root)
            whole[attribute] = os.path.join(folder, os.path.expanduser(named))
    return replace(settings, **whole) if whole else settings


def home(root: str) -> str:
    """Where a file of settings lies, or would lie: in the project where the memory lies at its usual place there."""
    beside, project = folders(root)
    return settings_folder(root) or (project if os.path.join(project, INSIDE) == beside else beside)


def path_of(attribute: str) -> tuple[str, ...]:
    """The keys that lead to the setting kept in ``attribute``."""
    return next(tuple(filter(None, place)) for place, held in PLACES.items() if held == attribute)


def wrong_places(settings: Settings, sources: list[Source]) -> list[ConfigError]:
    """The places named in ``settings`` that cannot be what they are to be."""
    from cosmemory.config.checked import error_at

    wrong = []
    for attribute, amiss, reason, hint in (
        ("templates", _no_folder, "there is no folder {}", "Make it, or correct the name."),
        ("artifacts", _in_the_way, "{} is no folder", "Name a folder."),
        ("log_file", os.path.isdir, "{} is a folder", "Name a file in it."),
    ):
        named = getattr(settings, attribute)
        if named and amiss(named):
            wrong.append(error_at(sources, path_of(attribute), reason.format(named), hint))
    return wrong


def _no_folder(path: str) -> bool:
    return not os.path.isdir(path)


def _in_the_way(path: str) -> bool:
    return os.path.lexists(path) and not os.path.isdir(path)
