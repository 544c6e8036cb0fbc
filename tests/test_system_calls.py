"""Every call that a command makes of its memory refused, or made its last, by the operating system itself.

A seeded sample by default; all of them with ``COSMEMORY_CALLS=all``, or as many as its number says.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.staged import LONG
from tests.benchmarks.runs import long_run
from tests.engines.scenarios import Pages, files_below, is_litter, judge, pages_on_disk

AMOUNT = os.environ.get("COSMEMORY_CALLS", "3")
NAMES = ("ENOSPC", "EDQUOT", "EIO", "EINTR", "EACCES", "EROFS", "EMFILE")
KILL = "SIGKILL"
# Refused from then on as well; the others are calls that the interpreter itself cannot do without.
LASTING = (
    "fsync",
    "pwrite64",
    "rename",
    "renameat",
    "renameat2",
    "linkat",
    "unlinkat",
    "ftruncate",
    "mkdirat",
)
CALL = re.compile(r"^(\d+ +)?(?P<name>\w+)\((?P<arguments>.*)$")
ENVIRONMENT = {
    "COSMEMORY_NOW": "2026-11-21T06:00:00Z",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(Path(__file__).parents[1]),
    "PATH": os.environ["PATH"],
    "NO_COLOR": "1",
}
VERBS = {
    "set": ["set", "cos-state", "current_focus.primary_task", "to be trusted"],
    "log": ["log", "focus", "--action", "to be trusted"],
    "alert": [
        "alert",
        "raise",
        "--type",
        "Memory",
        "--severity",
        "warning",
        "--resource",
        "db",
        "--value",
        "91%",
        "--threshold",
        "90%",
    ],
    "rotate": ["rotate"],
    "checkpoint": ["checkpoint", "create"],
    "restore": ["checkpoint", "restore", "latest"],
    "prune": ["checkpoint", "prune"],
    "init": ["init"],
    "repair": ["repair", "--yes"],
    "rebuild": ["rebuild", "cos-state", "--yes"],
    "undo": ["undo"],
    "reconcile": ["reconcile"],
    # On a page so long that its text does not go into the record of the change.
    "finding": ["run", "finding", "add", "long", "phase 2", "to be trusted", "--severity", "minor"],
}
NEXT = ["log", "focus", "--action", "whoever came next"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command that concerns its memory: the so-manieth of that name."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def acknowledged(self) -> bool:
        return self.code == 0 or (self.code < 0 and self.out != "")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder in memory where there is one, for memories that are made by the hundred."""
    if shutil.which("strace") is None:
        pytest.skip("there is no strace to refuse a call")
    above = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/tmp")
    folder = above / f"cosmemory-calls-{os.getpid()}"
    folder.mkdir()
    tried = ["strace", "-qq", "-e", "trace=none", sys.executable, "-c", ""]
    if subprocess.run(tried, capture_output=True, check=False).returncode != 0:
        pytest.skip("no process may be traced here")
    prepared(folder)
    yield folder
    shutil.rmtree(folder)
    prepared.cache_clear()
    states_of.cache_clear()
    calls_of.cache_clear()


def run(root: Path, arguments: Sequence[str], *tracing: str) -> Ran:
    traced = ["strace", "-f", "--seccomp-bpf", "-qq", *tracing] if tracing else []
    command = [*traced, sys.executable, "-m", "cosmemory", "--root", str(root), *arguments]
    ran = subprocess.run(command, env=ENVIRONMENT, cwd=root.parent, capture_output=True, check=False)
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def injected(root: Path, arguments: Sequence[str], call: Call, what: str) -> Ran:
    lasting, name = what.endswith("+"), what.rstrip("+")
    fault = f"signal={name}" if name == KILL else f"error={name}"
    when = f"inject={call.name}:{fault}:when={call.number}{'+' if lasting else ''}"
    return run(root, arguments, "-o", "/dev/null", "-e", f"trace={call.name}", "-e", when)


@cache
def prepared(place: Path) -> Path:
    """A memory that a few commands have made, with entries of a past week in its log."""
    root = place / "prepared" / "memory"
    root.parent.mkdir()
    for arguments in (
        ["init"],
        ["log", "focus", "--action", "of a past week", "--time", "2026-11-02T08:00:00Z"],
        ["log", "focus", "--action", "of this week"],
        ["checkpoint", "create"],
        ["focus", "something else"],
        ["checkpoint", "create"],
        ["focus", "something else again"],
    ):
        ran = run(root, arguments)
        assert ran.code == 0, ran.err
    (root / "cosmemory.toml").write_text("[checkpoints]\nkeep = 1\ndays = 0\n", encoding="utf-8")
    return root


