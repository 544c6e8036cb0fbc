"""A page written over keeps its file's nature, and whatever a person saved while it was being written."""

from __future__ import annotations

import errno
import os
import shutil
import stat

import pytest

from cosmemory.engines.files import listing
from cosmemory.engines.files import replace as door
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.lock import Lock
from cosmemory.engines.files.salvage import armed
from cosmemory.errors import Conflict, EditedMeanwhile, NotSaved, Unsafe
from cosmemory.store import Remove, Replace, revision_of
from tests.engines.saves import atomically, in_place
from tests.engines.scenarios import BEFORE, GONE, LOG, OTHER, OWN, PAGE, SCENARIOS, files_below

OURS = b"# State\n\nours\n"
FIRST, SECOND = b"# State\n\na person's first\n", b"# State\n\na person's second\n"


@pytest.fixture
def memory(root):
    SCENARIOS[0].prepare(root)
    return root


def write(memory, path=PAGE, data=OURS):
    with FilesStore(str(memory)).writing() as writer:
        stored = writer.read(path)
        writer.commit([Replace(path=path, data=data, expected=stored.revision if stored else None)])


def no_litter(memory):
    return sorted(files_below(memory)) == sorted([*BEFORE, *OWN])


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o660])
def test_a_page_keeps_its_mode(memory, mode):
    (memory / PAGE).chmod(mode)
    write(memory)
    assert stat.S_IMODE((memory / PAGE).stat().st_mode) == mode
    assert no_litter(memory)


def test_a_page_keeps_its_owner(memory):
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    os.chown(memory / PAGE, 12345, 23456)
    write(memory)
    status = (memory / PAGE).stat()
    assert (status.st_uid, status.st_gid) == (12345, 23456)


def test_a_page_keeps_its_attributes(memory):
    try:
        os.setxattr(memory / PAGE, "user.origin", b"a person")
    except (AttributeError, OSError) as error:
        pytest.skip(f"files have no attributes here: {error}")
    write(memory)
    assert os.getxattr(memory / PAGE, "user.origin") == b"a person"


def test_a_new_page_and_its_folder_follow_the_folder_they_stand_in(memory):
    memory.chmod(0o750)
    write(memory, "agents/new.md")
    assert stat.S_IMODE((memory / "agents").stat().st_mode) == 0o750
    assert stat.S_IMODE((memory / "agents/new.md").stat().st_mode) == 0o640


def test_a_link_inside_the_memory_stays_and_its_target_is_written(memory):
    (memory / "link.md").symlink_to(PAGE)
    write(memory, "link.md")
    assert (memory / "link.md").is_symlink()
    assert (memory / PAGE).read_bytes() == OURS
    assert "link.md" in FilesStore(str(memory)).paths()


