"""Companies, works and machines that a workbook names and the network does not know yet.

What the network knows already stays as it is: a company's own word weighs more than a workbook.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.utils import timezone

from zagumi.engine.clock import MINUTES_PER_DAY
from zagumi.engine.read.case_workbook import CaseBook, Findings, HolidayLine, MachineLine, Places
from zagumi.engine.read.case_workbook.cells import fold, write_shifts
from zagumi.engine.read.case_workbook.layout import MACHINES
from zagumi.platform.cases.workbook import DEFAULT_SITE, Lookup, coded, is_same_hours
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.network import services
from zagumi.platform.network.hours import Frame, opening_hours
from zagumi.platform.network.lists import is_holiday
from zagumi.platform.network.models import Company, Disclosure, Machine, Process, Site, WorkCalendar
from zagumi.platform.network.sheets import CompanySheet, MachineSheet, ShiftSheet, SiteSheet

OLDEST_DAY = timedelta(days=300)  # closures longer ago concern nothing that is still to be planned
WEEKS_AFTER_DUE = 4  # how far beyond the due date a newcomer's own work is written down


@dataclass
class Newcomers:
    """Finds what a book names, and registers what is missing; ``added`` says what that was."""

    actor: Actor
    book: CaseBook
    places: Places
    findings: Findings
    known: Lookup
    machines: dict[tuple[str, str], Machine] = field(default_factory=dict)
    added: list[tuple[str, int, str]] = field(default_factory=list)

    def settle(self) -> None:
        """Go through the book's machines; ``machines`` then answers for (company, machine) as written."""
        for line in self.book.machines:
            process = self.known.processes.get(fold(line.process))
            if process is None:
                self._fault(line, "process", line.process, "a process of the list", "unknown_process")
                continue
            company = self.known.companies.get(fold(line.company)) or self._admit(line)
            machine = self._machine(line, company, process)
            if machine is not None:
                self.machines[line.company, line.machine] = machine

    def _fault(self, line: MachineLine, key: str, given: str, expected: str, rule: str, **more: str) -> None:
        self.findings.fault(self.places.of(MACHINES, line.row, key), given, expected, rule, **more)

    def _admit(self, line: MachineLine) -> Company:
        leads = any(row.may_lead for row in self.book.machines if row.company == line.company)
        sheet = CompanySheet(
            name=line.company, address=line.address, may_lead=leads, contact_channel=Company.Channel.PHONE
        )
        company = services.admit_company(self.actor, sheet=sheet)
        self.known.companies[fold(line.company)] = company
        self.added.append(("company", line.row, line.company))
        return company

    def _site(self, line: MachineLine, company: Company) -> Site:
        found = self.known.site_of(company, line.site)
        if found is not None:
            return found
        sheet = SiteSheet(
            name=line.site or DEFAULT_SITE,
            latitude=float(line.latitude),
            longitude=float(line.longitude),
            address=line.address,
        )
        site = services.add_site(self.actor, party=company.party, sheet=sheet)
        self.known.sites[company.party_id, fold(site.name)] = site
        return site

    def _machine(self, line: MachineLine, company: Company, process: Process) -> Machine | None:
        found = self.known.machines.get((company.party_id, fold(line.machine)), [])
        if line.site:
            found = [machine for machine in found if fold(machine.site.name) == fold(line.site)] or found
        if len(found) > 1:
            names = "、".join(coded(machine) for machine in found)
            self._fault(line, "machine", line.machine, f"one of {names}", "ambiguous_machine", names=names)
            return None
        if found:
            return found[0]
        site = self._site(line, company)
        calendar = self._calendar(line, company)
        free = Disclosure.EXACT if line.free_hours is None else Disclosure.BAND
        sheet = MachineSheet(
            name=line.machine, process=process.key, calendar="" if calendar.is_default else calendar.name
        )
        machine = services.add_machine(self.actor, site_code=site.code, sheet=sheet, disclosure=free)
        self.known.add_machine(machine)
        if line.free_hours is not None:
            self._write_own_work(line, machine, calendar)
        self.added.append(("machine", line.row, f"{line.company} {line.machine}"))
        return machine

    def _calendar(self, line: MachineLine, company: Company) -> WorkCalendar:
        """A calendar of the company with these hours, made when there is none; the first one is its default."""
        own = list(WorkCalendar.objects.filter(company=company).prefetch_related("shifts"))
        for calendar in own:
            if is_same_hours(calendar.shifts.all(), line.shifts):
                return calendar
        name = write_shifts(line.shifts)[:60] if own else ""
        calendar = services.set_shifts(
            self.actor, company_code=company.code, shifts=list(_shift_sheets(line)), calendar=name
        )
        self._write_days(company, line.company, name)
        return calendar

    def _write_days(self, company: Company, written: str, calendar: str) -> None:
        """Days off and extra days of the book; national holidays are closed anyway."""
        for day in self.book.holidays:
            if day.company not in ("", written) or day.day < clock.today() - OLDEST_DAY:
                continue
            if day.kind == "open":
                start, end = _ends(day)
                services.open_day(
                    self.actor,
                    company_code=company.code,
                    day=day.day,
                    start=start,
                    end=end,
                    reason=day.reason[:80],
                    calendar=calendar,
                )
            elif not is_holiday(day.day):
                services.close_day(
                    self.actor, company_code=company.code, first=day.day, reason=day.reason[:80], calendar=calendar
                )

    def _write_own_work(self, line: MachineLine, machine: Machine, calendar: WorkCalendar) -> None:
        """Book what is not free as the owner's own work, at the end of each week; the owner moves it as it likes."""
        first = self.book.case.release.date()
        monday = first - timedelta(days=first.weekday())
        last = self.book.case.due.date() + timedelta(weeks=WEEKS_AFTER_DUE)
        begin = timezone.make_aware(datetime.combine(monday, time()))
        frame = Frame.until(begin, last)
        windows = opening_hours([calendar], frame)[calendar.pk]
        usual = sum(end - start for start, end in line.shifts)
        for _monday, week in frame.weeks():
            opened = [(max(a, week[0]), min(b, week[1])) for a, b in windows if b > week[0] and a < week[1]]
            total = sum(end - start for start, end in opened)
            taken = total - min(total, (line.free_hours or 0) * 60 * total // usual)
            for start, end in reversed(opened):
                part = min(taken, end - start)
                if part > 0:
                    services.book_machine(
                        self.actor, code=machine.code, start=frame.moment(end - part), end=frame.moment(end)
                    )
                    taken -= part


def _shift_sheets(line: MachineLine) -> Iterable[ShiftSheet]:
    for start, end in line.shifts:
        day = start // MINUTES_PER_DAY
        yield ShiftSheet(day % 7, _time(start), _time(end))


def _time(minute: int) -> time:
    """The time of day; midnight at the end of a day is 0:00 of the next."""
    return time(minute % MINUTES_PER_DAY // 60, minute % 60)


def _ends(day: HolidayLine) -> tuple[time, time]:
    """From the first opening to the last closing; a day ends before midnight."""
    last = min(day.hours[-1][1], MINUTES_PER_DAY - 1)
    return _time(day.hours[0][0]), _time(last)
