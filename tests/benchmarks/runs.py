"""P20: one more finding in a run of a thousand phases and ten thousand findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cosmemory.document.render import render
from cosmemory.kinds import RUN
from cosmemory.kinds.run import Finding, LastChange, Phase, Run
from cosmemory.memory import Memory
from cosmemory.operations.runs import add_finding
from tests.benchmarks.measure import Figure, ratio
from tests.benchmarks.writes import PAIRS, memory_at, places, raw_replace

PHASES, FINDINGS = 1_000, 10_000
KEY = "long"


def long_run(phases: int = PHASES, findings: int = FINDINGS) -> bytes:
    """The page of a run of so many phases and findings, about a megabyte."""
    at = datetime(2026, 11, 21, 6, tzinfo=UTC)
    run = Run(
        run_id=KEY,
        goal="Bring the whole of it over",
        status="executing",
        current_phase=f"phase {phases - 1}",
        created=at,
        started=at,
        last_change=LastChange(last_updated=at),
        phases=tuple(
            Phase(
                phase=f"phase {number}",
                status="in_progress" if number == phases - 1 else "completed",
                retries=0,
                limit=3,
                started=at,
                completed=None if number == phases - 1 else at,
            )
            for number in range(phases)
        ),
        findings=tuple(
            Finding(
                id=f"F-{number + 1}",
                phase=f"phase {number % phases}",
                severity="minor",
                text=f"The name of helper {number} says nothing of what it does",
                place=f"src/part_{number % 97}.py:{number % 400}",
                found=at,
            )
            for number in range(findings)
        ),
    )
    return render(run, RUN.template).encode()


def run_at(folder: Path) -> tuple[Memory, Path]:
    """A new memory with a long run in it."""
    memory = memory_at(folder)
    page = folder / "runs" / f"{KEY}.md"
    page.parent.mkdir()
    page.write_bytes(long_run())
    return memory, page


def findings() -> Iterator[Figure]:
    """P20: a finding more, beside a bare durable replacement of the same bytes."""
    with places() as found:
        for place, folder, twin in found:
            memory, page = run_at(folder / "run")
            raw = folder / "raw-run.md"
            data = page.read_bytes()
            measured = ratio(
                lambda raw=raw, data=data: raw_replace(raw, data),
                lambda memory=memory: add_finding(
                    memory,
                    KEY,
                    f"phase {PHASES - 1}",
                    severity="minor",
                    text="One more",
                    place="src/app.py:1",
                ),
                PAIRS,
            )
            goal = (1.5, 8)[int(twin)]
            what = f"a finding more among {FINDINGS}, {place}"
            yield Figure(name="P20", what=what, goal=goal, measured=measured)
