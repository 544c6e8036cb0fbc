"""A look at what was saved without us: recorded as made by hand, brought together with newer changes, and checked."""

from __future__ import annotations

from cosmemory.maintenance.hand_edits import noticed
from cosmemory.rules.rule import ERROR, INFO
from cosmemory.text.fenced import fenced, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cosmemory.checks.beside import CheckedPage
    from cosmemory.interfaces.hook.call import Call
    from cosmemory.memory import Memory

MOST_PAGES = 10


def look(call: Call, memory: Memory, own: Collection[str]) -> tuple[str, ...]:
    """What was saved by hand recorded and reconciled; the pages that were.

    The agent knows of what its tool did to its ``own`` pages, or, where the tool does not tell, of all that was.
    """
    from cosmemory.interfaces.hook.news import own_edits_are_told

    pages = noticed(memory)
    own_edits_are_told(call, memory, own or pages)
    return pages


def told_of(memory: Memory, paths: Sequence[str]) -> str:
    """What is to be said of pages that an agent edited, fenced; empty where all is well."""
    from cosmemory.interfaces.hook.guard import lines_of

    lines = [f"- {one_line(each, 300)}" for each in memory.told]
    for page in found_on(memory, paths):
        grave = [each for each in page.diagnostics if each.severity != INFO]
        grave.sort(key=lambda each: each.severity != ERROR)
        lines += lines_of(page.path, page.text, grave) if grave else []
    if not lines:
        return ""
    said = fenced("\n".join(lines), "what cosmemory validate says of the pages that were edited")
    return f"The edit was made and recorded; see to what is wrong on these pages now.\n{said}"


def found_on(memory: Memory, paths: Sequence[str]) -> list[CheckedPage]:
    """The pages at ``paths``, checked."""
    live = set(memory.store.paths())
    wanted = [each for each in paths if each in live][:MOST_PAGES]
    if not wanted:
        return []
    return list(memory.validate(wanted, project_checks=memory.settings.hook_checks).pages)
