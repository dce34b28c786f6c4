"""The network as the engine sees it: exact owners exactly, guarded ones within what they publish."""

from datetime import time

import pytest

from tests.platform.network.conftest import Town, at, plan_booking
from zagumi.engine.clock import common
from zagumi.engine.insight.failure import Kind, failures
from zagumi.engine.problem.network import Machine as EngineMachine
from zagumi.engine.problem.problem import Problem
from zagumi.platform.network import services
from zagumi.platform.network.bridge import EngineNetwork, engine_network
from zagumi.platform.network.hours import Timetable
from zagumi.platform.network.models import Machine, Site
from zagumi.platform.network.sheets import ShiftSheet

DAY = 1440


def seen(town: Town, *, days: int = 28, **options: object) -> EngineNetwork:
    return engine_network(town.cast.network, origin=at(23, 0), horizon=days * DAY, **options)  # type: ignore[arg-type]


def machine(network: EngineNetwork, code: str) -> EngineMachine:
    return next(each for each in network.machines if each.id == code)


def without_work(network: EngineNetwork) -> Problem:
    return Problem(
        companies=network.companies,
        sites=network.sites,
        machines=network.machines,
        cases=(),
        operations=(),
        horizon=network.frame.horizon,
        calendars=network.calendars,
        people=network.people,
    )


def test_the_pieces_make_a_problem(town: Town) -> None:
    problem = without_work(seen(town))
    assert {company.id for company in problem.companies} == {town.works.code, town.rival.code, town.plater.code}
    assert problem.company_of(town.works.exact.code) == town.works.code
    hub = problem.site[town.hub.code]
    assert (hub.company, hub.latitude, hub.longitude) == (None, 34.245, 137.83)
    assert town.goods_in.code in problem.site
    assert town.far.site.code not in problem.site
    assert problem.windows(town.works.exact.code)[0] == (DAY + 480, DAY + 1020)


def test_a_drill_of_a_network_has_its_districts(town: Town) -> None:
    Site.objects.filter(party__code=town.works.code).update(district="shiomi")
    problem = without_work(seen(town))
    (found,) = failures(problem, (Kind.DISTRICT,))
    assert found.id == "shiomi"
    assert set(found.machines) == {
        each.id for each in problem.machines if problem.company_of(each.id) == town.works.code
    }


def test_an_exact_owner_gives_its_bookings(town: Town) -> None:
    exact = machine(seen(town), town.works.exact.code)
    assert exact.bookings == ((DAY + 480, 2 * DAY + 1020),)
    assert exact.bands == ()


def test_a_guarded_owner_gives_a_budget_and_no_booking(town: Town) -> None:
    network = seen(town, days=14)
    band = machine(network, town.works.band.code)
    # Stopped on the 30th from 8 to 17, announced to everybody; own work on the 24th and 25th is not.
    assert band.bookings == ((7 * DAY + 480, 7 * DAY + 1020),)
    # First week: 18 of 36 hours free: "some", so a third of 36 h; second week: all of 36 h free: two thirds.
    assert [(b.start, b.end, b.minutes) for b in band.bands] == [(0, 7 * DAY, 720), (7 * DAY, 14 * DAY, 1440)]


def test_a_band_never_promises_more_than_there_is(town: Town) -> None:
    services.book_machine(town.cast.member, code=town.works.band.code, start=at(26, 8), end=at(27, 15))
    network = seen(town)
    row = Machine.objects.select_related("site").get(code=town.works.band.code)
    table = Timetable.of([row], network.frame)
    for band in machine(network, row.code).bands:
        assert band.minutes <= table.minutes(row.pk, [(band.start, band.end)])[0][1]


def test_two_loads_of_one_band_look_alike(town: Town) -> None:
    before = machine(seen(town), town.works.band.code)
    services.book_machine(town.cast.member, code=town.works.band.code, start=at(26, 8), end=at(26, 12))
    assert machine(seen(town), town.works.band.code) == before  # 14 of 36 hours free are still "some"


def test_one_who_shows_nothing_is_counted_on_for_a_third(town: Town) -> None:
    hidden = machine(seen(town, days=14), town.works.hidden.code)
    assert hidden.bookings == ()
    assert [band.minutes for band in hidden.bands] == [36 * 60 // 3, 45 * 60 // 3]


def test_plans_are_known_unless_they_are_planned_anew(town: Town) -> None:
    boss = town.cast.coordinator
    for row, hour in ((town.works.exact, 8), (town.works.band, 9), (town.works.hidden, 10)):
        plan_booking(boss, row, f"P-{row.code}", at(26, hour), at(26, 12))
    network = seen(town)
    taken = (3 * DAY + 600, 3 * DAY + 720)
    for code in (town.works.exact.code, town.works.band.code, town.works.hidden.code):
        assert common(machine(network, code).bookings, (taken,)) == (taken,)
    fewer = machine(network, town.works.hidden.code).bands[0].minutes
    anew = seen(town, exclude=[f"P-{town.works.hidden.code}"])
    assert machine(anew, town.works.hidden.code).bookings == ()
    assert machine(anew, town.works.hidden.code).bands[0].minutes == fewer + 40


def test_a_stop_without_end_closes_a_machine(town: Town) -> None:
    services.report_stop(town.cast.member, code=town.works.exact.code, reason="故障", start=at(23, 0))
    assert machine(seen(town), town.works.exact.code).bookings == ((0, 28 * DAY),)


def test_a_machine_without_hours_is_never_free(town: Town) -> None:
    services.set_shifts(town.cast.member, company_code=town.works.code, shifts=[])
    network = seen(town)
    exact = machine(network, town.works.exact.code)
    assert (exact.calendar, exact.bookings) == (None, ((0, 28 * DAY),))
    assert town.works.code not in {person.company for person in network.people}


def test_machines_out_of_use_and_companies_that_left_are_not_there(town: Town) -> None:
    boss = town.cast.coordinator
    services.retire_machine(boss, code=town.works.exact.code)
    for verb in ("announce", "leave"):
        services.move_admission(boss, company_code=town.rival.code, verb=verb)
    network = seen(town)
    codes = {each.id for each in network.machines}
    assert town.works.exact.code not in codes
    assert town.rival.exact.code not in codes
    assert town.rival.code not in {company.id for company in network.companies}


def test_people_come_with_valid_skills_and_their_hours(town: Town) -> None:
    member, works = town.cast.member, town.works
    services.set_shifts(member, company_code=works.code, shifts=[ShiftSheet(1, time(8), time(9))], calendar="短時間")
    person = works.company.people.get()
    assert [(p.id, p.skills) for p in seen(town).people if p.company == works.code] == [
        (person.code, frozenset({"turning_1"}))
    ]
    person.held.update(valid_until=at(22, 0).date())
    assert not [p for p in seen(town).people if p.company == works.code]


def test_everything_is_read_with_few_queries(town: Town, django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        seen(town)
