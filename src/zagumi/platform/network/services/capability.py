"""What a company can do, and how that is proven: capabilities, certificates, people."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import Refused
from zagumi.platform.core.files import store
from zagumi.platform.core.services import service
from zagumi.platform.network import rules
from zagumi.platform.network.checks import Faults
from zagumi.platform.network.models import (
    Capability,
    CapabilityRange,
    Certificate,
    Company,
    Machine,
    Person,
    PersonSkill,
    Process,
    Provenance,
    Quantity,
    Skill,
    WorkCalendar,
)
from zagumi.platform.network.services.companies import changes_of, editable, refresh_search
from zagumi.platform.network.sheets import (
    CapabilitySheet,
    CertificateSheet,
    PersonSheet,
    ProofSheet,
)

PRICES = frozenset({"fixed_yen", "unit_yen"})
TIMES = frozenset({"setup_minutes", "minutes_per_piece", "good_rate"})
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


# ----------------------------------------------------------------------------------------------------- capabilities


@service
def declare_capability(actor: Actor, *, company_code: str, sheet: CapabilitySheet) -> Capability:
    """Say that a company can do a process, within ranges. What is said here is self-declared until proven.

    Raises:
        Hidden, Refused: no such company, or another's.
        BadInput: something on the sheet cannot be.
    """
    company = editable(actor, company_code)
    fields = _checked(company, sheet)
    capability = Capability(company=company, code=next_code(None, "CAP", yearly=False), assessed_on=clock.today())
    for name, value in fields.items():
        setattr(capability, name, value)
    capability.save()
    _put_ranges(capability, sheet)
    refresh_search(company)
    audit.record(actor, gettext_noop("declared the capability"), capability, changes={"process": ("", sheet.process)})
    return capability


@service
def edit_capability(actor: Actor, *, code: str, sheet: CapabilitySheet) -> Capability:
    """Bring a capability up to date. A change of process, machine, materials or ranges makes it self-declared again.

    Prices and times of None leave the present ones when the actor may not see them.
    """
    capability = _locked(actor, code)
    fields = _checked(capability.company, sheet)
    shown = rules.capability_columns(actor, capability)
    for column, guarded in (("prices", PRICES), ("times", TIMES)):
        if column not in shown:
            fields = {name: value for name, value in fields.items() if name not in guarded or value is not None}
    before = _ranges(capability)
    changed = changes_of(capability, fields, private=PRICES)
    if before != dict(sheet.ranges):
        changed["ranges"] = (before, dict(sheet.ranges))
        _put_ranges(capability, sheet)
    if changed.keys() & {"process", "machine", "materials", "ranges"}:
        fresh = {"provenance": Provenance.DECLARED, "assessor": "", "measured_lots": None, "assessed_on": clock.today()}
        changed |= changes_of(capability, fresh)
    capability.save()
    refresh_search(capability.company)
    if changed:
        audit.record(actor, gettext_noop("changed the capability"), capability, changes=changed)
    return capability


@service
def verify_capability(
    actor: Actor, *, code: str, sheet: ProofSheet, evidence: UploadedFile | bytes | None = None, evidence_name: str = ""
) -> Capability:
    """Enter what a third party found, or what records measured. Nobody proves their own capability.

    Raises:
        Refused: not the coordinator.
        BadInput: no assessor, a day in the future, an expiry before the assessment, or a proven range outside the
            declared one.
    """
    if not rules.may_assess(actor):
        raise Refused(_("Nobody proves their own capability; the coordinator enters what was found."))
    capability = _locked(actor, code)
    _check_proof(capability, sheet)
    fields = {name: value for name, value in asdict(sheet).items() if name != "proven"}
    if evidence is not None:
        fields["evidence"] = store(
            actor.for_party(capability.company.party, channel=actor.channel), uploaded=evidence, name=evidence_name
        )
    changed = changes_of(capability, fields)
    capability.save()
    for row in capability.ranges.all():
        row.proven_low, row.proven_high = sheet.proven.get(row.quantity, (None, None))
        row.save()
    audit.record(actor, gettext_noop("entered the proof of a capability"), capability, changes=changed)
    return capability


@service
def withdraw_capability(actor: Actor, *, code: str) -> Capability:
    """Stop offering something; it is kept and can be offered again."""
    return _set_withdrawn(actor, code, clock.today(), gettext_noop("withdrew the capability"))


@service
def restore_capability(actor: Actor, *, code: str) -> Capability:
    """Offer a withdrawn capability again."""
    return _set_withdrawn(actor, code, None, gettext_noop("offered the capability again"))


def _set_withdrawn(actor: Actor, code: str, day: date | None, verb: str) -> Capability:
    capability = _locked(actor, code)
    changed = changes_of(capability, {"withdrawn_on": day})
    capability.save()
    refresh_search(capability.company)
    audit.record(actor, verb, capability, changes=changed)
    return capability


def _locked(actor: Actor, code: str) -> Capability:
    capability = (
        Capability.objects.select_for_update(of=("self",)).select_related("company__party").find(actor, code=code)
    )
    if not rules.may_edit(actor, capability.company):
        raise Refused(_("Only the company itself and the coordinator may change this."))
    return capability


def _ranges(capability: Capability) -> dict[str, Any]:
    return {row.quantity: (row.low, row.high) for row in capability.ranges.all()}


def _put_ranges(capability: Capability, sheet: CapabilitySheet) -> None:
    capability.ranges.all().delete()
    CapabilityRange.objects.bulk_create(
        CapabilityRange(capability=capability, quantity=quantity, low=low, high=high)
        for quantity, (low, high) in sheet.ranges.items()
    )


def _checked(company: Company, sheet: CapabilitySheet) -> dict[str, Any]:
    """Judge the sheet; returns the fields of the row."""
    faults = Faults()
    process = Process.objects.filter(key=sheet.process).first()
    if process is None:
        faults.add("process", sheet.process, _("a key of the process list"))
    machine = None
    if sheet.machine:
        own = Machine.objects.filter(site__party_id=company.party_id, retired_on__isnull=True)
        machine = own.filter(code=sheet.machine).first()
        if machine is None:
            faults.add("machine", sheet.machine, _("the code of one of the company's machines in use"))
    for material in sheet.materials:
        faults.required("materials", material, 40)
    for name in ("note", "note_en"):
        faults.longest(name, getattr(sheet, name), 200)
    _check_ranges(faults, sheet)
    faults.between("lot_min", sheet.lot_min, 1, 10_000_000)
    faults.between("lot_max", sheet.lot_max, 1, 10_000_000)
    faults.order("lot_max", sheet.lot_min, sheet.lot_max)
    faults.day("valid_until", sheet.valid_until, clock.today(), LAST_DAY)
    faults.between("setup_minutes", sheet.setup_minutes, 0, 100_000)
    faults.between("minutes_per_piece", sheet.minutes_per_piece, 0, 100_000)
    if sheet.minutes_per_piece == 0:
        faults.add("minutes_per_piece", 0, _("more than 0 minutes"))
    faults.between("fixed_yen", sheet.fixed_yen, 0, 10**9)
    faults.between("unit_yen", sheet.unit_yen, 0, 10**9)
    if sheet.good_rate is not None and not 0 < sheet.good_rate <= 1:
        faults.add("good_rate", sheet.good_rate, _("a share above 0 and up to 1"))
    faults.done()
    kept = {name: value for name, value in asdict(sheet).items() if name != "ranges"}
    return kept | {"process": process, "machine": machine, "materials": list(sheet.materials)}


def _check_ranges(faults: Faults, sheet: CapabilitySheet) -> None:
    for quantity, (low, high) in sheet.ranges.items():
        place = f"ranges.{quantity}"
        faults.choice(place, quantity, Quantity.values)
        if low is None and high is None:
            faults.add(place, None, _("at least one bound"))
        for bound in (low, high):
            faults.between(place, bound, 0, 1_000_000)
        faults.order(place, low, high)


def _check_proof(capability: Capability, sheet: ProofSheet) -> None:
    faults = Faults()
    faults.choice("provenance", sheet.provenance, [Provenance.VERIFIED, Provenance.MEASURED])
    faults.required("assessor", sheet.assessor, 80)
    faults.day("assessed_on", sheet.assessed_on, FIRST_DAY, clock.today())
    faults.order("valid_until", sheet.assessed_on, sheet.valid_until)
    faults.between("measured_lots", sheet.measured_lots, 1, 10_000_000)
    declared = _ranges(capability)
    for quantity, (low, high) in sheet.proven.items():
        place = f"proven.{quantity}"
        if quantity not in declared:
            faults.add(place, quantity, _("a quantity of the capability"))
            continue
        least, most = declared[quantity]
        faults.order(place, low, high)
        faults.order(place, least, low)
        faults.order(place, high, most)
    faults.done()


# ----------------------------------------------------------------------------------------------------- certificates


@service
def add_certificate(
    actor: Actor,
    *,
    company_code: str,
    sheet: CertificateSheet,
    file: UploadedFile | bytes | None = None,
    file_name: str = "",
) -> Certificate:
    """Enter a certificate, with the paper where there is one. The coordinator's entry counts as seen.

    Raises:
        BadInput: no name, an unknown kind, an impossible expiry, or a number entered already.
    """
    company = editable(actor, company_code)
    _check_certificate(company, sheet, None)
    certificate = Certificate(company=company, code=next_code(None, "CRT", yearly=False), **asdict(sheet))
    if actor.is_coordinator:
        certificate.checked_on = clock.today()
    if file is not None:
        owner = actor.for_party(company.party, channel=actor.channel) if actor.is_coordinator else actor
        certificate.file = store(owner, uploaded=file, name=file_name)
    certificate.save()
    audit.record(actor, gettext_noop("added the certificate"), certificate, changes={"name": ("", sheet.name)})
    return certificate


@service
def edit_certificate(actor: Actor, *, code: str, sheet: CertificateSheet) -> Certificate:
    """Bring a certificate up to date; a change by the company has to be seen by the coordinator again."""
    certificate = _locked_certificate(actor, code)
    _check_certificate(certificate.company, sheet, certificate)
    changed = changes_of(certificate, asdict(sheet))
    if changed:
        seen = clock.today() if actor.is_coordinator else None
        changed |= changes_of(certificate, {"checked_on": seen})
        certificate.save()
        audit.record(actor, gettext_noop("changed the certificate"), certificate, changes=changed)
    return certificate


@service
def check_certificate(actor: Actor, *, code: str) -> Certificate:
    """The coordinator has seen the paper today.

    Raises:
        Refused: not the coordinator.
    """
    if not rules.may_assess(actor):
        raise Refused(_("The coordinator confirms what it has seen."))
    certificate = _locked_certificate(actor, code)
    changed = changes_of(certificate, {"checked_on": clock.today()})
    certificate.save()
    audit.record(actor, gettext_noop("saw the certificate"), certificate, changes=changed)
    return certificate


@service
def withdraw_certificate(actor: Actor, *, code: str) -> Certificate:
    """Stop showing a certificate; it is kept."""
    certificate = _locked_certificate(actor, code)
    changed = changes_of(certificate, {"withdrawn_on": clock.today()})
    certificate.save()
    audit.record(actor, gettext_noop("withdrew the certificate"), certificate, changes=changed)
    return certificate


@service
def restore_certificate(actor: Actor, *, code: str) -> Certificate:
    """Show a withdrawn certificate again.

    Raises:
        BadInput: its number has been entered anew meanwhile.
    """
    certificate = _locked_certificate(actor, code)
    _refuse_double(Faults(), certificate.company, certificate.kind, certificate.number, certificate)
    changed = changes_of(certificate, {"withdrawn_on": None})
    certificate.save()
    audit.record(actor, gettext_noop("showed the certificate again"), certificate, changes=changed)
    return certificate


def _locked_certificate(actor: Actor, code: str) -> Certificate:
    certificate = (
        Certificate.objects.select_for_update(of=("self",)).select_related("company__party").find(actor, code=code)
    )
    if not rules.may_edit(actor, certificate.company):
        raise Refused(_("Only the company itself and the coordinator may change this."))
    return certificate


def _check_certificate(company: Company, sheet: CertificateSheet, present: Certificate | None) -> None:
    faults = Faults()
    faults.choice("kind", sheet.kind, Certificate.Scheme.values)
    faults.required("name", sheet.name, 100)
    for name, limit in (("name_en", 100), ("number", 60), ("note", 120)):
        faults.longest(name, getattr(sheet, name), limit)
    faults.day("valid_until", sheet.valid_until, FIRST_DAY, LAST_DAY)
    _refuse_double(faults, company, sheet.kind, sheet.number, present)


def _refuse_double(faults: Faults, company: Company, kind: str, number: str, present: Certificate | None) -> None:
    same = company.certificates.filter(kind=kind, number=number, withdrawn_on__isnull=True)
    if number and (same.exclude(pk=present.pk) if present else same).exists():
        faults.add("number", number, _("a number that is not entered yet"))
    faults.done()


# ----------------------------------------------------------------------------------------------------------- people


@service
def add_person(actor: Actor, *, company_code: str, sheet: PersonSheet) -> Person:
    """Enter someone with their skills; the name stays with the company and the coordinator.

    Raises:
        BadInput: no name, or an unknown skill or calendar.
    """
    company = editable(actor, company_code)
    calendar = _check_person(company, sheet)
    person = Person.objects.create(
        company=company, code=next_code(None, "W", yearly=False), name=sheet.name.strip(), calendar=calendar
    )
    _put_skills(person, sheet)
    audit.record(actor, gettext_noop("added a person"), person, changes={"skills": ([], sorted(sheet.skills))})
    return person


@service
def edit_person(actor: Actor, *, code: str, sheet: PersonSheet) -> Person:
    """Bring someone's entry up to date."""
    person = _locked_person(actor, code)
    calendar = _check_person(person.company, sheet)
    before = sorted(person.held.values_list("skill__key", flat=True))
    changed = changes_of(person, {"name": sheet.name.strip(), "calendar": calendar}, private=frozenset({"name"}))
    person.save()
    _put_skills(person, sheet)
    if before != sorted(sheet.skills):
        changed["skills"] = (before, sorted(sheet.skills))
    audit.record(actor, gettext_noop("changed a person's entry"), person, changes=changed)
    return person


