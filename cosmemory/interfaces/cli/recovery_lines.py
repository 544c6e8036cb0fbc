"""What was interrupted and what is handed out of it, as text; agents have lines of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from cosmemory.interfaces.cli.agent_lines import blocks, interrupted_data
from cosmemory.interfaces.cli.status_texts import flat
from cosmemory.maintenance.interruptions import Handed, data_of
from cosmemory.maintenance.recovery import AGENT, Item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def item_data(item: Item) -> dict[str, Any]:
    """Something interrupted, for JSON."""
    data = interrupted_data(item.record) if item.sort.kind == AGENT else data_of(item.record)
    return {**data, "handed_out": item.handed}


def item_lines(items: Iterable[Item], now: datetime) -> Iterator[str]:
    """Everything interrupted, each in a block of its own: agents as ever, the others behind what they are."""
    items = list(items)
    others = [each for each in items if each.sort.kind != AGENT]
    for each in others:
        yield f"{each.sort.kind} {each.key}{f' ({each.left})' if each.left else ''}"
        yield from _values(data_of(each.record))
    yield from blocks(((each.record, each.handed) for each in items if each.sort.kind == AGENT), now)


def handed_lines(done: Handed) -> Iterator[str]:
    """Everything that is needed to go on with something that is no agent."""
    yield f"{done.kind} {done.key}"
    yield f"    Why: {done.reason}"
    yield from _values(done.data)


def _values(data: dict[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if value not in (None, "", [], {}, ()):
            yield f"    {name.replace('_', ' ').capitalize()}: {_said(value)}"


def _said(value: Any) -> str:
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(map(flat, value))
    if isinstance(value, str):
        return flat(value)
    return json.dumps(value, ensure_ascii=False)
