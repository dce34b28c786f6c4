"""The network over the API: the same queries and services as the pages."""

from dataclasses import replace
from datetime import date, time
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Body, Field, Query, Schema, Status
from pydantic import AwareDatetime

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.api import Page, Paging, actor_of, api_router, paged
from zagumi.platform.core.models import Party
from zagumi.platform.network import queries, services
from zagumi.platform.network.insight import Level
from zagumi.platform.network.models import Capability, Company, Disclosure, Machine, Site
from zagumi.platform.network.queries.calendar import BookingLine, CalendarPage
from zagumi.platform.network.queries.companies import CompanyRow, MapFeature
from zagumi.platform.network.queries.company import CompanyPage
from zagumi.platform.network.queries.coverage import CoverageRow
from zagumi.platform.network.queries.load import LoadTable
from zagumi.platform.network.queries.records import PriceLine
from zagumi.platform.network.sheets import (
    CapabilitySheet,
    CertificateSheet,
    CompanySheet,
    MachineSheet,
    PersonSheet,
    ProofSheet,
    ShiftSheet,
    SiteSheet,
)

router = api_router("network")


class Made(Schema):
    """The code of what was made or changed."""

    code: str


class CompanyFilter(Schema):
    """Which companies. ``free_now``: its best machine's band, where shown, is at least this."""

    q: str = Field("", max_length=200)
    family: str = ""
    process: str = ""
    district: str = ""
    certificate: str = ""
    proof: Literal["", "declared", "verified", "measured", "expired"] = ""
    free_now: Level | None = None


class Weeks(Schema):
    """How far ahead, this week included."""

    weeks: int = Field(6, ge=1, le=26)


class Span(Schema):
    """Time of a machine."""

    start: AwareDatetime
    end: AwareDatetime
    note: str = ""


class Stop(Schema):
    """A machine standing still; without a beginning since now, without an end nobody knows how long."""

    reason: str
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


class Hours(Schema):
    """The weekly pattern of a calendar; "" is the company's default one."""

    shifts: list[ShiftSheet]
    calendar: str = ""
    works_on_holidays: bool = False


class Closure(Schema):
    """Days on which the works is closed."""

    first: date
    last: date | None = None
    reason: str = ""
    calendar: str = ""


class Opening(Schema):
    """A day on which the works is open, whatever the pattern says."""

    day: date
    start: time
    end: time
    reason: str = ""
    calendar: str = ""


class Purpose(Schema):
    """Why prices are looked at."""

    purpose: str


def _actor(request: HttpRequest) -> Actor:
    return replace(actor_of(request), channel="api")


def _acting(request: HttpRequest, company_code: str) -> Actor:
    """The member itself; the coordinator on behalf of the company."""
    actor = _actor(request)
    if not actor.is_coordinator:
        return actor
    party = Company.objects.select_related("party").find(actor, party__code=company_code).party
    return actor.for_party(party, channel="api")


def _for_machine(request: HttpRequest, code: str) -> Actor:
    machine = Machine.objects.select_related("site__party").find(_actor(request), code=code)
    return _acting(request, machine.site.party.code)


def _for_capability(request: HttpRequest, code: str) -> Actor:
    capability = Capability.objects.select_related("company__party").find(_actor(request), code=code)
    return _acting(request, capability.company.code)


# ------------------------------------------------------------------------------------------------------------ reads


@router.get("/companies", response=Page[CompanyRow], summary="Companies")
def list_companies(request: HttpRequest, narrow: Query[CompanyFilter], paging: Query[Paging]) -> Any:
    """The companies the reader may know of, in the order of the reading of their names."""
    actor = _actor(request)
    rows = queries.company_list(actor)
    if narrow.q:
        codes = queries.search(actor, narrow.q)
        rows = [row for row in rows if row.code in codes]
    holds = (("families", narrow.family), ("process_keys", narrow.process), ("certificates", narrow.certificate))
    for name, value in holds:
        rows = [row for row in rows if not value or value in getattr(row, name)]
    if narrow.district:
        rows = [row for row in rows if row.district == narrow.district]
    if narrow.proof:
        rows = [row for row in rows if getattr(row.proofs, narrow.proof)]
    if narrow.free_now:
        least = narrow.free_now.at_least
        rows = [row for row in rows if row.free_now is not None and row.free_now.at_least >= least]
    return paged(rows, paging)


@router.get("/companies/{code}", response=CompanyPage, summary="One company")
def read_company(request: HttpRequest, code: str) -> Any:
    """A company with capabilities, machines, free hours, certificates and skills, as far as the reader may see."""
    return queries.company_page(_actor(request), code)


@router.get("/companies/{code}/load", response=LoadTable, summary="Free hours of a company's machines")
def read_load(request: HttpRequest, code: str, ahead: Query[Weeks]) -> Any:
    """By week, from now on: exact, as a band, or hidden."""
    return queries.machine_load(_actor(request), company_code=code, weeks=ahead.weeks)


