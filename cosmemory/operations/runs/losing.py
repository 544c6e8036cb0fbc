"""Attempts of a run whose end nobody recorded."""

from __future__ import annotations

from cosmemory.kinds.run import Execution
from cosmemory.operations.lost_executions import lost_in
from cosmemory.operations.runs.changing import run_named
from cosmemory.reader import Reader


def lost_executions(memory: Reader, key: str) -> tuple[tuple[Execution, str], ...]:
    """The attempts of a run that run on its page though their phase or agent has ended, each with the reason."""
    return lost_in(memory, run_named(memory, key))
