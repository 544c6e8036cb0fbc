"""What each setting of durability may lose in a power cut, and exactly that.

``full``: nothing that was acknowledged. ``file``: names of pages, so that a page changed alone may be an earlier one of
its texts again, whole; entries and changes of several pages stay. ``none``: any text that was written, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cosmemory.engines.files import intent
from cosmemory.engines.files.engine import FilesStore
from tests.engines.cuts import booted_again, empty, judged, recorded, some, without_exchange
from tests.engines.power import EXT4, POSIX, Tree, lay_out
from tests.engines.scenarios import HEAD, LOG, PROBE, SCENARIOS, Pages, files_below, is_litter
from tests.engines.test_crashes import campaign

by_name = {scenario.name: scenario for scenario in SCENARIOS}
# Logs and pages that are made alone are names too, and what a name may lose is told of pages only.
ORDINARY = [
    "replace",
    "new-page",
    "append",
    "batch",
    "remove",
    "together",
    "two-pages",
    "long-page",
    "long-pages",
    "rotation",
    "sequence",
]
TOGETHER = ["together", "two-pages", "long-page", "long-pages", "rotation"]


def states_after_cuts(
    name: str, durability: str, root: Path, model: str = POSIX
) -> tuple[list[Pages], list[tuple[Tree, int]]]:
    states, left, _ = recorded(replace(by_name[name], durability=durability), root, model=model)
    return states, some(left)


@pytest.mark.parametrize("name", by_name)
def test_full_loses_nothing_on_a_disk_like_ext4(name, root):
    states, left = states_after_cuts(name, "full", root, EXT4)
    assert [each for tree, done in left for each in judged(tree, states, done, root)] == []


@pytest.mark.parametrize("name", TOGETHER)
def test_file_loses_no_change_of_several_pages(name, root):
    states, left = states_after_cuts(name, "file", root)
    assert [each for tree, done in left for each in judged(tree, states, done, root)] == []


def pages_after(tree: Tree, root: Path, paths: set[str]) -> tuple[dict[str, bytes | None], list[str]]:
    """What a reader finds after a power cut, and what is wrong once the next writer has been there."""
    lay_out(tree, root)
    with booted_again():
        store = FilesStore(str(root), timeout=0.5)
        stored = {path: store.read(path) for path in paths}
        store.append(LOG, PROBE)
    wrong = [f"{path} is left" for path in files_below(root) if is_litter(path) or path.endswith("/intent")]
    if not (root / LOG).read_bytes().endswith(PROBE):
        wrong.append("the next entry does not stand at the end")
    empty(root)
    return {path: each.data if each else None for path, each in stored.items()}, wrong


def earlier_or_whole(name: str, root: Path) -> list[str]:
    """What `file` must not lose: the texts of each page are its own and whole, and every acknowledged entry stays."""
    states, left = states_after_cuts(name, "file", root)
    paths = {path for state in states for path in state}
    found = []
    for tree, done in left:
        pages, wrong = pages_after(tree, root, paths)
        found += wrong
        for path, data in pages.items():
            if path == LOG:
                if not (data or b"").startswith(states[done][LOG]):
                    found.append("an acknowledged entry is gone")
            elif data not in [state.get(path) for state in states[: done + 2]]:
                found.append(f"{path} is {data!r:.200}")
    return found


@pytest.mark.parametrize("name", [name for name in ORDINARY if name != "rotation"])
def test_file_leaves_pages_whole_and_every_entry(name, root):
    assert earlier_or_whole(name, root) == []


@pytest.mark.parametrize("name", [name for name in ORDINARY if name != "rotation"])
def test_file_leaves_pages_whole_where_names_cannot_be_exchanged(name, root):
    with without_exchange():
        assert earlier_or_whole(name, root) == []


@pytest.mark.parametrize(
    "name", [name for name in ORDINARY if name != "sequence"]
)  # each page by itself there
def test_file_loses_the_last_change_alone_on_a_disk_like_ext4(name, root):
    states, left = states_after_cuts(name, "file", root, EXT4)
    for tree, done in left:
        recent = range(done, max(0, done - 1) - 1, -1)
        assert any(judged(tree, states, last, root) == [] for last in recent)


@pytest.mark.parametrize("model", [POSIX, EXT4])
@pytest.mark.parametrize("name", [name for name in ORDINARY if name != "rotation"])
def test_none_loses_nothing_but_texts_that_were_written(name, model, root):
    states, left = states_after_cuts(name, "none", root, model)
    paths = {path for state in states for path in state}
    untouched = {path for path in paths if all(state.get(path) == states[0].get(path) for state in states)}
    for tree, _ in left:
        pages, wrong = pages_after(tree, root, paths)
        assert wrong == []
        assert {path: pages[path] for path in untouched} == {path: states[0][path] for path in untouched}
        assert (pages[LOG] or b"").startswith(HEAD)


@pytest.mark.parametrize("durability", ["file", "none"])
@pytest.mark.parametrize("name", ["replace", "append", "together", "long-page", "long-pages"])
def test_a_killed_process_loses_nothing_whatever_the_setting(name, durability, root):
    assert campaign(replace(by_name[name], durability=durability), root)[1] == []


# What may be lost is lost: a setting that promised less than it keeps would be no setting.


def lost(left: Sequence[tuple[Tree, int]], states: list[Pages], root: Path) -> bool:
    return any(judged(tree, states, done, root) for tree, done in left)


@pytest.mark.parametrize(
    ("name", "durability"), [("replace", "file"), ("replace", "none"), ("append", "none")]
)
def test_less_than_full_may_lose_what_was_acknowledged(name, durability, root):
    states, left = states_after_cuts(name, durability, root)
    assert lost(left, states, root)


def test_without_syncing_folders_before_the_record_goes_half_a_change_is_left(root, monkeypatch):
    monkeypatch.setattr(intent, "_sync_folders", lambda *_: None)
    states, left = states_after_cuts("together", "file", root)
    assert lost(left, states, root)
