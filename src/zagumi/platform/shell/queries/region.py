"""The region in figures, for a bank or a chamber: aggregates of at least five, never a row.

A figure that rests on fewer than ``LEAST`` companies (or cases) is not given. Where the parts of a known total are
listed and only one of them would be missing, the next smallest is kept back as well, since the total would tell it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zagumi.platform.cases.models import BEFORE_PRODUCTION, DELIVERED, Case, Stage
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Network
from zagumi.platform.network.insight import coming_weeks, free_weeks
from zagumi.platform.network.models import Admission, Company, Disclosure, Family, Machine
from zagumi.platform.network.queries import coverage

LEAST = 5
WEEKS = 4


@dataclass(frozen=True)
class FamilyLine:
    """One family of processes; figures are None where fewer than ``LEAST`` companies stand behind them."""

    key: str
    name: str
    companies: int | None
    machines: int | None
    free_share: float | None


@dataclass(frozen=True)
class Region:
    """The figures. ``stages`` are (words, number or None)."""

    companies: int | None
    employees: int | None
    machines: int | None
    cases: int | None
    stages: tuple[tuple[str, int | None], ...]
    families: tuple[FamilyLine, ...]
    missing: tuple[str, ...]
    least: int = LEAST


def region(actor: Actor) -> Region:
    """The figures of the actor's network, computed with the system's eyes and cut to what anybody may know."""
    network = Network.objects.find(actor, pk=actor.network_id)
    chief = Actor.system(network)
    members = Company.objects.visible_to(chief).filter(
        admissions__network=network, admissions__state__in=Admission.SHARING
    )
    companies = list(members)
    staffed = [company.employees for company in companies if company.employees is not None]
    machines = list(
        Machine.objects.visible_to(chief)
        .filter(retired_on__isnull=True, site__party__company__in=companies)
        .select_related("site", "process")
    )
    cases = list(Case.objects.visible_to(chief))
    return Region(
        companies=shown(len(companies)),
        employees=sum(staffed) if len(staffed) >= LEAST else None,
        machines=len(machines) if len(companies) >= LEAST else None,
        cases=shown(len(cases)),
        stages=_stages(cases),
        families=_families(machines),
        missing=tuple(row.process for row in coverage(chief).missing),
    )


def shown(count: int) -> int | None:
    """The count, if enough stand behind it; nothing at all is no secret."""
    return count if count >= LEAST or count == 0 else None


def guarded(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Parts of a known total: small ones are kept back, and never one alone."""
    kept: dict[str, int | None] = {key: shown(count) for key, count in counts.items()}
    hidden = [key for key, count in kept.items() if count is None]
    if len(hidden) == 1:
        others = [key for key, count in counts.items() if key not in hidden and count]
        if others:
            kept[min(others, key=lambda key: counts[key])] = None
    return kept


def _stages(cases: list[Case]) -> tuple[tuple[str, int | None], ...]:
    groups = {
        "before": (_("Being asked and planned"), {*BEFORE_PRODUCTION}),
        "making": (_("Being made and delivered"), {Stage.PRODUCTION, Stage.DELIVERY}),
        "done": (_("Delivered"), set(DELIVERED) - {Stage.LOST}),
        "lost": (_("Lost"), {Stage.LOST}),
    }
    counts = {key: sum(case.stage in stages for case in cases) for key, (_words, stages) in groups.items()}
    kept = guarded(counts)
    return tuple((words, kept[key]) for key, (words, _stages_of) in groups.items())


def _families(machines: list[Machine]) -> tuple[FamilyLine, ...]:
    by_family: dict[str, list[Machine]] = defaultdict(list)
    for machine in machines:
        by_family[machine.process.family].append(machine)
    open_ones = [machine for machine in machines if machine.capacity_disclosure != Disclosure.HIDDEN]
    free = free_weeks(open_ones, coming_weeks(WEEKS))
    lines = []
    for family in Family:
        own = by_family[family]
        owners = {machine.site.party_id for machine in own}
        enough = len(owners) >= LEAST
        telling = [machine for machine in own if machine.pk in free]
        running = sum(week.running for machine in telling for week in free[machine.pk])
        left = sum(week.free for machine in telling for week in free[machine.pk])
        tell = len({machine.site.party_id for machine in telling}) >= LEAST and running
        lines.append(
            FamilyLine(
                family.value,
                str(family.label),
                shown(len(owners)),
                len(own) if enough or not own else None,
                left / running if tell else None,
            )
        )
    return tuple(lines)
