"""Calls of git, and what git says of the repository that a memory lies in."""

from __future__ import annotations

import os
import subprocess

from cosmemory.errors import UsageError
from cosmemory.frozen import frozen

# Set by git for its hooks; they would lead every call to the repository of the hook, as seen from another folder.
_OF_A_HOOK = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
)


@frozen(kw_only=True)
class Said:
    """What a call of git came to."""

    code: int
    out: bytes
    err: str

    @property
    def line(self) -> str:
        """The first line of its answer."""
        return os.fsdecode(self.out.split(b"\n")[0])


@frozen()
class Repository:
    """The repository that a folder belongs to, seen from that folder."""

    folder: str

    def call(self, *arguments: str, stdin: bytes = b"") -> Said:
        """What git answers to ``arguments`` in the folder."""
        return call_git(self.folder, *arguments, stdin=stdin)

    def attribute(self, name: str, paths: tuple[str, ...]) -> dict[str, str]:
        """What an attribute is for each path, as git sees it now."""
        given = b"".join(os.fsencode(path) + b"\0" for path in paths)
        told = self.call("check-attr", "-z", "--stdin", name, stdin=given)
        parts = [os.fsdecode(part) for part in told.out.split(b"\0")]
        return dict(zip(parts[::3], parts[2::3], strict=False))


def call_git(folder: str, *arguments: str, stdin: bytes = b"") -> Said:
    """What git answers to ``arguments`` in ``folder``; in English, whatever the user speaks.

    Raises UsageError where there is no git.
    """
    kept = {key: value for key, value in os.environ.items() if key not in _OF_A_HOOK}
    try:
        ran = subprocess.run(  # noqa: S603 - git as the user would call it, never through a shell
            ["git", "-C", folder, *arguments],  # noqa: S607 - the git of the user's PATH is the one that merges
            input=stdin,
            capture_output=True,
            env={**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            check=False,
        )
    except FileNotFoundError as error:
        raise UsageError(
            "There is no git on the PATH.", "Install git, or name its folder in PATH."
        ) from error
    return Said(code=ran.returncode, out=ran.stdout, err=ran.stderr.decode("utf-8", "replace").strip())


def repository_of(folder: str) -> Repository:
    """The repository whose work tree holds ``folder``. Raises UsageError where there is none."""
    told = call_git(folder, "rev-parse", "--is-inside-work-tree")
    if told.code == 0 and told.line == "true":
        return Repository(folder)
    if told.code == 0 or "not a git repository" in told.err:
        raise UsageError(
            f"{folder} is in no work tree of git.", "git init makes a repository of the project."
        )
    raise UsageError(f"git refuses to work in {folder}: {told.err.removeprefix('fatal: ').splitlines()[0]}")
