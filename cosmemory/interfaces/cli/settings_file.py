"""A change of a file of settings: made under the memory's lock, refused before anything wrong is written."""

from __future__ import annotations

import os
import tomllib

from cosmemory.config.checked import checked, dotted
from cosmemory.config.load import examined, home
from cosmemory.config.settings import FILE, LOCAL
from cosmemory.config.sources import BOM, Source, file_sources, read_toml, settings_folder
from cosmemory.engines.files.lock import Lock
from cosmemory.errors import ConfigError, EditedMeanwhile, UsageError
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.git_calls import call_git
from cosmemory.interfaces.cli.marked_block import with_block
from cosmemory.interfaces.cli.saving import read_file, save_file
from cosmemory.reader import known_kinds
from cosmemory.store import revision_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cosmemory.config import Settings
    from cosmemory.config.sources import Path

IGNORE = ".gitignore"


@frozen(kw_only=True)
class Edited:
    """What became of a file of settings."""

    path: str
    before: str
    after: str
    ignored: bool = False  # whether git was told to leave the file alone

    @property
    def changed(self) -> bool:
        """Whether there was anything to change."""
        return self.before != self.after


def target(root: str, *, local: bool) -> str:
    """The file that a change is made in."""
    return os.path.join(home(root), LOCAL if local else FILE)


def edit(
    root: str, make: Callable[[str], str], paths: list[Path], *, local: bool = False, dry_run: bool = False
) -> Edited:
    """The file of settings as ``make`` makes its text; ``paths`` are where it says something new.

    Raises ConfigError, with nothing written, for what would be wrong then and was not before.
    """
    path = target(root, local=local)
    with Lock(root):
        if os.path.lexists(path):
            read_toml(path)  # which says what is wrong with a file that is no TOML, or no file
        data = read_file(path)
        mark = BOM if data is not None and data.startswith(BOM) else b""
        before = (data or b"").removeprefix(mark).decode("utf-8")
        after = make(before)
        _refuse_wrong(root, path, after, paths)
        if dry_run or after == before:
            return Edited(path=path, before=before, after=after)
        if read_file(path) != data:
            raise EditedMeanwhile(path, revision_of(data or b""), None)
        # Ignored first: a file of one person's must not be there for a moment in which another commits it.
        ignored = local and data is None and _ignore(path)
        save_file(path, mark + after.encode("utf-8"))
    return Edited(path=path, before=before, after=after, ignored=ignored)


def _refuse_wrong(root: str, path: str, text: str, paths: list[Path]) -> None:
    folder = settings_folder(root)
    before = file_sources(folder) if folder is not None else []
    settings, wrong = examined(before, root)
    told = {str(each) for each in wrong + wrong_kinds(settings)}
    changed = Source(path=path, held=tomllib.loads(text))
    after = [each for each in before if each.path != path] + [changed]
    after.sort(key=lambda each: os.path.basename(each.path) == LOCAL)
    # What the local file hides must be right as well: it is what everybody else reads.
    settings, wrong = examined(after, root)
    wrong += [each for each in checked([changed])[1] if each.reason != "it is missing"]
    wrong += wrong_kinds(settings)
    for each in wrong:
        if str(each) not in told or _within(each, paths):
            raise each


def wrong_kinds(settings: Settings) -> list[ConfigError]:
    """What keeps the kinds that ``settings`` declare from being made, which would stop every command."""
    try:
        known_kinds(settings)
    except ConfigError as error:
        return [error]
    return []


def _within(wrong: ConfigError, paths: list[Path]) -> bool:
    named = [dotted(path) for path in paths]
    return any(wrong.key == name or wrong.key.startswith(f"{name}.") for name in named)


def is_ignored(path: str) -> bool:
    """Whether git leaves the file at ``path`` alone, or there is no git, or no repository, to take it up."""
    try:
        return call_git(os.path.dirname(path), "check-ignore", "-q", os.path.basename(path)).code != 1
    except UsageError:
        return True


def _ignore(path: str) -> bool:
    if is_ignored(path):
        return False
    place = os.path.join(os.path.dirname(path), IGNORE)
    save_file(place, with_block(read_file(place), (os.fsencode(os.path.basename(path)),)))
    return True
