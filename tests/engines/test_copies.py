"""Copies of pages: one contract for every engine, and what the files engine does to the disk for it."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
from contextlib import closing
from itertools import chain

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files import litter
from cosmemory.engines.files.copies import FilesCopies
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.lock import Lock, try_lock
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import Locked, NotFound, NotSaved, Refused, Unsafe
from tests.engines.scenarios import FEW, files_below, is_litter

FILES = {"a.md": b"# A\n", "deep/er/b.md": b"\xff\r\n\0", "deep/c.md": b"", "z.md": b"x" * 100_000}


@pytest.fixture(params=["files", "ephemeral", "rehearsal", "rehearsal of files"])
def store(request, root):
    if request.param.endswith("files"):
        (root / "a.md").write_bytes(b"# A\n")
        found = FilesStore(str(root), timeout=0.2)
        return found if request.param == "files" else Rehearsal(found)
    found = EphemeralStore({"a.md": b"# A\n"}, timeout=0.2)
    return found if request.param == "ephemeral" else Rehearsal(found)


def opened(files=FILES):
    return ((path, io.BytesIO(data)) for path, data in files.items())


def kept(store, name="one", shelf="checkpoints", files=FILES):
    with store.writing():
        store.copies(shelf).keep(name, opened(files))


def held(copies, name="one"):
    found = {}
    for path in copies.paths(name):
        with copies.open_read(name, path) as file:
            found[path] = file.read()
    return found


def test_a_copy_is_what_was_read_for_it(store):
    copies = store.copies("checkpoints")
    assert copies.names() == ()
    kept(store)
    assert copies.names() == ("one",)
    assert copies.paths("one") == tuple(sorted(FILES))
    assert held(copies) == FILES
    assert store.paths() == ("a.md",)


def test_what_is_not_there_is_not_found(store):
    copies = store.copies("archive/checkpoints")
    assert copies.paths("none") == ()
    with pytest.raises(NotFound):
        copies.open_read("none", "a.md")
    kept(store, shelf="archive/checkpoints")
    with pytest.raises(NotFound):
        copies.open_read("one", "none.md")
    with store.writing(), pytest.raises(NotFound):
        copies.move("none", "checkpoints")


def test_page_after_page_is_opened_less_what_is_not_there(root):
    for path, data in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / "deep/link.md").symlink_to("c.md")
    paths = ["a.md", "none.md", "deep/er/b.md", "deep/link.md", "nobody/none.md", "z.md"]
    wanted = [(path, FILES.get(path, b"")) for path in paths if "none" not in path]
    behind = EphemeralStore({**FILES, "deep/link.md": b""})
    for store in (FilesStore(str(root)), behind, Rehearsal(behind)):
        assert [(path, file.read()) for path, file in store.open_each(paths)] == wanted


def test_no_page_after_page_leads_out(root, tmp_path):
    (tmp_path / "secret.md").write_bytes(b"secret")
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    os.mkfifo(root / "pipe.md")
    for path in ("out.md", "pipe.md", "../secret.md"):
        with pytest.raises(Unsafe):
            list(FilesStore(str(root)).open_each([path]))


def test_no_copy_is_written_over(store):
    kept(store)
    with pytest.raises(Refused):
        kept(store, files={"a.md": b"other"})
    assert held(store.copies("checkpoints")) == FILES


def test_a_copy_that_fails_was_never_made(store):
    def failing():
        yield from opened()
        raise ValueError("mine")

    with store.writing(), pytest.raises(ValueError, match="mine"):
        store.copies("checkpoints").keep("one", failing())
    assert store.copies("checkpoints").names() == ()
    kept(store)


def test_a_copy_is_moved_whole(store):
    kept(store)
    with store.writing():
        store.copies("checkpoints").move("one", "archive/checkpoints")
    assert store.copies("checkpoints").names() == ()
    assert held(store.copies("archive/checkpoints")) == FILES
    kept(store)
    with store.writing(), pytest.raises(Refused):
        store.copies("checkpoints").move("one", "archive/checkpoints")
    assert held(store.copies("checkpoints")) == FILES


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "con", "/etc"])
def test_no_name_leads_out(store, name):
    copies = store.copies("checkpoints")
    for call in (
        lambda: copies.keep(name, opened()),
        lambda: copies.paths(name),
        lambda: copies.open_read(name, "a.md"),
    ):
        with store.writing(), pytest.raises(Unsafe):
            call()


@pytest.mark.parametrize("path", ["../out.md", "/out.md", "a//b.md", ".cosmemory/lock"])
def test_no_file_of_a_copy_leads_out(store, path):
    with pytest.raises(Unsafe):
        kept(store, files={path: b"x"})
    kept(store)
    with pytest.raises(Unsafe):
        store.copies("checkpoints").open_read("one", path)


@pytest.mark.parametrize("engine", ["files", "ephemeral"])
def test_no_copy_is_made_or_moved_without_the_lock(engine, root):
    store = FilesStore(str(root)) if engine == "files" else EphemeralStore()
    kept(store)
    with pytest.raises(NotSaved):
        store.copies("checkpoints").keep("two", opened())
    with pytest.raises(NotSaved):
        store.copies("checkpoints").move("one", "archive/checkpoints")
    assert store.copies("checkpoints").names() == ("one",)


def test_a_rehearsed_move_leaves_the_copy_where_it_is(root):
    kept(FilesStore(str(root)))
    rehearsal = Rehearsal(FilesStore(str(root)))
    rehearsal.copies("checkpoints").move("one", "archive/checkpoints")
    assert rehearsal.copies("checkpoints").names() == ()
    assert held(rehearsal.copies("archive/checkpoints")) == FILES
    assert FilesStore(str(root)).copies("checkpoints").names() == ("one",)


# The files engine.


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def copy_live(root, name="one"):
    store = FilesStore(str(root))
    with store.writing(), closing(store.open_each(store.paths())) as pages:
        store.copies("checkpoints").keep(name, chain(pages, [("manifest.md", io.BytesIO(b"told"))]))
    return root / "checkpoints" / name


@pytest.fixture
def memory(root):
    for path, data in {**FEW, "private/p.md": b"p"}.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_a_copy_has_the_modes_of_its_pages_and_folders(memory):
    memory.chmod(0o750)
    (memory / "cos-state.md").chmod(0o640)
    (memory / "team-roster.md").chmod(0o644)
    (memory / "private").chmod(0o700)
    made = copy_live(memory)
    assert (mode(made / "cos-state.md"), mode(made / "team-roster.md")) == (0o640, 0o644)
    assert (mode(made), mode(made / "private")) == (0o750, 0o700)


def test_a_manifest_is_read_by_nobody_who_may_not_read_every_page(memory):
    (memory / "cos-state.md").chmod(0o640)
    (memory / "team-roster.md").chmod(0o604)
    (memory / "coordination-log.md").chmod(0o644)
    assert mode(copy_live(memory) / "manifest.md") == 0o600
    (memory / "team-roster.md").chmod(0o640)
    (memory / "private/p.md").chmod(0o644)
    assert mode(copy_live(memory, "two") / "manifest.md") == 0o640


def test_nobody_looks_into_a_copy_that_is_being_made(memory):
    seen = []

    def files():
        yield "a/b.md", io.BytesIO(b"x")
        (part,) = (memory / "checkpoints").iterdir()
        seen.extend([mode(part), mode(part / "a"), FilesStore(str(memory)).copies("checkpoints").names()])

    store = FilesStore(str(memory))
    with store.writing():
        store.copies("checkpoints").keep("one", files())
    assert seen == [0o700, 0o700, ()]


@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
def test_what_is_no_plain_file_in_a_copy_is_named_and_not_read(memory, tmp_path, kind):
    made = copy_live(memory)
    place = made / "cos-state.md"
    place.unlink()
    if kind == "link":
        (tmp_path / "secret").write_bytes(b"secret")
        place.symlink_to(tmp_path / "secret")
    elif kind == "fifo":
        os.mkfifo(place)
    else:
        place.mkdir()
    copies = FilesStore(str(memory)).copies("checkpoints")
    with pytest.raises(Unsafe):
        copies.open_read("one", "cos-state.md")
    if kind != "folder":
        assert "cos-state.md" in copies.paths("one")


def test_a_shelf_that_is_a_link_out_of_the_memory_is_not_followed(memory, tmp_path):
    (memory / "checkpoints").symlink_to(tmp_path)
    with pytest.raises(Unsafe):
        copy_live(memory)
    assert list(tmp_path.glob("one*")) == []


def test_a_copy_left_by_a_dead_writer_goes_with_the_next_one(memory):
    part = memory / "checkpoints" / f"{litter.PREFIX}1-1{litter.UNFINISHED}"
    with Lock(str(memory)) as lock:
        lock.note(f"checkpoints/{part.name}")
    (part / "deep").mkdir(parents=True)
    (part / "deep/a.md").write_bytes(b"half")
    FilesStore(str(memory)).append("coordination-log.md", b"### x\n\n---\n\n")
    assert list((memory / "checkpoints").iterdir()) == []


def test_what_is_left_of_a_copy_leads_nobody_out(memory, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/a.md").write_bytes(b"mine")
    name = f"{litter.PREFIX}1-1{litter.UNFINISHED}"
    (memory / "checkpoints").mkdir()
    (memory / "checkpoints" / name).mkdir()
    (memory / "checkpoints" / name / "link").symlink_to(tmp_path / "theirs")
    with Lock(str(memory)) as lock:
        lock.note(f"checkpoints/{name}")
    FilesStore(str(memory)).append("coordination-log.md", b"### x\n\n---\n\n")
    assert (tmp_path / "theirs/a.md").read_bytes() == b"mine"
    assert list((memory / "checkpoints").iterdir()) == []


def test_many_files_and_folders_are_copied_with_few_open_at_a_time(root):
    files = {f"folder-{count // 10}/page-{count}.md": b"%d" % count for count in range(700)}
    store = FilesStore(str(root))
    most = 0

    def watched():
        nonlocal most
        for path, file in opened(files):
            most = max(most, len(os.listdir("/proc/self/fd")))
            yield path, file

    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else pytest.skip("no /proc")
    with store.writing():
        store.copies("checkpoints").keep("one", watched())
    assert held(store.copies("checkpoints")) == files
    assert most - before < 80


def test_a_full_disk_keeps_no_part_of_a_copy(tmp_path):
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("nothing may be mounted here")
    try:
        (place / "a.md").write_bytes(b"x" * 1_200_000)
        copy_live(place)
        free = os.statvfs(place)
        (place / "ballast.bin").write_bytes(b"x" * (free.f_bavail * free.f_frsize - 600_000))
        with pytest.raises(NotSaved, match="No space left on device"):
            copy_live(place, "two")
        assert FilesStore(str(place)).copies("checkpoints").names() == ("one",)
        assert [path for path in files_below(place) if is_litter(path)] == []
        (place / "ballast.bin").unlink()
        copy_live(place, "two")
    finally:
        # Lazily: a store that a caught refusal still knows of keeps its lock file open.
        subprocess.run(["umount", "-l", str(place)], check=True)


# Outside of any memory.


def outside(root):
    return FilesCopies(str(root), "", str(root))


def test_a_copy_outside_a_memory_needs_no_lock_and_leaves_none(tmp_path):
    outside(tmp_path).keep("one", opened())
    assert held(outside(tmp_path)) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_what_a_killed_backup_left_goes_with_the_next_one(tmp_path):
    part = tmp_path / f"{litter.PREFIX}1-1{litter.UNFINISHED}"
    part.mkdir()
    (part / "a.md").write_bytes(b"half")
    outside(tmp_path).keep("one", opened())
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_two_backups_to_one_folder_do_not_clear_each_others_away(tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        assert try_lock(descriptor)
        with pytest.raises(Locked):
            outside(tmp_path).keep("one", opened())
    finally:
        os.close(descriptor)
    outside(tmp_path).keep("one", opened())
