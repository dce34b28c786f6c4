"""The list of companies, and the same companies on the map."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zagumi.platform.core import clock, geo
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Refused
from zagumi.platform.core.models import Network, Party, localized
from zagumi.platform.network import basemap, rules
from zagumi.platform.network.insight import ROAD_FACTOR, Holdings, Level, coming_weeks, free_weeks
from zagumi.platform.network.models import (
    Admission,
    Capability,
    Certificate,
    Company,
    Machine,
    Process,
    Provenance,
    Site,
)
from zagumi.platform.network.queries.load import rank, sharing_parties
from zagumi.platform.network.words import folded


@dataclass(frozen=True)
class Proofs:
    """How many capabilities are known in which way."""

    measured: int = 0
    verified: int = 0
    declared: int = 0
    expired: int = 0

    @property
    def best(self) -> str:
        """The weightiest kind there is; "" without any capability."""
        kinds = ("measured", "verified", "declared", "expired")
        return next((kind for kind in kinds if getattr(self, kind)), "")

    @classmethod
    def of(cls, capabilities: Iterable[Capability]) -> "Proofs":
        """Count them; one past its date counts as expired only."""
        return cls(**Counter(proof_of(capability) for capability in capabilities))


def proof_of(capability: Capability) -> str:
    """declared, verified or measured; expired once its date has passed."""
    if capability.valid_until and capability.valid_until < clock.today():
        return "expired"
    return Provenance(capability.provenance).value


@dataclass(frozen=True)
class CompanyRow:
    """One company in the list. ``free_now`` and ``free_next`` are its best machine's bands; None when not shown."""

    code: str
    name: str
    kana: str
    short: str
    trades: str
    families: tuple[str, ...]
    family_names: tuple[str, ...]
    process_keys: tuple[str, ...]
    processes: tuple[str, ...]
    single: tuple[str, ...]
    machines: int
    district: str
    place: str
    km_to_hub: float | None
    employees: int | None
    channel: str
    channel_name: str
    proofs: Proofs
    certificates: tuple[str, ...]
    certificate_names: tuple[str, ...]
    free_now: Level | None
    free_next: Level | None
    may_lead: bool
    state: str
    state_name: str
    is_own: bool


def require_reader(actor: Actor) -> None:
    """The companies are for members and the coordinator.

    Raises:
        Refused: a buyer, carrier or viewer.
    """
    if not (actor.is_coordinator or actor.is_member):
        raise Refused(_("Who the member companies are is open to members and the coordinator only."))


def company_list(actor: Actor) -> list[CompanyRow]:
    """Every company the actor may know of, in the order of the reading of their names. About 15 queries in all.

    Raises:
        Refused: the actor is neither a member nor the coordinator.
    """
    require_reader(actor)
    companies = list(Company.objects.visible_to(actor).select_related("party"))
    facts = _Facts(actor, companies)
    return [facts.row(company) for company in companies]


def search(actor: Actor, text: str) -> frozenset[str]:
    """Codes of the visible companies in whose open words every word of ``text`` occurs.

    Width, case and kana do not count: ﾀﾞｲｶｽﾄ finds ダイカスト, and so does だいかすと.
    """
    found = Company.objects.visible_to(actor)
    for word in folded(text).split():
        found = found.filter(search_text__contains=word)
    return frozenset(found.values_list("party__code", flat=True))


