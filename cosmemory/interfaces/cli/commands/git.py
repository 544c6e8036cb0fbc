"""The commands that make git merge pages by meaning, and the one that git itself calls for it."""

from __future__ import annotations

import os
import sys

from cosmemory.interfaces.cli.declared import group, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices
from cosmemory.interfaces.cli.session import reading, session_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.interfaces.cli.git_calls import Repository
    from cosmemory.interfaces.cli.git_install import Plan
    from cosmemory.interfaces.cli.session import Session


@group
def git() -> None:
    """Let git merge pages by meaning, or stop it."""


@git.command()
@reading
@option("--dry-run", flag=True, help="Show the difference and change nothing.")
@option("--check", "asked", flag=True, help="Tell whether merges go by meaning, and change nothing.")
def install(asked: bool, dry_run: bool, **options: Any) -> int:
    """Let git merge the memory's pages by meaning: attributes for all clones, a driver for this one.

    Safe to run twice; nothing that stands in the attributes or in git's configuration is touched.
    """
    from cosmemory.interfaces.cli.git_install import plan_install

    session = session_of(options)
    repository = _repository(session)
    if asked:
        return _checked(repository, session)
    _do(plan_install(repository), "git merges pages by meaning", session, dry=dry_run)
    return 0


@git.command()
@reading
@option("--dry-run", flag=True, help="Show the difference and change nothing.")
@option("--keep-attributes", "keep", flag=True, help="Take the driver from this clone alone.")
def uninstall(keep: bool, dry_run: bool, **options: Any) -> None:
    """Let git merge pages line by line again: what install has set is taken back."""
    from cosmemory.interfaces.cli.git_install import plan_uninstall

    session = session_of(options)
    plan = plan_uninstall(_repository(session), keep=keep)
    _do(plan, "git merges pages line by line", session, dry=dry_run)


@git.command("merge-driver", hidden=True)
@option("--ancestor", metavar="FILE", required=True, help="The common ancestor.")
@option("--current", metavar="FILE", required=True, help="Our side; the result takes its place.")
@option("--other", metavar="FILE", required=True, help="Their side.")
@option("--marker-size", metavar="N", least=1, help="How long the marks of a dispute are.")
@option("--path", metavar="PATH", required=True, help="The page, as seen from the top of the work tree.")
@option("--ours-label", metavar="TEXT", help="What our side is called.")
@option("--theirs-label", metavar="TEXT", help="What their side is called.")
@option("--virtual", flag=True, help="Merge two common ancestors: where they differ, the older one stands.")
def merge_driver(virtual: bool, **given: Any) -> int:
    """Merge a page for git: exit 0 where all is settled, 3 where marks are left, 4 where nothing was done."""
    try:
        from cosmemory.interfaces.cli.git_merge import merge_base_for_git, merge_for_git

        return merge_base_for_git(**given) if virtual else merge_for_git(**given)
    except Exception as error:  # noqa: BLE001 - whatever it is, git must learn that our side is not the result
        from cosmemory.interfaces.cli.git_driver import FAILED

        sys.stderr.write(f"cosmemory: {given['path']}: {type(error).__name__}: {error}\n")
        return FAILED


def _repository(session: Session) -> Repository:
    from cosmemory.interfaces.cli.git_calls import repository_of
    from cosmemory.root import find_root

    return repository_of(find_root(session.root, os.environ, os.getcwd()))


def _do(plan: Plan, then: str, session: Session, *, dry: bool) -> None:
    """Does what a plan says and tells of it; on a dry run tells alone."""
    from cosmemory.interfaces.cli.git_install import carry_out

    notes = plan.notes if dry else carry_out(plan)
    if session.as_json:
        told = {"changed": [each.path for each in plan.changes], "notes": list(notes)}
        print_json("git", {**told, "dry_run": True, "diff": _difference(plan)} if dry else told)
        return
    tell_notices(notes)
    if dry:
        print_text(_difference(plan), end="")
        return
    lines = [f"{'removed' if each.after is None else 'changed'} {each.path}" for each in plan.changes]
    print_text("\n".join([*lines, then if lines else f"{then} already"]))


def _difference(plan: Plan) -> str:
    """What a plan would change, as a unified diff."""
    from difflib import unified_diff

    found: list[str] = []
    for each in plan.changes:
        old, new = ([] if data is None else _lines(data) for data in (each.before, each.after))
        found += unified_diff(old, new, each.path, each.path, lineterm="")
    return "".join(line.rstrip("\r\n") + "\n" for line in found)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")


def _checked(repository: Repository, session: Session) -> int:
    from cosmemory.interfaces.cli.git_check import check

    found = check(repository)
    good = all(each.good for each in found)
    if session.as_json:
        held = [{"name": each.name, "good": each.good, "told": each.told} for each in found]
        print_json("git-check", {"good": good, "checks": held})
        return 0 if good else 1
    print_text("\n".join(f"{'ok ' if each.good else 'BAD'}  {each.told}" for each in found))
    if not all(each.good for each in found[:-1]):
        sys.stderr.write("hint: cosmemory git install sets what is missing.\n")
    return 0 if good else 1
