"""Completions, teams, fairness, and the objective."""

from __future__ import annotations

from collections import Counter, defaultdict

from zagumi.engine.problem import PlannedWork
from zagumi.engine.solve.exact.base import Base, Choice, Literal, Lot, Term


def add_goals(base: Base) -> None:
    """Everything the objective measures beyond processing and transport, and the rules on teams."""
    completion = _completions(base)
    _pay_lateness(base, completion)
    if base.weights.makespan:
        _pay_makespan(base, completion)
    _teams(base)
    if base.weights.fairness and sum(base.problem.policy.entitlement.values()):
        _pay_unfairness(base)
    if base.weights.stability:
        _pay_moves(base)
    base.cp.minimize(sum(base.goals))


def _completions(base: Base) -> dict[str, Term]:
    """A variable for each case with work, no earlier than its last end or arrival."""
    problem, found = base.problem, {}
    for operation in problem.operations:
        case = problem.case[operation.case]
        if case.id not in found:
            found[case.id] = base.whole(base.earliest.completion[case.id], base.latest[case.id])
        if case.deliver_to is None:
            for lot in base.lots[operation.id]:
                at_end = base.cp.add(found[case.id] >= lot.end)
                if lot.frozen is None and not base.outlook.lots[operation.id].whole:
                    at_end.only_enforce_if(lot.choices[0].present)
        elif not problem.successors[operation.id]:
            for lot in base.lots[operation.id]:
                for choice in lot.choices:
                    arrival = base.reach(lot, 0, choice.site, case.deliver_to, [choice.present])
                    base.cp.add(found[case.id] >= arrival).only_enforce_if(choice.present)
    return found


def _pay_lateness(base: Base, completion: dict[str, Term]) -> None:
    for case in base.problem.cases:
        if case.due is None:
            continue
        for weight, wanted in ((base.weights.tardiness, case.due), (base.weights.risk, case.due - case.buffer)):
            most = max(0, base.latest[case.id] - wanted)
            if weight * case.late_yen_per_minute and most:
                late = base.whole(0, most)
                base.cp.add(late >= completion.get(case.id, 0) - wanted)  # without work it is complete at 0
                base.goals.append(weight * case.late_yen_per_minute * late)


def _pay_makespan(base: Base, completion: dict[str, Term]) -> None:
    if not completion:
        return
    makespan = base.whole(max(base.earliest.completion.values()), max(base.latest[case] for case in completion))
    for done in completion.values():
        base.cp.add(makespan >= done)
    base.goals.append(base.weights.makespan * makespan)
    _cut_by_load(base, makespan)


def _cut_by_load(base: Base, makespan: Term) -> None:
    """The makespan is no less than the work of each machine that is used, after its head and before its tail.

    Implied by the intervals, but the linear relaxation sees it only so.
    """
    presents: dict[str, list[Literal]] = defaultdict(list)
    work: dict[str, list[Term]] = defaultdict(list)
    heads: dict[str, int] = {}
    tails: dict[str, int] = {}
    for name, lots in base.lots.items():
        for lot in lots:
            for choice in lot.choices if lot.frozen is None else ():
                machine = choice.option.machine
                run = choice.run * choice.present if isinstance(choice.run, int) else choice.run
                work[machine].append(choice.setup + run)
                presents[machine].append(choice.present)
                head, tail = base.earliest.start[name, machine], base.earliest.tail[name]
                heads[machine] = min(head, heads.get(machine, head))
                tails[machine] = min(tail, tails.get(machine, tail))
    for machine, minutes in work.items():
        around = heads[machine] + tails[machine]
        if around:
            used = base.flag()
            for present in presents[machine]:
                base.cp.add_implication(present, used)
            minutes.append(around * used)
        base.cp.add(makespan >= sum(minutes))


