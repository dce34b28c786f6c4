"""What a report tells: a problem, a plan, how it was found, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from zagumi.engine.insight.compare import AgainstActual, working_minutes
from zagumi.engine.insight.lateness import Load, bottlenecks
from zagumi.engine.plan.cost import CaseMeasures, Measures, measure
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Operation, Problem
from zagumi.engine.report.language import Clock, Language
from zagumi.engine.solve.result import Progress, Result, Status

if TYPE_CHECKING:
    from zagumi.engine.insight.alternatives import Alternative, Sacrifice

CHANGES_UP_TO = 4  # cases named whose teams differ
BY_CASE_UP_TO = 2000  # explaining every case of larger problems would take longer than planning them


@dataclass(frozen=True)
class Rival:
    """Another plan of the same problem: its name, what choosing it gives up, and where its teams differ."""

    name: str
    plan: Plan
    gives_up: str = ""
    differs: str = ""


def rival(found: Alternative, say: Language) -> Rival | None:
    """An alternative in words; None when it has no plan."""
    if found.result.plan is None:
        return None
    gives_up = say.clauses(_sacrifice(each, say) for each in found.gives_up)
    return Rival(say(found.label), found.result.plan, gives_up, _team_changes(found, say))


def _team_changes(found: Alternative, say: Language) -> str:
    """Where the teams differ from those of the first alternative, or from those of the second in the first."""
    from zagumi.engine.insight.alternatives import LABELS  # as below

    changes = [change for change in found.differs if change.other == found.differs[0].other]
    told = [
        change.case + ":" + "".join([*(f" +{name}" for name in change.joined), *(f" −{name}" for name in change.left)])
        for change in changes[:CHANGES_UP_TO]
    ]
    if len(changes) > CHANGES_UP_TO:
        told.append(say("… and {count} more", count=len(changes) - CHANGES_UP_TO))
    if not told:
        return ""
    return say("teams against “{other}”: {changes}", other=say(LABELS[changes[0].other]), changes=", ".join(told))


def _sacrifice(found: Sacrifice, say: Language) -> str:
    from zagumi.engine.insight.alternatives import LABELS  # brings the solvers, which a report does without

    best = say(LABELS[found.best])
    if found.measure == "cost_yen":
        return say("{yen} dearer than “{best}”", yen=say.yen(found.worse_by), best=best)
    if found.measure == "completion":
        return say("{time} later in all than “{best}”", time=say.duration(found.worse_by), best=best)
    if found.measure == "co2_g":
        return say("{mass} more CO2 than “{best}”", mass=say.grams(found.worse_by), best=best)
    if found.measure == "slack":
        return say("{time} less slack at the tightest date than “{best}”", time=say.duration(found.worse_by), best=best)
    return say("{count} more companies in the teams than “{best}”", count=found.worse_by, best=best)


@dataclass(frozen=True)
class Story:
    """Everything a report is made of.

    Attributes:
        result: how the search went; None for a plan from elsewhere.
        history: the search's moments with an objective, in order.
        actual: what really happened, for problems from a log.
        made: when and with what the report was made, as the caller says it; the engine reads no clock.
    """

    problem: Problem
    plan: Plan
    say: Language
    result: Result | None = None
    history: Sequence[Progress] = ()
    rivals: Sequence[Rival] = ()
    actual: AgainstActual | None = None
    made: str = ""

    @cached_property
    def clock(self) -> Clock:
        """Minutes as moments."""
        return Clock(self.problem, self.say)

    @cached_property
    def measures(self) -> Measures:
        """What the plan is worth."""
        return measure(self.problem, self.plan)

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        """Used machines, the tightest first; without waits for problems of very many cases."""
        return bottlenecks(self.problem, self.plan) if len(self.problem.cases) <= BY_CASE_UP_TO else ()

    @cached_property
    def bottleneck(self) -> Load | None:
        """The machine that most waits rest on, when any do."""
        return next((load for load in self.loads if load.saves or load.waited_minutes), None)

    @cached_property
    def late(self) -> tuple[CaseMeasures, ...]:
        """Late cases, the latest first."""
        late = [case for case in self.measures.cases if case.tardy_minutes]
        return tuple(sorted(late, key=lambda case: (-case.tardy_minutes, case.case)))

    @property
    def is_classic(self) -> bool:
        """Whether only the last completion counts, as in the classic benchmark problems."""
        weights = self.problem.policy.weights
        return weights.makespan > 0 and not (weights.cost or weights.tardiness or weights.co2 or weights.risk)

    @property
    def is_proved(self) -> bool:
        """Whether no better plan exists."""
        return self.result is not None and self.result.status is Status.OPTIMAL

    @cached_property
    def company_minutes(self) -> dict[str, int]:
        """Working minutes by company."""
        minutes: dict[str, int] = {}
        for sublot in self.plan.sublots:
            company = self.problem.company_of(sublot.machine) or ""
            minutes[company] = minutes.get(company, 0) + working_minutes(self.problem, sublot)
        return minutes

    def company(self, name: str) -> str:
        """A company as people call it."""
        company = self.problem.company.get(name)
        return (company.name if company else "") or name

    def machine(self, name: str) -> str:
        """A machine as people call it."""
        return self.problem.machine[name].name or name

    def operation(self, name: str) -> str:
        """An operation as people call it: its id with its name."""
        operation = self.problem.operation[name]
        text = step(operation)
        return f"{name} {text}" if text and text not in name else name

    def sentence(self, sublot: SubLot) -> str:
        """A sub-lot as a sentence: who, on what, which step, how many, from when to when."""
        return self.say(
            "{company}, {machine}: {operation}, {quantity} pieces, {start} to {end}, set-up {setup}",
            company=self.company(self.problem.company_of(sublot.machine) or ""),
            machine=self.machine(sublot.machine),
            operation=self.operation(sublot.operation),
            quantity=f"{sublot.quantity:,}",
            start=self.clock.moment(sublot.start),
            end=self.clock.moment(sublot.end),
            setup=self.say.duration(sublot.setup_minutes),
        )


def step(operation: Operation) -> str:
    """What an operation does, "" when the problem does not say."""
    return operation.name or operation.process


Section = Callable[[Story], str]
