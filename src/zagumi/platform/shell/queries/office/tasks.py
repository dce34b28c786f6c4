"""What the office has to decide, each thing with its deadline and the way to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zagumi.platform.cases.models import BEFORE_PRODUCTION, FINISHED, Case, CaseNote, Operation, Option, Stage
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Role, Seat
from zagumi.platform.core.templatetags.ui import clock as clock_words
from zagumi.platform.core.templatetags.ui import day as day_words
from zagumi.platform.core.templatetags.ui import moment, money
from zagumi.platform.network.models import Admission
from zagumi.platform.planning.models import Plan, Run
from zagumi.platform.planning.queries import run_page
from zagumi.platform.shell.queries.office.stops import Hindrance, hindrances

SILENT_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Task:
    """One thing to decide. ``until`` is its deadline, if it has one; ``tags`` are (kind, words)."""

    kind: str
    title: str
    text: str
    url: str
    action: str
    until: datetime | None
    is_today: bool
    code: str = ""
    code_url: str = ""
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self.until is not None and self.until < clock.now()

    @property
    def when(self) -> tuple[str, str]:
        """The deadline in two short lines; today's by the clock, others by the day."""
        if self.until is None:
            return (_("Today"), "") if self.is_today else (_("Open"), "")
        local = timezone.localtime(self.until)
        ends_the_day = local.time() == END_OF_DAY
        if local.date() == clock.today() and not ends_the_day:
            return clock_words(local), _("at the latest")
        if local.date() == clock.today():
            return _("Today"), _("answer due")
        return day_words(local), _("overdue") if self.is_late else _("at the latest")


END_OF_DAY = time(17)


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, END_OF_DAY))


def to_decide(actor: Actor, held: Sequence[Hindrance]) -> list[Task]:
    """Everything the office has to decide, the most urgent first; ``held`` are the hindrances of plans in force."""
    runs = awaiting_choice(actor)
    found = [
        *_choices(actor, runs),
        *_replans(actor, held),
        *_answers(actor, planned={case.pk for run in runs for case in run.cases.all()}),
        *_questions(actor),
        *_silent(actor),
        *_gaps(actor),
        *_applicants(actor),
    ]
    order = {"choice": 0, "replan": 0, "answer": 1, "question": 2, "silent": 3, "gap": 4, "applicant": 5}
    now = clock.now()
    return sorted(
        found,
        key=lambda task: (not task.is_today, task.until is None, task.until or now, order[task.kind], task.code),
    )


def waiting(actor: Actor) -> int:
    """How many of them are for today; cheaper than wording them all."""
    today = clock.today()
    runs = awaiting_choice(actor)
    planned = {case.pk for run in runs for case in run.cases.all()}
    owing = [case for case in _owing(actor) if case.pk not in planned]
    owed = sum(1 for case in owing if case.answer_due and case.answer_due <= today)
    return (
        len(runs)
        + len(unplanned(actor, hindrances(actor)))
        + owed
        + len(open_questions(actor))
        + len(silent_companies(actor))
        + len(idle_steps(actor))
        + _applications(actor).count()
    )


# ------------------------------------------------------------------------------------------------- plans to choose from


def awaiting_choice(actor: Actor) -> list[Run]:
    """Searches that ended with alternatives nobody has chosen from, the latest of each set of cases."""
    runs = (
        Run.objects.visible_to(actor)
        .filter(outcome=Run.Outcome.DONE)
        .exclude(pk__in=Plan.objects.visible_to(actor).values("alternative__run_id"))
        .exclude(cases__stage__in=FINISHED)
        .defer("snapshot", "points")
        .prefetch_related("cases")
        .order_by("-pk")
    )
    planned = dict(Plan.objects.visible_to(actor).order_by("adopted").values_list("case_id", "adopted"))
    seen: set[int] = set()
    found = []
    for run in runs:
        keys = {case.pk for case in run.cases.all()}
        is_stale = any(planned.get(key) and planned[key] > run.created for key in keys)
        if keys & seen or is_stale:
            continue
        seen |= keys
        found.append(run)
    return found


def _choices(actor: Actor, runs: Iterable[Run]) -> Iterable[Task]:
    for run in runs:
        page = run_page(actor, run.code)
        offers = [column for column in page.columns if not column.is_current]
        best = page.proposed
        if best is None or best.completion is None:
            continue
        first = page.cases[0]
        title = _named(first.title, len(page.cases) - 1)
        text = ngettext(
            "%(count)s alternative is ready. The one proposed is done on %(day)s and costs %(yen)s.",
            "%(count)s alternatives are ready. The one proposed is done on %(day)s and costs %(yen)s.",
            len(offers),
        ) % {"count": len(offers), "day": day_words(best.completion), "yen": money(best.cost_yen)}
        yield Task(
            "choice",
            _("Choose the plan: %(case)s") % {"case": title},
            text,
            reverse("planning:run", args=[run.code]),
            _("Compare the plans"),
            _earliest_answer(run),
            True,
            first.code,
            first.url,
            (slack_tag(best.slack_minutes),),
        )


