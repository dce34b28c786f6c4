"""Pages of planning: form to service, query to page."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.platform.cases.models import Case
from zagumi.platform.core import geo, lists
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import BadInput, Hidden
from zagumi.platform.planning import drawing, queries, services
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.forms import AdoptForm, RunForm
from zagumi.platform.planning.models import Alternative, Run
from zagumi.platform.planning.queries.flows import FlowMap
from zagumi.platform.planning.rules import may_plan

ZOOM_WORDS = {
    "month": gettext_lazy("Months"),
    "week": gettext_lazy("Weeks"),
    "day": gettext_lazy("Days"),
    "hour": gettext_lazy("Hours"),
}
ZOOMS = tuple(ZOOM_WORDS)

RUN_LIST = lists.ListSpec(
    name="planning-runs",
    columns=[
        lists.Column("code", gettext_lazy("Run"), lambda r: r.code, sort="code", url=lambda r: r.url),
        lists.Column("cases", gettext_lazy("Cases"), lambda r: r.cases, sort="cases"),
        lists.Column("state", gettext_lazy("State"), lambda r: r.state_tag, sort="state", kind="tag"),
        lists.Column("created", gettext_lazy("Started"), lambda r: r.created, sort="created", kind="moment"),
        lists.Column("by", gettext_lazy("By"), lambda r: r.by, sort="by"),
        lists.Column("reason", gettext_lazy("Why"), lambda r: r.reason),
        lists.Column("gap", gettext_lazy("Open to the bound"), lambda r: r.gap, sort="gap", kind="percent"),
    ],
    filters=[lists.Choice("state", gettext_lazy("State"), queries.RUN_STATES)],
    search=lambda rows, text: [r for r in rows if text.lower() in f"{r.code} {r.cases} {r.reason} {r.by}".lower()],
    search_label=gettext_lazy("Run, case, reason"),
    default_sort="-code",
    empty=lists.Empty(
        gettext_lazy("Nothing has been planned yet."),
        gettext_lazy("Choose the cases and what counts; the search takes seconds."),
        "/plans/new/",
        gettext_lazy("Plan a case"),
    ),
)

TRIP_LIST = lists.ListSpec(
    name="transfers",
    columns=[
        lists.Column("number", gettext_lazy("Trip"), lambda t: t.number, sort="number", kind="number"),
        lists.Column("from", gettext_lazy("From"), lambda t: t.from_name, sort="from_name"),
        lists.Column("to", gettext_lazy("To"), lambda t: t.to_name, sort="to_name"),
        lists.Column("cargo", pgettext_lazy("cargo", "What"), lambda t: t.cargo),
        lists.Column("mass", gettext_lazy("kg"), lambda t: round(t.mass_kg, 1), sort="mass_kg", kind="number"),
        lists.Column("departs", gettext_lazy("Leaves"), lambda t: t.departs, sort="departs", kind="moment"),
        lists.Column("arrives", gettext_lazy("Arrives"), lambda t: t.arrives, sort="arrives", kind="moment"),
        lists.Column("wait", gettext_lazy("Waits (min)"), lambda t: t.wait_minutes, sort="wait_minutes", kind="number"),
        lists.Column("km", gettext_lazy("km"), lambda t: round(t.km, 1), sort="km", kind="number"),
    ],
    default_sort="number",
    per_page=25,
)

STEP_LIST = lists.ListSpec(
    name="schedule",
    columns=[
        lists.Column("case", gettext_lazy("Case"), lambda s: s.case, sort="case"),
        lists.Column("step", gettext_lazy("Step"), lambda s: s.step, sort="step"),
        lists.Column("company", gettext_lazy("Company"), lambda s: s.company, sort="company"),
        lists.Column("machine", gettext_lazy("Machine"), lambda s: s.machine, sort="machine"),
        lists.Column("person", gettext_lazy("Person"), lambda s: s.person),
        lists.Column("quantity", gettext_lazy("Quantity"), lambda s: s.quantity, sort="quantity", kind="number"),
        lists.Column("setup", gettext_lazy("Set-up (min)"), lambda s: s.setup_minutes, kind="number"),
        lists.Column("starts", gettext_lazy("Start"), lambda s: s.starts, sort="starts", kind="moment"),
        lists.Column("ends", gettext_lazy("End"), lambda s: s.ends, sort="ends", kind="moment"),
    ],
    search=lambda rows, text: [s for s in rows if text.lower() in f"{s.case} {s.step} {s.company} {s.machine}".lower()],
    search_label=gettext_lazy("Step, company, machine"),
    default_sort="starts",
    per_page=100,
)


OWN_WORK_LIST = lists.ListSpec(
    name="work",
    columns=[
        lists.Column("case", gettext_lazy("Case"), lambda s: s.case, sort="case", url=lambda s: s.url),
        lists.Column("step", gettext_lazy("Step"), lambda s: f"{s.letter} {s.step}".strip(), sort="step"),
        lists.Column("machine", gettext_lazy("Machine"), lambda s: s.machine, sort="machine"),
        lists.Column("quantity", gettext_lazy("Quantity"), lambda s: s.quantity, sort="quantity", kind="number"),
        lists.Column("arrives", gettext_lazy("Pieces arrive"), lambda s: s.arrives, sort="arrives", kind="moment"),
        lists.Column("starts", gettext_lazy("Start"), lambda s: s.starts, sort="starts", kind="moment"),
        lists.Column("ends", gettext_lazy("End"), lambda s: s.ends, sort="ends", kind="moment"),
        lists.Column("departs", gettext_lazy("Hand over"), lambda s: s.departs, sort="departs", kind="moment"),
    ],
    search=lambda rows, text: [s for s in rows if text.lower() in f"{s.case} {s.title} {s.step} {s.machine}".lower()],
    search_label=gettext_lazy("Case, step, machine"),
    default_sort="starts",
    empty=lists.Empty(
        gettext_lazy("No step of a plan is yours yet."),
        gettext_lazy("When a plan with your machines is adopted, your steps appear here."),
    ),
)


@dataclass(frozen=True)
class Display:
    """How a schedule is looked at, as it stands in the address."""

    by: str
    zoom: str
    compare: bool

    @classmethod
    def of(cls, request: HttpRequest) -> "Display":
        """From the address; what is unknown becomes the usual."""
        by, zoom = request.GET.get("by", ""), request.GET.get("zoom", "")
        return cls(
            by if by in {"resource", "part", "table"} else "resource",
            zoom if zoom in ZOOMS else "day",
            request.GET.get("compare") == "1",
        )


@require_GET
def runs(request: HttpRequest) -> HttpResponseBase:
    """The runs, newest first."""
    actor = planner(request)
    page = lists.show(request, RUN_LIST, queries.run_lines(actor))
    return page.render("planning/runs.html", {"in_force": queries.plans_in_force(actor)})


def planner(request: HttpRequest) -> Actor:
    """The actor, when it may plan; for everybody else there is no such page."""
    actor = actor_of(request)
    if not may_plan(actor):
        raise Hidden()
    return actor


@require_http_methods(["GET", "POST"])
def run_new(request: HttpRequest) -> HttpResponse:
    """The conditions of a new search."""
    actor = planner(request)
    if request.method == "POST":
        form = RunForm(actor, request.POST)
        if form.is_valid():
            try:
                run = services.start_run(
                    actor,
                    cases=form.cleaned_data["cases"],
                    conditions=form.conditions(),
                    reason=form.cleaned_data["reason"],
                )
            except BadInput as bad:
                for fault in bad.faults:
                    form.add_error(fault.place if fault.place in form.fields else None, str(fault.message))
            else:
                return redirect("planning:run", run.code)
    else:
        form = RunForm(actor, initial=_initial(actor, request))
    return render(request, "planning/run_new.html", {"form": form})


def _initial(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the conditions of an earlier run, or the usual; the cases of the address."""
    conditions = Conditions()
    cases = Case.objects.visible_to(actor).filter(code__in=request.GET.getlist("case"))
    if earlier := Run.objects.visible_to(actor).filter(code=request.GET.get("like", "")).first():
        conditions = Conditions.of(earlier)
        cases = earlier.cases.all()
    return {**conditions.fields(), "cases": cases, "reason": request.GET.get("reason", "")[:200]}


