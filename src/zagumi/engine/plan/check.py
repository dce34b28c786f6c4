"""The independent judge of plans, written from ``docs/engine/problem.md``; it shares no code with the solvers.

:func:`check` runs one small function per rule of that page and answers with every fault it finds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from zagumi.engine.clock import Window
from zagumi.engine.collector import uncollected
from zagumi.engine.errors import CheckError
from zagumi.engine.plan.judged import Judged, Key, Work
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.problem import Problem, Service


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One broken rule.

    Attributes:
        rule: name of the rule in ``docs/engine/problem.md``.
        items: ids of the problem's things concerned, the most concerned first.
        amount: by how much, in the rule's own unit: minutes, pieces, or a count of things.
        text: the same as a sentence in plain English.
    """

    rule: str
    items: tuple[str, ...]
    amount: int
    text: str


def check(problem: Problem, plan: Plan) -> tuple[Fault, ...]:
    """Every fault of a plan, in the order of the rules; empty when the plan is valid.

    A plan that names things the problem does not have is judged by the rule ``known`` alone.
    """
    with uncollected():
        unknown = tuple(Fault("known", items, amount, text) for items, amount, text in _known(problem, plan))
        if unknown:
            return unknown
        judged = Judged(problem, plan)
        return tuple(
            Fault(name, items, amount, text)
            for name, rule in RULES.items()
            if name != "known"
            for items, amount, text in rule(judged)
        )


def require(problem: Problem, plan: Plan) -> None:
    """Raise :class:`CheckError` when the plan has a fault."""
    faults = check(problem, plan)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise CheckError(f"{faults[0].rule}: {faults[0].text}{more}")


Finding = tuple[tuple[str, ...], int, str]


def _name(s: SubLot) -> str:
    return f"sub-lot {s.lot} of {s.operation} on {s.machine}"


def _shared(a: Window, b: Window) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])


def _known(problem: Problem, plan: Plan) -> Iterator[Finding]:
    lots: dict[str, list[int]] = defaultdict(list)
    operations, machines, people = problem.operation, problem.machine, problem.person
    for s in plan.sublots:
        lots[s.operation].append(s.lot)
        if s.operation not in operations:
            yield (s.operation,), 1, f"{_name(s)} names operation {s.operation}, which the problem does not have"
        if s.machine not in machines:
            yield (s.machine,), 1, f"{_name(s)} names machine {s.machine}, which the problem does not have"
        if s.person is not None and s.person not in people:
            yield (s.person,), 1, f"{_name(s)} names person {s.person}, which the problem does not have"
    for operation, numbers in lots.items():
        if numbers == [1]:
            continue
        wrong = set(numbers) ^ set(range(1, len(numbers) + 1))
        if wrong:
            yield (operation,), len(wrong), f"the sub-lots of {operation} are numbered {sorted(numbers)}"
    keys = {(s.operation, s.lot) for s in plan.sublots}
    ends = [(t.from_operation, t.from_lot) for t in plan.transfers]
    ends += [(t.to_operation, t.to_lot) for t in plan.transfers]
    ends += [(d.operation, d.lot) for d in plan.deliveries]
    for operation, lot in ends:
        if (operation, lot) not in keys:
            yield (operation,), 1, f"a movement names sub-lot {lot} of {operation}, which the plan does not have"
    for case, company in plan.leads:
        if case not in problem.case or company not in problem.company:
            yield (case, company), 1, f"the lead {company} of case {case} names something the problem does not have"
    for case, count in Counter(case for case, _ in plan.leads).items():
        if count > 1:
            yield (case,), count - 1, f"case {case} has {count} leads"


