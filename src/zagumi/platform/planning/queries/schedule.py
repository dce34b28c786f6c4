"""The schedule of an alternative or of plans in force as a Gantt sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zagumi.engine.clock import Window, common, union
from zagumi.engine.plan.plan import Plan as EnginePlan
from zagumi.engine.plan.plan import SubLot
from zagumi.engine.problem import Machine, Problem
from zagumi.platform.cases.models import Case, Operation
from zagumi.platform.core.actor import Actor
from zagumi.platform.planning import gantt
from zagumi.platform.planning.bridge import Frame, present_moment
from zagumi.platform.planning.models import Alternative, Plan, Run
from zagumi.platform.planning.queries.snapshots import Names, plan_of, snapshot_of

Arrangement = Literal["resource", "part"]
BOTTLENECK_LOAD = 0.85
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Step:
    """An operation as the sheet names it."""

    case: str
    number: int
    name: str
    letter: str
    part: str
    tint: str


@dataclass(frozen=True)
class Scene:
    """What a sheet of one alternative is drawn from."""

    problem: Problem
    plan: EnginePlan
    frame: Frame
    names: Names
    steps: dict[str, Step]
    frozen: frozenset[tuple[str, str, int]]
    late_cases: frozenset[str]


def scene_of(actor: Actor, run: Run, alternative: Alternative) -> Scene:
    """Gather what is drawn of an alternative."""
    snapshot = snapshot_of(actor, run)
    plan = plan_of(actor, alternative)
    late = {figures["case"] for figures in alternative.measures["cases"] if figures["tardy_minutes"] > 0}
    frozen = {(work.operation, work.machine, work.start) for work in snapshot.problem.policy.frozen}
    return Scene(
        snapshot.problem,
        plan,
        snapshot.frame,
        snapshot.names,
        steps_of(run.cases.all()),
        frozenset(frozen),
        frozenset(late),
    )


def steps_of(cases: Iterable[Case]) -> dict[str, Step]:
    """The steps of cases by the engine's id; tints go to parts in the order of their letters."""
    found: dict[str, Step] = {}
    rows = Operation.objects.filter(case__in=cases, removed_at=None).select_related("case", "part")
    for row in rows.order_by("case__code", "number"):
        part = row.part
        letter = part.letter if part else ""
        found[f"{row.case.code}/{row.number}"] = Step(
            row.case.code, row.number, row.name, letter, part.name if part else "", tint_of(letter)
        )
    return found


def tint_of(letter: str) -> str:
    """The class of a part's tint, by its letter; assembly and inspection have one of their own."""
    return f"part-{'abcdef'[(ord(letter[0].upper()) - ord('A')) % 6]}" if letter else "part-z"


def sheet_of(
    actor: Actor,
    run: Run,
    alternative: Alternative,
    *,
    arrangement: Arrangement = "resource",
    compare: Alternative | None = None,
) -> gantt.Sheet:
    """The sheet of an alternative, by resource or by part; ``compare`` adds another plan as ghosts."""
    scene = scene_of(actor, run, alternative)
    ghosts = [] if compare is None else _ghosts(scene, plan_of(actor, compare))
    lanes = _lanes_by_resource(scene, ghosts) if arrangement == "resource" else _lanes_by_part(scene)
    if arrangement == "resource":
        lanes.append(_trips(scene))
    dues = [case.due for case in scene.problem.cases if case.due is not None]
    due = scene.frame.moment(min(dues)) if len(dues) == 1 else None
    return _sheet(scene, lanes, due=due, freeze=run.freeze_until)


def _sheet(scene: Scene, lanes: list[gantt.Lane], *, due: datetime | None, freeze: datetime | None) -> gantt.Sheet:
    now = present_moment()
    moments = [scene.frame.moment(s.start) for s in scene.plan.sublots] + [now]
    ends = [scene.frame.moment(s.end) for s in scene.plan.sublots]
    ends += [scene.frame.moment(d.arrive) for d in scene.plan.deliveries]
    ends += [due] if due else []
    first, last = min(moments).date(), max(ends, default=now).date() + timedelta(days=1)
    blocks = [block for lane in lanes for block in lane.blocks if block.kind == "work"]
    opens, closes = gantt.working_hours(blocks)
    axis = gantt.axis(
        first, last, closed=_closed_days(scene, first, last), today=now.date(), opens=opens, closes=closes
    )
    lines = [gantt.Line("now", axis.x(now), date_format(now, "H:i"))]
    if freeze is not None:
        lines.append(gantt.Line("freeze", axis.x(freeze), ""))
    if due is not None:
        lines.append(gantt.Line("due", axis.x(due), f"{due.month}/{due.day}"))
    letters = sorted({(step.letter, step.part, step.tint) for step in scene.steps.values() if step.letter})
    return gantt.Sheet(axis, gantt.sheet(axis, lanes, due=due), tuple(lines), axis.x(now), tuple(letters))


