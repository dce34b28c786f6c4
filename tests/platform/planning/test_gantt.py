"""The Gantt sheet: where days and bars stand, whatever the hours."""

from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from zagumi.platform.planning import gantt

FRIDAY = date(2026, 11, 20)


def axis(**more: object) -> gantt.Axis:
    weekend = [date(2026, 11, 21), date(2026, 11, 22)]
    return gantt.axis(FRIDAY, date(2026, 11, 25), closed=weekend, today=FRIDAY, **more)  # type: ignore[arg-type]


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001


def test_a_working_day_is_41_wide_and_a_closed_one_10() -> None:
    days = axis().days
    assert [day.w for day in days] == [41, 10, 10, 41, 41, 41]
    assert [day.x for day in days] == [0, 41, 51, 61, 102, 143]
    assert axis().span == 184
    assert [day.on.day for day in days if day.week_start] == [23]
    assert [day.today for day in days] == [True, False, False, False, False, False]


def test_a_month_is_named_where_it_begins() -> None:
    drawn = gantt.axis(date(2026, 11, 30), date(2026, 12, 2), closed=[], today=FRIDAY)
    assert [(month.first, month.x) for month in drawn.months] == [(date(2026, 11, 30), 0), (date(2026, 12, 1), 41)]


def test_nights_cost_no_width() -> None:
    drawn = axis(opens=time(8), closes=time(18))
    assert drawn.x(moment(20, 8)) == 0
    assert drawn.x(moment(20, 13)) == 20.5
    assert drawn.x(moment(20, 18)) == drawn.x(moment(20, 23)) == 41
    assert drawn.x(moment(23, 6)) == 61


def test_moments_outside_stick_to_the_edges() -> None:
    assert axis().x(moment(19, 12)) == 0
    assert axis().x(moment(26, 9)) == axis().span


@given(st.datetimes(moment(19, 0), moment(26, 23)), st.datetimes(moment(19, 0), moment(26, 23)))
def test_later_is_never_further_left(one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    assert axis().x(early) <= axis().x(late)


def test_the_run_follows_the_set_up_and_both_are_visible() -> None:
    block = gantt.Block("work", moment(20, 8), moment(20, 18), "s", setup_until=moment(20, 8, 10))
    bar = gantt.place(axis(opens=time(8), closes=time(18)), block)
    assert bar.setup_w >= gantt.LEAST_BAR
    assert bar.run_x == bar.x + bar.setup_w
    assert bar.run_w == bar.w - bar.setup_w == 38


def test_what_is_late_runs_over_from_the_due_date() -> None:
    block = gantt.Block("work", moment(20, 8), moment(23, 18), "s", late=True)
    drawn = axis(opens=time(8), closes=time(18))
    bar = gantt.place(drawn, block, due=moment(23, 8))
    assert (bar.late_x, bar.late_x + bar.late_w) == (61, 102)
    assert gantt.place(drawn, block, due=None).late_w == 0


def test_rows_of_one_company_stand_together() -> None:
    lanes = [gantt.Lane(key, group, key, ()) for key, group in (("a", "X"), ("b", "X"), ("c", "Y"))]
    groups = gantt.sheet(axis(), lanes)
    assert [(group.label, len(group.rows)) for group in groups] == [("X", 2), ("Y", 1)]


def test_hours_hold_every_block() -> None:
    blocks = [gantt.Block("work", moment(20, 6, 30), moment(20, 21, 10), "s")]
    opens, closes = gantt.working_hours(blocks)
    assert opens == time(6)
    assert closes == time(22)
    assert gantt.working_hours([]) == (time(8), time(18))
