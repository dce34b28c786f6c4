"""The pages of one company: overview, calendar, prices, record, and the forms of its own facts and places."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.platform.core.actor import actor_of
from zagumi.platform.core.errors import BadInput, Hidden, Refused
from zagumi.platform.core.models import Party
from zagumi.platform.core.templatetags.figures import Free
from zagumi.platform.core.templatetags.ui import Entry, Stat
from zagumi.platform.network import queries, rules, services
from zagumi.platform.network.forms import (
    ClosureForm,
    CompanyForm,
    OpeningForm,
    PurposeForm,
    ShiftsForm,
    SiteForm,
)
from zagumi.platform.network.labels import label
from zagumi.platform.network.models import Company, Site
from zagumi.platform.network.queries.company import VIEWS, CompanyPage
from zagumi.platform.network.queries.load import LoadCell, LoadTable
from zagumi.platform.network.services.companies import ADMISSION
from zagumi.platform.network.views.acting import acting, edit_page, editor_of, page_of, tabs_of

EYES = {
    "coordinator": gettext_lazy("the coordinator"),
    "rival": gettext_lazy("a member with the same processes"),
    "member": gettext_lazy("another member"),
    "buyer": gettext_lazy("a buyer"),
}


@require_GET
def company(request: HttpRequest, code: str) -> HttpResponse:
    """One company; ``?as=`` looks at one's own entry with other eyes."""
    actor = actor_of(request)
    view = request.GET.get("as", "")
    reader, rival = queries.seen_as(actor, code, view)
    eyes = [
        {"key": key, "label": EYES[key], "url": f"{page_of(code)}?as={key}", "current": key == view} for key in VIEWS
    ]
    try:
        page = queries.company_page(reader, code, rival=rival)
    except Hidden:
        if not view:
            raise
        nothing = {"code": code, "eyes": eyes, "back": page_of(code), "view": EYES[view]}
        return render(request, "network/company_hidden.html", nothing)
    may_act = not view
    context: dict[str, Any] = {
        "page": page,
        "stats": _stats(page),
        "weeks": week_heads(page.load),
        "free": free_rows(page.load),
        "tabs": tabs_of(code, "company", inside=page.sees_inside and may_act),
        "may_act": may_act,
        "eyes": eyes if page.may_edit or view else [],
        "view": EYES.get(view, ""),
        "moves": _membership(page) if may_act and actor.is_coordinator else [],
    }
    return render(request, "network/company.html", context)


def _membership(page: CompanyPage) -> list[dict[str, Any]]:
    """The verbs of the membership that are open now."""
    return [{"verb": verb, "label": ADMISSION.verbs[verb]} for verb in ADMISSION.possible(page.state)]


def _stats(page: CompanyPage) -> list[Stat]:
    """The strip under the title; only what is counted from rows."""
    shown = [row.cells[0] for row in page.load.rows if row.cells and row.cells[0].view != "hidden"]
    exact = [cell for cell in shown if cell.view == "exact"]
    hours = sum(cell.free_minutes or 0 for cell in exact) // 60
    best = max((cell.level for cell in shown if cell.level), key=lambda level: level.at_least, default=None)
    free, note = (str(best.label), _("the best machine")) if best else ("\u2014", _("not shown"))
    if exact:
        free, note = f"{hours}", _("on %(count)s machines") % {"count": len(exact)}
    lots = page.measured_lots
    record = Stat(_("Record"), lots or "\u2014", _("lots measured") if lots else "", "" if lots else _("none yet"))
    running, stopped = len(page.running_machines), len(page.stopped)
    state = _("%(count)s stopped") % {"count": stopped} if stopped else _("all running") if running else ""
    return [
        Stat(_("Free this week"), free, _("h") if exact else "", note),
        Stat(_("Machines"), running, "", state if page.sees_inside else "", tone="late" if stopped else ""),
        record,
        Stat(_("Employees"), page.employees if page.employees is not None else "\u2014", "", page.state_name),
    ]


def week_heads(load: LoadTable) -> list[str]:
    """The weeks as short dates."""
    return [f"{monday.month}/{monday.day}" for monday in load.weeks]


