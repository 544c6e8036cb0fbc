"""The life of an alert, as pure steps from one document to the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cosmemory.errors import CosmemoryError, IllegalTransition, InvalidValue, NotFound
from cosmemory.kinds import active_alerts
from cosmemory.kinds.active_alerts import STEPS, ActiveAlerts, Alert, Resolved

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MEMORY = Alert(
    id="ALERT-7", type="memory", severity="warning", triggered=NOON, resource="build host", status="active"
)
DISK = Alert(id="ALERT-8", type="disk", severity="critical", triggered=NOON, status="active")
BOTH = ActiveAlerts(critical=(DISK,), warning=(MEMORY,))


def test_an_alert_stands_in_the_section_of_its_severity() -> None:
    raised = active_alerts.raise_alert(active_alerts.raise_alert(ActiveAlerts(), MEMORY), DISK)
    assert raised == BOTH


def test_an_id_is_never_given_twice_not_even_after_the_alert_is_over() -> None:
    over = active_alerts.resolve(BOTH, "ALERT-7", NOON)
    for alerts in (BOTH, over):
        with pytest.raises(InvalidValue, match="an alert ALERT-7 exists already"):
            active_alerts.raise_alert(alerts, MEMORY)


@pytest.mark.parametrize("current", [each for each in STEPS if each != "resolved"])
@pytest.mark.parametrize("wanted", [each for each in STEPS if each != "resolved"])
def test_an_alert_takes_legal_steps_alone(current: str, wanted: str) -> None:
    before = ActiveAlerts(warning=(Alert(id="ALERT-1", status=current, severity="warning"),))
    if wanted in STEPS[current]:
        after = active_alerts.move(before, "ALERT-1", wanted, "told the owner")
        assert after.warning[0].status == wanted
        assert after.warning[0].actions_taken == ("told the owner",)
    else:
        with pytest.raises(IllegalTransition):
            active_alerts.move(before, "ALERT-1", wanted)


def test_a_resolved_alert_leaves_a_row_with_how_long_it_lasted() -> None:
    after = active_alerts.resolve(BOTH, "alert-7", NOON + timedelta(hours=25, minutes=5))
    assert after.warning == ()
    assert after.critical == (DISK,)
    (row,) = after.recently_resolved
    assert row == Resolved(
        alert_id="ALERT-7",
        type="memory",
        duration="1d 1h 5m",
        resolved_at=NOON + timedelta(hours=25, minutes=5),
    )


def test_an_escalated_alert_moves_with_all_that_is_known_of_it() -> None:
    after = active_alerts.escalate(BOTH, "ALERT-7", "critical")
    assert after.warning == ()
    assert [alert.id for alert in after.critical] == ["ALERT-8", "ALERT-7"]
    assert after.critical[1].resource == "build host"
    with pytest.raises(IllegalTransition):
        active_alerts.escalate(after, "ALERT-7", "critical")


def test_a_value_and_a_note_change_nothing_else() -> None:
    after = active_alerts.note(
        active_alerts.update(BOTH, "ALERT-8", "97%"), "ALERT-8", "asked for a second disk"
    )
    assert after.warning == BOTH.warning
    assert (after.critical[0].value, after.critical[0].actions_taken) == ("97%", ("asked for a second disk",))


def test_nobody_can_change_an_alert_that_is_not_there() -> None:
    with pytest.raises(NotFound, match="The alert 'ALERT-9'"):
        active_alerts.move(BOTH, "ALERT-9", "acknowledged")
    over = active_alerts.resolve(BOTH, "ALERT-7", NOON)
    with pytest.raises(CosmemoryError, match="ALERT-7"):
        active_alerts.move(over, "ALERT-7", "acknowledged")


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=59), "59s"),
        (timedelta(minutes=5, seconds=59), "5m"),
        (timedelta(hours=2), "2h"),
        (timedelta(days=3, minutes=1), "3d 1m"),
        (timedelta(seconds=-5), "0s"),
    ],
)
def test_a_duration_is_said_as_people_say_it(lasted: timedelta, said: str) -> None:
    assert active_alerts.duration(NOON, NOON + lasted) == said


def test_the_oldest_resolved_alerts_are_handed_over_by_a_bound() -> None:
    rows = tuple(Resolved(alert_id=f"ALERT-{n}") for n in range(4))
    after, pushed = active_alerts.bounded(ActiveAlerts(recently_resolved=rows), 3)
    assert (after.recently_resolved, pushed) == (rows[1:], rows[:1])