def _option(judged: Judged) -> Iterator[Finding]:
    problem = judged.problem
    for work in judged.free:
        s, operation, option = work.sublot, work.operation, work.option
        company = problem.site[work.machine.site].company
        if option is None:
            yield (s.operation, s.machine), 1, f"{_name(s)}: the machine is not among its options"
            continue
        if option.grade < operation.min_grade:
            short = operation.min_grade - option.grade
            yield (s.operation, s.machine), short, f"{_name(s)}: grade {option.grade} of {operation.min_grade}"
        if company in problem.case[operation.case].barred:
            yield (s.operation, s.machine), 1, f"{_name(s)}: {company} is barred from case {operation.case}"
        if option.skill is None:
            if s.person is not None:
                yield (s.operation, s.machine, s.person), 1, f"{_name(s)}: {s.person} attends, but nobody is asked for"
        elif s.person is None:
            yield (s.operation, s.machine), 1, f"{_name(s)}: nobody with the skill {option.skill} attends"
        else:
            person = problem.person[s.person]
            if person.company != company or option.skill not in person.skills:
                text = f"{_name(s)}: {s.person} is not a person of {company} with the skill {option.skill}"
                yield (s.operation, s.machine, s.person), 1, text


def _quantity(judged: Judged) -> Iterator[Finding]:
    made: dict[str, int] = defaultdict(int)
    for s in judged.plan.sublots:
        made[s.operation] += s.quantity
        if s.quantity < 1:
            yield (s.operation, s.machine), 1 - s.quantity, f"{_name(s)} has {s.quantity} pieces"
    for operation in judged.problem.operations:
        off = made[operation.id] - operation.quantity
        if off:
            text = f"{operation.id}: {made[operation.id]} pieces in sub-lots, {operation.quantity} asked for"
            yield (operation.id,), abs(off), text


def _split(judged: Judged) -> Iterator[Finding]:
    for name, lots in judged.of_operation.items():
        if len(lots) < 2:
            continue
        free = [work.sublot for work in lots if not work.frozen]
        if len(free) < 2:
            continue
        operation = judged.problem.operation[name]
        if operation.min_sublot is None:
            yield (name,), len(free) - 1, f"{name} may not be split, but has {len(free)} sub-lots that are not frozen"
            continue
        if len(lots) > operation.max_sublots:
            over = min(len(lots) - operation.max_sublots, len(free) - 1)
            yield (name,), over, f"{name} has {len(lots)} sub-lots, at most {operation.max_sublots} are allowed"
        for s in free:
            if s.quantity < operation.min_sublot:
                short = operation.min_sublot - s.quantity
                yield (name, s.machine), short, f"{_name(s)}: {s.quantity} pieces, at least {operation.min_sublot}"
        for machine, count in Counter(s.machine for s in free).items():
            if count > 1:
                yield (name, machine), count - 1, f"{name} has {count} sub-lots on {machine}"


def _horizon(judged: Judged) -> Iterator[Finding]:
    horizon = judged.problem.horizon
    for s in judged.plan.sublots:
        off = max(-s.start, s.start - s.end, s.end - horizon)
        if off > 0:
            text = f"{_name(s)} runs from {s.start} to {s.end}, the horizon is 0 to {horizon}"
            yield (s.operation, s.machine), off, text
    movements = [(t.from_operation, t.depart, t.arrive) for t in judged.plan.transfers]
    for operation, depart, arrive in [*movements, *((d.operation, d.depart, d.arrive) for d in judged.plan.deliveries)]:
        off = max(-depart, depart - arrive, arrive - horizon)
        if off > 0:
            text = f"a movement from {operation} goes from {depart} to {arrive}, the horizon is 0 to {horizon}"
            yield (operation,), off, text


def _release(judged: Judged) -> Iterator[Finding]:
    for work in judged.free:
        s, case = work.sublot, judged.problem.case[work.operation.case]
        if s.start < case.release:
            text = f"{_name(s)} starts at {s.start}, case {case.id} is released at {case.release}"
            yield (s.operation, case.id), case.release - s.start, text


def _setup(judged: Judged) -> Iterator[Finding]:
    for name, works in judged.on_machine.items():
        machine = judged.problem.machine[name]
        before = machine.family
        for work in works:
            s, family, option = work.sublot, work.operation.family, work.option
            if option is not None and not work.frozen:
                right = option.setup_minutes
                if family and machine.setups:
                    right = machine.setups.get((before, family), right)
                if s.setup_minutes != right:
                    text = f"{_name(s)} states {s.setup_minutes} minutes of set-up, the sequence asks for {right}"
                    yield (s.operation, name), abs(s.setup_minutes - right), text
            if family and s.start < s.end:
                before = family


