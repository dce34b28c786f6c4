"""Pages of the front of the house."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.shell import api_reference, queries
from zagumi.platform.shell.api import document
from zagumi.platform.shell.search import search as found_by


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs the reader now, by role."""
    actor = actor_of(request)
    now = timezone.localtime(clock.now())
    shared = {"greeting": greeting(now.hour), "person": familiar(actor.user_name), "now": now}
    template, page = _home_of(actor)
    return render(request, template, {"page": page, **shared})


def _home_of(actor: Actor) -> tuple[str, Any]:
    if actor.is_coordinator:
        return "shell/home_office.html", queries.office.home(actor)
    if actor.is_member:
        return "shell/home_member.html", queries.member.home(actor)
    if actor.is_buyer:
        return "shell/home_buyer.html", queries.buyer.home(actor)
    if actor.is_viewer:
        return "shell/home_viewer.html", queries.region.region(actor)
    return "shell/home_carrier.html", queries.carrier.home(actor)


def greeting(hour: int) -> str:
    """What one says at this time of day."""
    if 4 <= hour < 11:
        return _("Good morning")
    return _("Good afternoon") if 11 <= hour < 18 else _("Good evening")


def familiar(name: str) -> str:
    """The part of a person's name that a greeting uses: the family name of a Japanese one."""
    return name.split(" ", 1)[0]


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Cases, companies, drawings and machines by code or words; a code typed exactly goes straight there."""
    found = found_by(actor_of(request), request.GET.get("q", "")[:200])
    if found.exact and found.total == 1:
        return redirect(found.exact.url)
    return render(request, "shell/search.html", {"found": found})


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """How to read the pages: marks, words, keys."""
    actor_of(request)
    sample = {"guide_scale": (0.0, 420.0), "guide_claimed": (20.0, 310.0), "guide_proven": (60.0, 240.0)}
    return render(request, "shell/guide.html", sample)


@require_GET
def patterns(request: HttpRequest) -> HttpResponse:
    """Every part of the pages, alive."""
    actor_of(request)
    return render(request, "patterns.html")


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """The API, operation by operation; needs nothing from elsewhere."""
    actor_of(request)
    described = document()
    shown = {"info": described["info"], "subjects": api_reference.subjects(described)}
    return render(request, "shell/api.html", shown)
