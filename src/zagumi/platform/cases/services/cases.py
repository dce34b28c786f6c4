"""The register: take in, correct, move on, lose, answer."""

from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.platform.cases import rules
from zagumi.platform.cases.models import (
    BEFORE_PRODUCTION,
    Case,
    Channel,
    ContractForm,
    Operation,
    Stage,
)
from zagumi.platform.cases.sheets import BuyerSheet, CaseSheet
from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import NotNow, Refused
from zagumi.platform.core.models import Network, Party
from zagumi.platform.core.services import add_party, service
from zagumi.platform.core.states import Flow
from zagumi.platform.network.checks import Faults
from zagumi.platform.network.models import Company, Site
from zagumi.platform.network.services.companies import changes_of
from zagumi.platform.network.words import folded

PRIVATE = frozenset({"price_yen"})


def _steps() -> dict[tuple[str, str], str]:
    """Freely to and fro before production; one step on or back afterwards; lost cases may come back."""
    after = (Stage.PRODUCTION, Stage.DELIVERY, Stage.SETTLEMENT, Stage.REVIEW, Stage.DONE)
    steps: dict[tuple[str, str], str] = {
        (one, other): other for one in BEFORE_PRODUCTION for other in BEFORE_PRODUCTION if one != other
    }
    steps |= {(stage, Stage.LOST): Stage.LOST for stage in BEFORE_PRODUCTION}
    steps[Stage.PLANNING, Stage.PRODUCTION] = Stage.PRODUCTION
    steps[Stage.PRODUCTION, Stage.PLANNING] = Stage.PLANNING
    for one, other in pairwise(after):
        steps[one, other] = other
        steps[other, one] = one
    steps[Stage.LOST, Stage.INQUIRY] = Stage.INQUIRY
    return steps


FLOW = Flow("case", _steps(), verbs={stage: stage.label for stage in Stage})
"""The verbs are the stages one may go to."""


def locked_case(actor: Actor, code: str) -> Case:
    """The case with this code, locked, with buyer, lead and place of delivery.

    Raises:
        Hidden: there is none that the actor knows of.
    """
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("buyer", "lead__party", "deliver_to", "network")
        .find(actor, code=code)
    )


def editable_case(actor: Actor, code: str) -> Case:
    """As ``locked_case``, refusing everybody but the coordinator."""
    case = locked_case(actor, code)
    if not rules.may_edit(actor, case):
        raise Refused(_("Only the coordinator changes a case. Please tell the office."))
    return case


@service
def register_buyer(actor: Actor, *, sheet: BuyerSheet) -> Party:
    """Take an organisation that asks for the first time into the network.

    Raises:
        Refused: not the coordinator.
        BadInput: no name, or a buyer of this name is there already.
    """
    if not actor.is_coordinator:
        raise Refused(_("Only the coordinator registers a new buyer."))
    faults = Faults()
    faults.required("buyer_name", sheet.name, 120)
    for name, limit in (("phone", 24), ("fax", 24), ("address", 200)):
        faults.longest(name, getattr(sheet, name), limit)
    known = Party.objects.visible_to(actor).filter(kind=Party.Kind.BUYER)
    if any(folded(party.name) == folded(sheet.name) for party in known):
        faults.add("buyer_name", sheet.name, _("a name that no buyer has yet; choose the buyer from the list"))
    faults.done()
    return add_party(
        actor,
        kind=Party.Kind.BUYER,
        name=sheet.name.strip(),
        phone=sheet.phone,
        fax=sheet.fax,
        email=sheet.email,
        address=sheet.address,
    )


@service
def register_case(actor: Actor, *, sheet: CaseSheet) -> Case:
    """Write an inquiry into the register, whichever door it came through.

    A buyer may write its own; the fields that are the office's (price, lead, losses) are then left aside.

    Raises:
        Refused: neither coordinator nor buyer.
        BadInput: naming every field that cannot be.
    """
    if not rules.may_register(actor):
        raise Refused(_("Inquiries are registered by the coordinator and by buyers."))
    fields = _checked(actor, sheet)
    network = Network.objects.get(pk=actor.network_id)
    case = Case(network=network, code=next_code(network, "C"), **fields)
    case.reached = {Stage.INQUIRY: case.received_on.isoformat()}
    case.save()
    refresh_search(case)
    audit.record(
        actor,
        gettext_noop("registered the inquiry"),
        case,
        case_code=case.code,
        changes={"title": ("", case.title), "channel": ("", case.channel), "due": ("", case.due)},
    )
    return case


