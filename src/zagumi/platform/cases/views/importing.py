"""Workbooks: upload, look at what would happen, import; and the way back out."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.engine.read.case_workbook import write_book
from zagumi.engine.read.case_workbook.layout import MAX_BYTES
from zagumi.platform.cases import preview, queries, services
from zagumi.platform.cases.forms import PurposeForm, UploadForm, put_faults
from zagumi.platform.cases.models import CaseImport
from zagumi.platform.cases.services.bookkeeping import Change, Outcome
from zagumi.platform.cases.services.importing import rehearse
from zagumi.platform.cases.views.case import FIELDS
from zagumi.platform.cases.wording import worded
from zagumi.platform.core import files
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import BadInput, Hidden, Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

KINDS = {
    "company": gettext_lazy("Companies"),
    "machine": gettext_lazy("Machines"),
    "buyer": gettext_lazy("Buyers"),
    "site": gettext_lazy("Places of delivery"),
    "case": gettext_lazy("Case"),
    "part": gettext_lazy("Parts"),
    "step": gettext_lazy("Steps"),
    "option": gettext_lazy("Who could do it"),
}


def _office(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_coordinator:
        raise Refused(_("Workbooks are imported by the coordinator."))
    return actor


@require_http_methods(["GET", "POST"])
def case_import(request: HttpRequest) -> HttpResponse:
    """Choose a workbook; nothing is written before its preview."""
    actor = _office(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["workbook"]
        if uploaded.size > MAX_BYTES:
            limit = MAX_BYTES // 1_000_000
            form.add_error("workbook", _("The file is larger than %(limit)s MB.") % {"limit": limit})
        else:
            upload = services.upload_workbook(actor, uploaded=uploaded, name=uploaded.name)
            return redirect("cases:import-preview", upload.code)
    recent = CaseImport.objects.visible_to(actor).select_related("stored", "case")[:10]
    return render(request, "cases/import.html", {"form": form, "recent": recent})


@dataclass(frozen=True)
class Group:
    """The changes of one kind."""

    label: str
    added: int
    changed: int
    same: int
    changes: tuple["Line", ...]


@dataclass(frozen=True)
class Line:
    """One row that is added or changed."""

    name: str
    row: int
    is_new: bool
    fields: tuple[tuple[str, str, str], ...]


@require_GET
def import_preview(request: HttpRequest, code: str) -> HttpResponse:
    """What the workbook says and what its import would do."""
    actor = _office(request)
    upload, reading, outcome = rehearse(actor, code=code)
    faults = reading.faults or tuple(outcome.faults if outcome else ())
    notices = (*reading.notices, *(outcome.notices if outcome else ()))
    with files.open_file(upload.stored) as file:
        sheets = preview.sheet_views(file.read(), faults, reading.places) if faults else []
    faulty_rows = {(fault.sheet, fault.row) for fault in faults}
    context = {
        "upload": upload,
        "faults": [worded(fault) for fault in faults],
        "notices": [worded(fault) for fault in notices],
        "sheets": sheets,
        "groups": _groups(outcome) if outcome and not faults else [],
        "outcome": outcome if not faults else None,
        "rows_total": sum(reading.counts.values()),
        "rows_faulty": len(faulty_rows),
        "rows_same": sum(outcome.same.values()) if outcome and not faults else 0,
        "changes": len(outcome.changes) if outcome and not faults else 0,
        "left": outcome.left if outcome and not faults else [],
    }
    return render(request, "cases/import_preview.html", context)


def _groups(outcome: Outcome) -> list[Group]:
    counts = Counter((change.kind, change.is_new) for change in outcome.changes)
    return [
        Group(
            str(label),
            counts[kind, True],
            counts[kind, False],
            outcome.same[kind],
            tuple(_line(change) for change in outcome.changes if change.kind == kind),
        )
        for kind, label in KINDS.items()
        if counts[kind, True] or counts[kind, False] or outcome.same[kind]
    ]


def _line(change: Change) -> Line:
    fields = tuple((str(FIELDS.get(name, name)), _said(old), _said(new)) for name, old, new in change.fields)
    return Line(change.name, change.row, change.is_new, fields)


def _said(value: object) -> str:
    return "—" if value in ("", None) else str(value)


@require_POST
def import_apply(request: HttpRequest, code: str) -> HttpResponse:
    """Import the workbook."""
    actor = _office(request)
    try:
        case, outcome = services.apply_workbook(actor, code=code)
    except BadInput as refused:
        text = _("Nothing was imported: %(fault)s") % {"fault": refused.faults[0].message}
        messages.error(request, text)
        return redirect("cases:import-preview", code)
    if outcome.is_change:
        messages.success(request, _("The workbook is imported as %(case)s.") % {"case": case.code})
    else:
        messages.info(request, _("Everything was there already; nothing changed."))
    return redirect("cases:case", case.code)


@require_GET
def import_marked(request: HttpRequest, code: str) -> HttpResponse:
    """The uploaded workbook with its faults marked."""
    actor = _office(request)
    upload, reading, outcome = rehearse(actor, code=code)
    faults = [fault for fault in (*reading.faults, *(outcome.faults if outcome else ())) if fault.sheet]
    if not faults:  # nothing is wrong, or the file is no workbook at all
        raise Hidden()
    with files.open_file(upload.stored) as file:
        data = preview.marked_copy(file.read(), faults)
    return _workbook(data, upload.stored.name)


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    actor_of(request)
    return _workbook(write_book(None), _("case.xlsx"))


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, code: str) -> HttpResponse:
    """A case as a workbook, after saying what for: it holds the companies' costs."""
    actor = _office(request)
    row = queries.find_case(actor, code)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            data = services.export_workbook(actor, code=code, purpose=form.cleaned_data["purpose"])
        except BadInput as refused:
            put_faults(form, refused)
        else:
            return _workbook(data, f"{code}.xlsx")
    return render(request, "cases/export.html", {"form": form, "row": row})


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
