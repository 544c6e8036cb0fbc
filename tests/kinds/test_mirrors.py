"""What the Chief of Staff's page shows of the others follows them, and nothing else on it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cosmemory.document.decode import decode
from cosmemory.kinds import active_alerts
from cosmemory.kinds.active_alerts import ActiveAlerts, Alert
from cosmemory.kinds.cos_state import CosState
from cosmemory.kinds.mirrors import Sources, mirrored, words_with
from cosmemory.kinds.team_roster import Member, TeamRoster
from cosmemory.syntax.parse import parse

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGE = """\
# Chief of Staff State

## Active Alerts
| Alert ID | Type | Severity | Since | Owner |
|----------|------|----------|-------|-------|
| ALERT-7 | memory | warning | 2026-11-21T12:00:00Z | anna |
| mine | a thing I watch | warning | 2026-11-20T00:00:00Z | me |

## Coordination State
- **Team Size:** 1
- **Active Agents:** 1
"""
MEMORY = Alert(id="ALERT-7", type="memory", severity="warning", triggered=NOON, status="active")
OPEN = ActiveAlerts(warning=(MEMORY,))


def state() -> CosState:
    read: CosState = decode(parse(PAGE), CosState).document
    return read


def ids(shown: CosState) -> list[str | None]:
    return [row.alert_id for row in shown.active_alerts]


def test_an_alert_appears_changes_and_goes_and_the_row_of_a_person_stays() -> None:
    raised = active_alerts.raise_alert(
        OPEN, Alert(id="ALERT-8", type="disk", severity="critical", triggered=NOON)
    )
    assert ids(mirrored(state(), Sources(alerts=(OPEN, raised)))) == ["ALERT-7", "mine", "ALERT-8"]
    worse = active_alerts.escalate(OPEN, "ALERT-7", "critical")
    shown = mirrored(state(), Sources(alerts=(OPEN, worse))).active_alerts[0]
    assert (shown.severity, shown.extra) == ("critical", {"owner": "anna"})
    over = active_alerts.resolve(OPEN, "ALERT-7", NOON)
    assert ids(mirrored(state(), Sources(alerts=(OPEN, over)))) == ["mine"]


def test_what_a_person_put_beside_an_alert_is_kept_in_the_log_when_its_row_goes() -> None:
    before = state()
    over = active_alerts.resolve(OPEN, "ALERT-7", NOON)
    (event,) = words_with(before, mirrored(before, Sources(alerts=(OPEN, over))), NOON)
    assert (event.action, list(event.extra.values())) == (
        "ALERT-7 moved out of Active Alerts: memory",
        ["anna"],
    )


def test_figures_of_the_team_are_carried_over_where_they_stand_on_the_page() -> None:
    old = TeamRoster(active_team_members=(Member(session_name="anna"),))
    new = TeamRoster(
        active_team_members=(*old.active_team_members, Member(session_name="bert")), last_updated=NOON
    )
    shown = mirrored(state(), Sources(roster=(old, new))).coordination_state
    assert (shown.team_size, shown.active_agents, shown.last_roster_update) == (2, 2, None)


def test_a_page_without_the_section_and_a_change_of_nothing_leave_it_as_it_is() -> None:
    bare: CosState = decode(parse("# Chief of Staff State\n"), CosState).document
    assert mirrored(bare, Sources(alerts=(ActiveAlerts(), OPEN))) is bare
    same = state()
    assert mirrored(same, Sources(alerts=(OPEN, replace(OPEN)))) is same
