"""Rows of the network, by subject. No verbs here: see ``services``."""

from zagumi.platform.network.models.calendars import CalendarDay, Shift, WorkCalendar
from zagumi.platform.network.models.capability import (
    Capability,
    CapabilityRange,
    Certificate,
    Person,
    PersonSkill,
    Provenance,
    Quantity,
)
from zagumi.platform.network.models.companies import Admission, Company, Site
from zagumi.platform.network.models.machines import Booking, Disclosure, Machine, MachineStop
from zagumi.platform.network.models.processes import Family, Process, Skill

__all__ = [
    "Admission",
    "Booking",
    "CalendarDay",
    "Capability",
    "CapabilityRange",
    "Certificate",
    "Company",
    "Disclosure",
    "Family",
    "Machine",
    "MachineStop",
    "Person",
    "PersonSkill",
    "Process",
    "Provenance",
    "Quantity",
    "Shift",
    "Site",
    "Skill",
    "WorkCalendar",
]
