"""The board and the list."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zagumi.platform.cases import queries, rules, services
from zagumi.platform.cases.models import STAGE_LINE, Channel, Stage
from zagumi.platform.cases.queries import CaseRow
from zagumi.platform.core import lists
from zagumi.platform.core.actor import Actor, actor_of

Rows = list[CaseRow]


def _where(test: Any) -> Any:
    return lambda rows, value: [row for row in rows if test(row, value)]


def _address(row: CaseRow) -> str:
    return reverse("cases:case", args=[row.code])


CODE = lists.Column("code", gettext_lazy("Number"), lambda row: row.code, sort="code", url=_address)
TITLE = lists.Column("title", gettext_lazy("Title"), lambda row: row.title, sort="title")
STAGE = lists.Column("stage", gettext_lazy("Stage"), lambda row: row.stage_name, sort="stage_name")
DUE = lists.Column("due", gettext_lazy("Due date"), lambda row: row.due, sort="due", kind="date")
STATE = lists.Column(
    "state", gettext_lazy("Outlook"), lambda row: (row.state.kind, row.state.words), sort="due", kind="tag"
)
STEPS = lists.Column("steps", gettext_lazy("Steps"), lambda row: row.steps, sort="steps", kind="number")

OPEN = lists.Choice(
    "open",
    gettext_lazy("Shown"),
    [("open", gettext_lazy("open ones")), ("closed", gettext_lazy("closed ones"))],
    apply=_where(lambda row, value: row.is_open == (value == "open")),
)


def _office_spec(actor: Actor) -> lists.ListSpec:
    return lists.ListSpec(
        name="cases",
        columns=[
            CODE,
            TITLE,
            lists.Column("buyer", gettext_lazy("Buyer"), lambda row: row.buyer, sort="buyer"),
            STAGE,
            DUE,
            STATE,
            lists.Column("lead", gettext_lazy("Lead company"), lambda row: row.lead or "—", sort="lead"),
            lists.Column("channel", gettext_lazy("Came by"), lambda row: row.channel_name, sort="channel_name"),
            lists.Column(
                "received", gettext_lazy("Received on"), lambda row: row.received_on, sort="received_on", kind="date"
            ),
            STEPS,
            lists.Column("price", gettext_lazy("Order value"), lambda row: row.price_yen, sort="price_yen", kind="yen"),
        ],
        filters=[
            lists.Choice("stage", gettext_lazy("Stage"), [(s.value, s.label) for s in (*STAGE_LINE, *_closed())]),
            lists.Choice("buyer", gettext_lazy("Buyer"), lambda: queries.buyers(actor), field="buyer_code"),
            lists.Choice("lead", gettext_lazy("Lead company"), lambda: queries.leads(actor), field="lead_code"),
            lists.Choice("channel", gettext_lazy("Came by"), Channel.choices),
            OPEN,
            lists.Range("due", gettext_lazy("Due date"), kind="date"),
            lists.Flag("late", gettext_lazy("Late only"), _where(lambda row, _value: row.is_late)),
            lists.Flag("answer", gettext_lazy("Answer owed"), _where(lambda row, _value: row.needs_answer)),
        ],
        search=queries.found,
        search_label=gettext_lazy("Number, title, buyer, drawing"),
        default_sort="due",
        empty=lists.Empty(
            gettext_lazy("No case is in the register yet."),
            gettext_lazy("Write down the first inquiry, or import a workbook."),
            "/cases/new/",
            gettext_lazy("New inquiry"),
        ),
    )


def _closed() -> tuple[Stage, ...]:
    return (Stage.DONE, Stage.LOST)


BUYER_LIST = lists.ListSpec(
    name="cases",
    columns=[
        CODE,
        TITLE,
        lists.Column("reference", gettext_lazy("Your number"), lambda row: row.buyer_reference, sort="buyer_reference"),
        STAGE,
        DUE,
        STATE,
    ],
    filters=[OPEN, lists.Range("due", gettext_lazy("Due date"), kind="date")],
    search=queries.found,
    search_label=gettext_lazy("Number, title, drawing"),
    default_sort="due",
    empty=lists.Empty(
        gettext_lazy("You have not asked for anything yet."),
        gettext_lazy("Write an inquiry; the office answers."),
        "/cases/new/",
        gettext_lazy("New inquiry"),
    ),
)

MEMBER_LIST = lists.ListSpec(
    name="work",
    columns=[
        CODE,
        TITLE,
        STAGE,
        DUE,
        STATE,
        lists.Column("steps", gettext_lazy("Your steps"), lambda row: row.steps, sort="steps", kind="number"),
        lists.Column("waiting", gettext_lazy("Answers owed"), lambda row: row.waiting, sort="waiting", kind="number"),
    ],
    filters=[OPEN, lists.Flag("waiting", gettext_lazy("Answer owed"), _where(lambda row, _value: row.waiting > 0))],
    search=queries.found,
    search_label=gettext_lazy("Number, title"),
    default_sort="due",
    empty=lists.Empty(
        gettext_lazy("Nothing has been asked of you yet."), gettext_lazy("Requests from the office appear here.")
    ),
)


def _spec(actor: Actor) -> lists.ListSpec:
    if actor.is_buyer:
        return BUYER_LIST
    return MEMBER_LIST if actor.is_member else _office_spec(actor)


@require_GET
def case_list(request: HttpRequest) -> HttpResponseBase:
    """The cases the reader knows of."""
    actor = actor_of(request)
    page = lists.show(request, _spec(actor), queries.case_list(actor))
    return page.render(
        "cases/list.html", {"views": _views("list") if actor.is_coordinator else [], "may_register": _may(actor)}
    )


def _may(actor: Actor) -> bool:
    return rules.may_register(actor)


def _views(current: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Board"), "url": reverse("cases:board"), "icon": "table", "current": current == "board"},
        {"label": _("List"), "url": reverse("cases:list"), "icon": "list", "current": current == "list"},
    ]


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The cases by stage; readers without a board get their list."""
    actor = actor_of(request)
    if not actor.is_coordinator:
        return redirect("cases:list")
    text, buyer, late = request.GET.get("q", ""), request.GET.get("buyer", ""), request.GET.get("late") == "1"
    shown = queries.case_board(actor, text=text, buyer=buyer, late_only=late)
    all_stages = request.GET.get("closed") == "1"
    columns = [column for column in shown.columns if all_stages or column.stage not in _closed()]
    closed = sum(column.total for column in shown.columns if column.stage in _closed())
    context = {
        "board": shown,
        "columns": columns,
        "closed": closed,
        "all_stages": all_stages,
        "buyers": queries.buyers(actor),
        "chosen": {"q": text, "buyer": buyer, "late": late},
        "views": _views("board"),
    }
    return render(request, "cases/board.html", context)


@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Bring a case to another stage, from the board or its own page; comes back to where it was asked."""
    case = services.advance(actor_of(request), code=code, stage=request.POST.get("stage", ""))
    messages.success(
        request, _("%(case)s is now at “%(stage)s”.") % {"case": case.code, "stage": case.get_stage_display()}
    )
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    back = request.POST.get("back", "")
    return redirect("cases:board" if back == "board" else reverse("cases:case", args=[code]))
