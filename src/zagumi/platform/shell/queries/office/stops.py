"""Machines that stand still, and the work of plans in force that waits for them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from zagumi.platform.cases.models import Case, Option
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.network.models import MachineStop
from zagumi.platform.planning.models import PlannedSublot
from zagumi.platform.planning.queries.schedule import in_force


@dataclass(frozen=True)
class Hindrance:
    """A stop on a machine that plans in force count on: the sub-lots it holds up, the cases they belong to."""

    stop: MachineStop
    sublots: tuple[PlannedSublot, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases concerned, the tightest first."""
        found = {sublot.plan.case_id: sublot.plan.case for sublot in self.sublots}
        return tuple(sorted(found.values(), key=lambda case: case.due))

    @property
    def first(self) -> datetime:
        """When the machine is needed first."""
        return min(sublot.starts for sublot in self.sublots)


def stops_now(actor: Actor) -> list[MachineStop]:
    """Stops that last or are to come, the latest first."""
    stops = MachineStop.objects.visible_to(actor).filter(Q(end__isnull=True) | Q(end__gt=clock.now()))
    return list(stops.select_related("machine__site__party").order_by("-start"))


def hindrances(actor: Actor) -> list[Hindrance]:
    """Stops that hold up work of plans in force."""
    stops = stops_now(actor)
    now = clock.now()
    on_machine: dict[int, list[PlannedSublot]] = defaultdict(list)
    rows = PlannedSublot.objects.visible_to(actor).filter(
        plan__in=in_force(), machine__in=[stop.machine_id for stop in stops], ends__gt=now
    )
    for row in rows.select_related("plan__case", "operation", "machine").order_by("starts", "pk"):
        on_machine[row.machine_id].append(row)
    found = []
    for stop in stops:
        held = [
            row
            for row in on_machine[stop.machine_id]
            if row.ends > stop.start and (stop.end is None or row.starts < stop.end) and row.plan.case.is_open
        ]
        if held:
            found.append(Hindrance(stop, tuple(held)))
    return found


def substitutes(actor: Actor, hindrance: Hindrance) -> int:
    """How many other companies have a running machine on offer for the work held up."""
    options = Option.objects.visible_to(actor).filter(
        operation__in=[sublot.operation_id for sublot in hindrance.sublots],
        removed_at__isnull=True,
        machine__retired_on__isnull=True,
    )
    others = options.exclude(answer=Option.Answer.DECLINED).exclude(
        machine__site__party=hindrance.stop.machine.site.party
    )
    stopped = [stop.machine_id for stop in stops_now(actor) if stop.start <= clock.now()]
    parties = others.exclude(machine__in=stopped).values_list("machine__site__party", flat=True)
    return len(set(parties))
