"""The API's root at /api/v1: every app's router under one OpenAPI document, an index, and who is asking."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Schema

from zagumi.platform.cases.api import router as cases
from zagumi.platform.core.api import actor_of, api_router, new_api
from zagumi.platform.core.models import Network
from zagumi.platform.network.api import router as network
from zagumi.platform.planning.api import router as planning
from zagumi.platform.shell import search

VERSION = "1.0.0"
DESCRIPTION = """Everything the pages do. Sign in with `Authorization: Bearer TOKEN`; a personal token is made under
"Your account". What an answer holds depends on who asks: hidden things are absent (404) and hidden fields empty.
Refusals are problem objects (RFC 9457) with `detail`, `faults` and, where there is one, `next_step`.
Lists take `page` and `size` (at most 200). Money is whole yen, CO2 whole grams, times ISO 8601."""

api = new_api(
    title="Zagumi",
    version=VERSION,
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
router = api_router("about")


class LinkOut(Schema):
    """A place to go on."""

    name: str
    url: str


class IndexOut(Schema):
    """Where the API begins."""

    name: str
    version: str
    openapi: str
    links: list[LinkOut]


class MeOut(Schema):
    """Who is asking: the person, the party acted for, the role, the network."""

    user: str
    role: str
    party_code: str
    party: str
    network_code: str
    network: str


class HitOut(Schema):
    """Something found: what kind of thing, its code and name, one more line, and its page."""

    kind: str
    code: str
    name: str
    detail: str
    url: str


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; it is the same for everybody."""
    return dict(api.get_openapi_schema())


@router.get("/", response=IndexOut, summary="Index")
def index(request: HttpRequest) -> dict[str, Any]:
    """The beginning of every list."""
    root = reverse("api:api-root")
    lists = sorted(
        path.removeprefix(root)
        for path, operations in document()["paths"].items()
        if "get" in operations and "{" not in path and path != root
    )
    return {
        "name": "Zagumi",
        "version": VERSION,
        "openapi": request.build_absolute_uri(reverse("api:openapi-json")),
        "links": [{"name": path, "url": request.build_absolute_uri(root + path)} for path in lists],
    }


@router.get("/me", response=MeOut, summary="Who is asking")
def me(request: HttpRequest) -> dict[str, Any]:
    """The person and seat behind the token or session."""
    actor = actor_of(request)
    present = Network.objects.find(actor, pk=actor.network_id)
    return {
        "user": actor.user_name,
        "role": actor.role,
        "party_code": actor.party_code,
        "party": actor.party_name,
        "network_code": present.code,
        "network": present.name,
    }


@router.get("/search", response=list[HitOut], summary="Search")
def find(request: HttpRequest, q: str) -> list[search.Hit]:
    """Cases, companies, drawings and machines by code or words, as far as the asker may know of them."""
    return search.search(actor_of(request), q).hits


api.add_router("", router)
api.add_router("", network)
api.add_router("", cases)
api.add_router("", planning)
