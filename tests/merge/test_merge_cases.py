"""Merges to read: base, ours, theirs, and what becomes of them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cosmemory.merge.pages import Merged, Strategies, merge_pages

CASES = Path(__file__).parents[1] / "cases" / "merge"
every_case = pytest.mark.parametrize("path", sorted(CASES.iterdir()), ids=lambda path: path.stem)
GIVEN = ("about", "base", "ours", "theirs", "strategies")
NAMES = {"first write", "last write"}
WRITES = bool(os.environ.get("COSMEMORY_WRITE_CASES"))


def parts_of(path: Path) -> dict[str, str]:
    """The parts of a case file, which lines of `@@ name` begin."""
    text = path.read_bytes().decode()
    found = [part.partition("\n") for part in re.split(r"^@@ ", text, flags=re.MULTILINE)[1:]]
    parts = {head.split()[0]: body for head, _, body in found}
    return parts | {"path": found[1][0].split()[1]}


def strategies_of(line: str) -> Strategies:
    name = next((name for name in NAMES if line.startswith(name)), line.split(" ", maxsplit=1)[0] or "merge")
    given = dict(word.split("=") for word in line.removeprefix(name).split())
    times = {key: int(given.pop(key)) for key in ("ours_at", "theirs_at") if key in given}
    return Strategies(default=name, by_kind=given, **times)


def merged(parts: dict[str, str]) -> Merged:
    texts = [parts[name].encode() for name in ("base", "ours", "theirs")]
    strategies = strategies_of(parts.get("strategies", "").strip())
    return merge_pages(parts["path"], texts[0] or None, *texts[1:], strategies=strategies)


def told(found: Merged) -> dict[str, str]:
    disputes = [
        f"{each.line} {each.where}: {each.base!r}, {each.ours!r} or {each.theirs!r}\n"
        for each in found.disputes
    ]
    notes = [note + "\n" for note in found.notes]
    said = {"merged": (found.data or b"").decode(), "disputes": "".join(disputes), "notes": "".join(notes)}
    return {name: text for name, text in said.items() if text}


@every_case
def test_a_case_becomes_what_it_says(path):
    parts = parts_of(path)
    found = told(merged(parts))
    if WRITES:
        text = path.read_bytes().decode().split("@@ merged")[0]
        path.write_bytes((text + "".join(f"@@ {name}\n{body}" for name, body in found.items())).encode())
    assert {name: text for name, text in parts.items() if name not in {*GIVEN, "path"}} == found


@every_case
def test_a_case_turned_round_says_the_same(path):
    parts = parts_of(path)
    if "strategies" in parts:
        pytest.skip("a strategy takes sides")
    there, back = merged(parts), merged(parts | {"ours": parts["theirs"], "theirs": parts["ours"]})
    assert [each.where for each in there.disputes] == [each.where for each in back.disputes]
