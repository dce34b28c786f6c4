"""Who could do a step: offer, correct, answer, take away; and the coordinator's look at costs."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.platform.cases import rules
from zagumi.platform.cases.models import BEFORE_PRODUCTION, Case, Operation, Option
from zagumi.platform.cases.services.cases import editable_case, locked_case
from zagumi.platform.cases.services.routing import designable_case, find_operation
from zagumi.platform.cases.sheets import OptionSheet
from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden, NotNow, Refused
from zagumi.platform.core.services import service
from zagumi.platform.network.checks import Faults
from zagumi.platform.network.models import Capability, Machine
from zagumi.platform.network.services.companies import SHORTEST_PURPOSE, changes_of

PRIVATE = frozenset({"fixed_yen", "unit_yen"})


@service
def offer_option(actor: Actor, *, code: str, number: int, sheet: OptionSheet) -> Option:
    """Note that a machine can do step ``number`` of case ``code``, and what it takes there.

    Raises:
        Hidden, Refused, NotNow: see ``designable_case``.
        BadInput: naming every field that cannot be; a machine stands once for each step.
    """
    case = designable_case(actor, code)
    operation = find_operation(case, number)
    option = Option(operation=operation, **_checked(actor, operation, sheet, None))
    option.save()
    _record(actor, gettext_noop("listed who can do the step"), option, case, {"machine": ("", option.machine.code)})
    return option


@service
def offer_from_capability(actor: Actor, *, code: str, number: int, machine: str) -> Option:
    """Ask a company for a step with the times and costs of its own capability entry, without anybody reading them.

    Raises:
        Hidden, Refused, NotNow: see ``designable_case``.
        NotNow: the entry says no times or costs.
        BadInput: see ``offer_option``.
    """
    case = designable_case(actor, code)
    operation = find_operation(case, number)
    entry = (
        Capability.objects.visible_to(actor)
        .filter(machine__code=machine, process_id__in=process_keys(operation), withdrawn_on__isnull=True)
        .first()
    )
    if entry is None:
        raise Hidden(_("This machine has no entry for the process of the step."))
    if entry.setup_minutes is None or entry.minutes_per_piece is None or entry.unit_yen is None:
        raise NotNow(
            _("The entry of this machine says no times or costs."),
            next_step=_("Ask the company, and enter what it says."),
        )
    sheet = OptionSheet(
        machine=machine,
        setup_minutes=entry.setup_minutes,
        minutes_per_piece=entry.minutes_per_piece,
        fixed_yen=entry.fixed_yen or 0,
        unit_yen=entry.unit_yen,
        good_rate=entry.good_rate or OptionSheet.good_rate,
        source=Option.Source.CAPABILITY,
        answer=Option.Answer.WAITING,
    )
    return offer_option(actor, code=code, number=number, sheet=sheet)


def process_keys(operation: Operation) -> list[int]:
    """Keys of the processes that count as the step's: its own, and those that are cases of it."""
    return [operation.process_id, *operation.process.cases.values_list("pk", flat=True)]


@service
def edit_option(actor: Actor, *, code: str, number: int, sheet: OptionSheet) -> Option:
    """Correct what a step takes on a machine (the machine stays); see ``offer_option`` for what is refused."""
    case = designable_case(actor, code)
    option = find_option(case, number, sheet.machine)
    changed = changes_of(option, _checked(actor, option.operation, sheet, option), private=PRIVATE)
    if changed:
        option.save()
        _record(actor, gettext_noop("changed what the step takes"), option, case, changed)
    return option


@service
def remove_option(actor: Actor, *, code: str, number: int, machine: str) -> Option:
    """Take an option away; ``restore`` brings it back."""
    case = designable_case(actor, code)
    option = find_option(case, number, machine)
    option.removed_at = clock.now()
    option.save(update_fields=["removed_at"])
    _record(actor, gettext_noop("removed who can do the step"), option, case, {"machine": (machine, "")})
    return option


