"""The forms of capabilities, certificates and people."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.platform.core import files
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import Hidden, Refused
from zagumi.platform.network import queries, rules, services
from zagumi.platform.network.forms import CapabilityForm, CertificateForm, PersonForm, ProofForm
from zagumi.platform.network.models import Capability, Certificate, Company, Person
from zagumi.platform.network.views.acting import acting, edit_page, editor_of, page_of, tabs_of

# ---------------------------------------------------------------------------------------------------- capabilities


def _capability(request: HttpRequest, code: str) -> tuple[Actor, Capability, Company]:
    row = Capability.objects.select_related("company__party", "process", "machine").find(actor_of(request), code=code)
    actor, company = editor_of(request, row.company.code)
    return actor, row, company


@require_http_methods(["GET", "POST"])
def capability_new(request: HttpRequest, code: str) -> HttpResponse:
    """One more thing the company can do."""
    actor, company = editor_of(request, code)
    form = CapabilityForm(request.POST or None, company=company, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.declare_capability(
            acting(actor, company.party, form.channel), company_code=code, sheet=form.sheet()
        ),
        title=_("Add something the company can do"),
        back=page_of(code),
        company=company,
        template="network/capability_form.html",
    )


@require_http_methods(["GET", "POST"])
def capability_edit(request: HttpRequest, code: str) -> HttpResponse:
    """One thing the company can do."""
    actor, row, company = _capability(request, code)
    shown = CapabilityForm.filled(row, prices="prices" in rules.capability_columns(actor, row))
    form = CapabilityForm(request.POST or None, initial=shown, company=company, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.edit_capability(acting(actor, company.party, form.channel), code=code, sheet=form.sheet()),
        title=str(row.process),
        back=page_of(company.code),
        company=company,
        template="network/capability_form.html",
        context={
            "is_proven": row.provenance != "declared",
            "take_away": (
                "withdraw-capability",
                code,
                _("It is kept, no longer found by others, and can be offered again."),
                _("No longer offer it"),
            ),
        },
    )


@require_http_methods(["GET", "POST"])
def capability_proof(request: HttpRequest, code: str) -> HttpResponse:
    """What somebody else found out."""
    actor, row, company = _capability(request, code)
    if not rules.may_assess(actor):
        raise Refused(_("Nobody proves their own capability; the coordinator enters what was found."))
    form = ProofForm(request.POST or None, request.FILES or None, capability=row)
    evidence = request.FILES.get("evidence")
    return edit_page(
        request,
        form,
        lambda: services.verify_capability(
            actor,
            code=code,
            sheet=form.sheet(),
            evidence=evidence,
            evidence_name=evidence.name or "" if evidence else "",
        ),
        title=_("Proof: %(process)s") % {"process": row.process},
        back=page_of(company.code),
        company=company,
        template="network/proof_form.html",
    )


@require_GET
def capability_evidence(request: HttpRequest, code: str) -> HttpResponseBase:
    """The paper behind a proof, for those to whom it is open."""
    actor = actor_of(request)
    row = Capability.objects.select_related("company", "evidence").find(actor, code=code)
    if row.evidence is None or "evidence" not in rules.capability_columns(actor, row):
        raise Hidden()
    return files.send(row.evidence, request, inline=True)


# ---------------------------------------------------------------------------------------------------- certificates


def _certificate(request: HttpRequest, code: str) -> tuple[Actor, Certificate, Company]:
    row = Certificate.objects.select_related("company__party").find(actor_of(request), code=code)
    actor, company = editor_of(request, row.company.code)
    return actor, row, company


@require_http_methods(["GET", "POST"])
def certificate_new(request: HttpRequest, code: str) -> HttpResponse:
    """One more certificate."""
    actor, company = editor_of(request, code)
    form = CertificateForm(request.POST or None, request.FILES or None, told=actor.is_coordinator)
    file = request.FILES.get("file")
    return edit_page(
        request,
        form,
        lambda: services.add_certificate(
            acting(actor, company.party, form.channel),
            company_code=code,
            sheet=form.sheet(),
            file=file,
            file_name=file.name or "" if file else "",
        ),
        title=_("Add a certificate"),
        back=page_of(code),
        company=company,
    )


@require_http_methods(["GET", "POST"])
def certificate_edit(request: HttpRequest, code: str) -> HttpResponse:
    """A certificate."""
    actor, row, company = _certificate(request, code)
    shown = CertificateForm.filled(row)
    form = CertificateForm(request.POST or None, initial=shown, present=row, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.edit_certificate(acting(actor, company.party, form.channel), code=code, sheet=form.sheet()),
        title=row.name,
        back=page_of(company.code),
        company=company,
        context={
            "take_away": (
                "withdraw-certificate",
                code,
                _("It is kept, no longer shown to others, and can be shown again."),
                _("No longer show it"),
            )
        },
    )


@require_GET
def certificate_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The certificate itself, for those to whom it is open."""
    actor = actor_of(request)
    row = Certificate.objects.select_related("company", "file").find(actor, code=code)
    if row.file is None or "file" not in rules.certificate_columns(actor, row):
        raise Hidden()
    return files.send(row.file, request, inline=True)


