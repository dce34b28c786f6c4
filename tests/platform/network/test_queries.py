"""What is read is trimmed to the reader, and few queries do it."""

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import factories
from tests.platform.network.conftest import Town, at, build, company, party_of, plan_booking, proven
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden, Refused
from zagumi.platform.core.models import Party
from zagumi.platform.network import queries, services
from zagumi.platform.network.insight import Holdings, Level
from zagumi.platform.network.models import Disclosure, Process, Quantity
from zagumi.platform.network.queries.company import range_words, seen_as
from zagumi.platform.network.queries.load import sharing_parties
from zagumi.platform.network.sheets import CapabilitySheet, MachineSheet

PRIVATE = ("7777", "8888", "山根", "得意先", "点検", "発注者認定", "3.5")
"""Prices, a person, a customer, the reason of a stop, a customer's approval, a time: of every company in the town."""


def rows_of(actor: Actor) -> dict[str, queries.CompanyRow]:
    return {row.code: row for row in queries.company_list(actor)}


def neighbour(town: Town, name: str, process: str) -> None:
    """One more company with one machine that shows a band."""
    build(
        town.cast.coordinator,
        factories.party(town.cast.network, name=name),
        process=process,
        mark="隣",
        latitude=34.2,
        longitude=137.8,
    )


# ------------------------------------------------------------------------------------------------------------ lists


def test_the_list_is_for_members_and_the_coordinator(town: Town) -> None:
    codes = {town.works.code, town.rival.code, town.plater.code}
    assert set(rows_of(town.cast.coordinator)) == codes
    assert set(rows_of(town.cast.member)) == codes
    assert set(rows_of(town.cast.far_member)) == {town.far.code}
    for actor in (town.cast.buyer, town.cast.carrier, town.cast.viewer):
        for query in (queries.company_list, queries.coverage, queries.map_features):
            with pytest.raises(Refused):
                query(actor)


def test_a_row_says_what_the_company_is(town: Town) -> None:
    proven(town.cast.coordinator, town.plater.capability)
    row = rows_of(town.cast.coordinator)[town.plater.code]
    assert (row.name, row.processes, row.families, row.single) == (
        "梅田めっき(架空)",
        ("めっき",),
        ("surface",),
        ("めっき",),
    )
    assert (row.machines, row.employees, row.proofs.verified, row.proofs.best) == (3, 24, 1, "verified")
    assert row.km_to_hub == 8.4
    assert row.state == "active"
    assert set(row.certificates) == {"iso_9001", "buyer"}


def test_rivals_free_time_has_no_name(town: Town) -> None:
    own, rival, other = (rows_of(town.cast.member)[works.code] for works in (town.works, town.rival, town.plater))
    assert (own.free_now, own.free_next) == (Level.MANY, Level.SOME)
    assert (rival.free_now, rival.free_next) == (None, None)
    assert (other.free_now, other.free_next) == (Level.MANY, Level.SOME)
    assert rows_of(town.cast.coordinator)[town.rival.code].free_now == Level.MANY


def test_one_who_shows_nothing_has_no_band(town: Town) -> None:
    member = town.cast.member
    for machine in (town.works.exact, town.works.band):
        services.set_disclosure(member, code=machine.code, disclosure=Disclosure.HIDDEN)
    assert rows_of(town.cast.coordinator)[town.works.code].free_now is None
    assert rows_of(member)[town.works.code].free_now == Level.MANY


def test_members_do_not_learn_who_is_being_screened_or_whom_a_buyer_approved(town: Town) -> None:
    row = rows_of(town.cast.rival)[town.works.code]
    assert row.state == ""
    assert row.certificates == ("iso_9001",)


@pytest.mark.parametrize(
    "text", ["めっき", "ﾒｯｷ", "メッキ", "ＰＬＡＴＩＮＧ", "sus304 梅田", "機械EXACT 梅田", "梅田\u3000めっき"]
)
def test_search_knows_width_case_and_kana(town: Town, text: str) -> None:
    assert queries.search(town.cast.rival, text) == {town.plater.code}


def test_search_finds_nothing_that_is_not_open(town: Town) -> None:
    for word in PRIVATE:
        for actor in (town.cast.rival, town.cast.coordinator):
            assert queries.search(actor, word) == set(), word
    assert queries.search(town.cast.buyer, "めっき") == set()
    services.withdraw_capability(town.cast.coordinator, code=town.plater.capability.code)
    assert queries.search(town.cast.rival, "SCM435 梅田") == set()


