"""What people fill in: one frozen form per kind of thing, the same for pages, API, workbooks and services.

Empty text and None mean "not known". Prices that the actor may not see are kept when None is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

Bounds = tuple[Decimal | None, Decimal | None]


class Sheet:
    """A form; over the API a field that it does not have is an error, not ignored."""

    __pydantic_config__ = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class CompanySheet(Sheet):
    """A company's own facts: those of the party and those of the factory."""

    name: str
    name_kana: str = ""
    name_en: str = ""
    short_name: str = ""
    corporate_number: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    postal_code: str = ""
    address: str = ""
    municipality_code: str = ""
    employees: int | None = None
    capital_yen: int | None = None
    founded: int | None = None
    may_lead: bool = False
    trades: str = ""
    trades_en: str = ""
    summary: str = ""
    summary_en: str = ""
    contact_channel: str = "screen"


@dataclass(frozen=True, kw_only=True)
class SiteSheet(Sheet):
    """A place. Without a district, the base map says in which one it lies."""

    name: str
    name_en: str = ""
    latitude: float
    longitude: float
    address: str = ""
    district: str = ""
    is_hub: bool = False


@dataclass(frozen=True, kw_only=True)
class MachineSheet(Sheet):
    """A machine; sizes in millimetres, of the largest workpiece it takes. ``process`` is a key of the process list."""

    name: str
    process: str
    name_en: str = ""
    maker: str = ""
    model: str = ""
    envelope_x_mm: int | None = None
    envelope_y_mm: int | None = None
    envelope_z_mm: int | None = None
    diameter_mm: int | None = None
    length_mm: int | None = None
    max_mass_kg: int | None = None
    max_temperature_c: int | None = None
    axes: int | None = None
    it_grade: int | None = None
    roughness_ra: Decimal | None = None
    hourly_yen: int | None = None
    calendar: str = ""
    installed_year: int | None = None


@dataclass(frozen=True, kw_only=True)
class CapabilitySheet(Sheet):
    """One thing a company can do. ``ranges``: (low, high) by quantity; ``machine``: its code, "" for in general."""

    process: str
    machine: str = ""
    materials: tuple[str, ...] = ()
    ranges: Mapping[str, Bounds] = field(default_factory=dict)
    note: str = ""
    note_en: str = ""
    lot_min: int | None = None
    lot_max: int | None = None
    valid_until: date | None = None
    setup_minutes: int | None = None
    minutes_per_piece: Decimal | None = None
    fixed_yen: int | None = None
    unit_yen: int | None = None
    good_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ProofSheet(Sheet):
    """What somebody other than the company found out about a capability. ``proven``: ranges seen in records."""

    provenance: str
    assessor: str
    assessed_on: date
    valid_until: date | None = None
    measured_lots: int | None = None
    proven: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CertificateSheet(Sheet):
    """A certificate or an approval."""

    kind: str
    name: str
    name_en: str = ""
    number: str = ""
    valid_until: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonSheet(Sheet):
    """Someone's name, skills (key: end of the licence, or None) and calendar ("" for the company's default)."""

    name: str
    skills: Mapping[str, date | None] = field(default_factory=dict)
    calendar: str = ""


@dataclass(frozen=True)
class ShiftSheet(Sheet):
    """Working hours on one weekday (Monday is 0); an end at or before the start lies on the next day."""

    weekday: int
    start: time
    end: time
