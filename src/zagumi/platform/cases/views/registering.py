"""Writing inquiries down and correcting them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zagumi.platform.cases import queries, rules, services
from zagumi.platform.cases.forms import NEW_BUYER, CaseForm, put_faults
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import BadInput, Refused
from zagumi.platform.core.services import one_transaction


@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """A new inquiry; open cases that look like it are shown before it is written down."""
    actor = actor_of(request)
    if not rules.may_register(actor):
        raise Refused(_("Inquiries are registered by the coordinator and by buyers."))
    form = CaseForm(actor, request.POST or None, initial=CaseForm.initial_of(None))
    doubles: list[queries.Likely] = []
    if request.method == "POST" and form.is_valid():
        doubles = _doubles(actor, form)
        if not doubles or request.POST.get("is_new") == "1":
            try:
                code = _register(actor, form)
            except BadInput as refused:
                put_faults(form, refused)
            else:
                messages.success(request, _("The inquiry is registered as %(case)s.") % {"case": code})
                return redirect("cases:case", code)
    return render(request, "cases/case_form.html", {"form": form, "doubles": doubles, "row": None})


def _register(actor: Actor, form: CaseForm) -> str:
    with one_transaction():
        new = form.new_buyer()
        buyer = services.register_buyer(actor, sheet=new).code if new else ""
        return services.register_case(actor, sheet=form.sheet(buyer)).code


def _doubles(actor: Actor, form: CaseForm) -> list[queries.Likely]:
    given = form.cleaned_data
    buyer = given.get("buyer", "")
    return queries.likely_doubles(
        actor,
        title=given["title"],
        buyer="" if buyer == NEW_BUYER else buyer,
        reference=given["buyer_reference"],
    )


@require_GET
def doubles(request: HttpRequest) -> HttpResponse:
    """The hint on open cases that look like the inquiry being typed, for the form to show while typing."""
    actor = actor_of(request)
    buyer = request.GET.get("buyer", "")
    is_new = request.GET.get("is_new") == "1"
    found = queries.likely_doubles(
        actor,
        title=request.GET.get("title", ""),
        buyer="" if buyer == NEW_BUYER else buyer,
        reference=request.GET.get("buyer_reference", ""),
    )
    return render(request, "cases/_doubles.html", {"doubles": found, "is_new": is_new})


@require_http_methods(["GET", "POST"])
def case_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what the register says."""
    actor = actor_of(request)
    row = queries.find_case(actor, code)
    if not rules.may_edit(actor, row):
        raise Refused(_("Only the coordinator changes a case. Please tell the office."))
    form = CaseForm(actor, request.POST or None, case=row, initial=CaseForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_case(actor, code=code, sheet=form.sheet())
        except BadInput as refused:
            put_faults(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("cases:case", code)
    return render(request, "cases/case_form.html", {"form": form, "doubles": [], "row": row})
