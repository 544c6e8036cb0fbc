"""What a memory goes through in the tests of crashes and faults, and the one judge of what is left of it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from cosmemory.config import Settings
from cosmemory.engines import tail
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files import staged
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.writer import FilesWriter
from cosmemory.errors import CosmemoryError
from cosmemory.maintenance.checkpoints import create
from cosmemory.maintenance.repair import apply, plan
from cosmemory.maintenance.restoring import restore
from cosmemory.maintenance.retention import prune
from cosmemory.maintenance.rotation import rotate
from cosmemory.memory import Memory
from cosmemory.store import Append, Attribution, Change, Remove, Replace

LOG = "coordination-log.md"
# What stands in cosmemory's own folder after a write, and what else once the history has grown.
OWN = (".cosmemory/lock", ".cosmemory/.gitignore", ".cosmemory/spool")
TAKEN = (".cosmemory/heads", ".cosmemory/journal.sqlite")
PAGE = "cos-state.md"
OTHER = "team-roster.md"
GONE = "old.md"
NEW = "agents/new.md"
BYSTANDER = "bystander.md"

Pages = Mapping[str, bytes]
Operation = Callable[[FilesStore], object]


def entry(text: str) -> bytes:
    """One whole entry of a log."""
    return f"### 2026-11-21T06:00:00Z\n**Action:** {text}\n\n---\n\n".encode()


PROBE = entry("written by whoever came next")
HEAD = b"# Coordination Log\n\n" + entry("the first")
BEFORE: Pages = {
    LOG: HEAD,
    PAGE: b"# State\n\nold \xff text\r\n",
    OTHER: b"# Roster\n\nold\n",
    GONE: b"# Old\n",
    BYSTANDER: b"\xef\xbb\xbfleft \0 alone",
}

FEW: Pages = {LOG: HEAD, PAGE: BEFORE[PAGE], OTHER: BEFORE[OTHER]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Pages that stand at the start, and operations done to them one after the other."""

    name: str
    operations: tuple[Operation, ...]
    before: Pages = None  # type: ignore[assignment]
    fresh: bool = False  # no writer has been there: .cosmemory is made by the first
    durability: str = "full"
    long: int = (
        staged.LONG
    )  # of so many bytes a page is one whose text does not go into the record of a change

    def prepare(self, root: Path) -> None:
        """The memory as it stands before the first operation."""
        for path, data in (self.before or BEFORE).items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        if not self.fresh:
            with FilesStore(str(root)).writing():
                pass

    def perform(self, root: Path, acknowledge: Callable[[], None]) -> None:
        """Every operation, each acknowledged when it returns."""
        store = FilesStore(str(root), timeout=1.0, durability=self.durability)
        with patch.object(staged, "LONG", self.long):
            for operation in self.operations:
                operation(store)
                acknowledge()

    def states(self, root: Path) -> list[Pages]:
        """The pages before the first operation and after each one."""
        self.prepare(root)
        states = [pages_on_disk(root)]
        self.perform(root, lambda: states.append(pages_on_disk(root)))
        shutil.rmtree(root)
        root.mkdir()
        return states


def pages_on_disk(root: Path) -> dict[str, bytes]:
    """Every file below a root but cosmemory's own and its temporary ones."""
    return {
        path: (root / path).read_bytes()
        for path in files_below(root)
        if not path.startswith(".cosmemory/") and not is_litter(path)
    }


def files_below(root: Path) -> Iterator[str]:
    """The paths of all files, hidden ones too."""
    for folder, _, names in os.walk(root):
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def is_litter(path: str) -> bool:
    """Whether a file is a temporary one, or in a folder that is."""
    return any(part.endswith((".tmp", ".part")) for part in path.split("/"))


def left_below(root: Path) -> list[str]:
    """What lies about that no command should leave: temporary files and folders, and records of changes."""
    folders = [os.path.relpath(folder, root) for folder, _, _ in os.walk(root)]
    return [path for path in (*files_below(root), *folders) if is_litter(path) or path.endswith("/intent")]


