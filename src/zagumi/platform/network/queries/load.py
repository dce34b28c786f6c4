"""Free hours of machines, week by week, as far as the reader may know."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.models import localized
from zagumi.platform.network import rules
from zagumi.platform.network.insight import FreeWeek, Holdings, Level, coming_weeks, free_weeks
from zagumi.platform.network.models import Admission, Company, Machine
from zagumi.platform.network.rules import LoadView

WEEKS = 6


@dataclass(frozen=True)
class LoadCell:
    """One machine in one week. ``exact``: minutes and level; ``band``: the level only; ``hidden``: nothing."""

    view: LoadView
    free_minutes: int | None = None
    running_minutes: int | None = None
    level: Level | None = None

    @classmethod
    def of(cls, view: LoadView, week: FreeWeek) -> "LoadCell":
        """What ``view`` leaves of a week."""
        if view == "exact":
            return cls(view, week.free, week.running, week.level)
        return cls(view, level=week.level) if view == "band" else cls(view)


@dataclass(frozen=True)
class LoadRow:
    """One machine."""

    code: str
    name: str
    process: str
    view: LoadView
    cells: tuple[LoadCell, ...]


@dataclass(frozen=True)
class LoadTable:
    """The weeks (their Mondays) and one row per machine. ``rival``: kept back because reader and owner compete."""

    weeks: tuple[date, ...]
    rows: tuple[LoadRow, ...]
    rival: bool = False

    @property
    def views(self) -> frozenset[str]:
        """The kinds of view that occur."""
        return frozenset(row.view for row in self.rows)


def machine_load(
    actor: Actor,
    *,
    company_code: str = "",
    machine_code: str = "",
    weeks: int = WEEKS,
    rival: bool | None = None,
) -> LoadTable:
    """Free hours of one company's machines, or of one machine, from now on.

    Exact hours go to the owner, and to the coordinator where the owner shows them; other members get a band at most,
    and none at all, by name, of a company that does the same work as theirs.

    Args:
        actor: the reader.
        company_code: whose machines.
        machine_code: which machine.
        weeks: how many calendar weeks, this one included.
        rival: whether reader and owner compete, when the caller knows (or pretends, to show what a rival sees).

    Raises:
        Hidden: there is no such machine or company for the reader.
    """
    rows = Machine.objects.visible_to(actor).filter(retired_on__isnull=True).select_related("site", "process")
    if machine_code:
        rows = rows.filter(code=machine_code)
    if company_code:
        rows = rows.filter(site__party__code=company_code)
    machines = list(rows)
    if not machines:
        if machine_code or not Company.objects.visible_to(actor).filter(party__code=company_code).exists():
            raise Hidden()
        return LoadTable(_mondays(weeks), ())
    competes = is_rival(actor, machines[0].site.party_id) if rival is None else rival
    if competes:
        return LoadTable(_mondays(weeks), (), rival=True)
    return load_table(actor, machines, weeks)


def load_table(actor: Actor, machines: Sequence[Machine], weeks: int) -> LoadTable:
    """The load of these visible machines (site and process loaded)."""
    found = free_weeks(machines, coming_weeks(weeks))
    rows = []
    for machine in machines:
        view = rules.load_view(actor, machine)
        cells = tuple(LoadCell.of(view, week) for week in found[machine.pk])
        rows.append(LoadRow(machine.code, machine_name(machine), str(machine.process), view, cells))
    return LoadTable(_mondays(weeks), tuple(rows))


def machine_name(machine: Machine) -> str:
    """The machine's name in the reader's language."""
    return localized(machine.name, machine.name_en)


def _mondays(weeks: int) -> tuple[date, ...]:
    return tuple(monday for monday, _span in coming_weeks(weeks).weeks())


def sharing_parties(network_id: int) -> list[int]:
    """Keys of the parties of a network's active (and leaving) companies."""
    admissions = Admission.objects.filter(network_id=network_id, state__in=Admission.SHARING)
    return list(admissions.values_list("company__party_id", flat=True))


def is_rival(actor: Actor, party_id: int) -> bool:
    """Whether the reader is a member that does the same work as the company with this party."""
    if not actor.is_member or actor.party_id in (None, party_id):
        return False
    parties = sharing_parties(actor.network_id)
    return party_id in Holdings.of(parties).rivals_of(actor.party_id or 0)


@dataclass(frozen=True)
class ProcessCapacity:
    """Free machines of a process without names: how many companies have many, some, few or none, this week and next."""

    companies: int
    this_week: Mapping[Level, int]
    next_week: Mapping[Level, int]

    @property
    def words(self) -> str:
        """Both weeks in words: many 2, some 1 → many 3."""
        weeks = []
        for counts in (self.this_week, self.next_week):
            shown = [f"{level.label} {counts[level]}" for level in reversed(Level) if counts[level]]
            weeks.append(", ".join(shown))
        return " → ".join(weeks)


LEAST_CROWD = 3
"""Fewer other companies than this behind a count would tell who it is."""


def process_capacity(actor: Actor, process_ids: Collection[int]) -> dict[int, ProcessCapacity]:
    """For members: by process (key), how much is free at *other* companies, counted without names.

    Only machines whose owners show at least a band count, and only processes with at least three such companies.
    """
    machines = list(
        Machine.objects.visible_to(actor)
        .filter(retired_on__isnull=True, process_id__in=process_ids)
        .exclude(site__party_id=actor.party_id or 0)
        .select_related("site", "process")
    )
    shown = [machine for machine in machines if rules.load_view(actor, machine) != "hidden"]
    found = free_weeks(shown, coming_weeks(2))
    best: dict[int, dict[int, tuple[Level, Level]]] = {}
    for machine in shown:
        weeks = [week.level for week in found[machine.pk]]
        owners = best.setdefault(machine.process_id, {})
        before = owners.get(machine.site.party_id, (Level.NONE, Level.NONE))
        owners[machine.site.party_id] = (max(before[0], weeks[0], key=rank), max(before[1], weeks[1], key=rank))
    return {
        process: ProcessCapacity(
            len(owners),
            {level: sum(pair[0] == level for pair in owners.values()) for level in Level},
            {level: sum(pair[1] == level for pair in owners.values()) for level in Level},
        )
        for process, owners in best.items()
        if len(owners) >= LEAST_CROWD
    }


def rank(level: Level) -> int:
    """Order of the levels, none first."""
    return list(Level).index(level)