@pytest.mark.parametrize("path", ["out.md", "folder/page.md"])
def test_a_link_out_of_the_memory_is_refused(memory, tmp_path, path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page.md").write_bytes(b"not ours")
    (memory / "out.md").symlink_to(outside / "page.md")
    (memory / "folder").symlink_to(outside)
    store = FilesStore(str(memory))
    with pytest.raises(Unsafe):
        store.read(path)
    with pytest.raises(Unsafe):
        write(memory, path)
    assert (outside / "page.md").read_bytes() == b"not ours"
    assert path not in store.paths()


def test_a_page_behind_a_link_is_known_to_have_changed(memory, monkeypatch):
    monkeypatch.setattr(listing, "SETTLED", 0)
    (memory / "link.md").symlink_to(PAGE)
    store = FilesStore(str(memory))
    before = store.stamps()["link.md"]
    write(memory)
    assert store.stamps()["link.md"] != before


@pytest.mark.parametrize("target", ["nowhere.md", ".cosmemory/lock", "."])
def test_a_link_to_no_page_is_none(memory, target):
    write(memory)
    (memory / "link.md").symlink_to(target)
    assert "link.md" not in FilesStore(str(memory)).paths()


def test_a_page_of_two_names_is_refused_alone_and_among_others(memory):
    os.link(memory / PAGE, memory / "second.txt")
    with pytest.raises(Unsafe):
        write(memory)
    with FilesStore(str(memory)).writing() as writer:
        changes = [
            Replace(path=OTHER, data=b"new", expected=writer.read(OTHER).revision),
            Replace(path=PAGE, data=OURS, expected=writer.read(PAGE).revision),
        ]
        with pytest.raises(Unsafe):
            writer.commit(changes)
    assert {path: (memory / path).read_bytes() for path in BEFORE} == dict(BEFORE)
    write(memory, OTHER, b"and nobody is kept from writing")


@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_what_is_no_plain_file_is_neither_read_nor_written(memory, kind):
    place = memory / "odd.md"
    os.mkfifo(place) if kind == "fifo" else place.mkdir()
    store = FilesStore(str(memory))
    for call in (store.read, store.open_read, store.size, lambda path: store.read_tail(path, 9)):
        with pytest.raises(Unsafe):
            call("odd.md")
    with pytest.raises((Unsafe, Conflict)):
        write(memory, "odd.md")
    assert "odd.md" not in store.paths()


def saving_before_exchanges(monkeypatch, memory, save, *texts):
    """A person who saves a text just before each of the first exchanges of two names."""
    real, pending = door.exchange, list(texts)

    def exchange(*arguments):
        if pending:
            save(memory / PAGE, pending.pop(0))
        return real(*arguments)

    monkeypatch.setattr(door, "exchange", exchange)


@pytest.mark.parametrize("save", [atomically, in_place])
@pytest.mark.parametrize("texts", [(FIRST,), (FIRST, SECOND)], ids=["once", "twice"])
def test_what_a_person_saves_at_the_last_moment_is_kept(memory, monkeypatch, save, texts):
    saving_before_exchanges(monkeypatch, memory, save, *texts)
    with pytest.raises(EditedMeanwhile):
        write(memory)
    assert (memory / PAGE).read_bytes() == texts[-1]
    assert no_litter(memory)


@pytest.mark.parametrize("save", [atomically, in_place])
def test_what_a_person_saves_after_we_read_is_kept(memory, save):
    with FilesStore(str(memory)).writing() as writer:
        revision = writer.read(PAGE).revision
        save(memory / PAGE, FIRST)
        with pytest.raises(EditedMeanwhile):
            writer.commit([Replace(path=PAGE, data=OURS, expected=revision)])
    assert (memory / PAGE).read_bytes() == FIRST


def test_what_a_person_saves_where_names_cannot_be_exchanged_is_kept(memory, monkeypatch):
    def unsupported(*_):
        in_place(memory / PAGE, FIRST)
        return False

    monkeypatch.setattr(door, "exchange", unsupported)
    with pytest.raises(EditedMeanwhile):
        write(memory)
    assert (memory / PAGE).read_bytes() == FIRST
    monkeypatch.setattr(door, "exchange", lambda *_: False)
    write(memory)
    assert (memory / PAGE).read_bytes() == OURS
    assert no_litter(memory)


def test_a_page_saved_while_it_is_removed_stays(memory, monkeypatch):
    real = os.rename

    def rename(*arguments, **options):
        monkeypatch.setattr(os, "rename", real)
        (memory / GONE).write_bytes(FIRST)
        return real(*arguments, **options)

    with FilesStore(str(memory)).writing() as writer:
        revision = writer.read(GONE).revision
        monkeypatch.setattr(os, "rename", rename)
        with pytest.raises(EditedMeanwhile):
            writer.commit([Remove(path=GONE, expected=revision)])
    assert (memory / GONE).read_bytes() == FIRST
    assert no_litter(memory)


def test_a_page_made_by_a_person_while_we_make_it_stays(memory, monkeypatch):
    real = os.link

    def link(*arguments, **options):
        (memory / "new.md").write_bytes(FIRST)
        return real(*arguments, **options)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(EditedMeanwhile):
        write(memory, "new.md")
    assert (memory / "new.md").read_bytes() == FIRST


def linkless(*_, **__):
    raise PermissionError(errno.EPERM, "no second names here")


def test_pages_are_made_where_files_have_no_second_names(memory, monkeypatch):
    monkeypatch.setattr(os, "link", linkless)
    write(memory, "new.md")
    assert (memory / "new.md").read_bytes() == OURS


def test_a_page_made_by_a_person_where_files_have_no_second_names_stays(memory, monkeypatch):
    def link(*_, **__):
        (memory / "new.md").write_bytes(FIRST)
        linkless()

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(EditedMeanwhile):
        write(memory, "new.md")
    assert (memory / "new.md").read_bytes() == FIRST
    assert not [path for path in files_below(memory) if path.endswith(".tmp")]


def test_a_person_gets_a_text_back_where_files_have_no_second_names(memory, monkeypatch):
    temporary, before = ".cosmemory-1-1.tmp", revision_of(BEFORE[PAGE])
    with Lock(str(memory)) as lock:
        lock.note(armed(temporary, before, "", PAGE))
    (memory / PAGE).rename(memory / temporary)
    (memory / temporary).write_bytes(FIRST)
    monkeypatch.setattr(os, "link", linkless)
    write(memory, OTHER)
    assert (memory / PAGE).read_bytes() == FIRST
    assert not (memory / temporary).exists()


@pytest.mark.parametrize("kind", ["link", "folder", "fifo"])
def test_a_text_that_cannot_be_given_back_is_put_aside_and_keeps_nobody_from_writing(memory, kind):
    temporary = ".cosmemory-1-1.tmp"
    with Lock(str(memory)) as lock:
        lock.note(armed(temporary, revision_of(BEFORE[PAGE]), revision_of(OURS), PAGE))
    (memory / temporary).write_bytes(FIRST)
    (memory / PAGE).unlink()
    place = memory / PAGE
    {"link": lambda: place.symlink_to(OTHER), "folder": place.mkdir, "fifo": lambda: os.mkfifo(place)}[kind]()
    write(memory, OTHER)
    kept = [memory / path for path in files_below(memory) if "/conflicts/" in path]
    assert [path.read_bytes() for path in kept] == [FIRST]


def test_a_folder_of_the_name_that_a_dead_writer_noted_keeps_nobody_from_writing(memory):
    with Lock(str(memory)) as lock:
        lock.note(".cosmemory-1-1.tmp")
    (memory / ".cosmemory-1-1.tmp").mkdir()
    write(memory)
    assert (memory / PAGE).read_bytes() == OURS


def test_cosmemorys_own_folder_may_be_deleted_while_a_change_is_made(memory):
    store, other = FilesStore(str(memory)), FilesStore(str(memory))
    with store.writing() as writer:
        first, second = (writer.read(path).revision for path in (PAGE, OTHER))
        shutil.rmtree(memory / ".cosmemory")
        with pytest.raises(NotSaved, match=r"^The change was not saved: a folder .* deleted meanwhile\.$"):
            writer.commit(
                [Replace(path=PAGE, data=OURS, expected=first), Remove(path=OTHER, expected=second)]
            )
        with other.writing() as another:  # the lock went with the folder: the comparison still keeps both
            another.commit([Replace(path=PAGE, data=FIRST, expected=first)])
        with pytest.raises(EditedMeanwhile):
            writer.commit([Replace(path=PAGE, data=OURS, expected=first)])
    assert (memory / PAGE).read_bytes() == FIRST
    write(memory)
    assert no_litter(memory)


# Each guard, taken away, is missed.


def test_without_reading_what_was_taken_a_persons_text_is_lost(memory, monkeypatch):
    saving_before_exchanges(monkeypatch, memory, atomically, FIRST)
    monkeypatch.setattr(door, "_bytes_of", lambda *_: BEFORE[PAGE])
    write(memory)
    assert FIRST not in [(memory / path).read_bytes() for path in files_below(memory)]


def test_without_refusing_links_out_a_file_outside_is_read(memory, tmp_path, monkeypatch):
    (tmp_path / "outside.md").write_bytes(b"not ours")
    (memory / "out.md").symlink_to(tmp_path / "outside.md")
    monkeypatch.setattr(door, "OPEN_PAGE", door.OPEN_PAGE & ~os.O_NOFOLLOW)
    assert FilesStore(str(memory)).read("out.md").data == b"not ours"


def test_the_log_is_no_exception(memory):
    write(memory, LOG, b"# rotated\n")
    assert (memory / LOG).read_bytes() == b"# rotated\n"
