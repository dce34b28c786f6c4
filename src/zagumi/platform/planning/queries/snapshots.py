"""A run's problem and its alternatives' plans as the engine's own, kept while they are looked at."""

import gzip
from dataclasses import dataclass
from functools import lru_cache

from zagumi.engine.files import plan_from_json, problem_from_json
from zagumi.engine.plan.plan import Plan as EnginePlan
from zagumi.engine.problem import Problem
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.models import Party
from zagumi.platform.network.models import Machine, Person, Site
from zagumi.platform.planning.bridge import Frame, origin_from
from zagumi.platform.planning.models import Alternative, Run


@dataclass(frozen=True)
class Names:
    """What people call the engine's ids: companies, machines, sites and people by code."""

    company: dict[str, str]
    machine: dict[str, str]
    site: dict[str, str]
    person: dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """A problem with its time frame and the names of what is in it."""

    problem: Problem
    frame: Frame
    names: Names


@lru_cache(maxsize=8)
def _problem(run_id: int, sha256: str) -> Problem:
    snapshot = Run.objects.values_list("snapshot", flat=True).get(pk=run_id, snapshot_sha256=sha256)
    return problem_from_json(gzip.decompress(bytes(snapshot)), "snapshot")


@lru_cache(maxsize=32)
def _plan(packed: bytes) -> EnginePlan:
    return plan_from_json(gzip.decompress(packed), "plan")


def snapshot_of(actor: Actor, run: Run) -> Snapshot:
    """The problem of a run the actor may see; raises Hidden before the snapshot is taken."""
    if not Run.objects.visible_to(actor).filter(pk=run.pk).exists() or not run.snapshot_sha256:
        raise Hidden()
    problem = _problem(run.pk, run.snapshot_sha256)
    return Snapshot(problem, Frame(origin_from(problem)), names_of(problem))


def plan_of(actor: Actor, alternative: Alternative) -> EnginePlan:
    """The plan of an alternative the actor may see."""
    packed = Alternative.objects.visible_to(actor).filter(pk=alternative.pk).values_list("plan", flat=True).first()
    if packed is None:
        raise Hidden()
    return _plan(bytes(packed))


def names_of(problem: Problem) -> Names:
    """Names in the reader's language, by code."""
    parties = Party.objects.filter(code__in=problem.company)
    machines = Machine.objects.filter(code__in=problem.machine)
    sites = Site.objects.filter(code__in=problem.site)
    people = Person.objects.filter(code__in=problem.person)
    return Names(
        {party.code: party.short for party in parties},
        {machine.code: machine.name for machine in machines},
        {site.code: site.name for site in sites},
        {person.code: person.name for person in people},
    )
