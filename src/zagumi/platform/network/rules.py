"""Who sees what of the network's rows and columns, and who may change them.

============  ========================  ==================  =========================  ====================
rows          own company               coordinator         other members              buyer, carrier, viewer
============  ========================  ==================  =========================  ====================
profile       all                       admitted companies  active companies           none
people        all                       admitted            active, without names      none
hours         all                       admitted            none                       none
bookings      all                       exact owners; plan  none                       none
stops         all                       admitted            none                       none
sites         own, members', the hub    all of the network  members' and the hub       own and the hub
============  ========================  ==================  =========================  ====================

Prices are a column of their own: the owner's always, the coordinator's only with a stated purpose (see
``services.open_private``). How much of a machine's free time shows is ``load_view``.
"""

from typing import Literal

from django.db.models import Exists, Q

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party
from zagumi.platform.core.visibility import EVERYBODY, NOBODY, columns, rows
from zagumi.platform.network.models import (
    Admission,
    Booking,
    CalendarDay,
    Capability,
    CapabilityRange,
    Certificate,
    Company,
    Disclosure,
    Machine,
    MachineStop,
    Person,
    PersonSkill,
    Process,
    Provenance,
    Shift,
    Site,
    Skill,
    WorkCalendar,
)

LoadView = Literal["exact", "band", "hidden"]

NO_COLUMNS: frozenset[str] = frozenset()


def _company_rows(actor: Actor, path: str) -> Q:
    """Rows whose company, at ``path`` (e.g. "company__party"), the actor may know of."""
    own = Q(**{f"{path}_id": actor.party_id}) if actor.party_id else NOBODY
    admissions = Admission.objects.filter(network_id=actor.network_id)
    if actor.is_coordinator:
        return Q(**{f"{path}_id__in": admissions.values("company__party_id")})
    if actor.is_member:
        sharing = admissions.filter(state__in=Admission.SHARING)
        # Who has left learns nothing. Eyes borrowed to look at one's own entry have no party and count as sharing.
        gives = Q(Exists(sharing.filter(company__party_id=actor.party_id))) if actor.party_id else EVERYBODY
        return own | (gives & Q(**{f"{path}_id__in": sharing.values("company__party_id")}))
    return NOBODY


def _guarded_rows(actor: Actor, path: str) -> Q:
    """Rows for their own company and the coordinator only."""
    if actor.is_coordinator:
        return _company_rows(actor, path)
    return Q(**{f"{path}_id": actor.party_id}) if actor.is_member and actor.party_id else NOBODY


def owns(actor: Actor, party_id: int) -> bool:
    """Whether the actor is a member acting for this party."""
    return actor.is_member and actor.party_id == party_id


# ------------------------------------------------------------------------------------------------------------- rows


@rows(Process)
def process_rows(_actor: Actor) -> Q:
    """The words of the trade are open to all."""
    return EVERYBODY


@rows(Skill)
def skill_rows(_actor: Actor) -> Q:
    """As processes."""
    return EVERYBODY


@rows(Company)
def company_rows(actor: Actor) -> Q:
    """Coordinator: every company that ever applied; members: active ones and their own."""
    return _company_rows(actor, "party")


@rows(Admission)
def admission_rows(actor: Actor) -> Q:
    """Who is being screened or is leaving is known to the company and the coordinator."""
    return Q(network_id=actor.network_id) & _guarded_rows(actor, "company__party")


@rows(Site)
def site_rows(actor: Actor) -> Q:
    """Everybody sees the hub and their own sites; members see one another's; the coordinator all, buyers' too."""
    in_network = Party.networks.through.objects.filter(network_id=actor.network_id).values("party_id")
    if actor.is_coordinator:
        return Q(party_id__in=in_network)
    own = Q(party_id=actor.party_id) if actor.party_id else NOBODY
    hub = Q(is_hub=True, party_id__in=in_network)
    return own | hub | _company_rows(actor, "party")


@rows(WorkCalendar)
def calendar_rows(actor: Actor) -> Q:
    """Opening hours are part of capacity."""
    return _guarded_rows(actor, "company__party")


@rows(Shift)
def shift_rows(actor: Actor) -> Q:
    """As the calendar."""
    return _guarded_rows(actor, "calendar__company__party")


@rows(CalendarDay)
def calendar_day_rows(actor: Actor) -> Q:
    """As the calendar."""
    return _guarded_rows(actor, "calendar__company__party")


@rows(Machine)
def machine_rows(actor: Actor) -> Q:
    """As the company; machines out of use only to those who look after them."""
    known = _company_rows(actor, "site__party")
    return known & (Q(retired_on__isnull=True) | _guarded_rows(actor, "site__party"))


@rows(Booking)
def booking_rows(actor: Actor) -> Q:
    """The owner sees all. The coordinator sees those of owners who show exact hours, and its own plans' bookings."""
    guarded = _guarded_rows(actor, "machine__site__party")
    if not actor.is_coordinator or actor.is_system:
        return guarded
    return guarded & (Q(machine__capacity_disclosure=Disclosure.EXACT) | Q(network_id=actor.network_id))


@rows(MachineStop)
def stop_rows(actor: Actor) -> Q:
    """A stop concerns the owner and the coordinator, who looks for a substitute."""
    return _guarded_rows(actor, "machine__site__party")


