"""Where a memory is looked for, and where a new one is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosmemory.errors import NoMemory
from cosmemory.root import find_root, new_root


def test_the_nearest_design_memory_upward_is_found(tmp_path: Path) -> None:
    root = tmp_path / "design" / "memory"
    below = tmp_path / "src" / "deep"
    root.mkdir(parents=True)
    below.mkdir(parents=True)
    assert find_root(None, {}, str(below)) == str(root)


def test_a_project_folder_will_do_and_so_will_the_memory_itself(tmp_path: Path) -> None:
    root = tmp_path / "design" / "memory"
    root.mkdir(parents=True)
    (root / "cos-state.md").touch()
    assert find_root(str(tmp_path), {}, "/") == str(root)
    assert find_root(str(root), {}, "/") == str(root)


def test_what_is_given_comes_before_the_environment_and_that_before_the_search(tmp_path: Path) -> None:
    here, there, searched = (tmp_path / name for name in ("here", "there", "searched"))
    for folder in (here, there, searched):
        (folder / "design" / "memory").mkdir(parents=True)
    environ = {"COSMEMORY_ROOT": str(there)}
    assert find_root(str(here), environ, str(searched)) == str(here / "design" / "memory")
    assert find_root(None, environ, str(searched)) == str(there / "design" / "memory")
    assert find_root(None, {}, str(searched)) == str(searched / "design" / "memory")


def test_a_name_is_taken_from_the_folder_that_is_worked_in(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    assert find_root("pages", {}, str(tmp_path)) == str(tmp_path / "pages")


@pytest.mark.parametrize("given", [None, "nowhere"])
def test_where_there_is_none_the_way_to_make_one_is_told(given: str | None, tmp_path: Path) -> None:
    with pytest.raises(NoMemory) as refused:
        find_root(given, {}, str(tmp_path))
    assert "cosmemory init" in refused.value.hint


def test_a_new_memory_goes_exactly_where_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COSMEMORY_ROOT", raising=False)
    assert new_root(None) == str(tmp_path / "design" / "memory")
    assert new_root("pages") == str(tmp_path / "pages")
    monkeypatch.setenv("COSMEMORY_ROOT", str(tmp_path / "elsewhere"))
    assert new_root(None) == str(tmp_path / "elsewhere")
