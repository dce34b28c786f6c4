"""A case workbook as a planning problem, without any database."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

from zagumi.engine.clock import MINUTES_PER_DAY, MINUTES_PER_WEEK, Window, common, weekly
from zagumi.engine.errors import FileError
from zagumi.engine.problem import (
    Band,
    Calendar,
    Case,
    Company,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Policy,
    Problem,
    Roads,
    Site,
    Vehicle,
)
from zagumi.engine.read.case_workbook.book import CaseBook, MachineLine
from zagumi.engine.read.case_workbook.reading import read_book

DAYS_AFTER_DUE = 60  # how far behind the due date a late plan may still run
# A workbook names no vehicles; a 2-tonne diesel truck at 6 km/l and 2.62 kg CO2 a litre stands for all.
TRUCK = Vehicle("2t", capacity_kg=2000, trip_yen=2500, yen_per_km=90, co2_g_per_km=437)


def read_problem(path: Path, origin: datetime | None = None) -> Problem:
    """Read a case workbook and make its problem.

    Raises:
        FileError: naming the first fault of the workbook (``read_book`` gives them all).
        ProblemError: when the book is sound but cannot be planned, e.g. a step nobody can do.
    """
    reading = read_book(path)
    if reading.book is None:
        fault = reading.faults[0]
        others = f" ({len(reading.faults) - 1} more faults)" if len(reading.faults) > 1 else ""
        raise FileError(path.name, fault.place, fault.given, fault.expected + others)
    return to_problem(reading.book, origin)


def to_problem(book: CaseBook, origin: datetime | None = None) -> Problem:
    """The planning problem of a book.

    Args:
        book: as read; steps that nobody can do stay without options.
        origin: local time of minute 0; the midnight before the release when None. It is moved back to its
            midnight.

    A wanted skill is not asked for: the workbook lists who can do a step, and no people. Free hours become
    weekly bands in proportion to the hours open in each week.
    """
    begin = datetime.combine((origin or book.case.release).date(), time())
    case_id = book.case.code or "case"
    horizon = _minute(begin, book.case.due + timedelta(days=DAYS_AFTER_DUE))
    sites, site_of = _sites(book)
    calendars, machines = _machines(book, begin, horizon, site_of)
    return Problem(
        companies=_companies(book),
        sites=sites,
        machines=machines,
        cases=(
            Case(
                case_id,
                release=max(0, _minute(begin, book.case.release)),
                due=max(0, _minute(begin, book.case.due), _minute(begin, book.case.release)),
                late_yen_per_minute=book.case.late_yen_per_minute,
                deliver_to=_delivery(book),
                name=book.case.title,
            ),
        ),
        operations=_operations(book, case_id),
        horizon=horizon,
        calendars=calendars,
        parts=tuple(Part(f"{case_id}/{part.letter}", case_id, part.name, part.mass_g) for part in book.parts),
        roads=Roads(vehicles=(TRUCK,)),
        policy=Policy(lead_required=book.case.contract_form == "lead" and any(row.may_lead for row in book.machines)),
        origin=begin.isoformat(timespec="minutes"),
        name=book.case.title,
    )


def _minute(begin: datetime, moment: datetime) -> int:
    return int((moment - begin).total_seconds()) // 60


def _companies(book: CaseBook) -> tuple[Company, ...]:
    leaders = {row.company for row in book.machines if row.may_lead}
    if book.case.lead:
        leaders = {book.case.lead}
    names = dict.fromkeys(row.company for row in book.machines)
    return tuple(Company(name, name, may_lead=name in leaders) for name in names)


def _site_id(row: MachineLine) -> str:
    return f"{row.company} {row.site}".strip()


def _delivery(book: CaseBook) -> str | None:
    case = book.case
    is_known = case.deliver_latitude is not None and case.deliver_longitude is not None
    return (case.deliver_to or case.buyer) + " *" if is_known else None


def _sites(book: CaseBook) -> tuple[tuple[Site, ...], dict[MachineLine, str]]:
    sites: dict[str, Site] = {}
    site_of: dict[MachineLine, str] = {}
    for row in book.machines:
        name = site_of[row] = _site_id(row)
        sites.setdefault(
            name, Site(name, row.company, float(row.latitude), float(row.longitude), name=row.site or name)
        )
    delivery = _delivery(book)
    if delivery is not None:
        case = book.case
        latitude, longitude = float(case.deliver_latitude or 0), float(case.deliver_longitude or 0)
        sites[delivery] = Site(delivery, None, latitude, longitude, name=case.deliver_to or case.buyer)
    return tuple(sites.values()), site_of


def _machines(
    book: CaseBook, begin: datetime, horizon: int, site_of: dict[MachineLine, str]
) -> tuple[tuple[Calendar, ...], tuple[Machine, ...]]:
    calendars: dict[tuple[str, tuple[Window, ...]], Calendar] = {}
    machines = []
    for row in book.machines:
        key = (row.company, row.shifts)
        if key not in calendars:
            of_company = sum(1 for company, _shifts in calendars if company == row.company)
            name = row.company if not of_company else f"{row.company} {of_company + 1}"
            calendars[key] = Calendar(name, _open_hours(book, row, begin, horizon))
        calendar = calendars[key]
        bands = () if row.free_hours is None else _bands(row, calendar.windows, begin, horizon)
        name = f"{row.company} / {row.machine}"
        machines.append(Machine(name, site_of[row], calendar.id, bands=bands, name=row.machine))
    return tuple(calendars.values()), tuple(machines)


def _open_hours(book: CaseBook, row: MachineLine, begin: datetime, horizon: int) -> tuple[Window, ...]:
    closed: list[Window] = []
    extra: list[Window] = []
    for holiday in book.holidays:
        if holiday.company not in ("", row.company):
            continue
        midnight = _minute(begin, datetime.combine(holiday.day, time()))
        if holiday.kind == "closed":
            closed.append((midnight, midnight + MINUTES_PER_DAY))
        else:
            extra.extend((midnight + start, midnight + end) for start, end in holiday.hours)
    return weekly(row.shifts, first_weekday=begin.weekday(), horizon=horizon, closed=closed, extra=extra)


def _bands(row: MachineLine, windows: tuple[Window, ...], begin: datetime, horizon: int) -> tuple[Band, ...]:
    """A budget for each calendar week: the free hours, less where the week has fewer open hours than usual."""
    usual = sum(end - start for start, end in row.shifts)
    free = min((row.free_hours or 0) * 60, usual)
    bands = []
    start = -begin.weekday() * MINUTES_PER_DAY
    while start < horizon:
        week = (max(0, start), min(start + MINUTES_PER_WEEK, horizon))
        opened = sum(end - first for first, end in common(windows, (week,)))
        bands.append(Band(*week, minutes=min(free, free * opened // usual)))
        start += MINUTES_PER_WEEK
    return tuple(bands)


def _operations(book: CaseBook, case_id: str) -> tuple[Operation, ...]:
    options: dict[int, list[Option]] = {}
    for row in book.options:
        options.setdefault(row.operation, []).append(
            Option(
                f"{row.company} / {row.machine}",
                setup_minutes=row.setup_minutes,
                minutes_per_piece=float(row.minutes_per_piece),
                fixed_yen=row.fixed_yen,
                unit_yen=row.unit_yen,
                good_rate=float(row.good_rate / 100),
            )
        )
    return tuple(
        Operation(
            f"{case_id}/{row.number}",
            case_id,
            tuple(options.get(row.number, ())),
            quantity=row.quantity,
            part=f"{case_id}/{row.part}" if row.part else None,
            after=tuple(
                Link(f"{case_id}/{link.before}", link.per, link.batch, link.lag_minutes) for link in row.before
            ),
            may_pause=row.may_pause,
            min_sublot=row.min_sublot,
            max_sublots=row.max_sublots,
            family=row.setup_family,
            name=row.name,
            process=row.process,
        )
        for row in book.operations
    )