def _closed_days(scene: Scene, first: date, last: date) -> list[date]:
    """Days on which none of the machines in the plan is open."""
    used = {(scene.plan.on_machine[m][0].machine) for m in scene.plan.on_machine}
    windows = union([window for machine in used for window in scene.problem.windows(machine)])
    closed, day = [], first
    while day <= last:
        start = scene.frame.minute(datetime.combine(day, datetime.min.time(), scene.frame.moment(0).tzinfo))
        if not common(windows, ((max(0, start), max(1, start + 1440)),)):
            closed.append(day)
        day += timedelta(days=1)
    return closed


def _lanes_by_resource(scene: Scene, ghosts: Sequence[tuple[str, gantt.Block]]) -> list[gantt.Lane]:
    """One lane per machine in use, grouped by company in the order in which the companies begin."""
    company = {machine: scene.problem.company_of(machine) or "" for machine in scene.plan.on_machine}
    begins: dict[str, int] = {}
    for machine, sublots in scene.plan.on_machine.items():
        owner = company[machine]
        begins[owner] = min(begins.get(owner, sublots[0].start), sublots[0].start)
    ordered = sorted(scene.plan.on_machine, key=lambda m: (begins[company[m]], company[m], m))
    loads = loads_of(scene)
    highest = max(loads.values(), default=0.0)
    lanes = []
    for machine in ordered:
        item = scene.problem.machine[machine]
        blocks = [_block(scene, sublot) for sublot in scene.plan.on_machine[machine]]
        blocks += _other_work(scene, item, blocks)
        blocks += [block for name, block in ghosts if name == machine]
        band = bool(item.bands)
        tight = loads[machine] == highest and highest >= BOTTLENECK_LOAD
        share = f"{round(loads[machine] * 100)}%"
        lanes.append(
            gantt.Lane(
                machine,
                scene.names.company.get(company[machine], company[machine]),
                scene.names.machine.get(machine, machine),
                tuple(blocks),
                group_note=_("Bottleneck") if tight else _("shows a band only") if band else "",
                load=loads[machine],
                load_text=_("about %(share)s") % {"share": share} if band else share,
                band=band,
                bottleneck=tight,
            )
        )
    return lanes


def _lanes_by_part(scene: Scene) -> list[gantt.Lane]:
    """One lane per step, grouped by case and part."""
    lanes = []
    for operation in scene.problem.operations:
        step = scene.steps.get(operation.id)
        sublots = scene.plan.sublots_of.get(operation.id, ())
        if step is None or not sublots:
            continue
        several = len(scene.problem.cases) > 1
        part = f"{step.letter} {step.part}".strip() or _("Assembly, inspection")
        lanes.append(
            gantt.Lane(
                operation.id,
                f"{step.case} {part}" if several else part,
                f"{step.number} {step.name}",
                tuple(_block(scene, sublot, by_part=True) for sublot in sublots),
            )
        )
    return lanes


def _block(scene: Scene, sublot: SubLot, *, by_part: bool = False) -> gantt.Block:
    step = scene.steps[sublot.operation]
    case = scene.problem.case[step.case]
    company = scene.problem.company_of(sublot.machine) or ""
    where = f"{scene.names.company.get(company, company)} {scene.names.machine.get(sublot.machine, sublot.machine)}"
    lots = len(scene.plan.sublots_of[sublot.operation])
    lot = CIRCLED[sublot.lot - 1] if lots > 1 and sublot.lot <= len(CIRCLED) else ""
    start, end = scene.frame.moment(sublot.start), scene.frame.moment(sublot.end)
    begins = sublot.start + sublot.setup_minutes
    fixed = (sublot.operation, sublot.machine, sublot.start) in scene.frozen
    late = step.case in scene.late_cases and case.due is not None and sublot.end > case.due
    what = f"{step.letter} {step.name}{lot}".strip()
    pieces = _("%(count)s pieces") % {"count": sublot.quantity}
    states = [word for word, is_so in ((_("fixed"), fixed), (_("late"), late)) if is_so]
    return gantt.Block(
        "work",
        start,
        end,
        sentence=" ".join([where, step.case, what, pieces, span_text(start, end), *states]),
        key=f"{sublot.operation}.{sublot.lot}",
        long=f"{where} {pieces}" if by_part else f"{what} {pieces}",
        mid=f"{step.letter or step.name[:2]}{lot}",
        letter=step.letter or step.name[:1],
        tint=step.tint,
        setup_until=scene.frame.moment(begins) if sublot.setup_minutes else None,
        fixed=fixed,
        late=late,
        before=_fed_by(scene.plan, sublot),
        after=_feeds(scene.plan, sublot),
    )


