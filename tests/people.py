"""The cast: who appears in the platform's tests. Everybody and every company is fictional.

Two networks. In 灘浜 a coordinator, two rival member companies, two buyers, a carrier and a viewer; in 山手 a
coordinator and a member, who must never learn anything of 灘浜.
"""

from dataclasses import dataclass

from zagumi.platform.core import services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Network, Party, Role, Seat, User

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Cast:
    """The networks, and one actor for each person."""

    network: Network
    elsewhere: Network
    coordinator: Actor
    member: Actor
    rival: Actor
    buyer: Actor
    other_buyer: Actor
    carrier: Actor
    viewer: Actor
    far_coordinator: Actor
    far_member: Actor

    @property
    def everybody(self) -> dict[str, Actor]:
        """The actors by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Actor)}


def assemble() -> Cast:
    """Found both networks and seat everybody. People sign in with their name in the cast and ``PASSWORD``."""
    near, office = services.found_network(
        code="nadahama", name="灘浜ものづくり連携", name_en="Nadahama Makers", office_name="灘浜商工会議所(架空)"
    )
    far, far_office = services.found_network(code="yamate", name="山手工業会", office_name="山手工業会事務局(架空)")
    return Cast(
        network=near,
        elsewhere=far,
        coordinator=seat(near, "coordinator", "佐伯 みどり", Role.COORDINATOR, office),
        member=seat(near, "member", "西尾 一", Role.MEMBER, "西尾精機(架空)"),
        rival=seat(near, "rival", "東野 剛", Role.MEMBER, "東野製作所(架空)"),
        buyer=seat(near, "buyer", "大河内 明", Role.BUYER, "大河内重工(架空)"),
        other_buyer=seat(near, "other_buyer", "小早川 優", Role.BUYER, "小早川電機(架空)"),
        carrier=seat(near, "carrier", "早瀬 渡", Role.CARRIER, "早瀬運送(架空)"),
        viewer=seat(near, "viewer", "銀林 望", Role.VIEWER, "灘浜信用金庫(架空)"),
        far_coordinator=seat(far, "far_coordinator", "山手 守", Role.COORDINATOR, far_office),
        far_member=seat(far, "far_member", "岳 登", Role.MEMBER, "岳工業(架空)"),
    )


_KINDS = {Role.MEMBER: Party.Kind.COMPANY, Role.BUYER: Party.Kind.BUYER, Role.CARRIER: Party.Kind.CARRIER}


def seat(network: Network, username: str, name: str, role: Role, party: Party | str) -> Actor:
    """Seat a new person; a party given by name is added first."""
    system = Actor.system(network)
    if isinstance(party, str):
        party = services.add_party(system, kind=_KINDS.get(role, Party.Kind.VIEWER), name=party)
    user = services.add_person(system, username=username, name=name, password=PASSWORD)
    return Actor.of(services.give_seat(system, user=user, party=party, role=role))


def seat_of(actor: Actor) -> Seat:
    """The seat an actor sits in."""
    return Seat.objects.select_related("user", "party", "network").get(pk=actor.seat_id)


def user_of(actor: Actor) -> User:
    """The person behind an actor."""
    return User.objects.get(pk=actor.user_id)
