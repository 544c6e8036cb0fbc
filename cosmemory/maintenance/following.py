"""A real process started for an agent and followed to its end, with what it does on the agent's page.

The process leads a session of its own and goes on when we die: its page holds its number and mark, so that recovery
tells it from one that is gone. It does not begin before the page says so: until then it waits for a line on a pipe,
and where we die first it ends without having run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cosmemory.config import Settings
from cosmemory.errors import IllegalTransition, InvalidValue, NotFound, Refused, UsageError
from cosmemory.frozen import frozen, replace, slotted
from cosmemory.kinds.agent import COMPLETED, FAILED, INCOMPLETE
from cosmemory.maintenance.interrupted_agents import plainly
from cosmemory.maintenance.outputs import Output, output_of
from cosmemory.maintenance.processes import ALIVE, described, ending_of
from cosmemory.maintenance.resuming_agents import reason_of
from cosmemory.memory import Memory
from cosmemory.operations import agents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

PASSED_ON = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
LOOK = 0.5  # seconds between two looks at the size of the output
LONGEST_LINE = 200
GATE = 'read -r go && exec "$@" </dev/null'


@frozen(kw_only=True)
class Followed:
    """How an agent's process ended: its exit code, below 0 for a signal, and how often it was started again.

    The ``status`` is what the agent said of itself, else what the exit code says.
    """

    key: str
    status: str
    exit_code: int
    restarts: int
    output: str

    @property
    def completed(self) -> bool:
        """Whether it did its work."""
        return self.status == COMPLETED


@slotted
class _Following:
    """One agent that is followed: what is run, where it prints, whether somebody asked it to end, how it says it ended."""

    memory: Memory
    key: str
    command: tuple[str, ...]
    output: Output
    tell: Callable[[str], None]
    process: subprocess.Popen[bytes] | None = None
    asked: int = 0
    deadline: float | None = None
    killed: bool = False
    recorded: bool = True
    own: str = ""

    def record(self, verb: Callable[[], object]) -> None:
        """What happened, on the page; where it cannot be written that is told, and the work goes on."""
        try:
            verb()
        except IllegalTransition as moved:
            # The agent says itself how it fares, and was first.
            if moved.current in {COMPLETED, FAILED}:
                self.own = moved.current
            elif moved.current != moved.wanted:
                self.tell(str(moved))
        except NotFound as error:
            if self.recorded:
                self.tell(f"{self.key} is not on record any more: {error}")
        except agents.UNWRITABLE as error:
            self.tell(f"{self.key} is not on record: {error}")

    def pass_on(self, number: int, _: FrameType | None) -> None:
        """A signal sent on to the process and its children; Ctrl-C a second time does not wait for them."""
        if self.asked and number == signal.SIGINT:
            self.kill()
            return
        self.asked = number
        if self.deadline is None:
            self.deadline = time.monotonic() + self.memory.settings.agent_grace
        if self.process is not None and self.process.poll() is None:
            _send(self.process, number)

    def kill(self) -> None:
        """The end of a process that does not end when it is asked to, and of its children."""
        if self.process is not None and self.process.poll() is None:
            self.killed = True
            _send(self.process, KILL)

    @property
    def patience(self) -> float:
        """The seconds until the next look; none is left where the process was asked to end long ago."""
        if self.deadline is None or self.killed:
            return LOOK
        return min(LOOK, max(0.0, self.deadline - time.monotonic()))


def follow(
    memory: Memory,
    key: str,
    command: Sequence[str],
    *,
    restarts: int = 0,
    backoff: float | None = None,
    output: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
    **asked: Any,
) -> Followed:
    """The process of the agent ``key`` started and followed to its end, started again up to ``restarts`` times.

    Before each new start there is a pause, the first of ``backoff`` seconds, else as long as the settings say, as they
    also say by what it grows each time and how long it is at most. ``tell`` is told where a page could not be written. Raises Refused for an agent that is
    at work already, IllegalTransition for one that has completed.
    """
    if not command:
        raise UsageError("No command was given.", "cosmemory agent run ID -- COMMAND")
    place = output_of(memory, key, output)
    _make_ready(memory, key)
    following = _Following(memory, key, tuple(command), place, tell)
    again = 0
    with _signals(following.pass_on):
        while True:
            made = agents.spawn(memory, key, **(asked if not again else {})).result
            following.recorded = made.recorded
            if made.problem:
                tell(f"{key} is not on record: {made.problem}")
            code = _run(following, again)
            status = _ended(following, code)
            if (
                status == COMPLETED
                or again >= restarts
                or following.asked
                or not _pause(following, pause_before(memory.settings, again, backoff))
            ):
                break
            again += 1
            following.record(lambda: agents.retry(memory, key))
    return Followed(key=key, status=status, exit_code=code, restarts=again, output=place.path)


def _ended(following: _Following, code: int) -> str:
    """The status in which the agent has ended, on its page: its own word, else what the exit code says."""
    memory, key = following.memory, following.key
    following.own = ""
    if code == 0:
        following.record(lambda: agents.complete(memory, key, exit_code=0))
    else:
        error = _error(code, following)
        following.record(lambda: agents.mark_failed(memory, key, error=error, exit_code=code))
    return following.own or (FAILED if code else COMPLETED)


def pause_before(settings: Settings, again: int, first: float | None = None) -> float:
    """The seconds before a new start, after so many others; ``first`` is the first pause, else that of the settings."""
    delay = settings.retry_delay if first is None else first
    if not delay:
        return 0.0
    try:
        return min(delay * settings.retry_backoff**again, settings.retry_longest)
    except OverflowError:  # a number that large is longer than anything
        return settings.retry_longest


def _make_ready(memory: Memory, key: str) -> None:
    """An agent that failed waits again; one that is at work is left alone."""
    try:
        agent = agents.get(memory, key)
    except (NotFound, *agents.UNWRITABLE):
        return
    if agent.status == FAILED:
        agents.retry(memory, key)
    elif agent.status in INCOMPLETE[1:]:
        seen = plainly(str(agent.agent_id), agent)
        if seen is not None and seen.process == ALIVE:
            raise Refused(f"Agent {key} is at work, in process {seen.pid}.", "End its process first.")
        why = f", {reason_of(seen)}" if seen is not None else ""
        raise Refused(f"Agent {key} is {agent.status}{why}.", f"cosmemory recover resume --agent {key}")


def _run(following: _Following, again: int) -> int:
    """One run of the process; its exit code."""
    following.output.rotate()
    process = _begun(following)
    following.process = process
    running = described(process.pid, following.output.path)

    following.record(
        lambda: agents.started(following.memory, following.key, process=replace(running, restarts=again))
    )
    if following.asked:
        _send(process, following.asked)
    if process.stdin is not None:
        try:
            process.stdin.write(b"go\n")
            process.stdin.close()
        except BrokenPipeError:
            pass  # it was ended already
    while True:
        try:
            return process.wait(following.patience)
        except subprocess.TimeoutExpired:
            if not following.patience:
                following.kill()
            following.output.rotate()


def _begun(following: _Following) -> subprocess.Popen[bytes]:
    """The process, waiting for a line where the system has a shell that waits; else at work."""
    environment = {**os.environ, "COSMEMORY_AGENT": following.key}
    root = getattr(following.memory.store, "root", "")
    if root:
        environment["COSMEMORY_ROOT"] = root
    gated = os.name == "posix"
    line = ["/bin/sh", "-c", GATE, "sh", *following.command] if gated else list(following.command)
    descriptor = following.output.open()
    try:
        return subprocess.Popen(  # noqa: S603 - to run what it is told to is what it is for
            line,
            stdin=subprocess.PIPE if gated else subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise InvalidValue(
            "the command", f"{following.command[0]!r} cannot be run: {error.strerror}"
        ) from None
    finally:
        os.close(descriptor)


def _send(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()
    except (ProcessLookupError, PermissionError):
        pass  # it has just ended


def _pause(following: _Following, seconds: float) -> bool:
    """A wait before the next start; whether nobody asked for an end meanwhile."""
    end = time.monotonic() + seconds
    while not following.asked and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.1))
    return not following.asked


def _error(code: int, following: _Following) -> str:
    """Why the process ended, with the last that it said."""
    told = ending_of(code)
    if following.killed:
        told += f", for it did not end after {signal.Signals(following.asked).name}"
    last = following.output.last_line()[:LONGEST_LINE]
    return f"{told}: {last}" if last else told


@contextmanager
def _signals(taken: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Signals that would end us go to the process instead; as they were before, afterwards."""
    # In any other thread Python leaves signals as they are.
    ours = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in PASSED_ON if ours and hasattr(signal, name)]
    before = {number: signal.signal(number, taken) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