def _open(judged: Judged) -> Iterator[Finding]:
    for work in judged.free:
        if work.option is None:
            continue
        s = work.sublot
        hours, items = judged.hours(work), (s.operation, s.machine)
        window = hours.window_at(s.start)
        if window is None:
            opening = hours.opening(s.start)
            off = opening - s.start if opening is not None else max(1, judged.problem.horizon - s.start)
            yield items, off, f"{_name(s)} starts at {s.start}, which is closed"
            continue
        minutes = work.minutes
        right = hours.passed(s.start, minutes)
        if right is None:
            left = sum(end - max(s.start, start) for start, end in hours.windows if end > s.start)
            short = minutes - left
            yield items, short, f"{_name(s)} needs {minutes} working minutes from {s.start} on, {short} are missing"
        elif s.end != right:
            yield items, abs(s.end - right), f"{_name(s)} ends at {s.end}, its {minutes} minutes are done at {right}"
        if not work.operation.may_pause and s.end > window[1]:
            text = f"{_name(s)} may not pause, but runs from {s.start} to {s.end} over the closing at {window[1]}"
            yield items, s.end - window[1], text


def _collisions(lots: Iterable[SubLot]) -> Iterator[tuple[SubLot, SubLot, int]]:
    """Each of the sub-lots, by start, that begins before an earlier one ends, with that one and the minutes shared."""
    last: SubLot | None = None
    for s in lots:
        if s.start >= s.end:
            continue
        if last is not None and s.start < last.end:
            yield s, last, _shared((s.start, s.end), (last.start, last.end))
        if last is None or s.end > last.end:
            last = s


def _overlap(judged: Judged) -> Iterator[Finding]:
    for machine, lots in judged.plan.on_machine.items():
        for s, other, minutes in _collisions(lots):
            text = f"{_name(s)} and {_name(other)} share {minutes} minutes"
            yield (machine, other.operation, s.operation), minutes, text


def _booking(judged: Judged) -> Iterator[Finding]:
    for work in judged.free:
        s = work.sublot
        for booking in work.machine.bookings:
            if s.start < s.end and (minutes := _shared((s.start, s.end), booking)) > 0:
                text = f"{_name(s)} takes {minutes} minutes of the booking from {booking[0]} to {booking[1]}"
                yield (s.operation, s.machine), minutes, text


def _band(judged: Judged) -> Iterator[Finding]:
    used: dict[tuple[str, int], int] = defaultdict(int)
    for work in judged.free:
        s, bands = work.sublot, work.machine.bands
        if not bands:
            continue
        within = next((at for at, band in enumerate(bands) if band.start <= s.start < band.end), None)
        if within is None:
            off = min(band.start - s.start if s.start < band.start else s.start - band.end + 1 for band in bands)
            yield (s.operation, s.machine), off, f"{_name(s)} starts at {s.start}, in no band of the machine"
        elif work.option is not None:
            used[s.machine, within] += work.minutes
    for (machine, at), minutes in used.items():
        band = judged.problem.machine[machine].bands[at]
        if minutes > band.minutes:
            text = f"{machine}: {minutes} working minutes in the band from {band.start}, {band.minutes} are offered"
            yield (machine,), minutes - band.minutes, text


def _person(judged: Judged) -> Iterator[Finding]:
    attended: dict[str, list[SubLot]] = defaultdict(list)
    for s in judged.plan.sublots:
        if s.person is not None:
            attended[s.person].append(s)
    for person, lots in attended.items():
        for s, other, minutes in _collisions(sorted(lots, key=lambda s: (s.start, s.end))):
            text = f"{person} attends {_name(s)} and {_name(other)} during the same {minutes} minutes"
            yield (person, other.operation, s.operation), minutes, text


def _frozen(judged: Judged) -> Iterator[Finding]:
    for f in judged.missing:
        work = f"{f.quantity} pieces of {f.operation} on {f.machine} from {f.start} to {f.end}"
        text = f"the plan does not have the frozen {work} with {judged.problem.frozen_setup(f)} minutes of set-up"
        yield (f.operation, f.machine), f.quantity, text


