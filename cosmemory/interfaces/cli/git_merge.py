"""The merge of a page as git asks for it: three files, of which ours takes the result."""

from __future__ import annotations

import re

from cosmemory.errors import Refused
from cosmemory.interfaces.cli.git_driver import DISPUTED, MERGED, kinds_of_page, page_path
from cosmemory.interfaces.cli.output import tell_warning
from cosmemory.interfaces.cli.saving import read_file, save_file
from cosmemory.merge.pages import merge_pages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.merge.pages import Merged
    from cosmemory.merge.strategies import Dispute

MARKER_SIZE = 7
# Longer than any that git asks for or people write, so that none of them is taken for ours.
BASE_MARKER_SIZE = 61


def merge_for_git(
    *,
    ancestor: str,
    current: str,
    other: str,
    path: str,
    marker_size: int | None,
    ours_label: str | None,
    theirs_label: str | None,
) -> int:
    """Merges a page into the file ``current`` and gives the exit code for git's driver."""
    labels = (_label(ours_label, "ours"), _label(theirs_label, "theirs"))
    size = marker_size or MARKER_SIZE
    merged = _merged(ancestor, current, other, path, labels, size)
    if merged.disputes and b"<" * size not in (merged.data or b""):
        # Without a mark, our side alone would stand there as if nothing had been said against it.
        raise Refused("It is no text that marks could stand in.")
    save_file(current, merged.data or b"")
    for dispute in merged.disputes:
        tell_warning(f"{path}:{told(dispute)}")
    return DISPUTED if merged.disputes else MERGED


def merge_base_for_git(*, ancestor: str, current: str, other: str, path: str, **_: Any) -> int:
    """Merges two common ancestors into the file ``current``; where they differ, what was before both stands.

    Then each side of the merge that follows differs from its base wherever the two differ, and is asked.
    """
    merged = _merged(ancestor, current, other, path, ("ours", "theirs"), BASE_MARKER_SIZE)
    places = {dispute.line for dispute in merged.disputes}
    save_file(current, _bases(merged.data or b"", len(places)))
    return MERGED


def told(dispute: Dispute) -> str:
    """A dispute in one line, which begins with that of its markers."""

    def shown(text: str | None) -> str:
        return "nothing" if text is None else repr(text if len(text) <= 60 else text[:59] + "…")

    sides = (
        f"ours has {shown(dispute.ours)}, theirs {shown(dispute.theirs)}, before it was {shown(dispute.base)}"
    )
    return f"{dispute.line}: {dispute.where}: {sides}"


def _merged(
    ancestor: str, current: str, other: str, path: str, labels: tuple[str, str], marker_size: int
) -> Merged:
    texts = [read_file(each) for each in (ancestor, current, other)]
    if None in texts:
        raise Refused("One of the three files is not there.")
    # Git hands over an empty file where both sides have added the page.
    base = texts[0] or None
    kinds = kinds_of_page(path)
    return merge_pages(page_path(path), base, *texts[1:], labels=labels, marker_size=marker_size, kinds=kinds)


def _label(given: str | None, otherwise: str) -> str:
    """What git calls a side; a git that knows no names hands over the letter that stands for one."""
    return otherwise if not given or given in {"%X", "%Y"} else given


def _bases(data: bytes, count: int) -> bytes:
    """A page with the base in the place of each dispute. Raises Refused where the markers are not those told of."""
    start, before, between, end = (re.escape(mark * BASE_MARKER_SIZE) for mark in (b"<", b"|", b"=", b">"))
    pattern = rb"^%b .*\n(?:.*\n)*?^%b.*\n(?P<base>(?:.*\n)*?)^%b\r?\n(?:.*\n)*?^%b .*(?:\n|\Z)" % (
        start,
        before,
        between,
        end,
    )
    told_data, found = re.subn(pattern, lambda dispute: dispute["base"], data, flags=re.MULTILINE)
    if found != count:
        raise Refused(f"{found} marked places for {count} disputes.")
    return told_data