def test_the_list_takes_few_queries_however_long_it_is(town: Town, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        neighbour(town, f"隣{number}(架空)", "milling")
    for actor in (town.cast.coordinator, town.cast.member):
        with django_assert_max_num_queries(19):
            queries.company_list(actor)


# -------------------------------------------------------------------------------------------------------------- map


def test_the_map_shows_the_hub_and_buyers_to_the_coordinator_only(town: Town) -> None:
    seen = {feature.key: feature for feature in queries.map_features(town.cast.coordinator)}
    assert {feature.kind for feature in seen.values()} == {"member", "hub", "buyer"}
    assert seen[town.plater.site.code].is_single
    assert not seen[town.works.site.code].is_single
    assert town.far.site.code not in seen
    member = {feature.key for feature in queries.map_features(town.cast.member)}
    assert town.goods_in.code not in member
    assert town.hub.code in member

    rows = [row for row in queries.company_list(town.cast.coordinator) if row.code == town.plater.code]
    narrowed = {feature.key for feature in queries.map_features(town.cast.coordinator, rows, buyers=False)}
    assert narrowed == {town.plater.site.code, town.hub.code}


# ------------------------------------------------------------------------------------------------------------- load


def cells(actor: Actor, company: str, **options: Any) -> dict[str, list[tuple[str, int | None, str | None]]]:
    table = queries.machine_load(actor, company_code=company, weeks=3, **options)
    return {row.name: [(cell.view, cell.free_minutes, cell.level) for cell in row.cells] for row in table.rows}


def test_load_by_reader(town: Town) -> None:
    code = town.works.code
    hours = [380, 1080, 2700]
    levels = ["many", "some", "many"]
    exact = [("exact", *pair) for pair in zip(hours, levels, strict=True)]
    band = [("band", None, level) for level in levels]
    hidden = [("hidden", None, None)] * 3
    stopped = [("exact", 380, "many"), ("exact", 1080, "some"), ("exact", 2160, "many")]

    assert cells(town.cast.member, code) == {"機械exact": exact, "機械band": stopped, "機械hidden": exact}
    assert cells(town.cast.coordinator, code) == {"機械exact": exact, "機械band": band, "機械hidden": hidden}
    asking = town.cast.coordinator.because("C-2026-0001 の比較")
    assert cells(asking, code) == cells(town.cast.coordinator, code)
    assert cells(town.cast.member, town.plater.code) == {"機械exact": band, "機械band": band, "機械hidden": hidden}


def test_a_rival_gets_no_load_by_name(town: Town) -> None:
    table = queries.machine_load(town.cast.rival, company_code=town.works.code)
    assert (table.rows, table.rival) == ((), True)
    assert queries.machine_load(town.cast.rival, machine_code=town.works.exact.code).rows == ()


def test_a_wider_process_makes_rivals_too(town: Town) -> None:
    neighbour(town, "複合(架空)", "turn_milling")
    holdings = Holdings.of(sharing_parties(town.cast.network.pk))
    rivals = holdings.rivals_of(town.works.company.party_id)
    assert rivals == {town.rival.company.party_id, Party.objects.get(name="複合(架空)").pk}


def test_strangers_get_no_load(town: Town) -> None:
    for actor in (town.cast.buyer, town.cast.viewer, town.cast.far_member):
        with pytest.raises(Hidden):
            queries.machine_load(actor, company_code=town.works.code)
        with pytest.raises(Hidden):
            queries.machine_load(actor, machine_code=town.works.exact.code)


# --------------------------------------------------------------------------------------------------------- one page


def test_a_page_holds_nothing_private_for_another_member(town: Town) -> None:
    own = str(asdict(queries.company_page(town.cast.member, town.works.code)))
    for word in PRIVATE:
        assert word in own or word == "得意先", f"{word} is not there and could not leak"
    for actor in (town.cast.rival, replace(town.cast.rival, party_id=town.plater.company.party_id)):
        seen = str(asdict(queries.company_page(actor, town.works.code)))
        for word in PRIVATE:
            assert word not in seen, word


def test_the_coordinators_page_has_no_price_without_a_purpose(town: Town) -> None:
    for word in ("7777", "8888"):
        assert word not in str(asdict(queries.company_page(town.cast.coordinator, town.works.code)))
    page = queries.company_page(town.cast.coordinator, town.works.code)
    assert page.capabilities[0].setup_minutes == 45
    assert page.skills[0].names == ("山根甲",)


def test_skills_are_counted_for_others(town: Town) -> None:
    skill = queries.company_page(town.cast.rival, town.works.code).skills[0]
    assert (skill.count, skill.names, skill.is_single) == (1, (), True)


def test_an_expired_proof_says_so(town: Town, settings: Any) -> None:
    proven(town.cast.coordinator, town.works.capability)
    assert queries.company_page(town.cast.member, town.works.code).capabilities[0].proof == "verified"
    settings.ZAGUMI_NOW = "2027-05-11T09:00:00+09:00"
    page = queries.company_page(town.cast.member, town.works.code)
    assert (page.capabilities[0].proof, page.proofs.expired, page.proofs.verified) == ("expired", 1, 0)


def test_certificates_warn_before_they_end(town: Town, settings: Any) -> None:
    def status() -> str:
        page = queries.company_page(town.cast.member, town.works.code)
        return next(line.status for line in page.certificates if line.kind == "iso_9001")

    assert status() == "ok"
    settings.ZAGUMI_NOW = "2027-07-03T09:00:00+09:00"
    assert status() == "soon"
    settings.ZAGUMI_NOW = "2027-09-01T09:00:00+09:00"
    assert status() == "expired"


def test_ranges_share_one_axis(town: Town) -> None:
    for process, high in (("milling", 200), ("casting", 900)):  # milling is of the family of turning, casting is not
        sheet = CapabilitySheet(process=process, ranges={"diameter_mm": (None, Decimal(high))})
        services.declare_capability(town.cast.coordinator, company_code=town.rival.code, sheet=sheet)
    line = queries.company_page(town.cast.member, town.works.code).capabilities[0].sizes[0]
    assert (line.top, line.claimed) == (200, (10.0, 80.0))


@pytest.mark.parametrize(
    ("quantity", "low", "high", "words"),
    [
        (Quantity.DIAMETER_MM, "10", "80", "10–80 mm"),
        (Quantity.LENGTH_MM, None, "310.5", "310.5 mm まで"),
        (Quantity.MASS_KG, "2", None, "2 kg から"),
        (Quantity.TOLERANCE_MM, "0.0100", None, "±0.01 mm"),
        (Quantity.ROUGHNESS_RA_UM, "0.8", None, "0.8 µm"),
        (Quantity.HARDNESS_HRC, "28", "62", "HRC 28–62"),
    ],
)
def test_ranges_in_words(quantity: Quantity, low: str | None, high: str | None, words: str) -> None:
    assert range_words(quantity, Decimal(low) if low else None, Decimal(high) if high else None) == words


@pytest.mark.parametrize("view", ["coordinator", "rival", "member", "buyer"])
def test_other_eyes_see_what_others_see(town: Town, view: str) -> None:
    reader, rival = seen_as(town.cast.member, town.works.code, view)
    real: dict[str, Actor] = {
        "coordinator": town.cast.coordinator,
        "rival": town.cast.rival,
        "member": replace(town.cast.rival, party_id=town.plater.company.party_id),
        "buyer": town.cast.buyer,
    }
    if view == "buyer":
        with pytest.raises(Hidden):
            queries.company_page(reader, town.works.code, rival=rival)
        return
    assert queries.company_page(reader, town.works.code, rival=rival) == queries.company_page(
        real[view], town.works.code
    )


def test_nobody_borrows_eyes_to_see_more(town: Town) -> None:
    for actor, code in ((town.cast.member, town.rival.code), (town.cast.rival, town.works.code)):
        with pytest.raises(Refused):
            seen_as(actor, code, "coordinator")
    with pytest.raises(Refused):
        seen_as(town.cast.member, town.works.code, "system")
    with pytest.raises(Hidden):
        seen_as(town.cast.buyer, town.works.code, "coordinator")


def test_a_page_takes_few_queries_however_much_is_on_it(town: Town, django_assert_max_num_queries: Any) -> None:
    for number in range(4):
        services.add_machine(
            town.cast.member,
            site_code=town.works.site.code,
            sheet=MachineSheet(name=f"追加{number}", process="milling"),
        )
        services.declare_capability(
            town.cast.member,
            company_code=town.works.code,
            sheet=CapabilitySheet(process="milling", ranges={"length_mm": (Decimal(number), None)}),
        )
    for actor in (town.cast.member, town.cast.rival, town.cast.coordinator):
        with django_assert_max_num_queries(33):
            queries.company_page(actor, town.works.code)


# --------------------------------------------------------------------------------------------------------- calendar


def test_a_month_shows_shifts_holidays_closures_and_stops(town: Town) -> None:
    services.close_day(town.cast.member, company_code=town.works.code, first=date(2026, 11, 27), reason="棚卸し")
    page = queries.company_calendar(town.cast.member, town.works.code)
    days = {cell.date: cell for week in page.weeks for cell in week}
    assert len(page.weeks) == 6
    assert (min(days), max(days)) == (date(2026, 10, 26), date(2026, 12, 6))
    assert (days[date(2026, 11, 20)].kind, days[date(2026, 11, 20)].hours) == ("open", "8:00–\u200b17:00")
    assert (days[date(2026, 11, 23)].kind, days[date(2026, 11, 23)].holiday) == ("holiday", "勤労感謝の日")
    assert (days[date(2026, 11, 27)].kind, days[date(2026, 11, 27)].reason) == ("closed", "棚卸し")
    assert days[date(2026, 11, 21)].kind == "off"
    assert days[date(2026, 11, 30)].stops == ("機械band",)
    assert (page.open_days, page.open_hours) == (18, 162)
    assert page.previous == date(2026, 10, 1)
    assert page.following == date(2026, 12, 1)


def test_the_calendar_is_closed_to_others_and_guarded_bookings_to_the_coordinator(town: Town) -> None:
    plan_booking(town.cast.coordinator, town.works.hidden, "P-1", at(26, 8), at(26, 12))
    for actor in (town.cast.rival,):
        with pytest.raises(Refused):
            queries.company_calendar(actor, town.works.code)
    with pytest.raises(Hidden):
        queries.company_calendar(town.cast.buyer, town.works.code)
    own = queries.company_calendar(town.cast.member, town.works.code).bookings
    assert sorted((line.machine, line.kind) for line in own) == [
        ("機械band", "own"),
        ("機械exact", "own"),
        ("機械hidden", "own"),
        ("機械hidden", "plan"),
    ]
    seen = queries.company_calendar(town.cast.coordinator, town.works.code).bookings
    assert sorted((line.machine, line.kind, line.note, line.source) for line in seen) == [
        ("機械exact", "own", "得意先甲", ""),
        ("機械hidden", "plan", "", "P-1"),
    ]


def test_a_plan_of_another_network_has_no_code(town: Town) -> None:
    company(town.cast.far_coordinator, town.works.company.party)
    plan_booking(town.cast.far_coordinator, town.works.exact, "P-FAR", at(26, 8), at(26, 12))
    plan_booking(town.cast.far_coordinator, town.works.band, "P-FAR2", at(26, 8), at(26, 12))
    seen = queries.company_calendar(town.cast.coordinator, town.works.code).bookings
    assert [(line.machine, line.source) for line in seen] == [("機械exact", ""), ("機械exact", "")]


# --------------------------------------------------------------------------------------------------------- coverage


def test_single_holders_and_gaps_are_counted_by_hand(town: Town) -> None:
    found = queries.coverage(town.cast.coordinator)
    rows = {row.process_key: row for row in found.rows}
    assert len(rows) == Process.objects.count()
    assert [row.process_key for row in found.single] == ["plating"]
    assert (rows["turning"].state, rows["turning"].count) == ("few", 2)
    assert (rows["milling"].state, rows["zinc_plating"].state) == ("none", "none")
    missing = {row.process_key for row in found.missing}
    assert {"milling", "zinc_plating"} <= missing
    assert "milling_5axis" not in missing  # milling as a whole is

    services.declare_capability(
        town.cast.coordinator, company_code=town.works.code, sheet=CapabilitySheet(process="milling_5axis")
    )
    again = queries.coverage(town.cast.coordinator)
    assert {row.process_key for row in again.single} == {"plating", "milling_5axis"}
    assert {row.process_key: row.state for row in again.rows}["milling"] == "single"
    assert "milling" not in {row.process_key for row in again.missing}


def test_free_time_of_rivals_is_counted_only_in_a_crowd(town: Town) -> None:
    def turning(actor: Actor) -> Any:
        return next(row.capacity for row in queries.coverage(actor).rows if row.process_key == "turning")

    assert turning(town.cast.member) is None  # one other company: it would have a name
    neighbour(town, "隣一(架空)", "turning")
    assert turning(town.cast.member) is None
    neighbour(town, "隣二(架空)", "turning")
    crowd = turning(town.cast.member)
    assert crowd.companies == 3
    assert sum(crowd.this_week.values()) == sum(crowd.next_week.values()) == 3
    assert turning(town.cast.coordinator) is None


def test_only_who_shares_sees_the_others(town: Town) -> None:
    newcomer = factories.actor(town.cast.network)
    assert rows_of(newcomer) == {}
    company(town.cast.coordinator, party_of(newcomer))
    assert town.works.code in rows_of(newcomer)
    for verb in ("announce", "leave"):
        services.move_admission(town.cast.coordinator, company_code=party_of(newcomer).code, verb=verb)
    assert list(rows_of(newcomer)) == [party_of(newcomer).code]
    with pytest.raises(Hidden):
        queries.company_page(newcomer, town.works.code)
