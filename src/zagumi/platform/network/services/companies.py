"""Companies: admission, profile, places, and the coordinator's look at prices."""

from dataclasses import asdict
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import NotNow, Refused
from zagumi.platform.core.models import Network, Party
from zagumi.platform.core.services import add_party, edit_party, service
from zagumi.platform.core.states import Flow
from zagumi.platform.network import basemap, rules
from zagumi.platform.network.checks import Faults
from zagumi.platform.network.models import Admission, Company, Machine, Site
from zagumi.platform.network.sheets import CompanySheet, SiteSheet
from zagumi.platform.network.words import folded

State = Admission.State

ADMISSION = Flow(
    "admission",
    {
        (State.APPLIED, "screen"): State.SCREENING,
        (State.SCREENING, "accept"): State.ACTIVE,
        (State.ACTIVE, "announce"): State.LEAVING,
        (State.LEAVING, "stay"): State.ACTIVE,
        (State.LEAVING, "leave"): State.LEFT,
        (State.LEFT, "return"): State.SCREENING,
    },
    verbs={
        "screen": gettext_lazy("begin screening"),
        "accept": gettext_lazy("accept"),
        "announce": gettext_lazy("announce leaving"),
        "stay": gettext_lazy("stay after all"),
        "leave": gettext_lazy("leave"),
        "return": gettext_lazy("apply again"),
    },
)

PARTY_FIELDS = (
    "name",
    "name_kana",
    "name_en",
    "short_name",
    "corporate_number",
    "phone",
    "fax",
    "email",
    "postal_code",
    "address",
    "municipality_code",
)
SHORTEST_PURPOSE = 5
MASKED = "•••"
"""What the log keeps of a figure that not everybody who reads the log may see."""


