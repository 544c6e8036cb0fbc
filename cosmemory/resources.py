"""The packaged templates and plugin files by name, from an installed package or from a checkout."""

from __future__ import annotations

from cosmemory.errors import NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable


def template_folder() -> Traversable:
    """The folder of the packaged templates: inside the installed package, beside it in a checkout."""
    return _folder("templates")


def plugin_text(name: str) -> str:
    """The text of a file of the packaged plugin folder, by its path there."""
    return _folder("plugin").joinpath(*name.split("/")).read_bytes().decode("utf-8")


def plugin_names(folder: str) -> tuple[str, ...]:
    """The files of a folder in the packaged plugin folder, by their paths in that folder, sorted."""
    return tuple(sorted(_names(_folder("plugin").joinpath(*folder.split("/")), "")))


def _folder(name: str) -> Traversable:
    from importlib.resources import files

    # Never looked up through the folders of sys.path: an editable install leaves an old copy in one of them.
    package = files("cosmemory")
    packaged = package / name
    if packaged.is_dir():
        return packaged
    from pathlib import Path

    if isinstance(package, Path) and (package.parent / "pyproject.toml").is_file():
        return package.parent / name
    raise NotFound(
        f"The folder of packaged {'templates' if name == 'templates' else 'plugin files'}",
        "The installation is incomplete; install cosmemory again.",
    )


def template_names() -> tuple[str, ...]:
    """The name of every packaged template, relative to its folder with ``/`` between parts, sorted."""
    return tuple(sorted(_names(template_folder(), "")))


def template_text(name: str) -> str:
    """The text of the packaged template ``name``."""
    # Only a name that was listed is opened, so none can lead out of the folder.
    names = template_names()
    if name not in names:
        raise NotFound(f"The template {name!r}", f"These are packaged: {', '.join(names)}.")
    return template_folder().joinpath(*name.split("/")).read_bytes().decode("utf-8")


def _names(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _names(entry, f"{prefix}{entry.name}/")
        elif not entry.name.startswith("."):
            yield prefix + entry.name