# ---------------------------------------------------------------------------------------------------------- people


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest, code: str) -> HttpResponse:
    """One more person with skills."""
    actor, company = editor_of(request, code)
    form = PersonForm(request.POST or None, company=company, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.add_person(acting(actor, company.party, form.channel), company_code=code, sheet=form.sheet()),
        title=_("Add a person"),
        back=reverse("network:people", args=[code]),
        company=company,
        template="network/person_form.html",
    )


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody's skills."""
    row = Person.objects.select_related("company__party", "calendar").find(actor_of(request), code=code)
    actor, company = editor_of(request, row.company.code)
    form = PersonForm(request.POST or None, initial=PersonForm.filled(row), company=company, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.edit_person(acting(actor, company.party, form.channel), code=code, sheet=form.sheet()),
        title=row.name,
        back=reverse("network:people", args=[company.code]),
        company=company,
        template="network/person_form.html",
    )


@require_GET
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Who works at a company and with which skills, for the company and the coordinator."""
    actor, company = editor_of(request, code)
    page = queries.company_page(actor, code)
    return render(
        request,
        "network/people.html",
        {"company": company, "page": page, "tabs": tabs_of(code, "company", inside=True)},
    )


# ------------------------------------------------------------------------------------------- taking away and back

Verb = Callable[..., object]

VERBS: dict[str, tuple[Verb, type[Capability] | type[Certificate] | type[Person], object]] = {
    "withdraw-capability": (
        services.withdraw_capability,
        Capability,
        gettext_lazy("It is no longer offered; it can be offered again below the list."),
    ),
    "restore-capability": (services.restore_capability, Capability, gettext_lazy("It is offered again.")),
    "withdraw-certificate": (
        services.withdraw_certificate,
        Certificate,
        gettext_lazy("It no longer shows; it can be shown again below the list."),
    ),
    "restore-certificate": (services.restore_certificate, Certificate, gettext_lazy("It shows again.")),
    "check-certificate": (
        services.check_certificate,
        Certificate,
        gettext_lazy("Noted that the paper was seen today."),
    ),
    "leave-person": (services.leave_person, Person, gettext_lazy("Noted; it can be taken back in this list.")),
    "return-person": (services.return_person, Person, gettext_lazy("Taken back.")),
}


@require_POST
def do(request: HttpRequest, verb: str, code: str) -> HttpResponse:
    """Take something away or bring it back: one of ``VERBS``, each of which has its way back."""
    if verb not in VERBS:
        raise Hidden()
    service, model, said = VERBS[verb]
    row = model.objects.select_related("company__party").find(actor_of(request), code=code)
    actor, company = editor_of(request, row.company.code)
    service(acting(actor, company.party), code=code)
    messages.success(request, str(said))
    back = reverse("network:people", args=[company.code]) if model is Person else page_of(company.code)
    return redirect(back)
