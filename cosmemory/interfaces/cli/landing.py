"""Files of the user's, outside any memory, changed together: all of them or none."""

from __future__ import annotations

import os
from contextlib import suppress

from cosmemory.errors import EditedMeanwhile, NotSaved, Unsafe
from cosmemory.frozen import slotted
from cosmemory.interfaces.cli.saving import read_file, sync_folder, write_beside
from cosmemory.store import revision_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.cli.git_settings import Change


def refuse_unfit(change: Change, name: str) -> None:
    """Refuses a file that somebody has made read-only, and one whose other names would keep the old text."""
    with suppress(FileNotFoundError):
        found = os.stat(change.path)
        if not found.st_mode & 0o222 or not os.access(change.path, os.W_OK):
            raise Unsafe(
                name, "it is read-only, and whoever made it so wants it to stay", f"chmod u+w {name}"
            )
        if found.st_nlink > 1:
            said = f"it has {found.st_nlink} names (hard links), and the others would keep the old text"
            raise Unsafe(name, said, f"Make {name} a file of its own: copy it and rename the copy over it.")


def land(changes: tuple[Change, ...]) -> None:
    """Every change, each file whole and with the mode and the owner that it had; where one fails none is made.

    All that may fail for want of room is done before the first file gets its new text. Raises EditedMeanwhile where
    somebody else has saved a file since, NotSaved, which tells where anything could not be put back.
    """
    files = [_File(change=each) for each in changes]
    folders: list[str] = []
    at = ""
    try:
        for step in (lambda each: each.prepare(folders), _File.put):
            for each in files:
                at = each.change.path
                step(each)
        for at in dict.fromkeys(os.path.dirname(each.path) for each in changes):
            sync_folder(at)
    except BaseException as error:
        stands = [told for each in reversed(files) if (told := each.put_back())]
        for each in files:
            each.clear()
        for folder in reversed(folders):
            with suppress(OSError):
                os.rmdir(folder)
        if isinstance(error, OSError) or stands:
            raise _refusal(at, error, stands) from error
        raise
    for each in files:
        each.clear()


def _refusal(path: str, error: BaseException, stands: list[str]) -> NotSaved:
    reason = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
    return NotSaved(path, f"{reason or 'it was broken off'}; {'; '.join(stands) or 'nothing was changed'}")


@slotted
class _File:
    """One file on its way: its new text beside it, and a second name of the old one until all have landed."""

    change: Change
    fresh: str = ""
    old: str = ""
    begun: bool = False

    def prepare(self, folders: list[str]) -> None:
        """Everything but the last step; ``folders`` learns which were made."""
        change = self.change
        _make_folders(os.path.dirname(change.path), folders)
        if change.after is not None:
            self.fresh = write_beside(change.path, [change.after])
        if change.before is not None:
            self.old = f"{os.path.dirname(change.path)}/.cosmemory-{os.getpid()}-{id(self):x}"
            try:
                os.link(change.path, self.old)
            except OSError:  # a file system without second names
                self.old = write_beside(change.path, [change.before])

    def put(self) -> None:
        """The new text in its place, unless somebody has saved another one there since."""
        change = self.change
        if read_file(change.path) != change.before:
            raise EditedMeanwhile(change.path, revision_of(change.before or b""), None)
        self.begun = True
        if change.after is None:
            os.unlink(change.path)
        else:
            os.replace(self.fresh, change.path)

    def put_back(self) -> str:
        """The file as it was; what could not be put back is told, and kept."""
        change = self.change
        try:
            if not self.begun or read_file(change.path) != change.after:
                return ""  # not changed by us, or by somebody else since
            if self.old:
                os.replace(self.old, change.path)
            elif change.after is not None:
                os.unlink(change.path)
        except OSError as error:
            kept, self.old = self.old, ""
            told = f"{change.path} stays changed: {error.strerror}"
            return f"{told}; what it was is in {kept}" if kept else told
        return ""

    def clear(self) -> None:
        """Takes away what was beside the file."""
        for each in (self.fresh, self.old):
            with suppress(OSError):
                os.unlink(each)


def _make_folders(folder: str, made: list[str]) -> None:
    if not os.path.isdir(folder):
        _make_folders(os.path.dirname(folder), made)
        with suppress(FileExistsError):  # somebody else made it at this moment
            os.mkdir(folder)
            made.append(folder)
