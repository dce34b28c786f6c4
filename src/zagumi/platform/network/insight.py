"""What the rows say taken together: free time per week, how much to show of it, who holds which process."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zagumi.engine.problem.network import Roads
from zagumi.platform.core import clock
from zagumi.platform.network.hours import Frame, Timetable
from zagumi.platform.network.models import Capability, Machine, Process

ROAD_FACTOR = Roads().road_factor
"""Road kilometres per kilometre of straight line, as the engine reckons."""


class Level(StrEnum):
    """A band of free time: the share of a week's running hours that is not taken yet."""

    NONE = "none"
    FEW = "few"
    SOME = "some"
    MANY = "many"

    @property
    def label(self) -> str | Promise:
        """The word for it."""
        return {
            Level.NONE: _("none"),
            Level.FEW: _("few"),
            Level.SOME: _("some"),
            Level.MANY: _("many"),
        }[self]

    @property
    def at_least(self) -> Fraction:
        """The share from which the band begins; planning with it never counts on more than there is."""
        return _LOWER_EDGE[self]

    @classmethod
    def of(cls, free: int, total: int) -> "Level":
        """The band of ``free`` out of ``total`` minutes."""
        share = Fraction(free, total) if total else Fraction(0)
        return next(level for level in (cls.MANY, cls.SOME, cls.FEW, cls.NONE) if share >= level.at_least)


_LOWER_EDGE = {
    Level.NONE: Fraction(0),
    Level.FEW: Fraction(1, 10),
    Level.SOME: Fraction(1, 3),
    Level.MANY: Fraction(2, 3),
}


@dataclass(frozen=True)
class FreeWeek:
    """What is left of one machine's week, from now on, in minutes."""

    monday: date
    running: int
    free: int

    @property
    def level(self) -> Level:
        """The band it falls in."""
        return Level.of(self.free, self.running)


def coming_weeks(weeks: int) -> Frame:
    """From now to the end of the ``weeks``-th week, this one included."""
    now = clock.now()
    today = timezone.localdate(now)
    sunday = today + timedelta(days=6 - today.weekday())
    return Frame.until(now, sunday + timedelta(weeks=weeks - 1))


def free_weeks(machines: Collection[Machine], frame: Frame) -> dict[int, tuple[FreeWeek, ...]]:
    """Free time of each machine (by key; their sites loaded) in each week of ``frame``."""
    table = Timetable.of(machines, frame)
    mondays = [monday for monday, _span in frame.weeks()]
    spans = [span for _monday, span in frame.weeks()]
    return {
        machine.pk: tuple(
            FreeWeek(monday, *minutes)
            for monday, minutes in zip(mondays, table.minutes(machine.pk, spans), strict=True)
        )
        for machine in machines
    }


@dataclass(frozen=True)
class Holdings:
    """Which companies (keys of their parties) can do which process (keys).

    ``direct`` is what machines and capabilities say; ``wide`` adds every wider process: who grinds cylinders grinds.
    """

    direct: Mapping[int, frozenset[int]]
    wide: Mapping[int, frozenset[int]]

    @classmethod
    def of(cls, parties: Iterable[int]) -> "Holdings":
        """The holdings among companies with these parties."""
        among = set(parties)
        direct: dict[int, set[int]] = defaultdict(set)
        machines = Machine.objects.filter(retired_on__isnull=True, site__party_id__in=among)
        for process, party in machines.values_list("process_id", "site__party_id"):
            direct[process].add(party)
        usable = Q(machine__isnull=True) | Q(machine__retired_on__isnull=True)
        capabilities = Capability.objects.filter(usable, withdrawn_on__isnull=True, company__party_id__in=among)
        for process, party in capabilities.values_list("process_id", "company__party_id"):
            direct[process].add(party)
        parent = dict(Process.objects.values_list("pk", "parent_id"))
        wide: dict[int, set[int]] = defaultdict(set)
        for process, holders in direct.items():
            at: int | None = process
            while at is not None:
                wide[at] |= holders
                at = parent[at]
        return cls(
            {key: frozenset(holders) for key, holders in direct.items()},
            {key: frozenset(holders) for key, holders in wide.items()},
        )

    def held_by(self, party: int) -> frozenset[int]:
        """The processes a company says it can do."""
        return frozenset(process for process, holders in self.direct.items() if party in holders)

    def single_of(self, party: int) -> frozenset[int]:
        """The processes that this company alone can do."""
        return frozenset(process for process in self.held_by(party) if len(self.wide[process]) == 1)

    def rivals_of(self, party: int) -> frozenset[int]:
        """The companies that share a process, or a wider form of it, with this one: who grinds inside and outside."""
        mine = (holders for holders in self.wide.values() if party in holders)
        return frozenset().union(*mine) - {party}
