"""Rows made on the spot, for tests that need one more of something than the cast has."""

from itertools import count

from tests.people import seat
from zagumi.platform.core import services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Network, Party, Role

_number = count(1)


def network() -> Network:
    """One more network."""
    number = next(_number)
    made, _office = services.found_network(code=f"net-{number}", name=f"連携{number}", office_name=f"事務局{number}")
    return made


def party(network: Network, kind: str = Party.Kind.COMPANY, name: str = "") -> Party:
    """One more organisation in ``network``."""
    return services.add_party(Actor.system(network), kind=kind, name=name or f"会社{next(_number)}(架空)")


def actor(network: Network, role: Role = Role.MEMBER, of: Party | None = None) -> Actor:
    """One more person in ``network``, for one more party unless ``of`` is given."""
    number = next(_number)
    return seat(network, f"person-{number}", f"人物{number}", role, of or f"会社{number}(架空)")
