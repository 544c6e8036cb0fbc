"""Settings of ours in a configuration file of git, in one block that goes as it came."""

from __future__ import annotations

import os

from cosmemory.errors import Refused
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.marked_block import with_block, without_block
from cosmemory.interfaces.cli.saving import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosmemory.interfaces.cli.git_calls import Repository

_EXCLUSIVE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NAMES = r"^merge\.cosmemory(-base)?\."


@frozen(kw_only=True)
class Change:
    """A file that is to be changed: its bytes before and after, None where it is not there."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def empty(self) -> bool:
        """Whether the file is as it should be."""
        return self.before == self.after


def settings_in_effect(repository: Repository) -> dict[str, str]:
    """What git holds of our settings, wherever they stand."""
    told = repository.call("config", "-z", "--get-regexp", _NAMES).out
    return dict(os.fsdecode(each).split("\n", 1) for each in told.split(b"\0") if b"\n" in each)


def settings_change(repository: Repository, wanted: Mapping[str, str] | None) -> Change:
    """The configuration of this clone with the settings ``wanted``, or with none of ours."""
    # Of the folder that all work trees of a clone share; absolute, since git answers as seen from its folder.
    told = repository.call("rev-parse", "--path-format=absolute", "--git-common-dir").line
    path = os.path.realpath(os.path.join(told, "config"))
    before = read_file(path)
    after = without_block(before)
    if wanted is not None:
        if wanted.items() <= settings_in_effect(repository).items():
            return Change(path=path, before=before, after=before)
        after = with_block(after, _lines(wanted))
    return Change(path=path, before=before, after=after)


def save_settings(repository: Repository, change: Change) -> None:
    """Puts changed settings in place as git does, under its lock.

    Raises Refused where somebody else is changing them, or where git reads anything of them otherwise than before.
    """
    lock = f"{change.path}.lock"
    try:
        descriptor = os.open(lock, _EXCLUSIVE, os.stat(change.path).st_mode & 0o777)
    except FileExistsError as error:
        raise Refused(
            f"{change.path} is being changed by another program.", f"Or {lock} was left behind."
        ) from error
    try:
        with open(descriptor, "wb") as file:
            file.write(change.after or b"")
            file.flush()
            os.fsync(file.fileno())
        _refuse_surprises(repository, change, lock)
        os.chmod(lock, os.stat(change.path).st_mode & 0o7777)
        os.replace(lock, change.path)
    except BaseException:
        os.unlink(lock)
        raise


def _refuse_surprises(repository: Repository, change: Change, written: str) -> None:
    if read_file(change.path) != change.before:
        raise Refused(f"{change.path} was changed meanwhile.", "Try again.")
    if _others(repository, written) != _others(repository, change.path):
        raise Refused(f"git would not read {change.path} as it does now.", "Mend its last line first.")


def _others(repository: Repository, path: str) -> list[bytes] | None:
    """The settings in a file that are none of ours, as git reads them; None where it cannot."""
    told = repository.call("config", "--file", path, "-z", "--list")
    if told.code != 0:
        return None
    return [
        each
        for each in told.out.split(b"\0")
        if not each.startswith((b"merge.cosmemory.", b"merge.cosmemory-base."))
    ]


def _lines(settings: Mapping[str, str]) -> tuple[bytes, ...]:
    lines, section = [], ""
    for key, value in settings.items():
        _, driver, name = key.split(".")
        if driver != section:
            lines.append(f'[merge "{driver}"]')
            section = driver
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'\t{name} = "{quoted}"')
    return tuple(os.fsencode(line) for line in lines)
