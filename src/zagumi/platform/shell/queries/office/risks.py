"""Cases that may miss their dates: how far off, why, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import NormalDist

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zagumi.platform.cases.models import BEFORE_PRODUCTION, FINISHED, Case, Stage
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.planning.models import Plan, Run
from zagumi.platform.planning.queries.schedule import in_force
from zagumi.platform.shell.queries.office.stops import Hindrance
from zagumi.platform.shell.queries.office.tasks import (
    awaiting_choice,
    idle_steps,
    open_questions,
    plan_again,
    slack_tag,
)

LITTLE_SLACK = timedelta(days=2)
WITHOUT_PLAN = timedelta(days=7)
MOST_ROWS = 8


@dataclass(frozen=True)
class Risk:
    """A case that may miss its date. ``slack`` and ``spread`` are days; None without a forecast.

    ``is_stale``: the forecast is from before a machine stopped.
    """

    code: str
    title: str
    url: str
    buyer: str
    due: datetime
    slack: float | None
    spread: float
    tag: tuple[str, str]
    is_stale: bool
    cause: str
    next_words: str
    next_url: str


def cases_at_risk(actor: Actor, hindrances: Sequence[Hindrance]) -> list[Risk]:
    """Open cases with little or no slack, without a plan although the date is near, or held up; the worst first."""
    now = clock.now()
    plans = {plan.case_id: plan for plan in in_force().visible_to(actor)}  # type: ignore[attr-defined]
    held = {case.pk: hindrance for hindrance in hindrances for case in hindrance.cases}
    offers = {case.pk: run for run in awaiting_choice(actor) for case in run.cases.all()}
    asked = {note.case_id for note in open_questions(actor)}
    idle = {step.case_id for step in idle_steps(actor)}
    cases = Case.objects.visible_to(actor).exclude(stage__in=(*FINISHED, Stage.SETTLEMENT, Stage.REVIEW))
    found = []
    for case in cases.select_related("buyer"):
        plan = plans.get(case.pk)
        left = case.due - max(case.expected_end or now, now)
        is_near = left < (LITTLE_SLACK if case.expected_end else WITHOUT_PLAN)
        if not (is_near or case.pk in held or case.pk in idle):
            continue
        why = _Why(case, plan, held.get(case.pk), offers.get(case.pk), case.pk in asked, case.pk in idle)
        found.append(why.risk(now))
    found.sort(key=lambda risk: (risk.tag[0] not in ("stopped", "late", "blocked"), risk.due))
    return found[:MOST_ROWS]


@dataclass(frozen=True)
class _Why:
    """What is known of a case at risk."""

    case: Case
    plan: Plan | None
    hindrance: Hindrance | None
    offer: Run | None
    has_question: bool
    is_idle: bool

    def risk(self, now: datetime) -> Risk:
        case, plan = self.case, self.plan
        end = case.expected_end
        slack = None if end is None else (case.due - max(end, now)) / timedelta(days=1)
        next_words, next_url = self._next()
        return Risk(
            code=case.code,
            title=case.title,
            url=reverse("cases:case", args=[case.code]),
            buyer=case.buyer.short,
            due=case.due,
            slack=None if slack is None else round(slack, 1),
            spread=spread_days(slack, plan.on_time if plan else None),
            tag=self._tag(slack, now),
            is_stale=self.hindrance is not None,
            cause=self._cause(),
            next_words=next_words,
            next_url=next_url,
        )

    @property
    def is_late(self) -> bool:
        """Whether the plan in force misses the date."""
        return self.plan is not None and self.plan.completion > self.case.due

    def _tag(self, slack: float | None, now: datetime) -> tuple[str, str]:
        if self.hindrance:
            return "stopped", _("stopped")
        if self.is_idle:
            return "blocked", _("nobody can")
        if self.case.stage == Stage.DELIVERY and self.case.due > now:
            return "now", _("being delivered")
        if slack is None:
            days = max(0, (timezone.localdate(self.case.due) - timezone.localdate(now)).days)
            return "late" if self.case.due < now else "warn", ngettext(
                "due in %(count)s day, no plan", "due in %(count)s days, no plan", days
            ) % {"count": days}
        return slack_tag(round(slack * 1440))

    def _cause(self) -> str:
        if self.hindrance:
            machine = self.hindrance.stop.machine
            return f"{machine.site.party.short} {machine.name}: {self.hindrance.stop.reason}"
        if self.is_idle:
            return _("No company of the network offers a step.")
        if self.is_late:
            return _("The plan in force does not keep the date.")
        if self.has_question:
            return _("A question is open.")
        if self.plan is None:
            return "" if self.case.stage == Stage.DELIVERY else _("It is not planned yet.")
        if self.plan.on_time is not None and self.plan.on_time < 0.9:
            return _("In %(share)s of 100 simulated courses it keeps its date.") % {
                "share": round(100 * self.plan.on_time)
            }
        return _("Planned with little slack.")

    def _next(self) -> tuple[str, str]:
        url = reverse("cases:case", args=[self.case.code])
        if self.offer:
            return _("Choose from the plans found"), reverse("planning:run", args=[self.offer.code])
        is_unplanned = self.plan is None and not self.is_idle and self.case.stage in BEFORE_PRODUCTION
        if self.hindrance or self.is_late or is_unplanned:
            return _("Plan again") if self.plan else _("Plan it"), plan_again([self.case])
        if self.is_idle:
            return _("Look for a company"), reverse("cases:case-steps", args=[self.case.code])
        if self.has_question:
            return _("Answer the question"), url + "#notes"
        if self.plan:
            return _("Look at the plan"), reverse("planning:case-plan", args=[self.case.code])
        return _("Open the case"), url


def spread_days(slack: float | None, on_time: float | None) -> float:
    """Half the width, in days, of the range in which the end lies in 8 of 10 courses.

    From the simulated share of courses on time and the slack, taking the end as normally distributed; where all or no
    courses are on time nothing can be said, and the range has no width.
    """
    if slack is None or on_time is None or not 0.01 < on_time < 0.99 or not slack:
        return 0.0
    standard = NormalDist().inv_cdf(on_time)
    if abs(standard) < 0.05 or (standard > 0) != (slack > 0):
        return 0.0
    return min(3.0, abs(slack / standard) * NormalDist().inv_cdf(0.9))
