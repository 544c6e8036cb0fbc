"""P1 to P5: what a durable write costs beside the bare calls that it cannot do without."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cosmemory.config import Settings
from cosmemory.engines.files.engine import FilesStore
from cosmemory.kinds.coordination_log import Event
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import set_value
from tests.benchmarks.measure import Figure, ratio

PAIRS = 100
LOG = "coordination-log.md"
EVENT = Event(
    time=datetime(2026, 11, 21, 6, tzinfo=UTC),
    type="message_sent",
    involved="helper-implementer",
    action="Assigned the parser's second half, with the notes of the first review",
    outcome="Accepted, to be done by Friday",
    notes="x" * 90,
)
ENTRY = b"### 2026-11-21T06:00:00Z\n**Type:** message_sent\n" + b"x" * 240 + b"\n\n---\n\n"


@contextmanager
def places() -> Iterator[list[tuple[str, Path, float]]]:
    """A folder on the disk and, where there is one, its twin on a tmpfs; which of the two goals counts there."""
    disk = Path(tempfile.mkdtemp(prefix=".bench-", dir="."))
    found = [("disk", disk, 0)]
    if os.path.isdir("/dev/shm"):
        found.append(("tmpfs", Path(tempfile.mkdtemp(prefix="cosmemory-", dir="/dev/shm")), 1))
    try:
        yield found
    finally:
        for _, folder, _ in found:
            shutil.rmtree(folder)


def memory_at(folder: Path, *, page: int = 0, entries: int = 0) -> Memory:
    """A new memory with a state page of so many bytes and a log of so many entries."""
    folder.mkdir(parents=True)
    memory = Memory(FilesStore(str(folder)), settings=Settings())
    initialise(memory)
    state = folder / "cos-state.md"
    text = state.read_bytes()
    rows = b"".join(b"- a note of mine, number %04d, as people write them\n" % n for n in range(page // 50))
    state.write_bytes(text + b"\n" + rows[: max(0, page - len(text))])
    with (folder / LOG).open("ab") as log:
        log.write(ENTRY * entries)
    return memory


def raw_replace(path: Path, data: bytes) -> None:
    """The fewest calls that replace a file durably."""
    temporary = f"{path}.raw"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(descriptor, data)
    os.fsync(descriptor)
    os.close(descriptor)
    os.rename(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def raw_append(path: Path) -> None:
    """The fewest calls that append 300 bytes durably."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, ENTRY[:300])
    os.fsync(descriptor)
    os.close(descriptor)


def updates() -> Iterator[Figure]:
    """P1: one field of a page."""
    with places() as found:
        for place, folder, twin in found:
            for size in (4, 40):
                memory = memory_at(folder / f"update-{size}", page=size * 1024)
                raw = folder / f"raw-{size}.md"
                data = (folder / f"update-{size}" / "cos-state.md").read_bytes()
                raw.write_bytes(data)
                numbers = iter(range(10**6))
                measured = ratio(
                    lambda raw=raw, data=data: raw_replace(raw, data),
                    lambda memory=memory, numbers=numbers: set_value(
                        memory, "cos-state", "current_focus.primary_task", f"task {next(numbers):06d}"
                    ),
                    PAIRS,
                )
                goal = (1.25, 3.5)[int(twin)]
                yield Figure(
                    name="P1", what=f"one field of a {size} KiB page, {place}", goal=goal, measured=measured
                )


def appends() -> Iterator[Figure]:
    """P2, P3, P4: one event, one at the end of a long log, a hundred in one call."""
    with places() as found:
        for place, folder, twin in found:
            raw = folder / "raw.md"
            raw.write_bytes(b"")
            short = memory_at(folder / "short")
            measured = ratio(lambda raw=raw: raw_append(raw), lambda memory=short: memory.log(EVENT), PAIRS)
            yield Figure(
                name="P2", what=f"one event, {place}", goal=(1.10, 2.5)[int(twin)], measured=measured
            )
            long = memory_at(folder / "long", entries=100_000)
            measured = ratio(
                lambda memory=short: memory.log(EVENT), lambda memory=long: memory.log(EVENT), PAIRS
            )
            yield Figure(
                name="P3", what=f"the same behind 100,000 entries, {place}", goal=1.10, measured=measured
            )
            measured = ratio(
                lambda raw=raw: raw_append(raw), lambda memory=short: memory.log(*[EVENT] * 100), PAIRS
            )
            yield Figure(name="P4", what=f"100 events in one call, {place}", goal=2.5, measured=measured)


def _appending(root: str, count: int, start: float, waits: multiprocessing.Queue[float]) -> None:
    store = FilesStore(root)
    time.sleep(max(0.0, start - time.time()))
    worst = 0.0
    for _ in range(count):
        began = time.perf_counter()
        store.append(LOG, ENTRY)
        worst = max(worst, time.perf_counter() - began)
    waits.put(worst)


def _together(root: str, writers: int, each: int) -> tuple[float, float]:
    """Entries a second, and the worst wait, of so many processes that append at once."""
    context = multiprocessing.get_context("fork")
    waits: multiprocessing.Queue[float] = context.Queue()
    start = time.time() + 0.3
    running = [context.Process(target=_appending, args=(root, each, start, waits)) for _ in range(writers)]
    for process in running:
        process.start()
    worst = max(waits.get() for _ in running)
    elapsed = time.time() - start
    for process in running:
        process.join()
    return writers * each / elapsed, worst


def contention() -> Iterator[Figure]:
    """P5: eight processes appending at once."""
    with places() as found:
        place, folder, _ = found[0]
        root = folder / "shared"
        memory = memory_at(root)
        before = memory.store.size(LOG)
        alone, _ = _together(str(root), 1, 400)
        together, worst = _together(str(root), 8, 50)
        lost = 800 - (memory.store.size(LOG) - before) // len(ENTRY)
        yield Figure(
            name="P5", what=f"8 writers against one, {place}", goal=0.8, measured=together / alone, least=True
        )
        yield Figure(
            name="P5", what=f"worst wait of 8 writers, {place}", goal=100, measured=worst * 1000, unit=" ms"
        )
        yield Figure(name="P5", what="entries lost", goal=0, measured=lost, unit="")
