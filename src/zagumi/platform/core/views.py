"""Core's pages: one's own access, the people of the network, the log, jobs, and what watchers ask."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zagumi.platform.core import audit, lists, queries, seats, services
from zagumi.platform.core.actor import actor_of
from zagumi.platform.core.errors import BadInput, Hidden
from zagumi.platform.core.forms import AcceptForm, InvitationForm, TokenForm
from zagumi.platform.core.jobs import cancel, finish_early
from zagumi.platform.core.middleware import is_part
from zagumi.platform.core.models import AuditEntry, Invitation, Job, Network, Role, Seat, Token, User

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_INVITATION = "invitation"


@login_not_required
@never_cache
@require_GET
def healthz(_request: HttpRequest) -> HttpResponse:
    """For watchers: 200 when this process answers and its database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def _back(request: HttpRequest, otherwise: str = "/") -> HttpResponse:
    """Where the form says it came from, if that is on this site."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else otherwise)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the reader's language: for good when signed in, in a cookie otherwise."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=language)
        translation.activate(language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=60 * 60 * 24 * 365,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response


@require_POST
def switch_seat(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own seats; pages of the old one may not exist for the new, so start at the front."""
    actor = seats.switch(request, _number(request.POST.get("seat")))
    messages.info(request, _("You now act for %(party)s.") % {"party": actor.party_name})
    return redirect("/")


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the people of the demo; on a real installation there is no such address."""
    if not settings.ZAGUMI_DEMO:
        raise Hidden()
    wanted = _number(request.POST.get("seat"))
    seat = next((seat for seat in queries.demo_seats() if seat.pk == wanted), None)
    if seat is None:
        raise Hidden()
    login(request, seat.user, backend=_BACKEND)
    services.note_sign_in(seats.switch(request, seat.pk))
    return _back(request)


def _number(text: str | None) -> int:
    """A key from a form; raises Hidden for anything else."""
    if not text or not text.isascii() or not text.isdigit():
        raise Hidden()
    return int(text)


# --- one's own access ---------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Personal API tokens: the ones that work, and a new one, whose secret this page shows once."""
    actor = actor_of(request)
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _token, secret = services.create_token(actor, **form.cleaned_data)
        form = TokenForm()
    return render(request, "core/tokens.html", {"form": form, "secret": secret, "tokens": queries.own_tokens(actor)})


@require_POST
def revoke_token(request: HttpRequest, key: int) -> HttpResponse:
    """Make one of one's own tokens worthless."""
    actor = actor_of(request)
    services.revoke_token(actor, token=Token.objects.find(actor, pk=key))
    messages.success(request, _("The token no longer works."))
    return redirect("core:tokens")


# --- people -------------------------------------------------------------------------------------------------------

PEOPLE = lists.ListSpec(
    name="people",
    columns=[
        lists.Column("name", _("Name"), lambda seat: str(seat.user), sort="user__name"),
        lists.Column("username", _("Sign-in name"), lambda seat: seat.user.username, sort="user__username"),
        lists.Column("party", _("Acts for"), lambda seat: str(seat.party), sort="party__name_kana"),
        lists.Column("role", _("Role"), lambda seat: seat.get_role_display(), sort="role"),
        lists.Column("since", _("Since"), lambda seat: seat.user.date_joined, sort="user__date_joined", kind="date"),
        lists.Column("last_login", _("Last here"), lambda seat: seat.user.last_login, "user__last_login", "moment"),
        lists.Column(
            "state",
            _("State"),
            lambda seat: ("ok", pgettext("seat", "open")) if seat.is_active else ("over", pgettext("seat", "closed")),
            sort="is_active",
            kind="tag",
        ),
        lists.Column("change", _("Change"), lambda seat: seat, template="core/_seat_actions.html", export=False),
    ],
    filters=[
        lists.Choice("role", _("Role"), Role.choices),
        lists.Flag("closed", _("Closed seats only"), lambda rows, _yes: rows.filter(is_active=False)),
    ],
    search=lambda rows, text: rows.filter(
        Q(user__name__icontains=text) | Q(user__username__icontains=text) | Q(party__name__icontains=text)
    ),
    search_label=_("Person or party"),
    default_sort="name",
)


@never_cache
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """Who may act in the network, and who has been invited."""
    actor = actor_of(request)
    page = lists.show(request, PEOPLE, queries.people(actor))
    return page.render("core/people.html", {"invitations": queries.open_invitations(actor)})


