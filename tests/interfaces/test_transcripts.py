"""Whole stories of what people call, see and find on the pages: each is told today as it stands in its chapter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcripts import CHAPTERS, told_again


@pytest.mark.parametrize("chapter", sorted(CHAPTERS.glob("*.txt")), ids=lambda chapter: chapter.stem)
def test_a_story_is_told_as_it_was(chapter: Path, tmp_path: Path) -> None:
    text = chapter.read_text(encoding="utf-8")
    assert told_again(text, tmp_path) == text


def test_a_command_that_answers_otherwise_is_seen(tmp_path: Path) -> None:
    text = "# A story.\n\n$ cosmemory kinds agent\n    what it never says\n"
    told = told_again(text, tmp_path)
    assert "what it never says" not in told
    assert "exit 2" in told