def begun(place: Path, verb: str) -> Path:
    """The memory as the verb finds it."""
    root = place / "memory"
    shutil.rmtree(root, ignore_errors=True)
    if verb != "init":
        shutil.copytree(prepared(place), root)
    if verb == "repair":
        roster = root / "team-roster.md"
        roster.write_bytes(roster.read_bytes()[:200])
        (root / "cos-state.md").unlink()
    if verb == "reconcile":
        older = max((root / "checkpoints").iterdir()) / "cos-state.md"
        saved = older.read_bytes().replace(b"- **CPU Load:** -", b"- **CPU Load:** 3")
        (root / "cos-state.md").write_bytes(saved)
    if verb == "finding":
        page = root / "runs" / "long.md"
        page.parent.mkdir(exist_ok=True)
        page.write_bytes(long_run(3, 1_000))
        assert page.stat().st_size > LONG
    if verb == "rebuild":
        state = root / "cos-state.md"
        state.write_bytes(state.read_bytes().replace(b"something else again", b"nothing at all"))
    return root


@cache
def states_of(place: Path, verb: str) -> tuple[Pages, Pages]:
    """The pages before and after."""
    root = begun(place, verb)
    before = pages_on_disk(root)
    ran = run(root, VERBS[verb])
    assert ran.code == 0, ran.err
    return before, pages_on_disk(root)


def traced(root: Path, arguments: Sequence[str]) -> tuple[Call, ...]:
    """Every call that names the memory's folder, or a file in it."""
    out = root.parent / "trace"
    assert run(root, arguments, "-y", "-o", str(out)).code == 0
    counted: Counter[str] = Counter()
    found = []
    for line in out.read_text(encoding="utf-8", errors="replace").split("\n"):
        call = CALL.match(line)
        if call:
            counted[call["name"]] += 1
            if f"{root}" in call["arguments"].split(" = ")[0] and call["name"] != "execve":
                found.append(Call(call["name"], counted[call["name"]]))
    return tuple(found)


@cache
def calls_of(place: Path, verb: str) -> tuple[Call, ...]:
    return traced(begun(place, verb), VERBS[verb])


def chosen(every: Sequence[tuple[Call, str]], verb: str) -> Sequence[tuple[Call, str]]:
    if AMOUNT == "all":
        return every
    return random.Random(verb).sample(every, min(int(AMOUNT), len(every)))


def wrong_with(place: Path, verb: str, ran: Ran) -> list[str]:
    """What the refusal or the kill did that it must not, as sentences."""
    root = place / "memory"
    found = []
    lines = ran.err.split("\n")[:-1]
    if "Traceback" in ran.err or "Exception ignored" in ran.err or ran.code not in (0, 1, 2, -9):
        found.append(f"it ended with {ran.code}: {ran.err[-600:]}")
    elif ran.code > 0 and (not lines[-1:] or sum(each.startswith("error: ") for each in lines) != 1):
        found.append(f"it did not say in one sentence what was wrong: {ran.err!r}")
    if verb == "init":
        return found + wrong_with_beginning(place, ran)
    return found + judge(root, states_of(place, verb), 1 if ran.acknowledged else 0)


def wrong_with_beginning(place: Path, ran: Ran) -> list[str]:
    root = place / "memory"
    after = states_of(place, "init")[1]
    found = []
    store = FilesStore(str(root))  # what a reader sees, a recorded change included
    if ran.acknowledged and [path for path in after if store.read(path) is None]:
        found.append("it said that the pages were made, and they were not")
    again = run(root, VERBS["init"])
    if again.code != 0:
        found.append(f"init cannot be repeated: {again.err}")
    if pages_on_disk(root) != after:
        found.append(f"a second init left {sorted(pages_on_disk(root))}")
    if run(root, NEXT).code != 0:
        found.append("the next command failed")
    return found + [f"{path} is left" for path in files_below(root) if is_litter(path)]


@pytest.mark.parametrize("verb", VERBS)
def test_any_call_of_a_command_may_be_refused(place, verb):
    every = [(call, name) for call in calls_of(place, verb) for name in NAMES]
    every += [
        (call, f"{name}+")
        for call in calls_of(place, verb)
        for name in NAMES
        if call.name in LASTING and name != "EINTR"  # what is always interrupted is tried for ever
    ]
    found, picked = [], chosen(every, verb)
    for call, name in picked:
        ran = injected(begun(place, verb), VERBS[verb], call, name)
        found += [f"{call.name} {call.number} {name}: {each}" for each in wrong_with(place, verb, ran)]
    print(f"{verb}: {len(picked)} calls refused")
    assert found == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_command_may_be_killed_at_any_call(place, verb):
    found, picked = [], chosen([(call, KILL) for call in calls_of(place, verb)], verb)
    for call, name in picked:
        ran = injected(begun(place, verb), VERBS[verb], call, name)
        found += [f"{call.name} {call.number}: {each}" for each in wrong_with(place, verb, ran)]
    print(f"{verb}: killed {len(picked)} times")
    assert found == []