def free_rows(load: LoadTable) -> list[tuple[str, list[Free]]]:
    """The rows of the figure of free hours."""
    return [(row.name, [_cell(cell) for cell in row.cells]) for row in load.rows]


def _cell(cell: LoadCell) -> Free:
    if cell.view == "exact":
        share = (cell.free_minutes or 0) / cell.running_minutes if cell.running_minutes else 0.0
        return Free(hours=(cell.free_minutes or 0) // 60, share=share)
    return Free(band=str(cell.level.label) if cell.level else "\u2014")


# --------------------------------------------------------------------------------------------------- facts, places


@require_http_methods(["GET", "POST"])
def company_new(request: HttpRequest) -> HttpResponse:
    """Admit a company that the coordinator has the paper of."""
    actor = actor_of(request)
    if not rules.may_admit(actor):
        raise Refused(_("Only the coordinator admits companies."))
    form = CompanyForm(request.POST or None, admits=True)
    made: list[Company] = []
    answer = edit_page(
        request,
        form,
        lambda: made.append(services.admit_company(actor, sheet=form.sheet())),
        title=_("Admit a company"),
        back=reverse("network:company-list"),
        company=Company(party=Party()),
        done=_("The company is admitted. Add its places, machines and hours next."),
    )
    return redirect(page_of(made[0].code)) if made else answer


@require_http_methods(["GET", "POST"])
def company_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The facts of a company."""
    actor, row = editor_of(request, code)
    form = CompanyForm(
        request.POST or None, initial=CompanyForm.filled(row), admits=rules.may_admit(actor), told=actor.is_coordinator
    )
    return edit_page(
        request,
        form,
        lambda: services.edit_profile(acting(actor, row.party, form.channel), company_code=code, sheet=form.sheet()),
        title=_("Facts of the company"),
        back=page_of(code),
        company=row,
    )


@require_POST
def membership(request: HttpRequest, code: str) -> HttpResponse:
    """Move the membership along."""
    actor = actor_of(request)
    admission = services.move_admission(actor, company_code=code, verb=request.POST.get("verb", ""))
    messages.success(request, _("Membership: %(state)s") % {"state": admission.get_state_display()})
    return redirect(page_of(code))


@require_http_methods(["GET", "POST"])
def site_new(request: HttpRequest, code: str) -> HttpResponse:
    """One more works of a company."""
    actor, row = editor_of(request, code)
    form = SiteForm(request.POST or None, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.add_site(acting(actor, row.party, form.channel), party=row.party, sheet=form.sheet()),
        title=_("Add a works"),
        back=page_of(code),
        company=row,
    )


@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, code: str) -> HttpResponse:
    """A works of a company."""
    site = Site.objects.select_related("party__company").find(actor_of(request), code=code)
    actor, row = editor_of(request, site.party.code)
    form = SiteForm(request.POST or None, initial=SiteForm.filled(site), told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.edit_site(acting(actor, row.party, form.channel), code=code, sheet=form.sheet()),
        title=_("Works"),
        back=page_of(row.code),
        company=row,
    )


# -------------------------------------------------------------------------------------------------------- calendar


@require_GET
def company_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """One month of a company's hours."""
    actor, row = editor_of(request, code)
    month = _month(request.GET.get("month", ""))
    page = queries.company_calendar(actor, code, month=month, name=request.GET.get("calendar", ""))
    context = {
        "company": row,
        "page": page,
        "tabs": tabs_of(code, "company-calendar", inside=True),
        "closure": ClosureForm(told=actor.is_coordinator),
        "opening": OpeningForm(told=actor.is_coordinator),
    }
    return render(request, "network/calendar.html", context)


def _month(text: str) -> date | None:
    """The month of an address (2026-11); nothing for nonsense."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=timezone.get_current_timezone()).date()
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
def hours_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The weekly pattern of the default calendar."""
    actor, row = editor_of(request, code)
    present = queries.company_calendar(actor, code)
    shown = ShiftsForm.filled(present.shifts, works_on_holidays=present.works_on_holidays)
    form = ShiftsForm(request.POST or None, initial=shown, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.set_shifts(
            acting(actor, row.party, form.channel),
            company_code=code,
            shifts=form.sheets(),
            works_on_holidays=form.cleaned_data["works_on_holidays"],
        ),
        title=_("Working hours"),
        back=reverse("network:company-calendar", args=[code]),
        company=row,
        template="network/hours_form.html",
    )


@require_POST
def close_days(request: HttpRequest, code: str) -> HttpResponse:
    """Close the works for some days."""
    actor, row = editor_of(request, code)
    form = ClosureForm(request.POST, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.close_day(
            acting(actor, row.party, form.channel),
            company_code=code,
            first=form.cleaned_data["first"],
            last=form.cleaned_data["last"],
            reason=form.cleaned_data["reason"],
        ),
        title=_("Close some days"),
        back=_month_of(code, form.data.get("first", "")),
        company=row,
        done=_("Closed. The days can be opened again in the calendar."),
    )


@require_POST
def open_days(request: HttpRequest, code: str) -> HttpResponse:
    """Open the works on a day."""
    actor, row = editor_of(request, code)
    form = OpeningForm(request.POST, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.open_day(
            acting(actor, row.party, form.channel),
            company_code=code,
            **form.facts("day", "start", "end", "reason"),
        ),
        title=_("Open a day"),
        back=_month_of(code, form.data.get("day", "")),
        company=row,
    )


@require_POST
def reset_days(request: HttpRequest, code: str) -> HttpResponse:
    """Let the weekly pattern hold again on a day."""
    actor, row = editor_of(request, code)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Hidden() from None
    services.reset_day(acting(actor, row.party), company_code=code, first=day)
    messages.success(request, _("The weekly pattern holds again."))
    return redirect(_month_of(code, day.isoformat()))


def _month_of(code: str, day: str) -> str:
    return reverse("network:company-calendar", args=[code]) + (f"?month={day[:7]}" if day else "")


# ------------------------------------------------------------------------------------------------- prices, record


@never_cache
@require_http_methods(["GET", "POST"])
def company_prices(request: HttpRequest, code: str) -> HttpResponse:
    """What the company reckons with. The coordinator says why first; every look is logged and shown once."""
    actor, row = editor_of(request, code)
    form = PurposeForm(request.POST or None)
    lines = None
    if rules.owns(actor, row.party_id):
        lines = queries.company_prices(actor, code)
    elif request.method == "POST" and form.is_valid():
        try:
            opened = services.open_private(actor, company_code=code, purpose=form.cleaned_data["purpose"])
            lines = queries.company_prices(opened, code)
        except BadInput as error:
            form.take(error)
    context = {
        "company": row,
        "lines": lines,
        "form": form,
        "is_own": rules.owns(actor, row.party_id),
        "tabs": tabs_of(code, "company-prices", inside=True),
    }
    return render(request, "network/prices.html", context, status=422 if form.errors else 200)


@require_GET
def company_history(request: HttpRequest, code: str) -> HttpResponse:
    """What was done to the company's entry."""
    actor, row = editor_of(request, code)
    entries = []
    for line in queries.company_history(actor, code):
        what = "; ".join(f"{label(field)}: {_value(old)} → {_value(new)}" for field, old, new in line.changes)
        who = f"{line.who} ({line.party})" if line.party else line.who
        if line.on_behalf_of and line.on_behalf_of != line.party:
            who = _("%(who)s for %(party)s") % {"who": who, "party": line.on_behalf_of}
        text = f"{line.verb} {line.subject_code}" + (f" ({what})" if what else "")
        entries.append(Entry(line.at, f"{text} — {line.purpose}" if line.purpose else text, who, "act"))
    tabs = tabs_of(code, "company-history", inside=True)
    return render(request, "network/history.html", {"company": row, "entries": entries, "tabs": tabs})


def _value(value: Any) -> str:
    """A logged value in words."""
    if value in (None, "", [], {}):
        return "\u2014"
    if isinstance(value, dict):
        return ", ".join(f"{label(key)} {_value(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    return str(value)
