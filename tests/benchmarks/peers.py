"""P14: a durable change beside what a user would pick instead, with the same content, on the same disk."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cosmemory.memory import Memory
from cosmemory.operations.pages import set_value
from tests.benchmarks.measure import Figure, median, ratio
from tests.benchmarks.writes import ENTRY, EVENT, memory_at, places

PAIRS = 60
FEW = 20  # of what takes a tenth of a second
ENTRIES = 10_000
PAGE = 4 * 1024


def peers() -> Iterator[Figure]:
    """P14: an event beside inserts and checkpoints of databases, a field beside git and a file of JSON."""
    with places() as found:
        _, folder, _ = found[0]
        memory = memory_at(folder / "memory", page=PAGE)
        log = lambda: memory.log(EVENT)  # noqa: E731
        yield Figure(
            name="P14",
            what="one event, beside an insert into SQLite (WAL, FULL)",
            goal=1.0,
            measured=ratio(_insert(folder / "events.sqlite"), log, PAIRS),
        )
        put = _put(folder / "graph.sqlite")
        if put is not None:
            what = "one event, beside a put of LangGraph's SqliteSaver"
            yield Figure(name="P14", what=what, goal=1.0, measured=ratio(put, log, PAIRS))
        field = _field(memory)
        # Not in turn: what the other left unsynced would be synced, and waited for, by ours.
        if shutil.which("git"):
            text = (folder / "memory" / "cos-state.md").read_text(encoding="utf-8")
            measured = median(_commit(folder / "git", text), FEW) / median(field, PAIRS)
            what = "a git commit for each update, beside a field set"
            yield Figure(name="P14", what=what, goal=15, measured=measured, least=True)
        what = f"a file of JSON with {ENTRIES:,} entries and its copy, beside a field set"
        measured = median(_json(folder / "json"), FEW) / median(field, PAIRS)
        yield Figure(name="P14", what=what, goal=50, measured=measured, least=True)


def _field(memory: Memory) -> Callable[[], object]:
    numbers = iter(range(10**6))
    return lambda: set_value(memory, "cos-state", "current_focus.primary_task", f"task {next(numbers):06d}")


def _insert(path: Path) -> Callable[[], object]:
    """An event as a row, durable: what SQLite needs for it at the least."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, entry BLOB)")
    return lambda: connection.execute("INSERT INTO events (entry) VALUES (?)", (ENTRY,))


def _put(path: Path) -> Callable[[], object] | None:
    """A checkpoint of LangGraph with a state of 4 KiB; None where that is not installed."""
    try:
        from langgraph.checkpoint.base import empty_checkpoint
        from langgraph.checkpoint.sqlite import SqliteSaver
    except ImportError:
        return None
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA synchronous=FULL")
    saver = SqliteSaver(connection)
    saver.setup()
    thread = {"configurable": {"thread_id": "1", "checkpoint_ns": ""}}
    state = {"notes": "x" * PAGE}

    def put() -> object:
        checkpoint = {**empty_checkpoint(), "channel_values": state}
        return saver.put(thread, checkpoint, {"source": "loop", "step": 1}, {})

    return put


def _commit(folder: Path, text: str) -> Callable[[], object]:
    """A page written and committed, as those do who keep their notes in git."""
    folder.mkdir()
    numbers = iter(range(10**6))

    def git(*words: str) -> None:
        named = ("-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0")
        subprocess.run(["git", *named, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)

    git("init", "-q")

    def commit() -> None:
        (folder / "state.md").write_text(f"{text}- task {next(numbers)}\n", encoding="utf-8")
        git("add", "state.md")
        git("commit", "-q", "-m", "update")

    return commit


def _json(folder: Path) -> Callable[[], object]:
    """One file for all state, read and written whole for each value, with a copy beside it; it syncs nothing."""
    folder.mkdir()
    place = folder / "state.json"
    held = {
        "value": {"task": "Write the docs", "notes": "x" * 60},
        "timestamp": "2026-11-21T06:00:00",
        "version": 1,
    }
    place.write_text(json.dumps({f"agent-{number}": held for number in range(ENTRIES)}, indent=2))

    def save() -> None:
        state = json.loads(place.read_text())
        known = state["agent-7"]
        state["agent-7"] = {
            **held,
            "timestamp": datetime.now(UTC).isoformat(),
            "version": known["version"] + 1,
        }
        draft = place.with_suffix(".tmp")
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(state, file, indent=2, default=str)
        draft.replace(place)
        shutil.copy2(place, folder / "state_20261121_060000.json")

    return save
