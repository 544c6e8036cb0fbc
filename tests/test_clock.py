"""Time as pages write it, held against the standard library's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory import clock
from cosmemory.errors import ConfigError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.datetimes(timezones=st.just(UTC)).map(lambda each: each.replace(microsecond=0))


def seconds_of(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "read", "note"),
    [
        ("2026-11-21T06:00:00Z", "2026-11-21T06:00:00Z", ""),
        ("2026-11-21T06:00:00.250Z", "2026-11-21T06:00:00Z", ""),
        ("2026-11-21T06:00:00", "2026-11-21T06:00:00Z", "zone"),
        ("2026-11-21T08:00:00+02:00", "2026-11-21T06:00:00Z", "offset"),
        ("2026-11-21T01:30:00-0430", "2026-11-21T06:00:00Z", "offset"),
        ("2026-11-21 06:00:00 UTC", "2026-11-21T06:00:00Z", "space"),
        ("2026-11-21 06:00", "2026-11-21T06:00:00Z", "space"),
        ("2026-11-21T06:00Z", "2026-11-21T06:00:00Z", "minutes"),
        ("2026-11-21", "2026-11-21T00:00:00Z", "date"),
        ("2024-02-29", "2024-02-29T00:00:00Z", "date"),
    ],
)
def test_a_time_is_read_in_the_ways_people_write_it(text: str, read: str, note: str) -> None:
    found = clock.read_time(text)
    assert found is not None
    assert (clock.format_time(found[0]), found[1]) == (read, note)


@pytest.mark.parametrize(
    "text",
    [
        "", "today", "2026-11", "2026-13-01", "2026-02-29", "2026-11-31", "2100-02-29", "20261121", "2026-W47-6",
        "2026-11-21T24:00:00Z", "2026-11-21T06:60:00Z", "2026-11-21T06:00:60Z", "2026-11-21T6:00:00Z",
        "2026-11-21T06:00:00ZZ", "2026-11-21T06:00:00+24:00", "2026-11-21t06:00:00Z", "2026/11/21",
        "٢٠٢٦-11-21", "2026-11-21T06:00.5Z", "0000-01-01", "2026-11-21T060000Z",
    ],
)  # fmt: skip
def test_nothing_else_is_a_time(text: str) -> None:
    assert clock.read_time(text) is None


@given(moments)
def test_what_is_written_reads_back_and_is_what_the_calendar_says(moment: datetime) -> None:
    seconds = seconds_of(moment)
    text = clock.format_time(seconds)
    assert text == moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    assert clock.read_time(text) == (seconds, "")
    assert clock.date_text(seconds) == moment.date().isoformat()


@given(st.integers(-719_162, 2_932_896))
def test_days_and_dates_are_each_others_inverse(days: int) -> None:
    assert clock.days_of(*clock.date_of(days)) == days


def test_the_clock_can_be_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")
    assert clock.format_time(clock.now()) == "2026-11-21T06:00:00Z"
    monkeypatch.setenv("COSMEMORY_NOW", "noon")
    with pytest.raises(ConfigError, match="'noon' is not an ISO time"):
        clock.now()
