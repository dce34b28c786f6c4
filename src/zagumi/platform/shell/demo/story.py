"""Telling what happened, in order and each thing at its own moment, so that the town has a past.

A script is a generator: it yields the moment at which what follows happens. Scripts are told together, by time::

    def pump(day):
        yield day(-30, "10:12")
        case = services.register_case(...)      # the clock says 10:12 of 30 working days ago
        yield day(-28)
        services.add_part(...)
"""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from zagumi.platform.core import clock
from zagumi.platform.core.services import one_transaction
from zagumi.platform.network.lists import is_holiday

Script = Iterator[datetime]

YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


def is_working_day(day: date) -> bool:
    """Neither weekend nor national holiday nor the days around New Year."""
    return day.weekday() < 5 and not is_holiday(day) and (day.month, day.day) not in YEAR_END


def working_day(today: date, count: int) -> date:
    """The ``count``-th working day after ``today``, before it when negative; 0 is ``today`` whatever it is."""
    day = today
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


@dataclass(frozen=True)
class Calendar:
    """Moments and days around the present, which is the moment the telling began."""

    present: datetime

    @property
    def today(self) -> date:
        """The day of the telling."""
        return timezone.localdate(self.present)

    def __call__(self, count: int, at: str = "9:00") -> datetime:
        """A time of day on the ``count``-th working day from today."""
        hour, minute = map(int, at.split(":"))
        return timezone.make_aware(datetime.combine(self.day(count), time(hour, minute)))

    def day(self, count: int) -> date:
        """The ``count``-th working day from today."""
        return working_day(self.today, count)

    def later(self, days: int) -> date:
        """So many calendar days from today, before it when negative."""
        return self.today + timedelta(days=days)

    def at(self, days: int, hour: int = 10) -> datetime:
        """A full hour of the calendar day so many days from today."""
        return timezone.make_aware(datetime.combine(self.later(days), time(hour)))

    def ago(self, minutes: int) -> datetime:
        """So many minutes before the present."""
        return self.present - timedelta(minutes=minutes)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """The platform's clock stands still at ``moment``."""
    before = settings.ZAGUMI_NOW
    settings.ZAGUMI_NOW = moment.isoformat()
    try:
        yield
    finally:
        settings.ZAGUMI_NOW = before


class Story:
    """Scripts told together by time; the telling can stop at a moment and go on later."""

    def __init__(self, scripts: Iterable[Script]) -> None:
        self._waiting: list[tuple[datetime, int, Script]] = []
        for number, script in enumerate(scripts):
            self._next(number, script)

    def _next(self, number: int, script: Script) -> None:
        moment = next(script, None)
        if moment is not None:
            heapq.heappush(self._waiting, (moment, number, script))

    def tell(self, until: datetime | None = None) -> None:
        """Tell what happens before ``until`` (all that is left without one), in one transaction."""
        with one_transaction():
            while self._waiting and (until is None or self._waiting[0][0] < until):
                moment, number, script = heapq.heappop(self._waiting)
                with clock_at(moment):
                    self._next(number, script)


def calendar() -> Calendar:
    """Around the present moment, to the minute."""
    return Calendar(clock.now().replace(second=0, microsecond=0))