@require_GET
def run(request: HttpRequest, code: str) -> HttpResponseBase:
    """A run: while it searches, how it goes; afterwards the alternatives, the proposed one opened."""
    page = queries.run_page(planner(request), code)
    if page.proposed is not None:
        return alternative(request, code, page.proposed.key)
    return render(request, "planning/run.html", {"run": page})


@require_GET
def run_search(request: HttpRequest, code: str) -> HttpResponse:
    """The course of the search, fetched again each second while it goes; the whole page when it is over."""
    page = queries.run_page(planner(request), code)
    response = render(request, "planning/_search.html", {"run": page})
    if page.is_over and request.headers.get("HX-Request"):
        response["HX-Redirect"] = reverse("planning:run", args=[code])
    return response


@require_POST
def run_stop(request: HttpRequest, code: str) -> HttpResponse:
    """End the search: keep the best so far, or throw it away."""
    actor = planner(request)
    keep = request.POST.get("keep") == "1"
    services.stop_run(actor, run=Run.objects.select_related("job").find(actor, code=code), keep=keep)
    messages.info(
        request, _("The search is ending; the best so far is kept.") if keep else _("The search was cancelled.")
    )
    return redirect("planning:run", code)


@require_POST
def run_more(request: HttpRequest, code: str) -> HttpResponse:
    """Search again under the same conditions, a minute longer."""
    actor = planner(request)
    earlier = Run.objects.find(actor, code=code)
    conditions = Conditions.of(earlier)
    again = services.start_run(
        actor,
        cases=earlier.cases.all(),
        conditions=replace(conditions, seconds=min(600, conditions.seconds + 60)),
        reason=earlier.reason,
    )
    return redirect("planning:run", again.code)


