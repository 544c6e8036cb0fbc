"""The command that plugs the memory into a coding agent."""

from __future__ import annotations

import os
from contextlib import nullcontext

from cosmemory.errors import NoMemory, UsageError
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices, tell_warning
from cosmemory.interfaces.cli.session import reading, session_of, unified

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Any

    from cosmemory.interfaces.cli.git_settings import Change
    from cosmemory.interfaces.cli.session import Session
    from cosmemory.interfaces.cli.setup.planning import Plan
    from cosmemory.interfaces.cli.setup.program import Program

NAMES = ("claude", "codex", "gemini", "cursor", "opencode")
NOT_ON_PATH = "cosmemory is not on the PATH, where a coding agent looks for it"
REMEDY = "install it with pipx or uv tool, or let setup --python name this Python"


@command(epilog="Files are written in the project that holds the memory; cosmemory init makes one.")
@reading
@argument("harness", choices=NAMES)
@option("--remove", flag=True, help="Take out again what setup has put in.")
@option(
    "--check", "asked", flag=True, help="Tell what is installed, and change nothing; exit 1 if not all is."
)
@option("--dry-run", flag=True, help="Show the difference and change nothing.")
@option("--python", flag=True, help="Name the Python that runs now, where cosmemory is not on the PATH.")
def setup(harness: str, remove: bool, asked: bool, dry_run: bool, python: bool, **options: Any) -> int:
    """Plug the memory into a coding agent: its hooks, its MCP server, a skill, a section for it to read.

    Nothing else in its files changes, safe to run twice.
    """
    from cosmemory.interfaces.cli.setup.program import program_of

    session = session_of(options)
    if asked and (remove or dry_run):
        raise UsageError("--check changes nothing by itself.", "Leave --remove and --dry-run out.")
    root = _root(session, needed=not (remove or asked))
    project = _project(root)
    program = program_of(root, project, python=python)
    if asked:
        programs = [program, program_of(root, project, python=True)]
        return _checked(harness, project, programs[python:], session)
    with _alone(root, dry_run=dry_run):
        _do(harness, project, program, session, remove=remove, dry=dry_run)
    return 0


def _root(session: Session, *, needed: bool) -> str | None:
    """The memory; none is needed to take things out, or to look."""
    from cosmemory.root import find_root

    try:
        return find_root(session.root, os.environ, os.getcwd())
    except NoMemory:
        if needed:
            raise
        return None


def _project(root: str | None) -> str:
    """Where the files go: the folder that holds ``design/memory``, else this one or what it is a repository of."""
    from cosmemory.root import INSIDE

    if root is not None and os.path.realpath(root).endswith(os.sep + INSIDE):
        return os.path.dirname(os.path.dirname(os.path.realpath(root)))
    folder = here = os.getcwd()
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return here
        folder = above
    return folder


def _is_within(folder: str, project: str) -> bool:
    """Whether somebody who works in ``folder`` expects files of ``project`` to change."""
    return f"{os.path.realpath(folder)}{os.sep}".startswith(
        f"{os.path.realpath(project).rstrip(os.sep)}{os.sep}"
    )


def _alone(root: str | None, *, dry_run: bool) -> AbstractContextManager[Any]:
    """The memory's lock: two setups at once write one after the other."""
    if root is None or dry_run:
        return nullcontext()
    from cosmemory.engines.files.lock import Lock

    return Lock(root)


def _do(harness: str, project: str, program: Program, session: Session, *, remove: bool, dry: bool) -> None:
    from cosmemory.interfaces.cli.setup.harnesses import HARNESSES
    from cosmemory.interfaces.cli.setup.planning import carry_out, plan_removal, plan_setup

    plan = (plan_removal if remove else plan_setup)(harness, project, program)
    if not dry:
        carry_out(plan)
    notes = [*plan.notes, *([HARNESSES[harness].note] if HARNESSES[harness].note and not remove else [])]
    if not _is_within(os.getcwd(), project):
        notes.insert(0, f"the files are those of {project}, which holds the memory")
    if session.as_json:
        told = {"harness": harness, "changed": [path for path, _ in plan.changes], "notes": notes}
        print_json("setup", {**told, "dry_run": True, "diff": _difference(plan)} if dry else told)
    elif dry:
        tell_notices(notes)
        print_text(_difference(plan), end="")
    else:
        tell_notices(notes)
        lines = [f"{_done(each)} {path}" for path, each in plan.changes]
        then = f"{HARNESSES[harness].title} {'knows nothing of the memory' if remove else 'uses the memory'}"
        print_text("\n".join([*lines, then if lines else f"{then} already"]))
    if not remove:
        _warn(program)


def _done(change: Change) -> str:
    if change.after is None:
        return "removed"
    return "made" if change.before is None else "changed"


def _difference(plan: Plan) -> str:
    return "".join(unified(path, each.before or b"", each.after or b"") for path, each in plan.changes)


def _warn(program: Program) -> None:
    from cosmemory.interfaces.cli.git_driver import finds_itself
    from cosmemory.interfaces.cli.setup.program import ON_PATH, is_on_path

    if program.words == ON_PATH and not is_on_path():
        tell_warning(f"{NOT_ON_PATH}; {REMEDY}")
    elif program.words != ON_PATH and not finds_itself():
        tell_warning("this Python finds cosmemory only here; install it, so that a coding agent's does too")


def _checked(harness: str, project: str, programs: list[Program], session: Session) -> int:
    """Tells how each part stands, for that of the programs which the files name."""
    from cosmemory.interfaces.cli.setup.harnesses import HARNESSES, switched_off
    from cosmemory.interfaces.cli.setup.planning import EDITED, INSTALLED, found
    from cosmemory.interfaces.cli.setup.program import ON_PATH, is_on_path

    fine = (INSTALLED, EDITED)
    tried = [(found(harness, project, each), each) for each in programs]
    parts, program = max(tried, key=lambda each: sum(part.state in fine for part in each[0]))
    seen = program.words != ON_PATH or is_on_path()
    off = switched_off(harness, project)
    good = seen and not off and all(each.state in fine for each in parts)
    if session.as_json:
        held = [{"name": each.name, "path": each.path, "state": each.state} for each in parts]
        told = {"harness": harness, "good": good, "parts": held, "found": seen, "switched_off": off}
        print_json("setup-check", told)
        return 0 if good else 1
    lines = [
        f"{'ok ' if each.state in fine else 'BAD'}  {each.path}: {each.name} {each.state}" for each in parts
    ]
    lines.append("ok   cosmemory is found" if seen else f"BAD  {NOT_ON_PATH}")
    lines += [f"BAD  all hooks are switched off: {off}"] if off else []
    print_text("\n".join(lines))
    note = HARNESSES[harness].note
    if not good:
        note = REMEDY if not seen else "" if off else f"cosmemory setup {harness} puts in what is missing"
    tell_notices([note] if note else [])
    return 0 if good else 1
