"""Which files of a memory's folder are pages, and which are copies that programs left there."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.engines.files.listing import STRANGER, is_stranger, pages, strangers

PARTS = ("a", ".md", ".MD", "~", "#", ".sw", "p", ".orig", ".Rej", ".bak", ".tmp", ".old", ".sync-conflict-")
MORE = ("(", "conflicted copy", ")", ".conflict", "_", "BACKUP", "_BASE_", "local", "_remote_", "1", "\u017f")


@pytest.mark.parametrize(
    ("name", "stranger"),
    [
        ("cos-state.md", False),
        ("run_20261121_060000.md", False),
        ("2026-11-21.md", False),
        ("cos-state.md~", True),
        (".cos-state.md.swp", True),
        ("cos-state.sync-conflict-20261121-060000-ABCDEFG.md", True),
        ("cos-state (Ada's conflicted copy 2026-11-21).md", True),
        ("cos-state_LOCAL_4711.md", True),
        ("cos-state.md.\u017fwp", True),
    ],
)
def test_a_copy_that_a_program_left_is_told_from_a_page_by_its_name(name, stranger):
    assert is_stranger(name) == stranger


@given(st.lists(st.sampled_from((*PARTS, *MORE)), max_size=6).map("".join))
def test_the_quick_look_at_a_name_says_what_the_pattern_says(name):
    assert is_stranger(name) == (STRANGER.fullmatch(name) is not None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_that_is_called_like_a_page_is_none_and_is_told_of(tmp_path):
    os.mkfifo(tmp_path / "cos-state.md")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "team-roster.md").touch()
    (tmp_path / "mine.md").mkdir()
    assert pages(str(tmp_path)) == ("team-roster.md",)
    assert strangers(str(tmp_path)) == ("cos-state.md",)
