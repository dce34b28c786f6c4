"""What people fill in: one frozen form per kind of thing, the same for pages, API, workbooks and services.

Codes name rows: ``buyer`` a party, ``lead`` a company, ``deliver_to`` a site, ``machine`` a machine. Empty text and
None mean "not known".
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from zagumi.platform.cases.models import Audience, CaseFile, Channel, ContractForm, Option
from zagumi.platform.cases.requirement import Requirement


@dataclass(frozen=True, kw_only=True)
class BuyerSheet:
    """An organisation that asks for the first time."""

    name: str
    phone: str = ""
    fax: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseSheet:
    """An inquiry or a case; moments are aware. Without ``release`` work may begin when the inquiry came."""

    title: str
    buyer: str
    due: datetime
    release: datetime | None = None
    buyer_reference: str = ""
    channel: str = Channel.WEB
    received_on: date | None = None
    answer_due: date | None = None
    late_yen_per_minute: int = 10
    deliver_to: str = ""
    lead: str = ""
    contract_form: str = ContractForm.LEAD
    price_yen: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PartSheet:
    """A part or an assembly; ``mass_g`` is the mass of one piece."""

    letter: str
    name: str
    quantity: int
    drawing_no: str = ""
    revision: str = ""
    material: str = ""
    requirement: str = ""
    mass_g: int = 0


@dataclass(frozen=True)
class LinkSheet:
    """The step before, by its number; see ``OperationLink``."""

    before: int
    per: int = 1
    batch: int | None = None
    lag_minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class OperationSheet:
    """A step. ``part`` is a letter ("" for none), ``process`` and ``skill`` are keys of their lists."""

    number: int
    name: str
    process: str
    quantity: int
    part: str = ""
    before: tuple[LinkSheet, ...] = ()
    may_pause: bool = True
    min_sublot: int | None = None
    max_sublots: int = 1
    setup_family: str = ""
    requirement: Requirement = field(default_factory=Requirement)
    skill: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OptionSheet:
    """What a step takes on a machine. ``good_rate`` is a share, more than 0 and at most 1."""

    machine: str
    setup_minutes: int
    minutes_per_piece: Decimal
    fixed_yen: int
    unit_yen: int
    good_rate: Decimal = Decimal(1)
    source: str = Option.Source.QUOTE
    answer: str = Option.Answer.ACCEPTED
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class FileSheet:
    """What a file is. ``part`` is a letter, "" when it concerns the whole case."""

    title: str
    kind: str = CaseFile.Kind.DRAWING
    part: str = ""
    revision: str = ""
    audience: str = Audience.OFFICE
