"""Logs of two branches: every entry of both once, none split, in the order in which things happened."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cosmemory.kinds.coordination_log import entries
from cosmemory.kinds.log_archive import archive_text, entry_texts, proof_of
from cosmemory.merge.pages import merge_pages
from cosmemory.syntax.entry import event_entry

HEAD = "# Coordination Log\n\nSession: cos-20261121-0600\nStarted: 2026-11-21T06:00:00Z\n\n## Events\n\n"
RANDOMS = st.integers(0, 2**32).map(random.Random)


def some_entry(choose: random.Random) -> str:
    time = f"2026-11-21T{choose.randint(6, 9):02}:{choose.randint(0, 59):02}:00Z"
    said = choose.choice(["", "| a | b |", "### not an entry", "---", "<!--", "```", "a\nb", "words"])
    return event_entry(time, "decision", "cos", f"did {choose.randint(0, 9)}", "done", said)


def in_order(choose: random.Random, most: int) -> list[str]:
    return sorted(some_entry(choose) for _ in range(choose.randint(0, most)))


def merged_log(base: str, ours: str, theirs: str, path: str = "coordination-log.md"):
    return merge_pages(path, *(text.encode() for text in (base, ours, theirs)))


def said(text: str) -> Counter[str]:
    return Counter(entry.text.rstrip() for entry in entry_texts(text))


@given(choose=RANDOMS)
def test_what_both_sides_appended_is_there_once_and_in_its_order(choose):
    base = HEAD + "".join(in_order(choose, 5))
    one, other = (in_order(choose, 4) for _ in range(2))
    ours, theirs = base + "".join(one), base + "".join(other)
    if one and choose.random() < 0.3:
        ours = ours.rstrip("\n") + choose.choice(["", "\n"])
    merged = merged_log(base, ours, theirs)
    text = merged.data.decode()
    assert merged.disputes == ()
    assert said(text) == said(ours) | said(theirs)
    new = [event.time for event in entries(text)][len(entry_texts(base)) :]
    assert new == sorted(new)
    assert "".join(entry.text for entry in entry_texts(text)) == text[len(HEAD) :]


@given(choose=RANDOMS)
def test_an_entry_that_one_side_moved_to_the_archive_does_not_come_back(choose):
    held = in_order(choose, 6)
    base = HEAD + "".join(held)
    gone = len(held) // 2
    ours = HEAD + "".join(held[gone:] + in_order(choose, 2))
    theirs = base + "".join(in_order(choose, 3))
    merged = merged_log(base, ours, theirs)
    text = merged.data.decode()
    new = said(theirs) - said(base)
    rotated = said("".join(held[:gone]))
    assert said(text) >= said(ours)
    assert said(text) - said(ours) - new == Counter()
    assert not (said(text) - said(ours)) & (rotated - new)


def test_an_entry_that_both_sides_wrote_in_another_way_is_in_dispute_as_a_whole():
    entry = event_entry("2026-11-21T06:00:00Z", "decision", "cos", "plan", "open", "")
    more = event_entry("2026-11-21T07:00:00Z", "decision", "cos", "next", "open", "")
    base = HEAD + entry
    merged = merged_log(base, base.replace("open", "won"), base.replace("open", "lost") + more)
    assert [dispute.where for dispute in merged.disputes] == ["events.2026-11-21T06:00:00Z"]
    text = merged.data.decode()
    assert text.startswith(HEAD + "<<<<<<< ours\n" + entry.replace("open", "won"))
    assert text.endswith(">>>>>>> theirs\n" + more)


def test_an_entry_that_one_side_corrected_is_corrected_beside_what_the_other_appended():
    entry = event_entry("2026-11-21T06:00:00Z", "decision", "cos", "plan", "open", "")
    more = event_entry("2026-11-21T07:00:00Z", "decision", "cos", "next", "open", "")
    base = HEAD + entry
    merged = merged_log(base, base.replace("open", "won"), base + more)
    assert merged.data.decode() == HEAD + entry.replace("open", "won") + more
    assert merged.disputes == ()


def test_what_a_person_wrote_between_entries_stays_with_the_entry_above():
    one, two = (event_entry(f"2026-11-21T0{n}:00:00Z", "decision", "cos", "plan", "", "") for n in (6, 7))
    base = HEAD + one + two
    merged = merged_log(base, HEAD + one + "A remark of mine.\n\n" + two, base + one.replace("T06", "T08"))
    assert merged.data.decode() == HEAD + one + "A remark of mine.\n\n" + two + one.replace("T06", "T08")


def test_an_archive_that_both_sides_added_to_is_sorted_and_proves_what_it_holds():
    one, two, three = (
        event_entry(f"2026-11-1{n}T06:00:00Z", "decision", "cos", "plan", "", "") for n in (1, 2, 3)
    )
    base, ours, theirs = (
        archive_text("2026-W46", entry_texts(text)) for text in (two, one + two, two + three)
    )
    merged = merged_log(base, ours, theirs, "coordination-log-2026-W46.md")
    assert merged.data.decode() == archive_text("2026-W46", entry_texts(one + two + three))
    assert proof_of(merged.data.decode()).sound
    assert merged.disputes == ()
