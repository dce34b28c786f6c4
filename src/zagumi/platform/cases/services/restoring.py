"""Taking back what was taken away."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.platform.cases.models import Case, CaseFile, Operation, Option, Part
from zagumi.platform.cases.services.cases import editable_case, refresh_search
from zagumi.platform.cases.services.routing import designable_case, routing_faults
from zagumi.platform.core import audit
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden, NotNow
from zagumi.platform.core.services import service

Removable = Part | Operation | Option | CaseFile


@service
def restore(actor: Actor, *, code: str, kind: str, key: int) -> Removable:
    """Bring back a removed part, step, option or file of case ``code``.

    Args:
        actor: the coordinator.
        code: the case.
        kind: "part", "step", "option" or "file".
        key: which one.

    Raises:
        Hidden: nothing of that kind and key was removed.
        Refused: not the coordinator.
        NotNow: its letter, number or machine has been given to another meanwhile; it would close a cycle; the step
            or part it belongs to is removed itself; or production has begun.
    """
    case = editable_case(actor, code) if kind == "file" else designable_case(actor, code)
    row = _removed(case, kind, key)
    _refuse_clash(case, row)
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    if isinstance(row, Operation):
        _refuse_broken_links(case)
    refresh_search(case)
    subject: models.Model = row.operation if isinstance(row, Option) else row
    audit.record(actor, gettext_noop("brought back what was removed"), subject, case_code=code)
    return row


def _removed(case: Case, kind: str, key: int) -> Removable:
    row: Removable | None
    match kind:
        case "part":
            row = Part.objects.filter(case=case, pk=key, removed_at__isnull=False).first()
        case "step":
            row = Operation.objects.filter(case=case, pk=key, removed_at__isnull=False).first()
        case "option":
            row = Option.objects.filter(operation__case=case, pk=key, removed_at__isnull=False).first()
        case "file":
            row = CaseFile.objects.filter(case=case, pk=key, removed_at__isnull=False).first()
        case _:
            row = None
    if row is None:
        raise Hidden()
    return row


def _refuse_clash(case: Case, row: Removable) -> None:
    kept = {"removed_at__isnull": True}
    if isinstance(row, Part) and case.parts.filter(letter=row.letter, **kept).exists():
        raise NotNow(
            _("The letter %(letter)s belongs to another part now.") % {"letter": row.letter},
            next_step=_("Give the other part another letter first."),
        )
    if isinstance(row, Operation):
        if case.operations.filter(number=row.number, **kept).exists():
            raise NotNow(
                _("The number %(number)s belongs to another step now.") % {"number": row.number},
                next_step=_("Give the other step another number first."),
            )
        if row.part is not None and row.part.removed_at is not None:
            raise NotNow(_("The part of this step is removed."), next_step=_("Bring back the part first."))
    if isinstance(row, Option):
        if row.operation.removed_at is not None:
            raise NotNow(_("The step is removed."), next_step=_("Bring back the step first."))
        if row.operation.options.filter(machine=row.machine, **kept).exists():
            raise NotNow(_("This machine is listed for the step again."))


def _refuse_broken_links(case: Case) -> None:
    """Links that were fine when the step went may not be fine any more."""
    faults = routing_faults(case)
    if faults:
        raise NotNow(
            _("The step no longer fits: %(fault)s") % {"fault": faults[0].message},
            next_step=_("Change the other steps first."),
        )
