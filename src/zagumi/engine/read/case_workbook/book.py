"""What a case workbook says, as plain rows; and the faults found in one.

Rows remember the sheet row they came from (``row``), which takes no part in equality: two books that say
the same are equal wherever they say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Span = tuple[int, int]  # minutes after midnight (a day's hours) or after Monday 00:00 (weekly shifts)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a workbook: where, what stands there, what was expected.

    Attributes:
        sheet: name of the sheet as the file has it ("" when the file itself is wrong).
        row: row number as the spreadsheet shows it; None when it concerns no single row.
        column: column letter ("" when it concerns no single column).
        header: heading of that column.
        given: what stands there, as text.
        expected: what would be accepted, in plain English.
        rule: short stable name of the broken rule; ``details`` are the values its wording needs.
    """

    sheet: str
    row: int | None
    column: str
    header: str
    given: str
    expected: str
    rule: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """``工程 row 5, column D (数量)``."""
        parts = [self.sheet]
        if self.row is not None:
            parts[0] = f"{self.sheet} row {self.row}".strip()
        if self.column:
            parts.append(f"column {self.column}" + (f" ({self.header})" if self.header else ""))
        return ", ".join(part for part in parts if part) or "file"

    def __str__(self) -> str:
        return f"{self.place}: {self.given!r} was given, expected {self.expected}"


@dataclass(frozen=True)
class CaseLine:
    """The case sheet. Times are local and without a zone; ``release`` and ``due`` have minutes."""

    title: str
    buyer: str
    release: datetime
    due: datetime
    code: str = ""
    buyer_reference: str = ""
    channel: str = "excel"
    received_on: date | None = None
    answer_due: date | None = None
    late_yen_per_day: int = 0
    deliver_to: str = ""
    deliver_address: str = ""
    deliver_latitude: Decimal | None = None
    deliver_longitude: Decimal | None = None
    contract_form: str = "lead"
    lead: str = ""
    price_yen: int | None = None
    note: str = ""
    row: int = field(default=0, compare=False)

    @property
    def late_yen_per_minute(self) -> int:
        """Whole yen a minute, rounded up, so that a loss never counts as nothing."""
        return -(-self.late_yen_per_day // 1440)


@dataclass(frozen=True)
class PartLine:
    letter: str
    name: str
    quantity: int
    drawing_no: str = ""
    revision: str = ""
    material: str = ""
    requirement: str = ""
    mass_g: int = 0
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class LinkLine:
    """``before`` is an operation number; the rest as in the engine's link."""

    before: int
    per: int = 1
    batch: int | None = None
    lag_minutes: int = 0


@dataclass(frozen=True)
class OperationLine:
    number: int
    name: str
    process: str
    quantity: int
    part: str = ""
    before: tuple[LinkLine, ...] = ()
    min_sublot: int | None = None
    max_sublots: int = 1
    may_pause: bool = True
    setup_family: str = ""
    skill: str = ""
    note: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class MachineLine:
    """One machine. ``shifts`` are minutes after Monday 00:00; ``free_hours`` None: all its hours are free."""

    company: str
    machine: str
    process: str
    latitude: Decimal
    longitude: Decimal
    shifts: tuple[Span, ...]
    site: str = ""
    address: str = ""
    free_hours: int | None = None
    may_lead: bool = False
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class OptionLine:
    """Who can do an operation. ``good_rate`` is in per cent, 10 to 100."""

    operation: int
    company: str
    machine: str
    setup_minutes: int
    minutes_per_piece: Decimal
    fixed_yen: int
    unit_yen: int
    good_rate: Decimal = Decimal(100)
    note: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class HolidayLine:
    """A day off, or a one-off working day with its ``hours``; for every company when ``company`` is empty."""

    day: date
    company: str = ""
    kind: str = "closed"
    hours: tuple[Span, ...] = ()
    reason: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class CaseBook:
    """Everything a case workbook says."""

    case: CaseLine
    parts: tuple[PartLine, ...]
    operations: tuple[OperationLine, ...]
    machines: tuple[MachineLine, ...]
    options: tuple[OptionLine, ...]
    holidays: tuple[HolidayLine, ...] = ()