def _feed(judged: Judged) -> Iterator[Finding]:
    for flow in judged.flows:
        t = flow.transfer
        items = (t.from_operation, t.to_operation)
        if flow.link is None:
            yield items, 1, f"a transfer goes from {t.from_operation} to {t.to_operation}, where no link is"
        if t.pieces < 1:
            text = f"a transfer from {t.from_operation} to {t.to_operation} has {t.pieces} pieces"
            yield items, 1 - t.pieces, text
    for work in judged.works:
        s = work.sublot
        for link in work.operation.after:
            flows = judged.fed.get((s.operation, s.lot, link.before), ())
            pieces, right = sum([flow.transfer.pieces for flow in flows]), s.quantity * link.per
            if pieces != right:
                text = f"{_name(s)} is fed {pieces} pieces of {link.before}, {right} are needed"
                yield (s.operation, link.before), abs(pieces - right), text
    for (_, _, after), flows in judged.given.items():
        s, pieces = flows[0].giver.sublot, sum([flow.transfer.pieces for flow in flows])
        if pieces > s.quantity:
            text = f"{_name(s)} gives {pieces} pieces to {after}, it has {s.quantity}"
            yield (s.operation, after), pieces - s.quantity, text


def _batch(judged: Judged) -> Iterator[Finding]:
    for flows in judged.given.values():
        giver, link = flows[0].giver, flows[0].link
        if link is None:
            continue
        free = [flow.transfer for flow in flows if not flow.taker.frozen]
        # frozen work is served first
        pieces = sum(flow.transfer.pieces for flow in flows if flow.taker.frozen)
        free.sort(key=lambda t: (t.depart, -t.pieces))
        for number, t in enumerate(free, start=1):
            items = (t.from_operation, t.to_operation)
            pieces += t.pieces
            ready = giver.sublot.end if link.batch is None else judged.done(giver, pieces)
            if t.depart < ready + link.lag:
                text = f"a transfer from {_name(giver.sublot)} departs at {t.depart}, "
                text += f"not ready before {ready + link.lag}"
                yield items, ready + link.lag - t.depart, text
            if link.batch is not None and number < len(free) and t.pieces < link.batch:
                text = f"a transfer from {_name(giver.sublot)} has {t.pieces} pieces, the batch is {link.batch}"
                yield items, link.batch - t.pieces, text


def _travel(judged: Judged) -> Iterator[Finding]:
    problem = judged.problem
    movements: list[tuple[Work, str | None, Transfer | Delivery]] = [
        (flow.giver, flow.taker.machine.site, flow.transfer) for flow in judged.flows if not flow.taker.frozen
    ]
    for d in judged.plan.deliveries:
        giver = judged.work[d.operation, d.lot]
        movements.append((giver, problem.case[giver.operation.case].deliver_to, d))
    for giver, to_site, move in movements:
        if to_site is None:
            continue
        from_site, name = giver.machine.site, giver.operation.id
        service = problem.services.get((from_site, to_site))
        if service is not None:
            yield from _by_service(service, name, move)
            continue
        minutes = move.arrive - move.depart
        right = judged.travel_minutes(from_site, to_site, problem.mass_g(giver.operation, move.pieces))
        if minutes < right:
            text = f"{move.pieces} pieces of {name} reach {to_site} in {minutes} minutes, the way takes {right}"
            yield (name, to_site), right - minutes, text


def _by_service(service: Service, name: str, move: Transfer | Delivery) -> Iterator[Finding]:
    items, to_site = (name, service.destination), service.destination
    for departure, arrival in service.runs:
        if departure == move.depart:
            if move.arrive < arrival:
                text = f"{move.pieces} pieces of {name} reach {to_site} at {move.arrive}, "
                text += f"the service that departs at {departure} arrives at {arrival}"
                yield items, arrival - move.arrive, text
            return
    off = min((abs(departure - move.depart) for departure, _ in service.runs), default=1)
    text = f"{move.pieces} pieces of {name} depart for {to_site} at {move.depart}, "
    yield items, off, text + f"when no service from {service.origin} does"


