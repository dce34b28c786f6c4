"""The demo town, built once for all tests of the shell, at a fixed moment; nothing in it is changed by them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.conftest import _default_is
from tests.people import seat_of
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Seat
from zagumi.platform.shell.demo.telling import Telling
from zagumi.platform.shell.demo.town import Town

NOW = "2026-11-20T10:40:00+09:00"


@dataclass(frozen=True)
class Built:
    """The town, where its database lies, and its facts before anything was planned."""

    town: Town
    folder: Path
    description: dict[str, Any]

    def actor(self, username: str) -> Actor:
        return Actor.of(Seat.objects.select_related("user", "party").get(user__username=username))


@pytest.fixture(scope="session")
def built(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Built]:
    """The town with its plans; the searches are short, so what they found may differ from run to run."""
    folder = tmp_path_factory.mktemp("town")
    before = django_settings.ZAGUMI_NOW, django_settings.MEDIA_ROOT
    with django_db_blocker.unblock(), sqlite_template(folder) as (_url, description):
        django_settings.ZAGUMI_NOW, django_settings.MEDIA_ROOT = NOW, folder / "files"
        try:
            with _default_is(description):
                telling = Telling()
                telling.begin()
                telling.plan_work_at_hand(seconds=2)
                telling.go_on()
                telling.plan_first_case(seconds=2)
        finally:
            django_settings.ZAGUMI_NOW, django_settings.MEDIA_ROOT = before
        yield Built(telling.town, folder, description)


@pytest.fixture
def town(built: Built, settings: Any, django_db_blocker: Any) -> Iterator[Built]:
    """The town as the database of this test, the clock at the moment it was built."""
    settings.ZAGUMI_NOW, settings.MEDIA_ROOT, settings.ZAGUMI_DEMO = NOW, built.folder / "files", True
    with django_db_blocker.unblock(), _default_is(built.description):
        yield built


@pytest.fixture
def visit() -> Callable[..., Client]:
    """A function that gives a browser in which an actor is signed in, reading Japanese unless told otherwise."""

    def come_in(actor: Actor, language: str = "ja") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(seat_of(actor).user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return come_in
