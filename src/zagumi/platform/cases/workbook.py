"""A case's rows as a workbook's book, and a book's words as rows of the network. No writing here."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from zagumi.engine.clock import MINUTES_PER_DAY
from zagumi.engine.read.case_workbook import (
    CaseBook,
    CaseLine,
    LinkLine,
    MachineLine,
    OperationLine,
    OptionLine,
    PartLine,
)
from zagumi.engine.read.case_workbook.cells import fold
from zagumi.platform.cases.models import Case, Operation, OperationLink, Option
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party
from zagumi.platform.network.hours import shift_window
from zagumi.platform.network.models import Company, Machine, Process, Shift, Site, Skill, WorkCalendar

# Words coordinators write for processes of the list.
TRADE_WORDS = {
    "切断": "sawing",
    "切削": "turning",
    "切削加工": "turning",
    "旋盤": "turning",
    "フライス": "milling",
    "マシニング": "milling",
    "プレス": "press",
    "メッキ": "plating",
    "アルマイト": "anodizing",
    "発送": "shipping",
    "測定": "dimensional_inspection",
    "板金曲げ": "bending",
}
DEFAULT_SITE = "本社工場"


@dataclass
class Lookup:
    """The network's rows by the words a workbook uses. ``machines`` may hold several of one name."""

    processes: dict[str, Process]
    skills: dict[str, Skill]
    buyers: dict[str, Party]
    companies: dict[str, Company]
    sites: dict[tuple[int, str], Site]
    machines: dict[tuple[int, str], list[Machine]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, actor: Actor) -> "Lookup":
        """Everything the actor knows of the network, in six queries."""
        processes = {fold(word): p for p in Process.objects.visible_to(actor) for word in (p.name_en, p.key, p.name)}
        for word, key in TRADE_WORDS.items():
            processes.setdefault(fold(word), processes[fold(key)])
        parties = Party.objects.visible_to(actor).filter(kind=Party.Kind.BUYER)
        companies = Company.objects.visible_to(actor).select_related("party")
        found = cls(
            processes,
            {fold(word): skill for skill in Skill.objects.visible_to(actor) for word in (skill.key, skill.name)},
            {fold(word): party for party in parties for word in (party.code, party.short_name, party.name) if word},
            {fold(w): c for c in companies for w in (c.code, c.party.short_name, c.party.name) if w},
            {(site.party_id, fold(site.name)): site for site in Site.objects.visible_to(actor)},
        )
        machines = Machine.objects.visible_to(actor).filter(retired_on__isnull=True).select_related("site", "process")
        for machine in machines:
            found.add_machine(machine)
        return found

    def add_machine(self, machine: Machine) -> None:
        """Make a machine known by its name, and by its name with its code."""
        party = machine.site.party_id
        self.machines[party, fold(machine.name)].append(machine)
        self.machines[party, fold(coded(machine))].append(machine)

    def site_of(self, company: Company, name: str) -> Site | None:
        """A works by name; without a name the company's only one, or its first."""
        if name:
            return self.sites.get((company.party_id, fold(name)))
        own = [site for (party, _name), site in self.sites.items() if party == company.party_id]
        return min(own, key=lambda site: site.code, default=None)


def coded(machine: Machine) -> str:
    """A machine's name with its code, where the name alone is not enough."""
    return f"{machine.name} [{machine.code}]"


def book_of(case: Case) -> CaseBook:
    """Everything a case says, as a workbook's book; companies and machines are those with an option.

    For the coordinator alone: it holds all companies' times and costs.
    """
    steps = list(
        Operation.objects.filter(case=case, removed_at__isnull=True)
        .select_related("part", "process", "skill")
        .prefetch_related(
            Prefetch(
                "links_back",
                OperationLink.objects.filter(before__removed_at__isnull=True).select_related("before"),
            )
        )
        .order_by("number")
    )
    options = list(
        Option.objects.filter(operation__in=steps, removed_at__isnull=True)
        .exclude(answer=Option.Answer.DECLINED)
        .select_related("operation", "machine__site__party__company", "machine__process", "machine__calendar")
        .order_by("operation__number", "machine__code")
    )
    machines = list({option.machine_id: option.machine for option in options}.values())
    names = _machine_names(machines)
    return CaseBook(
        case=_case_line(case),
        parts=tuple(
            PartLine(p.letter, p.name, p.quantity, p.drawing_no, p.revision, p.material, p.requirement, p.mass_g)
            for p in case.parts.filter(removed_at__isnull=True)
        ),
        operations=tuple(_operation_line(step) for step in steps),
        machines=_machine_lines(machines, names),
        options=tuple(_option_line(option, names) for option in options),
    )


