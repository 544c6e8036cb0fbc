"""Any damage to any page of any memory: after the repair it reads, nothing else was touched, and nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import CosmemoryError
from cosmemory.maintenance.damage import damage_of
from cosmemory.maintenance.repair import apply, plan
from cosmemory.maintenance.rotation import rotate
from cosmemory.memory import Memory
from cosmemory.operations import alerts, metrics, state, team
from cosmemory.operations.events import find_events
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.metrics import Results

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
LOG = "coordination-log.md"
SETTINGS = Settings(decisions=3, ended_actions=2, resolved_alerts=2, team_changes=4)
WORDS = ("disk", "the parser", "a | b", "`x`", "Ünï", "two\nlines", "naïve café", "#5", "x" * 40)


def a_memory(choose: random.Random) -> Memory:
    clock = [NOON]
    memory = Memory(EphemeralStore(), settings=SETTINGS, now=lambda: clock[0])
    initialise(memory)
    for _ in range(choose.randint(0, 25)):
        clock[0] += choose.choice([1, 60, 86_400 * 3])
        try:
            choose.choice(verbs_of(memory, choose))()
        except CosmemoryError:
            continue
    return memory


def verbs_of(memory: Memory, choose: random.Random) -> list[Callable[[], object]]:
    words, name = choose.choice(WORDS), choose.choice(["helper-1", "Ünï | three"])
    key = str(choose.randint(1, 3))
    return [
        lambda: state.set_focus(memory, words, priority="low"),
        lambda: state.add_action(memory, words),
        lambda: state.move_action(memory, "done", key),
        lambda: state.decide(memory, words, "why not"),
        lambda: team.join(memory, name, role=words, notes=words, capabilities="a,b"),
        lambda: team.assign_task(memory, name, words),
        lambda: team.leave(memory, name, reason=words),
        lambda: alerts.raise_alert(
            memory, kind=words, severity="warning", resource=words, value=words, threshold=words
        ),
        lambda: alerts.note_alert(memory, f"ALERT-{key}", words),
        lambda: alerts.resolve_alert(memory, f"ALERT-{key}"),
        lambda: metrics.record(memory, name, Results(tasks=3, on_time=1, first_pass=2)),
        lambda: rotate(memory),
    ]


def cut(data: bytes, choose: random.Random) -> bytes:
    return data[: choose.randrange(len(data))]


def mixed(data: bytes, choose: random.Random) -> bytes:
    at, other = choose.randrange(len(data)), choose.randrange(len(data))
    return data[:at] + data[other:]


def doubled(data: bytes, choose: random.Random) -> bytes:
    parts = data.split(b"\n## ")
    at = choose.randrange(len(parts))
    return b"\n## ".join([*parts[: at + 1], *parts[at:]])


def in_conflict(data: bytes, choose: random.Random) -> bytes:
    lines = data.split(b"\n")
    start = choose.randrange(len(lines))
    end = min(len(lines), start + choose.randint(1, 4))
    ours = lines[start:end]
    theirs = ours[: choose.randint(0, len(ours))]
    base = choose.choice([[], [b"||||||| base", *ours]])
    hunk = [b"<<<<<<< ours", *ours, *base, b"=======", *theirs, b">>>>>>> theirs"]
    return b"\n".join([*lines[:start], *hunk, *lines[end:]])


def with_nuls(data: bytes, choose: random.Random) -> bytes:
    at, size = choose.randrange(len(data)), choose.randint(1, 64)
    return data[:at] + b"\0" * size + data[at + choose.choice([0, size]) :]


def in_latin(data: bytes, choose: random.Random) -> bytes:
    del choose
    return data.decode().encode("cp1252", "replace")


def in_utf16(data: bytes, choose: random.Random) -> bytes:
    return data.decode().encode(choose.choice(["utf-16", "utf-16-le", "utf-16-be"]))


def with_marks(data: bytes, choose: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = choose.randrange(len(lines))
    lines[at] = b"\xef\xbb\xbf" + lines[at]
    return b"\xef\xbb\xbf\xef\xbb\xbf" + b"\n".join(lines)


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes | None]] = {
    "cut": cut,
    "mixed": mixed,
    "doubled": doubled,
    "conflict": in_conflict,
    "nuls": with_nuls,
    "latin": in_latin,
    "utf-16": in_utf16,
    "marks": with_marks,
    "twice": lambda data, _: data + data,
    "empty": lambda _, choose: b"\0" * choose.choice([0, 4096]),
    "lost": lambda _data, _choose: None,
}


def errors_of(memory: Memory, path: str) -> list[str]:
    pages = memory.validate([path]).pages
    return [each.message for page in pages for each in page.diagnostics if each.severity == "error"]


@settings(max_examples=settings.default.max_examples * 2)
@example(
    random.Random(1_001_033), "conflict"
)  # a section's end in conflict: its records came to stand in two
@given(st.integers(0, 2**32).map(random.Random), st.sampled_from(sorted(DAMAGES)))
def test_a_damaged_page_reads_again_after_its_repair(choose: random.Random, sort: str) -> None:
    memory = a_memory(choose)
    path = choose.choice(memory.store.paths())
    whole = memory.store._pages[path]
    entries = [(event.action, event.notes) for _, event in find_events(memory)]
    state.set_focus(memory, "the last change before")
    entries += [("the last change before", None)]
    whole = memory.store._pages[path]
    damaged = DAMAGES[sort](whole, choose)
    if damaged is None:
        del memory.store._pages[path]
    else:
        memory.store._pages[path] = damaged
    others = {each: data for each, data in memory.store._pages.items() if each not in {path, LOG}}
    mends = plan(memory, [path])
    if not mends:
        # What cannot be told from an edit by hand is left to validate.
        assert not damage_of(path, damaged)
        return
    apply(memory, mends)
    after = memory.store._pages
    assert after[path] not in {damaged, b""}
    assert errors_of(memory, path) == []
    assert {each: after[each] for each in others} == others
    if damaged:
        assert damaged in after.values()
    held = [(event.action, event.notes) for _, event in find_events(memory)]
    assert [each for each in entries if each not in held] == []
    before = dict(after)
    assert plan(memory, [path]) == ()
    assert dict(memory.store._pages) == before