def _fed_by(plan: EnginePlan, sublot: SubLot) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{t.from_operation}.{t.from_lot}" for t in plan.transfers if (t.to_operation, t.to_lot) == sublot.key
        )
    )


def _feeds(plan: EnginePlan, sublot: SubLot) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{t.to_operation}.{t.to_lot}" for t in plan.transfers if (t.from_operation, t.from_lot) == sublot.key
        )
    )


def span_text(start: datetime, end: datetime) -> str:
    """From when to when, in words."""
    last = date_format(end, "H:i") if end.date() == start.date() else f"{end.month}/{end.day} {date_format(end, 'H:i')}"
    begin = f"{start.month}/{start.day} {date_format(start, 'H:i')}"
    return _("from %(begin)s to %(end)s") % {"begin": begin, "end": last}


def _other_work(scene: Scene, machine: Machine, ours: Sequence[gantt.Block]) -> list[gantt.Block]:
    """Bookings near the plan, hatched and without text."""
    if not ours:
        return []
    end = max(scene.plan.sublots, key=lambda s: s.end).end
    blocks = []
    for begin, finish in machine.bookings:
        if begin < end:
            start, stop = scene.frame.moment(begin), scene.frame.moment(min(finish, end))
            blocks.append(gantt.Block("other", start, stop, _("other work") + " " + span_text(start, stop)))
    return blocks


def loads_of(scene: Scene) -> dict[str, float]:
    """Load of every machine in the plan, while the plan lasts."""
    return {machine: _load(scene, machine) for machine in scene.plan.on_machine}


def _load(scene: Scene, machine: str) -> float:
    """Share of the machine's open hours taken between the plan's first start and last end."""
    sublots = scene.plan.sublots
    span: tuple[Window, ...] = ((min(s.start for s in sublots), max(max(s.end for s in sublots), 1)),)
    hours = common(scene.problem.windows(machine), span)
    open_minutes = sum(end - start for start, end in hours)
    item = scene.problem.machine[machine]
    taken = union([*item.bookings, *((s.start, s.end) for s in scene.plan.on_machine[machine])])
    busy = sum(end - start for start, end in common(hours, taken))
    return min(1.0, busy / open_minutes) if open_minutes else 0.0


def _ghosts(scene: Scene, other: EnginePlan) -> list[tuple[str, gantt.Block]]:
    """Sub-lots of another plan that are not at the same place and time here."""
    here = {(s.operation, s.machine, s.start, s.end) for s in scene.plan.sublots}
    found = []
    for sublot in other.sublots:
        step = scene.steps.get(sublot.operation)
        if step is None or (sublot.operation, sublot.machine, sublot.start, sublot.end) in here:
            continue
        start, end = scene.frame.moment(sublot.start), scene.frame.moment(sublot.end)
        text = f"{step.letter} {step.name}".strip()
        block = gantt.Block("ghost", start, end, _("in the plan in force: %(step)s") % {"step": text}, long=text)
        found.append((sublot.machine, block))
    return found


def _trips(scene: Scene) -> gantt.Lane:
    """The last lane: movements between sites, numbered by departure."""
    blocks = [
        gantt.Block(
            "trip",
            trip.departs,
            trip.arrives,
            _("trip %(number)s, %(from)s to %(to)s, %(span)s")
            % {
                "number": trip.number,
                "from": trip.from_name,
                "to": trip.to_name,
                "span": span_text(trip.departs, trip.arrives),
            },
            key=f"trip.{trip.number}",
            long=str(trip.number),
            before=trip.givers,
            after=trip.takers,
        )
        for trip in trips_of(scene)
    ]
    return gantt.Lane(
        "trips", _("Trips"), _("direct trips"), tuple(blocks), group_note=_("%(count)s trips") % {"count": len(blocks)}
    )


