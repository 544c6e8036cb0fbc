"""P8 to P11, P13: reading long logs, and checking many pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import mistune
from mistune.plugins.table import table

from cosmemory.config import Settings
from cosmemory.engines.files.engine import FilesStore
from cosmemory.memory import Memory
from cosmemory.operations.events import find_events
from tests.benchmarks.measure import Figure, Unmeasured, command, median, peak_kib, ratio
from tests.benchmarks.writes import LOG, memory_at, places

SAMPLE = (
    "### 2026-11-{day:02d}T{hour:02d}:{minute:02d}:00Z\n"
    "**Type:** message_sent\n"
    "**Involved:** helper-{number}, chief-of-staff\n"
    "**Action:** Assigned part {number} of the release to the next free member of the team\n"
    "**Outcome:** Accepted with a first estimate of two hours\n"
    "**Notes:** Asked for the review notes of part {number} and got them\n\n---\n\n"
)

# The rows of the sample page, with what its agents did and the same the day before: pages without a finding.
CLEAN = {
    "| Tasks Completed | 14 | 11 | +3 |": "| Tasks Completed | 8 | 8 | 0 |",
    "| On-Time Rate | 93% | 91% | +2% |": "| On-Time Rate | 100% | 100% | 0% |",
    "| Quality Rate | 86% | 90% | -4% |": "| Quality Rate | 88% | 88% | 0% |",
}


def _entry(number: int) -> str:
    return SAMPLE.format(
        day=1 + number // 1440 % 28, hour=number // 60 % 24, minute=number % 60, number=number
    )


def _log(folder: Path, entries: int) -> Memory:
    memory = memory_at(folder)
    with (folder / LOG).open("a", encoding="utf-8") as log:
        log.writelines(_entry(number) for number in range(entries))
    return memory


def _exhaust(events: Iterator[object]) -> None:
    deque(events, maxlen=0)


def logs() -> Iterator[Figure]:
    """P8, P9: all events of a log, and the last of them."""
    with places() as found:
        _, folder, _ = found[-1]
        memory = _log(folder / "ten", 10_000)
        text = (folder / "ten" / LOG).read_text(encoding="utf-8")
        parse = mistune.create_markdown(renderer=None)
        table(parse)
        slow = median(lambda: parse(text), 3)
        fast = median(lambda: _exhaust(find_events(memory)), 7)
        yield Figure(
            name="P8", what="10,000 entries, mistune against ours", goal=30, measured=slow / fast, least=True
        )
        large = _log(folder / "hundred", 100_000)
        megabytes = large.store.size(LOG) / 1e6
        base = ("-c", "import cosmemory.operations.events")
        listing = (
            "import sys; from cosmemory.connect import open_memory; from collections import deque;"
            "from cosmemory.operations.events import find_events;"
            "deque(find_events(open_memory(sys.argv[1])), maxlen=0)"
        )
        more = (peak_kib("-c", listing, str(folder / "hundred")) - peak_kib(*base)) / 1024
        what = f"memory to stream a log of {megabytes:.0f} MB"
        yield Figure(name="P8", what=what, goal=10, measured=more, unit=" MiB")
        last = median(lambda: _exhaust(find_events(large, last=20)), 200) * 1e6
        yield Figure(name="P9", what="last 20 of 100,000 events", goal=200, measured=last, unit=" us")


def _pages(folder: Path, days: int) -> None:
    """A memory with so many daily pages and months of agents."""
    memory = _log(folder, 300)
    sample = Path(__file__).parents[1] / "cases" / "pages"
    daily = (sample / "daily-metrics.md").read_text(encoding="utf-8")
    for row, clean in CLEAN.items():
        assert row in daily
        daily = daily.replace(row, clean)
    (folder / "performance").mkdir()
    for number in range(days):
        day = f"{2000 + number // 336:04d}-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}"
        text = daily.replace("2026-11-20", day)
        (folder / "performance" / f"metrics-{day}.md").write_text(text, encoding="utf-8")
    del memory


def _walk(root: str) -> int:
    total = 0
    for folder, _, files in os.walk(root):
        for name in files:
            total += os.stat(os.path.join(folder, name)).st_size
    return total


def checks() -> Iterator[Figure | Unmeasured]:
    """P10, P11, P13: validate, cold and with nothing changed."""
    with places() as found:
        _, folder, _ = found[-1]
        _pages(folder / "thousand", 1_016)
        root = str(folder / "thousand")
        ours = command("-m", "cosmemory", "--root", root, "validate")
        cache = folder / "thousand" / ".cosmemory" / "cache"

        def cold() -> None:
            shutil.rmtree(cache, ignore_errors=True)
            ours()

        for name, goal, least in (("rumdl", 1.0, False), ("mdformat", 30.0, True)):
            other = _other(name, root)
            what = f"validate 1,020 pages, cold, against {name}"
            if other is None:
                yield Unmeasured(name="P10", what=what, why=f"{name} is not installed")
                continue
            times = 5 if least else 20
            measured = ratio(other, cold, times)
            measured = 1 / measured if least else measured
            yield Figure(name="P10", what=what, goal=goal, measured=measured, least=least)
        _pages(folder / "many", 9_996)
        root = str(folder / "many")
        memory = Memory(FilesStore(root), settings=Settings())
        memory.validate()
        measured = ratio(lambda: _walk(root), memory.validate, 5)
        yield Figure(name="P11", what="validate 10,000 pages, nothing changed", goal=6, measured=measured)
        whole = peak_kib("-m", "cosmemory", "--root", root, "validate") / 1024
        yield Figure(name="P13", what="memory to validate 10,000 pages", goal=30, measured=whole, unit=" MiB")


def _other(name: str, root: str) -> object:
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        return None
    line = [str(program), "check", root] if name == "rumdl" else [str(program), "--check", root]
    return lambda: subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