@service
def edit_case(actor: Actor, *, code: str, sheet: CaseSheet) -> Case:
    """Correct what the register says of a case.

    Raises:
        Hidden, Refused: unknown, or not the coordinator.
        BadInput: naming every field that cannot be.
    """
    case = editable_case(actor, code)
    changed = changes_of(case, _checked(actor, sheet), private=PRIVATE)
    if changed:
        case.save()
        refresh_search(case)
        audit.record(actor, gettext_noop("changed the case"), case, case_code=case.code, changes=changed)
    return case


def _checked(actor: Actor, sheet: CaseSheet) -> dict[str, Any]:
    """The fields of a case as the sheet says; raises BadInput with every fault."""
    faults = Faults()
    faults.required("title", sheet.title, 200)
    faults.longest("buyer_reference", sheet.buyer_reference, 60)
    faults.longest("note", sheet.note, 2000)
    faults.choice("channel", sheet.channel, Channel.values)
    faults.choice("contract_form", sheet.contract_form, ContractForm.values)
    faults.between("late_yen_per_minute", sheet.late_yen_per_minute, 0, 1_000_000)
    faults.between("price_yen", sheet.price_yen, 0, 10**11)
    buyer = _buyer(actor, sheet, faults)
    received = sheet.received_on or clock.today()
    release = sheet.release or midnight(received)
    if sheet.due <= release:
        faults.add("due", _said(sheet.due), _("a moment after work may begin (%(begin)s)") % {"begin": _said(release)})
    if sheet.answer_due is not None and sheet.answer_due < received:
        faults.add("answer_due", sheet.answer_due, _("not before %(day)s") % {"day": received})
    fields: dict[str, Any] = {
        "title": sheet.title.strip(),
        "buyer": buyer,
        "buyer_reference": sheet.buyer_reference.strip(),
        "channel": sheet.channel,
        "received_on": received,
        "answer_due": sheet.answer_due,
        "release": release,
        "due": sheet.due,
        "note": sheet.note.strip(),
        "deliver_to": _site(actor, sheet, buyer, faults),
    }
    if actor.is_coordinator:
        fields |= {
            "lead": _lead(actor, sheet, faults),
            "contract_form": sheet.contract_form,
            "late_yen_per_minute": sheet.late_yen_per_minute,
            "price_yen": sheet.price_yen,
        }
    faults.done()
    return fields


def _buyer(actor: Actor, sheet: CaseSheet, faults: Faults) -> Party | None:
    code = actor.party_code if actor.is_buyer else sheet.buyer
    buyer = Party.objects.visible_to(actor).filter(code=code, kind=Party.Kind.BUYER).first()
    if buyer is None:
        faults.add("buyer", code, _("a buyer of this network"))
    return buyer


def _site(actor: Actor, sheet: CaseSheet, buyer: Party | None, faults: Faults) -> Site | None:
    if not sheet.deliver_to:
        return None
    site = Site.objects.visible_to(actor).filter(code=sheet.deliver_to).first()
    if site is None or (buyer is not None and site.party_id != buyer.pk and not site.is_hub):
        faults.add("deliver_to", sheet.deliver_to, _("a site of the buyer, or the hub"))
        return None
    return site


def _lead(actor: Actor, sheet: CaseSheet, faults: Faults) -> Company | None:
    if not sheet.lead:
        return None
    lead = Company.objects.visible_to(actor).filter(party__code=sheet.lead).first()
    if lead is None or not lead.may_lead:
        faults.add("lead", sheet.lead, _("a company that may lead"))
        return None
    return lead


def midnight(day: date) -> datetime:
    """The beginning of a day where the office is."""
    return timezone.make_aware(datetime.combine(day, time()))


