"""What the tests of every app may ask for: the cast, and a browser signed in as one of them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from tests.people import Cast, assemble, seat_of
from zagumi.platform.core.actor import Actor

SignedIn = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Passwords of the cast need not withstand anybody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def default_language(settings: Any) -> Iterator[None]:
    """Each test begins in Japanese: a request leaves its thread in the language of its reader."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def cast(db: Any) -> Cast:
    """Everybody, in the transaction of this test."""
    return assemble()


@pytest.fixture
def signed_in() -> SignedIn:
    """A function that gives a client in which an actor is signed in, sitting in their seat."""

    def sign_in(actor: Actor) -> Client:
        client = Client()
        seat = seat_of(actor)
        client.force_login(seat.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["seat_id"] = seat.pk
        session.save()
        return client

    return sign_in