@service
def answer_option(
    actor: Actor, *, code: str, number: int, machine: str, sheet: OptionSheet | None = None, reason: str = ""
) -> Option:
    """A company says yes with its own times and costs (``sheet``), or no with a reason.

    Raises:
        Hidden: the step is not one it was asked for.
        Refused: another's machine.
        NotNow: production has begun.
        BadInput: neither times nor a reason, or figures that cannot be.
    """
    case = locked_case(actor, code)
    option = find_option(case, number, machine)
    if not rules.may_answer(actor, option):
        raise Hidden()
    if case.stage not in BEFORE_PRODUCTION:
        raise NotNow(_("Production has begun."), next_step=_("Please telephone the office."))
    faults = Faults()
    if sheet is None:
        faults.required("reason", reason, 300)
        faults.done()
        fields: dict[str, Any] = {"answer": Option.Answer.DECLINED, "declined_reason": reason.strip()}
    else:
        fields = _checked(actor, option.operation, sheet, option)
        fields |= {"answer": Option.Answer.ACCEPTED, "source": Option.Source.QUOTE, "declined_reason": ""}
    changed = changes_of(option, fields, private=PRIVATE)
    option.save()
    verb = gettext_noop("declined the step") if sheet is None else gettext_noop("quoted for the step")
    _record(actor, verb, option, case, changed)
    return option


def find_option(case: Case, number: int, machine: str) -> Option:
    """The option that counts, by step and machine; raises Hidden."""
    found = (
        Option.objects.filter(
            operation__case=case,
            operation__number=number,
            operation__removed_at__isnull=True,
            removed_at__isnull=True,
            machine__code=machine,
        )
        .select_related("operation__process", "machine__site__party")
        .first()
    )
    if found is None:
        raise Hidden()
    return found


def _record(actor: Actor, verb: str, option: Option, case: Case, changes: dict[str, Any]) -> None:
    audit.record(actor, verb, option.operation, case_code=case.code, changes=changes)


def _checked(actor: Actor, operation: Operation, sheet: OptionSheet, option: Option | None) -> dict[str, Any]:
    faults = Faults()
    machine = Machine.objects.visible_to(actor).select_related("site").filter(code=sheet.machine).first()
    if machine is None or machine.retired_on is not None:
        faults.add("machine", sheet.machine, _("a machine of the network that is in use"))
    elif option is None and operation.options.filter(machine=machine, removed_at__isnull=True).exists():
        faults.add("machine", sheet.machine, _("a machine that is not listed for this step yet"))
    faults.between("setup_minutes", sheet.setup_minutes, 0, 100_000)
    faults.between("minutes_per_piece", sheet.minutes_per_piece, 0, 100_000)
    faults.between("fixed_yen", sheet.fixed_yen, 0, 10**9)
    faults.between("unit_yen", sheet.unit_yen, 0, 10**8)
    if not 0 < sheet.good_rate <= 1:
        faults.add("good_rate", sheet.good_rate, _("a share above 0 and at most 1"))
    faults.longest("note", sheet.note, 300)
    faults.choice("source", sheet.source, Option.Source.values)
    faults.choice("answer", sheet.answer, [Option.Answer.WAITING, Option.Answer.ACCEPTED])
    faults.done()
    return {
        "machine": machine,
        "setup_minutes": sheet.setup_minutes,
        "minutes_per_piece": sheet.minutes_per_piece,
        "fixed_yen": sheet.fixed_yen,
        "unit_yen": sheet.unit_yen,
        "good_rate": sheet.good_rate,
        "source": sheet.source,
        "answer": sheet.answer,
        "note": sheet.note.strip(),
    }


# ------------------------------------------------------------------------------------------------------------ costs


def stated_purpose(purpose: str) -> str:
    """The purpose, trimmed; raises BadInput when it says nothing."""
    faults = Faults()
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        faults.add("purpose", purpose, _("what the costs are needed for, e.g. comparing quotes of a step"))
    faults.longest("purpose", purpose, 200)
    faults.done()
    return purpose.strip()


@service
def open_costs(actor: Actor, *, code: str, purpose: str) -> Actor:
    """The coordinator looks at the companies' costs of one case and says why; the look is logged.

    Returns:
        the same actor with its purpose, for whom the cost columns are open.

    Raises:
        Hidden: unknown.
        Refused: not the coordinator.
        BadInput: no purpose.
    """
    case = editable_case(actor, code)
    if not actor.is_coordinator:
        raise Refused(_("Costs are shown to the company itself and, with a reason, to the coordinator."))
    opened = actor.because(stated_purpose(purpose))
    audit.record(opened, gettext_noop("looked at the costs of"), case, case_code=code)
    return opened