@require_GET
def alternative(request: HttpRequest, code: str, key: str) -> HttpResponseBase:
    """The alternatives side by side, and the chosen one's schedule, flows and figures."""
    actor = planner(request)
    page = queries.run_page(actor, code)
    column = page.column(key)
    if column is None:
        raise Hidden()
    run, chosen = _chosen(actor, code, key)
    display = Display.of(request)
    flow = queries.flow_map(actor, run, chosen)
    steps = lists.show(request, STEP_LIST, queries.step_lines(actor, run, chosen))
    asked = lists.show(request, TRIP_LIST, flow.trips) if request.GET.get("list") == "trips" else steps
    if (file := asked.export) is not None:
        return file
    current = run.alternatives.filter(key=Alternative.Key.CURRENT).first() if display.compare else None
    sheet = None
    if display.by != "table":
        by: queries.Arrangement = "part" if display.by == "part" else "resource"
        sheet = queries.sheet_of(actor, run, chosen, arrangement=by, compare=current)
    return render(
        request,
        "planning/alternative.html",
        {
            "run": page,
            "chosen": column,
            "display": display,
            "sheet": sheet,
            "steps": steps,
            "inspection": queries.inspect_first(actor, run, chosen),
            "has_current": page.column(Alternative.Key.CURRENT) is not None,
            "zooms": [(name, ZOOM_WORDS[name]) for name in ZOOMS],
            "form": AdoptForm(),
            **_flow_context(run, flow),
        },
    )