@router.get("/companies/{code}/calendar", response=CalendarPage, summary="One month of a company")
def read_calendar(request: HttpRequest, code: str, month: date | None = None, calendar: str = "") -> Any:
    """Opening hours, holidays, closures and bookings of the month in which the day ``month`` lies."""
    return queries.company_calendar(_actor(request), code, month=month, name=calendar)


@router.get("/machines/{code}/load", response=LoadTable, summary="Free hours of one machine")
def read_machine_load(request: HttpRequest, code: str, ahead: Query[Weeks]) -> Any:
    """By week, from now on."""
    return queries.machine_load(_actor(request), machine_code=code, weeks=ahead.weeks)


@router.get("/machines/{code}/bookings", response=Page[BookingLine], summary="Bookings of one machine")
def read_bookings(request: HttpRequest, code: str, paging: Query[Paging]) -> Any:
    """From now on, as far as the reader may see them."""
    return paged(queries.machine_bookings(_actor(request), code), paging)


@router.get("/coverage", response=Page[CoverageRow], summary="Coverage of processes")
def read_coverage(
    request: HttpRequest, paging: Query[Paging], state: Literal["", "none", "single", "few", "many"] = ""
) -> Any:
    """Which process is held by which companies; ``state`` narrows to gaps or single holders."""
    rows = queries.coverage(_actor(request)).rows
    return paged([row for row in rows if not state or row.state == state], paging)


