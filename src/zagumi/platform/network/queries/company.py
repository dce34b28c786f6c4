"""One company, as its reader may see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Refused
from zagumi.platform.core.models import Network, localized
from zagumi.platform.network import basemap, rules
from zagumi.platform.network.insight import Holdings
from zagumi.platform.network.models import (
    Admission,
    Capability,
    CapabilityRange,
    Certificate,
    Company,
    Machine,
    MachineStop,
    Person,
    Process,
    Quantity,
    Site,
)
from zagumi.platform.network.queries.companies import Proofs, km_between, proof_of
from zagumi.platform.network.queries.load import LoadTable, load_table, machine_name, sharing_parties

EXPIRING = timedelta(days=60)
VIEWS = ("coordinator", "rival", "member", "buyer")


@dataclass(frozen=True)
class RangeLine:
    """Values of one quantity, for the bar: the axis, what is claimed, what is proven."""

    quantity: str
    label: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    proven_low: Decimal | None
    proven_high: Decimal | None
    top: Decimal

    @property
    def scale(self) -> tuple[float, float]:
        """The axis: from nothing to a little more than the largest value among companies of the family."""
        return 0.0, (float(self.top) or 1.0) * 1.08

    @property
    def claimed(self) -> tuple[float, float]:
        """Both ends on the axis; an open end reaches its border."""
        return float(self.low or 0), float(self.top if self.high is None else self.high)

    @property
    def shown(self) -> tuple[float, float] | None:
        """The proven part, if any."""
        if self.proven_low is None or self.proven_high is None:
            return None
        return float(self.proven_low), float(self.proven_high)

    @property
    def words(self) -> str:
        """The range in words: 20–310 mm, up to 310 mm, ±0.01 mm."""
        return range_words(Quantity(self.quantity), self.low, self.high)


@dataclass(frozen=True)
class CapabilityLine:
    """One thing the company can do. Times and prices are None where the reader may not see them."""

    code: str
    process_key: str
    process: str
    machine_code: str
    machine: str
    materials: tuple[str, ...]
    note: str
    sizes: tuple[RangeLine, ...]
    results: tuple[RangeLine, ...]
    lot_min: int | None
    lot_max: int | None
    proof: str
    assessor: str
    assessed_on: date
    valid_until: date | None
    measured_lots: int | None
    setup_minutes: int | None
    minutes_per_piece: Decimal | None
    good_rate: Decimal | None
    fixed_yen: int | None
    unit_yen: int | None
    has_evidence: bool
    is_withdrawn: bool


@dataclass(frozen=True)
class StopLine:
    """A stop that lasts or is to come."""

    start: datetime
    end: datetime | None
    reason: str
    is_now: bool


@dataclass(frozen=True)
class MachineLine:
    """One machine. ``hourly_yen`` and ``disclosure`` are empty where the reader may not see them."""

    code: str
    name: str
    process_key: str
    process: str
    maker: str
    model: str
    takes: str
    max_mass_kg: int | None
    max_temperature_c: int | None
    axes: int | None
    it_grade: int | None
    roughness_ra: Decimal | None
    installed_year: int | None
    site: str
    hourly_yen: int | None
    disclosure: str
    stop: StopLine | None
    is_retired: bool

    @property
    def fineness(self) -> str:
        """The finest tolerance grade and surface in short: IT7 Ra 0.8."""
        parts = [f"IT{self.it_grade}" if self.it_grade else ""]
        parts.append(f"Ra {plain_number(self.roughness_ra)}" if self.roughness_ra else "")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class CertificateLine:
    """One certificate. ``status``: ok, soon (within 60 days), expired, or open (no date)."""

    code: str
    kind: str
    name: str
    number: str
    valid_until: date | None
    status: str
    checked_on: date | None
    note: str
    has_file: bool
    is_withdrawn: bool


@dataclass(frozen=True)
class SkillLine:
    """One skill and how many hold it; ``names`` only for those who may know them."""

    name: str
    count: int
    names: tuple[str, ...]
    expires: date | None

    @property
    def is_single(self) -> bool:
        """Only one person holds it."""
        return self.count == 1


@dataclass(frozen=True)
class PersonLine:
    """One person, for those who look after the entry."""

    code: str
    name: str
    skills: tuple[str, ...]
    has_left: bool


@dataclass(frozen=True)
class SiteLine:
    """One works."""

    code: str
    name: str
    address: str
    place: str
    latitude: float
    longitude: float
    km_to_hub: float | None


@dataclass(frozen=True)
class CompanyPage:
    """All of a company that this reader may see, and what the reader may do."""

    code: str
    name: str
    kana: str
    other_name: str
    corporate_number: str
    trades: str
    summary: str
    employees: int | None
    founded: int | None
    capital_yen: int | None
    hue: int
    channel: str
    channel_name: str
    phone: str
    fax: str
    email: str
    address: str
    place: str
    km_to_hub: float | None
    may_lead: bool
    state: str
    state_name: str
    single: tuple[str, ...]
    proofs: Proofs
    measured_lots: int
    capabilities: tuple[CapabilityLine, ...]
    machines: tuple[MachineLine, ...]
    load: LoadTable
    certificates: tuple[CertificateLine, ...]
    skills: tuple[SkillLine, ...]
    people: tuple[PersonLine, ...]
    sites: tuple[SiteLine, ...]
    is_own: bool
    is_rival: bool
    may_edit: bool
    may_assess: bool
    may_ask_prices: bool
    sees_inside: bool

    @property
    def offered(self) -> tuple[CapabilityLine, ...]:
        """Capabilities that are offered now."""
        return tuple(line for line in self.capabilities if not line.is_withdrawn)

    @property
    def running_machines(self) -> tuple[MachineLine, ...]:
        """Machines in use."""
        return tuple(line for line in self.machines if not line.is_retired)

    @property
    def stopped(self) -> tuple[MachineLine, ...]:
        """Machines that stand still now."""
        return tuple(line for line in self.running_machines if line.stop and line.stop.is_now)


def seen_as(actor: Actor, company_code: str, view: str) -> tuple[Actor, bool | None]:
    """The reader whose eyes to borrow, and whether to count as a rival (None: as it is).

    The company may look at its own entry as ``coordinator``, ``rival`` (a member with the same processes), ``member``
    (any other) or ``buyer`` would; the coordinator may see less than it does, never more.

    Raises:
        Refused: the entry is another company's.
    """
    company = Company.objects.select_related("party").find(actor, party__code=company_code)
    if not view:
        return actor, None
    if not rules.may_edit(actor, company) or view not in VIEWS:
        raise Refused(_("Only the company itself and the coordinator may look with other eyes."))
    role = "member" if view == "rival" else view
    nobody = replace(
        actor, role=role, party_id=None, party_code="", party_name="", seat_id=None, purpose="", on_behalf_of=None
    )
    return nobody, view == "rival"


def company_page(actor: Actor, code: str, *, rival: bool | None = None) -> CompanyPage:
    """The company with this code. About 25 queries, however much it has.

    Args:
        actor: the reader.
        code: the code of the company's party.
        rival: see ``machine_load``.

    Raises:
        Hidden: there is no such company for the reader.
    """
    company = Company.objects.select_related("party").find(actor, party__code=code)
    party = company.party
    network = Network.objects.get(pk=actor.network_id)
    parties = sharing_parties(network.pk)
    holdings = Holdings.of(parties)
    competes = (
        rival
        if rival is not None
        else bool(actor.is_member and actor.party_id and party.pk in holdings.rivals_of(actor.party_id))
    )
    shown = rules.company_columns(actor, company)
    machines = list(
        Machine.objects.visible_to(actor)
        .filter(site__party=party)
        .select_related("site__party", "process")
        .order_by("process__order", "code")
    )
    in_use = [machine for machine in machines if machine.retired_on is None]
    capabilities = _capabilities(actor, company, parties)
    sites = _sites(actor, network, company)
    admission = Admission.objects.visible_to(actor).filter(network=network, company=company).first()
    load = load_table(actor, [] if competes else in_use, 6)
    single = Process.objects.filter(pk__in=holdings.single_of(party.pk))
    may_edit = rules.may_edit(actor, company)
    return CompanyPage(
        code=party.code,
        name=str(party),
        kana=party.name_kana,
        other_name=localized(party.name_en, party.name) or "",
        corporate_number=party.corporate_number,
        trades=localized(company.trades, company.trades_en),
        summary=localized(company.summary, company.summary_en),
        employees=company.employees,
        founded=company.founded,
        capital_yen=company.capital_yen if "capital" in shown else None,
        hue=company.hue,
        channel=company.contact_channel,
        channel_name=str(company.get_contact_channel_display()),
        phone=party.phone,
        fax=party.fax,
        email=party.email,
        address=party.address,
        place=sites[0].place if sites else party.address,
        km_to_hub=sites[0].km_to_hub if sites else None,
        may_lead=company.may_lead,
        state=admission.state if admission else "",
        state_name=str(admission.get_state_display()) if admission else "",
        single=tuple(str(process) for process in single),
        proofs=Proofs(**_count(line.proof for line in capabilities if not line.is_withdrawn)),
        measured_lots=sum(line.measured_lots or 0 for line in capabilities if line.proof == "measured"),
        capabilities=capabilities,
        machines=_machines(actor, machines),
        load=replace(load, rival=competes),
        certificates=_certificates(actor, company),
        skills=_skills(actor, company),
        people=_people(actor, company) if may_edit else (),
        sites=sites,
        is_own=rules.owns(actor, party.pk),
        is_rival=competes,
        may_edit=may_edit,
        may_assess=rules.may_assess(actor),
        may_ask_prices=actor.is_coordinator,
        sees_inside=rules.owns(actor, party.pk) or actor.is_coordinator,
    )


def _count(words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for word in words:
        found[word] += 1
    return found


# ----------------------------------------------------------------------------------------------------- capabilities


def plain_number(value: Decimal) -> str:
    """Without needless zeros: 0.0100 is 0.01, 310.0000 is 310."""
    return f"{value.normalize():f}"


def range_words(quantity: Quantity, low: Decimal | None, high: Decimal | None) -> str:
    """A range in words; how finely something can be done is one number."""
    unit = quantity.unit
    if quantity.is_fineness and low is not None:
        sign = "±" if quantity == Quantity.TOLERANCE_MM else ""
        return f"{sign}{plain_number(low)} {unit}"
    if low is not None and high is not None:
        numbers = f"{plain_number(low)}\u2013{plain_number(high)}"
        return f"{unit} {numbers}" if unit in {"HRC", "HV"} else f"{numbers} {unit}"
    if high is not None:
        return _("up to %(value)s %(unit)s") % {"value": plain_number(high), "unit": unit}
    return _("from %(value)s %(unit)s") % {"value": plain_number(low or Decimal(0)), "unit": unit}


def _capabilities(actor: Actor, company: Company, parties: list[int]) -> tuple[CapabilityLine, ...]:
    rows = list(
        Capability.objects.visible_to(actor)
        .filter(company=company)
        .select_related("process", "machine", "company")
        .order_by("process__order", "code")
    )
    ranges: dict[int, list[CapabilityRange]] = defaultdict(list)
    for row in CapabilityRange.objects.visible_to(actor).filter(capability__in=rows):
        ranges[row.capability_id].append(row)
    tops = _tops(parties, {row.process.family for row in rows})
    return tuple(_capability(actor, row, ranges[row.pk], tops) for row in rows)


def _tops(parties: list[int], families: set[str]) -> dict[tuple[str, str], Decimal]:
    """The largest value of each quantity in each family among these companies: the common axis of the bars."""
    known = CapabilityRange.objects.filter(
        capability__company__party_id__in=parties,
        capability__withdrawn_on__isnull=True,
        capability__process__family__in=families,
    )
    found = known.order_by().values_list("capability__process__family", "quantity")
    tops = found.annotate(top_high=Max("high"), top_low=Max("low"))
    return {(family, each): max(high or Decimal(0), low or Decimal(0)) for family, each, high, low in tops}


def _capability(
    actor: Actor, row: Capability, ranges: list[CapabilityRange], tops: dict[tuple[str, str], Decimal]
) -> CapabilityLine:
    shown = rules.capability_columns(actor, row)
    times, prices = "times" in shown, "prices" in shown
    lines = [_range(each, tops.get((row.process.family, each.quantity), Decimal(0))) for each in ranges]
    return CapabilityLine(
        code=row.code,
        process_key=row.process.key,
        process=str(row.process),
        machine_code=row.machine.code if row.machine else "",
        machine=machine_name(row.machine) if row.machine else "",
        materials=tuple(row.materials),
        note=localized(row.note, row.note_en),
        sizes=tuple(line for line in lines if line.quantity in Quantity.sizes()),
        results=tuple(line for line in lines if line.quantity not in Quantity.sizes()),
        lot_min=row.lot_min,
        lot_max=row.lot_max,
        proof=proof_of(row),
        assessor=row.assessor if "assessor" in shown else "",
        assessed_on=row.assessed_on,
        valid_until=row.valid_until,
        measured_lots=row.measured_lots,
        setup_minutes=row.setup_minutes if times else None,
        minutes_per_piece=row.minutes_per_piece if times else None,
        good_rate=row.good_rate if times else None,
        fixed_yen=row.fixed_yen if prices else None,
        unit_yen=row.unit_yen if prices else None,
        has_evidence=row.evidence_id is not None and "evidence" in shown,
        is_withdrawn=row.withdrawn_on is not None,
    )


def _range(row: CapabilityRange, top: Decimal) -> RangeLine:
    quantity = Quantity(row.quantity)
    bounds = (row.low, row.high, row.proven_low, row.proven_high)
    axis = max(top, row.low or Decimal(0), row.high or Decimal(0))
    return RangeLine(quantity.value, str(quantity.label), quantity.unit, *bounds, axis)


# --------------------------------------------------------------------------------------------------------- machines


def _machines(actor: Actor, machines: list[Machine]) -> tuple[MachineLine, ...]:
    now = clock.now()
    stops: dict[int, StopLine] = {}
    lasting = Q(end__isnull=True) | Q(end__gt=now)
    for stop in MachineStop.objects.visible_to(actor).filter(lasting, machine__in=machines).order_by("-start"):
        stops[stop.machine_id] = StopLine(stop.start, stop.end, stop.reason, stop.start <= now)
    return tuple(_machine(actor, machine, stops.get(machine.pk)) for machine in machines)


def _machine(actor: Actor, row: Machine, stop: StopLine | None) -> MachineLine:
    shown = rules.machine_columns(actor, row)
    return MachineLine(
        code=row.code,
        name=machine_name(row),
        process_key=row.process.key,
        process=str(row.process),
        maker=row.maker,
        model=row.model,
        takes=takes(row),
        max_mass_kg=row.max_mass_kg,
        max_temperature_c=row.max_temperature_c,
        axes=row.axes,
        it_grade=row.it_grade,
        roughness_ra=row.roughness_ra,
        installed_year=row.installed_year,
        site=localized(row.site.name, row.site.name_en),
        hourly_yen=row.hourly_yen if "prices" in shown else None,
        disclosure=str(row.get_capacity_disclosure_display()) if "disclosure" in shown else "",
        stop=stop,
        is_retired=row.retired_on is not None,
    )


def takes(machine: Machine) -> str:
    """The largest workpiece in words: 600×600×900 mm, φ80×310 mm."""
    box = [machine.envelope_x_mm, machine.envelope_y_mm, machine.envelope_z_mm]
    parts = []
    if any(box):
        parts.append("×".join(str(side) if side else "–" for side in box) + " mm")
    if machine.diameter_mm:
        length = f"×{machine.length_mm}" if machine.length_mm else ""
        parts.append(f"φ{machine.diameter_mm}{length} mm")
    elif machine.length_mm:
        parts.append(f"L{machine.length_mm} mm")
    return ", ".join(parts)


# ------------------------------------------------------------------------------------------ certificates and people


def _certificates(actor: Actor, company: Company) -> tuple[CertificateLine, ...]:
    found = []
    for row in Certificate.objects.visible_to(actor).filter(company=company).select_related("company"):
        shown = rules.certificate_columns(actor, row)
        found.append(
            CertificateLine(
                code=row.code,
                kind=row.kind,
                name=localized(row.name, row.name_en),
                number=row.number,
                valid_until=row.valid_until,
                status=expiry_status(row.valid_until),
                checked_on=row.checked_on,
                note=row.note if "note" in shown else "",
                has_file=row.file_id is not None and "file" in shown,
                is_withdrawn=row.withdrawn_on is not None,
            )
        )
    return tuple(found)


def expiry_status(valid_until: date | None) -> str:
    """ok, soon (within 60 days), expired, or open when there is no date."""
    if valid_until is None:
        return "open"
    today = clock.today()
    return "expired" if valid_until < today else "soon" if valid_until <= today + EXPIRING else "ok"


def _holders(actor: Actor, company: Company) -> list[Person]:
    people = Person.objects.visible_to(actor).filter(company=company)
    return list(people.select_related("company").prefetch_related("held__skill"))


def _skills(actor: Actor, company: Company) -> tuple[SkillLine, ...]:
    """Skills that are valid today, with the number of people who hold them."""
    today = clock.today()
    holders: dict[tuple[str, str], list[tuple[str, date | None]]] = defaultdict(list)
    for person in _holders(actor, company):
        if person.left_on is not None:
            continue
        name = person.name if "name" in rules.person_columns(actor, person) else ""
        for entry in person.held.all():
            if entry.valid_until is None or entry.valid_until >= today:
                holders[entry.skill.key, str(entry.skill)].append((name, entry.valid_until))
    return tuple(
        SkillLine(
            name=name,
            count=len(known),
            names=tuple(each for each, _until in known if each),
            expires=min((until for _each, until in known if until), default=None),
        )
        for (_key, name), known in sorted(holders.items())
    )


def _people(actor: Actor, company: Company) -> tuple[PersonLine, ...]:
    return tuple(
        PersonLine(
            code=person.code,
            name=person.name if "name" in rules.person_columns(actor, person) else "",
            skills=tuple(str(entry.skill) for entry in person.held.all()),
            has_left=person.left_on is not None,
        )
        for person in _holders(actor, company)
    )


def _sites(actor: Actor, network: Network, company: Company) -> tuple[SiteLine, ...]:
    visible = Site.objects.visible_to(actor).order_by("code")
    hub = visible.filter(is_hub=True).first()
    found = []
    for site in visible.filter(party_id=company.party_id):
        district = basemap.district_of(network.code, site.district)
        found.append(
            SiteLine(
                code=site.code,
                name=localized(site.name, site.name_en),
                address=site.address,
                place=district.place if district else site.address,
                latitude=site.latitude,
                longitude=site.longitude,
                km_to_hub=km_between(site, hub),
            )
        )
    return tuple(found)
