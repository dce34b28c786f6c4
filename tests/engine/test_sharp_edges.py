"""What cannot be is refused by name: the item, what was found there, what would have been accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from zagumi.engine.errors import ProblemError
from zagumi.engine.network_sample import Size, network
from zagumi.engine.problem import (
    Calendar,
    Case,
    Company,
    FrozenWork,
    Link,
    Machine,
    Operation,
    Option,
    Policy,
    Problem,
    Site,
    Weights,
)
from zagumi.engine.read.network import problem_of
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Status
from zagumi.engine.solve.solve import solve


def shop(
    operations: tuple[Operation, ...] = (), policy: Policy | None = None, cases: tuple[Case, ...] = (Case("one"),)
) -> Problem:
    """Two companies with a machine each."""
    return Problem(
        companies=(Company("A"), Company("B")),
        sites=(Site("a", "A"), Site("b", "B")),
        machines=(Machine("M1", "a"), Machine("M2", "b")),
        cases=cases,
        operations=operations or (operation("cut"),),
        horizon=1000,
        policy=policy or Policy(),
    )


def operation(name: str, *, after: tuple[str, ...] = (), machines: str = "12", quantity: int = 2) -> Operation:
    options = tuple(Option(f"M{number}", 5, 10.0, 100) for number in machines)
    return Operation(name, "one", options, quantity, after=tuple(Link(before) for before in after))


def frozen(*works: tuple[str, str, int, int, int]) -> Policy:
    return Policy(frozen=tuple(FrozenWork(*work) for work in works))


REFUSED: dict[str, tuple[Callable[[], object], str, str, str]] = {
    "due before release": (
        lambda: Case("one", release=100, due=99),
        "case one, due",
        "99",
        "not before its release at minute 100",
    ),
    "empty calendar": (lambda: Calendar("shift", ()), "calendar shift", "no window", "at least one open window"),
    "empty window": (
        lambda: Calendar("shift", ((5, 5),)),
        "calendar shift",
        "(5, 5)",
        "windows in order, none empty, from minute 0 on",
    ),
    "cycle": (
        lambda: shop((operation("cut", after=("weld",)), operation("weld", after=("cut",)))),
        "operations",
        "cut -> weld -> cut",
        "links without a cycle",
    ),
    "after itself": (
        lambda: shop((operation("cut", after=("cut",)),)),
        "operations",
        "cut -> cut",
        "links without a cycle",
    ),
    "frozen twice": (
        lambda: shop(policy=frozen(("cut", "M1", 2, 0, 10), ("cut", "M2", 2, 0, 10))),
        "frozen work on operation cut, quantity",
        "4",
        "at most 2 pieces together",
    ),
    "frozen elsewhere": (
        lambda: shop((operation("cut", machines="1"),), frozen(("cut", "M2", 2, 0, 10))),
        "frozen work on operation cut, machine",
        "M2",
        "a machine among the operation's options",
    ),
    "frozen backwards": (
        lambda: shop(policy=frozen(("cut", "M1", 2, 10, 5))),
        "frozen work on operation cut",
        "2 pieces from 10 to 5",
        "pieces and times in order",
    ),
    "overflow": (
        lambda: solve(shop(policy=Policy(weights=Weights(cost=2**56))), Limits(steps=1)),
        "objective, cost",
        "weight 72057594037927936 times up to 100",
        "less than 2^62 in all, about 4.6e18",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_at_birth_or_at_the_door(name: str) -> None:
    make, *expected = REFUSED[name]
    with pytest.raises(ProblemError) as wrong:
        make()
    assert [wrong.value.place, wrong.value.given, wrong.value.expected] == expected


IMPOSSIBLE: dict[str, tuple[Problem, str, tuple[str, ...], str]] = {
    "no option": (
        shop((operation("cut", machines=""),)),
        "option",
        ("cut",),
        "operation cut has no machine that qualifies",
    ),
    "no machine qualifies": (
        shop((operation("cut", machines="1"),), cases=(Case("one", barred=frozenset({"A"})),)),
        "option",
        ("cut",),
        "operation cut has no machine that qualifies: none of its 1 options passes grade, barred companies and skills",
    ),
    "frozen on top of each other": (
        shop((operation("cut"), operation("weld")), frozen(("cut", "M1", 2, 0, 30), ("weld", "M1", 2, 20, 50))),
        "frozen",
        ("cut", "weld", "machine M1"),
        "frozen work on operations cut and weld overlaps on machine M1",
    ),
    "frozen at companies that may not work together": (
        shop(
            (operation("cut"), operation("weld")),
            replace(
                frozen(("cut", "M1", 2, 0, 30), ("weld", "M2", 2, 20, 50)),
                apart=frozenset({("A", "B")}),
            ),
        ),
        "team",
        ("one",),
        "no team of at most 2 companies that may work together can do every operation of case one",
    ),
    "frozen at more companies than one": (
        shop(
            (operation("cut"), operation("weld")),
            replace(frozen(("cut", "M1", 2, 0, 30), ("weld", "M2", 2, 20, 50)), one_company=frozenset({"one"})),
        ),
        "team",
        ("one",),
        "no single company can do every operation of case one",
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_with_its_reason(name: str) -> None:
    problem, rule, items, text = IMPOSSIBLE[name]
    result = solve(problem, Limits(steps=50))
    assert result.status is Status.INFEASIBLE
    assert (rule, items, text) in [(reason.rule, reason.items, reason.text) for reason in result.reasons]


@pytest.mark.parametrize("name", ["nobody", "frozen"])
def test_large_problems_name_them_too(name: str) -> None:
    """Where obstacles are only looked for when there is no plan."""
    grid = problem_of(network(Size(1200, 120, 60, 1.0), 1), "grid")
    one, *others = grid.operations
    if name == "nobody":
        grid, items = replace(grid, operations=(replace(one, options=()), *others)), (one.id,)
    else:
        machine = one.options[0].machine
        other = next(o for o in others if machine in {option.machine for option in o.options})
        works = tuple(FrozenWork(o.id, machine, 1, 10, 30) for o in (one, other))
        grid = replace(grid, policy=replace(grid.policy, frozen=works))
        items = (*sorted((one.id, other.id)), f"machine {machine}")
    result = solve(grid, Limits(steps=20))
    assert result.status is Status.INFEASIBLE
    assert [reason.items for reason in result.reasons] == [items]
