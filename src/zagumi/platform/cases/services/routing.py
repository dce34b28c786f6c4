"""Parts and steps: add, correct, join, take away."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.engine.read.case_workbook import find_cycle
from zagumi.platform.cases import rules
from zagumi.platform.cases.models import Case, Operation, OperationLink, Part
from zagumi.platform.cases.services.cases import locked_case, refresh_search
from zagumi.platform.cases.sheets import LinkSheet, OperationSheet, PartSheet
from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Fault, Hidden, NotNow, Refused
from zagumi.platform.core.services import service
from zagumi.platform.network.checks import Faults
from zagumi.platform.network.models import Process, Skill
from zagumi.platform.network.services.companies import changes_of
from zagumi.platform.network.words import folded

LARGEST = 10_000_000


def designable_case(actor: Actor, code: str) -> Case:
    """The case, locked, if its parts and steps may change now.

    Raises:
        Hidden: unknown.
        Refused: not the coordinator.
        NotNow: production has begun.
    """
    case = locked_case(actor, code)
    if not rules.may_edit(actor, case):
        raise Refused(_("Only the coordinator changes parts and steps."))
    if not rules.may_edit_steps(actor, case):
        raise NotNow(
            _("Parts and steps no longer change once production has begun."),
            next_step=_("Bring the case back to planning first."),
        )
    return case


# ------------------------------------------------------------------------------------------------------------- parts


@service
def add_part(actor: Actor, *, code: str, sheet: PartSheet) -> Part:
    """Add a part, or the assembly itself, to case ``code``.

    Raises:
        Hidden, Refused, NotNow: see ``designable_case``.
        BadInput: naming every field that cannot be; a letter is used once.
    """
    case = designable_case(actor, code)
    part = Part(case=case, **_checked_part(case, sheet, None))
    part.save()
    refresh_search(case)
    audit.record(actor, gettext_noop("added the part"), part, case_code=code, changes={"name": ("", part.name)})
    return part


@service
def edit_part(actor: Actor, *, code: str, letter: str, sheet: PartSheet) -> Part:
    """Correct a part; see ``add_part`` for what is refused."""
    case = designable_case(actor, code)
    part = find_part(case, letter)
    changed = changes_of(part, _checked_part(case, sheet, part))
    if changed:
        part.save()
        refresh_search(case)
        audit.record(actor, gettext_noop("changed the part"), part, case_code=code, changes=changed)
    return part


@service
def remove_part(actor: Actor, *, code: str, letter: str) -> Part:
    """Take a part away; ``restore`` brings it back.

    Raises:
        NotNow: steps or files still belong to it.
    """
    case = designable_case(actor, code)
    part = find_part(case, letter)
    steps = list(part.operations.filter(removed_at__isnull=True))
    if steps:
        named = ", ".join(f"{step.number} {step.name}" for step in steps)
        raise NotNow(
            _("These steps belong to the part: %(steps)s.") % {"steps": named}, next_step=_("Remove the steps first.")
        )
    part.removed_at = clock.now()
    part.save(update_fields=["removed_at"])
    refresh_search(case)
    audit.record(actor, gettext_noop("removed the part"), part, case_code=code, changes={"name": (part.name, "")})
    return part


def find_part(case: Case, letter: str) -> Part:
    """The part that counts, by its letter; raises Hidden."""
    part = case.parts.filter(letter=letter, removed_at__isnull=True).first()
    if part is None:
        raise Hidden()
    return part


def _checked_part(case: Case, sheet: PartSheet, part: Part | None) -> dict[str, Any]:
    faults = Faults()
    letter = folded(sheet.letter).upper()
    if not (1 <= len(letter) <= 2 and letter.isascii() and letter.isalpha()):
        faults.add("letter", sheet.letter, _("one or two letters A to Z"))
    others = case.parts.filter(letter=letter, removed_at__isnull=True)
    if others.exclude(pk=part.pk if part and part.pk else 0).exists():
        faults.add("letter", letter, _("a letter that no other part of this case has"))
    faults.required("name", sheet.name, 200)
    for name, limit in (("drawing_no", 60), ("revision", 10), ("material", 120), ("requirement", 500)):
        faults.longest(name, getattr(sheet, name), limit)
    faults.between("quantity", sheet.quantity, 1, LARGEST)
    faults.between("mass_g", sheet.mass_g, 0, LARGEST)
    faults.done()
    return {
        "letter": letter,
        "name": sheet.name.strip(),
        "quantity": sheet.quantity,
        "drawing_no": sheet.drawing_no.strip(),
        "revision": sheet.revision.strip(),
        "material": sheet.material.strip(),
        "requirement": sheet.requirement.strip(),
        "mass_g": sheet.mass_g,
    }


# ------------------------------------------------------------------------------------------------------------- steps


@service
def add_operation(actor: Actor, *, code: str, sheet: OperationSheet) -> Operation:
    """Add a step to case ``code``, with what comes before it.

    Raises:
        Hidden, Refused, NotNow: see ``designable_case``.
        BadInput: naming every field that cannot be: a number used twice, an unknown process, part or step before,
            too few pieces along a link, a cycle (which is named).
    """
    case = designable_case(actor, code)
    operation = Operation(case=case, **_checked_operation(actor, case, sheet, None))
    operation.save()
    _write_links(operation, case, sheet.before)
    audit.record(
        actor,
        gettext_noop("added the step"),
        operation,
        case_code=code,
        changes={
            "name": ("", operation.name),
            "quantity": ("", operation.quantity),
            "before": ("", _said(sheet.before)),
        },
    )
    return operation


@service
def edit_operation(actor: Actor, *, code: str, number: int, sheet: OperationSheet) -> Operation:
    """Correct a step and what comes before it; see ``add_operation`` for what is refused."""
    case = designable_case(actor, code)
    operation = find_operation(case, number)
    fields = _checked_operation(actor, case, sheet, operation)
    before = _said(link_sheets(operation))
    changed = changes_of(operation, fields)
    if _said(sheet.before) != before:
        changed["before"] = (before, _said(sheet.before))
    if changed:
        operation.save()
        _write_links(operation, case, sheet.before)
        audit.record(actor, gettext_noop("changed the step"), operation, case_code=code, changes=changed)
    return operation


@service
def remove_operation(actor: Actor, *, code: str, number: int) -> Operation:
    """Take a step away, with its links and options; ``restore`` brings all of them back."""
    case = designable_case(actor, code)
    operation = find_operation(case, number)
    operation.removed_at = clock.now()
    operation.save(update_fields=["removed_at"])
    audit.record(
        actor, gettext_noop("removed the step"), operation, case_code=code, changes={"name": (operation.name, "")}
    )
    return operation


@service
def link_operations(actor: Actor, *, code: str, after: int, link: LinkSheet) -> OperationLink:
    """Say that step ``after`` is made from what ``link.before`` hands on; a link that is there is changed.

    Raises:
        Hidden, Refused, NotNow: see ``designable_case``.
        BadInput: an unknown step, too few pieces, or a cycle, which is named.
    """
    case = designable_case(actor, code)
    operation = find_operation(case, after)
    others = tuple(known for known in link_sheets(operation) if known.before != link.before)
    links = (*others, link)
    faults = Faults()
    _check_links(case, operation.number, operation.quantity, links, faults, own=operation)
    faults.done()
    old = _said(link_sheets(operation))
    _write_links(operation, case, links)
    audit.record(
        actor, gettext_noop("linked the steps"), operation, case_code=code, changes={"before": (old, _said(links))}
    )
    return operation.links_back.get(before__number=link.before, before__removed_at__isnull=True)


@service
def unlink_operations(actor: Actor, *, code: str, after: int, before: int) -> None:
    """Say that step ``after`` does not wait for ``before``; raises Hidden when it did not."""
    case = designable_case(actor, code)
    operation = find_operation(case, after)
    links = link_sheets(operation)
    left = tuple(link for link in links if link.before != before)
    if len(left) == len(links):
        raise Hidden()
    _write_links(operation, case, left)
    audit.record(
        actor,
        gettext_noop("unlinked the steps"),
        operation,
        case_code=code,
        changes={"before": (_said(links), _said(left))},
    )


def find_operation(case: Case, number: int) -> Operation:
    """The step that counts, by its number; raises Hidden."""
    operation = case.operations.filter(number=number, removed_at__isnull=True).select_related("process", "part").first()
    if operation is None:
        raise Hidden()
    return operation


def link_sheets(operation: Operation) -> tuple[LinkSheet, ...]:
    """What comes before a step, as people fill it in."""
    links = operation.links_back.filter(before__removed_at__isnull=True).select_related("before")
    return tuple(
        LinkSheet(link.before.number, link.per, link.batch, link.lag_minutes)
        for link in links.order_by("before__number")
    )


def _said(links: Iterable[LinkSheet]) -> str:
    """Links for the log, in no language: ``30×2 /500 +60min`` is two of step 30 each, in lots of 500, an hour later."""
    words = []
    for link in sorted(links, key=lambda link: link.before):
        per = f"×{link.per}" if link.per > 1 else ""
        batch = f" /{link.batch}" if link.batch else ""
        lag = f" +{link.lag_minutes}min" if link.lag_minutes else ""
        words.append(f"{link.before}{per}{batch}{lag}")
    return ", ".join(words)


def _write_links(operation: Operation, case: Case, links: Iterable[LinkSheet]) -> None:
    """Make the links that count exactly these; links to removed steps stay for the day they come back."""
    wanted = {link.before: link for link in links}
    steps = {step.number: step for step in case.operations.filter(number__in=wanted, removed_at__isnull=True)}
    operation.links_back.filter(before__removed_at__isnull=True).exclude(before__number__in=wanted).delete()
    for number, link in wanted.items():
        OperationLink.objects.update_or_create(
            before=steps[number],
            after=operation,
            defaults={"per": link.per, "batch": link.batch, "lag_minutes": link.lag_minutes},
        )


def _checked_operation(actor: Actor, case: Case, sheet: OperationSheet, operation: Operation | None) -> dict[str, Any]:
    faults = Faults()
    faults.between("number", sheet.number, 1, 99_999)
    others = case.operations.filter(number=sheet.number, removed_at__isnull=True)
    if others.exclude(pk=operation.pk if operation and operation.pk else 0).exists():
        faults.add("number", sheet.number, _("a number that no other step of this case has"))
    faults.required("name", sheet.name, 200)
    faults.longest("setup_family", sheet.setup_family, 40)
    faults.longest("note", sheet.note, 500)
    faults.between("quantity", sheet.quantity, 1, LARGEST)
    faults.between("min_sublot", sheet.min_sublot, 1, max(1, sheet.quantity))
    faults.between("max_sublots", sheet.max_sublots, 1, 50 if sheet.min_sublot is not None else 1)
    process = Process.objects.visible_to(actor).filter(key=sheet.process).first()
    if process is None:
        faults.add("process", sheet.process, _("a process of the list"))
    skill = Skill.objects.visible_to(actor).filter(key=sheet.skill).first() if sheet.skill else None
    if sheet.skill and skill is None:
        faults.add("skill", sheet.skill, _("a skill of the list"))
    part = case.parts.filter(letter=sheet.part, removed_at__isnull=True).first() if sheet.part else None
    if sheet.part and part is None:
        faults.add("part", sheet.part, _("the letter of a part of this case"))
    _check_links(case, sheet.number, sheet.quantity, sheet.before, faults, own=operation)
    faults.done()
    return {
        "number": sheet.number,
        "name": sheet.name.strip(),
        "process": process,
        "quantity": sheet.quantity,
        "part": part,
        "may_pause": sheet.may_pause,
        "min_sublot": sheet.min_sublot,
        "max_sublots": sheet.max_sublots,
        "setup_family": sheet.setup_family.strip(),
        "requirement": sheet.requirement.kept(),
        "skill": skill,
        "note": sheet.note.strip(),
    }


def _check_links(
    case: Case, number: int, quantity: int, links: Iterable[LinkSheet], faults: Faults, *, own: Operation | None
) -> None:
    """Known steps, each once; enough pieces in and out; no cycle."""
    kept = Q(removed_at__isnull=True)
    quantities = dict(case.operations.filter(kept).values_list("number", "quantity"))
    if own is not None:
        quantities.pop(own.number, None)
    quantities[number] = quantity
    befores = [link.before for link in links]
    if len(set(befores)) != len(befores):
        faults.add("before", ", ".join(map(str, befores)), _("each step before only once"))
    for link in links:
        faults.between("batch", link.batch, 1, LARGEST)
        faults.between("lag_minutes", link.lag_minutes, 0, 525_600)
        faults.between("per", link.per, 1, LARGEST)
        known = quantities.get(link.before)
        if known is None:
            faults.add("before", link.before, _("the number of a step of this case"))
        elif known < quantity * link.per and link.before != number:
            faults.add(
                "before",
                _("step %(before)s hands on %(known)s") % {"before": link.before, "known": known},
                _("at least %(least)s from step %(before)s") % {"least": quantity * link.per, "before": link.before},
            )
    if own is not None:
        _check_onward(own, quantity, faults)
    _refuse_cycle(case, number, befores, faults, own=own)


def _check_onward(own: Operation, quantity: int, faults: Faults) -> None:
    onward = own.links_on.filter(after__removed_at__isnull=True).select_related("after")
    for link in onward:
        least = link.after.quantity * link.per
        if quantity < least:
            faults.add(
                "quantity",
                quantity,
                _("at least %(least)s, which step %(after)s needs") % {"least": least, "after": link.after.number},
            )


def _refuse_cycle(case: Case, number: int, befores: list[int], faults: Faults, *, own: Operation | None) -> None:
    graph: dict[int, list[int]] = {}
    links = OperationLink.objects.filter(
        after__case=case, after__removed_at__isnull=True, before__removed_at__isnull=True
    ).values_list("before__number", "after__number")
    renamed = {own.number: number} if own is not None else {}
    for before, after in links:
        if own is None or after != own.number:
            graph.setdefault(renamed.get(after, after), []).append(renamed.get(before, before))
    graph[number] = befores
    cycle = find_cycle(graph)
    if cycle is not None:
        faults.add("before", " → ".join(map(str, cycle)), _("steps without a cycle"))


def routing_faults(case: Case) -> list[Fault]:
    """What is wrong between the steps of a case as they stand: cycles first, then too few pieces along a link."""
    faults = Faults()
    links = list(
        OperationLink.objects.filter(
            after__case=case, after__removed_at__isnull=True, before__removed_at__isnull=True
        ).select_related("before", "after")
    )
    graph: dict[int, list[int]] = {}
    for link in links:
        graph.setdefault(link.after.number, []).append(link.before.number)
    cycle = find_cycle(graph)
    if cycle is not None:
        faults.add(str(cycle[0]), " → ".join(map(str, cycle)), _("steps without a cycle"))
    for link in links:
        least = link.after.quantity * link.per
        if link.before.quantity < least:
            faults.add(
                str(link.after.number),
                _("step %(before)s hands on %(known)s") % {"before": link.before.number, "known": link.before.quantity},
                _("at least %(least)s from step %(before)s") % {"least": least, "before": link.before.number},
            )
    return faults.found
