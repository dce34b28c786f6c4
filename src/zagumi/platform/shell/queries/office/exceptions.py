"""What is unlike other days: machines down, members leaving, papers and licences that run out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zagumi.platform.cases.models import BEFORE_PRODUCTION, Option, Stage
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import localized
from zagumi.platform.core.templatetags.ui import clock as clock_words
from zagumi.platform.core.templatetags.ui import moment
from zagumi.platform.network.insight import Holdings
from zagumi.platform.network.models import Admission, Certificate, MachineStop, PersonSkill, Process
from zagumi.platform.network.queries.load import sharing_parties
from zagumi.platform.shell.queries.office.stops import Hindrance, stops_now, substitutes
from zagumi.platform.shell.queries.office.tasks import joined, plan_again, unplanned

SOON = timedelta(days=60)
LICENCE_SOON = timedelta(days=45)
WORKING = (*BEFORE_PRODUCTION, Stage.PRODUCTION)


@dataclass(frozen=True)
class Notice:
    """One thing out of the ordinary. ``tone`` (late, warn, info) and ``icon`` draw its badge; ``rank`` orders."""

    tone: str
    icon: str
    title: str
    text: str
    url: str
    action: str
    rank: int


def notices(actor: Actor, held: Sequence[Hindrance]) -> list[Notice]:
    """Everything unusual, the most pressing first."""
    found = [*_stops(actor, held), *_leaving(actor), *_certificates(actor), *_licences(actor)]
    return sorted(found, key=lambda notice: notice.rank)


def _stops(actor: Actor, held: Sequence[Hindrance]) -> Iterable[Notice]:
    in_the_way = {hindrance.stop.pk: hindrance for hindrance in held}
    open_ones = {hindrance.stop.pk for hindrance in unplanned(actor, held)}
    for stop in stops_now(actor):
        hindrance = in_the_way.get(stop.pk)
        machine_page = reverse("network:machine", args=[stop.machine.code])
        yield Notice(
            "late",
            "stop",
            _("Machine down: %(machine)s") % {"machine": f"{stop.machine.site.party.short} {stop.machine.name}"},
            joined(_span(stop), _concerned(actor, hindrance)),
            plan_again(hindrance.cases) if hindrance and stop.pk in open_ones else machine_page,
            _("Act") if hindrance and stop.pk in open_ones else _("Look"),
            0 if hindrance else 20,
        )


def _span(stop: MachineStop) -> str:
    start = timezone.localtime(stop.start)
    begin = clock_words(start) if start.date() == clock.today() else moment(start)
    if stop.end is None:
        return _("Since %(begin)s, nobody knows how long.") % {"begin": begin}
    return _("%(begin)s to %(end)s.") % {"begin": begin, "end": moment(stop.end)}


def _concerned(actor: Actor, hindrance: Hindrance | None) -> str:
    if hindrance is None:
        return _("No planned work is concerned.")
    cases, others = len(hindrance.cases), substitutes(actor, hindrance)
    held = ngettext("%(count)s case is held up", "%(count)s cases are held up", cases) % {"count": cases}
    instead = ngettext("%(count)s other company could do it.", "%(count)s other companies could do it.", others) % {
        "count": others
    }
    return _("%(held)s, %(instead)s") % {"held": held, "instead": instead}


def _leaving(actor: Actor) -> Iterable[Notice]:
    admissions = Admission.objects.visible_to(actor).filter(state=Admission.State.LEAVING)
    rows = list(admissions.select_related("company__party"))
    if not rows:
        return
    holdings = Holdings.of(sharing_parties(actor.network_id))
    names = Process.objects.in_bulk()
    for admission in rows:
        party = admission.company.party
        alone = [str(names[key]) for key in holdings.single_of(party.pk)]
        text = _("Nobody else here does %(processes)s.") % {"processes": ", ".join(alone)} if alone else ""
        yield Notice(
            "warn",
            "sign-out",
            _("Leaving: %(company)s") % {"company": party.short},
            text,
            reverse("network:company", args=[party.code]),
            _("Look"),
            10 if alone else 40,
        )


def _certificates(actor: Actor) -> Iterable[Notice]:
    today = clock.today()
    rows = Certificate.objects.visible_to(actor).filter(
        withdrawn_on__isnull=True, valid_until__lte=today + SOON, company__admissions__state__in=Admission.SHARING
    )
    relied_on = _cases_by_company(actor)
    for row in rows.select_related("company__party").distinct():
        assert row.valid_until is not None
        days, party = (row.valid_until - today).days, row.company.party
        cases = len(relied_on[party.pk])
        left = (
            ngettext("Ended %(count)s day ago.", "Ended %(count)s days ago.", -days) % {"count": -days}
            if days < 0
            else ngettext("%(count)s day left.", "%(count)s days left.", days) % {"count": days}
        )
        used = ngettext("%(count)s open case counts on it.", "%(count)s open cases count on it.", cases) % {
            "count": cases
        }
        is_nda = row.kind == Certificate.Scheme.OTHER
        yield Notice(
            "late" if days < 7 else "warn",
            "lock" if is_nda else "shield",
            f"{party.short} {localized(row.name, row.name_en)}",
            joined(left, used) if cases else left,
            reverse("network:company", args=[party.code]),
            _("Renew") if is_nda else _("Contact"),
            100 + days,
        )


def _cases_by_company(actor: Actor) -> dict[int, set[int]]:
    """Open cases in which a company could work, by the key of its party."""
    options = Option.objects.visible_to(actor).filter(
        removed_at__isnull=True, operation__removed_at__isnull=True, operation__case__stage__in=WORKING
    )
    found: dict[int, set[int]] = defaultdict(set)
    for party, case in options.exclude(answer=Option.Answer.DECLINED).values_list(
        "machine__site__party_id", "operation__case_id"
    ):
        found[party].add(case)
    return found


def _licences(actor: Actor) -> Iterable[Notice]:
    today = clock.today()
    held = PersonSkill.objects.visible_to(actor).filter(
        valid_until__lte=today + LICENCE_SOON, valid_until__gte=today, person__left_on__isnull=True
    )
    for row in held.select_related("person__company__party", "skill"):
        assert row.valid_until is not None
        days, party = (row.valid_until - today).days, row.person.company.party
        left = ngettext("%(count)s day left.", "%(count)s days left.", days) % {"count": days}
        yield Notice(
            "warn",
            "user",
            f"{party.short} {row.skill}",
            joined(_("Licence of one person."), left),
            reverse("network:company", args=[party.code]),
            _("Contact"),
            110 + days,
        )
