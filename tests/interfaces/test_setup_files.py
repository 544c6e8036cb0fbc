"""Files as people write them: what setup makes of each, and that --remove gives each back byte for byte.

``tests/cases/setup/HARNESS__PATH__STYLE.before`` is a file as it was, ``+`` standing for ``/``; ``.after`` is the same
file when the harness is set up. COSMEMORY_SETUP_CASES=write writes what setup makes now.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cosmemory.__main__ import main

CASES = Path(__file__).parents[1] / "cases" / "setup"
NAMES = sorted(path.name.removesuffix(".before") for path in CASES.glob("*.before"))
WRITES = os.environ.get("COSMEMORY_SETUP_CASES") == "write"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    (tmp_path / "design" / "memory").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COSMEMORY_ROOT", raising=False)
    return tmp_path


def test_there_are_at_least_twenty():
    assert len(NAMES) >= 20


@pytest.mark.parametrize("name", NAMES)
def test_a_file_gets_what_is_ours_and_nothing_else_changes(project, name):
    harness, path, _ = name.split("__")
    before = (CASES / f"{name}.before").read_bytes()
    file = project / path.replace("+", "/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(before)
    others = {each for each in project.rglob("*") if each.is_file()}

    assert main(["setup", harness]) == 0
    after = file.read_bytes()
    if WRITES:
        (CASES / f"{name}.after").write_bytes(after)
    assert after == (CASES / f"{name}.after").read_bytes()

    assert main(["setup", harness]) == 0
    assert file.read_bytes() == after

    assert main(["setup", harness, "--remove"]) == 0
    if "older-ours" not in name:
        assert file.read_bytes() == before
    assert {
        each for each in project.rglob("*") if each.is_file() and ".cosmemory" not in each.parts
    } == others
    assert main(["setup", harness, "--remove"]) == 0