@dataclass(frozen=True)
class StepLine:
    """A sub-lot as a line of a table."""

    case: str
    step: str
    company: str
    machine: str
    person: str
    quantity: int
    setup_minutes: int
    starts: datetime
    ends: datetime
    key: str


def step_lines(actor: Actor, run: Run, alternative: Alternative) -> list[StepLine]:
    """The same schedule as a table."""
    scene = scene_of(actor, run, alternative)
    lines = []
    for sublot in sorted(scene.plan.sublots, key=lambda s: (s.start, s.key)):
        step = scene.steps.get(sublot.operation)
        company = scene.problem.company_of(sublot.machine) or ""
        lines.append(
            StepLine(
                step.case if step else "",
                f"{step.letter} {step.number} {step.name}".strip() if step else sublot.operation,
                scene.names.company.get(company, company),
                scene.names.machine.get(sublot.machine, sublot.machine),
                scene.names.person.get(sublot.person, "") if sublot.person else "",
                sublot.quantity,
                sublot.setup_minutes,
                scene.frame.moment(sublot.start),
                scene.frame.moment(sublot.end),
                f"{sublot.operation}.{sublot.lot}",
            )
        )
    return lines


@dataclass(frozen=True)
class Trip:
    """A movement between two sites: pieces of one or several sub-lots that leave and arrive together."""

    number: int
    from_site: str
    to_site: str
    from_name: str
    to_name: str
    cargo: str
    mass_kg: float
    departs: datetime
    arrives: datetime
    wait_minutes: int | None
    km: float
    yen: int
    co2_g: int
    givers: tuple[str, ...]
    takers: tuple[str, ...]


def trips_of(scene: Scene) -> tuple[Trip, ...]:
    """Movements between different sites in order of departure, numbered from 1.

    ``wait_minutes``: how long the pieces lie at the receiver before its work begins; None at the buyer's.
    """
    problem, plan = scene.problem, scene.plan
    sublot = {s.key: s for s in plan.sublots}
    site = {s.key: problem.machine[s.machine].site for s in plan.sublots}
    moves: list[tuple[int, int, str, str, tuple[str, int], tuple[str, int] | None, int]] = []
    for t in plan.transfers:
        giver, fed = (t.from_operation, t.from_lot), (t.to_operation, t.to_lot)
        if site[giver] != site[fed]:
            moves.append((t.depart, t.arrive, site[giver], site[fed], giver, fed, t.pieces))
    for d in plan.deliveries:
        giver = (d.operation, d.lot)
        to_site = problem.case[problem.operation[d.operation].case].deliver_to
        if to_site is not None and to_site != site[giver]:
            moves.append((d.depart, d.arrive, site[giver], to_site, giver, None, d.pieces))
    trips = []
    for number, (depart, arrive, from_site, to_site, giver, taker, pieces) in enumerate(
        sorted(moves, key=lambda m: (m[0], m[1], m[2], m[3], m[4])), start=1
    ):
        operation = problem.operation[giver[0]]
        mass = problem.mass_g(operation, pieces)
        haul = problem.haul(from_site, to_site, mass)
        step = scene.steps[giver[0]]
        trips.append(
            Trip(
                number,
                from_site,
                to_site,
                _owner_name(scene, from_site),
                _owner_name(scene, to_site),
                f"{step.letter or step.name} " + _("%(count)s pieces") % {"count": pieces},
                mass / 1000,
                scene.frame.moment(depart),
                scene.frame.moment(arrive),
                None if taker is None else max(0, sublot[taker].start - arrive),
                haul.km,
                haul.yen,
                haul.co2_g,
                (f"{giver[0]}.{giver[1]}",),
                (f"{taker[0]}.{taker[1]}",) if taker else (),
            )
        )
    return tuple(trips)


def _owner_name(scene: Scene, site: str) -> str:
    company = scene.problem.site[site].company
    return scene.names.company.get(company, company) if company else scene.names.site.get(site, site)


def in_force() -> QuerySet[Plan]:
    """The highest version of each case's plans."""
    newer = Plan.objects.filter(case=OuterRef("case"), version__gt=OuterRef("version"))
    return Plan.objects.filter(~Exists(newer))