@router.get("/map", response=Page[MapFeature], summary="Places on the map")
def read_map(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The hub, the works of the companies, and for the coordinator where buyers take goods in."""
    return paged(queries.map_features(_actor(request)), paging)


# ----------------------------------------------------------------------------------------------------------- writes


@router.post("/companies", response={201: Made}, summary="Admit a company")
def admit(request: HttpRequest, sheet: Body[CompanySheet]) -> Any:
    """Coordinator only: take a company into the network."""
    return Status(201, Made(code=services.admit_company(_actor(request), sheet=sheet).code))


@router.put("/companies/{code}", response=Made, summary="Change a company's facts")
def change_company(request: HttpRequest, code: str, sheet: Body[CompanySheet]) -> Any:
    """All facts at once."""
    return Made(code=services.edit_profile(_acting(request, code), company_code=code, sheet=sheet).code)


@router.post("/companies/{code}/prices", response=list[PriceLine], summary="Look at a company's prices")
def look_at_prices(request: HttpRequest, code: str, why: Body[Purpose]) -> Any:
    """The company itself, or the coordinator with a purpose, which is logged."""
    actor = _actor(request)
    if actor.is_coordinator:
        actor = services.open_private(actor, company_code=code, purpose=why.purpose)
    return queries.company_prices(actor, code)


@router.post("/companies/{code}/sites", response={201: Made}, summary="Add a works")
def add_site(request: HttpRequest, code: str, sheet: Body[SiteSheet]) -> Any:
    """A place of the company."""
    actor = _acting(request, code)
    party = Party.objects.find(actor, code=code)
    return Status(201, Made(code=services.add_site(actor, party=party, sheet=sheet).code))


@router.post("/sites/{code}/machines", response={201: Made}, summary="Add a machine")
def add_machine(
    request: HttpRequest, code: str, sheet: Body[MachineSheet], disclosure: Disclosure = Disclosure.BAND
) -> Any:
    """A machine at this works."""
    site = Site.objects.select_related("party").find(_actor(request), code=code)
    actor = _acting(request, site.party.code)
    return Status(201, Made(code=services.add_machine(actor, site_code=code, sheet=sheet, disclosure=disclosure).code))


@router.put("/machines/{code}", response=Made, summary="Change a machine")
def change_machine(request: HttpRequest, code: str, sheet: Body[MachineSheet]) -> Any:
    """All facts at once; an hourly rate that the actor may not see stays when it is left out."""
    return Made(code=services.edit_machine(_for_machine(request, code), code=code, sheet=sheet).code)


@router.post("/machines/{code}/retire", response=Made, summary="Take a machine out of use")
def retire_machine(request: HttpRequest, code: str) -> Any:
    """It is kept and can be brought back."""
    return Made(code=services.retire_machine(_for_machine(request, code), code=code).code)


@router.post("/machines/{code}/restore", response=Made, summary="Bring a machine back")
def restore_machine(request: HttpRequest, code: str) -> Any:
    """Undo taking it out of use."""
    return Made(code=services.restore_machine(_for_machine(request, code), code=code).code)


@router.put("/machines/{code}/disclosure", response=Made, summary="What shows of free time")
def set_disclosure(request: HttpRequest, code: str, disclosure: Disclosure) -> Any:
    """exact, band or hidden."""
    return Made(code=services.set_disclosure(_for_machine(request, code), code=code, disclosure=disclosure).code)


@router.post("/machines/{code}/bookings", response={201: Made}, summary="Note own work")
def book(request: HttpRequest, code: str, span: Body[Span]) -> Any:
    """Time that the machine is taken."""
    actor = _for_machine(request, code)
    services.book_machine(actor, code=code, start=span.start, end=span.end, note=span.note)
    return Status(201, Made(code=code))


@router.delete("/machines/{code}/bookings", response={204: None}, summary="Free own work")
def free(request: HttpRequest, code: str, start: AwareDatetime) -> Any:
    """The own booking that begins at ``start``."""
    services.cancel_booking(_for_machine(request, code), code=code, start=start)
    return Status(204, None)


@router.post("/machines/{code}/stops", response={201: Made}, summary="Report a stop")
def stop(request: HttpRequest, code: str, told: Body[Stop]) -> Any:
    """The machine stands still."""
    actor = _for_machine(request, code)
    services.report_stop(actor, code=code, reason=told.reason, start=told.start, end=told.end)
    return Status(201, Made(code=code))


@router.post("/machines/{code}/resume", response=Made, summary="Report that it runs again")
def resume(request: HttpRequest, code: str) -> Any:
    """The stop ends now; one that has not begun yet is taken back."""
    services.end_stop(_for_machine(request, code), code=code)
    return Made(code=code)


@router.post("/companies/{code}/capabilities", response={201: Made}, summary="Declare a capability")
def declare(request: HttpRequest, code: str, sheet: Body[CapabilitySheet]) -> Any:
    """Self-declared until somebody proves it."""
    return Status(
        201, Made(code=services.declare_capability(_acting(request, code), company_code=code, sheet=sheet).code)
    )


@router.put("/capabilities/{code}", response=Made, summary="Change a capability")
def change_capability(request: HttpRequest, code: str, sheet: Body[CapabilitySheet]) -> Any:
    """A change of process, machine, materials or ranges makes it self-declared again."""
    return Made(code=services.edit_capability(_for_capability(request, code), code=code, sheet=sheet).code)


@router.post("/capabilities/{code}/proof", response=Made, summary="Enter a proof")
def prove(request: HttpRequest, code: str, sheet: Body[ProofSheet]) -> Any:
    """Coordinator only: what a third party found or records measured."""
    return Made(code=services.verify_capability(_for_capability(request, code), code=code, sheet=sheet).code)


@router.post("/capabilities/{code}/withdraw", response=Made, summary="No longer offer it")
def withdraw(request: HttpRequest, code: str) -> Any:
    """It is kept and can be offered again."""
    return Made(code=services.withdraw_capability(_for_capability(request, code), code=code).code)


@router.post("/capabilities/{code}/restore", response=Made, summary="Offer it again")
def restore(request: HttpRequest, code: str) -> Any:
    """Undo the withdrawal."""
    return Made(code=services.restore_capability(_for_capability(request, code), code=code).code)


@router.post("/companies/{code}/certificates", response={201: Made}, summary="Add a certificate")
def add_certificate(request: HttpRequest, code: str, sheet: Body[CertificateSheet]) -> Any:
    """Without its paper, which is uploaded on the screen."""
    return Status(201, Made(code=services.add_certificate(_acting(request, code), company_code=code, sheet=sheet).code))


@router.post("/companies/{code}/people", response={201: Made}, summary="Add a person")
def add_person(request: HttpRequest, code: str, sheet: Body[PersonSheet]) -> Any:
    """With their skills; the name stays with the company and the coordinator."""
    return Status(201, Made(code=services.add_person(_acting(request, code), company_code=code, sheet=sheet).code))


@router.put("/companies/{code}/hours", response=Made, summary="Set the weekly pattern")
def set_hours(request: HttpRequest, code: str, hours: Body[Hours]) -> Any:
    """Replaces the pattern of the calendar."""
    services.set_shifts(
        _acting(request, code),
        company_code=code,
        shifts=hours.shifts,
        calendar=hours.calendar,
        works_on_holidays=hours.works_on_holidays,
    )
    return Made(code=code)


@router.post("/companies/{code}/closures", response={201: Made}, summary="Close some days")
def close_days(request: HttpRequest, code: str, days: Body[Closure]) -> Any:
    """They can be reset."""
    services.close_day(_acting(request, code), company_code=code, **days.dict())
    return Status(201, Made(code=code))


@router.post("/companies/{code}/openings", response={201: Made}, summary="Open a day")
def open_day(request: HttpRequest, code: str, day: Body[Opening]) -> Any:
    """Overtime, work on a Saturday."""
    services.open_day(_acting(request, code), company_code=code, **day.dict())
    return Status(201, Made(code=code))


@router.delete("/companies/{code}/days", response={204: None}, summary="Let the pattern hold again")
def reset_days(request: HttpRequest, code: str, first: date, last: date | None = None, calendar: str = "") -> Any:
    """Undo closures and openings."""
    services.reset_day(_acting(request, code), company_code=code, first=first, last=last, calendar=calendar)
    return Status(204, None)