@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person; the page then shows the link once, for mail, print or FAX."""
    actor = actor_of(request)
    queries.people(actor)
    form = InvitationForm(actor, request.POST or None, initial={"party": request.GET.get("party")})
    if request.method == "POST" and form.is_valid():
        invitation, secret = services.invite(actor, door=_door(request), **form.cleaned_data)
        return _letter(request, invitation, secret)
    return render(request, "core/invite.html", {"form": form})


@require_POST
def invite_again(request: HttpRequest, key: int) -> HttpResponse:
    """A letter with which the holder of a seat sets a new password."""
    actor = actor_of(request)
    seat = Seat.objects.select_related("user", "party").find(actor, pk=key)
    invitation, secret = services.invite(
        actor,
        party=seat.party,
        role=seat.role,
        name=str(seat.user),
        email=seat.user.email,
        user=seat.user,
        door=_door(request),
    )
    return _letter(request, invitation, secret)


def _door(request: HttpRequest) -> str:
    """The full address of an invitation without its secret."""
    return request.build_absolute_uri(reverse("core:accept-invitation"))


def _letter(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    return render(request, "core/invited.html", {"invitation": invitation, "link": _door(request) + secret})


@require_POST
def withdraw_invitation(request: HttpRequest, key: int) -> HttpResponse:
    """Make an invitation worthless."""
    actor = actor_of(request)
    services.withdraw_invitation(actor, invitation=Invitation.objects.find(actor, pk=key))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("core:people")


@require_POST
def seat_open(request: HttpRequest, key: int) -> HttpResponse:
    """Close a seat, or open it again (``open=1``)."""
    actor = actor_of(request)
    verb = services.reopen_seat if request.POST.get("open") else services.close_seat
    verb(actor, seat=Seat.objects.find(actor, pk=key))
    messages.success(request, _("Saved."))
    return redirect("core:people")


@login_not_required
@never_cache
@require_GET
def open_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Keep the secret in the session and go on at an address without it, so that no history or log shows it."""
    services.open_invitation(secret)
    request.session[_INVITATION] = secret
    return redirect("core:accept-invitation")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """Choose a sign-in name and a password, and come in; somebody signed in takes the seat with one click."""
    secret = request.session.get(_INVITATION, "")
    invitation = services.open_invitation(secret)
    here = request.user if isinstance(request.user, User) and invitation.user is None else None
    form = AcceptForm(request.POST or None, known=invitation.user is not None)
    if request.method == "POST" and (here or form.is_valid()):
        chosen: dict[str, Any] = {"user": here} if here else form.cleaned_data
        try:
            seat = services.accept_invitation(secret=secret, **chosen)
        except BadInput as error:
            for fault in error.faults:
                form.add_error(fault.place if fault.place in form.fields else None, str(fault.message))
        else:
            del request.session[_INVITATION]
            if not here:
                login(request, seat.user, backend=_BACKEND)
            seats.switch(request, seat.pk)
            return redirect("/")
    return render(request, "core/accept_invitation.html", {"form": form, "invitation": invitation, "here": here})


# --- the log ------------------------------------------------------------------------------------------------------

LOG = lists.ListSpec(
    name="log",
    columns=[
        lists.Column("seq", _("No."), lambda entry: entry.seq, sort="seq", kind="number"),
        lists.Column("at", _("When"), lambda entry: entry.at, sort="at", kind="moment"),
        lists.Column("who", _("Who"), lambda entry: audit.line(entry).who, sort="user_name"),
        lists.Column("party", _("Party"), lambda entry: str(entry.party or ""), sort="party__name_kana"),
        lists.Column("verb", _("What"), lambda entry: audit.line(entry).verb, sort="verb"),
        lists.Column("kind", _("Kind"), lambda entry: audit.line(entry).kind, sort="subject_model"),
        lists.Column("subject", _("Thing"), lambda entry: entry.subject_code, sort="subject_code"),
        lists.Column("case", _("Case"), lambda entry: entry.case_code, sort="case_code"),
        lists.Column("details", _("Details"), audit.line, template="core/_log_details.html", export=False),
        lists.Column("behalf", _("On behalf of"), lambda entry: str(entry.on_behalf_of or ""), shown=False),
        lists.Column("channel", _("Channel"), lambda entry: entry.get_channel_display(), shown=False),
        lists.Column("purpose", _("Purpose"), lambda entry: entry.purpose, shown=False),
        lists.Column("changes", _("Changes"), lambda entry: audit.line(entry).wording, shown=False),
    ],
    filters=[
        lists.Choice("channel", _("Channel"), AuditEntry.Channel.choices),
        lists.Range("at", _("Day"), field="at__date", kind="date"),
        lists.Flag("behalf", _("Entered for others"), lambda rows, _yes: rows.filter(on_behalf_of__isnull=False)),
    ],
    search=lambda rows, text: rows.filter(
        Q(user_name__icontains=text)
        | Q(party__name__icontains=text)
        | Q(subject_code__icontains=text)
        | Q(case_code__icontains=text)
        | Q(verb__icontains=text)
    ),
    search_label=_("Person, party, number"),
    default_sort="-seq",
)


@require_GET
def log(request: HttpRequest) -> HttpResponseBase:
    """Everything that was done in the network."""
    return lists.show(request, LOG, queries.log_entries(actor_of(request))).render("core/log.html")


@require_POST
def verify_log(request: HttpRequest) -> HttpResponse:
    """Recompute the seals of the whole log and say what does not hold."""
    actor = actor_of(request)
    total = queries.log_entries(actor).count()
    broken = audit.verify(Network.objects.get(pk=actor.network_id))
    if not broken:
        text = ngettext(
            "%(count)s entry checked. Every seal holds.", "%(count)s entries checked. Every seal holds.", total
        )
        messages.success(request, text % {"count": total})
        return redirect("core:log")
    return render(request, "core/log_broken.html", {"broken": broken[:100], "count": len(broken), "total": total})


# --- jobs ---------------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def job(request: HttpRequest, code: str) -> HttpResponse:
    """How far a job is; the part that asks again by itself when htmx wants it, the page otherwise."""
    view = queries.job_view(actor_of(request), code)
    return render(request, "core/_job.html" if is_part(request) else "core/job.html", {"job": view})


@require_POST
def stop_job(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel a job, or ask it to keep the best it has (``keep=1``)."""
    actor = actor_of(request)
    verb = finish_early if request.POST.get("keep") else cancel
    verb(actor, job=Job.objects.find(actor, code=code))
    if is_part(request):
        return render(request, "core/_job.html", {"job": queries.job_view(actor, code)})
    return _back(request, reverse("core:job", args=[code]))