def _machine_names(machines: Iterable[Machine]) -> dict[int, str]:
    """What each machine is called in the book: its name, with its code where a company has two of one name."""
    listed = list(machines)
    counts = Counter((machine.site.party_id, fold(machine.name)) for machine in listed)
    return {m.pk: coded(m) if counts[m.site.party_id, fold(m.name)] > 1 else m.name for m in listed}


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None, second=0, microsecond=0)


def _degrees(value: float) -> Decimal:
    return Decimal(str(round(value, 6))).normalize()


def _case_line(case: Case) -> CaseLine:
    site = case.deliver_to
    return CaseLine(
        title=case.title,
        buyer=case.buyer.name,
        release=_local(case.release),
        due=_local(case.due),
        code=case.code,
        buyer_reference=case.buyer_reference,
        channel=case.channel,
        received_on=case.received_on,
        answer_due=case.answer_due,
        late_yen_per_day=case.late_yen_per_minute * MINUTES_PER_DAY,
        deliver_to=site.name if site else "",
        deliver_address=site.address if site else "",
        deliver_latitude=_degrees(site.latitude) if site else None,
        deliver_longitude=_degrees(site.longitude) if site else None,
        contract_form=case.contract_form,
        lead=case.lead.party.name if case.lead else "",
        price_yen=case.price_yen,
        note=case.note,
    )


def _operation_line(step: Operation) -> OperationLine:
    return OperationLine(
        number=step.number,
        name=step.name,
        process=step.process.name,
        quantity=step.quantity,
        part=step.part.letter if step.part else "",
        before=tuple(
            LinkLine(link.before.number, link.per, link.batch, link.lag_minutes)
            for link in sorted(step.links_back.all(), key=lambda link: link.before.number)
        ),
        min_sublot=step.min_sublot,
        max_sublots=step.max_sublots,
        may_pause=step.may_pause,
        setup_family=step.setup_family,
        skill=step.skill.name if step.skill else "",
        note=step.note,
    )


def _option_line(option: Option, names: dict[int, str]) -> OptionLine:
    return OptionLine(
        operation=option.operation.number,
        company=option.machine.site.party.name,
        machine=names[option.machine_id],
        setup_minutes=option.setup_minutes,
        minutes_per_piece=option.minutes_per_piece.normalize(),
        fixed_yen=option.fixed_yen,
        unit_yen=option.unit_yen,
        good_rate=(option.good_rate * 100).normalize(),
        note=option.note,
    )


def _machine_lines(machines: list[Machine], names: dict[int, str]) -> tuple[MachineLine, ...]:
    parties = {machine.site.party_id for machine in machines}
    default = {
        calendar.company.party_id: calendar.pk
        for calendar in WorkCalendar.objects.filter(company__party_id__in=parties, is_default=True).select_related(
            "company"
        )
    }
    calendars = {machine.pk: machine.calendar_id or default.get(machine.site.party_id) for machine in machines}
    shifts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for shift in Shift.objects.filter(calendar_id__in=[key for key in calendars.values() if key]):
        shifts[shift.calendar_id].append(shift_window(shift.weekday, shift.start, shift.end))
    lines = []
    for machine in sorted(machines, key=lambda m: (m.site.party.name, m.code)):
        site, key = machine.site, calendars[machine.pk]
        lines.append(
            MachineLine(
                company=site.party.name,
                machine=names[machine.pk],
                process=machine.process.name,
                latitude=_degrees(site.latitude),
                longitude=_degrees(site.longitude),
                shifts=tuple(sorted(shifts[key])) if key else (),
                site=site.name,
                address=site.address,
                may_lead=site.party.company.may_lead,
            )
        )
    return tuple(lines)


def is_same_hours(shifts: Iterable[Shift], wanted: Iterable[tuple[int, int]]) -> bool:
    """Whether calendar rows say the same weekly hours as a book."""
    return sorted(shift_window(shift.weekday, shift.start, shift.end) for shift in shifts) == sorted(wanted)
