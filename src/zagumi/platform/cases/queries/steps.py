"""The steps of a case, who could do them, and the graph they form, trimmed to the reader."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zagumi.platform.cases import pages, rules
from zagumi.platform.cases.models import Case, Operation, OperationLink, Option, Part
from zagumi.platform.cases.requirement import Requirement
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Refused
from zagumi.platform.network.models import Capability, Machine, MachineStop


@dataclass(frozen=True)
class OptionRow:
    """A machine that could do a step. Costs are None where the reader may not know them."""

    key: int
    machine_code: str
    machine: str
    company: str
    company_code: str
    setup_minutes: int
    minutes_per_piece: Decimal
    run_minutes: int
    good_rate: Decimal
    source: str
    source_name: str
    answer: str
    answer_name: str
    reason: str
    note: str
    is_own: bool
    is_stopped: bool
    fixed_yen: int | None = None
    unit_yen: int | None = None
    total_yen: int | None = None


@dataclass(frozen=True)
class Neighbour:
    """What comes before or after a step. For members ``name`` says whose it is only when it is their own."""

    number: int | None
    name: str
    per: int = 1
    batch: int | None = None
    lag_minutes: int = 0


@dataclass(frozen=True)
class StepRow:
    """One step as the reader may know it."""

    number: int
    name: str
    process: str
    process_key: str
    part: str
    part_name: str
    quantity: int
    may_pause: bool
    min_sublot: int | None
    max_sublots: int
    setup_family: str
    skill: str
    note: str
    requirement: tuple[str, ...]
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]
    options: tuple[OptionRow, ...]
    assigned: tuple[pages.Assignment, ...] = ()
    is_joining: bool = False

    @property
    def able(self) -> tuple[OptionRow, ...]:
        """Options that were not declined."""
        return tuple(option for option in self.options if option.answer != Option.Answer.DECLINED)

    @property
    def companies(self) -> tuple[tuple[str, bool], ...]:
        """(name, all its machines stand still) of each company that could do it."""
        names = dict.fromkeys(option.company for option in self.able)
        return tuple((name, all(o.is_stopped for o in self.able if o.company == name)) for name in names)


@dataclass(frozen=True)
class PartRow:
    """One part with how much is to be done for it; ``stored_files`` counts its current drawings."""

    letter: str
    name: str
    drawing_no: str
    revision: str
    material: str
    requirement: str
    quantity: int
    mass_g: int
    steps: int = 0
    companies: int = 0
    drawings: int = 0


def case_steps(actor: Actor, case: Case, plan: pages.PlanOfCase | None = None) -> tuple[StepRow, ...]:
    """The steps of a case that the reader may know of, in the order of their numbers; six queries.

    A member gets its own steps; what lies before and after is "the company before" and "the company after".
    """
    steps = list(
        Operation.objects.visible_to(actor)
        .filter(case=case, removed_at__isnull=True)
        .select_related("process", "part", "skill")
        .order_by("number")
    )
    own = {step.pk: step for step in steps}
    before, after = _neighbours(actor, case, own)
    options = _options(actor, steps)
    assigned: dict[int, list[pages.Assignment]] = defaultdict(list)
    for assignment in plan.assignments if plan else ():
        assigned[assignment.step].append(assignment)
    assemblies = {
        step.part.letter
        for step in steps
        if step.part and {link.part for link in before[step.pk] if link.part} - {step.part.letter}
    }
    return tuple(
        StepRow(
            number=step.number,
            name=step.name,
            process=str(step.process),
            process_key=step.process.key,
            part=step.part.letter if step.part else "",
            part_name=step.part.name if step.part else "",
            quantity=step.quantity,
            may_pause=step.may_pause,
            min_sublot=step.min_sublot,
            max_sublots=step.max_sublots,
            setup_family=step.setup_family,
            skill=str(step.skill) if step.skill else "",
            note=step.note,
            requirement=tuple(Requirement.of(step.requirement).words()),
            before=tuple(link.said for link in before[step.pk]),
            after=tuple(link.said for link in after[step.pk]),
            options=tuple(options[step.pk]),
            assigned=tuple(assigned[step.number]),
            is_joining=step.part is None or step.part.letter in assemblies,
        )
        for step in steps
    )


@dataclass(frozen=True)
class _Link:
    said: Neighbour
    part: str


def _neighbours(
    actor: Actor, case: Case, own: dict[int, Operation]
) -> tuple[dict[int, list[_Link]], dict[int, list[_Link]]]:
    before: dict[int, list[_Link]] = defaultdict(list)
    after: dict[int, list[_Link]] = defaultdict(list)
    links = (
        OperationLink.objects.visible_to(actor)
        .filter(after__case=case, after__removed_at__isnull=True, before__removed_at__isnull=True)
        .select_related("before__part", "after__part")
        .order_by("before__number", "after__number")
    )
    for link in links:
        if link.after_id in own:
            before[link.after_id].append(_link(link, link.before, link.before_id in own, _("the company before")))
        if link.before_id in own:
            after[link.before_id].append(_link(link, link.after, link.after_id in own, _("the company after")))
    return before, after


def _link(link: OperationLink, other: Operation, is_known: bool, anonymous: str) -> _Link:
    """A neighbour by number and name when the reader knows it, else only that there is one."""
    if not is_known:
        return _Link(Neighbour(None, anonymous, 1, link.batch, link.lag_minutes), "")
    said = Neighbour(other.number, other.name, link.per, link.batch, link.lag_minutes)
    return _Link(said, other.part.letter if other.part else "")


def _options(actor: Actor, steps: list[Operation]) -> dict[int, list[OptionRow]]:
    by_step = {step.pk: step for step in steps}
    rows: dict[int, list[OptionRow]] = defaultdict(list)
    options = list(
        Option.objects.visible_to(actor)
        .filter(operation__in=steps, removed_at__isnull=True)
        .select_related("machine__site__party")
        .order_by("answer", "machine__site__party__name_kana", "machine__code")
    )
    machines = {option.machine_id for option in options}
    stopped = set(
        MachineStop.objects.visible_to(actor)
        .filter(machine_id__in=machines, end__isnull=True)
        .values_list("machine_id", flat=True)
    )
    for option in options:
        step = by_step[option.operation_id]
        rows[step.pk].append(_option(actor, option, step, option.machine_id in stopped))
    return rows


def _option(actor: Actor, option: Option, step: Operation, is_stopped: bool) -> OptionRow:
    columns = rules.option_columns(actor, option)
    party = option.machine.site.party
    worked = math.ceil(step.quantity / option.good_rate)
    costs: dict[str, int] = {}
    if "costs" in columns:
        total = option.fixed_yen + option.unit_yen * step.quantity
        costs = {"fixed_yen": option.fixed_yen, "unit_yen": option.unit_yen, "total_yen": total}
    return OptionRow(
        key=option.pk,
        machine_code=option.machine.code,
        machine=option.machine.name,
        company=str(party),
        company_code=party.code,
        setup_minutes=option.setup_minutes,
        minutes_per_piece=option.minutes_per_piece.normalize(),
        run_minutes=option.setup_minutes + math.ceil(worked * option.minutes_per_piece),
        good_rate=option.good_rate,
        source=option.source,
        source_name=option.get_source_display(),
        answer=option.answer,
        answer_name=option.get_answer_display(),
        reason=option.declined_reason,
        note=option.note,
        is_own=actor.is_member,
        is_stopped=is_stopped,
        **costs,
    )


def case_parts(actor: Actor, case: Case, steps: tuple[StepRow, ...]) -> tuple[PartRow, ...]:
    """The parts the reader may know of; companies are counted for the coordinator only."""
    parts = Part.objects.visible_to(actor).filter(case=case, removed_at__isnull=True).order_by("letter")
    rows = []
    for part in parts:
        mine = [step for step in steps if step.part == part.letter]
        rows.append(
            PartRow(
                part.letter,
                part.name,
                part.drawing_no,
                part.revision,
                part.material,
                part.requirement,
                part.quantity,
                part.mass_g,
                len(mine),
                len({option.company_code for step in mine for option in step.able}) if actor.is_coordinator else 0,
            )
        )
    return tuple(rows)


# ------------------------------------------------------------------------------------------------------------- graph


@dataclass(frozen=True)
class GraphNode:
    """One box of the process graph; ``state``: "", running, done, stopped, or open (nobody can do it yet)."""

    key: str
    number: int | None
    title: str
    detail: str
    part: str = ""
    state: str = ""


@dataclass(frozen=True)
class GraphLink:
    """A line of the process graph; ``moves``: the goods go to another company in between."""

    source: str
    target: str
    moves: bool = False
    critical: bool = False


@dataclass(frozen=True)
class Graph:
    """The process graph as this reader may know it; ``parts`` names the letters of its lanes."""

    nodes: tuple[GraphNode, ...]
    links: tuple[GraphLink, ...]
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """How many boxes stand one after another on the longest way."""
        before: dict[str, list[str]] = defaultdict(list)
        for link in self.links:
            before[link.target].append(link.source)
        depth: dict[str, int] = {}
        waiting = [node.key for node in self.nodes]
        while waiting:
            key = waiting[-1]
            missing = [source for source in before[key] if source not in depth]
            if missing:
                waiting += missing
            else:
                depth[waiting.pop()] = 1 + max((depth[source] for source in before[key]), default=0)
        return max(depth.values(), default=0)


def process_graph(actor: Actor, steps: tuple[StepRow, ...], plan: pages.PlanOfCase | None) -> Graph:
    """Boxes and lines for the steps. A step that a plan splits over companies is a box for each of them.

    A member's neighbours are boxes without name or number.
    """
    if not (actor.is_coordinator or actor.is_member):
        return Graph((), ())
    nodes: list[GraphNode] = []
    boxes: dict[int, list[tuple[str, str]]] = {}
    for step in steps:
        made = _boxes(actor, step)
        nodes += made
        boxes[step.number] = [(node.key, node.detail if step.assigned else "") for node in made]
    critical = plan.critical if plan else frozenset()
    links: list[GraphLink] = []
    for step in steps:
        for at, neighbour in enumerate(step.before):
            if neighbour.number is None:
                key = f"{step.number}-before-{at}"
                nodes.append(GraphNode(key, None, neighbour.name, "", step.part))
                links.append(GraphLink(key, boxes[step.number][0][0], moves=True))
                continue
            for source, giver in boxes.get(neighbour.number, []):
                for target, taker in boxes[step.number]:
                    moves = bool(giver and taker and giver != taker)
                    links.append(GraphLink(source, target, moves, (neighbour.number, step.number) in critical))
        for at, neighbour in enumerate(step.after):
            if neighbour.number is None:
                key = f"{step.number}-after-{at}"
                nodes.append(GraphNode(key, None, neighbour.name, "", step.part))
                links.append(GraphLink(boxes[step.number][0][0], key, moves=True))
    return Graph(tuple(nodes), tuple(links), {step.part: step.part_name for step in steps if step.part})


def _boxes(actor: Actor, step: StepRow) -> list[GraphNode]:
    lane = "" if step.is_joining and actor.is_coordinator else step.part
    title = f"{step.number} {step.name}"
    if step.assigned:
        by_company: dict[str, list[pages.Assignment]] = defaultdict(list)
        for assignment in step.assigned:
            by_company[assignment.company].append(assignment)
        several = len(by_company) > 1
        return [
            GraphNode(
                f"{step.number}-{at}",
                step.number,
                f"{title} {sum(a.quantity for a in parts)}" if several else title,
                company,
                lane,
                next((a.state for a in parts if a.state), ""),
            )
            for at, (company, parts) in enumerate(by_company.items())
        ]
    if actor.is_member:
        return [GraphNode(str(step.number), step.number, title, actor.party_name, lane)]
    names = list(dict.fromkeys(option.company for option in step.able))
    if not names:
        return [GraphNode(str(step.number), step.number, title, _("nobody can yet"), lane, "open")]
    detail = names[0] if len(names) == 1 else _choice_of(len(names))
    return [GraphNode(str(step.number), step.number, title, detail, lane)]


def _choice_of(count: int) -> str:
    return ngettext("%(count)s company", "%(count)s companies", count) % {"count": count}


# ---------------------------------------------------------------------------------------------------- who else could


@dataclass(frozen=True)
class Candidate:
    """A machine whose company says it can do the step's process, and is not listed for the step yet."""

    machine_code: str
    machine: str
    company: str
    company_code: str
    provenance: str
    provenance_name: str
    note: str
    has_figures: bool
    setup_minutes: int | None
    minutes_per_piece: Decimal | None