def is_copy(path: str) -> bool:
    """Whether a file is no live page but one of a copy."""
    return path.startswith(("checkpoints/", "archive/"))


def copies_in(pages: Pages) -> dict[str, dict[str, bytes]]:
    """The copies of a memory by name, wherever they stand."""
    found: dict[str, dict[str, bytes]] = {}
    for path, data in pages.items():
        if is_copy(path):
            name, _, below = path.removeprefix("archive/").removeprefix("checkpoints/").partition("/")
            found.setdefault(name, {})[below] = data
    return found


def wrong_with_copies(root: Path, states: Sequence[Pages], acknowledged: int) -> list[str]:
    """Copies that are not whole, or that were acknowledged and are not there."""
    standing = copies_in(pages_on_disk(root))
    made = [copies_in(state) for state in states]
    whole = {name: [each[name] for each in made if name in each] for each in made for name in each}
    found = [f"{name} is not whole" for name, files in standing.items() if files not in whole.get(name, [])]
    return found + [f"{name} is gone" for name in made[acknowledged] if name not in standing]


def judge(root: Path, states: Sequence[Pages], acknowledged: int) -> list[str]:
    """What is wrong with a memory after a crash or a refusal, as sentences; empty when all is well.

    Every page is as the last acknowledged operation left it, or all are as the one under way would have; the next
    write is done at once, changes nothing else and leaves nothing lying about.
    """
    allowed = states[acknowledged : acknowledged + 2]
    found: list[str] = []
    store = FilesStore(str(root), timeout=0.5)
    try:
        first = _fitting(_read(store, states), allowed)
        if not first:
            found.append(f"before the next write: no whole state {_told(store, states, allowed)}")
        began = time.perf_counter()
        store.append(LOG, PROBE)
        if time.perf_counter() - began > 1:
            found.append("the next write took more than a second")
        second = _fitting(_without_probe(_read(store, states)), allowed)
        if not second:
            found.append(f"after the next write: no whole state {_told(store, states, allowed)}")
        elif first and not first & second:
            found.append("readers saw another state before the next write than after it")
    except (CosmemoryError, OSError) as error:
        found.append(f"the next writer met {error!r}")
    unknown = {path for path in pages_on_disk(root) if not is_copy(path)} - {
        path for state in states for path in state
    }
    found += [f"{path} was never written" for path in sorted(unknown)]
    found += wrong_with_copies(root, states, acknowledged)
    return found + [f"{path} is left" for path in left_below(root)]


def _read(store: FilesStore, states: Sequence[Pages]) -> dict[str, bytes]:
    paths = {path for state in states for path in state if not is_copy(path)}
    found = {path: store.read(path) for path in sorted(paths)}
    return {path: stored.data for path, stored in found.items() if stored is not None}


def _without_probe(pages: dict[str, bytes]) -> dict[str, bytes]:
    """The pages without the entry of the next writer, which must be whole and stand alone."""
    log = pages.get(LOG, b"")
    before = log.removesuffix(PROBE)
    alone = before.endswith((b"\n---\n\n", b"# Coordination Log\n\n")) and log != before and b"\0" not in log
    return {**pages, LOG: before if alone else b"the next entry was lost, or joined another: " + log}


def _fitting(pages: Pages, allowed: Sequence[Pages]) -> set[int]:
    return {
        index
        for index, state in enumerate(allowed)
        if _same(pages, state, allowed[-1].get(LOG, b"") if index == 0 else b"")
    }


def _same(pages: Pages, state: Pages, log_after: bytes) -> bool:
    """Equal, but that a log may end in the torn begin or end of what was never acknowledged."""
    others = {path: data for path, data in pages.items() if path != LOG}
    if others != {path: data for path, data in state.items() if path != LOG and not is_copy(path)}:
        return False
    if pages.get(LOG) == state.get(LOG):
        return True
    log, before = _good(pages.get(LOG, b"")), _good(state.get(LOG, b""))
    under_way = _good(log_after)[len(before) :]
    rest = log[len(before) :]
    torn = rest[: -len(b"---\n\n")].rstrip(b"\n") if rest.endswith(b"\n---\n\n") else rest
    part = under_way.startswith(torn) or under_way.endswith(rest)
    return bool(under_way) and log.startswith(before) and part


