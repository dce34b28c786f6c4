"""Who sees which rows and columns of the network. Everything hidden exists, so that it could leak."""

import pytest
from django.db.models import Model

from tests.platform.network.conftest import Town, Works, at, plan_booking, proven
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.visibility import shows
from zagumi.platform.network import models, rules, services
from zagumi.platform.network.models import Disclosure

OURS = [getattr(models, name) for name in models.__all__ if hasattr(getattr(models, name), "_meta")]

# model: actor → which companies' rows (a: own, b: rival, c: plater, d: the other network)
EVERY_COMPANY = {"coordinator": "abc", "member": "abc", "rival": "abc", "far_coordinator": "d", "far_member": "d"}
OWN_ONLY = {"coordinator": "abc", "member": "a", "rival": "b", "far_coordinator": "d", "far_member": "d"}
TABLE = {
    models.Company: EVERY_COMPANY,
    models.Machine: EVERY_COMPANY,
    models.Capability: EVERY_COMPANY,
    models.CapabilityRange: EVERY_COMPANY,
    models.Certificate: EVERY_COMPANY,
    models.Person: EVERY_COMPANY,
    models.PersonSkill: EVERY_COMPANY,
    models.Site: EVERY_COMPANY,
    models.Admission: OWN_ONLY,
    models.WorkCalendar: OWN_ONLY,
    models.Shift: OWN_ONLY,
    models.CalendarDay: OWN_ONLY,
    models.Booking: OWN_ONLY,
    models.MachineStop: OWN_ONLY,
}
OPEN = {models.Process, models.Skill}
PATH = {
    models.Company: "party_id",
    models.Admission: "company__party_id",
    models.Site: "party_id",
    models.WorkCalendar: "company__party_id",
    models.Shift: "calendar__company__party_id",
    models.CalendarDay: "calendar__company__party_id",
    models.Machine: "site__party_id",
    models.Booking: "machine__site__party_id",
    models.MachineStop: "machine__site__party_id",
    models.Capability: "company__party_id",
    models.CapabilityRange: "capability__company__party_id",
    models.Certificate: "company__party_id",
    models.Person: "company__party_id",
    models.PersonSkill: "person__company__party_id",
}


def works_of(town: Town) -> dict[str, Works]:
    return {"a": town.works, "b": town.rival, "c": town.plater, "d": town.far}


@pytest.fixture
def closed_days(town: Town) -> None:
    for letter, works in works_of(town).items():
        actor = town.cast.far_coordinator if letter == "d" else town.cast.coordinator
        services.close_day(actor, company_code=works.code, first=at(27, 0).date(), reason=f"棚卸し{letter}")


def test_the_table_names_every_model() -> None:
    assert set(TABLE) | OPEN == set(OURS)


@pytest.mark.usefixtures("closed_days")
def test_rows(town: Town) -> None:
    by_party = {works.company.party_id: letter for letter, works in works_of(town).items()}
    for model, table in TABLE.items():
        everything = {by_party.get(party) for party in model._default_manager.values_list(PATH[model], flat=True)}
        assert everything >= set("abcd"), f"{model.__name__}: a company has nothing that could leak"
        for name, actor in town.cast.everybody.items():
            seen = model._default_manager.visible_to(actor).values_list(PATH[model], flat=True)
            letters = {by_party[party] for party in seen if party in by_party}
            assert letters == set(table.get(name, "")), f"{name} sees {model.__name__} of {letters}"


def test_processes_and_skills_are_open_to_all(town: Town) -> None:
    for actor in town.cast.everybody.values():
        assert models.Process.objects.visible_to(actor).count() == models.Process.objects.count() > 80
        assert models.Skill.objects.visible_to(actor).count() == models.Skill.objects.count() > 10


def test_the_hub_is_open_and_a_buyers_goods_in_is_not(town: Town) -> None:
    seeing = {
        name: set(models.Site.objects.visible_to(actor).values_list("code", flat=True))
        for name, actor in town.cast.everybody.items()
    }
    assert {name for name, codes in seeing.items() if town.hub.code in codes} == {
        *("coordinator", "member", "rival", "buyer", "other_buyer", "carrier", "viewer")
    }
    assert {name for name, codes in seeing.items() if town.goods_in.code in codes} == {"coordinator", "buyer"}


def test_what_is_out_of_use_shows_to_owner_and_coordinator_only(town: Town) -> None:
    boss, works = town.cast.coordinator, town.works
    services.retire_machine(boss, code=works.hidden.code)
    services.withdraw_capability(boss, code=works.capability.code)
    certificate = works.company.certificates.get(kind="iso_9001")
    services.withdraw_certificate(boss, code=certificate.code)
    services.leave_person(boss, code=works.company.people.get().code)

    for row in (
        works.hidden,
        works.capability,
        certificate,
        works.company.people.get(),
        works.capability.ranges.first(),
    ):
        seeing = {
            name
            for name, actor in town.cast.everybody.items()
            if type(row).objects.visible_to(actor).filter(pk=row.pk).exists()
        }
        assert seeing == {"coordinator", "member"}, row


