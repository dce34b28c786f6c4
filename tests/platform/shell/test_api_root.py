"""The API's root: one document, an index, who is asking, and a page that needs nothing from elsewhere."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests.platform.shell.conftest import Built
from zagumi.cli import main
from zagumi.platform.core.services import create_token
from zagumi.platform.shell import api_reference

ROOT = Path(__file__).parents[3]


def test_the_index_leads_to_lists_that_answer(town: Built, visit: Callable[..., Client]) -> None:
    browser = visit(town.actor("saeki"))
    index = browser.get("/api/v1/").json()
    assert index["openapi"].endswith("/api/v1/openapi.json")
    names = {link["name"] for link in index["links"]}
    assert {"me", "cases", "companies"} <= names
    # the coordinator has no work of its own (404), and a search needs a text (422)
    answers = {link["name"]: browser.get(link["url"]).status_code for link in index["links"]}
    assert {name for name, status in answers.items() if status != 200} == {"search", "work"}


@pytest.mark.parametrize(
    ("who", "role"), [("saeki", "coordinator"), ("toto", "buyer"), ("kiryu", "viewer"), ("misaki-seiki", "member")]
)
def test_me_says_who_is_asking(town: Built, visit: Callable[..., Client], who: str, role: str) -> None:
    actor = town.actor(who)
    said = visit(actor).get("/api/v1/me").json()
    assert said["role"] == role
    assert said["party_code"] == actor.party_code
    assert said["network_code"] == "minato"


def test_a_token_opens_what_its_holder_may_see(town: Built) -> None:
    actor = town.actor("toto")
    _token, secret = create_token(actor, name="trial")
    stranger = Client()
    assert stranger.get("/api/v1/me").status_code == 401
    known = {"authorization": f"Bearer {secret}"}
    assert stranger.get("/api/v1/me", headers=known).json()["user"] == "早川 玲子"
    hits = stranger.get("/api/v1/search", {"q": "ポンプ"}, headers=known).json()
    assert {hit["kind"] for hit in hits} == {"case"}


def test_the_document_is_openapi_and_every_operation_is_described(town: Built) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) > 30
    for operation in operations:
        assert operation["summary"]
        assert operation["tags"]
        assert operation["security"]
        assert "403" in operation["responses"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_of_the_api_needs_nothing_from_elsewhere(
    town: Built, visit: Callable[..., Client], language: str
) -> None:
    page = visit(town.actor("misaki-seiki"), language).get("/api/").content.decode()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    assert not [url for url in loaded if re.match(r"(?:https?:)?//", url)]
    document = Client().get("/api/v1/openapi.json").json()
    for path in document["paths"]:
        assert f"</b> {path}<" in page
    assert "CaseRowOut" in page


def test_schemas_are_said_in_a_word() -> None:
    kind = api_reference.kind_of
    assert kind({"type": "string"}) == "string"
    assert kind({"type": "array", "items": {"$ref": "#/components/schemas/StepOut"}}) == "StepOut[]"
    assert kind({"anyOf": [{"type": "integer"}, {"type": "null"}]}) == "integer | null"
    assert kind({"enum": ["a", "b"]}) == '"a" | "b"'
    assert kind({"type": "string", "format": "date-time"}) == "date-time"


def test_the_kept_document_is_current(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["openapi", "--check"]) == 0, capsys.readouterr().err


def test_a_stale_document_is_noticed_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "api" / "openapi.json"
    assert main(["openapi", "--check", "--out", str(file), "--lang", "en"]) == 1
    assert "not current" in capsys.readouterr().err
    assert main(["openapi", "--out", str(file)]) == 0
    assert main(["openapi", "--check", "--out", str(file)]) == 0
    document = json.loads(file.read_text())
    document["info"]["title"] = "Something else"
    file.write_text(json.dumps(document))
    assert main(["openapi", "--check", "--out", str(file)]) == 1
