"""Whether a merge of pages would go by meaning here and now."""

from __future__ import annotations

import os
import tempfile

from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.git_calls import Repository
from cosmemory.interfaces.cli.git_install import driver_in_effect, pages_are_named
from cosmemory.interfaces.cli.saving import read_file, save_file

_LOG = "# Coordination Log\n\nSession: cos-1\nStarted: 2026-01-05T00:00:00Z\n\n## Events\n"
_ENTRY = "\n### 2026-01-05T01:00:00Z\n**Type:** focus\n**Action:** {}\n\n---\n"


@frozen()
class Check:
    """One thing that a merge by meaning needs: whether it is so, and a sentence that says it."""

    name: str
    good: bool
    told: str


def check(repository: Repository) -> tuple[Check, ...]:
    """Everything that a merge by meaning needs."""
    named, driver = pages_are_named(repository), driver_in_effect(repository)
    without = "this clone has no driver: git merges line by line"
    return (
        Check("attributes", named, f"pages are {'' if named else 'not '}named for the driver"),
        Check("driver", driver is not None, without if driver is None else "this clone has the driver"),
        _merge(driver),
        _own_folder(repository),
    )


def _own_folder(repository: Repository) -> Check:
    """Whether cosmemory's own folder, which ignores itself, stays out of git."""
    if repository.call("ls-files", "-z", "--", ".cosmemory").out:
        mend = "git rm -r --cached takes it out again"
        return Check("own-folder", good=False, told=f".cosmemory/ is in git: {mend}")
    there = os.path.isdir(os.path.join(repository.folder, ".cosmemory"))
    if there and repository.call("check-ignore", "-q", ".cosmemory/lock").code != 0:
        mend = "write * into .cosmemory/.gitignore"
        return Check("own-folder", good=False, told=f".cosmemory/ is not ignored by git: {mend}")
    return Check("own-folder", good=True, told=".cosmemory/ stays out of git")


def _merge(driver: str | None) -> Check:
    """Whether the driver, run as git runs it, merges two entries of a log that git itself cannot."""
    if driver is None:
        return Check("merge", good=False, told="the driver was not tried")
    texts = {"O": _LOG, "A": _LOG + _ENTRY.format("one"), "B": _LOG + _ENTRY.format("two")}
    with tempfile.TemporaryDirectory(prefix="cosmemory-") as folder:
        for name, text in texts.items():
            save_file(os.path.join(folder, name), text.encode())
        # As an alias the command runs in the shell that git would use for it, on every platform.
        command = _filled_in(driver, {"O": "O", "A": "A", "B": "B", "L": "7", "P": "coordination-log.md"})
        ran = Repository(folder).call("-c", f"alias.cosmemory-probe=!{command}", "cosmemory-probe")
        merged = read_file(os.path.join(folder, "A")) or b""
    good = ran.code == 0 and b" one\n" in merged and b" two\n" in merged
    if good:
        return Check("merge", good=True, told="the driver merges by meaning")
    why = ran.err.split("\n")[0] or f"it ended with {ran.code}"
    return Check("merge", good=False, told=f"the driver does not work: {why}")


def _filled_in(command: str, values: dict[str, str]) -> str:
    """A driver's command with what its per cent signs stand for, as git puts it in."""
    head, *parts = command.replace("%%", "\0").split("%")
    return "".join([head, *(values.get(part[:1], f"%{part[:1]}") + part[1:] for part in parts)]).replace(
        "\0", "%"
    )
