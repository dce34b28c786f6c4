"""Windows and working time, held against sets of minutes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zagumi.engine.clock import MINUTES_PER_DAY, WorkingTime, common, union, weekly, without

RAGGED = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5)


def minutes(windows) -> set[int]:
    """The minutes in windows, one by one."""
    return {minute for a, b in windows for minute in range(a, b)}


def is_tidy(windows) -> bool:
    """Sorted, disjoint, none empty, none touching."""
    return all(a < b for a, b in windows) and all(one[1] < other[0] for one, other in itertools.pairwise(windows))


@given(RAGGED)
def test_union_has_the_same_minutes(windows):
    assert minutes(union(windows)) == minutes(windows)
    assert is_tidy(union(windows))


@given(RAGGED, RAGGED)
def test_without_and_common_are_difference_and_intersection(one, other):
    assert minutes(without(one, other)) == minutes(one) - minutes(other)
    assert minutes(common(union(one), union(other))) == minutes(one) & minutes(other)
    assert is_tidy(without(one, other))


@given(RAGGED, st.integers(0, 32), st.integers(0, 32))
def test_working_time_counts_minutes(windows, start, work):
    hours, opened = WorkingTime.of(union(windows)), sorted(minutes(windows))
    assert hours.total == len(opened)
    assert hours.worked(start) == sum(minute < start for minute in opened)
    later = [minute for minute in opened if minute >= start]
    assert hours.opening(start) == (later[0] if later else None)
    expected = start if work == 0 else later[work - 1] + 1 if work <= len(later) else None
    assert hours.finish(start, work) == expected


def test_working_time_of_touching_windows():
    hours = WorkingTime.of(((0, 5), (5, 10)))
    assert (hours.opening(5), hours.worked(5), hours.finish(3, 4)) == (5, 5, 7)


def test_a_week_begins_on_the_weekday_of_minute_0():
    windows = weekly([(480, 1020), (4 * 1440 + 480, 4 * 1440 + 720)], first_weekday=3, horizon=14 * MINUTES_PER_DAY)
    # minute 0 is a Thursday: the first window is that week's Friday, then Monday
    day = MINUTES_PER_DAY
    assert windows == (
        (day + 480, day + 720),
        (4 * day + 480, 4 * day + 1020),
        (8 * day + 480, 8 * day + 720),
        (11 * day + 480, 11 * day + 1020),
    )


def test_a_night_shift_runs_past_sunday_midnight_and_the_horizon_cuts():
    sunday_night = (6 * 1440 + 1320, 7 * 1440 + 360)
    assert weekly([sunday_night], first_weekday=0, horizon=8 * 1440)[0] == (0, 360)
    assert weekly([sunday_night], first_weekday=0, horizon=6 * 1440 + 1400) == (
        (0, 360),
        (6 * 1440 + 1320, 6 * 1440 + 1400),
    )


def test_closures_win_over_the_week_and_openings_over_closures():
    windows = weekly(
        [(480, 1020)],
        first_weekday=0,
        horizon=7 * 1440,
        closed=[(0, 1440)],
        extra=[(600, 660), (5 * 1440, 5 * 1440 + 60)],
    )
    assert windows == ((600, 660), (5 * 1440, 5 * 1440 + 60))


@given(
    st.lists(st.tuples(st.integers(0, 10080), st.integers(1, 2000)), max_size=3),
    st.integers(0, 6),
    st.integers(1, 30000),
)
def test_weekly_repeats_every_week(shifts, first_weekday, horizon):
    windows = weekly([(a, a + n) for a, n in shifts], first_weekday=first_weekday, horizon=horizon)
    opened = minutes(windows)
    origin = first_weekday * 1440
    for minute in range(0, horizon, 97):
        at = minute + origin
        in_shift = any((at - a) % 10080 < n for a, n in shifts)
        assert (minute in opened) == in_shift


@pytest.mark.parametrize("windows", [(), ((3, 3),)])
def test_no_minutes(windows):
    assert union(windows) == ()
    assert WorkingTime.of(()).finish(0, 1) is None
    assert WorkingTime.of(()).total == 0
