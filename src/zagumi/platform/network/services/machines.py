"""Machines: register, change, take out of use, book, stop."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import Hidden, NotNow, Refused
from zagumi.platform.core.services import service
from zagumi.platform.network import rules
from zagumi.platform.network.checks import Faults
from zagumi.platform.network.models import (
    Booking,
    Company,
    Disclosure,
    Machine,
    MachineStop,
    Process,
    Site,
    WorkCalendar,
)
from zagumi.platform.network.services.companies import MASKED, changes_of, editable, refresh_search
from zagumi.platform.network.sheets import MachineSheet
from zagumi.platform.network.words import span_words

PRICES = frozenset({"hourly_yen"})


@dataclass(frozen=True)
class Slot:
    """Time of one machine that a plan takes."""

    machine_code: str
    start: datetime
    end: datetime


def locked(actor: Actor, code: str) -> Machine:
    """The machine with this code, locked, if the actor may look after it.

    Raises:
        Hidden: there is none that the actor knows of.
        Refused: it is another's.
    """
    machine = (
        Machine.objects.select_for_update(of=("self",))
        .select_related("site__party__company", "process")
        .find(actor, code=code)
    )
    if not rules.may_edit(actor, machine.company):
        raise Refused(_("Only the company itself and the coordinator may change this."))
    return machine


@service
def add_machine(actor: Actor, *, site_code: str, sheet: MachineSheet, disclosure: str = Disclosure.BAND) -> Machine:
    """Register a machine at a works.

    Args:
        actor: the company or the coordinator.
        site_code: where it stands.
        sheet: what it is and what it takes.
        disclosure: how much of its free time shows, see ``Disclosure``.

    Raises:
        Hidden, Refused: no such works, or another's.
        BadInput: something on the sheet cannot be.
    """
    site = Site.objects.select_related("party__company").find(actor, code=site_code)
    company = getattr(site.party, "company", None)
    if company is None:
        raise Hidden(_("Machines stand at the works of a company."))
    editable(actor, company.code)
    fields = _checked(company, sheet)
    faults = Faults()
    faults.choice("disclosure", disclosure, Disclosure.values)
    faults.done()
    machine = Machine(site=site, code=next_code(None, "M", yearly=False), capacity_disclosure=disclosure, **fields)
    machine.save()
    refresh_search(company)
    audit.record(actor, gettext_noop("added the machine"), machine, changes={"name": ("", machine.name)})
    return machine


@service
def edit_machine(actor: Actor, *, code: str, sheet: MachineSheet) -> Machine:
    """Bring a machine's facts up to date; see ``add_machine`` for what is refused.

    An hourly rate of None leaves the present one when the actor may not see it.
    """
    machine = locked(actor, code)
    fields = _checked(machine.company, sheet)
    if sheet.hourly_yen is None and "prices" not in rules.machine_columns(actor, machine):
        fields.pop("hourly_yen")
    changed = changes_of(machine, fields, private=PRICES)
    machine.save()
    refresh_search(machine.company)
    if changed:
        audit.record(actor, gettext_noop("changed the machine"), machine, changes=changed)
    return machine


@service
def retire_machine(actor: Actor, *, code: str) -> Machine:
    """Take a machine out of use; it is kept, hidden from others, and can be brought back.

    Raises:
        NotNow: a joint plan counts on it.
    """
    machine = locked(actor, code)
    planned = machine.bookings.filter(kind=Booking.Kind.PLAN, end__gt=clock.now()).order_by("start").first()
    if planned is not None:
        raise NotNow(
            _("The plan %(plan)s counts on this machine.") % {"plan": planned.source_code},
            next_step=_("Report a stop, so that the coordinator plans anew; then take it out of use."),
        )
    changed = changes_of(machine, {"retired_on": clock.today()})
    machine.save()
    refresh_search(machine.company)
    audit.record(actor, gettext_noop("took the machine out of use"), machine, changes=changed)
    return machine


@service
def restore_machine(actor: Actor, *, code: str) -> Machine:
    """Bring a machine back that was taken out of use."""
    machine = locked(actor, code)
    changed = changes_of(machine, {"retired_on": None})
    machine.save()
    refresh_search(machine.company)
    audit.record(actor, gettext_noop("brought the machine back"), machine, changes=changed)
    return machine


@service
def set_disclosure(actor: Actor, *, code: str, disclosure: str) -> Machine:
    """Decide how much of a machine's free time shows. This is the owner's word alone.

    Raises:
        Refused: not the owner, nor entered on its behalf.
        BadInput: an unknown level.
    """
    machine = locked(actor, code)
    owner = machine.site.party_id
    if not (rules.owns(actor, owner) or actor.on_behalf_of == owner):
        raise Refused(_("How much shows is for the owner to say; enter it on the owner's behalf."))
    faults = Faults()
    faults.choice("disclosure", disclosure, Disclosure.values)
    faults.done()
    changed = changes_of(machine, {"capacity_disclosure": disclosure})
    machine.save(update_fields=["capacity_disclosure"])
    if changed:
        audit.record(actor, gettext_noop("changed how much free time shows"), machine, changes=changed)
    return machine


def _checked(company: Company, sheet: MachineSheet) -> dict[str, Any]:
    """Judge the sheet; returns the fields of the row."""
    faults = Faults()
    faults.required("name", sheet.name, 80)
    for name in ("name_en", "maker", "model"):
        faults.longest(name, getattr(sheet, name), 80 if name == "name_en" else 60)
    for name in ("envelope_x_mm", "envelope_y_mm", "envelope_z_mm", "diameter_mm", "length_mm"):
        faults.between(name, getattr(sheet, name), 1, 100_000)
    faults.between("max_mass_kg", sheet.max_mass_kg, 1, 1_000_000)
    faults.between("max_temperature_c", sheet.max_temperature_c, 1, 4000)
    faults.between("axes", sheet.axes, 1, 12)
    faults.between("it_grade", sheet.it_grade, 1, 18)
    faults.between("roughness_ra", sheet.roughness_ra, 0, 100)
    faults.between("hourly_yen", sheet.hourly_yen, 0, 10_000_000)
    faults.between("installed_year", sheet.installed_year, 1900, clock.today().year + 1)
    process = Process.objects.filter(key=sheet.process).first()
    if process is None:
        faults.add("process", sheet.process, _("a key of the process list"))
    calendar = None
    if sheet.calendar:
        calendar = WorkCalendar.objects.filter(company=company, name=sheet.calendar).first()
        if calendar is None:
            faults.add("calendar", sheet.calendar, _("the name of one of the company's calendars"))
    faults.done()
    return asdict(sheet) | {"process": process, "calendar": calendar}


# --------------------------------------------------------------------------------------------------------- bookings


@service
def book_machine(actor: Actor, *, code: str, start: datetime, end: datetime, note: str = "") -> Booking:
    """Note that a machine is taken by the owner's own work. The log does not say when: the coordinator reads it.

    Raises:
        BadInput: the beginning is not before the end, or the time is taken already.
    """
    machine = locked(actor, code)
    faults = Faults()
    faults.span("end", start, end)
    faults.longest("note", note, 120)
    faults.done()
    other = machine.bookings.filter(start__lt=end, end__gt=start).order_by("start").first()
    if other is not None:
        faults.add(
            "start",
            span_words(start, end),
            _("time that is not taken; %(span)s is") % {"span": span_words(*_ends(other))},
        )
    faults.done()
    booking = Booking.objects.create(machine=machine, start=start, end=end, note=note)
    audit.record(actor, gettext_noop("booked the machine"), machine, changes={"booking": ("", MASKED)})
    return booking


@service
def cancel_booking(actor: Actor, *, code: str, start: datetime) -> None:
    """Free the time of an own booking of machine ``code`` that begins at ``start``.

    Raises:
        Hidden: no such booking of one's own.
    """
    machine = locked(actor, code)
    booking = machine.bookings.filter(kind=Booking.Kind.OWN, start=start).first()
    if booking is None:
        raise Hidden()
    booking.delete()
    audit.record(actor, gettext_noop("freed the machine"), machine, changes={"booking": (MASKED, "")})


@service
def hold_for_plan(actor: Actor, *, source_code: str, slots: Collection[Slot]) -> None:
    """Book what an adopted plan takes, in place of what this plan held before.

    Time that an exact owner has meanwhile booked for its own work cannot be taken. An owner that shows only a band
    moves its own work within the week, so its bookings do not stand in the way.

    Raises:
        Refused: not the coordinator.
        NotNow: the time of a machine is taken; plan anew.
        BadInput: an unknown machine, or an empty span.
    """
    if not actor.is_coordinator:
        raise Refused(_("Only the coordinator books for a plan."))
    release_plan(actor, source_code=source_code)
    codes = sorted({slot.machine_code for slot in slots})
    visible = Machine.objects.visible_to(actor).filter(code__in=codes)
    machines = {machine.code: machine for machine in visible.select_for_update(of=("self",)).order_by("code")}
    faults = Faults()
    for slot in slots:
        if slot.machine_code not in machines:
            faults.add("machine_code", slot.machine_code, _("a machine of the network"))
        faults.span("end", slot.start, slot.end)
    faults.done()
    held: list[Booking] = []
    for slot in sorted(slots, key=lambda slot: (slot.machine_code, slot.start)):
        machine = machines[slot.machine_code]
        _refuse_taken(machine, slot, held)
        held.append(
            Booking(
                machine=machine,
                start=slot.start,
                end=slot.end,
                kind=Booking.Kind.PLAN,
                source_code=source_code,
                network_id=actor.network_id,
            )
        )
    Booking.objects.bulk_create(held)
    for code in codes:
        mine = [booking for booking in held if booking.machine.code == code]
        spans = ", ".join(span_words(booking.start, booking.end) for booking in mine)
        audit.record(
            actor, gettext_noop("booked the machine for a plan"), machines[code], changes={source_code: ("", spans)}
        )


def _refuse_taken(machine: Machine, slot: Slot, held: list[Booking]) -> None:
    inside = Q(start__lt=slot.end, end__gt=slot.start)
    standing = Q(kind=Booking.Kind.PLAN)
    if machine.capacity_disclosure == Disclosure.EXACT:
        standing |= Q(kind=Booking.Kind.OWN)
    taken = machine.bookings.filter(inside & standing).exists() or any(
        booking.machine == machine and booking.start < slot.end and booking.end > slot.start for booking in held
    )
    if taken:
        message = _("%(machine)s is no longer free from %(span)s.")
        raise NotNow(
            message % {"machine": machine.name, "span": span_words(slot.start, slot.end)},
            next_step=_("Run the plan again with the present bookings."),
        )


@service
def release_plan(actor: Actor, *, source_code: str) -> int:
    """Give back the time that a plan held; returns how many bookings that were.

    Raises:
        Refused: not the coordinator.
    """
    if not actor.is_coordinator:
        raise Refused(_("Only the coordinator releases a plan's bookings."))
    held = Booking.objects.filter(network_id=actor.network_id, source_code=source_code, kind=Booking.Kind.PLAN)
    spans: dict[int, list[str]] = {}
    for booking in held.order_by("start"):
        spans.setdefault(booking.machine_id, []).append(span_words(*_ends(booking)))
    for machine in Machine.objects.filter(pk__in=spans).order_by("code"):
        freed = ", ".join(spans[machine.pk])
        audit.record(actor, gettext_noop("freed the machine of a plan"), machine, changes={source_code: (freed, "")})
    return held.delete()[0]


# ------------------------------------------------------------------------------------------------------------ stops


@service
def report_stop(
    actor: Actor, *, code: str, reason: str, start: datetime | None = None, end: datetime | None = None
) -> MachineStop:
    """Report that a machine stands still, from ``start`` (now) until ``end`` (unknown).

    Raises:
        NotNow: it is reported as standing still already, without an end.
        BadInput: no reason, or an end before the beginning.
    """
    machine = locked(actor, code)
    begin = start or clock.now()
    faults = Faults()
    faults.required("reason", reason, 120)
    faults.span("end", begin, end)
    faults.done()
    if end is None and machine.stops.filter(end__isnull=True).exists():
        raise NotNow(_("This machine is reported as stopped already."), next_step=_("Report the end of that stop."))
    stop = MachineStop.objects.create(machine=machine, start=begin, end=end, reason=reason.strip())
    until = span_words(begin, end)
    audit.record(actor, gettext_noop("reported a stop"), machine, changes={"stop": ("", until), "reason": ("", reason)})
    return stop


@service
def end_stop(actor: Actor, *, code: str, at: datetime | None = None) -> MachineStop | None:
    """Report that a machine runs again since ``at`` (now). A stop that has not begun yet is taken back; then None.

    Raises:
        NotNow: no stop is reported.
        BadInput: an end before the beginning.
    """
    machine = locked(actor, code)
    now = clock.now()
    stop = machine.stops.filter(Q(end__isnull=True) | Q(end__gt=now)).order_by("start").first()
    if stop is None:
        raise NotNow(_("No stop of this machine is reported."))
    if at is None and stop.start >= now:
        span = span_words(stop.start, stop.end)
        stop.delete()
        audit.record(actor, gettext_noop("took back a stop"), machine, changes={"stop": (span, "")})
        return None
    finish = at or now
    faults = Faults()
    faults.span("at", stop.start, finish)
    faults.done()
    stop.end = finish
    stop.save(update_fields=["end"])
    audit.record(actor, gettext_noop("reported the end of a stop"), machine, changes={"end": ("", finish)})
    return stop


def _ends(booking: Booking) -> tuple[datetime, datetime]:
    return booking.start, booking.end
