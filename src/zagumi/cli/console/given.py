"""Plans that are given to a command."""

from __future__ import annotations

from zagumi.engine.errors import FileError
from zagumi.engine.files import load_plan
from zagumi.engine.plan.check import check
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem


def plan_in_force(problem: Problem, name: str) -> Plan:
    """The plan of a file, refused when it breaks a rule of the problem."""
    plan = load_plan(name)
    faults = check(problem, plan)
    if faults:
        raise FileError(name, faults[0].rule, faults[0].text, "a plan without faults")
    return plan