def _flow_context(run: Run, flow: FlowMap) -> dict[str, Any]:
    """The flows drawn by the server, and as data for the island."""
    sheet = drawing.sheet_for(run.network.code, flow)
    places = {place.code for place in flow.places}
    heaviest = max((each.mass_kg for each in flow.flows), default=0.0) or 1.0
    return {
        "flow": flow,
        "map_sheet": sheet,
        "arcs": drawing.arcs(sheet, flow),
        "spots": drawing.spots(sheet, flow),
        "flow_data": {
            "basemap": reverse("network:basemap") if geo.basemap(run.network.code) else None,
            "features": [
                {
                    "key": place.code,
                    "kind": "member" if place.kind == "bottleneck" else place.kind,
                    "name": place.name,
                    "latitude": place.latitude,
                    "longitude": place.longitude,
                    "detail": "",
                    "place": "",
                    "single": place.kind == "bottleneck",
                    "own": False,
                    "url": None,
                }
                for place in flow.places
            ],
            "flows": [
                {
                    "from": each.from_site,
                    "to": each.to_site,
                    "weight": each.mass_kg / heaviest,
                    "label": ", ".join(str(number) for number in each.numbers[:3]),
                    "keys": list(each.keys),
                }
                for each in flow.flows
                if each.from_site in places and each.to_site in places
            ],
        },
    }


def _chosen(actor: Actor, code: str, key: str) -> tuple[Run, Alternative]:
    run = Run.objects.select_related("network", "job").find(actor, code=code)
    return run, Alternative.objects.find(actor, run=run, key=key)


@require_GET
def step(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """What is selected on the sheet: where, when, why here, why not elsewhere."""
    actor = planner(request)
    run, chosen = _chosen(actor, code, key)
    inspection = queries.inspect(actor, run, chosen, request.GET.get("step", ""))
    return render(request, "planning/_inspector.html", {"inspection": inspection, "code": code, "key": key})


@require_POST
def why_not(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Ask what it would cost to let another company do the selected step: planned anew in the background."""
    actor = planner(request)
    _run, chosen = _chosen(actor, code, key)
    step, company = request.POST.get("step", ""), request.POST.get("company", "")
    job = services.ask_why_not(actor, alternative=chosen, step=step, company=company)
    return redirect("planning:why-not-answer", code, key, job.code)


@require_GET
def why_not_answer(request: HttpRequest, code: str, key: str, job: str) -> HttpResponse:
    """The answer to "why not that company", or how far it is."""
    actor = planner(request)
    _chosen(actor, code, key)
    answer = queries.why_not_answer(actor, job)
    template = "planning/_why_not.html" if request.headers.get("HX-Request") else "planning/why_not.html"
    return render(request, template, {"answer": answer, "code": code, "key": key, "job": job})


@require_POST
def adopt(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Make an alternative the plan in force."""
    actor = planner(request)
    form = AdoptForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write in one sentence why this alternative was chosen."))
        return redirect(f"{reverse('planning:alternative', args=[code, key])}#adopt")
    _run, chosen = _chosen(actor, code, key)
    plans = services.adopt_alternative(actor, alternative=chosen, reason=form.cleaned_data["reason"])
    said = ", ".join(_("%(case)s version %(version)s") % {"case": p.case.code, "version": p.version} for p in plans)
    messages.success(request, _("The plan is in force: %(plans)s.") % {"plans": said})
    return redirect("planning:alternative", code, key)


@require_GET
def work(request: HttpRequest) -> HttpResponseBase:
    """A member's own steps in the plans in force, as a list and as a schedule."""
    actor = actor_of(request)
    if not actor.is_member:
        raise Hidden()
    display = Display.of(request)
    own = queries.own_work(actor)
    page = lists.show(request, OWN_WORK_LIST, own)
    sheet = queries.own_sheet(actor) if own and display.by != "table" else None
    return page.render("planning/work.html", {"sheet": sheet, "display": display})


@require_GET
def case_plan(request: HttpRequest, code: str, version: int | None = None) -> HttpResponse:
    """The plan in force of a case, or an earlier version, as far as the reader may see it."""
    actor = actor_of(request)
    plan = queries.case_plan(actor, code, version)
    context = {"code": code, "plan": plan, "display": Display.of(request), "may_plan": may_plan(actor)}
    return render(request, "planning/case_plan.html", context)
