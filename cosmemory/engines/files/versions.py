"""Whether git, and no editor, put a page where it is: an older text that came with a branch is meant to be there."""

from __future__ import annotations

import hashlib
import os
import subprocess

# Nothing that a repository brings along may run, nothing may be written, and nobody is asked anything.
GIT = ("git", "-c", "core.fsmonitor=false", "--no-optional-locks", "--literal-pathspecs")
SECONDS = 10.0


def put_there_by_git(root: str, path: str, data: bytes, *, stands: bool) -> bool:
    """Whether git put that text of a page there.

    While it ``stands``, git's index knows its file, times included; where entries were appended since, it is the text
    that the index has.
    """
    tracked = _git(root, "ls-files", "--stage", "-z", "--", path)
    if tracked is None or not tracked.stdout:
        return False
    if not stands:
        kept = hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
        return kept.encode() in tracked.stdout.split()
    # Without a refresh, so that a file that was only saved with the same text counts as changed.
    same = _git(root, "diff-files", "--quiet", "--", path)
    return same is not None and same.returncode == 0


def _git(root: str, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        return subprocess.run(  # noqa: S603
            [*GIT, *arguments],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # no git, or one that does not answer: then an editor it was
