"""Who acts, and through which seat."""

import pytest

from tests.people import Cast, seat_of, user_of
from zagumi.platform.core import services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Refused
from zagumi.platform.core.models import Party, Role


def test_an_actor_knows_its_seat_role_and_network(cast: Cast) -> None:
    actor = cast.member

    assert (actor.role, actor.is_member, actor.is_coordinator) == ("member", True, False)
    assert actor.party_name == "西尾精機(架空)"
    assert actor.network_id == cast.network.pk
    assert actor.channel == "screen"


def test_only_the_coordinator_acts_on_behalf_of_others(cast: Cast) -> None:
    party = Party.objects.get(pk=cast.member.party_id)

    entered = cast.coordinator.for_party(party, channel="fax")

    assert (entered.on_behalf_of, entered.channel) == (party.pk, "fax")
    with pytest.raises(Refused):
        cast.rival.for_party(party)


def test_the_system_sees_like_the_coordinator_of_one_network_and_sits_nowhere(cast: Cast) -> None:
    system = Actor.system(cast.network)

    assert system.is_coordinator
    assert system.seat_id is None
    assert not Party.objects.visible_to(system).filter(pk=cast.far_member.party_id).exists()


def test_the_first_seat_is_taken_and_another_can_be_chosen(cast: Cast, signed_in) -> None:
    client = signed_in(cast.member)
    buyer_party = Party.objects.get(pk=cast.buyer.party_id)
    second = services.give_seat(cast.coordinator, user=user_of(cast.member), party=buyer_party, role=Role.BUYER)

    client.post("/seat", {"seat": second.pk})

    assert client.get("/accounts/tokens/").wsgi_request.actor.role == "buyer"


def test_nobody_sits_down_in_somebody_elses_seat(cast: Cast, signed_in) -> None:
    client = signed_in(cast.member)

    answer = client.post("/seat", {"seat": cast.coordinator.seat_id})

    assert answer.status_code == 404
    assert client.get("/accounts/tokens/").wsgi_request.actor.role == "member"


@pytest.mark.parametrize("nonsense", ["", "abc", "-1", "١", "1" * 400])
def test_a_seat_that_is_no_number_is_not_found(cast: Cast, signed_in, nonsense: str) -> None:
    assert signed_in(cast.member).post("/seat", {"seat": nonsense}).status_code == 404


def test_a_closed_seat_lets_nobody_act(cast: Cast, signed_in) -> None:
    client = signed_in(cast.member)
    services.close_seat(cast.coordinator, seat=seat_of(cast.member))

    answer = client.get("/accounts/tokens/")

    assert answer.status_code == 403
    assert "立場" in answer.content.decode()
