"""A harness as a process of its own: it runs hooks and commands, each in a process, and can be killed with all of them.

It is warm: it has loaded what a hook loads, so that a process is a fork of it and a long day is played in seconds.
A request is a line of JSON on stdin, a list of runs that begin together; the answer their exit codes.
"""

from __future__ import annotations

import json
import os
import signal
import sys

TOUCHES = frozenset(
    [
        "open",
        "os.rename",
        "os.remove",
        "os.link",
        "os.mkdir",
        "os.truncate",
        "os.utime",
        "os.scandir",
        "fcntl.flock",
    ]
)
# What is done once in a memory of its own before the day begins, so that all that it needs is loaded.
REHEARSED = (
    "init",
    "focus x --priority high",
    "action add x",
    "action start 1",
    "alert raise --type t --severity critical --resource r --value 2 --threshold 1",
    "alert resolve ALERT-1",
    "decision x --rationale y",
    "handoff create x --from a --to b",
    "log focus --action x",
)
TOLD = (
    *("SessionStart", "UserPromptSubmit", "SubagentStart", "TaskCreated", "TeammateIdle", "FileChanged"),
    *("PreToolUse", "PostToolUse", "Notification", "PreCompact", "PostCompact"),
    *("Stop", "TaskCompleted", "SubagentStop"),
)


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


def rehearse(folder: str) -> None:
    """Loads what hooks and commands load, by doing some of each."""
    from cosmemory.__main__ import main

    place, page = os.path.join(folder, "told"), os.path.join(folder, "design", "memory", "cos-state.md")
    os.makedirs(folder)
    kept = [os.dup(number) for number in range(3)]
    environ = {"COSMEMORY_NOW": "2026-11-19T09:00:00Z", "COSMEMORY_ROOT": os.path.dirname(page)}
    os.environ.update(environ)
    given = {"tool_input": {"file_path": page, "old_string": "## Notes", "new_string": "## Notes"}}
    more = {
        "session_id": "s",
        "agent_id": "",
        "agent_type": "x",
        "task_id": "1",
        "teammate_name": "y",
        "file_path": page,
    }
    calls = [(each.split(), "") for each in REHEARSED]
    calls += [
        (["hook"], json.dumps({**more, **given, "hook_event_name": each, "cwd": folder})) for each in TOLD
    ]
    for argv, told in calls:
        with open(place, "w", encoding="utf-8") as file:
            file.write(told)
        with open(place, "rb") as file, open(os.devnull, "wb") as nothing:
            os.dup2(file.fileno(), 0)
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        main(argv)
        sys.stdout.flush()
    for number, each in enumerate(kept):
        os.dup2(each, number)
        os.close(each)
    for name in environ:
        del os.environ[name]


def serve(folder: str) -> None:
    """Answers requests until stdin ends."""
    rehearse(folder)
    for line in sys.stdin:
        running = [fork(run) for run in json.loads(line)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in running]
        print(json.dumps(codes), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
