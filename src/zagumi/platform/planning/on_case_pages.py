"""What planning puts on the pages of a case: a tab, a button, facts, blockers, and who does which step."""

from collections.abc import Iterable
from itertools import pairwise

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zagumi.engine.insight.lateness import why_late
from zagumi.platform.cases import pages
from zagumi.platform.cases.models import BEFORE_PRODUCTION, Case
from zagumi.platform.core.actor import Actor
from zagumi.platform.network.models import MachineStop
from zagumi.platform.planning.models import Plan, PlannedSublot
from zagumi.platform.planning.queries.snapshots import plan_of, snapshot_of
from zagumi.platform.planning.rules import may_plan


def register() -> None:
    """Called once, when the app is ready."""
    pages.add_tab(
        pages.CaseTab(
            "plan",
            gettext_lazy("Plan"),
            40,
            lambda case: reverse("planning:case-plan", args=[case.code]),
            lambda actor, case: Plan.objects.visible_to(actor).filter(case=case).exists() or may_plan(actor),
        )
    )
    pages.add_actions(_actions)
    pages.add_facts(_facts)
    pages.add_blockers(_blockers)
    pages.tell_plan(_who_does_what)


def _in_force(actor: Actor, case: Case) -> Plan | None:
    return (
        Plan.objects.visible_to(actor)
        .filter(case=case)
        .select_related("lead__party", "alternative__run")
        .order_by("-version")
        .first()
    )


def _actions(actor: Actor, case: Case) -> Iterable[pages.CaseAction]:
    if not may_plan(actor) or not case.is_open or not case.operations.filter(removed_at=None).exists():
        return
    run = case.runs.exclude(outcome="").order_by("-pk").first()
    plan = _in_force(actor, case)
    if run is not None and (plan is None or run.created > plan.adopted):
        yield pages.CaseAction(
            gettext_lazy("Compare the alternatives"), reverse("planning:run", args=[run.code]), is_main=True
        )
    else:
        address = f"{reverse('planning:run-new')}?case={case.code}"
        yield pages.CaseAction(
            gettext_lazy("Plan this case"), address, "calendar", is_main=case.stage in BEFORE_PRODUCTION
        )


def _facts(actor: Actor, case: Case) -> Iterable[pages.Fact]:
    plan = _in_force(actor, case)
    if plan is None:
        return
    completion = timezone.localtime(plan.completion)
    late = plan.completion > case.due
    text = f"{completion.month}/{completion.day}"
    yield pages.Fact(
        gettext_lazy("Expected to be done"),
        _("%(day)s, late") % {"day": text} if late else text,
        "late" if late else "",
    )


def _blockers(actor: Actor, case: Case) -> Iterable[pages.Blocker]:
    """The coordinator learns of machines of the plan that stand still."""
    plan = _in_force(actor, case)
    if plan is None or not may_plan(actor):
        return
    for stop in MachineStop.objects.filter(end=None, machine__sublots__plan=plan).select_related("machine").distinct():
        ahead = PlannedSublot.objects.filter(plan=plan, machine=stop.machine, ends__gt=stop.start).exists()
        if ahead:
            yield pages.Blocker(
                _("%(machine)s stands still") % {"machine": stop.machine.name},
                stop.reason,
                f"{reverse('planning:run-new')}?case={case.code}",
                "late",
            )


def _who_does_what(actor: Actor, case: Case) -> pages.PlanOfCase | None:
    plan = _in_force(actor, case)
    if plan is None:
        return None
    rows = PlannedSublot.objects.visible_to(actor).filter(plan=plan)
    return pages.PlanOfCase(
        tuple(
            pages.Assignment(row.operation.number, row.machine.site.party.short, row.quantity)
            for row in rows.select_related("operation", "machine__site__party").order_by("operation__number", "lot")
        ),
        _decisive(actor, case, plan),
    )


def _decisive(actor: Actor, case: Case, plan: Plan) -> frozenset[tuple[int, int]]:
    """The links between steps along the chain that decides when the case is done; for those who plan."""
    if not may_plan(actor):
        return frozenset()
    alternative = plan.alternative
    problem = snapshot_of(actor, alternative.run).problem
    chain = why_late(problem, plan_of(actor, alternative), case.code).chain
    steps = [operation.rpartition("/") for operation in dict.fromkeys(segment.operation for segment in chain)]
    numbers = [int(number) for code, _slash, number in steps if code == case.code]
    return frozenset(pairwise(numbers))
