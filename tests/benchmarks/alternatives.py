"""P14: the same event and the same field, kept by what people would take instead."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from cosmemory.document.data import data_of
from cosmemory.memory import Memory
from cosmemory.operations.pages import set_value
from tests.benchmarks.measure import Figure, Unmeasured, Work, ratio
from tests.benchmarks.writes import EVENT, memory_at, places

APPENDS, UPDATES = 100, 20  # pairs
ENTRIES = 10_000
PAGE = 4 * 1024
FIELD = "- **Primary Task:** "
NOTED = {
    "time": EVENT.time.isoformat(),
    "type": EVENT.type,
    "involved": EVENT.involved,
    "action": EVENT.action,
    "outcome": EVENT.outcome,
    "notes": EVENT.notes,
}


def checkpointer(path: Path, opened: ExitStack) -> Work:
    """What puts the event into LangGraph's SqliteSaver, each checkpoint upon the one before."""
    from langgraph.checkpoint.base import empty_checkpoint
    from langgraph.checkpoint.sqlite import SqliteSaver

    saver = opened.enter_context(SqliteSaver.from_conn_string(str(path)))
    last = [{"configurable": {"thread_id": "log", "checkpoint_ns": ""}}]
    steps = count()
    # Made beforehand, as the event is: what is measured is to keep them.
    ready = [{**empty_checkpoint(), "channel_values": {"event": NOTED}} for _ in range(APPENDS + 2)]

    def put() -> None:
        step = next(steps)
        last[0] = saver.put(last[0], ready[step], {"source": "update", "step": step}, {})

    return put


def database(path: Path, opened: ExitStack) -> Work:
    """What inserts the event into SQLite as durably as SQLite does it."""
    connection = sqlite3.connect(path, isolation_level=None)
    opened.callback(connection.close)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"CREATE TABLE events (id INTEGER PRIMARY KEY, {', '.join(NOTED)})")
    insert = f"INSERT INTO events ({', '.join(NOTED)}) VALUES ({', '.join('?' * len(NOTED))})"
    values = tuple(NOTED.values())
    return lambda: connection.execute(insert, values)


def repository(folder: Path, page: str, synced: str = "") -> Work:
    """What writes the page with another value of its field, and commits it with git as it is installed.

    Git by itself leaves it to the machine when a commit is on the disk; ``synced`` is a core.fsync that does not.
    """
    # What somebody has set for git on this machine is no part of the measure; nor is a repository around it.
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment = {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True
        )

    folder.mkdir()
    state = folder / "cos-state.md"
    state.write_text(page, encoding="utf-8")
    git("init", "-q")
    git("config", "user.name", "Chief of Staff")
    git("config", "user.email", "chief@example.org")
    if synced:
        git("config", "core.fsync", synced)
    git("add", "-A")
    git("commit", "-q", "-m", "Begin")
    before, _, after = page.partition(FIELD)
    rest = after.partition("\n")[2]
    tasks = count()

    def commit() -> None:
        state.write_text(f"{before}{FIELD}{task(next(tasks))}\n{rest}", encoding="utf-8")
        git("commit", "-q", "-a", "-m", "Set the primary task")

    return commit


def save(folder: Path, key: str, value: object) -> None:
    """One value of a state that is all one JSON file: read, changed, written anew, and copied for safety."""
    kept = folder / "state.json"
    state = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    now = datetime.now(UTC)
    version = state.get(key, {}).get("version", 0) + 1
    state[key] = {"value": value, "timestamp": now.isoformat(), "version": version}
    written = folder / "state.tmp"
    with written.open("w", encoding="utf-8") as file:
        json.dump(state, file, indent=2, default=str)
    written.replace(kept)
    shutil.copy2(kept, folder / f"state_{now:%Y%m%d_%H%M%S}.json")


def naive(folder: Path, page: object, entries: int = ENTRIES) -> Work:
    """What changes the field of a page in a state that holds so many events beside it."""
    folder.mkdir()
    held = {"value": NOTED, "timestamp": NOTED["time"], "version": 1}
    state = {f"event-{number:05d}": held for number in range(entries)}
    (folder / "state.json").write_text(json.dumps(state, indent=2), encoding="utf-8")
    state_page = json.loads(json.dumps(page))
    tasks = count()

    def update() -> None:
        state_page["current_focus"]["primary_task"] = task(next(tasks))
        save(folder, "cos-state", state_page)

    return update


def task(number: int) -> str:
    """Another value of the field, of the same length."""
    return f"task {number:06d}"


def setting(memory: Memory) -> Work:
    """What sets the field with cosmemory."""
    tasks = count()
    return lambda: set_value(memory, "cos-state", "current_focus.primary_task", task(next(tasks)))


def alternatives() -> Iterator[Figure | Unmeasured]:
    """P14: one event beside SqliteSaver and SQLite, one field beside git and a file of JSON."""
    with places() as found:
        for place, folder, _ in found:
            yield from appended(place, folder)
            yield from updated(place, folder)


def appended(place: str, folder: Path) -> Iterator[Figure | Unmeasured]:
    """One event more, kept durably by each."""
    memory = memory_at(folder / "log")
    for other, called, table in (
        (checkpointer, "SqliteSaver put", "checkpoints"),
        (database, "sqlite3 WAL FULL insert", "events"),
    ):
        what = f"one event, against {called}, {place}"
        path = folder / f"{table}.sqlite"
        with ExitStack() as opened:
            try:
                theirs = other(path, opened)
            except ModuleNotFoundError:
                yield Unmeasured(name="P14", what=what, why="langgraph-checkpoint-sqlite is not installed")
                continue
            measured = ratio(theirs, lambda: memory.log(EVENT), APPENDS)
            # What is not committed would have cost nothing.
            assert committed(path, table) == APPENDS + 2
        yield Figure(name="P14", what=what, goal=1.0, measured=measured)


def committed(path: Path, table: str) -> int:
    """How many rows others see in a table that is written in WAL mode."""
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        return other.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def updated(place: str, folder: Path) -> Iterator[Figure | Unmeasured]:
    """One field of a page, set by each."""
    small = memory_at(folder / "field", page=PAGE)
    page = (folder / "field" / "cos-state.md").read_text(encoding="utf-8")
    for called, synced in (("a git commit", ""), ("one that syncs", "all")):
        what = f"one field, against {called}, {place}"
        if not shutil.which("git"):
            yield Unmeasured(name="P14", what=what, why="git is not installed")
            continue
        theirs = repository(folder / f"git-{synced}", page, synced)
        # The shorter side is the second of each pair, and the goal how many times it goes into the first.
        measured = 1 / ratio(theirs, setting(small), UPDATES)
        yield Figure(name="P14", what=what, goal=15, measured=measured, least=True)
    large = memory_at(folder / "entries", page=PAGE)
    large.log(*[EVENT] * ENTRIES)
    theirs = naive(folder / "naive", data_of(large.read("cos-state")))
    measured = 1 / ratio(theirs, setting(large), UPDATES)
    what = f"one field beside {ENTRIES:,} entries of JSON, {place}"
    yield Figure(name="P14", what=what, goal=50, measured=measured, least=True)
