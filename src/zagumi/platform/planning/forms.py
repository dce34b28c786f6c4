"""Forms of planning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zagumi.platform.cases.models import FINISHED, Case
from zagumi.platform.core.actor import Actor
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import MOST_SECONDS, MOST_WEIGHT

WEIGHTS = ("weight_date", "weight_cost", "weight_near", "weight_fair")


def _weight(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MOST_WEIGHT,
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": MOST_WEIGHT, "step": 1}),
    )


class RunForm(forms.Form):
    """The conditions of a new search."""

    cases = forms.ModelMultipleChoiceField(
        label=_("Cases planned together"), queryset=Case.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("Why now"), max_length=200, required=False)
    weight_date = _weight(_("Date"), _("How much a late delivery counts"))
    weight_cost = _weight(_("Cost"), _("Processing and transport; 2 counts a yen as a yen"))
    weight_near = _weight(_("Nearness, CO2"), _("Short ways and little CO2"))
    weight_fair = _weight(_("Fairness"), _("Work in proportion to the machines of each company"))
    seconds = forms.IntegerField(label=_("Seconds to search"), min_value=1, max_value=MOST_SECONDS)
    max_companies = forms.IntegerField(label=_("Most companies in a team"), min_value=1, max_value=1000, required=False)
    freeze_until = forms.DateTimeField(
        label=_("Leave work as it is until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_(
            "Steps of the plan in force that begin before stay where they are. Work that has begun always stays."
        ),
    )
    seed = forms.IntegerField(
        label=_("Random seed"),
        min_value=0,
        max_value=2**31 - 1,
        help_text=_("The same number repeats the same search."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cases"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Case.objects.visible_to(actor).exclude(stage__in=FINISHED).order_by("due", "code")

    def conditions(self) -> Conditions:
        """What was entered."""
        data = self.cleaned_data
        return Conditions(
            **{name: data[name] for name in (*WEIGHTS, "seconds", "seed", "max_companies", "freeze_until")}
        )

    def weight_fields(self) -> list[forms.BoundField]:
        """The sliders."""
        return [self[name] for name in WEIGHTS]


class AdoptForm(forms.Form):
    """Why an alternative becomes the plan in force."""

    reason = forms.CharField(label=_("Why this one"), max_length=300)
