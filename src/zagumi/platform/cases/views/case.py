"""The pages of one case: overview, steps, drawings, record, costs; and what is done on them."""

import re
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.platform.cases import pages, queries, services
from zagumi.platform.cases.forms import LoseForm, NoteForm, PurposeForm, put_faults
from zagumi.platform.cases.models import Audience, Case, Channel, ContractForm, Option, Stage
from zagumi.platform.cases.views.frame import frame
from zagumi.platform.core import audit, lists
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import BadInput, Hidden
from zagumi.platform.core.templatetags.figures import Link, Step
from zagumi.platform.core.templatetags.ui import Entry


def graph_of(page: queries.CasePage) -> dict[str, Any]:
    """The process graph for the figure tag; steps lead to their own page."""
    code = page.head.code
    steps = [
        Step(
            node.key,
            node.title,
            node.detail,
            node.part,
            node.state,
            reverse("cases:operation", args=[code, node.number]) if node.number is not None else "",
        )
        for node in page.graph.nodes
    ]
    links = [Link(link.source, link.target, link.moves, link.critical) for link in page.graph.links]
    return {"steps": steps, "links": links, "parts": page.graph.parts}


WIDE_GRAPH = 5
"""A graph of more boxes in a row takes the whole width of the page."""
RECORD_LINES = 40
RECORD_SHOWN = 8
SUBJECTS_NAMED = 3

SUBJECTS = {
    "cases.Operation": gettext_lazy("step %(code)s"),
    "cases.Part": gettext_lazy("part %(code)s"),
    "cases.CaseFile": "%(code)s",
}


def entries(lines: tuple[audit.HistoryLine, ...]) -> list[Entry]:
    """The record as a timeline; the same thing done to several steps in a row is one entry."""
    shown: list[Entry] = []
    runs: list[tuple[audit.HistoryLine, list[str]]] = []
    for line in lines:
        subject = str(SUBJECTS.get(line.subject_model, "")) % {"code": line.subject_code} or _moved_to(line)
        last = runs[-1][0] if runs else None
        if last and (last.verb, last.who, last.at.date()) == (line.verb, line.who, line.at.date()):
            runs[-1][1].append(subject)
        else:
            runs.append((line, [subject]))
    for line, subjects in runs[:RECORD_SHOWN]:
        named = [subject for subject in dict.fromkeys(reversed(subjects)) if subject]
        if len(named) > SUBJECTS_NAMED:
            more = ngettext("%(count)s more", "%(count)s more", len(named) - SUBJECTS_NAMED)
            named[SUBJECTS_NAMED:] = [more % {"count": len(named) - SUBJECTS_NAMED}]
        text = f"{line.verb}: {_(', ').join(named)}" if named else line.verb
        shown.append(Entry(line.at, text, line.on_behalf_of or line.who, "act"))
    return shown


@require_GET
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Overview."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    page = queries.page_of(actor, row, history=RECORD_LINES)
    context = frame(request, row, "overview", page.head) | {
        "page": page,
        "graph": graph_of(page),
        "is_wide": page.graph.columns > WIDE_GRAPH,
        "panels": [panel for panel in pages.panels(actor, row) if not panel[0].is_side],
        "side_panels": [panel for panel in pages.panels(actor, row) if panel[0].is_side],
        "entries": entries(page.history),
        "note_form": NoteForm(actor, parties(actor, page)),
        "lose_form": LoseForm(),
    }
    return render(request, "cases/case.html", context)


def _moved_to(line: audit.HistoryLine) -> str:
    """The stage a case was moved to; empty for what else happens to a case."""
    stage = Case._meta.get_field("stage")
    return next((str(new) for name, _old, new in line.changes if name == str(stage.verbose_name)), "")


def parties(actor: Actor, page: queries.CasePage) -> list[tuple[str, str]]:
    """Whom the office may write to about a case: the buyer and the companies asked."""
    if not actor.is_coordinator:
        return []
    companies = {option.company_code: option.company for step in page.steps for option in step.options}
    return [(page.head.buyer_code, page.head.buyer), *sorted(companies.items(), key=lambda pair: pair[1])]


