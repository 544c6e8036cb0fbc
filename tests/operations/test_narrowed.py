"""No record at a status is left out, however people spell the status; most of the others are."""

from __future__ import annotations

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.kinds import HANDOFF, RUN
from cosmemory.kinds.handoff import STATUS
from cosmemory.kinds.run import STATUS as RUN_STATUS
from cosmemory.memory import Memory
from cosmemory.operations import handoffs
from cosmemory.operations.narrowed import keys_saying

FRONT = "---\nid: a\nfrom: x\nto: y\nproject: p\nstatus: {}\n---\n# Handoff\n"
LABEL = "# Run a\n\n- **Run ID:** a\n- **Goal:** g\n- **Status:** {}\n"
SPELLINGS = (
    "{}",
    "`{}`",
    "'{}'",
    '"{}"',
    "**{}**",
    "  {}  ",
)


def spelled(word):
    told = {
        word,
        word.upper(),
        word.title(),
        word.replace("_", " "),
        word.replace("_", "-"),
        word.replace("_", r"\_"),
    }
    told |= {f"&#{ord(word[0])};{word[1:]}"}
    return sorted(spelling.format(each) for spelling in SPELLINGS for each in told)


@pytest.mark.parametrize(
    ("kind", "text", "words", "attribute"),
    [(HANDOFF, FRONT, STATUS.words, "status"), (RUN, LABEL, RUN_STATUS.words, "status")],
)
def test_whatever_is_read_as_a_status_is_found_by_it(kind, text, words, attribute):
    read = 0
    for word in words:
        for each in spelled(word):
            path = kind.path.replace("{id}", "a")
            memory = Memory(EphemeralStore({path: text.format(each).encode()}))
            status = getattr(memory.read(path), attribute)
            if status in words:
                read += 1
                assert list(keys_saying(memory, kind, status)) == ["a"]
    assert read > 10 * len(words)


def test_a_status_that_a_program_spelled_by_numbers_is_not_missed():
    memory = Memory(EphemeralStore({"handoffs/a.md": FRONT.format(r'"\x70ending"').encode()}))
    assert list(keys_saying(memory, HANDOFF, "pending")) == ["a"]


def test_pages_that_say_something_else_are_left_out_and_marks_mean_themselves():
    memory = Memory(EphemeralStore({"handoffs/a.md": FRONT.format("completed").encode()}))
    assert list(keys_saying(memory, HANDOFF, "pending")) == []
    assert list(keys_saying(memory, HANDOFF, "c.*d")) == []
    assert handoffs.listed(memory, status="(") == ()
