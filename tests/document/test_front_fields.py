"""Front matter as the home of fields: entries changed and added in the style that stands there."""

from __future__ import annotations

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.document.changes import changed
from cosmemory.document.decode import decode
from cosmemory.document.paths import with_value
from cosmemory.frozen import replace
from cosmemory.kinds.handoff import Handoff
from cosmemory.syntax.escape import is_empty, normalise
from cosmemory.syntax.front_matter import scalar_like
from cosmemory.syntax.parse import parse
from tests.laws.documents import TEXTS


def with_text(page: str, path: str, text: str) -> str:
    tree = parse(page)
    old = decode(tree, Handoff).document
    return changed("page.md", tree, old, with_value(old, path, text)).tree.text


def test_a_value_that_is_absent_becomes_one_more_line():
    page = "---\n# who and what\nid: a-1\nstatus: pending # still\n---\n# Handoff\n"
    assert with_text(page, "reason", "no: time") == page.replace("still\n", 'still\nreason: "no: time"\n')


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        ("From-Agent: a\nTo: b", "Content-Sha256: abc"),
        ("from agent: a", "content sha256: abc"),
        ("id: 'a'\nto: 'b'", "content_sha256: 'abc'"),
        ('id: "a"', 'content_sha256: "abc"'),
        ("", "content_sha256: abc"),
        ("files:\n  - one\n  - two", "content_sha256: abc"),
    ],
)
def test_the_new_line_is_of_the_style_of_its_neighbours(standing, line):
    page = f"---\n{standing}\n---\n# Handoff\n" if standing else "---\nnote: x\n---\n# Handoff\n"
    assert f"\n{line}\n---\n# Handoff\n" in with_text(page, "content_sha256", "abc")


def test_a_page_with_labels_and_no_front_matter_gets_a_label():
    page = "# Handoff\n\n* From: a\n* To: b\n"
    assert with_text(page, "status", "pending") == page + "* Status: pending\n"


@pytest.mark.parametrize(("before", "newline"), [("", "\n"), ("\ufeff", "\r\n")])
def test_a_page_with_neither_gets_front_matter(before, newline):
    page = f"{before}# Handoff{newline}{newline}## Notes{newline}mine{newline}"
    tree = parse(page)
    old = decode(tree, Handoff).document
    after = changed("page.md", tree, old, replace(old, status="pending", to_agent="b")).tree.text
    front = newline.join(["---", "to: b", "status: pending", "---", "", ""])
    assert after == page.replace("# Handoff", front + "# Handoff", 1)


def test_an_entry_of_several_lines_is_left_and_the_page_says_it():
    page = "---\nreason: >\n  long\n  words\n---\n# Handoff\n"
    after = with_text(page, "reason", "short")
    assert after == page + "- **Reason:** short\n"
    assert decode(parse(after), Handoff).document.reason == "short"


@given(value=st.none() | TEXTS, other=TEXTS)
def test_any_value_can_be_added_and_is_read_alike_by_python_frontmatter(value, other):
    page = "---\nid: a-1\n---\n# Handoff\n\n## Notes\n\nmine\n"
    tree = parse(page)
    old = decode(tree, Handoff).document
    after = changed("page.md", tree, old, replace(old, reason=value, to_agent=other)).tree.text
    read = decode(parse(after), Handoff).document
    assert (read.id, read.reason, read.to_agent, read.notes) == ("a-1", value, other, "mine")
    judged = frontmatter.loads(after)
    assert set(judged.metadata) <= {"id", "reason", "to"}
    assert judged.content == "# Handoff\n\n## Notes\n\nmine"
    if isinstance(judged["to"], str):
        assert normalise(judged["to"]) == other


ODD_NUMBERS = [
    "2026-13-45",
    "2026-02-30T10:00:00Z",
    "0b_",
    "0x",
    "0b",
    "1" * 5000,
    "2026-1-1 25:00:00",
    "1_000",
    "12:30:45",
    "9" * 17,
]


@pytest.mark.parametrize("value", ODD_NUMBERS)
@pytest.mark.parametrize("standing", ["", "'x'", '"x"'])
def test_a_number_or_day_that_yaml_stumbles_over_takes_nothing_along(value, standing):
    page = f"---\nid: a-1\nreason: {scalar_like(standing, value)}\n---\n# Handoff\n"
    read = decode(parse(page), Handoff).document
    assert (read.id, read.reason) == ("a-1", value)


@given(st.text("0123456789abxo_-:.,TZ+ ", min_size=1, max_size=24))
def test_no_mix_of_digits_and_marks_takes_the_other_entries_along(value):
    value = normalise(value)
    page = f"---\nid: a-1\nreason: {scalar_like('', value)}\n---\n# Handoff\n"
    read = decode(parse(page), Handoff).document
    assert (read.id, read.reason) == ("a-1", None if is_empty(value) else value)


def test_many_brackets_in_every_value_do_not_make_the_front_matter_too_deep():
    page = "---\nid: a-1\n---\n# Handoff\n"
    tree = parse(page)
    old = decode(tree, Handoff).document
    new = replace(old, reason="[{" * 900, project="{" * 900, to_agent="[a]")
    after = changed("page.md", tree, old, new).tree.text
    assert decode(parse(after), Handoff).document == new
    assert 'to: "[a]"' in after