def _said(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


# ------------------------------------------------------------------------------------------------------------ stages


@service
def advance(actor: Actor, *, code: str, stage: str) -> Case:
    """Bring a case to another stage.

    Raises:
        Hidden, Refused: unknown, or not the coordinator.
        NotNow: there is no way from the present stage, or something is missing; the answer says what.
        BadInput: no such stage.
    """
    case = editable_case(actor, code)
    faults = Faults()
    faults.choice("stage", stage, [known for known in Stage.values if known != Stage.LOST])
    faults.done()
    old, new = FLOW.move(case, "stage", stage)
    if stage == Stage.PRODUCTION:
        _refuse_unready(case)
    case.reached = {**case.reached, new: clock.today().isoformat()}
    if old == Stage.LOST:
        case.lost_reason = ""
    case.save(update_fields=["stage", "reached", "lost_reason"])
    audit.record(actor, gettext_noop("moved the case"), case, case_code=case.code, changes={"stage": (old, new)})
    return case


def _refuse_unready(case: Case) -> None:
    """Production needs steps, and for each of them somebody who can do it."""
    steps = Operation.objects.filter(case=case, removed_at__isnull=True)
    if not steps.exists():
        raise NotNow(
            _("There is no step yet that could be produced."),
            next_step=_("Write down the steps, or import the workbook."),
            url=reverse("cases:case-steps", args=[case.code]),
        )
    able = Operation.objects.filter(
        options__removed_at__isnull=True, options__answer__in=("accepted", "waiting"), case=case
    ).values("pk")
    missing = list(steps.exclude(pk__in=able))
    if missing:
        named = ", ".join(f"{step.number} {step.name}" for step in missing[:5])
        raise NotNow(
            _("Nobody can do these steps yet: %(steps)s.") % {"steps": named},
            next_step=_("Ask more companies, or change the steps."),
            url=reverse("cases:operation", args=[case.code, missing[0].number]),
        )


@service
def lose_case(actor: Actor, *, code: str, reason: str) -> Case:
    """Close a case that does not come about, saying why.

    Raises:
        Hidden, Refused: unknown, or not the coordinator.
        NotNow: production has begun.
        BadInput: no reason.
    """
    case = editable_case(actor, code)
    faults = Faults()
    faults.required("reason", reason, 300)
    faults.done()
    old, new = FLOW.move(case, "stage", Stage.LOST)
    case.lost_reason = reason.strip()
    case.reached = {**case.reached, new: clock.today().isoformat()}
    case.save(update_fields=["stage", "lost_reason", "reached"])
    audit.record(
        actor,
        gettext_noop("closed the case as lost"),
        case,
        case_code=case.code,
        changes={"stage": (old, new), "reason": ("", case.lost_reason)},
    )
    return case


@service
def reopen_case(actor: Actor, *, code: str) -> Case:
    """Take a lost case up again; see ``advance`` for what is refused."""
    return advance(actor, code=code, stage=Stage.INQUIRY)


@service
def record_answer(actor: Actor, *, code: str, on: date | None = None) -> Case:
    """Note that the buyer has been answered, today or on a given day.

    Raises:
        Hidden, Refused: unknown, or not the coordinator.
        BadInput: a day before the inquiry or in the future.
    """
    case = editable_case(actor, code)
    day = on or clock.today()
    faults = Faults()
    faults.day("on", day, case.received_on, clock.today())
    faults.done()
    old, case.answered_on = case.answered_on, day
    case.save(update_fields=["answered_on"])
    audit.record(
        actor, gettext_noop("answered the buyer"), case, case_code=case.code, changes={"answered_on": (old, day)}
    )
    return case


@service
def expect_end(actor: Actor, *, code: str, end: datetime | None) -> Case:
    """Write down when the plan in force will have delivered; None when no plan is in force.

    For the rooms above, which know the plan; the list and the board show the forecast.
    """
    case = editable_case(actor, code)
    old, case.expected_end = case.expected_end, end
    if old != end:
        case.save(update_fields=["expected_end"])
        audit.record(
            actor, gettext_noop("changed the forecast"), case, case_code=case.code, changes={"expected_end": (old, end)}
        )
    return case


# ------------------------------------------------------------------------------------------------------------ search


def refresh_search(case: Case) -> None:
    """Rewrite what a case is found by: its own words and its buyer's, never those of companies that could do it.

    Companies search the title alone: a hit on another's part or on the buyer's name would tell them of it.
    """
    words = [case.code, case.title, case.buyer_reference, case.buyer.name, case.buyer.name_en, case.buyer.short_name]
    for part in case.parts.filter(removed_at__isnull=True):
        words += [part.name, part.drawing_no, part.material]
    case.search_text = folded(" ".join(dict.fromkeys(word for word in words if word)))
    case.search_title = folded(f"{case.code} {case.title}")
    case.save(update_fields=["search_text", "search_title"])