@require_GET
def steps(request: HttpRequest, code: str) -> HttpResponse:
    """Every step with who could do it."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    page = queries.page_of(actor, row)
    if not (actor.is_coordinator or actor.is_member):
        raise Hidden()
    context = frame(request, row, "steps", page.head) | {
        "page": page,
        "graph": graph_of(page),
        "removed": [thing for thing in queries.removed_things(actor, row) if thing.kind != "file"],
        "purpose_form": PurposeForm(),
    }
    return render(request, "cases/steps.html", context)


CHANNELS: dict[str, Any] = {
    **dict(Channel.choices),
    "screen": gettext_lazy("Screen"),
    "job": gettext_lazy("Calculation"),
}

HISTORY = lists.ListSpec(
    name="record",
    columns=[
        lists.Column("at", gettext_lazy("When"), lambda line: line.at, sort="at", kind="moment"),
        lists.Column("who", gettext_lazy("Who"), lambda line: line.who, sort="who"),
        lists.Column("party", gettext_lazy("For"), lambda line: line.on_behalf_of or line.party, sort="party"),
        lists.Column("verb", gettext_lazy("What"), lambda line: line.verb, sort="verb"),
        lists.Column("subject", gettext_lazy("On"), lambda line: line.subject_code, sort="subject_code"),
        lists.Column("changes", gettext_lazy("Change"), lambda line: changes_said(line)),
        lists.Column("purpose", gettext_lazy("Purpose"), lambda line: line.purpose),
        lists.Column(
            "channel", gettext_lazy("By way of"), lambda line: CHANNELS.get(line.channel, line.channel), sort="channel"
        ),
    ],
    search=lambda rows, text: [
        line
        for line in rows
        if text.casefold() in f"{line.who} {line.party} {line.verb} {changes_said(line)}".casefold()
    ],
    search_label=gettext_lazy("Who, what"),
    default_sort="-at",
    empty=lists.Empty(gettext_lazy("Nothing that you did, or that was done for you, is recorded here yet.")),
)
HISTORY_LIMIT = 2000


def changes_said(line: audit.HistoryLine) -> str:
    """The changes of one entry in short: ``Due date 12/11 17:00 → 12/14 17:00``."""
    words = []
    for name, old, new in line.changes:
        label = str(FIELDS.get(name, name))
        before, after = _shown(name, old), _shown(name, new)
        if before or after:
            words.append(f"{label} {before} → {after or '—'}" if before else f"{label} {after}")
    return " · ".join(words)


WORDS: dict[str, dict[str, Any]] = {
    "stage": dict(Stage.choices),
    "channel": dict(Channel.choices),
    "contract_form": dict(ContractForm.choices),
    "audience": dict(Audience.choices),
    "answer": dict(Option.Answer.choices),
    "source": dict(Option.Source.choices),
}


def _shown(name: str, value: Any) -> str:
    """A value of the log in the reader's words."""
    if value in ("", None, [], {}):
        return ""
    if isinstance(value, bool):
        return "○" if value else "×"
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    text = str(WORDS.get(name, {}).get(value, value))
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", text):
        return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"
    return text


