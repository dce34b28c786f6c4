"""Cases as the work of the engine's problem."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from zagumi.engine.problem.work import Case as EngineCase
from zagumi.engine.problem.work import Link as EngineLink
from zagumi.engine.problem.work import Operation as EngineOperation
from zagumi.engine.problem.work import Option as EngineOption
from zagumi.engine.problem.work import Part as EnginePart
from zagumi.platform.cases.models import Case, Operation, OperationLink, Option, Part


@dataclass(frozen=True)
class EngineWork:
    """The work's part of a problem.

    Ids are the codes people use: a case by its code, a part ``CASE/LETTER``, an operation ``CASE/NUMBER``, machines,
    sites and companies by their own codes. Minutes count from the origin.
    """

    cases: tuple[EngineCase, ...]
    parts: tuple[EnginePart, ...]
    operations: tuple[EngineOperation, ...]


def engine_work(cases: Iterable[Case], *, origin: datetime) -> EngineWork:
    """Everything of ``cases`` that can be planned, in five queries however many cases.

    Options that a company declined, and what has been removed, are left out; a step that nobody can do stays, without
    options, so that the engine can name it. For the planning rooms: it holds all companies' times and costs.

    Args:
        cases: rows of one network.
        origin: minute 0, aware.
    """
    keys = [case.pk for case in cases]
    rows = list(Case.objects.filter(pk__in=keys).select_related("deliver_to").order_by("code"))
    code = {case.pk: case.code for case in rows}
    parts = Part.objects.filter(case_id__in=keys, removed_at__isnull=True).order_by("case__code", "letter")
    return EngineWork(
        tuple(_case(case, origin) for case in rows),
        tuple(EnginePart(f"{code[p.case_id]}/{p.letter}", code[p.case_id], p.name, p.mass_g) for p in parts),
        tuple(_operations(keys, code)),
    )


def _minute(origin: datetime, moment: datetime) -> int:
    return int((moment - origin).total_seconds() // 60)


def _case(case: Case, origin: datetime) -> EngineCase:
    release = max(0, _minute(origin, case.release))
    return EngineCase(
        case.code,
        release=release,
        due=max(release, _minute(origin, case.due)),
        late_yen_per_minute=case.late_yen_per_minute,
        deliver_to=case.deliver_to.code if case.deliver_to else None,
        name=case.title,
    )


def _operations(keys: list[int], code: dict[int, str]) -> Iterable[EngineOperation]:
    links: dict[int, list[EngineLink]] = defaultdict(list)
    for link in OperationLink.objects.filter(
        after__case_id__in=keys, before__removed_at__isnull=True, after__removed_at__isnull=True
    ).select_related("before"):
        before = f"{code[link.before.case_id]}/{link.before.number}"
        links[link.after_id].append(EngineLink(before, link.per, link.batch, link.lag_minutes))
    options: dict[int, list[Option]] = defaultdict(list)
    for option in (
        Option.objects.filter(operation__case_id__in=keys, removed_at__isnull=True, machine__retired_on__isnull=True)
        .exclude(answer=Option.Answer.DECLINED)
        .select_related("machine")
        .order_by("machine__code")
    ):
        options[option.operation_id].append(option)
    steps = (
        Operation.objects.filter(case_id__in=keys, removed_at__isnull=True)
        .select_related("part", "process", "skill")
        .order_by("case__code", "number")
    )
    for step in steps:
        skill = step.skill.key if step.skill else None
        yield EngineOperation(
            f"{code[step.case_id]}/{step.number}",
            code[step.case_id],
            tuple(_option(option, skill) for option in options[step.pk]),
            quantity=step.quantity,
            part=f"{code[step.case_id]}/{step.part.letter}" if step.part else None,
            after=tuple(links[step.pk]),
            may_pause=step.may_pause,
            min_sublot=step.min_sublot,
            max_sublots=step.max_sublots,
            family=step.setup_family,
            name=step.name,
            process=step.process.key,
        )


def _option(option: Option, skill: str | None) -> EngineOption:
    return EngineOption(
        option.machine.code,
        setup_minutes=option.setup_minutes,
        minutes_per_piece=float(option.minutes_per_piece),
        fixed_yen=option.fixed_yen,
        unit_yen=option.unit_yen,
        good_rate=float(option.good_rate),
        skill=skill,
    )
