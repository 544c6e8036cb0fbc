"""What was changed since a number of the history, in few words, for somebody who knows what was before."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cosmemory.clock import format_time
from cosmemory.memory import Memory
from cosmemory.store import Remembered
from cosmemory.text.fenced import fenced, one_line

MOST, LONGEST, WIDEST = 20, 3_000, 200


def newest(memory: Memory) -> int:
    """The number of the newest change, 0 where there is none: what is changed from now on has a higher one."""
    found = next(iter(memory.store.history().revisions(limit=1)), None)
    return found.number if found is not None else 0


def changes(
    memory: Memory,
    since: int,
    *,
    besides: Collection[str] = (),
    unless: Callable[[Remembered], bool] | None = None,
) -> str:
    """What was changed after the change ``since``, fenced, newest first; empty where that is nothing.

    What the actors in ``besides`` did is left out, and each change of which ``unless`` says so. It is at most about 3,000 characters, and says what it leaves out.
    """
    if newest(memory) <= since:
        return ""
    from itertools import takewhile

    from cosmemory.maintenance.history import Past, differences_of
    from cosmemory.maintenance.moments import Texts, changes_of

    history = memory.store.history()
    after = takewhile(lambda change: change.number > since, changes_of(history))
    others = [
        change
        for change in after
        if change.by_hand or (change.attribution.actor not in besides and not (unless and unless(change)))
    ]
    texts, lines, used = Texts(history), [], 0
    for change in others[:MOST]:
        done = differences_of(texts, change, whole=False, kinds=memory.kinds)
        words = Past(change=change, differences=done).words
        who = "by hand" if change.by_hand else one_line(change.attribution.actor, 60) or "-"
        line = f"- #{change.number} {format_time(change.attribution.at)} {who}: {one_line(words, WIDEST)}"
        used += len(line) + 1
        if used > LONGEST:
            break
        lines.append(line)
    if not others:
        return ""
    text = fenced("\n".join(lines), f"what was changed since change {since}, newest first")
    rest = len(others) - len(lines)
    return text + (f"\n{rest} more; cosmemory history tells them." if rest else "")
