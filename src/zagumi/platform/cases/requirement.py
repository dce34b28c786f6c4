"""What a step asks of a machine, typed; kept as JSON with the step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from zagumi.platform.network.models import Quantity


@dataclass(frozen=True)
class Requirement:
    """Conditions of a step.

    Attributes:
        material: designation as drawn, e.g. ``SUS420J2``; "" when it does not matter.
        values: the largest size, or the finest result, asked for, by quantity of the capability ranges.
        certificates: names of certificates or approvals the company must hold.
    """

    material: str = ""
    values: Mapping[str, Decimal] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Requirement":
        """From the step's JSON; figures that no longer mean anything are left out."""
        values: dict[str, Decimal] = {}
        for key, text in dict(kept.get("values", {})).items():
            try:
                if key in Quantity.values:
                    values[key] = Decimal(str(text))
            except InvalidOperation:
                continue
        return cls(str(kept.get("material", "")), values, tuple(str(name) for name in kept.get("certificates", ())))

    def kept(self) -> dict[str, Any]:
        """As JSON; empty when nothing is asked."""
        said: dict[str, Any] = {}
        if self.material:
            said["material"] = self.material
        if self.values:
            said["values"] = {key: str(value) for key, value in sorted(self.values.items())}
        if self.certificates:
            said["certificates"] = list(self.certificates)
        return said

    def words(self) -> list[str]:
        """Short phrases for people: ``SUS304``, ``直径 38 mm``."""
        said = [self.material] if self.material else []
        for key, value in self.values.items():
            quantity = Quantity(key)
            said.append(f"{quantity.label} {Decimal(value).normalize():f} {quantity.unit}")
        return said + list(self.certificates)