def _teams(base: Base) -> None:
    """Which companies work on each case; only where a rule or the objective asks."""
    policy, cp = base.problem.policy, base.cp
    asked = policy.max_companies is not None or policy.apart or policy.lead_required or base.weights.companies
    presents: dict[str, dict[str, list[Literal]]] = defaultdict(lambda: defaultdict(list))
    for name, lots in base.lots.items():
        case = base.problem.operation[name].case
        if asked or case in policy.one_company:
            for lot in lots:
                for choice in lot.choices:
                    presents[case][choice.company].append(choice.present)
    for case, by_company in presents.items():
        team = {company: base.flag() for company in by_company}
        for company, literals in by_company.items():
            cp.add_max_equality(team[company], literals)
        most = 1 if case in policy.one_company else policy.max_companies
        if most is not None:
            cp.add(sum(team.values()) <= most)
        for one, other in sorted(policy.apart):
            if one in team and other in team:
                cp.add_at_most_one([team[one], team[other]])
        if policy.lead_required:
            cp.add_bool_or([there for company, there in team.items() if base.problem.company[company].may_lead])
        base.goals += [base.weights.companies * there for there in team.values()]


def _pay_unfairness(base: Base) -> None:
    """Working minutes above entitlement: the floor of the whole sum, see the definition."""
    entitlement = base.problem.policy.entitlement
    awarded: dict[str, list[Term]] = {company: [] for company in entitlement}
    for lots in base.lots.values():
        for lot in lots:
            for choice in lot.choices:
                run = choice.run * choice.present if isinstance(choice.run, int) else choice.run
                awarded.setdefault(choice.company, []).append(choice.setup + run)
    whole, total = sum(entitlement.values()), sum(sum(minutes) for minutes in awarded.values())
    most = sum(_most_minutes(base, name) for name in base.lots)
    excesses = []
    for company, minutes in awarded.items():
        share = entitlement.get(company, 0)
        excess = base.whole(0, most * whole)
        base.cp.add(excess >= whole * sum(minutes) - share * total)
        excesses.append(excess)
    unfair = base.whole(0, most)
    base.cp.add(whole * unfair >= sum(excesses) - (whole - 1))
    base.goals.append(base.weights.fairness * unfair)


def _most_minutes(base: Base, name: str) -> int:
    """Working minutes of an operation at most."""
    operation = base.problem.operation[name]
    worst = max(
        max(choice.setups) + choice.option.run_minutes(operation.quantity)
        for lot in base.lots[name]
        for choice in lot.choices
    )
    return worst * len(base.lots[name])


def _pay_moves(base: Base) -> None:
    """An operation is moved unless its sub-lots are those of the plan in force."""
    for name, works in base.problem.in_force.items():
        stay = base.flag()
        base.goals.append(base.weights.stability * (1 - stay))
        left = Counter((work.machine, work.start, work.person) for work in works)
        lots = base.lots[name]
        for lot in lots:
            if lot.frozen is not None:
                left[lot.frozen.machine, lot.frozen.start, lot.frozen.person] -= 1
        wanted = {work.machine: work for work in works if left[work.machine, work.start, work.person] > 0}
        free = [(lot, choice) for lot in lots if lot.frozen is None for choice in lot.choices]
        met = [_keep(base, stay, lot, choice, wanted.get(choice.option.machine)) for lot, choice in free]
        if min(left.values()) < 0 or sum(left.values()) != sum(met):  # something of it cannot be there again
            base.cp.add(stay == 0)


def _keep(base: Base, stay: Literal, lot: Lot, choice: Choice, work: PlannedWork | None) -> bool:
    """Staying asks a choice to be as in the plan in force, or not to be when that has none there; whether it has."""
    attended = choice.people.get(work.person) if work is not None and work.person is not None else None
    if work is None or ((work.person is not None or choice.people) and attended is None):
        base.cp.add_implication(stay, choice.present.negated())
        return False
    base.cp.add_implication(stay, choice.present if attended is None else attended)
    base.cp.add(lot.start == work.start).only_enforce_if(stay)
    return True
