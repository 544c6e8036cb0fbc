"""An item of a checklist in three versions: its box, and the words that it is known by."""

from __future__ import annotations

from cosmemory.merge.pieces import Piece, settled_or_clash
from cosmemory.merge.singles import chosen
from cosmemory.merge.strategies import Merging, dotted
from cosmemory.merge.units import Scope, TaskText, Unit


def merge_task(merging: Merging, scope: Scope, base: Unit | None, ours: Unit, theirs: Unit) -> list[Piece]:
    """The line of an item that both sides have: the box of the side that changed it, the words in the style of ours."""
    b: TaskText | None = base.node if base is not None else None
    o: TaskText = ours.node
    t: TaskText = theirs.node
    found = [
        chosen(b.head if b else None, o.head, t.head),
        chosen(b.mark if b else None, o.mark.lower(), t.mark.lower()),
        chosen(b.tail if b else None, o.tail, t.tail),
    ]
    if o.tail.strip() == t.tail.strip():
        found[2] = o.tail if found[2] is None else found[2]
    found[0] = o.head if found[0] is None else found[0]
    if None in found:
        was = base.text if base is not None else None
        return [settled_or_clash(merging, dotted(task_path(scope, o)), was, ours.text, theirs.text)]
    return ["".join(filter(None, found))]


def task_path(scope: Scope, task: TaskText) -> tuple[str, ...]:
    """The path of a task: below the checklist that it stands in, or that of the block around it."""
    if scope.part is not None and scope.part.shape == "checklist":
        return (*scope.where, task.words)
    for attribute, inner in scope.shape.parts.items() if scope.shape is not None else ():
        if inner.shape == "checklist" and not inner.title:
            return (*scope.where, attribute, task.words)
    return (*scope.where, task.words)
