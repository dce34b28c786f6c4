"""Planning's rows, columns and pages for each reader, with something there that could leak."""

import pytest

from tests.people import Cast
from tests.platform.conftest import SignedIn
from tests.platform.planning.conftest import member_of
from zagumi.platform.cases.models import Case
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.models import Party, Role, Seat
from zagumi.platform.core.visibility import shows
from zagumi.platform.planning import queries, services
from zagumi.platform.planning.models import Alternative, Plan, PlannedSublot, PlannedTransfer, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast: Cast, run: Run) -> Plan:
    chosen = run.alternatives.exclude(key="current").first()
    assert chosen is not None
    (made,) = services.adopt_alternative(cast.coordinator, alternative=chosen, reason="秘密の理由")
    return made


@pytest.fixture
def insider(cast: Cast, run: Run, plan: Plan) -> Actor:
    """A member with steps in the plan."""
    row = plan.sublots.select_related("machine__site__party").order_by("starts").first()
    assert row is not None
    return member_of(cast.coordinator, run, row.machine.site.party.name)


@pytest.fixture
def orderer(cast: Cast, case: Case) -> Actor:
    """The buyer of the case."""
    from tests.people import seat

    return seat(cast.network, "orderer", "発注 者", Role.BUYER, Party.objects.get(pk=case.buyer_id))


def test_runs_are_the_coordinators_alone(cast: Cast, run: Run, insider: Actor, orderer: Actor) -> None:
    readers = {**cast.everybody, "insider": insider, "orderer": orderer}
    seeing = {name for name, actor in readers.items() if Run.objects.visible_to(actor).exists()}
    offered = {name for name, actor in readers.items() if Alternative.objects.visible_to(actor).exists()}
    assert seeing == offered == {"coordinator"}


def test_a_member_sees_its_own_sublots_only(cast: Cast, plan: Plan, insider: Actor, orderer: Actor) -> None:
    own = PlannedSublot.objects.visible_to(insider)
    assert own.exists()
    assert {row.machine.site.party_id for row in own} == {insider.party_id}
    assert own.count() < plan.sublots.count()
    for actor in (cast.member, cast.rival, cast.viewer, cast.carrier, cast.far_coordinator, orderer):
        assert not PlannedSublot.objects.visible_to(actor).exists()
        assert not PlannedTransfer.objects.visible_to(actor).exists()


def test_who_knows_of_the_plan(cast: Cast, plan: Plan, insider: Actor, orderer: Actor) -> None:
    readers = {**cast.everybody, "insider": insider, "orderer": orderer}
    seeing = {name for name, actor in readers.items() if Plan.objects.visible_to(actor).exists()}
    assert seeing == {"coordinator", "insider", "orderer"}
    assert shows(insider, plan) == shows(orderer, plan) == {"completion"}


def test_a_members_plan_of_a_case_has_no_cost_lead_or_reason(plan: Plan, case: Case, insider: Actor) -> None:
    shown = queries.case_plan(insider, case.code)
    assert shown is not None
    assert (shown.cost_yen, shown.co2_g, shown.lead, shown.reason, shown.on_time, shown.run_url) == (None,) * 6
    assert all(not version.by for version in shown.versions)


def test_a_buyer_sees_dates_and_no_step(plan: Plan, case: Case, orderer: Actor) -> None:
    shown = queries.case_plan(orderer, case.code)
    assert shown is not None
    assert shown.steps == ()
    assert shown.sheet is None
    assert shown.lead is None


def test_strangers_know_no_plan(cast: Cast, plan: Plan, case: Case) -> None:
    for actor in (cast.other_buyer, cast.viewer, cast.far_coordinator, cast.rival):
        with pytest.raises(Hidden):
            queries.case_plan(actor, case.code)


def test_no_page_tells_a_member_another_companys_name(
    cast: Cast, run: Run, plan: Plan, insider: Actor, signed_in: SignedIn
) -> None:
    others = set(
        Party.objects.filter(sites__machines__sublots__plan=plan)
        .exclude(pk=insider.party_id)
        .values_list("name", flat=True)
    )
    assert others
    client = signed_in(insider)
    pages = ["/work/", f"/cases/{plan.case.code}/plan/", "/work/?by=table", "/api/v1/work"]
    for address in pages:
        response = client.get(address)
        if response.status_code == 404 and address.startswith("/api"):
            continue
        assert response.status_code == 200, address
        text = response.content.decode()
        assert "秘密の理由" not in text
        for name in others:
            assert name not in text, (address, name)


def test_the_coordinators_pages_are_no_pages_for_others(
    cast: Cast, run: Run, plan: Plan, insider: Actor, orderer: Actor, signed_in: SignedIn
) -> None:
    key = plan.alternative.key
    addresses = ["/plans/", "/plans/new/", f"/plans/{run.code}/", f"/plans/{run.code}/{key}/"]
    for actor in (insider, orderer, cast.viewer, cast.far_coordinator):
        client = signed_in(actor)
        for address in addresses:
            status = client.get(address).status_code
            far = actor is cast.far_coordinator and address in {"/plans/", "/plans/new/"}
            assert status == (200 if far else 404), (actor.user_name, address)
    assert Seat.objects.exists()
