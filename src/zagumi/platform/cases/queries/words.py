"""What a stage and a date are called, for whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zagumi.platform.cases.models import DELIVERED, STAGE_LINE, Case, Stage
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.network.lists import is_holiday

SOON = timedelta(days=7)
LITTLE_SLACK = timedelta(days=2)
LONGEST_COUNT = 90  # working days are counted up to here

# Buyers see how far their order is, never how it is made.
BUYER_STAGES: dict[str, str | Promise] = {
    Stage.INQUIRY: gettext_lazy("Received"),
    Stage.DESIGN: gettext_lazy("Being studied"),
    Stage.TEAM: gettext_lazy("Being studied"),
    Stage.QUOTE: gettext_lazy("Quotation"),
    Stage.PLANNING: gettext_lazy("In preparation"),
    Stage.PRODUCTION: gettext_lazy("In production"),
    Stage.DELIVERY: gettext_lazy("On its way"),
    Stage.SETTLEMENT: gettext_lazy("Delivered"),
    Stage.REVIEW: gettext_lazy("Delivered"),
    Stage.DONE: gettext_lazy("Delivered"),
    Stage.LOST: gettext_lazy("Closed"),
}
MEMBER_STAGES: dict[str, str | Promise] = {
    Stage.INQUIRY: gettext_lazy("Waiting for your answer"),
    Stage.DESIGN: gettext_lazy("Waiting for your answer"),
    Stage.TEAM: gettext_lazy("Waiting for your answer"),
    Stage.QUOTE: gettext_lazy("Quote being settled"),
    Stage.PLANNING: gettext_lazy("Dates being arranged"),
    Stage.PRODUCTION: gettext_lazy("At work"),
    Stage.DELIVERY: gettext_lazy("Being delivered"),
    Stage.SETTLEMENT: gettext_lazy("Being settled"),
    Stage.REVIEW: gettext_lazy("Finished"),
    Stage.DONE: gettext_lazy("Finished"),
    Stage.LOST: gettext_lazy("Did not come about"),
}


def stage_name(actor: Actor, stage: str) -> str:
    """The stage in the reader's words."""
    if actor.is_buyer:
        return str(BUYER_STAGES[stage])
    if actor.is_member:
        return str(MEMBER_STAGES[stage])
    return str(Stage(stage).label)


@dataclass(frozen=True)
class StageMark:
    """One stop of the stage line; ``state`` is done, current, stopped or ""."""

    stage: str
    label: str
    state: str
    reached: date | None


def stage_line(actor: Actor, case: Case) -> list[StageMark]:
    """The stops of a case for this reader; several stages may be one stop for a buyer or a member."""
    reached = {stage: date.fromisoformat(day) for stage, day in case.reached.items()}
    present = case.stage
    if present == Stage.LOST:
        present = max((stage for stage in STAGE_LINE if stage in reached), key=STAGE_LINE.index, default=Stage.INQUIRY)
    at = len(STAGE_LINE) if case.stage == Stage.DONE else STAGE_LINE.index(Stage(present))
    marks: list[StageMark] = []
    for position, stage in enumerate(STAGE_LINE):
        label = stage_name(actor, stage)
        state = "done" if position < at else "current" if position == at else ""
        if position == at and case.stage == Stage.LOST:
            state = "stopped"
        day = reached.get(stage) if position <= at else None
        if marks and marks[-1].label == label:
            state = (
                "done" if state == "done" else "current" if "current" in (state, marks[-1].state) else marks[-1].state
            )
            day = marks[-1].reached or day
            marks[-1] = StageMark(marks[-1].stage, label, state, day)
        else:
            marks.append(StageMark(stage, label, state, day))
    return marks


def working_days(first: date, last: date) -> int:
    """Days from the day after ``first`` to ``last`` that are neither weekend nor national holiday."""
    days = (last - first).days
    return sum(
        1
        for n in range(1, min(days, LONGEST_COUNT * 2) + 1)
        if (day := first + timedelta(days=n)).weekday() < 5 and not is_holiday(day)
    )


@dataclass(frozen=True)
class DueState:
    """How a case stands to its date: a kind of tag (late, warn, ok, plain) and the words for it."""

    kind: str
    words: str

    @property
    def is_late(self) -> bool:
        """Whether it is, or will be, late."""
        return self.kind == "late"


def due_state(actor: Actor, case: Case) -> DueState:
    """How the case stands to its date, in the reader's words.

    Buyers read when it comes, not how late that is judged to be; members read the date only.
    """
    if case.stage == Stage.LOST:
        return DueState("plain", _("closed"))
    if case.stage in DELIVERED:
        return DueState("ok", _("delivered"))
    now = clock.now()
    left = working_days(timezone.localdate(now), timezone.localdate(case.due))
    remaining = ngettext("%(count)s working day left", "%(count)s working days left", left) % {"count": left}
    if actor.is_member:
        return DueState("plain", remaining if case.due >= now else _("due date passed"))
    if actor.is_buyer:
        if case.expected_end is not None:
            return DueState("plain", _("expected %(day)s") % {"day": _short_day(max(case.expected_end, now))})
        return DueState("plain", remaining if case.due >= now else _("being checked"))
    return _judged(case, now, remaining)


def _judged(case: Case, now: datetime, remaining: str) -> DueState:
    end = case.expected_end
    if now > case.due:
        days = max(1, (timezone.localdate(now) - timezone.localdate(case.due)).days)
        return DueState("late", ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {"count": days})
    if end is not None and end > case.due:
        days = max(1, (timezone.localdate(end) - timezone.localdate(case.due)).days)
        return DueState("late", ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days})
    if end is not None:
        days = working_days(timezone.localdate(end), timezone.localdate(case.due))
        kind = "warn" if case.due - end < LITTLE_SLACK else "ok"
        return DueState(kind, ngettext("%(count)s day of slack", "%(count)s days of slack", days) % {"count": days})
    return DueState("warn" if case.due - now < SOON else "plain", remaining)


def _short_day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}/{local.day}"
