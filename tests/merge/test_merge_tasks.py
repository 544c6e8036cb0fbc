"""Checklists in three versions: neighbouring boxes are ticked by two, and nobody is in anybody's way."""

from __future__ import annotations

import pytest

from cosmemory.merge.pages import merge_pages

HANDOFF = "handoffs/payments-2026-11-20.md"
ONBOARDING = "onboarding/helper-1-2026-11-20.md"
HEADS = {
    HANDOFF: "# Handoff\n\n## Acceptance Criteria\n{}\n\n## Notes\n\nmine\n",
    ONBOARDING: "# Onboarding\n\n## Checklist\n\n### Team\n\n{}\n\n### Role\n\nNone\n",
}
each_page = pytest.mark.parametrize("path", HEADS, ids=["section", "block"])


def merged(path, *bodies):
    found = merge_pages(path, *(HEADS[path].format(body).encode() for body in bodies))
    head, foot = HEADS[path].split("{}")
    text = found.data.decode()
    return text.removeprefix(head).removesuffix(foot) if not found.disputes else text, found.disputes


@each_page
@pytest.mark.parametrize(
    ("base", "ours", "theirs", "both"),
    [
        ("- [ ] a\n- [ ] b", "- [x] a\n- [ ] b", "- [ ] a\n- [x] b", "- [x] a\n- [x] b"),
        ("- [ ] a\n- [ ] b", "- [x] a\n- [ ] b", "- [X] a\n- [ ] b", "- [x] a\n- [ ] b"),
        ("- [x] a\n- [ ] b", "- [ ] a\n- [ ] b", "- [x] a\n- [x] b", "- [ ] a\n- [x] b"),
        ("- [ ] a", "- [x] a\n- [ ] ours", "- [ ] a\n- [x] theirs", "- [x] a\n- [ ] ours\n- [x] theirs"),
        ("- [ ] a\n  more\n- [ ] b", "- [ ] a\n  more\n- [x] b", "- [x] a\n  less\n- [ ] b", "- [x] a\n  less\n- [x] b"),
        ("- [ ] a\n- [ ] b", "* [ ] a\n* [ ] b", "- [x] a\n- [ ] b", "* [x] a\n* [ ] b"),
        ("- [ ] a\n- [ ] b", "- [ ] b", "- [ ] a\n- [x] b", "- [x] b"),
        ("- [ ] a\n- [ ] b", "- [ ] b\n- [ ] a", "- [x] a\n- [ ] b", "- [ ] b\n- [x] a"),
    ],
)  # fmt: skip
def test_both_sides_stand_in_the_list(path, base, ours, theirs, both):
    assert merged(path, base, ours, theirs) == (both, ())
    if "ours" not in ours and "[X]" not in theirs:
        assert merged(path, base, theirs, ours) == (both, ())


@each_page
def test_a_task_that_one_took_away_and_the_other_ticked_is_in_dispute(path):
    text, (dispute,) = merged(path, "- [ ] a\n- [ ] b", "- [ ] b", "- [x] a\n- [ ] b")
    assert dispute.where in {"acceptance_criteria.a", "checklist.Team.tasks.a"}
    assert "<<<<<<<" in text


@each_page
def test_a_task_that_both_made_with_another_mark_is_in_dispute(path):
    _, (dispute,) = merged(path, "- [ ] a", "- [ ] a\n- [x] b", "- [ ] a\n- [ ] b")
    assert dispute.where.endswith(".b")
