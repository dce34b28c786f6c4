"""The rows of a shop-floor log: what each report says, and which rows cannot be used.

The log is the one of D. Levy, "Production Analysis with Process Mining Technology" (4TU.ResearchData 2014), in the
cleaned form of fau-is/patway-net: one row per report of a worker about a work order at a machine.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from zagumi.engine.clock import MINUTES_PER_DAY, Window, union
from zagumi.engine.read.source import Source

COLUMNS = {
    "part": "Part_Desc_",
    "rework": "Rework",
    "ordered": "Work_Order_Qty",
    "order": "Case ID",
    "activity": "Activity",
    "worker": "Resource",
    "kind": "Report_Type",
    "machine": "Resource.1",
    "pieces": "Qty_Completed",
    "scrap": "Qty_for_MRB",
    "minutes": "activity_duration",
    "end": "Complete Timestamp",
}
CLOCK = "%d.%m.%Y %H:%M"
STANDARD_MINUTES = (60, 75)  # what the log books for entries that carry a date and no time
UNNAMED = "other"

# first match wins; the words are those of the log's activities
FAMILIES = (
    ("Q.C.", "inspection"),
    ("Inspection", "inspection"),
    ("Packing", "packing"),
    ("Lapping", "lapping"),
    ("Laser", "laser marking"),
    ("Wire", "wire cutting"),
    ("Grinding", "grinding"),
    ("Turn", "turning & milling"),
    ("Mill", "turning & milling"),
)


@dataclass(frozen=True, slots=True)
class Report:
    """One usable row. Times are minutes after the log's origin.

    Attributes:
        planned_on: the machine that the step's name speaks of, "" when it names none.
        kind: S set-up, D run, B not explained by the source.
        standard: an entry with a date only: it starts at midnight and has a standard length; its pieces count,
            its times do not.
    """

    line: int
    order: str
    part: str
    ordered: int
    process: str
    machine: str
    planned_on: str
    worker: str
    kind: str
    pieces: int
    scrap: int
    start: int
    end: int
    rework: bool
    standard: bool

    @property
    def window(self) -> Window:
        """From start to end."""
        return (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row left out of something: why, and what of it is not used."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Log:
    """The usable reports in the order of their ends, and everything that was left out or put right.

    Attributes:
        origin: midnight of the first day, which is minute 0.
        rows: number of data rows in the file.
        dropped: rows of which nothing is used.
        changed: rows that are used with something taken differently from what stands there.
    """

    origin: datetime
    rows: int
    reports: tuple[Report, ...]
    dropped: tuple[Dropped, ...]
    changed: tuple[Dropped, ...]

    @property
    def first_weekday(self) -> int:
        """Weekday of minute 0; Monday is 0."""
        return self.origin.weekday()

    @property
    def end(self) -> int:
        """The last minute any report speaks of."""
        return max(report.end for report in self.reports)


def family(process: str) -> str:
    """The trade a process belongs to, by the words in its name; "" when no word is known."""
    return next((name for word, name in FAMILIES if word in process), "")


def read_log(path: Path) -> Log:
    """Read a shop-floor log.

    Raises:
        FileError: when it is not such a log, or no row of it can be used.
    """
    source = Source.open(path)
    table = _table(source)
    dropped: list[Dropped] = []
    changed: list[Dropped] = []
    raw: list[tuple[int, dict[str, str], datetime, float]] = []
    for line, row in table:
        text = f"{row['order']}, {row['activity']}"
        try:
            end, minutes = datetime.strptime(row["end"], CLOCK), float(row["minutes"])  # noqa: DTZ007 - local wall clock
            pieces, scrap, ordered = (int(float(row[key])) for key in ("pieces", "scrap", "ordered"))
            if not 0 <= minutes <= 14 * MINUTES_PER_DAY or min(pieces, scrap) < 0 or ordered < 1:
                raise ValueError
        except (ValueError, OverflowError):
            dropped.append(Dropped(line, "unreadable number or time", text))
            continue
        raw.append((line, row, end, minutes))
    if not raw:
        source.refuse("file", "no readable row", "at least one report")
    first = min(end - timedelta(minutes=minutes) for _, _, end, minutes in raw)
    origin = datetime.combine(first.date(), datetime.min.time())
    reports = [_report(line, row, end, minutes, origin) for line, row, end, minutes in raw]
    reports = _without_repeats(reports, dropped)
    reports = _with_steps(reports, dropped, changed)
    if not reports:
        source.refuse("file", "no usable row", "reports that name a step and a machine")
    reports.sort(key=lambda report: (report.end, report.line))
    return Log(origin, len(table), tuple(reports), tuple(dropped), tuple(changed))


def _table(source: Source) -> list[tuple[int, dict[str, str]]]:
    heading = source.text.lstrip().splitlines()[0]
    separator = ";" if heading.count(";") >= heading.count(",") else ","
    try:
        rows = list(csv.reader(StringIO(source.text, newline=""), delimiter=separator))
    except csv.Error as error:
        source.refuse("file", error, "rows of separated values")
    head = [name.strip() for name in rows[0]]
    missing = [name for name in COLUMNS.values() if name not in head]
    if missing:
        source.refuse("line 1", ", ".join(head)[:60], f"a heading with {', '.join(missing)}")
    at = {key: head.index(name) for key, name in COLUMNS.items()}
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(head):
            if any(cell.strip() for cell in row):
                source.refuse(f"line {line}", f"{len(row)} columns", f"{len(head)} columns, as in the heading")
            continue
        found.append((line, {key: row[column].strip() for key, column in at.items()}))
    return found


def _report(line: int, row: dict[str, str], end: datetime, minutes: float, origin: datetime) -> Report:
    last = int((end - origin).total_seconds()) // 60
    start = last - round(minutes)
    return Report(
        line=line,
        order=row["order"],
        part=row["part"],
        ordered=int(float(row["ordered"])),
        process=_process(row["activity"]),
        machine=_machine(row["machine"]),
        planned_on=found[0] if (found := re.search(r"Machine \d+", row["activity"])) else "",
        worker=row["worker"],
        kind=row["kind"],
        pieces=int(float(row["pieces"])),
        scrap=int(float(row["scrap"])),
        start=start,
        end=last,
        rework=row["rework"].upper().startswith("Y"),
        standard=start % MINUTES_PER_DAY == 0 and round(minutes) in STANDARD_MINUTES,
    )


def _process(activity: str) -> str:
    """The step without the machine: "Turning & Milling - Machine 4" is "Turning & Milling"."""
    return re.sub(r" - Q\.C\.$", " Q.C.", re.sub(r" - (Machine \d+|Manual)$", "", activity))


def _machine(resource: str) -> str:
    """The machine without its trade, which the log sometimes has wrong: "Machine 10 - Grinding" is "Machine 10"."""
    found = re.search(r"Machine \d+", resource)
    return found[0] if found else resource


def _without_repeats(reports: list[Report], dropped: list[Dropped]) -> list[Report]:
    """Rows that repeat another in every column say nothing new; standard entries may well stand twice."""
    seen: set[Report] = set()
    kept = []
    for report in reports:
        same = replace(report, line=0)
        if same in seen and not report.standard:
            dropped.append(Dropped(report.line, "repeats an earlier row", f"{report.order}, {report.process}"))
        else:
            kept.append(report)
        seen.add(same)
    return kept


def _with_steps(reports: list[Report], dropped: list[Dropped], changed: list[Dropped]) -> list[Report]:
    """Give the reports without a step their machine's, and leave out what names nothing or contradicts itself."""
    by_order: dict[tuple[str, str], Counter[str]] = {}
    by_machine: dict[str, Counter[str]] = {}
    trade: dict[str, Counter[str]] = {}
    for report in reports:
        if family(report.process) and report.machine != UNNAMED:
            by_order.setdefault((report.order, report.machine), Counter())[report.process] += 1
            by_machine.setdefault(report.machine, Counter())[report.process] += 1
            trade.setdefault(report.machine, Counter())[family(report.process)] += max(1, report.end - report.start)
    kept = []
    for report in reports:
        text = f"{report.order}, {report.process} on {report.machine}"
        if report.planned_on not in ("", report.machine):
            changed.append(
                Dropped(report.line, "step names another machine than the machine column, which counts", text)
            )
        if report.machine == UNNAMED or report.machine not in by_machine:
            dropped.append(Dropped(report.line, "names no machine", text))
            continue
        if not family(report.process):
            usual = by_order.get((report.order, report.machine)) or by_machine[report.machine]
            report = replace(report, process=usual.most_common(1)[0][0])
            changed.append(Dropped(report.line, "names no step: taken as the machine's usual one", text))
        elif family(report.process) != trade[report.machine].most_common(1)[0][0]:
            dropped.append(Dropped(report.line, "step of one trade on a machine of another", text))
            continue
        kept.append(report)
    return kept


def trades(reports: Iterable[Report]) -> dict[str, str]:
    """The trade of every machine: that of its steps."""
    return {report.machine: family(report.process) for report in reports}


def busy(reports: Iterable[Report], *, side_by_side: bool) -> int:
    """Minutes in which work is reported. Reports that overlap count once; side by side, once for each worker."""
    groups: dict[str, list[Window]] = {}
    for report in reports:
        groups.setdefault(report.worker if side_by_side else "", []).append(report.window)
    return sum(end - start for windows in groups.values() for start, end in union(windows))
