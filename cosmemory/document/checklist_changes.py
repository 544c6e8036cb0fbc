"""Edits of checklists: a box ticked by its one character, items that come, go and are said in other words."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.checklists import DONE, Task, task_lines, task_source
from cosmemory.document.fields import Part
from cosmemory.document.record_order import kept
from cosmemory.document.value_changes import PageChange, section_of, whole_list
from cosmemory.syntax.tree import Section
from cosmemory.syntax.writers import content_end
from cosmemory.text.edits import Edit
from cosmemory.text.spans import Span


def change_checklist(change: PageChange, part: Part, old: Sequence[Task], new: Sequence[Task]) -> None:
    """The edits that turn the tasks ``old`` of a section of the page into ``new``."""
    if tuple(old) != tuple(new):
        change_tasks(change, section_of(change, part), old, new)


def change_tasks(change: PageChange, section: Section, old: Sequence[Task], new: Sequence[Task]) -> None:
    """The edits that turn the tasks ``old``, which stand in ``section``, into ``new``."""
    if not old:
        if new:
            whole_list(change, section, [f"- {task_source(task)}" for task in new])
        return
    lines = {id(task.origin): line for task, line in zip(old, task_lines(change.text, section), strict=True)}
    staying, gone = kept(old, new)
    fresh = _fresh(new, staying)
    if not staying:
        first, *rest = [lines[id(task.origin)] for task in gone]
        change.edits.append(_instead(change, first, gone[0], fresh.get(None, [])))
        change.edits.extend(Edit(line[1].start, line[1].end, "") for line in rest)
        return
    for task in new:
        before = staying.get(id(task.origin)) if task.origin else None
        if before is not None and before != task:
            change.edits.append(_edit(lines[id(task.origin)][0], before, task))
    change.edits.extend(
        Edit(lines[id(each.origin)][1].start, lines[id(each.origin)][1].end, "") for each in gone
    )
    for anchor, tasks in fresh.items():
        change.edits.append(_insertion(change, section, lines, staying, anchor, tasks))


def _fresh(new: Sequence[Task], staying: dict[int, Task]) -> dict[int | None, list[Task]]:
    """The tasks that are new at their place, by the origin of the staying one before them."""
    found: dict[int | None, list[Task]] = {}
    anchor: int | None = None
    for task in new:
        if task.origin is not None and id(task.origin) in staying:
            anchor = id(task.origin)
        else:
            found.setdefault(anchor, []).append(task)
    return found


def _edit(words: Span, before: Task, after: Task) -> Edit:
    if before.text == after.text and before.state is not None and after.state is not None:
        return Edit(words.start + 1, words.start + 2, "x" if after.state == DONE else " ")
    return Edit(words.start, words.end, task_source(after))


def _instead(change: PageChange, place: tuple[Span, Span], gone: Task, tasks: Sequence[Task]) -> Edit:
    """What stands in the place of the first item when none of the old ones stays."""
    del gone
    words, line = place
    if not tasks:
        return Edit(line.start, words.end, "None")
    prefix = _prefix(change.text, place)
    written = (change.tree.newline + prefix).join(task_source(task) for task in tasks)
    return Edit(line.start, words.end, prefix + written)


def _prefix(text: str, place: tuple[Span, Span]) -> str:
    words, line = place
    prefix = text[line.start : words.start]
    return prefix if prefix[-1:] in {" ", "\t"} else prefix + " "


def _insertion(
    change: PageChange,
    section: Section,
    lines: dict[int, tuple[Span, Span]],
    staying: dict[int, Task],
    anchor: int | None,
    tasks: Sequence[Task],
) -> Edit:
    newline = change.tree.newline
    if anchor is None:
        place = min((lines[each] for each in staying), key=lambda each: each[1].start)
        prefix = _prefix(change.text, place)
        written = "".join(prefix + task_source(task) + newline for task in tasks)
        return Edit(place[1].start, place[1].start, written)
    place = lines[anchor]
    at = _item_end(change.text, section, place[1], [each[1] for each in lines.values()])
    prefix = _prefix(change.text, place)
    return Edit(at, at, "".join(newline + prefix + task_source(task) for task in tasks))


def _item_end(text: str, section: Section, line: Span, others: Sequence[Span]) -> int:
    """Where an item ends, with what goes on below its line and stands before the next item and in its list."""
    blocks = [block for each in (section, *section.walk()) for block in each.blocks]
    end = next(block.end for block in blocks if block.start <= line.start < block.end)
    stop = min([end, *(other.start for other in others if other.start > line.start)])
    return content_end(text, Span(line.start, stop))
