"""The verbs: what they do, what they refuse, what they write in the log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.platform.network.conftest import Town, at, company, party_of, plan_booking, proven
from zagumi.platform.core import audit
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import BadInput, Hidden, NotNow, Refused
from zagumi.platform.core.models import AuditEntry, Party
from zagumi.platform.network import models, queries, services
from zagumi.platform.network.models import Booking, Company
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

LATHE = MachineSheet(name="NC旋盤", process="turning")
CUT = CapabilitySheet(process="turning")
PROOF = ProofSheet(provenance="verified", assessor="県センター(架空)", assessed_on=date(2026, 5, 1))


def places(error: pytest.ExceptionInfo[BadInput]) -> list[str]:
    """Where the faults are; each says what was given and what was expected."""
    assert all(fault.expected and fault.message for fault in error.value.faults)
    return [fault.place for fault in error.value.faults]


# ------------------------------------------------------------------------------------------------------- companies


def test_admission_makes_party_company_and_membership_and_is_logged(town: Town) -> None:
    sheet = CompanySheet(name="新川鉄工(架空)", corporate_number="7000012050002", employees=9, trades="溶接")
    made = services.admit_company(town.cast.coordinator, sheet=sheet)

    assert made.party.kind == Party.Kind.COMPANY
    assert made.party.corporate_number == "7000012050002"
    assert made.admissions.get().state == "active"
    assert Company.objects.visible_to(town.cast.rival).filter(pk=made.pk).exists()
    entry = AuditEntry.objects.filter(subject_code=made.code, subject_model="network.Company").get()
    assert (entry.verb, entry.user_name) == ("admitted the company", "佐伯 みどり")
    assert audit.verify(town.cast.network) == []


def test_only_the_coordinator_admits_and_never_its_own_office(town: Town) -> None:
    sheet = CompanySheet(name="新川鉄工(架空)")
    for actor in (town.cast.member, town.cast.buyer, town.cast.viewer):
        with pytest.raises(Refused):
            services.admit_company(actor, sheet=sheet)
    with pytest.raises(Refused):
        services.admit_company(town.cast.coordinator, sheet=sheet, party=party_of(town.cast.coordinator))
    with pytest.raises(NotNow):
        services.admit_company(town.cast.coordinator, sheet=sheet, party=town.works.company.party)


def test_a_company_may_belong_to_several_networks(town: Town) -> None:
    both = company(town.cast.far_coordinator, town.works.company.party, corporate_number="")
    assert both == town.works.company
    assert Company.objects.visible_to(town.cast.far_coordinator).filter(pk=both.pk).exists()
    assert both.admissions.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("corporate_number", "7000012050003"),
        ("corporate_number", "700001205000"),
        ("corporate_number", "700001205000二"),
        ("employees", -1),
        ("founded", 2027),
        ("founded", 1500),
        ("contact_channel", "pigeon"),
        ("short_name", "長" * 25),
    ],
)
def test_facts_that_cannot_be(town: Town, field: str, value: Any) -> None:
    sheet = replace(CompanySheet(name="新川鉄工(架空)"), **{field: value})
    with pytest.raises(BadInput) as error:
        services.admit_company(town.cast.coordinator, sheet=sheet)
    assert places(error) == [field]


@pytest.mark.parametrize(
    "number", ["4011001098993", "7123456789012", "7180001044022", "8000012010038", "7000012050002"]
)
def test_real_corporate_numbers_are_accepted_once(town: Town, number: str) -> None:
    sheet = CompanySheet(name="新川鉄工(架空)", corporate_number=number)
    services.admit_company(town.cast.coordinator, sheet=sheet)
    with pytest.raises(BadInput) as error:
        services.admit_company(town.cast.coordinator, sheet=sheet)
    assert places(error) == ["corporate_number"]


def test_every_fault_is_named_at_once(town: Town) -> None:
    with pytest.raises(BadInput) as error:
        services.admit_company(
            town.cast.coordinator, sheet=CompanySheet(name="", employees=-3, corporate_number="123", founded=3000)
        )
    assert places(error) == ["name", "corporate_number", "employees", "founded"]
    assert error.value.faults[1].given == "123"


def test_a_member_edits_its_own_facts_but_not_whether_it_may_lead(town: Town) -> None:
    sheet = CompanySheet(name="西尾精機(架空)", employees=30, may_lead=True, capital_yen=5)
    changed = services.edit_profile(town.cast.member, company_code=town.works.code, sheet=sheet)
    assert (changed.employees, changed.capital_yen, changed.may_lead) == (30, 5, False)
    assert services.edit_profile(town.cast.coordinator, company_code=town.works.code, sheet=sheet).may_lead

    with pytest.raises(Refused):
        services.edit_profile(town.cast.rival, company_code=town.works.code, sheet=sheet)
    with pytest.raises(Hidden):
        services.edit_profile(town.cast.far_member, company_code=town.works.code, sheet=sheet)


def test_membership_moves_only_along_its_way(town: Town) -> None:
    boss, code = town.cast.coordinator, town.plater.code
    with pytest.raises(NotNow) as error:
        services.move_admission(boss, company_code=code, verb="leave")
    assert "退会の手続きを始める" in str(error.value.next_step)
    states = [
        services.move_admission(boss, company_code=code, verb=verb).state for verb in ("announce", "leave", "return")
    ]
    assert states == ["leaving", "left", "screening"]
    with pytest.raises(Refused):
        services.move_admission(town.cast.member, company_code=town.works.code, verb="announce")


def test_places_lie_on_the_globe_and_know_their_district(town: Town) -> None:
    cast, network = town.cast, town.cast.network
    network.code = "minato"
    network.save()
    party = factories.party(network)
    site = services.add_site(
        cast.coordinator, party=party, sheet=SiteSheet(name="工場", latitude=34.252, longitude=137.849)
    )
    assert site.district == "shiomi"
    moved = services.edit_site(
        cast.coordinator, code=site.code, sheet=SiteSheet(name="工場", latitude=34.33, longitude=137.73)
    )
    assert moved.district == "takadai"
    for wrong in ({"latitude": 91.0}, {"longitude": -181.0}, {"district": "atlantis"}, {"is_hub": True}, {"name": ""}):
        sheet = SiteSheet(**{"name": "工場", "latitude": 34.25, "longitude": 137.85} | wrong)
        with pytest.raises(BadInput) as error:
            services.add_site(cast.coordinator, party=party, sheet=sheet)
        assert places(error) == list(wrong)


# -------------------------------------------------------------------------------------------------------- machines


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("process", "alchemy"),
        ("diameter_mm", 0),
        ("axes", 13),
        ("it_grade", 0),
        ("hourly_yen", -1),
        ("roughness_ra", Decimal(-1)),
        ("calendar", "夜"),
        ("installed_year", 1700),
    ],
)
def test_machines_that_cannot_be(town: Town, field: str, value: Any) -> None:
    with pytest.raises(BadInput) as error:
        services.add_machine(town.cast.member, site_code=town.works.site.code, sheet=replace(LATHE, **{field: value}))
    assert places(error) == [field]


def test_an_hourly_rate_is_kept_when_one_who_may_not_see_it_edits_and_is_never_logged(town: Town) -> None:
    machine = town.works.exact
    changed = services.edit_machine(town.cast.coordinator, code=machine.code, sheet=replace(LATHE, name="新しい名"))
    assert (changed.name, changed.hourly_yen) == ("新しい名", 7777)
    assert (
        services.edit_machine(town.cast.member, code=machine.code, sheet=replace(LATHE, hourly_yen=4321)).hourly_yen
        == 4321
    )
    assert services.edit_machine(town.cast.member, code=machine.code, sheet=LATHE).hourly_yen is None
    logged = [entry.changes for entry in AuditEntry.objects.filter(subject_code=machine.code)]
    assert any("hourly_yen" in changes for changes in logged)
    assert "4321" not in str(logged)
    assert "7777" not in str(logged)


def test_machines_stand_at_the_works_of_a_company(town: Town) -> None:
    with pytest.raises(Hidden):
        services.add_machine(town.cast.coordinator, site_code=town.hub.code, sheet=LATHE)
    with pytest.raises(Refused):
        services.add_machine(town.cast.rival, site_code=town.works.site.code, sheet=LATHE)


def test_a_machine_out_of_use_comes_back(town: Town) -> None:
    code = town.works.exact.code
    assert services.retire_machine(town.cast.member, code=code).retired_on == date(2026, 11, 20)
    assert code not in [row.code for row in queries.machine_load(town.cast.member, company_code=town.works.code).rows]
    assert services.restore_machine(town.cast.member, code=code).retired_on is None


def test_a_machine_that_a_plan_counts_on_stays(town: Town) -> None:
    plan_booking(town.cast.coordinator, town.works.exact, "P-7", at(26, 8), at(26, 12))
    with pytest.raises(NotNow, match="P-7") as error:
        services.retire_machine(town.cast.member, code=town.works.exact.code)
    assert error.value.next_step


def test_how_much_shows_is_the_owners_word(town: Town) -> None:
    code = town.works.exact.code
    assert services.set_disclosure(town.cast.member, code=code, disclosure="hidden").capacity_disclosure == "hidden"
    with pytest.raises(Refused):
        services.set_disclosure(town.cast.coordinator, code=code, disclosure="exact")
    told = town.cast.coordinator.for_party(town.works.company.party, channel="phone")
    assert services.set_disclosure(told, code=code, disclosure="exact").capacity_disclosure == "exact"
    with pytest.raises(BadInput):
        services.set_disclosure(town.cast.member, code=code, disclosure="some")


# -------------------------------------------------------------------------------------------------- bookings, stops


def test_time_is_booked_once_and_freed_again(town: Town) -> None:
    code, member = town.works.exact.code, town.cast.member
    services.book_machine(member, code=code, start=at(26, 8), end=at(26, 12))
    for start, end in ((at(26, 11), at(26, 13)), (at(26, 7), at(26, 17)), (at(26, 9), at(26, 10))):
        with pytest.raises(BadInput) as error:
            services.book_machine(member, code=code, start=start, end=end)
        assert places(error) == ["start"]
        assert "2026-11-26 08:00 – 12:00" in str(error.value)
    services.book_machine(member, code=code, start=at(26, 12), end=at(26, 13))
    with pytest.raises(BadInput):
        services.book_machine(member, code=code, start=at(27, 9), end=at(27, 9))

    services.cancel_booking(member, code=code, start=at(26, 8))
    assert not Booking.objects.filter(machine=town.works.exact, start=at(26, 8)).exists()
    with pytest.raises(Hidden):
        services.cancel_booking(member, code=code, start=at(26, 8))


def test_the_log_does_not_tell_when_a_machine_is_taken(town: Town) -> None:
    services.book_machine(
        town.cast.member, code=town.works.hidden.code, start=at(3, 7, month=12), end=at(3, 9, month=12)
    )
    services.cancel_booking(town.cast.member, code=town.works.hidden.code, start=at(3, 7, month=12))
    logged = [(entry.verb, str(entry.changes)) for entry in AuditEntry.objects.order_by("-seq")[:2]]
    assert [verb for verb, _changes in logged] == ["freed the machine", "booked the machine"]
    assert "2026-12-03" not in str(logged)


def test_a_plan_holds_time_in_place_of_what_it_held_before(town: Town) -> None:
    boss, machine = town.cast.coordinator, town.works.exact
    plan_booking(boss, machine, "P-1", at(26, 8), at(26, 12))
    plan_booking(boss, machine, "P-1", at(26, 10), at(26, 14))
    held = Booking.objects.filter(source_code="P-1")
    assert [(booking.start, booking.end, booking.network_id) for booking in held] == [
        (at(26, 10), at(26, 14), town.cast.network.pk)
    ]
    with pytest.raises(NotNow):
        plan_booking(boss, machine, "P-2", at(26, 13), at(26, 15))
    assert held.count() == 1
    with pytest.raises(NotNow):  # the owner's own work of an exact machine
        plan_booking(boss, machine, "P-2", at(24, 9), at(24, 10))
    plan_booking(boss, town.works.band, "P-2", at(24, 9), at(24, 10))  # a band's owner makes room

    assert services.release_plan(boss, source_code="P-1") == 1
    assert not held.all().exists()
    with pytest.raises(Refused):
        services.release_plan(town.cast.member, source_code="P-2")
    with pytest.raises(Hidden):  # a plan's booking is not the owner's to free
        services.cancel_booking(town.cast.member, code=town.works.band.code, start=at(24, 9))


def test_a_plan_that_cannot_be_held_leaves_nothing(town: Town) -> None:
    boss, works = town.cast.coordinator, town.works
    slots = [
        services.Slot(works.band.code, at(26, 8), at(26, 12)),
        services.Slot(works.band.code, at(26, 11), at(26, 13)),
    ]
    with pytest.raises(NotNow):
        services.hold_for_plan(boss, source_code="P-3", slots=slots)
    with pytest.raises(BadInput) as error:
        services.hold_for_plan(
            boss, source_code="P-3", slots=[services.Slot(town.far.exact.code, at(26, 8), at(26, 9))]
        )
    assert places(error) == ["machine_code"]
    assert not Booking.objects.filter(source_code="P-3").exists()


def test_a_stop_is_reported_once_and_ends(town: Town) -> None:
    member, code = town.cast.member, town.works.exact.code
    with pytest.raises(NotNow):
        services.end_stop(member, code=code)
    services.report_stop(member, code=code, reason="主軸の異音")
    with pytest.raises(NotNow):
        services.report_stop(member, code=code, reason="まだ")
    ended = services.end_stop(member, code=code, at=at(20, 12))
    assert ended is not None
    assert ended.end == at(20, 12)
    for wrong in ({"reason": " "}, {"reason": "点検", "start": at(22, 9), "end": at(22, 9)}):
        with pytest.raises(BadInput):
            services.report_stop(member, code=code, **wrong)


def test_a_stop_that_has_not_begun_is_taken_back(town: Town) -> None:
    member, works = town.cast.member, town.works
    assert services.end_stop(member, code=works.band.code) is None
    assert not works.band.stops.exists()


# -------------------------------------------------------------------------------------------------------- calendar


def test_shifts_replace_the_pattern(town: Town) -> None:
    nights = [ShiftSheet(day, time(22), time(6)) for day in range(5)]
    services.set_shifts(town.cast.member, company_code=town.works.code, shifts=nights, works_on_holidays=True)
    calendar = models.WorkCalendar.objects.get(company=town.works.company)
    assert (calendar.shifts.count(), calendar.is_default, calendar.works_on_holidays) == (5, True, True)
    services.set_shifts(town.cast.member, company_code=town.works.code, shifts=[], calendar="夜間")
    assert models.WorkCalendar.objects.filter(company=town.works.company).count() == 2


@pytest.mark.parametrize(
    "shifts",
    [
        [ShiftSheet(0, time(8), time(12)), ShiftSheet(0, time(11), time(17))],
        [ShiftSheet(0, time(22), time(6)), ShiftSheet(1, time(5), time(9))],
        [ShiftSheet(6, time(22), time(6)), ShiftSheet(0, time(5), time(9))],
        [ShiftSheet(0, time(8), time(8))],
        [ShiftSheet(7, time(8), time(9))],
    ],
)
def test_shifts_that_cannot_be(town: Town, shifts: list[ShiftSheet]) -> None:
    with pytest.raises(BadInput):
        services.set_shifts(town.cast.member, company_code=town.works.code, shifts=shifts)
    assert models.Shift.objects.filter(calendar__company=town.works.company).count() == 5


def test_days_close_open_and_go_back(town: Town) -> None:
    member, code = town.cast.member, town.works.code
    services.close_day(member, company_code=code, first=date(2026, 12, 29), last=date(2026, 12, 31), reason="年末")
    services.open_day(member, company_code=code, day=date(2026, 12, 30), start=time(8), end=time(12))
    days = models.CalendarDay.objects.filter(calendar__company=town.works.company)
    assert [(day.date.day, day.kind) for day in days] == [(29, "closed"), (30, "open"), (31, "closed")]
    services.reset_day(member, company_code=code, first=date(2026, 12, 29), last=date(2026, 12, 30))
    assert [day.date.day for day in days.all()] == [31]

    with pytest.raises(BadInput):
        services.close_day(member, company_code=code, first=date(2026, 12, 5), last=date(2026, 12, 4))
    with pytest.raises(BadInput):
        services.close_day(member, company_code=code, first=date(2026, 12, 1), last=date(2027, 12, 1))
    with pytest.raises(BadInput):
        services.open_day(member, company_code=code, day=date(2026, 12, 5), start=time(12), end=time(8))
    with pytest.raises(Hidden):
        services.close_day(member, company_code=code, first=date(2026, 12, 5), calendar="夜間")


# ------------------------------------------------------------------------------------------------------ capability


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"process": "alchemy"}, "process"),
        ({"machine": "M-9999"}, "machine"),
        ({"ranges": {"diameter_mm": (Decimal(80), Decimal(10))}}, "ranges.diameter_mm"),
        ({"ranges": {"diameter_mm": (None, None)}}, "ranges.diameter_mm"),
        ({"ranges": {"smell": (None, Decimal(1))}}, "ranges.smell"),
        ({"lot_min": 10, "lot_max": 5}, "lot_max"),
        ({"valid_until": date(2026, 11, 19)}, "valid_until"),
        ({"good_rate": Decimal("1.1")}, "good_rate"),
        ({"minutes_per_piece": Decimal(0)}, "minutes_per_piece"),
        ({"unit_yen": -5}, "unit_yen"),
        ({"materials": ("",)}, "materials"),
    ],
)
def test_capabilities_that_cannot_be(town: Town, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput) as error:
        services.declare_capability(town.cast.member, company_code=town.works.code, sheet=replace(CUT, **changes))
    assert places(error) == [place]


def test_another_companys_machine_cannot_be_named(town: Town) -> None:
    with pytest.raises(BadInput) as error:
        services.declare_capability(
            town.cast.member, company_code=town.works.code, sheet=replace(CUT, machine=town.rival.exact.code)
        )
    assert places(error) == ["machine"]


def test_nobody_proves_their_own_capability(town: Town) -> None:
    with pytest.raises(Refused):
        services.verify_capability(town.cast.member, code=town.works.capability.code, sheet=PROOF)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"provenance": "declared"}, "provenance"),
        ({"assessor": ""}, "assessor"),
        ({"assessed_on": date(2026, 11, 21)}, "assessed_on"),
        ({"valid_until": date(2026, 4, 30)}, "valid_until"),
        ({"proven": {"length_mm": (Decimal(1), Decimal(2))}}, "proven.length_mm"),
        ({"proven": {"diameter_mm": (Decimal(5), Decimal(60))}}, "proven.diameter_mm"),
        ({"proven": {"diameter_mm": (Decimal(20), Decimal(90))}}, "proven.diameter_mm"),
    ],
)
def test_proofs_that_cannot_be(town: Town, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput) as error:
        services.verify_capability(
            town.cast.coordinator, code=town.works.capability.code, sheet=replace(PROOF, **changes)
        )
    assert places(error) == [place]


def test_a_wider_claim_is_self_declared_again_and_a_price_is_not(town: Town) -> None:
    boss, member, capability = town.cast.coordinator, town.cast.member, town.works.capability
    same = CapabilitySheet(
        process="turning",
        machine=town.works.exact.code,
        materials=("SUS304", "SCM435"),
        ranges={"diameter_mm": (Decimal(10), Decimal(80)), "tolerance_mm": (Decimal("0.01"), None)},
    )
    proven(boss, capability)
    assert (
        services.edit_capability(member, code=capability.code, sheet=replace(same, unit_yen=5)).provenance == "verified"
    )
    wider = replace(same, ranges={**same.ranges, "diameter_mm": (Decimal(10), Decimal(120))})
    changed = services.edit_capability(member, code=capability.code, sheet=wider)
    assert (changed.provenance, changed.assessor, changed.assessed_on) == ("declared", "", date(2026, 11, 20))


def test_prices_and_times_are_kept_when_one_who_may_not_see_them_edits(town: Town) -> None:
    sheet = CapabilitySheet(process="turning", setup_minutes=10)
    changed = services.edit_capability(town.cast.coordinator, code=town.works.capability.code, sheet=sheet)
    assert (changed.fixed_yen, changed.unit_yen, changed.setup_minutes) == (8888, 999, 10)
    logged = str([entry.changes for entry in AuditEntry.objects.all()])
    assert "8888" not in logged


def test_certificates_are_entered_once_and_a_change_has_to_be_seen_again(town: Town) -> None:
    member, code = town.cast.member, town.works.code
    sheet = CertificateSheet(kind="iso_14001", name="ISO 14001", number="E-1", valid_until=date(2028, 1, 1))
    made = services.add_certificate(member, company_code=code, sheet=sheet)
    assert made.checked_on is None
    assert services.check_certificate(town.cast.coordinator, code=made.code).checked_on == date(2026, 11, 20)
    assert services.edit_certificate(member, code=made.code, sheet=replace(sheet, number="E-2")).checked_on is None
    with pytest.raises(Refused):
        services.check_certificate(member, code=made.code)
    with pytest.raises(BadInput) as error:
        services.add_certificate(member, company_code=code, sheet=replace(sheet, number="E-2"))
    assert places(error) == ["number"]

    services.withdraw_certificate(member, code=made.code)
    services.add_certificate(member, company_code=code, sheet=replace(sheet, number="E-2"))
    with pytest.raises(BadInput):
        services.restore_certificate(member, code=made.code)


def test_people_and_their_skills(town: Town) -> None:
    member = town.cast.member
    sheet = PersonSheet(name="架空 太郎", skills={"turning_1": date(2027, 1, 1), "cmm_operator": None})
    person = services.add_person(member, company_code=town.works.code, sheet=sheet)
    services.edit_person(
        member, code=person.code, sheet=replace(sheet, name="架空 次郎", skills={"cmm_operator": None})
    )
    assert list(person.held.values_list("skill__key", flat=True)) == ["cmm_operator"]
    assert "次郎" not in str([entry.changes for entry in AuditEntry.objects.all()])
    assert services.leave_person(member, code=person.code).left_on
    assert services.return_person(member, code=person.code).left_on is None
    with pytest.raises(BadInput) as error:
        services.add_person(member, company_code=town.works.code, sheet=PersonSheet(name="", skills={"magic": None}))
    assert places(error) == ["name", "skills"]


# --------------------------------------------------------------------------------------------- strangers, the record

Verb = Callable[[Actor], Any]


def refusal(verb: Verb, actor: Actor) -> type[Exception] | None:
    """What stops the actor; None when nothing does."""
    try:
        with transaction.atomic():
            verb(actor)
    except (Refused, Hidden) as error:
        return type(error)
    return None


def test_every_verb_is_closed_to_rivals_and_hidden_from_strangers(town: Town) -> None:
    works, code = town.works, town.works.code
    certificate, person = works.company.certificates.get(kind="iso_9001"), works.company.people.get()
    paper = CertificateSheet(kind="other", name="証")
    verbs: dict[str, Verb] = {
        "edit_profile": lambda a: services.edit_profile(a, company_code=code, sheet=CompanySheet(name="乗っ取り")),
        "edit_site": lambda a: services.edit_site(
            a, code=works.site.code, sheet=SiteSheet(name="x", latitude=1, longitude=1)
        ),
        "add_machine": lambda a: services.add_machine(a, site_code=works.site.code, sheet=LATHE),
        "edit_machine": lambda a: services.edit_machine(a, code=works.exact.code, sheet=LATHE),
        "retire_machine": lambda a: services.retire_machine(a, code=works.exact.code),
        "restore_machine": lambda a: services.restore_machine(a, code=works.exact.code),
        "set_disclosure": lambda a: services.set_disclosure(a, code=works.exact.code, disclosure="exact"),
        "book_machine": lambda a: services.book_machine(a, code=works.exact.code, start=at(26, 8), end=at(26, 9)),
        "cancel_booking": lambda a: services.cancel_booking(a, code=works.exact.code, start=at(24, 8)),
        "report_stop": lambda a: services.report_stop(a, code=works.exact.code, reason="嘘"),
        "end_stop": lambda a: services.end_stop(a, code=works.band.code),
        "set_shifts": lambda a: services.set_shifts(a, company_code=code, shifts=[]),
        "close_day": lambda a: services.close_day(a, company_code=code, first=date(2026, 12, 1)),
        "reset_day": lambda a: services.reset_day(a, company_code=code, first=date(2026, 12, 1)),
        "declare_capability": lambda a: services.declare_capability(a, company_code=code, sheet=CUT),
        "edit_capability": lambda a: services.edit_capability(a, code=works.capability.code, sheet=CUT),
        "withdraw_capability": lambda a: services.withdraw_capability(a, code=works.capability.code),
        "restore_capability": lambda a: services.restore_capability(a, code=works.capability.code),
        "add_certificate": lambda a: services.add_certificate(a, company_code=code, sheet=paper),
        "edit_certificate": lambda a: services.edit_certificate(a, code=certificate.code, sheet=paper),
        "withdraw_certificate": lambda a: services.withdraw_certificate(a, code=certificate.code),
        "add_person": lambda a: services.add_person(a, company_code=code, sheet=PersonSheet(name="x")),
        "edit_person": lambda a: services.edit_person(a, code=person.code, sheet=PersonSheet(name="x")),
        "leave_person": lambda a: services.leave_person(a, code=person.code),
    }
    before = AuditEntry.objects.count()
    for name, verb in verbs.items():
        for actor in (town.cast.rival, town.cast.buyer, town.cast.carrier, town.cast.viewer, town.cast.far_coordinator):
            assert refusal(verb, actor) is (Refused if actor == town.cast.rival else Hidden), f"{actor.role} {name}"
    assert AuditEntry.objects.count() == before


def test_the_coordinators_look_at_prices_is_logged_with_its_purpose_and_seen_by_the_owner(town: Town) -> None:
    boss, code = town.cast.coordinator, town.works.code
    with pytest.raises(Refused):
        queries.company_prices(boss, code)
    for wrong in ("", "  見る "):
        with pytest.raises(BadInput) as error:
            services.open_private(boss, company_code=code, purpose=wrong)
        assert places(error) == ["purpose"]
    for actor in (town.cast.rival, town.cast.buyer):
        with pytest.raises(Refused):
            services.open_private(actor, company_code=code, purpose="気になるので")

    opened = services.open_private(boss, company_code=code, purpose="C-2026-0001 工程20 の比較")

    prices = queries.company_prices(opened, code)
    assert {line.hourly_yen for line in prices if line.hourly_yen} == {7777}
    assert [(line.fixed_yen, line.unit_yen) for line in prices if line.fixed_yen] == [(8888, 999)]
    seen = queries.company_history(town.cast.member, code)[0]
    assert (seen.who, seen.purpose) == ("佐伯 みどり", "C-2026-0001 工程20 の比較")
    with pytest.raises(Refused):
        queries.company_history(town.cast.rival, code)


# -------------------------------------------------------------------------------------------- the database's own no


def test_the_database_refuses_what_no_service_would_write(town: Town) -> None:
    works = town.works
    calendar = works.company.calendars.get()
    wrong = [
        models.Booking(machine=works.exact, start=at(26, 9), end=at(26, 9)),
        models.Booking(machine=works.exact, start=at(26, 9), end=at(26, 10), kind="plan"),
        models.MachineStop(machine=works.exact, start=at(26, 9), end=at(26, 8), reason="x"),
        models.Shift(calendar=calendar, weekday=7, start=time(8), end=time(9)),
        models.CalendarDay(calendar=calendar, date=date(2026, 12, 1), kind="open"),
        models.CapabilityRange(capability=works.capability, quantity="length_mm", low=Decimal(5), high=Decimal(4)),
        models.CapabilityRange(capability=works.capability, quantity="diameter_mm", low=Decimal(1)),
        models.WorkCalendar(company=works.company, name="もう一つ", is_default=True),
        models.Admission(company=works.company, network=town.cast.network, since=date(2026, 1, 1)),
        models.Site(party=works.company.party, code="S-X", name="x", latitude=120, longitude=0),
        models.Capability(
            company=works.company,
            process=works.capability.process,
            code="CAP-X",
            provenance="verified",
            assessed_on=date(2026, 1, 1),
        ),
    ]
    for row in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
