"""A disk that forgets: the calls of a writer recorded once, and every tree a power cut may leave of them.

The strictest model is what POSIX allows. Only fsync of a file makes its bytes and length last, only fsync of a
folder its names; all else may be on the disk or not, in any order. A write may be there whole, in either half, or as
NULs of its length. One rename, link, unlink or exchange happens whole or not at all.

A model like ext4 keeps more: names change in the order in which they were asked to, any fsync makes all that were
asked before it last, a rename over a page waits for the bytes of the file that it names, and a file that grew has the
begin of what was written, never a hole.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.seams import seen

Names = dict[str, int | None]
POSIX, EXT4 = "posix", "ext4"
MOST_AT_ONE_POINT = 400


@dataclass(slots=True)
class Disk:
    """What is on a disk for certain, and what has been asked of it since, by number of file or folder."""

    texts: dict[int, bytes] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=dict)
    asked_of_texts: dict[int, list[tuple[int, bytes | None]]] = field(default_factory=dict)
    asked_of_folders: dict[int, list[Names]] = field(default_factory=dict)
    journal: list[tuple[int, Names]] = field(default_factory=list)
    model: str = POSIX

    def sync(self, number: int) -> None:
        """Everything asked of one file or folder is on the disk now."""
        if number in self.texts:
            self.write_out(number)
        else:
            self.folders[number] = named(self.folders[number], self.asked_of_folders.pop(number, []))
        if self.model == EXT4:
            self.folders = self.after_journal(len(self.journal))
            self.journal.clear()

    def write_out(self, number: int) -> None:
        """The bytes of one file are on the disk now."""
        self.texts[number] = written(self.texts[number], self.asked_of_texts.pop(number, []))

    def rename(self, folder: int, names: Names) -> None:
        """Names are asked to change."""
        if self.model == EXT4:
            self.journal.append((folder, names))
        else:
            self.asked_of_folders.setdefault(folder, []).append(names)

    def after_journal(self, count: int) -> dict[int, dict[str, int]]:
        """The folders with that many of the changes asked of their names."""
        folders = dict(self.folders)
        for folder, names in self.journal[:count]:
            folders[folder] = named(folders[folder], [names])
        return folders


def written(text: bytes, changes: list[tuple[int, bytes | None]]) -> bytes:
    """A text after writes at offsets, and after cuts (None) there."""
    for offset, data in changes:
        if data is None:
            text = text[:offset].ljust(offset, b"\0")
        else:
            text = text[:offset].ljust(offset, b"\0") + data + text[offset + len(data) :]
    return text


def named(names: dict[str, int], changes: list[Names]) -> dict[str, int]:
    """The names of a folder after changes, a number taken away (None) or given."""
    for change in changes:
        merged: Names = {**names, **change}
        names = {name: number for name, number in merged.items() if number is not None}
    return names


class Killed(BaseException):
    """The end of a writer that has no chance to tidy up."""


class Recording:
    """The calls of a writer below a root, as events of a disk."""

    def __init__(self, root: Path, *, deaf: str = "") -> None:
        self.root = root
        self.deaf = deaf  # the function whose fsync goes unheard
        self.sites: set[str] = set()
        self.start = Disk()
        self.events: list[tuple[str, int, Any]] = []
        self._numbers: dict[int, int] = {}
        self._names: dict[int, dict[str, int]] = {}
        self.top = self._scan(str(root))
        for number, names in self.start.folders.items():
            self._names[number] = dict(names)

    def record_killed(self, step: int, action: Callable[[], object]) -> bool:
        """What an action does until it is killed before its call number `step`; whether it came so far."""
        count = 0

        def handler(name: str, call: Any, arguments: Any, options: Any) -> Any:
            nonlocal count
            count += 1
            if count > step:
                raise Killed  # at this call and at every one that tidying up would make
            return self._seen(name, call, arguments, options)

        try:
            with seen(handler):
                action()
        except Killed:
            return True
        return False

    def record(self, action: Callable[[Callable[[], None]], None]) -> None:
        """Everything that an action does; it calls its argument when something is acknowledged."""
        with seen(self._seen):
            action(lambda: self.events.append(("acknowledged", 0, None)))

    def _scan(self, path: str) -> int:
        number = self._number(os.stat(path).st_ino)
        if os.path.isdir(path):
            self.start.folders[number] = {name: self._scan(f"{path}/{name}") for name in os.listdir(path)}
        else:
            self.start.texts[number] = Path(path).read_bytes()
        return number

    def _number(self, inode: int, *, new: bool = False) -> int:
        if new or inode not in self._numbers:
            self._numbers[inode] = len(self._numbers) + 1000 * new + len(self.events) * 100_000 * new
        return self._numbers[inode]

    def _of(self, descriptor: int) -> int:
        return self._number(os.fstat(descriptor).st_ino)

    def _place(self, path: Any, folder: int | None) -> tuple[int, str]:
        if folder is None:
            above, name = os.path.split(str(path))
            return self._number(os.stat(above).st_ino), name
        return self._of(folder), str(path)

    def _name(self, folder: int, names: Names) -> None:
        self._names[folder] = named(self._names[folder], [names])
        self.events.append(("names", folder, names))

    def _seen(
        self, name: str, call: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        return getattr(self, f"_{name}", self._unrecorded)(call, *arguments, **options)

    def _unrecorded(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        return call(*arguments, **options)

    def _open(
        self, call: Callable[..., Any], path: Any, flags: int, mode: int, *, dir_fd: int | None = None
    ) -> Any:
        folder, name = self._place(path, dir_fd)
        known = name in self._names[folder]
        descriptor = call(path, flags, mode, dir_fd=dir_fd)
        if not known:
            number = self._number(os.fstat(descriptor).st_ino, new=True)
            self.events.append(("made", number, b""))
            self._name(folder, {name: number})
        elif flags & os.O_TRUNC:
            self.events.append(("text", self._of(descriptor), (0, None)))
        return descriptor

    def _mkdir(self, call: Callable[..., Any], path: Any, mode: int, *, dir_fd: int | None = None) -> None:
        call(path, mode, dir_fd=dir_fd)
        folder, name = self._place(path, dir_fd)
        number = self._number(os.stat(path, dir_fd=dir_fd).st_ino, new=True)
        self._names[number] = {}
        self.events.append(("made", number, {}))
        self._name(folder, {name: number})

    def _write(self, call: Callable[..., Any], descriptor: int, data: bytes) -> Any:
        count = call(descriptor, data)
        end = os.lseek(descriptor, 0, os.SEEK_CUR)
        self.events.append(("text", self._of(descriptor), (end - count, bytes(data[:count]))))
        return count

    def _pwrite(self, call: Callable[..., Any], descriptor: int, data: bytes, offset: int) -> Any:
        count = call(descriptor, data, offset)
        self.events.append(("text", self._of(descriptor), (offset, bytes(data[:count]))))
        return count

    def _ftruncate(self, call: Callable[..., Any], descriptor: int, length: int) -> None:
        call(descriptor, length)
        self.events.append(("text", self._of(descriptor), (length, None)))

    def _fsync(self, call: Callable[..., Any], descriptor: int) -> None:
        del call  # the disk is a model: nothing real has to be waited for
        if self._heard():
            self.events.append(("sync", self._of(descriptor), None))

    def _sync_all(self, call: Callable[..., Any], descriptor: int) -> None:
        del call, descriptor
        if self._heard():
            self.events.append(("sync all", 0, None))

    def _heard(self) -> bool:
        """Whether the function that asks for something to last is not the deaf one."""
        frame = sys._getframe()
        while "engines/files" not in frame.f_code.co_filename or frame.f_code.co_filename == __file__:
            assert frame.f_back is not None
            frame = frame.f_back
        site = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
        self.sites.add(site)
        return site != self.deaf

    def _unlink(self, call: Callable[..., Any], path: Any, *, dir_fd: int | None = None) -> None:
        folder, name = self._place(path, dir_fd)
        call(path, dir_fd=dir_fd)
        self._name(folder, {name: None})

    def _rmdir(self, call: Callable[..., Any], path: Any, *, dir_fd: int | None = None) -> None:
        self._unlink(call, path, dir_fd=dir_fd)

    def _rename(
        self, call: Callable[..., Any], one: Any, other: Any, *, src_dir_fd: int, dst_dir_fd: int
    ) -> None:
        call(one, other, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        folder, there = self._of(src_dir_fd), self._of(dst_dir_fd)
        if folder != there:
            self._moved(folder, one, there, other)
            return
        number = self._names[folder][one]
        if other in self._names[folder]:
            self.events.append(("renamed over", number, None))
        self._name(folder, {one: None, other: number})

    def _moved(self, folder: int, one: str, there: int, other: str) -> None:
        number = self._names[folder][one]
        self._names[folder] = named(self._names[folder], [{one: None}])
        self._names[there] = named(self._names[there], [{other: number}])
        self.events.append(("moved", number, ((folder, {one: None}), (there, {other: number}))))

    def _link(
        self, call: Callable[..., Any], one: Any, other: Any, *, src_dir_fd: int, dst_dir_fd: int
    ) -> None:
        call(one, other, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        folder = self._of(src_dir_fd)
        self._name(folder, {other: self._names[folder][one]})

    def _exchange(self, call: Callable[..., Any], one: str, other: str, descriptor: int) -> Any:
        exchanged = call(one, other, descriptor)
        if exchanged:
            folder = self._of(descriptor)
            names = self._names[folder]
            self._name(folder, {one: names[other], other: names[one]})
        return exchanged


Tree = tuple[tuple[str, int, bytes | None], ...]


def trees(
    recording: Recording, chance: random.Random, model: str = POSIX, *, holes: bool = True
) -> dict[Tree, int]:
    """Every tree that a power cut may leave at any instant, with the most that was acknowledged before it."""
    disk = Disk(texts=dict(recording.start.texts), folders=dict(recording.start.folders), model=model)
    acknowledged = 0
    found: dict[Tree, int] = {}

    def collect() -> None:
        for state in _left(disk, chance, holes=holes and model == POSIX):
            tree = _tree(recording.top, *state)
            found[tree] = max(acknowledged, found.get(tree, 0))

    for kind, number, what in [*recording.events, ("end", 0, None)]:
        # Between two calls that make something last, what may be left only grows.
        if kind in ("sync", "sync all", "acknowledged", "moved", "end"):
            collect()
        if kind == "sync":
            disk.sync(number)
        elif kind == "sync all":
            for each in (*disk.texts, *disk.folders):
                disk.sync(each)
        elif kind == "acknowledged":
            acknowledged += 1
            collect()
        elif kind == "made":
            (disk.texts if what == b"" else disk.folders)[number] = what
        elif kind == "names":
            disk.rename(number, what)
        elif kind == "moved":
            # From one folder to another in one step: both names change on the disk, or (until now) neither.
            for folder, names in what:
                disk.folders[folder] = named(disk.folders[folder], [names])
        elif kind == "renamed over" and model == EXT4:
            disk.write_out(number)
        elif kind == "text":
            disk.asked_of_texts.setdefault(number, []).append(what)
    return found


def _left(
    disk: Disk, chance: random.Random, *, holes: bool
) -> Iterator[tuple[dict[int, bytes], dict[int, dict[str, int]]]]:
    texts: dict[int, list[Any]] = {
        number: _texts_left(disk.texts[number], asked, late=disk.model == POSIX, holes=holes)
        for number, asked in disk.asked_of_texts.items()
    }
    folders: dict[int, list[Any]] = {
        number: _names_left(disk.folders[number], asked) for number, asked in disk.asked_of_folders.items()
    }
    journal = range(len(disk.journal) + 1)
    keys = [*texts, *folders]
    choices: list[Any] = [journal, *texts.values(), *folders.values()]
    count = 1
    for each in choices:
        count *= len(each)
    if count <= MOST_AT_ONE_POINT:
        picked: Iterator[tuple[Any, ...]] = itertools.product(*choices)
    else:
        some = [tuple(chance.choice(each) for each in choices) for _ in range(MOST_AT_ONE_POINT)]
        extremes = [tuple(each[0] for each in choices), tuple(each[-1] for each in choices)]
        picked = iter([*extremes, *some])
    for count, *pick in picked:
        chosen = dict(zip(keys, pick, strict=True))
        yield (
            {number: chosen.get(number, text) for number, text in disk.texts.items()},
            {number: chosen.get(number, names) for number, names in disk.after_journal(count).items()},
        )


def _texts_left(
    text: bytes, asked: list[tuple[int, bytes | None]], *, late: bool, holes: bool
) -> list[bytes]:
    found = [text]
    for count, (offset, data) in enumerate(asked):
        before = written(text, asked[:count])
        if data:
            # Where nothing was before, a block that was not written reads as NULs; elsewhere as it was.
            unwritten = before[offset : offset + len(data)].ljust(len(data), b"\0")
            half = len(data) // 2
            torn = [data[:half]]
            if late:
                torn += [unwritten, data[:half] + unwritten[half:]]
            if holes:
                torn.append(unwritten[:half] + data[half:])
            found.extend(written(before, [(offset, part)]) for part in torn)
        found.append(written(text, asked[: count + 1]))
        if late:
            found.append(written(text, [*asked[:count], *asked[count + 1 :]]))  # this one alone is late
    return list(dict.fromkeys(found))


def _names_left(names: dict[str, int], asked: list[Names]) -> list[dict[str, int]]:
    subsets = itertools.product((False, True), repeat=len(asked))
    if len(asked) > 6:
        subsets = iter(
            [tuple(index < count for index in range(len(asked))) for count in range(len(asked) + 1)]
        )
    found = [
        named(names, [each for each, there in zip(asked, subset, strict=True) if there]) for subset in subsets
    ]
    return [each for index, each in enumerate(found) if each not in found[:index]]


def _tree(top: int, texts: dict[int, bytes], folders: dict[int, dict[str, int]]) -> Tree:
    found: list[tuple[str, int, bytes | None]] = []
    order: dict[int, int] = {}

    def walk(number: int, below: str) -> None:
        for name, each in sorted(folders[number].items()):
            if each in folders:
                found.append((below + name, 0, None))
                walk(each, f"{below}{name}/")
            else:
                found.append((below + name, order.setdefault(each, len(order)), texts[each]))

    walk(top, "")
    return tuple(found)


def lay_out(tree: Tree, root: Path) -> None:
    """A tree as files and folders; one file of two names stays one."""
    first: dict[int, str] = {}
    for path, number, text in tree:
        place = f"{root}/{path}"
        if text is None:
            os.mkdir(place)
        elif number in first:
            os.link(first[number], place)
        else:
            first[number] = place
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT)
            os.write(descriptor, text)
            os.close(descriptor)