def _good(data: bytes) -> bytes:
    return tail.good_bytes(data)


def _told(store: FilesStore, states: Sequence[Pages], allowed: Sequence[Pages]) -> str:
    pages = _read(store, states)
    parts = []
    for path in sorted(each for each in {*pages, *allowed[0], *allowed[-1]} if not is_copy(each)):
        fits = [index for index, state in enumerate(allowed) if pages.get(path) == state.get(path)]
        if len(fits) < len(allowed):
            parts.append(f"{path} fits {fits}: {pages.get(path)!r:.200}")
    return "; ".join(parts)


def revision(writer: FilesWriter, path: str) -> str:
    """The revision of a page that is there."""
    stored = writer.read(path)
    assert stored is not None
    return stored.revision


def commit(*makers: Callable[[FilesWriter], Change]) -> Operation:
    """An operation that makes all of some changes at once."""

    def operation(store: FilesStore) -> object:
        with store.writing() as writer:
            return writer.commit(
                [maker(writer) for maker in makers], Attribution(operation="together", actor="tester")
            )

    return operation


def replacing(path: str, data: bytes) -> Callable[[FilesWriter], Change]:
    """A page to be written over."""
    return lambda writer: Replace(path=path, data=data, expected=revision(writer, path))


def creating(path: str, data: bytes) -> Callable[[FilesWriter], Change]:
    """A page that is new."""
    return lambda _: Replace(path=path, data=data, expected=None)


def appending(data: bytes) -> Callable[[FilesWriter], Change]:
    """An entry for the log."""
    return lambda _: Append(path=LOG, data=data)


def removing(path: str) -> Callable[[FilesWriter], Change]:
    """A page to be taken away."""
    return lambda writer: Remove(path=path, expected=revision(writer, path))


def marking(name: str, value: int) -> Operation:
    """A number to be kept."""

    def operation(store: FilesStore) -> None:
        with store.writing() as writer:
            writer.set_mark(name, value)

    return operation


NOW = 1_795_845_600  # 2026-11-28


def memory_at(store: FilesStore, moment: int) -> Memory:
    """The memory at a time, which keeps no more than one checkpoint at hand."""
    return Memory(store, settings=Settings(checkpoints_kept=1, checkpoint_days=0), now=lambda: moment)


def rotating(store: FilesStore) -> object:
    """Entries of past weeks, moved to their archives."""
    return rotate(memory_at(store, NOW))


def keeping(moment: int) -> Operation:
    """A checkpoint made at a time."""
    return lambda store: create(memory_at(store, moment), notes="kept")


def with_checkpoints(*moments: int) -> Pages:
    """A few pages, and checkpoints that were made of them."""
    store = EphemeralStore(FEW)
    memory = Memory(store)
    for moment in moments:
        memory._now = lambda moment=moment: moment
        create(memory)
    copies = store.copies("checkpoints")
    made = {name: copies.paths(name) for name in copies.names()}
    kept = {}
    for name, paths in made.items():
        for path in paths:
            kept[f"checkpoints/{name}/{path}"] = copies.open_read(name, path).read()
    return {**store._pages, **kept}


def restoring(moment: int) -> Operation:
    """The pages of the latest checkpoint brought back."""
    return lambda store: restore(memory_at(store, moment), "latest")


def pruning(store: FilesStore) -> object:
    """All checkpoints but the newest one put into the archive."""
    return prune(memory_at(store, NOW))


def repairing(store: FilesStore) -> object:
    """Every damaged page mended."""
    memory = Memory(store, now=lambda: 1_795_845_600)
    return apply(memory, plan(memory, [OTHER]))


