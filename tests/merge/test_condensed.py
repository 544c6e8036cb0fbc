"""Long pages are checked by what differs in them: nothing that differs may be left out, and all of it must be readable."""

from __future__ import annotations

from cosmemory.document.decode import decode
from cosmemory.kinds import TEAM_ROSTER
from cosmemory.merge.condensed import condensed
from cosmemory.merge.pages import merge_pages
from cosmemory.syntax.parse import parse

HEAD = "# Team Roster\n\nTotal Agents: {count}\n\n## Active Team Members\n\n| Session Name | Role | Status |\n|---|---|---|\n"


def roster(count: int, role: str = "dev", blocks: int = 0, said: str = "here") -> str:
    rows = [f"| helper-{n} | {role if n == 7 else 'dev'} | active |\n" for n in range(count)]
    more = [f"\n### helper-{n}\n- **Notes:** {said if n == 3 else 'none yet'}\n" for n in range(blocks)]
    return HEAD.format(count=count) + "".join(rows + more)


def names(text: str) -> list[str]:
    members = decode(parse(text), TEAM_ROSTER.document).document.active_team_members
    return [member.session_name for member in members]


def test_rows_that_are_the_same_are_left_out_and_the_others_can_be_read():
    one, other = condensed((roster(900), roster(901, "lead")))
    assert names(one) == ["helper-7"]
    assert names(other) == ["helper-7", "helper-900"]


def test_a_row_stays_beside_a_block_of_its_name_that_differs():
    one, other = condensed((roster(900, blocks=9), roster(900, blocks=9, said="there")))
    assert names(one) == names(other) == ["helper-3"]
    assert "there" in other
    assert "there" not in one


def test_short_pages_stay_whole():
    assert condensed((roster(3), roster(4))) == [roster(3), roster(4)]


def test_the_counts_of_a_long_page_are_made_anew():
    base = roster(900)
    ours = base.replace("| helper-5 |", "| ours | dev | active |\n| helper-5 |")
    theirs = base.replace("| helper-9 |", "| theirs | dev | active |\n| helper-9 |")
    merged = merge_pages("team-roster.md", *(text.encode() for text in (base, ours, theirs)))
    assert b"Total Agents: 902" in (merged.data or b"")
    assert merged.disputes == ()