def _named(title: str, others: int) -> str:
    if not others:
        return title
    return ngettext("%(title)s and %(count)s more", "%(title)s and %(count)s more", others) % {
        "title": title,
        "count": others,
    }


def _earliest_answer(run: Run) -> datetime | None:
    days = [case.answer_due for case in run.cases.all() if case.needs_answer and case.answer_due]
    return _evening(min(days)) if days else None


def slack_tag(minutes: int | None) -> tuple[str, str]:
    """How a plan stands to its date: a kind of tag and its words."""
    days = 0 if minutes is None else minutes / 1440
    if minutes is not None and minutes < 0:
        late = max(1, round(-days))
        return "late", ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
    whole = int(days)
    kind = "ok" if days >= 2 else "warn"
    return kind, ngettext("%(count)s day of slack", "%(count)s days of slack", whole) % {"count": whole}


# -------------------------------------------------------------------------------------------- machines that stand still


def unplanned(actor: Actor, held: Sequence[Hindrance]) -> list[Hindrance]:
    """Hindrances for which no search has been begun since the machine stopped."""
    found = []
    for hindrance in held:
        keys = [case.pk for case in hindrance.cases]
        begun = Run.objects.visible_to(actor).filter(cases__in=keys, created__gte=hindrance.stop.start)
        if not begun.exclude(job__state__in=["failed", "cancelled"]).exists():
            found.append(hindrance)
    return found


def _replans(actor: Actor, held: Sequence[Hindrance]) -> Iterable[Task]:
    for hindrance in unplanned(actor, held):
        case = hindrance.cases[0]
        machine = hindrance.stop.machine
        steps = ", ".join(dict.fromkeys(f"{row.operation.number} {row.operation.name}" for row in hindrance.sublots))
        yield Task(
            "replan",
            _("Plan again: %(case)s") % {"case": _named(case.title, len(hindrance.cases) - 1)},
            _("%(machine)s of %(company)s stands still; %(steps)s is planned on it from %(when)s.")
            % {
                "machine": machine.name,
                "company": machine.site.party.short,
                "steps": steps,
                "when": moment(hindrance.first),
            },
            plan_again(hindrance.cases),
            _("Plan again"),
            hindrance.first,
            True,
            case.code,
            reverse("cases:case", args=[case.code]),
            (("stopped", _("machine down")),),
        )


def plan_again(cases: Iterable[Case]) -> str:
    """The form of a new search, with these cases chosen."""
    return reverse("planning:run-new") + "?" + "&".join(f"case={case.code}" for case in cases)


# ------------------------------------------------------------------------------------------- buyers, members, questions


def _owing(actor: Actor) -> list[Case]:
    cases = Case.objects.visible_to(actor).filter(
        answer_due__isnull=False, answered_on__isnull=True, stage__in=BEFORE_PRODUCTION
    )
    return list(cases.select_related("buyer").order_by("answer_due", "code"))


def _answers(actor: Actor, *, planned: set[int]) -> Iterable[Task]:
    """Inquiries to answer; where a plan waits to be chosen, that comes first and says the date (``planned``)."""
    cases = [case for case in _owing(actor) if case.pk not in planned]
    companies: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    options = Option.objects.visible_to(actor).filter(
        removed_at__isnull=True, operation__removed_at__isnull=True, operation__case__in=cases
    )
    for key, answer, party in options.values_list("operation__case_id", "answer", "machine__site__party_id"):
        companies[key][answer].add(party)
    for case in cases:
        assert case.answer_due is not None
        said = companies[case.pk]
        asked = set().union(*said.values())
        still = said[Option.Answer.WAITING]
        source = _("%(buyer)s, by %(channel)s.") % {"buyer": case.buyer.short, "channel": case.get_channel_display()}
        tags = (
            [("info", _("answers %(got)s/%(all)s") % {"got": len(asked - still), "all": len(asked)})] if asked else []
        )
        yield Task(
            "answer",
            _("Answer the inquiry: %(case)s") % {"case": case.title},
            joined(source, _answers_so_far(said)),
            reverse("cases:case", args=[case.code]),
            _("Prepare the answer"),
            _evening(case.answer_due),
            case.answer_due <= clock.today(),
            case.code,
            reverse("cases:case", args=[case.code]),
            tuple(tags),
        )


def _answers_so_far(said: Mapping[str, set[int]]) -> str:
    """What the companies said, by answer (keys of parties)."""
    still = said.get(Option.Answer.WAITING, set())
    can = said.get(Option.Answer.ACCEPTED, set()) - still
    if not (still or can):
        return _("Nobody has been asked yet.")
    if not still:
        return ngettext("%(count)s company can do it.", "%(count)s companies can do it.", len(can)) % {
            "count": len(can)
        }
    return _("%(can)s companies can do it, %(wait)s have not answered.") % {"can": len(can), "wait": len(still)}