@service
def leave_person(actor: Actor, *, code: str) -> Person:
    """Note that someone left; their skills no longer count."""
    return _set_left(actor, code, clock.today(), gettext_noop("noted that a person left"))


@service
def return_person(actor: Actor, *, code: str) -> Person:
    """Take back that someone left."""
    return _set_left(actor, code, None, gettext_noop("noted that a person is back"))


def _set_left(actor: Actor, code: str, day: date | None, verb: str) -> Person:
    person = _locked_person(actor, code)
    changed = changes_of(person, {"left_on": day})
    person.save()
    audit.record(actor, verb, person, changes=changed)
    return person


def _locked_person(actor: Actor, code: str) -> Person:
    person = Person.objects.select_for_update(of=("self",)).select_related("company__party").find(actor, code=code)
    if not rules.may_edit(actor, person.company):
        raise Refused(_("Only the company itself and the coordinator may change this."))
    return person


def _check_person(company: Company, sheet: PersonSheet) -> WorkCalendar | None:
    faults = Faults()
    faults.required("name", sheet.name, 60)
    known = set(Skill.objects.values_list("key", flat=True))
    for key, until in sheet.skills.items():
        if key not in known:
            faults.add("skills", key, _("a key of the skill list"))
        faults.day("skills", until, FIRST_DAY, LAST_DAY)
    calendar = None
    if sheet.calendar:
        calendar = company.calendars.filter(name=sheet.calendar).first()
        if calendar is None:
            faults.add("calendar", sheet.calendar, _("the name of one of the company's calendars"))
    faults.done()
    return calendar


def _put_skills(person: Person, sheet: PersonSheet) -> None:
    skills = {skill.key: skill for skill in Skill.objects.filter(key__in=sheet.skills)}
    person.held.all().delete()
    PersonSkill.objects.bulk_create(
        PersonSkill(person=person, skill=skills[key], valid_until=until) for key, until in sheet.skills.items()
    )
