"""What happened to a company's entry, and its prices for those to whom they are open."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from zagumi.platform.core import audit
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.audit import HistoryLine
from zagumi.platform.core.errors import Refused
from zagumi.platform.core.models import AuditEntry, Party
from zagumi.platform.network import rules
from zagumi.platform.network.models import Capability, Company, Machine
from zagumi.platform.network.queries.load import machine_name


def company_history(actor: Actor, code: str, *, limit: int = 200) -> list[HistoryLine]:
    """Everything noted about a company, its machines, capabilities, papers, people and places; newest first.

    Raises:
        Hidden: there is no such company for the reader.
        Refused: another member's.
    """
    company = Company.objects.select_related("party").find(actor, party__code=code)
    if not rules.may_edit(actor, company):
        raise Refused(_("The record is shown to the company itself and the coordinator."))
    related = (
        company.capabilities.all(),
        company.certificates.all(),
        company.people.all(),
        company.party.sites.all(),
        Machine.objects.filter(site__party_id=company.party_id),
    )
    about = Q(subject_model__in=[Company._meta.label, Party._meta.label], subject_code=company.code)
    for rows in related:
        codes = list(rows.values_list("code", flat=True))
        about |= Q(subject_model=rows.model._meta.label, subject_code__in=codes)
    # Whoever did it: what was done to one's own entry, and who looked at one's prices, is for its owner to know.
    entries = AuditEntry.objects.filter(about, network_id=actor.network_id).select_related("party", "on_behalf_of")
    return [audit.line(entry) for entry in entries.order_by("-seq")[:limit]]


@dataclass(frozen=True)
class PriceLine:
    """What a machine costs per hour, or a capability per lot and piece."""

    code: str
    name: str
    hourly_yen: int | None = None
    fixed_yen: int | None = None
    unit_yen: int | None = None
    setup_minutes: int | None = None
    minutes_per_piece: Decimal | None = None


def company_prices(actor: Actor, code: str) -> list[PriceLine]:
    """The prices of a company: for itself, and for the coordinator that ``services.open_private`` let in.

    Raises:
        Hidden: there is no such company for the reader.
        Refused: the prices are not open to the actor.
    """
    company = Company.objects.select_related("party").find(actor, party__code=code)
    lines = []
    machines = Machine.objects.visible_to(actor).filter(site__party_id=company.party_id, retired_on__isnull=True)
    for machine in machines.select_related("site"):
        if "prices" not in rules.machine_columns(actor, machine):
            raise Refused(_("Prices are shown to the company itself and, with a reason, to the coordinator."))
        lines.append(PriceLine(machine.code, machine_name(machine), hourly_yen=machine.hourly_yen))
    capabilities = Capability.objects.visible_to(actor).filter(company=company, withdrawn_on__isnull=True)
    for row in capabilities.select_related("process", "company"):
        if "prices" not in rules.capability_columns(actor, row):
            raise Refused(_("Prices are shown to the company itself and, with a reason, to the coordinator."))
        lines.append(
            PriceLine(
                row.code,
                str(row.process),
                fixed_yen=row.fixed_yen,
                unit_yen=row.unit_yen,
                setup_minutes=row.setup_minutes,
                minutes_per_piece=row.minutes_per_piece,
            )
        )
    return lines
