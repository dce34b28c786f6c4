"""Carrying out what a book says: first the network's rows it needs, then the case and everything in it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.engine.read.case_workbook import (
    CaseBook,
    Fault,
    Findings,
    LinkLine,
    OperationLine,
    OptionLine,
    Places,
)
from zagumi.engine.read.case_workbook.cells import fold
from zagumi.engine.read.case_workbook.layout import CASE, OPERATIONS, Sheet
from zagumi.platform.cases import rules
from zagumi.platform.cases.models import FINISHED, Case, Operation, OperationLink, Option, Part
from zagumi.platform.cases.services.cases import edit_case, refresh_search, register_buyer, register_case
from zagumi.platform.cases.services.newcomers import Newcomers
from zagumi.platform.cases.services.routing import routing_faults
from zagumi.platform.cases.sheets import BuyerSheet, CaseSheet
from zagumi.platform.cases.workbook import Lookup
from zagumi.platform.core import audit
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import BadInput, NotNow
from zagumi.platform.core.models import Network, Party
from zagumi.platform.network.models import Site
from zagumi.platform.network.services import add_site
from zagumi.platform.network.services.companies import changes_of
from zagumi.platform.network.sheets import SiteSheet

HIDDEN = "•••"


@dataclass(frozen=True)
class Change:
    """One row that the import adds or changes; ``fields`` are (field, old, new), costs without their figures."""

    kind: str
    row: int
    name: str
    is_new: bool
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass
class Outcome:
    """What an import did, or would do. ``case`` is None while there are faults in the case sheet."""

    case: Case | None = None
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    same: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        """Whether anything is added or changed."""
        return bool(self.changes)

    @property
    def is_new_case(self) -> bool:
        """Whether the case was not in the register."""
        return any(change.kind == "case" and change.is_new for change in self.changes)

    @property
    def counted(self) -> dict[str, int]:
        """How many rows of each kind were added or changed."""
        return dict(Counter(change.kind for change in self.changes))


def carry_out(actor: Actor, book: CaseBook, places: Places | None = None) -> Outcome:
    """Write a book into the register, inside the caller's transaction.

    Args:
        actor: the coordinator.
        book: as read.
        places: where its sheets and columns stand, for the faults.

    Returns:
        what changed; when there are faults, the caller rolls back.

    Raises:
        NotNow: steps would change although production has begun.
    """
    Network.objects.select_for_update().get(pk=actor.network_id)  # two imports at once would register the case twice
    run = _Run(actor, book, places or Places())
    run.go()
    return run.outcome


class _Run:
    def __init__(self, actor: Actor, book: CaseBook, places: Places) -> None:
        self.actor, self.book, self.places = actor, book, places
        self.findings, self.outcome = Findings(), Outcome()
        self.known = Lookup.of(actor)
        self.newcomers = Newcomers(actor, book, places, self.findings, self.known)

    def go(self) -> None:
        self.newcomers.settle()
        for kind, row, name in self.newcomers.added:
            self._changed(Change(kind, row, name, is_new=True))
        case = self._case()
        if case is not None:
            before = len(self.outcome.changes)
            self.outcome.case = case
            parts = self._parts(case)
            steps = self._steps(case, parts)
            self._options(steps)
            if len(self.outcome.changes) > before:
                self._refuse_late_change(case)
                refresh_search(case)
            self._judge(case)
        self.outcome.faults = list(self.findings.faults)
        self.outcome.notices = list(self.findings.notices)

    def _fault(
        self, sheet: Sheet, row: int | None, key: str, given: object, expected: str, rule: str, **more: object
    ) -> None:
        self.findings.fault(self.places.of(sheet, row, key), given, expected, rule, **more)

    def _changed(self, change: Change) -> None:
        self.outcome.changes.append(change)

    def _refuse_late_change(self, case: Case) -> None:
        if not rules.may_edit_steps(self.actor, case):
            raise NotNow(
                _("Parts and steps no longer change once production has begun."),
                next_step=_("Bring the case back to planning first."),
            )

    # --------------------------------------------------------------------------------------------------------- case

    def _case(self) -> Case | None:
        line = self.book.case
        buyer = self.known.buyers.get(fold(line.buyer)) or self._new_buyer(line.buyer)
        present = self._present_case(buyer)
        if line.code and present is None:
            self._fault(CASE, None, "code", line.code, "the code of a case, or nothing for a new one", "unknown_case")
            return None
        try:
            sheet = self._case_sheet(buyer, present)
            if present is None:
                case = register_case(self.actor, sheet=sheet)
                self._changed(Change("case", 0, f"{case.code} {case.title}", is_new=True))
                return case
            old = _fields(present, CASE_FIELDS)
            case = edit_case(self.actor, code=present.code, sheet=sheet)
        except BadInput as refused:
            for fault in refused.faults:
                key = "late_yen_per_day" if fault.place == "late_yen_per_minute" else fault.place
                self._fault(CASE, None, key, fault.given, str(fault.expected), "refused", wanted=str(fault.expected))
            return None
        self._compare("case", 0, f"{case.code} {case.title}", old, _fields(case, CASE_FIELDS))
        return case

    def _new_buyer(self, name: str) -> Party:
        buyer = register_buyer(self.actor, sheet=BuyerSheet(name=name))
        self._changed(Change("buyer", 0, name, is_new=True))
        return buyer

    def _present_case(self, buyer: Party) -> Case | None:
        """By code; without one the open case of the same buyer, reference and title."""
        line = self.book.case
        cases = Case.objects.visible_to(self.actor).select_related("buyer", "lead__party", "deliver_to")
        if line.code:
            return cases.filter(code=line.code).first()
        same = cases.filter(buyer=buyer).exclude(stage__in=FINISHED).order_by("-pk")
        wanted = (fold(line.title), fold(line.buyer_reference))
        return next((case for case in same if (fold(case.title), fold(case.buyer_reference)) == wanted), None)

    def _case_sheet(self, buyer: Party, present: Case | None) -> CaseSheet:
        line = self.book.case
        lead = self.known.companies.get(fold(line.lead)) if line.lead else None
        if line.lead and lead is None:
            self._fault(CASE, None, "lead", line.lead, "a company of the network", "unknown_company")
        return CaseSheet(
            title=line.title,
            buyer=buyer.code,
            buyer_reference=line.buyer_reference,
            channel=line.channel if present is None else present.channel,
            received_on=line.received_on or (present.received_on if present else None),
            answer_due=line.answer_due,
            release=_aware(line.release),
            due=_aware(line.due),
            late_yen_per_minute=line.late_yen_per_minute,
            deliver_to=self._delivery(buyer),
            lead=lead.code if lead else "",
            contract_form=line.contract_form,
            price_yen=line.price_yen,
            note=line.note,
        )

    def _delivery(self, buyer: Party) -> str:
        """The code of the place of delivery; one with coordinates that is not known yet is put on the map."""
        line = self.book.case
        if not line.deliver_to and line.deliver_latitude is None:
            return ""
        name = line.deliver_to or line.buyer
        site: Site | None = self.known.sites.get((buyer.pk, fold(name)))
        if site is None and line.deliver_latitude is not None and line.deliver_longitude is not None:
            sheet = SiteSheet(
                name=name[:80],
                latitude=float(line.deliver_latitude),
                longitude=float(line.deliver_longitude),
                address=line.deliver_address[:160],
            )
            site = add_site(self.actor, party=buyer, sheet=sheet)
            self._changed(Change("site", 0, name, is_new=True))
        if site is None:
            self._fault(
                CASE, None, "deliver_latitude", "", "the place of a site that is not known yet", "unknown_place"
            )
        return site.code if site else ""

    # ------------------------------------------------------------------------------------------------ parts and steps

    def _parts(self, case: Case) -> dict[str, Part]:
        present = {part.letter: part for part in case.parts.filter(removed_at__isnull=True)}
        for line in self.book.parts:
            fields = {name: getattr(line, name) for name in PART_FIELDS}
            name = f"{line.letter} {line.name}"
            part = present.get(line.letter)
            if part is None:
                part = present[line.letter] = Part(case=case, letter=line.letter)
                self._write("part", line.row, name, part, fields, gettext_noop("added the part"))
            else:
                self._write("part", line.row, name, part, fields, gettext_noop("changed the part"))
        named = {line.letter for line in self.book.parts}
        self.outcome.left += [str(part) for letter, part in present.items() if letter not in named]
        return present

    def _steps(self, case: Case, parts: dict[str, Part]) -> dict[int, Operation]:
        kept = case.operations.filter(removed_at__isnull=True).select_related("process", "part", "skill")
        present = {step.number: step for step in kept}
        links: dict[int, dict[int, LinkLine]] = {number: {} for number in present}
        rows = OperationLink.objects.filter(after__in=present.values(), before__removed_at__isnull=True)
        for link in rows.select_related("before", "after"):
            links[link.after.number][link.before.number] = LinkLine(
                link.before.number, link.per, link.batch, link.lag_minutes
            )
        is_new: set[int] = set()
        for line in self.book.operations:
            step = present.get(line.number)
            if step is None:
                step = Operation(case=case, number=line.number)
                is_new.add(line.number)
            fields = self._step_fields(line, parts)
            if fields is None:
                continue
            verb = gettext_noop("added the step") if line.number in is_new else gettext_noop("changed the step")
            present[line.number] = step
            self._write("step", line.row, f"{line.number} {line.name}", step, fields, verb)
        self._links(present, links, is_new)
        named = {line.number for line in self.book.operations}
        self.outcome.left += [str(step) for number, step in present.items() if number not in named]
        return present

    def _step_fields(self, line: OperationLine, parts: dict[str, Part]) -> dict[str, Any] | None:
        process = self.known.processes.get(fold(line.process))
        skill = self.known.skills.get(fold(line.skill)) if line.skill else None
        if process is None:
            self._fault(OPERATIONS, line.row, "process", line.process, "a process of the list", "unknown_process")
        if line.skill and skill is None:
            self._fault(OPERATIONS, line.row, "skill", line.skill, "a skill of the list", "unknown_skill")
        if process is None:
            return None
        fields = {name: getattr(line, name) for name in STEP_FIELDS}
        return fields | {"process": process, "skill": skill, "part": parts.get(line.part) if line.part else None}

    def _links(self, steps: dict[int, Operation], links: dict[int, dict[int, LinkLine]], is_new: set[int]) -> None:
        for line in self.book.operations:
            after = steps.get(line.number)
            wanted = {link.before: link for link in line.before}
            present = links.get(line.number, {})
            if after is None or wanted == present or any(before not in steps for before in wanted):
                continue
            after.links_back.filter(before__removed_at__isnull=True).delete()
            OperationLink.objects.bulk_create(
                OperationLink(
                    before=steps[link.before],
                    after=after,
                    per=link.per,
                    batch=link.batch,
                    lag_minutes=link.lag_minutes,
                )
                for link in wanted.values()
            )
            if line.number not in is_new:
                old, new = _said(present.values()), _said(wanted.values())
                change = Change("step", line.row, f"{line.number} {line.name}", False, (("before", old, new),))
                self._changed(change)
                self._record(gettext_noop("linked the steps"), after, {"before": (old, new)})

    def _judge(self, case: Case) -> None:
        """The book is sound in itself; together with rows it does not name it may not be."""
        if not self.findings.faults:
            for fault in routing_faults(case):
                row = next((line.row for line in self.book.operations if str(line.number) == fault.place), None)
                self._fault(
                    OPERATIONS, row, "before", fault.given, str(fault.expected), "refused", wanted=str(fault.expected)
                )

    # ------------------------------------------------------------------------------------------------------ options

    def _options(self, steps: dict[int, Operation]) -> None:
        rows = Option.objects.filter(operation__in=steps.values(), removed_at__isnull=True)
        present = {
            (option.operation_id, option.machine_id): option for option in rows.select_related("machine__site__party")
        }
        fresh: list[Option] = []
        touched: Counter[int] = Counter()
        named = set()
        for line in self.book.options:
            step, machine = steps.get(line.operation), self.newcomers.machines.get((line.company, line.machine))
            if step is None or machine is None:
                continue  # its fault is noted where the step or machine stands
            named.add((step.pk, machine.pk))
            name = f"{line.operation} {line.company} {line.machine}"
            option = present.get((step.pk, machine.pk))
            if option is None:
                fresh.append(
                    Option(operation=step, machine=machine, source=Option.Source.WORKBOOK, **_option_fields(line))
                )
                self._changed(Change("option", line.row, name, is_new=True))
            elif not (changed := self._changed_option(option, line)):
                self.outcome.same["option"] += 1
                continue
            else:
                self._changed(Change("option", line.row, name, False, _listed(changed)))
            touched[step.pk] += 1
        Option.objects.bulk_create(fresh)
        for step in steps.values():
            if touched[step.pk]:
                self._record(gettext_noop("listed who can do the step"), step, {"options": ("", touched[step.pk])})
        for key, option in present.items():
            if key not in named:
                self.outcome.left.append(f"{option.machine.site.party} {option.machine.name}")

    def _changed_option(self, option: Option, line: OptionLine) -> dict[str, Any]:
        changed = changes_of(option, _option_fields(line), private=frozenset({"fixed_yen", "unit_yen"}))
        if changed:
            option.source = Option.Source.WORKBOOK
            option.save()
        return changed

    # ------------------------------------------------------------------------------------------------------- writing

    def _write(self, kind: str, row: int, name: str, subject: models.Model, fields: dict[str, Any], verb: str) -> None:
        """Save a row when it is new or differs, and note it."""
        if subject.pk is None:
            for key, value in fields.items():
                setattr(subject, key, value)
            subject.save()
            self._changed(Change(kind, row, name, is_new=True))
            self._record(verb, subject, {"name": ("", name)})
            return
        changed = changes_of(subject, fields)
        if changed:
            subject.save()
            self._changed(Change(kind, row, name, False, _listed(changed)))
            self._record(verb, subject, changed)
        else:
            self.outcome.same[kind] += 1

    def _compare(self, kind: str, row: int, name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        changed = {key: (old[key], new[key]) for key in old if old[key] != new[key]}
        if changed:
            self._changed(Change(kind, row, name, False, _listed(changed)))
        else:
            self.outcome.same[kind] += 1

    def _record(self, verb: str, subject: models.Model, changes: dict[str, Any]) -> None:
        code = self.outcome.case.code if self.outcome.case else ""
        audit.record(self.actor, verb, subject, case_code=code, changes=changes)


CASE_FIELDS = (
    "title",
    "buyer_reference",
    "received_on",
    "answer_due",
    "release",
    "due",
    "late_yen_per_minute",
    "deliver_to",
    "lead",
    "contract_form",
    "price_yen",
    "note",
)
PART_FIELDS = ("name", "quantity", "drawing_no", "revision", "material", "requirement", "mass_g")
STEP_FIELDS = ("name", "quantity", "min_sublot", "max_sublots", "may_pause", "setup_family", "note")


def _fields(row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _option_fields(line: OptionLine) -> dict[str, Any]:
    return {
        "setup_minutes": line.setup_minutes,
        "minutes_per_piece": line.minutes_per_piece.quantize(Decimal("0.0001")),
        "fixed_yen": line.fixed_yen,
        "unit_yen": line.unit_yen,
        "good_rate": (line.good_rate / 100).quantize(Decimal("0.0001")),
        "note": line.note,
    }


def _listed(changed: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    return tuple((key, _shown(old), _shown(new)) for key, (old, new) in changed.items())


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value) if isinstance(value, models.Model) else value


def _said(links: Any) -> str:
    return ", ".join(
        f"{link.before}×{link.per}" if link.per > 1 else str(link.before)
        for link in sorted(links, key=lambda link: link.before)
    )


def _aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment)