def changes_of(row: models.Model, new: dict[str, Any], *, private: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Set ``new`` on ``row`` and return what changed, for the audit log; of private fields only that they did."""
    changed = {}
    for name, value in new.items():
        old = getattr(row, name)
        if old != value:
            setattr(row, name, value)
            changed[name] = (MASKED, MASKED) if name in private else (old, value)
    return changed


def editable(actor: Actor, code: str) -> Company:
    """The company with this code, if the actor may look after it.

    Raises:
        Hidden: there is none that the actor knows of.
        Refused: it is another's.
    """
    company = Company.objects.select_related("party").find(actor, party__code=code)
    if not rules.may_edit(actor, company):
        raise Refused(_("Only the company itself and the coordinator may change this."))
    return company


@service
def admit_company(actor: Actor, *, sheet: CompanySheet, party: Party | None = None) -> Company:
    """Take a company into the network as an active member, entered by the coordinator.

    Args:
        actor: the coordinator.
        sheet: its facts.
        party: the organisation, when it is known already (from another network); else a new one is registered.

    Raises:
        Refused: not the coordinator; or the party is the coordinator's own office, which never takes work.
        NotNow: the company belongs to this network already.
        BadInput: something on the sheet cannot be.
    """
    if not rules.may_admit(actor):
        raise Refused(_("Only the coordinator admits companies."))
    if party is not None and party.kind == Party.Kind.COORDINATOR:
        raise Refused(_("The coordinator's office is neutral and cannot be a member."))
    _check_company(sheet, party)
    network = Network.objects.get(pk=actor.network_id)
    facts = {name: getattr(sheet, name) for name in PARTY_FIELDS}
    company = (Company.objects.filter(party=party).first() if party else None) or Company()
    if company.pk and Admission.objects.filter(network=network, company=company).exists():
        raise NotNow(_("The company belongs to this network already."))
    if party is None:
        party = add_party(actor, kind=Party.Kind.COMPANY, **facts)
    else:
        party.networks.add(network)
        party = edit_party(actor, party=party, **facts)
    company.party = party
    company.hue = company.hue if company.pk else party.pk * 47 % 360  # neighbours in the list differ
    for name, value in _factory_facts(sheet).items():
        setattr(company, name, value)
    company.save()
    Admission.objects.create(network=network, company=company, state=State.ACTIVE, since=clock.today())
    refresh_search(company)
    audit.record(actor, gettext_noop("admitted the company"), company, changes={"name": ("", party.name)})
    return company


@service
def move_admission(actor: Actor, *, company_code: str, verb: str) -> Admission:
    """Move a company along the way from application to leaving; leaving ends all sharing.

    Raises:
        Refused: not the coordinator.
        NotNow: the present state does not allow this.
    """
    if not rules.may_admit(actor):
        raise Refused(_("Only the coordinator decides on membership."))
    admission = (
        Admission.objects.select_for_update(of=("self",))
        .select_related("company__party")
        .find(actor, company__party__code=company_code)
    )
    old, new = ADMISSION.move(admission, "state", verb)
    admission.since = clock.today()
    admission.save()
    audit.record(actor, gettext_noop("changed the membership"), admission.company, changes={"state": (old, new)})
    return admission


@service
def edit_profile(actor: Actor, *, company_code: str, sheet: CompanySheet) -> Company:
    """Bring a company's facts up to date. Whether it may lead a team is the coordinator's word.

    Raises:
        Hidden, Refused: see ``editable``.
        BadInput: something on the sheet cannot be.
    """
    company = editable(actor, company_code)
    _check_company(sheet, company.party)
    facts = _factory_facts(sheet)
    if not rules.may_admit(actor):
        facts["may_lead"] = company.may_lead
    if "capital" not in rules.company_columns(actor, company):
        facts["capital_yen"] = company.capital_yen
    company.party = edit_party(actor, party=company.party, **{name: getattr(sheet, name) for name in PARTY_FIELDS})
    changed = changes_of(company, facts)
    company.save()
    refresh_search(company)
    if changed:
        audit.record(actor, gettext_noop("changed the profile"), company, changes=changed)
    return company


def _factory_facts(sheet: CompanySheet) -> dict[str, Any]:
    return {name: value for name, value in asdict(sheet).items() if name not in PARTY_FIELDS}


def _check_company(sheet: CompanySheet, party: Party | None) -> None:
    faults = Faults()
    faults.required("name", sheet.name, 120)
    for name, limit in (("name_kana", 120), ("name_en", 120), ("short_name", 24), ("address", 200), ("phone", 24)):
        faults.longest(name, getattr(sheet, name), limit)
    for name, limit in (("fax", 24), ("postal_code", 8), ("trades", 120), ("trades_en", 120)):
        faults.longest(name, getattr(sheet, name), limit)
    faults.corporate_number("corporate_number", sheet.corporate_number)
    if sheet.corporate_number:
        same = Party.objects.filter(corporate_number=sheet.corporate_number)
        if (same.exclude(pk=party.pk) if party else same).exists():
            faults.add("corporate_number", sheet.corporate_number, _("a number that no other organisation here has"))
    faults.between("employees", sheet.employees, 0, 1_000_000)
    faults.between("capital_yen", sheet.capital_yen, 0, 10**13)
    faults.between("founded", sheet.founded, 1600, clock.today().year)
    faults.choice("contact_channel", sheet.contact_channel, Company.Channel.values)
    faults.done()


# ----------------------------------------------------------------------------------------------------------- places


@service
def add_site(actor: Actor, *, party: Party, sheet: SiteSheet) -> Site:
    """Put a place of ``party`` on the map: a works, a buyer's goods-in, the hub.

    Raises:
        Refused: neither one's own nor the coordinator.
        BadInput: no such place on the globe, an unknown district, or a hub that is not the coordinator's.
    """
    _may_place(actor, party)
    district = _check_site(actor, party, sheet)
    site = Site(party=party, code=next_code(None, "S", yearly=False))
    for name, value in (asdict(sheet) | {"district": district}).items():
        setattr(site, name, value)
    site.save()
    audit.record(actor, gettext_noop("added the site"), site, changes={"name": ("", site.name)})
    return site


@service
def edit_site(actor: Actor, *, code: str, sheet: SiteSheet) -> Site:
    """Bring a place up to date; see ``add_site`` for what is refused."""
    site = Site.objects.select_related("party").find(actor, code=code)
    _may_place(actor, site.party)
    district = _check_site(actor, site.party, sheet)
    changed = changes_of(site, asdict(sheet) | {"district": district})
    site.save()
    if changed:
        audit.record(actor, gettext_noop("changed the site"), site, changes=changed)
    return site


def _may_place(actor: Actor, party: Party) -> None:
    if not (actor.is_coordinator or rules.owns(actor, party.pk)):
        raise Refused(_("Only the company itself and the coordinator may change this."))


def _check_site(actor: Actor, party: Party, sheet: SiteSheet) -> str:
    """Judge the sheet; returns the key of the district."""
    faults = Faults()
    faults.required("name", sheet.name, 80)
    faults.longest("address", sheet.address, 160)
    faults.coordinates(sheet.latitude, sheet.longitude)
    if sheet.is_hub and party.kind != Party.Kind.COORDINATOR:
        faults.add("is_hub", party.code, _("a hub belongs to the coordinator's office"))
    network = Network.objects.get(pk=actor.network_id)
    known = [district.key for district in basemap.districts(network.code)]
    if sheet.district and known:
        faults.choice("district", sheet.district, known)
    faults.done()
    found = basemap.district_at(network.code, sheet.latitude, sheet.longitude)
    return sheet.district or (found.key if found else "")


# ----------------------------------------------------------------------------------------------------------- search


def refresh_search(company: Company) -> None:
    """Rewrite what a company is found by: only words that every member may read."""
    party = company.party
    words = [party.code, party.name, party.name_kana, party.name_en, party.short_name, party.corporate_number]
    words += [company.trades, company.trades_en, company.summary, company.summary_en]
    machines = Machine.objects.filter(site__party=party, retired_on__isnull=True).select_related("process")
    for machine in machines:
        words += [machine.name, machine.name_en, machine.maker, machine.model]
        words += [machine.process.name, machine.process.name_en]
    for capability in company.capabilities.filter(withdrawn_on__isnull=True).select_related("process"):
        words += [capability.process.name, capability.process.name_en, capability.note, capability.note_en]
        words += capability.materials
    company.search_text = folded(" ".join(dict.fromkeys(word for word in words if word)))
    company.save(update_fields=["search_text"])


# ----------------------------------------------------------------------------------------------------------- prices


@service
def open_private(actor: Actor, *, company_code: str, purpose: str) -> Actor:
    """The coordinator looks at a company's prices and says why; the look is logged.

    Returns:
        the same actor with its purpose, for which the price columns are open.

    Raises:
        Refused: not the coordinator.
        BadInput: no purpose.
    """
    if not actor.is_coordinator:
        raise Refused(_("Prices are shown to the company itself and, with a reason, to the coordinator."))
    faults = Faults()
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        faults.add("purpose", purpose, _("what the prices are needed for, e.g. the case and the step"))
    faults.longest("purpose", purpose, 200)
    faults.done()
    company = Company.objects.select_related("party").find(actor, party__code=company_code)
    opened = actor.because(purpose.strip())
    audit.record(opened, gettext_noop("looked at the prices of"), company)
    return opened