def joined(one: str, two: str) -> str:
    """Two sentences, with a blank between them where the language has one; either may be empty."""
    return _("%(one)s %(two)s") % {"one": one, "two": two} if one and two else one or two


def open_questions(actor: Actor) -> list[CaseNote]:
    """Questions of open cases that nobody has settled, the oldest first."""
    notes = CaseNote.objects.visible_to(actor).filter(is_question=True, settled_at__isnull=True)
    return list(notes.exclude(case__stage__in=FINISHED).select_related("case", "party").order_by("written_at"))


def _questions(actor: Actor) -> Iterable[Task]:
    office = _office_names(actor)
    for note in open_questions(actor):
        who = note.party.short if note.party else note.written_by
        ours = note.written_by in office
        title = _("Ask %(who)s again") if ours else _("Answer %(who)s's question")
        yield Task(
            "question",
            title % {"who": who},
            f"「{note.text}」",
            reverse("cases:case", args=[note.case.code]) + "#notes",
            _("Telephone the other side") if ours else _("Give the answer"),
            None,
            True,
            note.case.code,
            reverse("cases:case", args=[note.case.code]),
            (("asked" if ours else "info", _("since %(day)s") % {"day": day_words(note.written_at)}),),
        )


def _office_names(actor: Actor) -> set[str]:
    seats = Seat.objects.visible_to(actor).filter(role=Role.COORDINATOR).select_related("user")
    return {str(seat.user) for seat in seats}


def silent_companies(actor: Actor) -> dict[int, list[Option]]:
    """Options whose companies have not answered since some days, by company (key of the party)."""
    options = (
        Option.objects.visible_to(actor)
        .filter(
            answer=Option.Answer.WAITING,
            removed_at__isnull=True,
            operation__removed_at__isnull=True,
            operation__case__stage__in=BEFORE_PRODUCTION,
        )
        .select_related("operation__case", "machine__site__party")
        .order_by("operation__case__due", "operation__number")
    )
    found: dict[int, list[Option]] = defaultdict(list)
    for option in options:
        if asked_on(option.operation.case) <= clock.today() - SILENT_AFTER:
            found[option.machine.site.party_id].append(option)
    return found


def asked_on(case: Case) -> date:
    """The day since which companies are asked: when the case came to team forming, else when it was received."""
    reached = case.reached.get(Stage.TEAM)
    return date.fromisoformat(reached) if reached else case.received_on


def _silent(actor: Actor) -> Iterable[Task]:
    for options in silent_companies(actor).values():
        first = options[0]
        case, party = first.operation.case, first.machine.site.party
        since = min(asked_on(option.operation.case) for option in options)
        days = (clock.today() - since).days
        steps = ", ".join(dict.fromkeys(f"{option.operation.number} {option.operation.name}" for option in options))
        text = ngettext(
            "%(steps)s: asked %(count)s day ago. Telephone %(phone)s.",
            "%(steps)s: asked %(count)s days ago. Telephone %(phone)s.",
            days,
        ) % {"steps": steps, "count": days, "phone": party.phone or "—"}
        yield Task(
            "silent",
            _("Get an answer from %(company)s") % {"company": party.short},
            text,
            reverse("cases:operation", args=[case.code, first.operation.number]),
            _("Note the answer"),
            None,
            True,
            case.code,
            reverse("cases:case", args=[case.code]),
            (("asked", _("asked %(day)s") % {"day": day_words(since)}),),
        )


def idle_steps(actor: Actor) -> list[Operation]:
    """Steps of open cases that nobody can do."""
    able = Q(options__removed_at__isnull=True, options__isnull=False) & ~Q(options__answer=Option.Answer.DECLINED)
    steps = (
        Operation.objects.visible_to(actor)
        .filter(removed_at__isnull=True, case__stage__in=BEFORE_PRODUCTION)
        .annotate(able=Count("options", filter=able))
        .filter(able=0)
    )
    return list(steps.select_related("case", "process").order_by("case__due", "number"))


def _gaps(actor: Actor) -> Iterable[Task]:
    for step in idle_steps(actor):
        yield Task(
            "gap",
            _("Find somebody for %(process)s") % {"process": step.process},
            _("%(case)s, step %(number)s: no company of the network offers it.")
            % {"case": step.case.title, "number": step.number},
            reverse("cases:operation", args=[step.case.code, step.number]),
            _("Look for a company"),
            None,
            True,
            step.case.code,
            reverse("cases:case", args=[step.case.code]),
            (("blocked", _("nobody can")),),
        )


def _applications(actor: Actor) -> QuerySet[Admission]:
    states = (Admission.State.APPLIED, Admission.State.SCREENING)
    return Admission.objects.visible_to(actor).filter(state__in=states).select_related("company__party")


def _applicants(actor: Actor) -> Iterable[Task]:
    for admission in _applications(actor):
        party = admission.company.party
        yield Task(
            "applicant",
            _("Go on with the admission of %(company)s") % {"company": party.short},
            str(admission.get_state_display()),
            reverse("network:company", args=[party.code]),
            _("Screen"),
            None,
            True,
        )
