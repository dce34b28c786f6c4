"""What the pages of one company share: who acts, the tabs, and forms that a service answers."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import BadInput, Refused
from zagumi.platform.core.models import Party
from zagumi.platform.core.templatetags.ui import Tab
from zagumi.platform.network import rules
from zagumi.platform.network.forms import EditForm
from zagumi.platform.network.models import Company


def editor_of(request: HttpRequest, code: str) -> tuple[Actor, Company]:
    """The actor, and the company it may look after.

    Raises:
        Hidden: there is none that the actor knows of.
        Refused: it is another's.
    """
    actor = actor_of(request)
    company = Company.objects.select_related("party").find(actor, party__code=code)
    if not rules.may_edit(actor, company):
        raise Refused(_("Only the company itself and the coordinator may change this."))
    return actor, company


def acting(actor: Actor, party: Party, channel: str = "") -> Actor:
    """The member itself; the coordinator on behalf of the company, saying how it was told (screen: on the spot)."""
    return actor.for_party(party, channel=channel or "screen") if actor.is_coordinator else actor


def edit_page(
    request: HttpRequest,
    form: EditForm,
    save: Callable[[], object],
    *,
    title: str,
    back: str,
    company: Company,
    done: str | Promise = "",
    template: str = "network/form.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show ``form``; when it is sent and ``save`` takes it, go ``back``; else show what is wrong, keeping the input."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except BadInput as error:
            form.take(error)
        else:
            messages.success(request, str(done) or _("Saved."))
            return redirect(back)
    known = {"form": form, "title": title, "back": back, "company": company, **(context or {})}
    return render(request, template, known, status=422 if form.errors else 200)


def page_of(code: str) -> str:
    """The address of a company's page."""
    return reverse("network:company", args=[code])


def tabs_of(code: str, current: str, *, inside: bool) -> list[Tab]:
    """The parts of a company's page; calendar, prices and record only for those to whom they are open."""
    known = [("company", _("Overview"))]
    if inside:
        known += [
            ("company-calendar", _("Calendar")),
            ("company-prices", _("Prices")),
            ("company-history", _("Record")),
        ]
    return [Tab(label, reverse(f"network:{name}", args=[code]), name == current) for name, label in known]
