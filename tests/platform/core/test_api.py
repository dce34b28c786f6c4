"""What every part of the API shares, tried on an API of one small router."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from ninja import Query

from tests.people import Cast, seat_of, user_of
from zagumi.platform import urls as ours
from zagumi.platform.core import clock, services
from zagumi.platform.core.api import Page, Paging, actor_of, api_router, new_api, paged
from zagumi.platform.core.errors import BadInput, Fault, Hidden, NotNow, Refused
from zagumi.platform.core.models import Token

router = api_router("tests")


@router.get("/numbers", response=Page[int])
def numbers(request: Any, paging: Query[Paging]) -> dict[str, Any]:
    """Twice the numbers below a thousand."""
    return paged(range(1000), paging, lambda number: number * 2)


@router.get("/me")
def me(request: Any) -> dict[str, Any]:
    """Who asks, and how."""
    actor = actor_of(request)
    return {"role": actor.role, "channel": actor.channel}


@router.post("/me")
def change_me(request: Any) -> dict[str, Any]:
    """Changes nothing."""
    return {"user": actor_of(request).user_name}


@router.get("/faults/{name}")
def fault(request: Any, name: str) -> None:
    """Raises."""
    raise {
        "refused": Refused(),
        "hidden": Hidden(),
        "later": NotNow("The plan is not adopted.", next_step="Adopt it first."),
        "bad": BadInput([Fault("Steps!B7", "abc", "a number", "Not a number."), Fault("x", "", "", "Missing.")]),
    }[name]


api = new_api(urls_namespace="tests", openapi_url="/openapi.json")
api.add_router("", router)

urlpatterns = [path("api/tests/", api.urls), path("", include(ours.urlpatterns))]

pytestmark = pytest.mark.urls(__name__)


def bearer(secret: str) -> Client:
    return Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})


@pytest.fixture
def client_with_token(cast: Cast) -> Client:
    _token, secret = services.create_token(cast.member, name="ERP")
    return bearer(secret)


def test_a_token_speaks_for_its_seat_over_the_api(cast: Cast, client_with_token: Client) -> None:
    assert client_with_token.get("/api/tests/me").json() == {"role": "member", "channel": "api"}
    assert client_with_token.post("/api/tests/me").json() == {"user": "西尾 一"}
    assert Token.objects.get().last_used is not None


def test_a_session_reads_and_needs_the_csrf_token_to_write(cast: Cast, signed_in) -> None:
    client = signed_in(cast.buyer)
    assert client.get("/api/tests/me").json() == {"role": "buyer", "channel": "screen"}

    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.get("/api/tests/me").status_code == 200
    assert strict.post("/api/tests/me").status_code == 403
    strict.get("/accounts/tokens/")
    token = strict.cookies["csrftoken"].value
    assert strict.post("/api/tests/me", headers={"x-csrftoken": token}).status_code == 200


@pytest.mark.parametrize("spoil", ["none", "wrong", "revoked", "expired", "closed seat", "inactive person"])
def test_without_a_valid_token_nobody_comes_in(cast: Cast, spoil: str) -> None:
    token, secret = services.create_token(cast.member, name="ERP", expires=clock.now() + timedelta(days=1))
    client = bearer(secret)
    assert client.get("/api/tests/me").status_code == 200
    match spoil:
        case "none":
            client = Client()
        case "wrong":
            client = bearer(secret[:-1])
        case "revoked":
            services.revoke_token(cast.member, token=token)
        case "expired":
            Token.objects.update(expires=clock.now() - timedelta(seconds=1))
        case "closed seat":
            services.close_seat(cast.coordinator, seat=seat_of(cast.member))
        case "inactive person":
            user = user_of(cast.member)
            user.is_active = False
            user.save()

    answer = client.get("/api/tests/me")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_the_secret_is_kept_nowhere(cast: Cast) -> None:
    from django.core import serializers

    from zagumi.platform.core.models import AuditEntry

    _token, secret = services.create_token(cast.member, name="ERP")

    kept = serializers.serialize("json", [*Token.objects.all(), *AuditEntry.objects.all()])
    assert secret not in kept
    assert secret[10:] not in kept


@pytest.mark.parametrize(
    ("query", "status", "first", "count"),
    [
        ("", 200, 0, 50),
        ("?page=2&size=200", 200, 400, 200),
        ("?page=6&size=200", 200, None, 0),
        ("?size=201", 422, None, None),
        ("?size=0", 422, None, None),
        ("?page=0", 422, None, None),
        ("?page=x", 422, None, None),
    ],
)
def test_pages_have_an_upper_bound(client_with_token: Client, query: str, status: int, first: Any, count: Any) -> None:
    answer = client_with_token.get(f"/api/tests/numbers{query}")

    assert answer.status_code == status
    if status == 200:
        body = answer.json()
        assert (body["total"], len(body["items"])) == (1000, count)
        assert body["items"][:1] == ([] if first is None else [first])
    else:
        assert answer.json()["faults"][0]["place"].endswith(("size", "page"))


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("refused", 403, {"title": "You may not do this", "detail": "This is not open to your role."}),
        ("hidden", 404, {"title": "Not found"}),
        ("later", 409, {"detail": "The plan is not adopted.", "next_step": "Adopt it first."}),
        ("bad", 422, {"detail": "Not a number."}),
    ],
)
def test_a_refusal_is_a_problem_object(client_with_token: Client, name: str, status: int, said: dict[str, str]) -> None:
    answer = client_with_token.get(f"/api/tests/faults/{name}")

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert said.items() <= answer.json().items()


def test_every_fault_is_listed(client_with_token: Client) -> None:
    faults = client_with_token.get("/api/tests/faults/bad").json()["faults"]

    assert faults[0] == {"place": "Steps!B7", "given": "abc", "expected": "a number", "message": "Not a number."}
    assert len(faults) == 2


def test_the_description_is_openapi_3_1_and_names_the_problems(client_with_token: Client) -> None:
    document = client_with_token.get("/api/tests/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    answers = document["paths"]["/api/tests/numbers"]["get"]["responses"]
    assert set(answers) >= {"200", "401", "403", "404", "409", "422"}
    reference = answers["409"]["content"]["application/problem+json"]["schema"]["$ref"]
    assert reference == "#/components/schemas/Problem"
    assert set(document["components"]["schemas"]) >= {"Problem", "FaultOut"}
    assert set(document["components"]["securitySchemes"]) == {"TokenAuth", "SessionAuth"}
