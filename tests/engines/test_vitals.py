"""What a folder tells of itself to whoever looks at it from outside, without a lock and without a trace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files import intent
from cosmemory.engines.files.engine import FilesStore
from cosmemory.store import Replace

PAGES = {
    "cos-state.md": b"# State\n",
    "backups/20261120-120000/cos-state.md": b"# Old\n",
    "backups/20261120-120000/alerts/active-alerts.md": b"# Alerts\n",
    "checkpoints/checkpoint_20261121_110000/cos-state.md": b"# Newer\n",
    "checkpoints/checkpoint_20261121_110000/notes.txt": b"no page",
    "archive/agents/old.md": b"# Agent\n",
}


@pytest.fixture
def store(tmp_path: Path) -> FilesStore:
    for path, data in PAGES.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return FilesStore(str(tmp_path))


def test_copies_are_no_live_pages_and_can_be_read(store: FilesStore) -> None:
    assert store.copies("backups").names() == ("20261120-120000",)
    assert store.copies("checkpoints").paths("checkpoint_20261121_110000") == ("cos-state.md", "notes.txt")
    for each in (store, EphemeralStore(PAGES)):
        assert each.paths() == ("cos-state.md",)


def test_looking_at_an_untouched_memory_makes_nothing(store: FilesStore) -> None:
    seen = store.vitals()
    assert (seen.used, seen.own) == (sum(map(len, PAGES.values())), 0)
    assert (seen.holder, seen.pending, seen.alive) == ("", (), True)
    assert not os.path.exists(f"{store.root}/.cosmemory")


@pytest.mark.skipif(not os.access("/proc/locks", os.R_OK), reason="this system tells nothing of its locks")
def test_the_holder_is_told_while_it_holds_and_no_longer(store: FilesStore) -> None:
    with store.writing():
        seen = FilesStore(store.root).vitals()
    assert seen.holder.startswith(f"process {os.getpid()}.")
    assert seen.alive
    assert store.vitals().holder == ""


def test_a_change_that_is_half_done_is_told(store: FilesStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    new = [Replace(path=f"{name}.md", data=b"# New\n", expected=None) for name in ("one", "two")]
    with monkeypatch.context() as patch, store.writing() as writer:
        patch.setattr(intent, "_take", interrupted)
        with pytest.raises(KeyboardInterrupt):
            writer.commit(new)
    assert store.vitals().pending == ("one.md", "two.md")
    with FilesStore(store.root).writing():
        pass
    assert store.vitals().pending == ()
