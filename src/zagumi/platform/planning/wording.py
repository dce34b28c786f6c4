"""The engine's structured answers in the reader's words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def argument(bound_by: str) -> str:
    """What proves the lower bound."""
    return {
        "critical path": _("longest chain of steps"),
        "load": _("load of the machines"),
        "tree": _("cheapest way through the steps"),
        "prices": _("prices of machine time"),
        "one machine": _("one machine by itself"),
        "CP-SAT": _("complete search"),
    }.get(bound_by, bound_by)


def sacrifice(item: Mapping[str, Any]) -> str:
    """One thing an alternative gives up against the best of that measure."""
    amount = int(item["worse_by"])
    match item["measure"]:
        case "cost_yen":
            return _("%(yen)s yen more") % {"yen": f"{amount:,}"}
        case "completion" | "makespan" | "tardy_minutes":
            return _("%(days)s days later") % {"days": round(amount / 1440, 1)}
        case "co2_g":
            return _("%(kg)s kg more CO2") % {"kg": f"{amount / 1000:,.1f}"}
        case "risk_yen" | "slack":
            return _("%(days)s days less slack") % {"days": round(amount / 1440, 1)}
        case "companies":
            return ngettext("%(n)s company more to coordinate", "%(n)s companies more to coordinate", amount) % {
                "n": amount
            }
        case _:
            return f"{item['measure']} +{amount:,}"


def unmet(reason: Mapping[str, Any], named: Callable[[str], str] = str) -> str:
    """A requirement that rules every plan out; ``named`` gives the name of an engine's id."""
    items = _(", ").join(named(item) for item in reason["items"])
    known = {
        "option": _("Nobody can do %(items)s: no capable machine is on offer."),
        "hours": _("No opening hours are long enough for %(items)s, which may not pause."),
        "horizon": _("%(items)s cannot be finished within the planning period."),
        "team": _("The limit on companies in a team cannot be met for %(items)s."),
        "lead": _("No company that could work on %(items)s may lead."),
        "frozen": _("The fixed work contradicts itself: %(items)s."),
        "band": _("The published capacity does not suffice for %(items)s."),
    }
    text = known.get(reason["rule"])
    return text % {"items": items} if text else str(reason["text"])


def broken(fault: Mapping[str, Any], named: Callable[[str], str]) -> str:
    """A rule that a plan no longer keeps since the network has changed; ``named`` gives the name of an engine's id."""
    items = _(", ").join(dict.fromkeys(named(item) for item in fault["items"]))
    known = {
        "known": _("No longer there: %(items)s."),
        "option": _("No longer possible there: %(items)s."),
        "quantity": _("The quantity has changed: %(items)s."),
        "release": _("May only begin later: %(items)s."),
        "hours": _("Closed or standing still at that time: %(items)s."),
        "booking": _("Booked for something else at that time: %(items)s."),
        "overlap": _("Two works at the same time: %(items)s."),
        "person": _("One person for two works: %(items)s."),
        "band": _("More than the published capacity: %(items)s."),
        "travel": _("The way takes longer: %(items)s."),
        "arrival": _("The pieces arrive too late: %(items)s."),
        "team": _("The team is no longer allowed: %(items)s."),
        "lead": _("The lead is no longer allowed: %(items)s."),
    }
    return known.get(fault["rule"], _("The rules of the case have changed: %(items)s.")) % {"items": items}


def decided_text(decided: str) -> str:
    """What spoke for the machine a step is on."""
    return {
        "frozen": _("The work stands: it has begun or is fixed."),
        "only": _("No other machine qualifies."),
        "cheapest": _("It costs least here, transport included."),
        "earliest": _("It is done first here."),
        "balance": _("Taken together with the other steps it is best here: it leaves room or saves elsewhere."),
    }[decided]


def obstacle_text(obstacle: str) -> str:
    """The hard condition a machine or company fails."""
    return {
        "no_option": _("has no machine on offer for this step"),
        "grade": _("does not reach the quality asked for"),
        "barred": _("may not work on this case"),
        "skill": _("nobody there has the skill"),
        "apart": _("may not work beside a company that must be in the team"),
        "frozen": _("the work already stands elsewhere"),
        "no_time": _("has no free time within the planning period"),
        "no_plan": _("no valid plan has the step there"),
    }[obstacle]


def cause_text(kind: str, *, step: str, machine: str, saves: int) -> str:
    """One reason of lateness, with what would be gained without it."""
    text = {
        "release": _("%(step)s could not begin earlier: material or drawings were missing."),
        "work": _("%(step)s itself takes long on %(machine)s."),
        "machine": _("%(step)s waits for %(machine)s, which works on something else."),
        "booking": _("%(step)s waits for %(machine)s, which is booked."),
        "person": _("%(step)s waits for the person who attends %(machine)s."),
        "band": _("%(machine)s has no published capacity left before %(step)s."),
        "hours": _("%(step)s waits until %(machine)s opens."),
        "transport": _("%(step)s waits for its pieces to arrive."),
        "choice": _("%(step)s begins later than it had to."),
    }[kind] % {"step": step, "machine": machine}
    return text + " " + _("Without this: %(hours)s hours earlier.") % {"hours": round(saves / 60, 1)}
