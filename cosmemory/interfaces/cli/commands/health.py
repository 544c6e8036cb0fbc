"""The command that tells how a memory fares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.frozen import replace
from cosmemory.interfaces.cli.declared import command
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text
from cosmemory.interfaces.cli.session import reading, session_of
from cosmemory.interfaces.cli.terminal import prose, show, styled
from cosmemory.maintenance.glance import Finding, megabytes
from cosmemory.maintenance.health import Health, examine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHOWN = 4
_STYLES = {"error": "bad", "warning": "warn", "info": "quiet"}


@command()
@reading
def health(**options: Any) -> int:
    """Tell how the memory fares, and what mends it: exit 0 when it is well, 1 when it is not."""
    session = session_of(options)
    memory = session.memory()
    # What was found clean is remembered by other commands; this one leaves no trace at all.
    memory.store = Rehearsal(memory.store)
    seen = examine(memory)
    if session.as_json:
        print_json("health", _data(seen))
    elif on_terminal():
        show(_screen(seen))
    else:
        for line in _lines(seen):
            print_text(line)
    return 0 if seen.well else 1


def _data(seen: Health) -> dict[str, Any]:
    figures = {name: getattr(seen, name) for name in ("pages", "used", "own", "free", "checkpoint", "holder")}
    return {"healthy": seen.well, "findings": [asdict(each) for each in seen.findings], **figures}


def _shown(seen: Health) -> Iterator[Finding]:
    """The findings of each sort as far as a screen has room for them, and how many more there are."""
    counts: Counter[str] = Counter()
    for each in seen.findings:
        counts[each.check] += 1
        if counts[each.check] <= SHOWN:
            yield each
        elif counts[each.check] == SHOWN + 1:
            rest = sum(other.check == each.check for other in seen.findings) - SHOWN
            said = f"{rest} more of this sort ({each.check})."
            yield replace(each, said=said, command="cosmemory health --json")


def _lines(seen: Health) -> Iterator[str]:
    yield _head(seen)
    for each in _shown(seen):
        yield ""
        yield f"{each.severity}: {each.said}"
        if each.command:
            yield f"  {each.command}"
    yield ""
    yield _foot(seen)


def _screen(seen: Health) -> Iterator[str]:
    worst = next((each.severity for each in seen.findings), "")
    yield styled(_head(seen), _STYLES.get(worst, "good") if worst != "info" else "good")
    for each in _shown(seen):
        yield ""
        yield from prose(f"{each.severity}: {each.said}", _STYLES[each.severity])
        if each.command:
            yield styled(f"  {each.command}", "name")
    yield ""
    yield from prose(_foot(seen), "quiet")


def _head(seen: Health) -> str:
    counts = {level: sum(each.severity == level for each in seen.findings) for level in ("error", "warning")}
    told = ", ".join(f"{count} {level}{'s' if count > 1 else ''}" for level, count in counts.items() if count)
    if not seen.well:
        return f"The memory is not well: {told}."
    return f"The memory is well, with {told}." if told else "The memory is well."


def _foot(seen: Health) -> str:
    room = f", {megabytes(seen.free)} free" if seen.free is not None else ""
    checkpoint = seen.checkpoint or "none"
    return (
        f"{seen.pages} pages, {megabytes(seen.used)} used{room}; journal {megabytes(seen.own)}; "
        f"last checkpoint: {checkpoint}; lock {'held' if seen.holder else 'free'}"
    )