def candidates(actor: Actor, case: Case, number: int) -> tuple[Candidate, ...]:
    """Machines with a capability entry for the process of step ``number``, best proven first.

    Raises:
        Refused: not the coordinator, who alone asks companies.
        Hidden: no such step.
    """
    if not actor.is_coordinator:
        raise Refused()
    step = Operation.objects.select_related("process").find(actor, case=case, number=number, removed_at__isnull=True)
    keys = [step.process_id, *step.process.cases.values_list("pk", flat=True)]
    listed = Option.objects.visible_to(actor).filter(operation=step, removed_at__isnull=True).values("machine_id")
    entries = (
        Capability.objects.visible_to(actor)
        .filter(process_id__in=keys, withdrawn_on__isnull=True, machine__retired_on__isnull=True, machine__isnull=False)
        .exclude(machine_id__in=listed)
        .select_related("machine", "company__party")
        .order_by("machine__code")
    )
    weight = {"measured": 0, "verified": 1, "declared": 2}
    rows = [
        Candidate(
            machine_code=entry.machine.code,
            machine=entry.machine.name,
            company=str(entry.company.party),
            company_code=entry.company.code,
            provenance=entry.provenance,
            provenance_name=entry.get_provenance_display(),
            note=entry.note,
            has_figures=None not in (entry.setup_minutes, entry.minutes_per_piece, entry.unit_yen),
            setup_minutes=entry.setup_minutes,
            minutes_per_piece=entry.minutes_per_piece,
        )
        for entry in entries
        if entry.machine is not None
    ]
    return tuple(sorted(rows, key=lambda row: (weight[row.provenance], row.company)))


def machine_choices(actor: Actor) -> list[tuple[str, str]]:
    """(code, "company machine") of every machine in use, for entering who can do a step by hand."""
    machines = (
        Machine.objects.visible_to(actor)
        .filter(retired_on__isnull=True)
        .select_related("site__party")
        .order_by("site__party__name_kana", "code")
    )
    return [(machine.code, f"{machine.site.party} {machine.name} ({machine.code})") for machine in machines]
