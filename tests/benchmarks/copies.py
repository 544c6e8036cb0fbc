"""P15: what a checkpoint costs beside the bare copy that people would make."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from cosmemory.maintenance.checkpoints import create
from tests.benchmarks.measure import Figure, ratio
from tests.benchmarks.writes import memory_at, places

PAGES = 1_000
SIZE = 4 * 1024
PAIRS = 7


def copied(source: Path, target: Path) -> None:
    """A copy made by hand, and on the disk."""
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)
    os.sync()


def checkpoints() -> Iterator[Figure]:
    """P15: a checkpoint of a thousand pages."""
    with places() as found:
        for place, folder, twin in found:
            if twin:
                continue  # the goal is about a disk that has to be waited for
            memory = memory_at(folder / "memory")
            source = folder / "source"
            for pages in (folder / "memory" / "agents", source):
                pages.mkdir()
                for number in range(PAGES):
                    (pages / f"agent-{number:04d}.md").write_bytes(b"x" * 80 * (SIZE // 80))
            os.sync()
            numbers = count()
            measured = ratio(
                lambda source=source, folder=folder, numbers=numbers: copied(
                    source, folder / f"copy-{next(numbers)}"
                ),
                lambda memory=memory: create(memory),
                PAIRS,
            )
            yield Figure(
                name="P15",
                what=f"checkpoint of {PAGES} pages vs cp -r and sync, {place}",
                goal=1.5,
                measured=measured,
            )
