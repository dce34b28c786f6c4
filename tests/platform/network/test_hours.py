"""Minutes from rows: shifts, holidays, closures, bookings, stops; weeks and bands."""

from datetime import date, time

import pytest

from tests.platform.network.conftest import Town, at, plan_booking
from zagumi.platform.network import services
from zagumi.platform.network.hours import Frame, Timetable, opening_hours, shift_window
from zagumi.platform.network.insight import Level, coming_weeks, free_weeks
from zagumi.platform.network.models import Machine, WorkCalendar
from zagumi.platform.network.sheets import ShiftSheet

DAY = 1440


def calendar_of(town: Town) -> WorkCalendar:
    return WorkCalendar.objects.get(company=town.works.company, is_default=True)


def machine(town: Town, level: str = "exact") -> Machine:
    return Machine.objects.select_related("site").get(code=getattr(town.works, level).code)


def windows(town: Town, origin_day: int, days: int, month: int = 11) -> list[tuple[int, int]]:
    """Open windows in hours of the frame that begins at midnight of that day."""
    calendar = calendar_of(town)
    frame = Frame(at(origin_day, 0, month=month), days * DAY)
    return [(start // 60, end // 60) for start, end in opening_hours([calendar], frame)[calendar.pk]]


def test_a_frame_counts_minutes_from_any_moment() -> None:
    frame = Frame(at(20, 10, 40), 3 * DAY)
    assert frame.minute(at(20, 10, 40)) == 0
    assert frame.minute(at(21, 0)) == 800
    assert frame.moment(800) == at(21, 0)
    assert frame.offset == 640
    assert frame.window(at(19, 0), at(20, 11)) == (0, 20)
    assert frame.window(at(23, 0), None) == (3 * DAY - 640, 3 * DAY)
    assert frame.weeks() == ((date(2026, 11, 16), (0, 3680)), (date(2026, 11, 23), (3680, 3 * DAY)))


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        ((0, time(8), time(17)), (480, 1020)),
        ((4, time(22), time(6)), (7080, 7560)),
        ((6, time(0), time(0)), (8640, 10080)),
    ],
)
def test_a_shift_may_end_on_the_next_day(shift: tuple[int, time, time], expected: tuple[int, int]) -> None:
    assert shift_window(*shift) == expected


def test_weekends_and_holidays_are_closed(town: Town) -> None:
    # Friday 20 to Tuesday 24 November; Monday 23 is Labour Thanksgiving Day.
    assert windows(town, 20, 5) == [(8, 17), (4 * 24 + 8, 4 * 24 + 17)]


def test_a_company_that_works_on_holidays_is_open_then(town: Town) -> None:
    shifts = [ShiftSheet(0, time(8), time(12))]
    services.set_shifts(town.cast.member, company_code=town.works.code, shifts=shifts, works_on_holidays=True)
    assert windows(town, 20, 5) == [(3 * 24 + 8, 3 * 24 + 12)]


def test_closures_win_over_shifts_and_openings_over_everything(town: Town) -> None:
    member, code = town.cast.member, town.works.code
    services.close_day(member, company_code=code, first=date(2026, 11, 20))
    services.open_day(member, company_code=code, day=date(2026, 11, 21), start=time(9), end=time(12))
    services.open_day(member, company_code=code, day=date(2026, 11, 23), start=time(10), end=time(11))
    assert windows(town, 20, 4) == [(24 + 9, 24 + 12), (3 * 24 + 10, 3 * 24 + 11)]


def test_a_night_shift_runs_past_midnight(town: Town) -> None:
    shifts = [ShiftSheet(3, time(22), time(6))]
    services.set_shifts(town.cast.member, company_code=town.works.code, shifts=shifts)
    assert windows(town, 20, 1) == [(0, 6)]


def test_a_machine_keeps_to_its_own_calendar(town: Town) -> None:
    member, works = town.cast.member, town.works
    services.set_shifts(member, company_code=works.code, shifts=[ShiftSheet(4, time(0), time(2))], calendar="夜間")
    row = machine(town)
    row.calendar = WorkCalendar.objects.get(company=works.company, name="夜間")
    row.save()
    frame = Frame(at(20, 0), DAY)
    table = Timetable.of([row, machine(town, "band")], frame)
    assert table.open[row.pk] == ((0, 120),)
    assert table.open[works.band.pk] == ((480, 1020),)


def test_what_takes_time_is_taken_off_within_open_hours(town: Town) -> None:
    row = machine(town)
    plan_booking(town.cast.coordinator, row, "P-1", at(26, 13), at(26, 19))
    services.report_stop(town.cast.member, code=row.code, reason="点検", start=at(27, 8), end=at(27, 10))
    frame = Frame(at(23, 0), 7 * DAY)
    span = [(0, 7 * DAY)]
    # Tuesday to Friday are open, 36 h; 24 and 25 are booked; the plan takes 4 open hours, the stop 2.
    assert Timetable.of([row], frame).minutes(row.pk, span) == [(34 * 60, (34 - 18 - 4) * 60)]
    assert Timetable.of([row], frame, exclude=["P-1"]).minutes(row.pk, span) == [(34 * 60, (34 - 18) * 60)]


def test_a_booking_lowers_the_free_hours_by_itself(town: Town) -> None:
    row = machine(town)
    before = free_weeks([row], coming_weeks(3))[row.pk]
    services.book_machine(town.cast.member, code=row.code, start=at(1, 8, month=12), end=at(1, 11, month=12))
    after = free_weeks([row], coming_weeks(3))[row.pk]
    assert [week.free for week in before] == [380, 36 * 60 - 18 * 60, 45 * 60]
    assert [a.free - b.free for a, b in zip(before, after, strict=True)] == [0, 0, 180]


def test_a_stop_without_end_leaves_nothing(town: Town) -> None:
    row = machine(town)
    services.report_stop(town.cast.member, code=row.code, reason="故障")
    assert [week.free for week in free_weeks([row], coming_weeks(4))[row.pk]] == [0, 0, 0, 0]


def test_weeks_are_read_with_few_queries(town: Town, django_assert_max_num_queries) -> None:
    rows = list(Machine.objects.select_related("site"))
    with django_assert_max_num_queries(5):
        free_weeks(rows, coming_weeks(6))


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        *((0, 0, "none"), (0, 100, "none"), (9, 100, "none"), (10, 100, "few"), (33, 100, "few")),
        *((34, 100, "some"), (1, 3, "some"), (2, 3, "many"), (100, 100, "many")),
    ],
)
def test_bands(free: int, total: int, level: str) -> None:
    assert Level.of(free, total) == level
    assert Level.of(free, total).at_least * total <= free
