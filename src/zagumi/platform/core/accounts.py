"""How people get in: nobody signs up, the coordinator invites."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from zagumi.platform.core import seats, services

log = logging.getLogger("zagumi.accounts")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's rules for this house."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never: the coordinator invites."""
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Write the sign-in down, then go where the person wanted to go."""
        actor = seats.present_actor(request)
        if actor is not None:
            services.note_sign_in(actor)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave a trace for whoever watches the installation; no password, no name that may be one."""
        super().authentication_failed(request, **credentials)
        log.warning("sign-in failed from %s", self.get_client_ip(request))