def test_an_approval_by_a_buyer_names_a_customer_and_stays_inside(town: Town) -> None:
    approval = town.works.company.certificates.get(kind="buyer")
    seeing = {
        name
        for name, actor in town.cast.everybody.items()
        if models.Certificate.objects.visible_to(actor).filter(pk=approval.pk).exists()
    }
    assert seeing == {"coordinator", "member"}


def test_a_company_that_left_is_known_to_itself_and_the_coordinator_only(town: Town) -> None:
    boss, code = town.cast.coordinator, town.works.code
    services.move_admission(boss, company_code=code, verb="announce")
    assert models.Company.objects.visible_to(town.cast.rival).filter(pk=town.works.company.pk).exists()

    services.move_admission(boss, company_code=code, verb="leave")

    for model in (models.Company, models.Machine, models.Capability, models.Person, models.Certificate):
        seen = model.objects.visible_to(town.cast.rival).filter(**{PATH[model]: town.works.company.party_id})
        assert not seen.exists(), model
    assert [row.code for row in models.Company.objects.visible_to(town.cast.member)] == [code]
    assert models.Company.objects.visible_to(boss).filter(pk=town.works.company.pk).exists()


def test_bookings_of_guarded_owners_are_closed_to_the_coordinator_but_for_its_own_plans(town: Town) -> None:
    boss, works = town.cast.coordinator, town.works
    plan_booking(boss, works.hidden, "P-1", at(26, 8), at(26, 12))

    seen = models.Booking.objects.visible_to(boss).filter(machine__site=works.site)

    assert {(booking.machine_id, booking.kind) for booking in seen} == {
        (works.exact.pk, "own"),
        (works.hidden.pk, "plan"),
    }
    assert models.Booking.objects.visible_to(town.cast.member).filter(machine__site=works.site).count() == 4
    assert models.Booking.objects.visible_to(Actor.system(town.cast.network)).count() == 10


def columns_of(town: Town, row: Model) -> dict[str, set[str]]:
    """Who that may see the row at all sees which guarded columns of it; with the purpose-stating coordinator."""
    readers = {**town.cast.everybody, "inquiring": town.cast.coordinator.because("C-2026-0001 の見積り")}
    return {
        name: set(shows(actor, row))
        for name, actor in readers.items()
        if type(row).objects.visible_to(actor).filter(pk=row.pk).exists()
    }


def test_columns_of_a_machine(town: Town) -> None:
    seen = columns_of(town, town.works.exact)
    assert seen["member"] == {"prices", "load_exact", "load_band", "disclosure"}
    assert seen["coordinator"] == {"load_exact", "load_band", "disclosure"}
    assert seen["inquiring"] == seen["member"]
    assert seen["rival"] == {"load_band"}
    assert set(seen) == {"member", "rival", "coordinator", "inquiring"}


def test_columns_of_a_capability(town: Town) -> None:
    everything = {"prices", "times", "assessor", "evidence"}
    seen = columns_of(town, town.works.capability)
    assert seen["member"] == seen["inquiring"] == everything
    assert seen["coordinator"] == everything - {"prices"}
    assert seen["rival"] == set()

    verified = proven(town.cast.coordinator, town.works.capability)
    assert columns_of(town, verified)["rival"] == {"assessor"}
    measured = proven(town.cast.coordinator, town.works.capability, provenance="measured", measured_lots=3)
    assert columns_of(town, measured)["rival"] == set()


def test_columns_of_people_papers_company_and_bookings(town: Town) -> None:
    works = town.works
    assert columns_of(town, works.company.people.get()) == {
        "member": {"name"},
        "coordinator": {"name"},
        "inquiring": {"name"},
        "rival": set(),
    }
    paper = columns_of(town, works.company.certificates.get(kind="iso_9001"))
    assert (paper["member"], paper["coordinator"], paper["rival"]) == ({"file", "note"}, {"file", "note"}, set())
    facts = columns_of(town, works.company)
    assert (facts["member"], facts["coordinator"], facts["rival"]) == ({"capital", "admission"},) * 2 + (set(),)
    booking = columns_of(town, works.exact.bookings.get())
    assert booking == {"member": {"note", "source"}, "coordinator": {"note"}, "inquiring": {"note"}}


@pytest.mark.parametrize(
    ("setting", "owner", "coordinator", "member", "buyer"),
    [
        (Disclosure.EXACT, "exact", "exact", "band", "hidden"),
        (Disclosure.BAND, "exact", "band", "band", "hidden"),
        (Disclosure.HIDDEN, "exact", "hidden", "hidden", "hidden"),
    ],
)
def test_how_free_time_shows(town: Town, setting: str, owner: str, coordinator: str, member: str, buyer: str) -> None:
    machine = {"exact": town.works.exact, "band": town.works.band, "hidden": town.works.hidden}[setting]
    cast = town.cast
    assert rules.load_view(cast.member, machine) == owner
    assert rules.load_view(cast.coordinator, machine) == coordinator
    assert rules.load_view(cast.coordinator.because("見積り"), machine) == coordinator
    assert rules.load_view(cast.rival, machine) == member
    assert rules.load_view(cast.buyer, machine) == buyer
    assert rules.load_view(cast.viewer, machine) == "hidden"