FIELDS: dict[str, Any] = {
    "title": gettext_lazy("Title"),
    "buyer": gettext_lazy("Buyer"),
    "buyer_reference": gettext_lazy("Buyer's own number"),
    "stage": gettext_lazy("Stage"),
    "channel": gettext_lazy("Came by"),
    "received_on": gettext_lazy("Received on"),
    "answer_due": gettext_lazy("Answer by"),
    "answered_on": gettext_lazy("Answered on"),
    "release": gettext_lazy("Work may begin"),
    "due": gettext_lazy("Due date"),
    "expected_end": gettext_lazy("Expected delivery"),
    "late_yen_per_minute": gettext_lazy("Loss per minute late (yen)"),
    "deliver_to": gettext_lazy("Deliver to"),
    "lead": gettext_lazy("Lead company"),
    "contract_form": gettext_lazy("Form of contract"),
    "price_yen": gettext_lazy("Order value (yen)"),
    "note": gettext_lazy("Remarks"),
    "reason": gettext_lazy("Reason"),
    "name": pgettext_lazy("part or step", "Name"),
    "letter": gettext_lazy("Letter"),
    "number": gettext_lazy("Step number"),
    "process": gettext_lazy("Process"),
    "part": gettext_lazy("Part"),
    "quantity": gettext_lazy("Quantity"),
    "before": gettext_lazy("Steps before"),
    "min_sublot": gettext_lazy("Smallest sub-lot"),
    "max_sublots": gettext_lazy("Most sub-lots"),
    "may_pause": gettext_lazy("May stop over night"),
    "setup_family": gettext_lazy("Set-up family"),
    "requirement": gettext_lazy("Requirements"),
    "skill": gettext_lazy("Skill needed"),
    "drawing_no": gettext_lazy("Drawing number"),
    "revision": gettext_lazy("Revision"),
    "material": gettext_lazy("Material"),
    "mass_g": gettext_lazy("Mass of one piece (g)"),
    "machine": gettext_lazy("Machine"),
    "options": gettext_lazy("Who could do it"),
    "setup_minutes": gettext_lazy("Set-up (minutes)"),
    "minutes_per_piece": gettext_lazy("Minutes per piece"),
    "fixed_yen": gettext_lazy("Fixed cost (yen)"),
    "unit_yen": gettext_lazy("Cost per piece (yen)"),
    "good_rate": gettext_lazy("Good rate"),
    "answer": gettext_lazy("Answer"),
    "source": gettext_lazy("Source"),
    "declined_reason": gettext_lazy("Reason"),
    "audience": gettext_lazy("Who may open it"),
    "file": gettext_lazy("File"),
    "rows": gettext_lazy("Rows"),
    "sha256": gettext_lazy("Fingerprint of the file"),
    "version": gettext_lazy("Version"),
}


@require_GET
def history(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everything that was done on a case, as far as the reader may know."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    page = lists.show(request, HISTORY, audit.history(actor, code, limit=HISTORY_LIMIT))
    context = frame(request, row, "history") | {"removed": queries.removed_things(actor, row)}
    return page.render("cases/history.html", context)


# ------------------------------------------------------------------------------------------------------------- verbs


@require_http_methods(["GET", "POST"])
def lose(request: HttpRequest, code: str) -> HttpResponse:
    """Close a case that does not come about."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    form = LoseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.lose_case(actor, code=code, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(case)s is closed.") % {"case": code})
        return redirect("cases:case", code)
    return render(request, "cases/lose.html", {"form": form, "row": row, **_named(row)})


def _named(row: Case) -> dict[str, str]:
    return {"code": row.code, "title": row.title}


@require_POST
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Take a lost case up again."""
    services.reopen_case(actor_of(request), code=code)
    messages.success(request, _("%(case)s is open again.") % {"case": code})
    return redirect("cases:case", code)


@require_POST
def answer_buyer(request: HttpRequest, code: str) -> HttpResponse:
    """Note that the buyer has been answered."""
    services.record_answer(actor_of(request), code=code)
    messages.success(request, _("It is noted that the buyer has been answered today."))
    return redirect("cases:case", code)


@require_POST
def note(request: HttpRequest, code: str) -> HttpResponse:
    """Write a remark or a question."""
    actor = actor_of(request)
    page = queries.case_page(actor, code)
    form = NoteForm(actor, parties(actor, page), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        services.write_note(
            actor, code=code, text=given["text"], party=given.get("party", ""), is_question=given["is_question"]
        )
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("Please write something, at most 1000 characters."))
    return redirect(reverse("cases:case", args=[code]) + "#notes")


@require_POST
def settle(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Mark a question as settled."""
    services.settle_note(actor_of(request), code=code, note=key)
    messages.success(request, _("The question is settled."))
    return redirect(reverse("cases:case", args=[code]) + "#notes")


@never_cache
@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest, code: str) -> HttpResponse:
    """The companies' costs, after saying what for; they are shown once and kept by no cache."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    form = PurposeForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "rows": None, **_named(row)}
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.open_costs(actor, code=code, purpose=form.cleaned_data["purpose"])
        except BadInput as refused:
            put_faults(form, refused)
        else:
            context |= {"rows": queries.case_steps(opened, row), "purpose": opened.purpose}
    elif not actor.is_coordinator:
        raise Hidden()
    return render(request, "cases/costs.html", context)


@require_POST
def restore(request: HttpRequest, code: str, kind: str, key: int) -> HttpResponse:
    """Bring back what was taken away."""
    services.restore(actor_of(request), code=code, kind=kind, key=key)
    messages.success(request, _("It is back."))
    return redirect("cases:case-files" if kind == "file" else "cases:case-steps", code)
