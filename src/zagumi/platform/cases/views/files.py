"""Drawings and documents of a case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.platform.cases import queries, rules, services
from zagumi.platform.cases.forms import AudienceForm, FileForm, put_faults
from zagumi.platform.cases.models import Audience, CaseFile
from zagumi.platform.cases.views.frame import frame
from zagumi.platform.core import files
from zagumi.platform.core.actor import actor_of
from zagumi.platform.core.errors import BadInput, Refused


@require_GET
def case_files(request: HttpRequest, code: str) -> HttpResponse:
    """The files the reader may open, and the form to add one."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    removed = [thing for thing in queries.removed_things(actor, row) if thing.kind == "file"]
    context = frame(request, row, "files") | {
        "files": queries.case_files(actor, row),
        "form": FileForm(actor, row) if rules.may_add_file(actor, row) else None,
        "removed": removed,
        "audiences": Audience.choices,
    }
    return render(request, "cases/files.html", context)


@require_http_methods(["GET", "POST"])
def file_add(request: HttpRequest, code: str, replaces: str = "") -> HttpResponse:
    """Add a file, or a new revision of one."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    if not rules.may_add_file(actor, row):
        raise Refused(_("Files are added by the office, the buyer and the companies of the case."))
    old = CaseFile.objects.select_related("part").kept().find(actor, case=row, code=replaces) if replaces else None
    initial = (
        {"title": old.title, "kind": old.kind, "part": old.part.letter if old.part else "", "audience": old.audience}
        if old
        else {"audience": Audience.OFFICE}
    )
    form = FileForm(actor, row, request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["uploaded"]
        try:
            services.attach_file(
                actor, code=code, uploaded=uploaded, name=uploaded.name, sheet=form.sheet(), replaces=replaces
            )
        except BadInput as refused:
            put_faults(form, refused)
        else:
            messages.success(request, _("“%(name)s” is added.") % {"name": form.cleaned_data["title"]})
            return redirect("cases:case-files", code)
    return render(request, "cases/file_form.html", {"form": form, "row": row, "old": old})


@require_GET
def file_open(request: HttpRequest, code: str, file: str) -> HttpResponseBase:
    """Hand out a file; every access is in the log. ``?show=1`` lets the browser show PDF and pictures itself."""
    kept = services.open_case_file(actor_of(request), code=code, file=file)
    return files.send(kept.stored, request, inline=request.GET.get("show") == "1")


@require_POST
def file_remove(request: HttpRequest, code: str, file: str) -> HttpResponse:
    """Take a file out of the case."""
    gone = services.remove_file(actor_of(request), code=code, file=file)
    said = _("“%(name)s” is removed.") % {"name": gone.title}
    if actor_of(request).is_coordinator:
        url = reverse("cases:restore", args=[code, "file", gone.pk])
        button = '{} <button class="button button-small" form="undo" formaction="{}">{}</button>'
        messages.success(request, format_html(button, said, url, _("Undo")), extra_tags="undo")
    else:
        messages.success(request, said)
    return redirect("cases:case-files", code)


@require_POST
def file_audience(request: HttpRequest, code: str, file: str) -> HttpResponse:
    """Decide who may open a file."""
    form = AudienceForm(request.POST)
    if form.is_valid():
        services.set_audience(actor_of(request), code=code, file=file, audience=form.cleaned_data["audience"])
        messages.success(request, _("Saved."))
    return redirect("cases:case-files", code)
