"""Unified diffs as commands show them: of whole lines, and such as patch takes."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.interfaces.cli.session import unified


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (b"", b"one\ntwo\n", "@@ -0,0 +1,2 @@\n+one\n+two\n"),
        (b"one\n", b"", "@@ -1 +0,0 @@\n-one\n"),
        (b"one\n", b"one\ntwo\n", "@@ -1 +1,2 @@\n one\n+two\n"),
        (b"one", b"one\n", "@@ -1 +1 @@\n-one\n\\ No newline at end of file\n+one\n"),
        (b"a\x0bb\n", b"a\x0bc\n", "@@ -1 +1 @@\n-a\x0bb\n+a\x0bc\n"),
    ],
)
def test_texts_in_diff_out(before, after, shown):
    assert unified("page.md", before, after) == f"--- page.md\n+++ page.md\n{shown}"


texts = st.lists(st.sampled_from([b"one", b"two", b"", b"### x", b"\r"]), max_size=6).map(b"\n".join)


@given(texts, texts)
def test_patch_makes_the_one_text_of_the_other(tmp_path_factory, before, after):
    if before == after:
        assert unified("page.md", before, after) == ""
        return
    folder = tmp_path_factory.mktemp("patched")
    (folder / "page.md").write_bytes(before)
    made = unified("page.md", before, after).encode()
    made = made.replace(b"--- page.md\n+++ page.md\n", b"--- a/page.md\n+++ b/page.md\n", 1)
    ran = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=folder,
        input=made,
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (folder / "page.md").read_bytes() == after
