"""What every part of the API shares: sign-in, problems, pages. Assembled by ``shell`` at /api/v1.

An app's ``api.py``::

    router = api_router("companies")

    @router.get("/companies", response=Page[CompanyOut])
    def companies(request, paging: Query[Paging]):
        return paged(queries.company_list(actor_of(request)), paging)
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import Field, NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer

from zagumi.platform.core import tokens
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import BadInput, DomainError, NotNow

__all__ = ["Page", "Paging", "Problem", "actor_of", "api_router", "new_api", "paged"]

T = TypeVar("T")
LARGEST_PAGE = 200


class Paging(Schema):
    """Which page of a list, and how large."""

    page: int = Field(1, ge=1)
    size: int = Field(50, ge=1, le=LARGEST_PAGE)


class Page(Schema, Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int
    page: int
    size: int


class FaultOut(Schema):
    """One thing wrong with what was sent."""

    place: str
    given: str
    expected: str
    message: str


class Problem(Schema):
    """Why a request was not done (RFC 9457), in the reader's language."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    next_step: str = ""
    faults: list[FaultOut] = []


def paged(rows: Any, paging: Paging, item: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """One page of ``rows`` (query set or list); ``item`` turns each row into what is sent."""
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    start = (paging.page - 1) * paging.size
    shown = list(rows[start : start + paging.size])
    items = [item(row) for row in shown] if item else shown
    return {"items": items, "total": total, "page": paging.page, "size": paging.size}


class TokenAuth(HttpBearer):
    """``Authorization: Bearer <personal token>``."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of the token's seat."""
        actor = tokens.actor_by(token)
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]
        return actor


class SessionAuth(APIKeyCookie):
    """The session of a signed-in browser; changes need the CSRF token as forms do."""

    openapi_name = "session"
    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, _key: str | None) -> Actor | None:
        """The actor sitting in the session's seat."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor


def api_router(tag: str) -> Router:
    """A router whose operations need a token or a session; ``tag`` groups them in the documentation."""
    return Router(tags=[tag], auth=[TokenAuth(), SessionAuth()])


class Api(NinjaAPI):
    """NinjaAPI that lists the problems every operation may answer with."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The OpenAPI document with ``Problem`` as every operation's answer to 4xx."""
        document = super().get_openapi_schema(**kwargs)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document["components"].setdefault("schemas", {})
        schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in document["paths"].values():
            for operation in operations.values():
                for status in (401, 403, 404, 409, 422):
                    described = {"description": HTTPStatus(status).phrase, "content": content}
                    operation["responses"].setdefault(status, described)
        return document


def new_api(**options: Any) -> NinjaAPI:
    """An API whose every refusal is a problem object. Options are NinjaAPI's."""
    api = Api(**options)
    for error, answer in _ANSWERS.items():
        api.add_exception_handler(error, answer)
    return api


def _from_domain(error: DomainError) -> HttpResponse:
    faults = error.faults if isinstance(error, BadInput) else ()
    return _problem(
        error.status,
        str(error.message),
        title=str(error.title),
        next_step=str(error.next_step) if isinstance(error, NotNow) else "",
        faults=[
            FaultOut(place=fault.place, given=fault.given, expected=str(fault.expected), message=str(fault.message))
            for fault in faults
        ],
    )


def _from_validation(error: ValidationError) -> HttpResponse:
    faults = [
        FaultOut(
            place=".".join(str(part) for part in fault.get("loc", ())),
            given=str(fault.get("input", "")),
            expected=str(fault.get("ctx", "")),
            message=str(fault.get("msg", "")),
        )
        for fault in error.errors
    ]
    return _problem(422, gettext("What was sent cannot be used."), faults=faults)


def _problem(
    status: int, detail: str, *, title: str = "", next_step: str = "", faults: Sequence[FaultOut] = ()
) -> HttpResponse:
    problem = Problem(
        title=title or HTTPStatus(status).phrase, status=status, detail=detail, next_step=next_step, faults=list(faults)
    )
    return HttpResponse(problem.model_dump_json(), status=status, content_type="application/problem+json")


# The handlers' second parameter is an instance of their key.
_ANSWERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    DomainError: lambda _request, error: _from_domain(error),
    ValidationError: lambda _request, error: _from_validation(error),
    AuthenticationError: lambda *_: _problem(401, gettext("Please sign in.")),
    AuthorizationError: lambda *_: _problem(403, gettext("This is not open to your role.")),
    Http404: lambda *_: _problem(404, gettext("There is no such page, or it is not shown to you.")),
    HttpError: lambda _request, error: _problem(error.status_code, str(error)),
}
