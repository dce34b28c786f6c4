"""Where things go: movements of a plan between sites, for the map and its table."""

from dataclasses import dataclass

from zagumi.platform.core.actor import Actor
from zagumi.platform.network.models import Site
from zagumi.platform.planning.models import Alternative, Run
from zagumi.platform.planning.queries.schedule import BOTTLENECK_LOAD, Scene, Trip, loads_of, scene_of, trips_of


@dataclass(frozen=True)
class Place:
    """A site on the map; ``kind`` is member, bottleneck, hub or buyer."""

    code: str
    name: str
    kind: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Flow:
    """Everything that goes from one site to another, as one line: its weight and the numbers of its trips."""

    from_site: str
    to_site: str
    numbers: tuple[int, ...]
    mass_kg: float
    km: float
    keys: tuple[str, ...]


@dataclass(frozen=True)
class FlowMap:
    """What the map and the table beside it show."""

    places: tuple[Place, ...]
    flows: tuple[Flow, ...]
    trips: tuple[Trip, ...]

    @property
    def km(self) -> float:
        """Kilometres of all trips together."""
        return sum(trip.km for trip in self.trips)


def flow_map(actor: Actor, run: Run, alternative: Alternative) -> FlowMap:
    """The movements of an alternative."""
    scene = scene_of(actor, run, alternative)
    trips = trips_of(scene)
    return FlowMap(_places(scene, trips), _flows(trips), trips)


def _places(scene: Scene, trips: tuple[Trip, ...]) -> tuple[Place, ...]:
    tight = {scene.problem.machine[m].site for m, load in loads_of(scene).items() if load >= BOTTLENECK_LOAD}
    worked = {scene.problem.machine[m].site for m in scene.plan.on_machine}
    codes = worked | {trip.from_site for trip in trips} | {trip.to_site for trip in trips}
    places = []
    for site in Site.objects.filter(code__in=codes).select_related("party").order_by("code"):
        kind = "hub" if site.is_hub else "bottleneck" if site.code in tight else "member"
        if site.party.kind == "buyer":
            kind = "buyer"
        places.append(Place(site.code, site.party.short, kind, site.latitude, site.longitude))
    return tuple(places)


def _flows(trips: tuple[Trip, ...]) -> tuple[Flow, ...]:
    by_way: dict[tuple[str, str], list[Trip]] = {}
    for trip in trips:
        by_way.setdefault((trip.from_site, trip.to_site), []).append(trip)
    return tuple(
        Flow(
            from_site,
            to_site,
            tuple(trip.number for trip in group),
            sum(trip.mass_kg for trip in group),
            sum(trip.km for trip in group),
            tuple(key for trip in group for key in (*trip.givers, *trip.takers)),
        )
        for (from_site, to_site), group in by_way.items()
    )
