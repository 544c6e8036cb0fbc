"""A harness as a process of its own: it runs hooks and commands, each in a process, and can be killed with all of them.

It is warm: it has loaded what a hook loads, so that a process is a fork of it and a long day is played in seconds.
A request is a line of JSON on stdin, a list of runs that begin together; the answer their exit codes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module

TOUCHES = frozenset(
    ["open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate", "os.utime", "os.scandir", "fcntl.flock"]
)
LOADED = (
    "cosmemory.interfaces.cli.app cosmemory.interfaces.hook.entry cosmemory.interfaces.hook.sessions "
    "cosmemory.interfaces.hook.team cosmemory.interfaces.hook.tools cosmemory.interfaces.hook.files "
    "cosmemory.interfaces.hook.prompts cosmemory.interfaces.hook.notices cosmemory.interfaces.hook.compaction "
    "cosmemory.operations.harness.sessions cosmemory.operations.harness.team cosmemory.operations.harness.tasks "
    "cosmemory.maintenance.briefing cosmemory.maintenance.compaction cosmemory.maintenance.reconcile "
    "cosmemory.connect cosmemory.operations.state cosmemory.operations.alerts cosmemory.operations.handoffs "
    "cosmemory.engines.files.journal cosmemory.interfaces.hook.harnesses.claude sqlite3 json"
).split()


def die_at(touch: int, root: str) -> None:
    """Kills this process when it is about to touch the memory for the so-and-so-manieth time."""
    left = touch

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in TOUCHES and (event == "fcntl.flock" or root in str(arguments[0])):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def child(run: dict[str, object]) -> int:
    """One hook or command, in the process that was made for it."""
    from cosmemory.__main__ import main

    for number, name, flags in (
        (0, "told", os.O_RDONLY),
        (1, "out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, "err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        descriptor = os.open(str(run[name]), flags, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    for name in [each for each in os.environ if each.startswith(("COSMEMORY", "CLAUDE"))]:
        del os.environ[name]
    os.environ.update(run["environ"])  # type: ignore[call-overload]
    if run.get("kill"):
        die_at(int(str(run["kill"])), str(run["root"]))
    code = main(list(run["argv"]))  # type: ignore[call-overload]
    sys.stdout.flush()
    return code


def fork(run: dict[str, object]) -> int:
    """The number of a process that does one run."""
    number = os.fork()
    if number == 0:
        code = 70
        try:
            code = child(run)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 71
        finally:
            os._exit(code)
    return number


def serve() -> None:
    """Answers requests until stdin ends."""
    for module in LOADED:
        try:
            import_module(module)
        except ImportError:
            continue  # it is called otherwise by now: the fork loads it
    for line in sys.stdin:
        running = [fork(run) for run in json.loads(line)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in running]
        print(json.dumps(codes), flush=True)


if __name__ == "__main__":
    serve()
