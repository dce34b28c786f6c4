"""Sample problems: the same for the same seed, realistic, with exactly the features asked for, and solvable."""

from __future__ import annotations

import pytest

from tests.engine.strategies import NAMES
from zagumi.engine.files import problem_to_json
from zagumi.engine.plan.check import check
from zagumi.engine.problem import Problem
from zagumi.engine.sample import PROCESSES, Features, sample
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits

SEEN = {
    "calendars": lambda p: bool(p.calendars),
    "no_pause": lambda p: any(not o.may_pause for o in p.operations),
    "bookings": lambda p: any(m.bookings for m in p.machines),
    "bands": lambda p: any(m.bands for m in p.machines),
    "people": lambda p: any(option.skill for o in p.operations for option in o.options) and bool(p.people),
    "families": lambda p: any(m.setups for m in p.machines) and any(o.family for o in p.operations),
    "splitting": lambda p: any(o.max_sublots > 1 for o in p.operations),
    "batches": lambda p: any(link.batch for o in p.operations for link in o.after),
    "assembly": lambda p: any(len(o.after) > 1 for o in p.operations),
    "lags": lambda p: any(link.lag for o in p.operations for link in o.after),
    "good_rates": lambda p: any(option.good_rate < 1 for o in p.operations for option in o.options),
    "travel": lambda p: p.haul(p.sites[0].id, p.sites[1].id, 1000).minutes > 0,
    "deliveries": lambda p: any(c.deliver_to for c in p.cases),
    "releases": lambda p: any(c.release for c in p.cases),
    "grades": lambda p: any(o.min_grade for o in p.operations),
    "barred": lambda p: any(c.barred for c in p.cases),
    "teams": lambda p: p.policy.max_companies is not None and bool(p.policy.apart),
    "leads": lambda p: p.policy.lead_required,
    "fairness": lambda p: bool(p.policy.entitlement),
    "frozen": lambda p: bool(p.policy.frozen),
    "services": lambda p: any(service.runs for service in p.roads.services),
}


def test_the_same_seed_gives_the_same_problem_and_another_seed_another():
    assert problem_to_json(sample(20, 4, 3)) == problem_to_json(sample(20, 4, 3))
    assert problem_to_json(sample(20, 4, 3)) != problem_to_json(sample(20, 4, 4))


def test_the_usual_sample_is_a_town():
    problem = sample()
    assert (len(problem.companies), len(problem.cases)) == (40, 12)
    assert 230 <= len(problem.operations) <= 330
    assert {operation.process for operation in problem.operations} == {process.name for process in PROCESSES}
    assert len([site for site in problem.sites if site.company is None]) == 3
    assert all(SEEN[name](problem) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_can_be_switched_on_alone_and_off_alone(name: str):
    def seen(features: Features) -> bool:
        return bool(SEEN[name](sample(14, 6, 5, features)))

    assert seen(Features())
    assert not seen(Features(**{name: False}))
    also = {"calendars": True} if name == "bookings" else {}  # a booking lies within open hours
    alone = Features.only(**{name: True}, **also)
    assert seen(alone)
    others = [other for other in NAMES if other not in (name, *also) and SEEN[other](sample(14, 6, 5, alone))]
    assert others == []


@pytest.mark.parametrize(("companies", "cases"), [(1, 1), (2, 1), (7, 2), (60, 2)])
def test_any_number_of_companies(companies: int, cases: int):
    problem: Problem = sample(companies, cases)
    assert (len(problem.companies), len(problem.cases)) == (companies, cases)
    for operation in problem.operations:
        assert problem.eligible(operation)


def test_a_sample_has_a_valid_plan():
    problem = sample(3, 1, 3, Features(bands=False, splitting=False))
    result = solve_exact(problem, Limits(seconds=200))
    assert result.plan is not None
    assert check(problem, result.plan) == ()