class _Facts:
    """What the rows need, read once for all companies."""

    def __init__(self, actor: Actor, companies: list[Company]) -> None:
        self.actor = actor
        parties = [company.party_id for company in companies]
        self.network = Network.objects.get(pk=actor.network_id)
        self.holdings = Holdings.of(sharing_parties(actor.network_id))
        self.processes = Process.objects.in_bulk()
        self.family = {key: (process.family, process.family_name) for key, process in self.processes.items()}
        self.states = {a.company_id: a for a in Admission.objects.visible_to(actor)}
        self.sites: dict[int, Site] = {}
        self.hub: Site | None = None
        for site in Site.objects.visible_to(actor).order_by("-code"):
            self.sites[site.party_id] = site  # the first one of each party stays
            self.hub = site if site.is_hub else self.hub
        self.capabilities: dict[int, list[Capability]] = defaultdict(list)
        for capability in Capability.objects.visible_to(actor).filter(withdrawn_on__isnull=True):
            self.capabilities[capability.company_id].append(capability)
        self.certificates: dict[int, list[Certificate]] = defaultdict(list)
        for certificate in Certificate.objects.visible_to(actor).filter(withdrawn_on__isnull=True):
            self.certificates[certificate.company_id].append(certificate)
        self.machines: Counter[int] = Counter()
        self.free = self._free(parties)

    def _free(self, parties: Collection[int]) -> dict[int, tuple[Level, Level]]:
        """Best bands by party, this week and next, of the machines that show any."""
        rivals = self.holdings.rivals_of(self.actor.party_id) if self.actor.is_member and self.actor.party_id else ()
        machines = list(
            Machine.objects.visible_to(self.actor)
            .filter(retired_on__isnull=True, site__party_id__in=parties)
            .select_related("site")
        )
        self.machines.update(machine.site.party_id for machine in machines)
        shown = [
            machine
            for machine in machines
            if machine.site.party_id not in rivals and rules.load_view(self.actor, machine) != "hidden"
        ]
        weeks = free_weeks(shown, coming_weeks(2))
        best: dict[int, tuple[Level, Level]] = {}
        for machine in shown:
            now, following = (week.level for week in weeks[machine.pk])
            before = best.get(machine.site.party_id, (Level.NONE, Level.NONE))
            best[machine.site.party_id] = (max(before[0], now, key=rank), max(before[1], following, key=rank))
        return best

    def row(self, company: Company) -> CompanyRow:
        """The row of one company."""
        party = company.party
        held = sorted((self.processes[key] for key in self.holdings.held_by(party.pk)), key=lambda p: p.order)
        single = self.holdings.single_of(party.pk)
        site, admission = self.sites.get(party.pk), self.states.get(company.pk)
        district = basemap.district_of(self.network.code, site.district) if site else None
        certificates = self.certificates[company.pk]
        free_now, free_next = self.free.get(party.pk, (None, None))
        families = dict.fromkeys(self.family[process.pk] for process in held)
        return CompanyRow(
            code=party.code,
            name=str(party),
            kana=party.name_kana or party.name,
            short=party.short,
            trades=localized(company.trades, company.trades_en),
            families=tuple(family for family, _name in families),
            family_names=tuple(name for _family, name in families),
            process_keys=tuple(process.key for process in held),
            processes=tuple(str(process) for process in held),
            single=tuple(str(process) for process in held if process.pk in single),
            machines=self.machines[party.pk],
            district=site.district if site else "",
            place=district.place if district else party.address,
            km_to_hub=km_between(site, self.hub),
            employees=company.employees,
            channel=company.contact_channel,
            channel_name=str(company.get_contact_channel_display()),
            proofs=Proofs.of(self.capabilities[company.pk]),
            certificates=tuple(dict.fromkeys(certificate.kind for certificate in certificates)),
            certificate_names=tuple(localized(c.name, c.name_en) for c in certificates),
            free_now=free_now,
            free_next=free_next,
            may_lead=company.may_lead,
            state=admission.state if admission else "",
            state_name=str(admission.get_state_display()) if admission else "",
            is_own=party.pk == self.actor.party_id,
        )


def km_between(one: Site | None, other: Site | None) -> float | None:
    """Road kilometres between two places, estimated from the straight line."""
    if one is None or other is None:
        return None
    metres = geo.distance_m(one.latitude, one.longitude, other.latitude, other.longitude)
    return round(metres * ROAD_FACTOR / 1000, 1)


# -------------------------------------------------------------------------------------------------------------- map


@dataclass(frozen=True)
class MapFeature:
    """One place on the map. ``kind``: member, hub or buyer; ``detail`` is one line under the name."""

    key: str
    kind: str
    name: str
    company_code: str
    latitude: float
    longitude: float
    place: str
    detail: str
    is_single: bool
    is_own: bool


def map_features(actor: Actor, rows: Collection[CompanyRow] | None = None, *, buyers: bool = True) -> list[MapFeature]:
    """The hub, and the works of these companies (all the actor may know of, when none are given).

    The coordinator also sees where buyers take goods in, unless ``buyers`` is false.

    Raises:
        Refused: the actor is neither a member nor the coordinator.
    """
    require_reader(actor)
    known = {row.code: row for row in (company_list(actor) if rows is None else rows)}
    network = Network.objects.get(pk=actor.network_id)
    features = []
    for site in Site.objects.visible_to(actor).select_related("party"):
        row = known.get(site.party.code)
        if row is None and not site.is_hub and not (buyers and site.party.kind != Party.Kind.COMPANY):
            continue
        district = basemap.district_of(network.code, site.district)
        kind = "hub" if site.is_hub else "member" if row else "buyer"
        features.append(
            MapFeature(
                key=site.code,
                kind=kind,
                name=row.short if row else localized(site.name, site.name_en),
                company_code=row.code if row else "",
                latitude=site.latitude,
                longitude=site.longitude,
                place=district.place if district else site.address,
                detail=" · ".join(row.family_names) if row else site.party.short,
                is_single=bool(row and row.single),
                is_own=bool(row and row.is_own),
            )
        )
    return features
