"""Who sees what of planning, and who may plan.

============  ===================  ===========================  ==================  ==============
rows          coordinator          member                       buyer               viewer, carrier
============  ===================  ===========================  ==================  ==============
runs, alternatives  all of the network   none (they hold all data)    none                none
plan          all                  cases with its own sub-lots  own cases           none
sub-lot       all                  its own machines'            none                none
transfer      all                  from or to its machines      none                none
============  ===================  ===========================  ==================  ==============

A plan's cost, lead and choice are columns of their own: a member and a buyer see its version and dates only, and
the other end of a member's transfer has no name (see ``queries``).
"""

from django.db.models import Q

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.visibility import NOBODY, columns, rows
from zagumi.platform.planning.models import Alternative, Plan, PlannedSublot, PlannedTransfer, Run


@rows(Run)
def run_rows(actor: Actor) -> Q:
    """A run's snapshot holds everybody's data: the coordinator's alone."""
    return Q(network_id=actor.network_id) if actor.is_coordinator else NOBODY


@rows(Alternative)
def alternative_rows(actor: Actor) -> Q:
    """As the run."""
    return Q(run__network_id=actor.network_id) if actor.is_coordinator else NOBODY


@rows(Plan)
def plan_rows(actor: Actor) -> Q:
    """Members: plans in which they work; buyers: plans of their own cases."""
    network = Q(case__network_id=actor.network_id)
    if actor.is_coordinator:
        return network
    if actor.is_member and actor.party_id:
        mine = PlannedSublot.objects.filter(machine__site__party_id=actor.party_id)
        return network & Q(pk__in=mine.values("plan_id"))
    if actor.is_buyer and actor.party_id:
        return network & Q(case__buyer_id=actor.party_id)
    return NOBODY


@rows(PlannedSublot)
def sublot_rows(actor: Actor) -> Q:
    """Members: the work on their own machines."""
    network = Q(plan__case__network_id=actor.network_id)
    if actor.is_coordinator:
        return network
    if actor.is_member and actor.party_id:
        return network & Q(machine__site__party_id=actor.party_id)
    return NOBODY


@rows(PlannedTransfer)
def transfer_rows(actor: Actor) -> Q:
    """Members: what leaves from or comes to their own machines."""
    network = Q(plan__case__network_id=actor.network_id)
    if actor.is_coordinator:
        return network
    if actor.is_member and actor.party_id:
        gives = Q(giver__machine__site__party_id=actor.party_id)
        takes = Q(taker__machine__site__party_id=actor.party_id)
        return network & (gives | takes)
    return NOBODY


@columns(Plan)
def plan_columns(actor: Actor, _plan: Plan) -> frozenset[str]:
    """Money, risk and the reasons of the choice are the coordinator's; the completion is everybody's who sees it."""
    if actor.is_coordinator:
        return frozenset({"cost", "co2", "risk", "reason", "lead", "team", "completion"})
    return frozenset({"completion"})


@columns(PlannedTransfer)
def transfer_columns(actor: Actor, _transfer: PlannedTransfer) -> frozenset[str]:
    """A member sees when and how much moves, never what it costs or who is at the other end."""
    return frozenset({"cost", "other_end"}) if actor.is_coordinator else frozenset()


def may_plan(actor: Actor) -> bool:
    """Starting runs and adopting plans is the coordinator's work."""
    return actor.is_coordinator
