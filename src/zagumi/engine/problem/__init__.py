"""The problem: frozen dataclasses that refuse nonsense at birth, naming the item."""

from zagumi.engine.problem.network import Band, Calendar, Company, Haul, Machine, Person, Roads, Service, Site, Vehicle
from zagumi.engine.problem.policy import MEASURES, FrozenWork, PlannedWork, Policy, Weights
from zagumi.engine.problem.problem import Problem
from zagumi.engine.problem.work import Case, Link, Operation, Option, Part

__all__ = [
    "MEASURES",
    "Band",
    "Calendar",
    "Case",
    "Company",
    "FrozenWork",
    "Haul",
    "Link",
    "Machine",
    "Operation",
    "Option",
    "Part",
    "Person",
    "PlannedWork",
    "Policy",
    "Problem",
    "Roads",
    "Service",
    "Site",
    "Vehicle",
    "Weights",
]