def _arrival(judged: Judged) -> Iterator[Finding]:
    for flows in judged.fed.values():
        taker, link = flows[0].taker, flows[0].link
        if link is None or taker.frozen:
            continue
        pieces = 0
        for t in sorted((flow.transfer for flow in flows), key=lambda t: t.arrive):
            latest = taker.sublot.start
            if link.batch is not None and pieces:
                latest = judged.begins(taker, pieces // link.per)
            if t.arrive > latest:
                text = f"{t.pieces} pieces of {t.from_operation} reach {_name(taker.sublot)} at {t.arrive}, "
                text += f"they are needed at {latest}"
                yield (taker.operation.id, t.from_operation), t.arrive - latest, text
            pieces += t.pieces


def _delivery(judged: Judged) -> Iterator[Finding]:
    problem = judged.problem
    carried: dict[Key, int] = defaultdict(int)
    for d in judged.plan.deliveries:
        s = judged.work[d.operation, d.lot].sublot
        carried[s.key] += d.pieces
        if d.pieces < 1:
            yield (d.operation,), 1 - d.pieces, f"a delivery of {d.operation} has {d.pieces} pieces"
        if d.depart < s.end:
            text = f"a delivery of {_name(s)} departs at {d.depart}, before the end at {s.end}"
            yield (d.operation,), s.end - d.depart, text
    total: dict[str, int] = defaultdict(int)
    for (name, lot), pieces in carried.items():
        total[name] += pieces
        s = judged.work[name, lot].sublot
        if pieces > s.quantity:
            over = pieces - s.quantity
            yield (name,), over, f"{pieces} pieces are delivered of {_name(s)}, {over} too many"
    fed_on = {link.before for operation in problem.operations for link in operation.after}
    for operation in problem.operations:
        last = operation.id not in fed_on and problem.case[operation.case].deliver_to is not None
        off = total[operation.id] - (operation.quantity if last else 0)
        if off:
            text = f"{total[operation.id]} pieces of {operation.id} are delivered, off by {abs(off)}"
            yield (operation.id,), abs(off), text


def _teams(judged: Judged) -> dict[str, set[str]]:
    teams: dict[str, set[str]] = {}
    for work in judged.works:
        company = judged.problem.site[work.machine.site].company
        if company is not None:
            teams.setdefault(work.operation.case, set()).add(company)
    return teams


def _team(judged: Judged) -> Iterator[Finding]:
    policy = judged.problem.policy
    if policy.max_companies is None and not policy.one_company and not policy.apart:
        return
    for case, team in _teams(judged).items():
        most = policy.max_companies
        if most is not None and len(team) > most:
            yield (case, *sorted(team)), len(team) - most, f"{len(team)} companies work on case {case}, at most {most}"
        if case in policy.one_company and len(team) > 1:
            yield (case, *sorted(team)), len(team) - 1, f"{len(team)} companies work on case {case}, only one may"
        for one, other in sorted(policy.apart):
            if one in team and other in team:
                yield (case, one, other), 1, f"{one} and {other} may not both work on case {case}"


def _lead(judged: Judged) -> Iterator[Finding]:
    problem = judged.problem
    if not judged.plan.leads and not problem.policy.lead_required:
        return
    teams = _teams(judged)
    for case, company in judged.plan.leads:
        if company not in teams.get(case, ()):
            yield (case, company), 1, f"{company} leads case {case}, but is not in its team"
        elif not problem.company[company].may_lead:
            yield (case, company), 1, f"{company} leads case {case}, but may not lead"
    if problem.policy.lead_required:
        for case in sorted(teams.keys() - judged.plan.lead.keys()):
            yield (case,), 1, f"case {case} has no lead"


RULES: Mapping[str, Callable[[Judged], Iterator[Finding]]] = {
    "known": lambda judged: _known(judged.problem, judged.plan),
    "option": _option,
    "quantity": _quantity,
    "split": _split,
    "horizon": _horizon,
    "release": _release,
    "setup": _setup,
    "hours": _open,
    "overlap": _overlap,
    "booking": _booking,
    "band": _band,
    "person": _person,
    "frozen": _frozen,
    "feed": _feed,
    "batch": _batch,
    "travel": _travel,
    "arrival": _arrival,
    "delivery": _delivery,
    "team": _team,
    "lead": _lead,
}
