"""What happens around every page: headers, language, the acting seat, sign-in, and answers that are not pages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render, resolve_url
from django.utils import translation

from zagumi.platform.core import seats
from zagumi.platform.core.errors import BadInput, DomainError, NotNow

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_TILES = "https://cyberjapandata.gsi.go.jp"


def content_security_policy() -> str:
    """What a page of ours may load: only from ourselves. Styles in attributes place bars and marks."""
    images = "'self' data: blob:" + (f" {_TILES}" if settings.ZAGUMI_TILES else "")
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "style-src-attr 'unsafe-inline'",
            f"img-src {images}",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Content security policy and permissions policy on every answer that does not bring its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = content_security_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(), microphone=(), camera=(self), payment=(), usb=()"
        )
        return response


class ReaderLanguage(LocaleMiddleware):
    """The signed-in reader's own choice first, then the cookie, then what the browser asks for, then Japanese."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language."""
        super().process_request(request)
        chosen = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        if chosen in dict(settings.LANGUAGES):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()


class ActingSeat:
    """Put the actor on the request: the chosen seat of the signed-in person, else their first active one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set ``request.actor``; None for strangers and for people without a seat."""
        request.actor = seats.present_actor(request)  # type: ignore[attr-defined]
        return self.get_response(request)


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for sign-in unless its view says otherwise; the API answers for itself."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Send strangers to the sign-in page, which brings them back here."""
        if request.resolver_match and request.resolver_match.app_names[:1] == ["ninja"]:
            return None
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None and is_part(request):
            # A part of a page whose session has ended: the whole page goes to sign in, and comes back after.
            around = urlsplit(request.headers.get("HX-Current-URL", ""))
            here = urlunsplit(("", "", around.path or "/", around.query, ""))
            target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}"
            return HttpResponse(status=401, headers={"HX-Redirect": target})
        return answer


class ErrorPages:
    """Turn what services and queries answer instead of doing into pages that say what to do next."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do on the way."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page, or a message on the present one, for a DomainError; everything else is a fault of the program."""
        if not isinstance(exception, DomainError):
            return None
        return error_part(request, exception) if is_part(request) else error_page(request, exception)


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page that is already shown."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def error_part(request: HttpRequest, error: DomainError) -> HttpResponse:
    """After a refused press the page is drawn anew with the reason as a message; a mere look leaves it as it is."""
    response = HttpResponse(str(error.message), status=error.status, content_type="text/plain; charset=utf-8")
    if request.method != "GET":
        faults = error.faults if isinstance(error, BadInput) else ()
        next_step = str(error.next_step) if isinstance(error, NotNow) else ""
        said = [str(fault.message) for fault in faults] or [str(error.message), next_step]
        messages.error(request, " ".join(words for words in said if words))
        response.headers["HX-Refresh"] = "true"
    return response


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for ``error`` in the reader's language."""
    details = {
        "title": error.title,
        "message": error.message,
        "status": error.status,
        "faults": error.faults if isinstance(error, BadInput) else (),
        "next_step": error.next_step if isinstance(error, NotNow) else "",
        "next_url": error.url if isinstance(error, NotNow) else "",
    }
    return render(request, "core/error.html", details, status=error.status)
