"""The packaged templates and plugin files by name, from an installed package or from a checkout."""

from __future__ import annotations

import os

from cosmemory.errors import NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

TEMPLATES, PLUGIN = "templates", "plugin"


def template_names() -> tuple[str, ...]:
    """The name of every packaged template, relative to its folder with ``/`` between parts, sorted."""
    return _names(TEMPLATES, "")


def template_text(name: str) -> str:
    """The text of the packaged template ``name``."""
    # Only a name that was listed is opened, so none can lead out of the folder.
    names = template_names()
    if name not in names:
        raise NotFound(f"The template {name!r}", f"These are packaged: {', '.join(names)}.")
    return _text(TEMPLATES, name)


def plugin_names(folder: str) -> tuple[str, ...]:
    """The files of a folder in the packaged plugin folder, by their paths in that folder, sorted."""
    return _names(PLUGIN, folder)


def plugin_text(name: str) -> str:
    """The text of a file of the packaged plugin folder, by its path there."""
    return _text(PLUGIN, name)


def _names(packaged: str, folder: str) -> tuple[str, ...]:
    place = _place(packaged)
    found = _listed(os.path.join(place, folder), "") if place else _packed(_zipped(packaged, folder), "")
    return tuple(sorted(found))


def _text(packaged: str, name: str) -> str:
    place = _place(packaged)
    if not place:
        return _zipped(packaged, name).read_bytes().decode("utf-8")
    with open(os.path.join(place, *name.split("/")), "rb") as file:
        return file.read().decode("utf-8")


def _place(packaged: str) -> str:
    """Where a packaged folder lies: in the package, or beside it in a checkout; empty for a package in an archive.

    Never looked up through the folders of sys.path: an editable install leaves an old copy in one of them.
    """
    package = os.path.dirname(__file__)
    checkout = os.path.dirname(package)
    if os.path.isdir(os.path.join(package, packaged)):
        return os.path.join(package, packaged)
    if os.path.isfile(os.path.join(checkout, "pyproject.toml")):
        return os.path.join(checkout, packaged)
    if os.path.isdir(package):
        raise NotFound(
            f"The folder of packaged {'templates' if packaged == TEMPLATES else 'plugin files'}",
            "The installation is incomplete; install cosmemory again.",
        )
    return ""


def _listed(folder: str, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _listed(entry.path, f"{prefix}{entry.name}/")
            elif not entry.name.startswith("."):
                yield prefix + entry.name


def _zipped(packaged: str, name: str) -> Traversable:
    from importlib.resources import files  # which loads more than most commands do

    return files("cosmemory").joinpath(packaged, *filter(None, name.split("/")))


def _packed(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _packed(entry, f"{prefix}{entry.name}/")
        elif not entry.name.startswith("."):
            yield prefix + entry.name
