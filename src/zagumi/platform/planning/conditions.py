"""The conditions of a run as the coordinator sets them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from zagumi.platform.core.errors import Fault
from zagumi.platform.planning.models import MOST_SECONDS, MOST_WEIGHT, Run


@dataclass(frozen=True)
class Conditions:
    """Weights from 0 to 9, the time to search, who may join, and up to when work stays as it is."""

    weight_date: int = 3
    weight_cost: int = 2
    weight_near: int = 1
    weight_fair: int = 1
    seconds: int = 20
    seed: int = 1
    max_companies: int | None = None
    freeze_until: datetime | None = None

    @classmethod
    def of(cls, run: Run) -> "Conditions":
        """The conditions a run was started with."""
        return cls(**{name: getattr(run, name) for name in asdict(cls())})

    def fields(self) -> dict[str, Any]:
        """As fields of a run."""
        return asdict(self)

    def faults(self) -> list[Fault]:
        """Everything out of range."""
        ranges: list[tuple[str, int | None, int, int]] = [
            (name, getattr(self, name), 0, MOST_WEIGHT)
            for name in ("weight_date", "weight_cost", "weight_near", "weight_fair")
        ]
        ranges += [("seconds", self.seconds, 1, MOST_SECONDS), ("seed", self.seed, 0, 2**31 - 1)]
        ranges.append(("max_companies", self.max_companies, 1, 1000))
        found = []
        for place, given, low, high in ranges:
            if given is not None and not low <= given <= high:
                expected = _("a whole number from %(low)s to %(high)s") % {"low": low, "high": high}
                found.append(Fault(place, str(given), expected, expected))
        if not any((self.weight_date, self.weight_cost, self.weight_near, self.weight_fair)):
            text = _("Give at least one weight more than 0.")
            found.append(Fault("weights", "0", _("a weight more than 0"), text))
        return found
