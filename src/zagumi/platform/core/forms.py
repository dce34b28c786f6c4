"""Core's forms."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party, Role


class TokenForm(forms.Form):
    """A new personal API token."""

    name = forms.CharField(label=_("What it is for"), max_length=100)
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year")), (0, _("until revoked"))],
        initial=90,
    )

    def clean(self) -> dict[str, Any]:
        """Turn the number of days into a moment."""
        cleaned: dict[str, Any] = super().clean() or {}
        days = cleaned.pop("days", 0)
        cleaned["expires"] = clock.now() + timedelta(days=days) if days else None
        return cleaned


class InvitationForm(forms.Form):
    """Whom to invite, to act for which party, in which role."""

    party = forms.ModelChoiceField(label=_("Acts for"), queryset=Party.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    name = forms.CharField(label=_("Name"), max_length=100)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Without one the invitation is printed and handed over or sent by FAX."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = Party.objects.visible_to(actor)  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """The sign-in name (for a new person) and a password, twice."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        help_text=_("Letters, digits and @ . + - _ only. You may use your e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["username"]

    def clean(self) -> dict[str, Any]:
        """Both passwords must agree."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("password") != cleaned.pop("again", None):
            self.add_error("again", _("The two passwords differ."))
        return cleaned
