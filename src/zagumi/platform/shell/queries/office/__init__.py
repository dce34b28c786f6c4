"""The coordinator's morning: what is to be decided, what is unlike other days, which cases are at risk."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zagumi.platform.cases.models import BEFORE_PRODUCTION, FINISHED, Case, Option
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.audit import line
from zagumi.platform.core.models import AuditEntry
from zagumi.platform.core.queries import log_entries
from zagumi.platform.core.templatetags.ui import Entry, Stat
from zagumi.platform.core.templatetags.ui import clock as clock_words
from zagumi.platform.core.templatetags.ui import day as day_words
from zagumi.platform.planning.queries import plans_in_force
from zagumi.platform.shell.queries.office.exceptions import Notice, notices
from zagumi.platform.shell.queries.office.risks import LITTLE_SLACK, Risk, cases_at_risk
from zagumi.platform.shell.queries.office.stops import hindrances, stops_now
from zagumi.platform.shell.queries.office.tasks import Task, to_decide, waiting

__all__ = ["Home", "home", "waiting"]

RECENT = 6


@dataclass(frozen=True)
class Home:
    """Everything on the office's home."""

    today: tuple[Task, ...]
    later: tuple[Task, ...]
    notices: tuple[Notice, ...]
    risks: tuple[Risk, ...]
    stats: tuple[Stat, ...]
    recent: tuple[Entry, ...]
    open_cases: int

    @property
    def urgent(self) -> Task | None:
        """The decision with the earliest deadline of today."""
        return next((task for task in self.today if task.until is not None), None)

    @property
    def pressing(self) -> int:
        """How many exceptions cannot wait."""
        return sum(notice.tone == "late" for notice in self.notices)


def home(actor: Actor) -> Home:
    """The office's home."""
    held = hindrances(actor)
    found = to_decide(actor, held)
    cases = list(Case.objects.visible_to(actor).exclude(stage__in=FINISHED))
    return Home(
        today=tuple(task for task in found if task.is_today),
        later=tuple(task for task in found if not task.is_today),
        notices=tuple(notices(actor, held)),
        risks=tuple(cases_at_risk(actor, held)),
        stats=_stats(actor, cases),
        recent=tuple(
            _recent(entry) for entry in log_entries(actor).exclude(verb="signed in").order_by("-seq")[:RECENT]
        ),
        open_cases=len(cases),
    )


def _stats(actor: Actor, cases: list[Case]) -> tuple[Stat, ...]:
    late = sum(case.is_late for case in cases)
    plans = plans_in_force(actor)
    tight = sum(0 <= plan.slack_minutes < LITTLE_SLACK.total_seconds() / 60 for plan in plans)
    asked = Option.objects.visible_to(actor).filter(
        answer=Option.Answer.WAITING,
        removed_at__isnull=True,
        operation__removed_at__isnull=True,
        operation__case__stage__in=BEFORE_PRODUCTION,
    )
    silent = len(set(asked.values_list("machine__site__party", flat=True)))
    down = len(stops_now(actor))
    listed = reverse("cases:list")
    return (
        Stat(_("open cases"), len(cases), url=f"{listed}?open=open"),
        Stat(_("forecast late"), late, url=f"{listed}?late=on", tone="late" if late else ""),
        Stat(_("with under 2 days of slack"), tight, url="#risks"),
        Stat(_("companies asked"), silent, url=reverse("cases:board")),
        Stat(_("machines down"), down, url="#exceptions", tone="late" if down else ""),
    )


def _recent(entry: AuditEntry) -> Entry:
    """A line of the log, leading to its case where it has one."""
    said = line(entry)
    where = said.case_code or said.subject_code
    url = reverse("cases:case", args=[said.case_code]) if said.case_code else ""
    at = timezone.localtime(said.at)
    when = clock_words(at) if at.date() == clock.today() else day_words(at)
    return Entry(when, f"{said.verb} {where}", said.on_behalf_of or said.who, "act", url)
