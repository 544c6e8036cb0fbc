"""Rules: when one rises, when it falls, and that it never flaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory import EphemeralStore, Memory
from cosmemory.config import Settings
from cosmemory.config.settings import WatchRule
from cosmemory.errors import ConfigError
from cosmemory.kinds.active_alerts import open_alerts
from cosmemory.maintenance.processes import Machine
from cosmemory.maintenance.watching import measures
from cosmemory.maintenance.watching.alerting import heed
from cosmemory.maintenance.watching.kept import Standing
from cosmemory.maintenance.watching.measures import Scene, spoken_value
from cosmemory.maintenance.watching.rules import BUILT_IN, judged, rules_of, silent
from cosmemory.operations import alerts
from cosmemory.operations.first_pages import initialise

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOT = WatchRule(measure="memory_percent", warning=90, critical=97, clear=85)


def levels(limits, *values, step=60):
    standing, found = Standing(), []
    for number, value in enumerate(values):
        standing = judged(limits, standing, value, NOON + timedelta(seconds=number * step))
        found.append(standing.level)
    return found


def test_a_rule_rises_at_its_threshold_and_falls_below_the_clear_one():
    assert levels(HOT, 89, 90, 86, 85, 84, 89, 91) == [
        "",
        "warning",
        "warning",
        "warning",
        "",
        "",
        "warning",
    ]


def test_a_grave_one_eases_only_when_it_has_left_its_own_band():
    assert levels(HOT, 97, 93, 92, 91, 84) == ["critical", "critical", "critical", "warning", ""]


def test_a_rule_below_holds_where_little_is_left():
    disk = WatchRule(measure="disk_free_bytes", when="below", warning=10, critical=2, clear=15)
    assert levels(disk, 12, 10, 14, 2, 6, 8, 16) == [
        "",
        "warning",
        "warning",
        "critical",
        "critical",
        "warning",
        "",
    ]


def test_what_must_hold_for_some_time_is_told_after_it_and_begins_anew_when_broken():
    slow = WatchRule(measure="cpu_load", warning=4, clear=2, hold=120)
    assert levels(slow, 5, 5, 1, 5, 5, 5, 3) == ["", "", "", "", "", "warning", "warning"]


def test_a_silence_lets_nothing_rise_and_everything_fall():
    night = WatchRule(measure="memory_percent", warning=90, clear=85, silence="11:00-12:02")
    assert levels(night, 95, 95, 95, 80) == ["", "", "warning", ""]


@pytest.mark.parametrize(
    ("silence", "at", "is_silent"),
    [
        ("22:00-06:00", NOON.replace(hour=23), True),
        ("22:00-06:00", NOON.replace(hour=5), True),
        ("22:00-06:00", NOON.replace(hour=6), False),
        ("2026-11-21T12:00:01Z", NOON, True),
        ("2026-11-21T12:00:00Z", NOON, False),
    ],
)
def test_a_silence_is_a_span_of_each_day_or_lasts_until_a_moment(silence, at, is_silent):
    assert silent(WatchRule(silence=silence), at) is is_silent


@pytest.mark.parametrize(
    ("limits", "key", "reason"),
    [
        (WatchRule(warning=1), "x.measure", "it is missing"),
        (WatchRule(measure="pages"), "x", "it has no threshold"),
        (
            WatchRule(measure="pages", warning=5, critical=5),
            "x.critical",
            "it is passed before warning is",
        ),
        (WatchRule(measure="pages", warning=5, clear=6), "x.clear", "begin again at once"),
        (WatchRule(measure="pages", warning=5, silence="at night"), "x.silence", "neither a span nor"),
    ],
)
def test_a_rule_that_can_never_be_told_of_is_refused_with_its_place(limits, key, reason):
    with pytest.raises(ConfigError, match=reason) as refused:
        rules_of(Settings(watch_rules={"x": limits}))
    assert f"watch.rules.{key}" in str(refused.value)


def test_what_a_project_leaves_out_is_as_it_is_built_in():
    rules = rules_of(Settings(watch_rules={"memory": WatchRule(warning=80, clear=70)}))
    assert (rules["memory"].warning, rules["memory"].critical, rules["memory"].hold) == (80, 97, 300)
    assert "load" not in rules_of(Settings(watch_rules={"load": WatchRule(enabled=False)}))
    assert rules_of(Settings()) == BUILT_IN


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("memory_percent", 91.4, "91%"),
        ("log_bytes", 5_200_000, "5.2 MB"),
        ("cpu_load", 4.26, "4.3 for each processor"),
        ("last_event_minutes", 61.2, "61 minutes"),
        ("overdue_actions", 2, "2 overdue actions"),
    ],
)
def test_a_value_is_told_with_what_it_is(measure, value, said):
    assert spoken_value(measure, value) == said


class Clock:
    at = int(NOON.timestamp())

    def __call__(self):
        return self.at


class Remembering(EphemeralStore):
    """A store that keeps what may be lost at any time, as one on disk does."""

    def __init__(self):
        super().__init__()
        self.held = {}

    def remembered(self, name):
        return self.held.get(name, b"")

    def remember(self, name, data):
        self.held[name] = data


class Machinery:
    """A memory whose machine is as a test says."""

    def __init__(self, **more):
        self.clock = Clock()
        settings = Settings(watch_update_minutes=15)
        self.memory = Memory(Remembering(), now=self.clock, actor="kim", settings=settings)
        self.limits = WatchRule(
            **{"measure": "memory_percent", "warning": 90, "critical": 97, "clear": 85, **more}
        )
        initialise(self.memory)

    def at(self, value, *, after=60):
        self.clock.at += after
        scene = Scene(memory=self.memory)
        scene._seen["machine"] = Machine(memory=value, load=0.5)
        return [each.text for each in heed(scene, "memory", self.limits)]

    def open(self):
        held = open_alerts(self.memory.read("active-alerts"))
        return [(each.id, each.severity, each.value, each.status) for each in held]


def test_an_alert_is_raised_once_escalated_eased_and_resolved():
    machine = Machinery()
    assert machine.at(50) == []
    assert machine.at(91) == ["ALERT-1 raised: memory is warning, 91%"]
    assert machine.at(92) == []
    assert machine.at(98) == ["ALERT-1 escalated: memory is critical, 98%"]
    assert machine.at(91) == ["ALERT-1 eased: memory is warning, 91%"]
    assert machine.at(86) == []
    assert machine.at(80) == ["ALERT-1 resolved: memory is 80%"]
    assert machine.open() == []
    (row,) = machine.memory.read("active-alerts").recently_resolved
    assert (row.alert_id, row.type) == ("ALERT-1", "Rule memory")


def test_the_value_of_an_open_alert_is_brought_up_to_date_now_and_then_and_not_at_every_look():
    machine = Machinery()
    machine.at(91)
    assert machine.at(92, after=60) == []
    assert machine.at(93, after=14 * 60) == ["ALERT-1 updated: memory is 93%"]
    assert machine.at(94, after=60) == []
    assert machine.open() == [("ALERT-1", "warning", "93%", "active")]


def test_an_acknowledged_alert_stays_acknowledged_whatever_becomes_of_its_value():
    machine = Machinery()
    machine.at(91)
    alerts.move_alert(machine.memory, "ack", "ALERT-1")
    machine.at(98)
    assert machine.open() == [("ALERT-1", "critical", "98%", "acknowledged")]


def test_what_a_person_resolved_is_not_raised_again_until_it_was_well_or_is_graver():
    machine = Machinery()
    machine.at(91)
    alerts.resolve_alert(machine.memory, "ALERT-1")
    assert machine.at(92) == []
    assert machine.at(98) == ["ALERT-2 raised: memory is critical, 98%"]
    alerts.resolve_alert(machine.memory, "ALERT-2")
    assert machine.at(50) == []
    assert machine.at(91) == ["ALERT-3 raised: memory is warning, 91%"]


def test_a_watcher_that_remembers_nothing_finds_the_open_alert_on_the_page():
    machine = Machinery()
    machine.at(91)
    machine.memory.store.remember("watch-rules", b"{")
    assert machine.at(92) == []
    assert machine.at(80) == ["ALERT-1 resolved: memory is 80%"]


def test_a_wait_goes_on_over_a_restart():
    machine = Machinery(hold=100)
    assert machine.at(91) == []
    machine.memory = Memory(machine.memory.store, now=machine.clock, actor="kim")
    assert machine.at(91, after=100) == ["ALERT-1 raised: memory is warning, 91%"]


def test_one_that_flaps_for_days_is_raised_twice_and_ends_once_it_was_well_for_an_hour():
    bare = WatchRule(measure="cpu_load", warning=4)
    every = levels(bare, *[4 + number % 2 - 0.5 for number in range(3 * 24 * 120)], step=30)
    changes = [level for before, level in zip(["", *every], every, strict=False) if level != before]
    assert changes == ["warning", "", "warning"]
    calm = levels(bare, 5, 3, 5, *[3] * 121, 5, 3, 3, step=30)
    assert calm[2:123] == ["warning"] * 121
    assert calm[123:] == ["", "warning", "warning", "warning"]


def test_one_that_flaps_between_two_severities_stays_at_the_graver_one():
    bare = WatchRule(measure="cpu_load", warning=4, critical=8)
    assert levels(bare, *[7, 9] * 10)[:6] == ["warning", "critical", "warning"] + ["critical"] * 3
    assert set(levels(bare, *[7, 9] * 1000)[3:]) == {"critical"}


@given(
    st.lists(
        st.tuples(st.integers(75, 100), st.one_of(st.integers(1, 900), st.integers(-90000, 90000))),
        min_size=1,
        max_size=15,
    )
)
def test_wherever_the_clock_jumps_what_is_passed_is_told_in_its_time_and_what_is_well_ends(steps):
    standing, now = Standing(), NOON
    limits = WatchRule(measure="memory_percent", warning=90, critical=97, clear=85, hold=300)
    for value, after in steps:
        now += timedelta(seconds=after)
        standing = judged(limits, standing, value, now, int(now.timestamp()) if abs(after) > 900 else 0)
    for _ in range(2):
        standing = judged(limits, standing, 95, now)
        now += timedelta(seconds=300)
    assert judged(limits, standing, 95, now).level
    for _ in range(2):
        standing = judged(limits, standing, 75, now)
        now += timedelta(seconds=3600)
    assert judged(limits, standing, 75, now).level == ""


def test_what_was_passed_before_the_machine_slept_waits_anew():
    limits = WatchRule(measure="memory_percent", warning=90, hold=300)
    before = judged(limits, Standing(), 95, NOON)
    later = NOON + timedelta(hours=8)
    assert judged(limits, before, 95, later).level == "warning"  # looked at by cron, say
    slept = judged(limits, before, 95, later, int(later.timestamp()))
    assert slept.level == ""
    assert judged(limits, slept, 95, later + timedelta(seconds=300)).level == "warning"


@given(st.lists(st.integers(85, 89), max_size=20), st.sampled_from(["", "warning"]))
def test_within_the_band_nothing_rises_and_nothing_falls(values, level):
    standing = Standing(level=level)
    for number, value in enumerate(values):
        standing = judged(HOT, standing, value, NOON + timedelta(seconds=number))
        assert standing.level == level


@given(st.lists(st.tuples(st.integers(75, 100), st.integers(0, 1200), st.booleans()), max_size=15))
def test_there_are_never_two_open_alerts_of_a_rule_and_each_raising_follows_a_fall(steps):
    machine, told = Machinery(), []
    for value, after, forget in steps:
        if forget:
            machine.memory.store.remember("watch-rules", b"")
        told += [line.split()[1] for line in machine.at(value, after=after)]
        assert len(machine.open()) <= 1
        # What is at a threshold or beyond it is told of, what is cleared is not.
        assert len(machine.open()) == 1 if value >= 90 else True
        # One that came back soon stays until it was well for long.
        assert machine.open() == [] if value < 85 and told.count("raised:") < 2 else True
    ends = [word for word in told if word in {"raised:", "resolved:"}]
    assert ends == ["raised:", "resolved:"] * (len(ends) // 2) + ["raised:"] * (len(ends) % 2)


def test_every_measure_can_be_measured():
    from cosmemory.config.meanings import MEASURES

    memory = Machinery().memory
    scene = Scene(memory=memory, severities={})
    for name in MEASURES:
        value = measures.measured(scene, name)
        assert value is None or value >= 0
        assert spoken_value(name, value or 0)