COPY = b"# Team Roster\n\nLast Updated: 2026-11-20T12:00:00Z\n\n## Active Team Members\n\n| Session Name | Role | Status |\n|---|---|---|\n| helper-1 | Developer | idle |\n"
TOGETHER = (
    replacing(PAGE, b"# State\n\nnew\n"),
    creating(NEW, b"# New\n"),
    removing(GONE),
    appending(entry("together")),
    replacing(OTHER, b"# Roster\n\nlonger than it was\n"),
)

SCENARIOS = (
    Scenario(name="replace", operations=(commit(replacing(PAGE, b"# State\n\nnew\n")),)),
    Scenario(name="first-replace", operations=(commit(replacing(PAGE, b"new\n")),), fresh=True),
    Scenario(name="new-page", operations=(commit(creating(NEW, b"# New\n\ntext\n")),)),
    Scenario(name="append", operations=(lambda store: store.append(LOG, entry("second")),)),
    Scenario(name="first-append", operations=(lambda store: store.append(LOG, entry("second")),), fresh=True),
    Scenario(
        name="append-after-a-tear",
        operations=(lambda store: store.append(LOG, entry("second")),),
        before={**BEFORE, LOG: HEAD + b"### 2026-11-21T05:00:00Z\n**Action:** to" + b"\0" * 40},
    ),
    Scenario(name="remove", operations=(commit(removing(GONE)),)),
    Scenario(name="together", operations=(commit(*TOGETHER),)),
    Scenario(
        name="long-page",
        operations=(
            commit(replacing(PAGE, b"# State\n\nfirst\n"), appending(entry("first"))),
            commit(appending(entry("second")), replacing(PAGE, b"# State\n\nsecond\n")),
        ),
        long=0,
    ),
    Scenario(
        name="long-and-back",
        operations=(
            commit(replacing(PAGE, b"# State\n\nnew\n"), appending(entry("second"))),
            commit(replacing(PAGE, BEFORE[PAGE])),
            commit(creating(NEW, b"# New\n"), replacing(PAGE, b"# State\n\nnew\n")),
        ),
        long=0,
    ),
    Scenario(name="long-pages", operations=(commit(*TOGETHER),), long=0),
    Scenario(
        name="batch",
        operations=(
            lambda store: store.append(LOG, b"".join(entry(f"{n} " + "x" * 300) for n in range(40))),
        ),
    ),
    Scenario(
        name="two-pages",
        operations=(
            commit(replacing(PAGE, b"# State\n\nfirst\n"), replacing(OTHER, b"# Roster\n\nfirst\n")),
            commit(replacing(PAGE, b"# State\n\nsecond\n"), appending(entry("second"))),
        ),
    ),
    Scenario(
        name="rotation",
        operations=(rotating, lambda store: store.append(LOG, entry("second"))),
        before={**BEFORE, LOG: HEAD + entry("of this week").replace(b"-21T", b"-27T")},
    ),
    Scenario(
        name="repair",
        operations=(repairing, lambda store: store.append(LOG, entry("second"))),
        before={**BEFORE, OTHER: COPY[:90], f"backups/20261120-120000/{OTHER}": COPY},
    ),
    Scenario(name="checkpoint", operations=(keeping(NOW), keeping(NOW + 1)), before=FEW),
    Scenario(
        name="restore",
        operations=(restoring(NOW + 1),),
        before={**with_checkpoints(NOW), PAGE: b"new\n", NEW: b"# New\n", OTHER: b"other\n"},
    ),
    Scenario(name="prune", operations=(pruning,), before=with_checkpoints(NOW - 9, NOW - 8)),
    Scenario(name="marks", operations=(marking("alert", 3), marking("alert", 4))),
    Scenario(
        name="sequence",
        operations=(
            commit(replacing(PAGE, b"one\n")),
            lambda store: store.append(LOG, entry("second")),
            commit(replacing(PAGE, b"two\n"), appending(entry("third"))),
            commit(replacing(PAGE, b"one\n")),
            commit(creating("log/again.md", b"new\n")),
            commit(removing(GONE)),
        ),
    ),
)
