"""What setup is to change in a project, worked out before anything is written, and then done together."""

from __future__ import annotations

import os

from cosmemory.errors import Unsafe
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.git_settings import Change
from cosmemory.interfaces.cli.landing import land, refuse_unfit
from cosmemory.interfaces.cli.saving import read_file
from cosmemory.interfaces.cli.setup.harnesses import AGENTS, GEMINI_FILE, HARNESSES, parts_of
from cosmemory.interfaces.cli.setup.texts import Whole, is_edited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.cli.setup.parts import Part
    from cosmemory.interfaces.cli.setup.program import Program

INSTALLED, OUTDATED, MISSING, EDITED = "installed", "out of date", "missing", "edited by hand"


@frozen(kw_only=True)
class Plan:
    """The files that are to change, by their paths as seen from the project, and what is worth saying about it."""

    project: str
    changes: tuple[tuple[str, Change], ...]
    notes: tuple[str, ...] = ()


@frozen()
class Found:
    """A part as it stands in a project."""

    name: str
    path: str
    state: str


def plan_setup(name: str, project: str, program: Program) -> Plan:
    """What makes every part of a harness stand as it should."""
    held = _Files(project)
    notes = []
    for part in parts_of(name, project, program):
        held.after[part.path] = part.put(held.now(part.path))
        notes += _edits(part, held.now(part.path))
    return Plan(project=project, changes=held.changes(), notes=tuple(notes))


def plan_removal(name: str, project: str, program: Program) -> Plan:
    """What takes every part of a harness out again; what another harness reads too stays for it."""
    held = _Files(project)
    notes = []
    users = [each for each in HARNESSES if each != name and _is_used(each, project, program)]
    for part in reversed(_all_parts(name, project, program)):
        before = held.now(part.path)
        needing = [each for each in users if part.path in _paths(each, project, program)]
        if part.shared and needing:
            if part.taken(before) != before:
                notes.append(f"{part.path} stays for {HARNESSES[needing[0]].title}")
            continue
        held.after[part.path] = part.taken(before)
        notes += _edits(part, before)
    return Plan(project=project, changes=held.changes(), notes=tuple(notes))


def found(name: str, project: str, program: Program) -> list[Found]:
    """How each part of a harness stands in a project. Raises what setup would raise."""
    held = _Files(project)
    told = []
    for part in parts_of(name, project, program):
        data = held.now(part.path)
        if part.put(data) == data:
            state = EDITED if _edits(part, data) else INSTALLED
        else:
            state = MISSING if part.taken(data) == data else OUTDATED
        told.append(Found(part.name, part.path, state))
    return told


def carry_out(plan: Plan) -> None:
    """Does what a plan says, all or nothing; a file that somebody else has saved since it was made keeps what they saved."""
    land(tuple(change for _, change in plan.changes))
    for _, change in plan.changes:
        if change.after is None:
            _remove_empty(os.path.dirname(change.path), plan.project)


class _Files:
    """The files of a project as they are, and as they are to be."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.before: dict[str, bytes | None] = {}
        self.after: dict[str, bytes | None] = {}

    def now(self, path: str) -> bytes | None:
        """A file as the parts before have left it."""
        if path not in self.before:
            self.before[path] = self.after[path] = read_file(_place(self.project, path))
        return self.after[path]

    def changes(self) -> tuple[tuple[str, Change], ...]:
        """The files that come out different."""
        made = [
            (path, Change(path=_place(self.project, path), before=before, after=self.after[path]))
            for path, before in self.before.items()
        ]
        changes = tuple(each for each in made if not each[1].empty)
        for path, change in changes:
            refuse_unfit(change, path)
        return changes


def _place(project: str, path: str) -> str:
    """The file behind a path of a project: links are followed inside the project, and refused where they lead out."""
    whole = os.path.join(project, *path.split("/"))
    real, top = os.path.realpath(whole), os.path.realpath(project)
    if os.path.commonpath([real, top]) != top:
        raise Unsafe(
            path, f"a symbolic link leads out of the project, to {real}", "Make it a file of the project."
        )
    if os.path.islink(whole) and not os.path.exists(real):
        raise Unsafe(path, "it is a symbolic link to nothing", "Remove it.")
    if os.path.lexists(real) and not os.path.isfile(real):
        raise Unsafe(path, "it is no plain file", "Move it away.")
    above = os.path.dirname(real)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        raise Unsafe(path, f"{os.path.relpath(above, top)} is no folder", "Move it away.")
    return real


def _all_parts(name: str, project: str, program: Program) -> list[Part]:
    """The parts of a harness, wherever an earlier setup may have put them."""
    parts = parts_of(name, project, program)
    if name == "gemini":
        from cosmemory.interfaces.cli.setup.harnesses import section

        known = {each.path for each in parts}
        parts += [section(path) for path in (AGENTS, GEMINI_FILE) if path not in known]
    return parts


def _is_used(name: str, project: str, program: Program) -> bool:
    """Whether a harness is set up in a project: a part that is its own alone stands there."""
    held = _Files(project)
    own = [each for each in parts_of(name, project, program) if not each.shared]
    return any(each.taken(held.now(each.path)) != held.now(each.path) for each in own)


def _paths(name: str, project: str, program: Program) -> set[str]:
    return {each.path for each in parts_of(name, project, program)}


def _edits(part: Part, data: bytes | None) -> list[str]:
    if isinstance(part, Whole) and data is not None and is_edited(data):
        return [f"{part.path} was edited by hand and stays as it is; remove it to get ours"]
    return []


def _remove_empty(folder: str, project: str) -> None:
    """Removes the folders that a file of ours left empty, up to the project."""
    top = os.path.realpath(project)
    while folder != top and os.path.commonpath([folder, top]) == top:
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)
