"""Lists of items with boxes, ``- [ ] text`` and ``- [x] text``: read item by item, and changed box by box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cosmemory.document.fields import Origin, Part, Place, Record, column
from cosmemory.document.labels import PageReading
from cosmemory.document.values import Raw, enum
from cosmemory.frozen import frozen, replace
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import escape_field, escape_item, is_empty, unescape
from cosmemory.syntax.fields import items_of
from cosmemory.syntax.tree import Section
from cosmemory.text.spans import Span

OPEN, DONE = "open", "done"
STATE = enum("state of a task", OPEN, DONE)
BOX = pattern(r"\[(?P<mark>[ \txX])\](?:[ \t]+|$)")
_LIKE_A_BOX = pattern(r"\[.\](?:[ \t]|$)", re.DOTALL)


@frozen(kw_only=True)
class Task(Record):
    """One item of a checklist; without a state it has no box, and is a remark that nobody has to do."""

    text: str | None = column("Text", required=True)
    state: str | Raw | None = column("State", STATE)


def undone(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Those of ``tasks`` that have a box without a mark."""
    return tuple(task for task in tasks if task.state == OPEN)


def with_task(tasks: Sequence[Task], task: Task, state: str) -> tuple[Task, ...]:
    """``tasks`` with the one of them at another ``state``."""
    return tuple(replace(each, state=state) if each is task else each for each in tasks)


def task_source(task: Task) -> str:
    """A task as it stands behind its bullet."""
    if task.state is None:
        source = escape_item(task.text or "-")
        # Words in brackets at the start of a remark must not become a box.
        return f"\\{source}" if _LIKE_A_BOX.match(source) else source
    return f"[{'x' if task.state == DONE else ' '}] {escape_field(task.text or '-')}"


def read_tasks(page: PageReading, part: Part, section: Section) -> Iterator[Task]:
    """The tasks in the lists of ``section`` and of the sections inside it."""
    del part
    page.known.update(each.heading.start for each in section.walk())
    for words, _ in task_lines(page.tree.text, section):
        yield _task(page.tree.text, words)


def _task(text: str, words: Span) -> Task:
    source = words.of(text)
    box = BOX.match(source)
    if box is None:
        return Task(text=unescape(source).strip(), origin=Origin({"text": Place(words, item=True)}))
    mark = Place(Span(words.start + 1, words.start + 2), item=True)
    said = Place(Span(words.start + box.end(), words.end), item=True)
    state = OPEN if box["mark"] in " \t" else DONE
    return Task(
        text=unescape(source[box.end() :]).strip(), state=state, origin=Origin({"text": said, "state": mark})
    )


def task_lines(text: str, section: Section) -> list[tuple[Span, Span]]:
    """The items that are tasks or remarks: each with the span of its box and words, and of its whole line.

    What is indented below an item and has no box of its own belongs to that item.
    """
    found: list[tuple[Span, Span]] = []
    for each in (section, *section.walk()):
        for block in each.blocks:
            items = items_of(text, Span(block.start, block.end)) if block.kind == "list" else []
            for words, line in items:
                box = BOX.match(words.of(text))
                said = words.of(text)[box.end() :] if box else words.of(text)
                inner = text[line.start : line.start + 2].strip(" \t") == ""
                if not is_empty(unescape(said)) and (box or not inner):
                    found.append((words, line))
    return found
