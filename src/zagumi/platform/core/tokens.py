"""Personal API tokens: a random secret shown once, kept as its SHA-256."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import Q

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Token

START = "zgm_"
_SEEN_EVERY = timedelta(minutes=5)


def new_secret() -> str:
    """A fresh secret with 256 random bits."""
    return START + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret. It is random and long, so one round of SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_by(secret: str) -> Actor | None:
    """The actor a valid token speaks for; None when it is unknown, revoked, expired, or its holder lost the seat."""
    now = clock.now()
    valid = Q(expires=None) | Q(expires__gt=now)
    holder = {"seat__is_active": True, "seat__user__is_active": True, "revoked": None}
    token = (
        Token.objects.filter(valid, hash=digest(secret), **holder)
        .select_related("seat__user", "seat__party", "seat__network")
        .first()
    )
    if token is None:
        return None
    if token.last_used is None or now - token.last_used > _SEEN_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used=now)
    return Actor.of(token.seat, channel="api")
