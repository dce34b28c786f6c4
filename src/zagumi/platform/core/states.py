"""Stages and the verbs that lead from one to the next."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.errors import NotNow


class Flow:
    """A named table ``{(stage, verb): next stage}``.

    ``verbs`` gives the human names of the verbs, for messages and buttons (a verb without one speaks for itself).
    """

    def __init__(
        self, name: str, steps: Mapping[tuple[str, str], str], *, verbs: Mapping[str, Any] | None = None
    ) -> None:
        self.name = name
        self.steps = dict(steps)
        self.verbs = dict(verbs or {})

    def possible(self, stage: str) -> list[str]:
        """The verbs open in ``stage``, in the table's order."""
        return [verb for (origin, verb) in self.steps if origin == stage]

    def allows(self, obj: models.Model, field: str, verb: str) -> bool:
        """Whether ``verb`` can be done to ``obj`` now."""
        return (getattr(obj, field), verb) in self.steps

    def move(self, obj: models.Model, field: str, verb: str) -> tuple[str, str]:
        """Set ``obj.field`` to the next stage and return (old, new). The caller saves, holding the row's lock.

        Raises:
            NotNow: the stage does not allow ``verb``; the answer names what is possible.
        """
        stage: str = getattr(obj, field)
        try:
            new = self.steps[stage, verb]
        except KeyError:
            raise self._refusal(obj, field, stage, verb) from None
        setattr(obj, field, new)
        return stage, new

    def _refusal(self, obj: models.Model, field: str, stage: str, verb: str) -> NotNow:
        open_verbs = [str(self.verbs.get(name, name)) for name in self.possible(stage)]
        choices = dict(getattr(obj._meta.get_field(field), "flatchoices", ()) or ())
        message = _("“%(verb)s” is not possible while the state is “%(stage)s”.") % {
            "verb": self.verbs.get(verb, verb),
            "stage": choices.get(stage, stage),
        }
        if not open_verbs:
            return NotNow(message, next_step=_("Nothing more can be done here."))
        return NotNow(message, next_step=_("Possible now: %(verbs)s") % {"verbs": ", ".join(open_verbs)})
