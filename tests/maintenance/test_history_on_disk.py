"""The past of a real folder: every page at every moment as it was on the disk, and undo between edits by hand."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from pathlib import Path

from cosmemory.__main__ import main
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import CosmemoryError
from cosmemory.maintenance.moments import changes_of, text_then
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise
from tests.maintenance.story import ALERTS, LOG, NOON, ROSTER, STATE, VERBS
from tests.test_memory_machine import EDITS

# Five hundred are asked for by the campaign; a few dozen find what a change of ours breaks.
CHANGES = int(os.environ.get("COSMEMORY_MOMENTS_ON_DISK", "40"))


def pages_in(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.md")}


def lived(root: Path, choose: random.Random) -> list[dict[str, bytes]]:
    """A folder after verbs, and edits that an editor saved, and what stood on the disk after each."""
    at = NOON
    initialise(Memory(FilesStore(str(root)), now=lambda: NOON))
    kept = [pages_in(root)]
    for number in range(CHANGES):
        at += 60
        memory = Memory(FilesStore(str(root)), now=lambda at=at: at, actor="alice")
        if choose.random() < 0.3:
            path = root / choose.choice([STATE, ROSTER, ALERTS])
            lines = choose.choice(EDITS)(path.read_text().split("\n"), f"words of mine {number}", choose)
            path.with_suffix(".new").write_text("\n".join(lines))
            path.with_suffix(".new").replace(path)
            kept.append(pages_in(root))
            memory.store.notice(thoroughly=True)
        with suppress(CosmemoryError):
            choose.choice(VERBS)(memory)
        kept.append(pages_in(root))
    return [pages for number, pages in enumerate(kept) if number == 0 or pages != kept[number - 1]]


def test_every_page_at_every_moment_is_the_one_that_was_on_the_disk(tmp_path, capsysbinary):
    root = tmp_path / "memory"
    root.mkdir()
    kept = lived(root, random.Random(7))
    history = FilesStore(str(root)).history()
    assert [each.number for each in changes_of(history)] == list(range(len(kept), 0, -1))
    for number, pages in enumerate(kept, 1):
        for path in {*pages, *kept[-1]}:
            assert text_then(history, path, number) == pages.get(path)
    for number in random.Random(8).sample(range(1, len(kept) + 1), min(20, len(kept))):
        for path in (STATE, LOG):
            assert main(["--root", str(root), "show", path, "--at", str(number)]) == 0
            assert capsysbinary.readouterr().out == kept[number - 1][path]


def test_changes_on_the_disk_are_taken_back_one_by_one(tmp_path, capsys):
    root = tmp_path / "memory"
    root.mkdir()
    main(["--root", str(root), "init"])
    main(["--root", str(root), "focus", "alpha"])
    before = (root / STATE).read_bytes()
    (root / STATE).write_bytes(before.replace(b"alpha", b"beta"))
    capsys.readouterr()
    assert main(["--root", str(root), "undo"]) == 0
    assert capsys.readouterr().out == "undid #3 (edited by hand): Primary Task: beta -> alpha\n"
    assert (root / STATE).read_bytes() == before
    assert main(["--root", str(root), "undo", "2"]) == 0
    assert b"alpha" not in (root / STATE).read_bytes()
    assert main(["--root", str(root), "undo"]) == 0
    assert (root / STATE).read_bytes() == before
    log = (root / LOG).read_text()
    assert [line for line in log.split("\n") if "Undid" in line] == [
        "**Action:** Undid #3 (edited by hand)",
        "**Action:** Undid #2 (focus)",
        "**Action:** Undid #5 (undo 2)",
    ]