@rows(Capability)
def capability_rows(actor: Actor) -> Q:
    """As the company; withdrawn ones only to those who look after them."""
    known = _company_rows(actor, "company__party")
    return known & (Q(withdrawn_on__isnull=True) | _guarded_rows(actor, "company__party"))


@rows(CapabilityRange)
def range_rows(actor: Actor) -> Q:
    """As the capability."""
    known = _company_rows(actor, "capability__company__party")
    return known & (Q(capability__withdrawn_on__isnull=True) | _guarded_rows(actor, "capability__company__party"))


@rows(Certificate)
def certificate_rows(actor: Actor) -> Q:
    """As the company; an approval by a buyer names a customer and stays with the company and the coordinator."""
    known = _company_rows(actor, "company__party")
    open_to_members = Q(withdrawn_on__isnull=True) & ~Q(kind=Certificate.Scheme.BUYER)
    return known & (open_to_members | _guarded_rows(actor, "company__party"))


@rows(Person)
def person_rows(actor: Actor) -> Q:
    """As the company; names are a column of their own."""
    known = _company_rows(actor, "company__party")
    return known & (Q(left_on__isnull=True) | _guarded_rows(actor, "company__party"))


@rows(PersonSkill)
def person_skill_rows(actor: Actor) -> Q:
    """As the person."""
    known = _company_rows(actor, "person__company__party")
    return known & (Q(person__left_on__isnull=True) | _guarded_rows(actor, "person__company__party"))


# ---------------------------------------------------------------------------------------------------------- columns


def _prices(actor: Actor, party_id: int) -> frozenset[str]:
    """Prices: the owner's, the system's, and the coordinator's who said why."""
    opened = actor.is_coordinator and bool(actor.purpose)
    return frozenset({"prices"}) if owns(actor, party_id) or actor.is_system or opened else NO_COLUMNS


def _inside(actor: Actor, party_id: int, *names: str) -> frozenset[str]:
    """Columns for the owner and the coordinator."""
    return frozenset(names) if owns(actor, party_id) or actor.is_coordinator else NO_COLUMNS


@columns(Company)
def company_columns(actor: Actor, company: Company) -> frozenset[str]:
    """``capital``: needed for the law of subcontracting only."""
    return _inside(actor, company.party_id, "capital", "admission")


@columns(Machine)
def machine_columns(actor: Actor, machine: Machine) -> frozenset[str]:
    """``prices`` is the hourly rate; ``load_exact`` and ``load_band`` say how free time shows."""
    view = load_view(actor, machine)
    load = {"exact": {"load_exact", "load_band"}, "band": {"load_band"}, "hidden": set()}[view]
    owner = machine.site.party_id
    return _prices(actor, owner) | frozenset(load) | _inside(actor, owner, "disclosure")


@columns(Booking)
def booking_columns(actor: Actor, booking: Booking) -> frozenset[str]:
    """``note`` may name a customer; ``source`` is the plan's code, for the owner and the network whose plan it is."""
    owner = booking.machine.site.party_id
    same_network = booking.network_id == actor.network_id
    source = frozenset({"source"}) if owns(actor, owner) or (actor.is_coordinator and same_network) else NO_COLUMNS
    return _inside(actor, owner, "note") | source


@columns(Capability)
def capability_columns(actor: Actor, capability: Capability) -> frozenset[str]:
    """``prices`` and ``times`` are what the company reckons with; a measuring partner is not named to other members."""
    owner = capability.company.party_id
    open_assessor = capability.provenance == Provenance.VERIFIED
    assessor = frozenset({"assessor"}) if open_assessor else _inside(actor, owner, "assessor")
    return _prices(actor, owner) | assessor | _inside(actor, owner, "times", "evidence")


@columns(Certificate)
def certificate_columns(actor: Actor, certificate: Certificate) -> frozenset[str]:
    """The paper itself stays with the company and the coordinator."""
    return _inside(actor, certificate.company.party_id, "file", "note")


@columns(Person)
def person_columns(actor: Actor, person: Person) -> frozenset[str]:
    """People's names stay with the company and the coordinator."""
    return _inside(actor, person.company.party_id, "name")


def load_view(actor: Actor, machine: Machine) -> LoadView:
    """How the free time of ``machine`` shows to ``actor``.

    ========  =======  ===========  =============
    setting   owner    coordinator  other members
    ========  =======  ===========  =============
    exact     exact    exact        band
    band      exact    band         band
    hidden    exact    hidden       hidden
    ========  =======  ===========  =============
    """
    if owns(actor, machine.site.party_id) or actor.is_system:
        return "exact"
    if machine.capacity_disclosure == Disclosure.HIDDEN:
        return "hidden"
    if actor.is_coordinator:
        return "exact" if machine.capacity_disclosure == Disclosure.EXACT else "band"
    return "band" if actor.is_member else "hidden"


# ------------------------------------------------------------------------------------------------------------ verbs


def may_edit(actor: Actor, company: Company) -> bool:
    """Members look after their own entry; the coordinator may enter what it is told."""
    return owns(actor, company.party_id) or actor.is_coordinator


def may_admit(actor: Actor) -> bool:
    """Only the coordinator admits companies to the network."""
    return actor.is_coordinator


def may_assess(actor: Actor) -> bool:
    """Nobody proves their own capability: the coordinator enters what a third party or the records showed."""
    return actor.is_coordinator
