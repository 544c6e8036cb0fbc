"""Rebuilding: what the verbs have logged is enough to write the roster, the alerts and the state again."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.config import Settings
from cosmemory.document.data import data_of
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import CosmemoryError, NotFound
from cosmemory.frozen import replace
from cosmemory.maintenance.checkpoint_shelf import listed, with_manifest
from cosmemory.maintenance.rebuild import Rebuilt, rebuild
from cosmemory.maintenance.rotation import rotate
from cosmemory.memory import Memory
from cosmemory.operations import alerts, state, team
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.pages import set_value

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
SETTINGS = Settings(
    decisions=3, ended_actions=2, resolved_alerts=2, team_changes=4, target_roles={"reviewer": 2}
)
PAGES = {"roster": "team-roster.md", "alerts": "alerts/active-alerts.md", "cos-state": "cos-state.md"}
WORDS = ("disk", "the parser", "a | b", "`x`", "Ünï", "two\nlines", "-> x", "Joined", "None of it", "#5")


@pytest.fixture
def memory() -> Memory:
    return new_memory([NOON])


def new_memory(clock: list[int]) -> Memory:
    memory = Memory(EphemeralStore(), settings=SETTINGS, now=lambda: clock[0])
    initialise(memory)
    return memory


def page(memory: Memory, path: str) -> str:
    stored = memory.store.read(path)
    assert stored is not None
    return stored.data.decode()


def lost(memory: Memory, path: str) -> None:
    del memory.store._pages[path]


def told(memory: Memory, name: str) -> Rebuilt:
    return rebuild(memory, name).result


def test_a_lost_roster_is_what_the_log_tells_of_the_team(memory: Memory) -> None:
    team.join(memory, "helper-1", role="developer", notes="mornings")
    team.join(memory, "helper-2", role="reviewer")
    team.assign_task(memory, "helper-1", "the parser")
    team.change_status(memory, "helper-2", "busy", details="until noon")
    team.leave(memory, "helper-1", reason="done here")
    before = memory.read("team-roster")
    lost(memory, "team-roster.md")
    assert told(memory, "roster").path == "team-roster.md"
    assert memory.read("team-roster") == before


def test_lost_alerts_are_what_the_log_tells_of_them(memory: Memory) -> None:
    for severity in ("warning", "warning", "critical"):
        alerts.raise_alert(
            memory, kind="Memory", severity=severity, resource="db on host 4", value="91%", threshold="90%"
        )
    alerts.move_alert(memory, "ack", "ALERT-1", note="looking into it")
    alerts.escalate_alert(memory, "ALERT-1", "critical")
    alerts.update_alert(memory, "ALERT-1", "95% -> 96%")
    alerts.note_alert(memory, "ALERT-2", "Decided")
    alerts.resolve_alert(memory, "ALERT-3")
    before = memory.read("active-alerts")
    lost(memory, "alerts/active-alerts.md")
    told(memory, "alerts")
    assert memory.read("active-alerts") == before


def test_a_lost_state_is_what_the_log_tells_but_for_priorities_deadlines_and_notes(memory: Memory) -> None:
    state.set_focus(memory, "Ship the parser", priority="high")
    state.add_action(memory, "Write the docs", priority="low", deadline="2026-11-28")
    state.add_action(memory, "Review the lock")
    state.move_action(memory, "start", "1")
    state.decide(memory, "Keep one lock", "simpler")
    state.set_resources(memory, 1.4, 62)
    team.join(memory, "helper-1", role="developer")
    before = page(memory, "cos-state.md")
    lost(memory, "cos-state.md")
    done = told(memory, "cos-state")
    assert page(memory, "cos-state.md") == before.replace("| low | 2026-11-28 |", "| medium | - |")
    assert "priority and deadline of actions" in done.untold


def test_what_no_event_tells_stays_as_it_is_on_the_page(memory: Memory) -> None:
    team.join(memory, "helper-1", role="developer", task="the parser", capabilities="python,c")
    set_value(memory, "team-roster", "active_team_members.helper-1.performance", "92%")
    before = page(memory, "team-roster.md").replace("## Inactive", "A word of mine.\n\n## Inactive")
    memory.store._pages["team-roster.md"] = before.encode()
    assert told(memory, "roster").differences == ()
    assert page(memory, "team-roster.md") == before


def test_the_difference_between_page_and_log_is_named_value_by_value(memory: Memory) -> None:
    team.join(memory, "helper-1", role="developer")
    set_value(memory, "team-roster", "active_team_members.helper-1.role", "astronaut")
    (found,) = [each for each in told(memory, "roster").differences if each.where.endswith("helper-1.role")]
    assert (found.page, found.log) == ("astronaut", "developer")
    assert memory.read("team-roster").active_team_members[0].role == "developer"


def test_somebody_whom_the_log_never_named_stays_in_the_team(memory: Memory) -> None:
    team.join(memory, "helper-1", role="developer")
    row = "| by-hand | tester | idle | - | - | - |\n\n### helper-1"
    text = page(memory, "team-roster.md").replace("\n### helper-1", row, 1)
    memory.store._pages["team-roster.md"] = text.encode()
    told(memory, "roster")
    assert [each.session_name for each in memory.read("team-roster").active_team_members] == [
        "helper-1",
        "by-hand",
    ]


def test_what_the_page_knows_to_be_later_stays(memory: Memory) -> None:
    team.join(memory, "helper-1", role="developer")
    set_value(memory, "team-roster", "active_team_members.helper-1.last_seen", "2026-11-21T13:00:00Z")
    assert told(memory, "roster").differences == ()


def test_a_damaged_page_is_written_anew_and_kept(memory: Memory) -> None:
    team.join(memory, "helper-1", role="developer")
    damaged = page(memory, "team-roster.md")[:90].encode()
    memory.store._pages["team-roster.md"] = damaged
    done = told(memory, "roster")
    kept = memory.store.read(done.kept)
    assert kept is not None
    assert kept.data == damaged
    assert [each.session_name for each in memory.read("team-roster").active_team_members] == ["helper-1"]


def test_the_present_is_a_checkpoint_before_a_page_is_rebuilt_and_only_then(memory: Memory) -> None:
    team.join(memory, "helper-1", role="Developer")
    rebuild(memory, "roster")
    assert listed(memory) == []
    set_value(memory, "team-roster", "active_team_members.helper-1.role", "Reviewer")
    rebuild(memory, "roster")
    (made,) = [with_manifest(memory, each).manifest for each in listed(memory)]
    assert made is not None
    assert made.before == "rebuild"


def test_an_event_that_can_be_read_in_two_ways_is_named(memory: Memory) -> None:
    alerts.raise_alert(memory, kind="a on b", severity="warning", resource="c", value="1", threshold="2")
    assert "ALERT-1" in told(memory, "alerts").vague[0]


def test_other_pages_cannot_be_rebuilt(memory: Memory) -> None:
    with pytest.raises(NotFound, match="rebuild"):
        rebuild(memory, "coordination-log")


def test_rebuilding_twice_is_rebuilding_once(memory: Memory) -> None:
    team.join(memory, "helper-1", role="developer")
    lost(memory, "team-roster.md")
    told(memory, "roster")
    before = dict(memory.store._pages)
    for name in PAGES:
        assert rebuild(memory, name).revisions == ()
    assert memory.store._pages == before


def verbs_of(memory: Memory, choose: random.Random) -> list[Callable[[], Any]]:
    words, name = choose.choice(WORDS), choose.choice(["helper-1", "helper 2", "Ünï | three"])
    key, note = str(choose.randint(1, 4)), choose.choice([None, choose.choice(WORDS)])
    return [
        lambda: state.set_focus(memory, words, priority=choose.choice([None, "low", "high"])),
        lambda: state.add_action(memory, words),
        lambda: state.move_action(memory, choose.choice(sorted(state.MOVES)), key, notes=note),
        lambda: state.decide(memory, words, choose.choice(WORDS)),
        lambda: state.set_resources(memory, choose.randint(0, 9), choose.choice([None, 62])),
        lambda: team.join(memory, name, role=words, notes=note),
        lambda: team.leave(memory, name, reason=words),
        lambda: team.see(memory, name),
        lambda: team.assign_task(memory, name, words),
        lambda: team.change_role(memory, name, words),
        lambda: team.change_status(memory, name, choose.choice(["busy", "idle"]), details=note),
        lambda: alerts.raise_alert(
            memory, kind=words, severity=choose.choice(["critical", "warning"]), resource=words, value=words, threshold=words
        ),
        lambda: alerts.move_alert(memory, choose.choice(sorted(alerts.MOVES)), f"ALERT-{key}", note=note),
        lambda: alerts.escalate_alert(memory, f"ALERT-{key}", choose.choice(["critical", "warning"])),
        lambda: alerts.update_alert(memory, f"ALERT-{key}", words),
        lambda: alerts.note_alert(memory, f"ALERT-{key}", words),
        lambda: alerts.resolve_alert(memory, f"ALERT-{key}", note=note),
        lambda: rotate(memory),
    ]  # fmt: skip


def told_part(memory: Memory, name: str) -> dict[str, Any]:
    """The document without what no event tells, and without the time of the last change."""
    document = memory.read(PAGES[name])
    if name == "cos-state":
        actions = tuple(replace(each, priority=None, deadline=None) for each in document.pending_actions)
        info = replace(document.session_info, last_updated=None)
        figures = replace(document.coordination_state, last_roster_update=None)
        document = replace(document, pending_actions=actions, session_info=info, coordination_state=figures)
    else:
        document = replace(document, last_updated=None)
    return data_of(document)


@settings(max_examples=settings.default.max_examples // 4)
@given(st.integers(0, 2**32).map(random.Random), st.integers(1, 60))
def test_a_memory_that_verbs_made_is_rebuilt_as_it_was(choose: random.Random, steps: int) -> None:
    clock = [NOON]
    memory = new_memory(clock)
    for _ in range(steps):
        clock[0] += choose.choice([0, 1, 60, 86_400 * 3])
        try:
            choose.choice(verbs_of(memory, choose))()
        except CosmemoryError:
            continue
    for name, path in PAGES.items():
        before = told_part(memory, name)
        lost(memory, path)
        done = told(memory, name)
        assert told_part(memory, name) == before, done.vague
    before_again = dict(memory.store._pages)
    for name in PAGES:
        assert [each.where for each in told(memory, name).differences] == []
    assert memory.store._pages == before_again
