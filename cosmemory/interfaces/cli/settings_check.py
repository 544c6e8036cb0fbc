"""A check of all settings: everything that is wrong at once, and what is merely worth saying."""

from __future__ import annotations

import os

from cosmemory.config.checked import checked
from cosmemory.config.environment import unheard
from cosmemory.config.load import examined
from cosmemory.config.settings import FILE, LOCAL, Settings
from cosmemory.config.sources import Source, environment_source, read_toml, settings_folder, unread
from cosmemory.errors import ConfigError, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.settings_file import is_ignored, wrong_kinds


@frozen(kw_only=True)
class Found:
    """What a check found."""

    files: list[str]
    errors: list[ConfigError]
    warnings: list[str]
    made: list[str]


def check_settings(root: str, *, make: bool) -> Found:
    """Everything that is to be said of the settings of the memory at ``root``; ``make`` makes missing folders."""
    sources, errors = _files(root)
    files = [source.path for source in sources]
    # A file has to be right by itself, also in what the local one hides: it is what everybody else reads.
    for source in sources[:1]:
        if os.path.basename(source.path) == FILE:
            errors += checked([source])[1]
    said = environment_source(os.environ)
    settings, wrong = examined(sources + ([said] if said is not None else []), root)
    known = {str(each) for each in errors}
    errors += [each for each in wrong + wrong_kinds(settings) if str(each) not in known]
    made = _make(settings) if make else []
    return Found(files=files, errors=errors, warnings=_warnings(root, files, settings), made=made)


def _files(root: str) -> tuple[list[Source], list[ConfigError]]:
    """The files that can be read, and what is wrong with those that cannot."""
    folder = settings_folder(root)
    sources: list[Source] = []
    errors: list[ConfigError] = []
    for name in (FILE, LOCAL):
        path = os.path.join(folder, name) if folder is not None else ""
        if path and os.path.lexists(path):
            try:
                sources.append(Source(path=path, held=read_toml(path)))
            except ConfigError as error:
                errors.append(error)
    return sources, errors


def _missing(settings: Settings) -> list[str]:
    named = [settings.artifacts, os.path.dirname(settings.log_file)]
    return [folder for folder in named if folder and not os.path.lexists(folder)]


def _make(settings: Settings) -> list[str]:
    missing = _missing(settings)
    for folder in missing:
        os.makedirs(folder, exist_ok=True)
    return missing


def _warnings(root: str, files: list[str], settings: Settings) -> list[str]:
    from cosmemory.config.environment import variables

    counts = files[0] if files else "another file"
    theirs = [path for path in files if os.path.basename(path) == LOCAL and not is_ignored(path)]
    return [
        *(f"{path} is not read: {counts} counts." for path in unread(root)),
        *(
            f"{name} is no setting. {did_you_mean(name, variables(), '')}".rstrip()
            for name in unheard(os.environ)
        ),
        *(f"{path} is one person's, and git does not ignore it: name it in .gitignore." for path in theirs),
        *(
            f"The folder {folder} is not there; it is made when it is needed, or by --make."
            for folder in _missing(settings)
        ),
    ]
