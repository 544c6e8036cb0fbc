"""What makes git merge a memory's pages by meaning: a line in .gitattributes, settings in this clone."""

from __future__ import annotations

import os

from cosmemory.errors import Unsafe
from cosmemory.frozen import frozen
from cosmemory.interfaces.cli.git_calls import Repository
from cosmemory.interfaces.cli.git_driver import base_driver_command, driver_command
from cosmemory.interfaces.cli.git_settings import Change, save_settings, settings_change, settings_in_effect
from cosmemory.interfaces.cli.marked_block import has_block, with_block, without_block
from cosmemory.interfaces.cli.saving import read_file, save_file

ATTRIBUTES = ".gitattributes"
SAMPLES = ("cos-state.md", "team-roster.md", "coordination-log.md", "alerts/active-alerts.md", "page.md")
DRIVER = "merge.cosmemory.driver"
_NAMED = b"merge=cosmemory"
_COMMENT = (
    b"# Pages are merged by meaning once 'cosmemory git install' was run in a clone; until then line by line."
)


@frozen(kw_only=True)
class Plan:
    """What is to change in a repository, and what is worth saying about it."""

    repository: Repository
    attributes: Change
    settings: Change
    notes: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The files that are to change."""
        return tuple(each for each in (self.attributes, self.settings) if not each.empty)


def plan_install(repository: Repository) -> Plan:
    """What ``git install`` has to do; nothing where git has all of it already, whoever set it."""
    attributes = _attributes(repository)
    notes: tuple[str, ...] = ()
    edited = attributes.before is not None and has_block(attributes.before)
    if not edited and not pages_are_named(repository):
        line, notes = _line(repository)
        attributes = _to(attributes, with_block(attributes.before, (_COMMENT, line)))
    wanted = {
        "merge.cosmemory.name": "cosmemory: pages by meaning",
        DRIVER: driver_command(),
        # Common ancestors have a driver of their own: markers in a base would hide what is around them.
        "merge.cosmemory.recursive": "cosmemory-base",
        "merge.cosmemory-base.name": "cosmemory: common ancestors of pages",
        "merge.cosmemory-base.driver": base_driver_command(),
    }
    settings = settings_change(repository, wanted)
    return Plan(repository=repository, attributes=attributes, settings=settings, notes=notes)


def plan_uninstall(repository: Repository, *, keep: bool) -> Plan:
    """What ``git uninstall`` has to do: all that is ours goes, or where ``keep`` is set, all but the attributes."""
    attributes = _attributes(repository)
    if attributes.before is not None and not keep:
        attributes = _to(attributes, without_block(attributes.before, _is_theirs))
    return Plan(repository=repository, attributes=attributes, settings=settings_change(repository, None))


def carry_out(plan: Plan) -> tuple[str, ...]:
    """Does what a plan says, and gives what there is to say about it."""
    if not plan.settings.empty:
        save_settings(plan.repository, plan.settings)
    if not plan.attributes.empty:
        save_file(plan.attributes.path, plan.attributes.after)
    return plan.notes


def pages_are_named(repository: Repository) -> bool:
    """Whether git's attributes, wherever they stand, name the driver for pages."""
    return set(repository.attribute("merge", SAMPLES).values()) == {"cosmemory"}


def driver_in_effect(repository: Repository) -> str | None:
    """The command of the driver that this clone has."""
    return settings_in_effect(repository).get(DRIVER)


def _to(change: Change, after: bytes | None) -> Change:
    return Change(path=change.path, before=change.before, after=after)


def _attributes(repository: Repository) -> Change:
    """The attributes of the memory's own folder, which nothing above it overrides, as they are."""
    path = os.path.join(repository.folder, ATTRIBUTES)
    if os.path.islink(path):
        raise Unsafe(path, "it is a symbolic link, which git does not read", "Make it a plain file.")
    held = read_file(path)
    return Change(path=path, before=held, after=held)


def _is_theirs(line: bytes) -> bool:
    """Whether somebody else wrote a line between our marks."""
    return line.rstrip(b"\r\n") != _COMMENT and _NAMED not in line.split()


def _line(repository: Repository) -> tuple[bytes, tuple[str, ...]]:
    """The line for the pages; it says that they keep their bytes, unless git changes those of one already."""
    line = b"*.md merge=cosmemory diff=markdown"
    for each in repository.call("ls-files", "--eol", "-z", "--", "*.md").out.split(b"\0"):
        about, _, page = each.partition(b"\t")
        index, tree = [*about.split(), b"", b""][:2]
        if len(tree) > len(b"w/") and index[2:] != tree[2:]:
            told = f"{os.fsdecode(page)} has other line ends in the work tree than in git"
            return line, (f"{told}; what becomes of them is left to your settings",)
    # Without it a CRLF page that goes through text=auto or core.autocrlf comes back with other bytes.
    return line + b" -text", ()
