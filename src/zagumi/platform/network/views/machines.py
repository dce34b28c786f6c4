"""The pages of one machine."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import Hidden
from zagumi.platform.network import queries, rules, services
from zagumi.platform.network.forms import BookingForm, DisclosureForm, MachineForm, StopForm
from zagumi.platform.network.models import Company, Machine
from zagumi.platform.network.views.acting import acting, edit_page, editor_of, page_of
from zagumi.platform.network.views.company import free_rows, week_heads


def _address(code: str) -> str:
    return reverse("network:machine", args=[code])


def _machine(request: HttpRequest, code: str) -> tuple[Actor, Machine, Company]:
    """The actor, a machine it may look after, and the company."""
    machine = Machine.objects.select_related("site__party__company", "process", "calendar").find(
        actor_of(request), code=code
    )
    actor, company = editor_of(request, machine.site.party.code)
    return actor, machine, company


@require_GET
def machine(request: HttpRequest, code: str) -> HttpResponse:
    """One machine: what it takes, its free weeks, and for those who look after it bookings, stops and settings."""
    actor = actor_of(request)
    row = Machine.objects.select_related("site__party__company", "process").find(actor, code=code)
    page = queries.company_page(actor, row.site.party.code)
    line = next(each for each in page.machines if each.code == code)
    load = queries.machine_load(actor, machine_code=code) if not line.is_retired else None
    context = {
        "page": page,
        "machine": line,
        "capabilities": [each for each in page.offered if each.machine_code == code],
        "weeks": week_heads(load) if load else [],
        "free": free_rows(load) if load else [],
        "load": load,
        "bookings": queries.machine_bookings(actor, code) if page.may_edit else (),
        "may_disclose": rules.owns(actor, row.site.party_id) or actor.is_coordinator,
        "booking_form": BookingForm(told=actor.is_coordinator),
        "stop_form": StopForm(told=actor.is_coordinator),
        "disclosure_form": DisclosureForm(
            initial={"capacity_disclosure": row.capacity_disclosure}, told=actor.is_coordinator
        ),
    }
    return render(request, "network/machine.html", context)


@require_http_methods(["GET", "POST"])
def machine_new(request: HttpRequest, code: str) -> HttpResponse:
    """One more machine of a company."""
    actor, company = editor_of(request, code)
    form = MachineForm(request.POST or None, company=company, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.add_machine(
            acting(actor, company.party, form.channel),
            site_code=form.cleaned_data["site"],
            sheet=form.sheet(),
            disclosure=form.cleaned_data["capacity_disclosure"],
        ),
        title=_("Add a machine"),
        back=page_of(code),
        company=company,
    )


@require_http_methods(["GET", "POST"])
def machine_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The facts of a machine."""
    actor, row, company = _machine(request, code)
    prices = "prices" in rules.machine_columns(actor, row)
    shown = MachineForm.filled(row, prices=prices)
    form = MachineForm(request.POST or None, initial=shown, company=company, present=row, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.edit_machine(acting(actor, company.party, form.channel), code=code, sheet=form.sheet()),
        title=row.name,
        back=_address(code),
        company=company,
    )


@require_POST
def machine_retire(request: HttpRequest, code: str) -> HttpResponse:
    """Take a machine out of use."""
    actor, _row, company = _machine(request, code)
    services.retire_machine(acting(actor, company.party), code=code)
    messages.success(request, _("The machine is out of use. It can be brought back on this page."))
    return redirect(_address(code))


@require_POST
def machine_restore(request: HttpRequest, code: str) -> HttpResponse:
    """Bring a machine back."""
    actor, _row, company = _machine(request, code)
    services.restore_machine(acting(actor, company.party), code=code)
    messages.success(request, _("The machine is in use again."))
    return redirect(_address(code))


@require_POST
def machine_disclosure(request: HttpRequest, code: str) -> HttpResponse:
    """How much of the machine's free time shows."""
    actor, _row, company = _machine(request, code)
    form = DisclosureForm(request.POST, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.set_disclosure(
            acting(actor, company.party, form.channel), code=code, disclosure=form.cleaned_data["capacity_disclosure"]
        ),
        title=_("What shows of free time"),
        back=_address(code),
        company=company,
    )


@require_POST
def machine_book(request: HttpRequest, code: str) -> HttpResponse:
    """Note own work."""
    actor, _row, company = _machine(request, code)
    form = BookingForm(request.POST, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.book_machine(
            acting(actor, company.party, form.channel), code=code, **form.facts("start", "end", "note")
        ),
        title=_("Note own work"),
        back=_address(code),
        company=company,
        done=_("Noted. It can be freed again in the list of bookings."),
    )


@require_POST
def machine_free(request: HttpRequest, code: str) -> HttpResponse:
    """Free the time of own work."""
    actor, _row, company = _machine(request, code)
    try:
        start = datetime.fromisoformat(request.POST.get("start", ""))
    except ValueError:
        raise Hidden() from None
    services.cancel_booking(acting(actor, company.party), code=code, start=start)
    messages.success(request, _("The time is free again."))
    return redirect(_address(code))


@require_POST
def machine_stop(request: HttpRequest, code: str) -> HttpResponse:
    """Report that the machine stands still."""
    actor, _row, company = _machine(request, code)
    form = StopForm(request.POST, told=actor.is_coordinator)
    return edit_page(
        request,
        form,
        lambda: services.report_stop(
            acting(actor, company.party, form.channel), code=code, **form.facts("reason", "start", "end")
        ),
        title=_("Report a stop"),
        back=_address(code),
        company=company,
        done=_("The stop is noted; planning no longer counts on this time."),
    )


@require_POST
def machine_resume(request: HttpRequest, code: str) -> HttpResponse:
    """Report that the machine runs again."""
    actor, _row, company = _machine(request, code)
    ended = services.end_stop(acting(actor, company.party), code=code)
    messages.success(request, _("The machine runs again.") if ended else _("The stop is taken back."))
    return redirect(_address(code))
