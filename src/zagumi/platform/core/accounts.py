"""How people get in: nobody signs up, the coordinator invites."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's rules for this house."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never: the coordinator invites."""
        return False
