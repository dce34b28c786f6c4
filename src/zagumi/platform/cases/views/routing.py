"""Forms for parts, steps and who can do them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zagumi.platform.cases import queries, rules, services
from zagumi.platform.cases.forms import DeclineForm, OperationForm, OptionForm, PartForm, put_faults
from zagumi.platform.cases.models import Case, Operation, Option, Part
from zagumi.platform.cases.services.routing import link_sheets
from zagumi.platform.cases.views.frame import frame
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import BadInput, Refused


def _editable(request: HttpRequest, code: str) -> tuple[Actor, Case]:
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    if not rules.may_edit(actor, row):
        raise Refused(_("Only the coordinator changes parts and steps."))
    return actor, row


def _steps_page(code: str) -> HttpResponse:
    return redirect("cases:case-steps", code)


def _told_removed(request: HttpRequest, code: str, name: str, kind: str, key: int) -> None:
    """Say that something is gone, with a button that brings it back."""
    url = reverse("cases:restore", args=[code, kind, key])
    messages.success(
        request,
        format_html(
            '{} <button class="button button-small" form="undo" formaction="{}">{}</button>',
            _("“%(name)s” is removed.") % {"name": name},
            url,
            _("Undo"),
        ),
        extra_tags="undo",
    )


# ------------------------------------------------------------------------------------------------------------- parts


@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, code: str, letter: str = "") -> HttpResponse:
    """A new part, or a correction of one."""
    actor, row = _editable(request, code)
    present = Part.objects.kept().find(actor, case=row, letter=letter) if letter else None
    form = PartForm(request.POST or None, initial=PartForm.initial_of(present))
    if request.method == "POST" and form.is_valid():
        try:
            if present:
                services.edit_part(actor, code=code, letter=letter, sheet=form.sheet())
            else:
                services.add_part(actor, code=code, sheet=form.sheet())
        except BadInput as refused:
            put_faults(form, refused)
        else:
            messages.success(request, _("Saved."))
            return _steps_page(code)
    return render(request, "cases/part_form.html", {"form": form, "row": row, "present": present})


@require_POST
def part_remove(request: HttpRequest, code: str, letter: str) -> HttpResponse:
    """Take a part away."""
    gone = services.remove_part(actor_of(request), code=code, letter=letter)
    _told_removed(request, code, str(gone), "part", gone.pk)
    return _steps_page(code)


# ------------------------------------------------------------------------------------------------------------- steps


@require_http_methods(["GET", "POST"])
def operation_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new step."""
    actor, row = _editable(request, code)
    form = OperationForm(actor, row, request.POST or None, initial=OperationForm.initial_of(None))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_operation(actor, code=code, sheet=form.sheet())
        except BadInput as refused:
            put_faults(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("cases:operation", code, made.number)
    return render(request, "cases/operation_form.html", {"form": form, "row": row, "present": None})


@require_http_methods(["GET", "POST"])
def operation_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A correction of a step."""
    actor, row = _editable(request, code)
    present = Operation.objects.select_related("process", "part", "skill").kept().find(actor, case=row, number=number)
    initial = OperationForm.initial_of(present, link_sheets(present))
    form = OperationForm(actor, row, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.edit_operation(actor, code=code, number=number, sheet=form.sheet())
        except BadInput as refused:
            put_faults(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("cases:operation", code, saved.number)
    return render(request, "cases/operation_form.html", {"form": form, "row": row, "present": present})


@require_POST
def operation_remove(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take a step away."""
    gone = services.remove_operation(actor_of(request), code=code, number=number)
    _told_removed(request, code, str(gone), "step", gone.pk)
    return _steps_page(code)


def operation(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One step: what it asks, what comes before and after, and who could do it."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    page = queries.page_of(actor, row, history=0)
    step = next((step for step in page.steps if step.number == number), None)
    if step is None:
        Operation.objects.kept().find(actor, case=row, number=number)  # raises Hidden
    context: dict[str, Any] = frame(request, row, "steps", page.head) | {"page": page, "step": step}
    if actor.is_coordinator and page.head.may_edit_steps:
        context["candidates"] = queries.candidates(actor, row, number)
    return render(request, "cases/operation.html", context)


# ----------------------------------------------------------------------------------------------------------- options


@require_http_methods(["GET", "POST"])
def option_new(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Enter who can do a step, with times and costs as told."""
    actor, row = _editable(request, code)
    step = Operation.objects.kept().find(actor, case=row, number=number)
    form = OptionForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.offer_option(actor, code=code, number=number, sheet=form.sheet())
        except BadInput as refused:
            put_faults(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("cases:operation", code, number)
    return render(request, "cases/option_form.html", {"form": form, "row": row, "step": step, "option": None})


@require_POST
def option_ask(request: HttpRequest, code: str, number: int, machine: str) -> HttpResponse:
    """Ask a company for a step, on the figures of its own entry."""
    services.offer_from_capability(actor_of(request), code=code, number=number, machine=machine)
    messages.success(request, _("The company is listed as asked."))
    return redirect("cases:operation", code, number)


@require_http_methods(["GET", "POST"])
def option_answer(request: HttpRequest, code: str, number: int, machine: str) -> HttpResponse:
    """A company's yes with its figures, or its no; the office enters what it was told by telephone or FAX."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    option = (
        Option.objects.select_related("operation", "machine__site__party")
        .kept()
        .find(actor, operation__case=row, operation__number=number, machine__code=machine)
    )
    with_costs = "costs" in rules.option_columns(actor, option)
    declines = request.POST.get("answer") == "decline"
    initial = OptionForm.initial_of(option, with_costs=with_costs)
    form = OptionForm(actor, None if declines else request.POST or None, fixed_machine=machine, initial=initial)
    decline = DeclineForm(actor, request.POST if declines else None)
    given = decline if declines else form
    if request.method == "POST" and given.is_valid():
        speaker = actor
        if actor.is_coordinator:
            speaker = actor.for_party(option.machine.site.party, channel=given.cleaned_data["told_by"])
        try:
            services.answer_option(
                speaker,
                code=code,
                number=number,
                machine=machine,
                sheet=None if declines else form.sheet(),
                reason=decline.cleaned_data["reason"] if declines else "",
            )
        except BadInput as refused:
            put_faults(given, refused)
        else:
            messages.success(request, _("The answer is noted."))
            return redirect("cases:operation", code, number)
    context = {"form": form, "decline": decline, "row": row, "step": option.operation, "option": option}
    return render(request, "cases/option_form.html", context)


@require_POST
def option_remove(request: HttpRequest, code: str, number: int, machine: str) -> HttpResponse:
    """Take an option away."""
    gone = services.remove_option(actor_of(request), code=code, number=number, machine=machine)
    _told_removed(request, code, f"{gone.machine.site.party} {gone.machine.name}", "option", gone.pk)
    return redirect("cases:operation", code, number)
