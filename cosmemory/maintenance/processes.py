"""Processes of this machine: one is named for good, and told from another that was given its number later."""

from __future__ import annotations

import os
from datetime import datetime

from cosmemory import clock
from cosmemory.document.values import time_of
from cosmemory.frozen import frozen
from cosmemory.kinds.agent import Process
from cosmemory.operations.process_marks import ENDED, boot, host, mark_at, status_of

ALIVE, GONE, OTHER, UNKNOWN = "alive", "gone", "other", "unknown"
UNSURE = "unsure"
# Clocks are set now and then, and pages tell whole seconds.
SLACK = 2


@frozen(kw_only=True)
class Identity:
    """What tells a process from every other: its number, machine and start, and a ``mark`` where the system has one.

    The mark is made of the machine's boot and the tick at which the process began, which no setting of the clock moves.
    """

    pid: int
    host: str
    started: datetime | None
    mark: str | None


def identify(pid: int) -> Identity | None:
    """The process ``pid`` as it runs now; None where there is none."""
    seen = _asked(pid)
    if seen is None:
        return None
    created, ticks = seen
    mark = mark_at(ticks) if boot() and ticks is not None else None
    return Identity(
        pid=pid, host=host(), started=time_of(int(created)) if created is not None else None, mark=mark
    )


def standing(
    pid: int | None, mark: str | None = None, recorded: str | None = None, on: str | None = None
) -> str:
    """What became of the process ``pid`` that ran on the machine ``on`` at the time ``recorded``.

    It is alive, gone, another one that was given its number, or unknown: no process was told of, or it ran on
    another machine.
    """
    if pid is None or pid < 1 or (on and on != host()):
        return UNKNOWN
    found = _glanced(pid, mark)
    return plainly(pid, mark, recorded) if found == UNSURE else found


def _glanced(pid: int, mark: str | None) -> str:
    """The same from what the system tells for next to nothing, or that this is not sure."""
    if not boot():
        return UNSURE  # no /proc, and there a signal of 0 may be one that ends the process
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return GONE
    except OSError:
        pass  # it is somebody else's
    if not mark:
        return UNSURE
    status = status_of(pid)
    if status is None:
        return UNSURE
    state, ticks = status
    if state in ENDED:
        return GONE
    # Another tick is another process, or a thread of one: that takes a second look.
    return ALIVE if mark == mark_at(ticks) else UNSURE


def plainly(pid: int, mark: str | None = None, recorded: str | None = None) -> str:
    """What psutil tells of the process ``pid``: the plain path, which decides."""
    import psutil

    try:
        seen = _asked(pid)
    except psutil.Error:
        return UNKNOWN  # it is there, and hidden from us
    if seen is None:
        return GONE
    created, ticks = seen
    if mark and boot() and ticks is not None:
        return ALIVE if mark == mark_at(ticks) else OTHER
    moment = clock.read_time(recorded or "")
    if moment is None or created is None:
        return UNKNOWN
    # Who had the number when it was recorded had it since before; one that began later was given it later.
    return ALIVE if created <= moment[0] + SLACK else OTHER


def _asked(pid: int) -> tuple[float | None, int | None] | None:
    """When the process ``pid`` began, in seconds since the epoch and in ticks since the machine did; None: gone."""
    import psutil

    try:
        process = psutil.Process(pid)
        with process.oneshot():
            if process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}:
                return None
            created = process.create_time()
    except (psutil.NoSuchProcess, OverflowError, ValueError):
        return None
    if not boot():
        return created, None
    return created, round((created - psutil.boot_time()) * os.sysconf("SC_CLK_TCK"))


def described(pid: int, output: str | None = None) -> Process:
    """The process ``pid`` as an agent's page names it; by its number alone where it has ended already."""
    known = identify(pid)
    if known is None:
        return Process(pid=pid, host=host(), output=output)
    return Process(pid=pid, host=known.host, started=known.started, mark=known.mark, output=output)


def ending_of(code: int) -> str:
    """What an exit code means, in words."""
    if code >= 0:
        return f"exit code {code}"
    from signal import Signals

    try:
        return f"ended by {Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


@frozen(kw_only=True)
class Machine:
    """This machine at one moment: memory in use in percent, the load of the last minute, and its processors."""

    memory: float | None
    load: float | None
    processors: int = 1

    @property
    def strain(self) -> float | None:
        """The load for each processor: at 1 all of them are busy."""
        return None if self.load is None else self.load / self.processors


def machine() -> Machine:
    """This machine as it is now; None for what the system does not tell."""
    import psutil

    try:
        memory: float | None = psutil.virtual_memory().percent
    except (psutil.Error, OSError):
        memory = None
    try:
        load: float | None = psutil.getloadavg()[0]
    except (psutil.Error, OSError):
        load = None
    return Machine(memory=memory, load=load, processors=os.cpu_count() or 1)
