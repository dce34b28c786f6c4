"""A plan as the judge looks at it: sub-lots with their options, open hours, sites, and what is frozen."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from zagumi.engine.clock import Window
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
from zagumi.engine.problem import FrozenWork, Link, Operation, Option, Problem

Key = tuple[str, int]

TOLERANCE = 1e-9


class Hours:
    """Open minutes as sorted windows, walked one after the other."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self.windows: list[list[int]] = []
        for start, end in windows:
            if self.windows and self.windows[-1][1] == start:
                self.windows[-1][1] = end
            else:
                self.windows.append([start, end])
        self.ends = [end for _, end in self.windows]

    def window_at(self, minute: int) -> list[int] | None:
        """The window that contains a minute."""
        at = bisect_right(self.ends, minute)
        return self.windows[at] if at < len(self.windows) and self.windows[at][0] <= minute else None

    def opening(self, minute: int) -> int | None:
        """The first open minute from a minute on."""
        at = bisect_right(self.ends, minute)
        return max(minute, self.windows[at][0]) if at < len(self.windows) else None

    def passed(self, start: int, minutes: int) -> int | None:
        """The first minute by which so many open minutes have passed since ``start``; None: never."""
        if minutes <= 0:
            return start
        for at in range(bisect_right(self.ends, start), len(self.windows)):
            opened = max(start, self.windows[at][0])
            if opened + minutes <= self.windows[at][1]:
                return opened + minutes
            minutes -= self.windows[at][1] - opened
        return None


class Judged:
    """A plan that names only things of its problem, with what several rules look at.

    Attributes:
        sublot, option: by key; a sub-lot on a machine that is not among its operation's options has no option.
        frozen: keys of the sub-lots that are frozen work.
        missing: frozen work that the plan does not have.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.sublot = {s.key: s for s in plan.sublots}
        self.option: dict[Key, Option] = {}
        options = {o.id: {option.machine: option for option in o.options} for o in problem.operations}
        for s in plan.sublots:
            if s.machine in options[s.operation]:
                self.option[s.key] = options[s.operation][s.machine]
        self.frozen, self.missing = self._match_frozen()
        self._hours: dict[tuple[str | None, str | None], Hours] = {}
        self._minutes: dict[tuple[str, str, int], int] = {}

    def _match_frozen(self) -> tuple[frozenset[Key], tuple[FrozenWork, ...]]:
        left: dict[tuple[object, ...], list[FrozenWork]] = {}
        for f in self.problem.policy.frozen:
            left.setdefault(_stands(f, self.problem.frozen_setup(f)), []).append(f)
        found = set()
        for s in sorted(self.plan.sublots) if left else ():
            if works := left.get(_stands(s, s.setup_minutes)):
                works.pop()
                found.add(s.key)
        return frozenset(found), tuple(work for works in left.values() for work in works)

    def free(self) -> Iterator[SubLot]:
        """The sub-lots that are not frozen."""
        return (s for s in self.plan.sublots if s.key not in self.frozen)

    def operation(self, s: SubLot) -> Operation:
        """What a sub-lot is part of."""
        return self.problem.operation[s.operation]

    def hours(self, s: SubLot) -> Hours:
        """Open hours of a sub-lot: the machine's calendar cut by the person's and by the horizon."""
        person = self.problem.person[s.person].calendar if s.person is not None else None
        calendars = (self.problem.machine[s.machine].calendar, person)
        if calendars not in self._hours:
            windows: list[Window] = [(0, self.problem.horizon)]
            for name in calendars:
                if name is not None:
                    windows = _both(windows, self.problem.calendar[name].windows)
            self._hours[calendars] = Hours(windows)
        return self._hours[calendars]

    def working_minutes(self, s: SubLot) -> int:
        """Set-up and run of a sub-lot that has an option."""
        return s.setup_minutes + run_minutes(self.option[s.key], s.quantity)

    def travel_minutes(self, from_site: str, to_site: str, mass_g: int) -> int:
        """Minutes a mass takes between two sites."""
        journey = (from_site, to_site, mass_g)
        if journey not in self._minutes:
            self._minutes[journey] = self.problem.haul(*journey).minutes
        return self._minutes[journey]

    def site(self, key: Key) -> str:
        """Where a sub-lot is done."""
        return self.problem.machine[self.sublot[key].machine].site

    def done(self, s: SubLot, pieces: int) -> int:
        """The minute by which so many pieces are done; never after the end (frozen work may keep other hours)."""
        if s.key not in self.option:
            return s.end
        minutes = s.setup_minutes + run_minutes(self.option[s.key], pieces)
        moment = self.hours(s).passed(s.start, minutes)
        return s.end if moment is None else min(moment, s.end)

    def begins(self, s: SubLot, pieces: int) -> int:
        """The minute at which work on the good piece after so many begins."""
        option = self.option.get(s.key)
        if option is None:
            return s.start
        run = math.floor(worked_pieces(option, pieces) * option.minutes_per_piece + TOLERANCE)
        moment = self.hours(s).passed(s.start, s.setup_minutes + run)
        return s.end if moment is None else moment

    def link(self, t: Transfer) -> Link | None:
        """The link that a transfer follows."""
        after = self.problem.operation[t.to_operation].after
        return next((link for link in after if link.before == t.from_operation), None)


def _both(one: Iterable[Window], other: tuple[Window, ...]) -> list[Window]:
    ends = [end for _, end in other]
    both = []
    for start, end in one:
        for at in range(bisect_right(ends, start), len(other)):
            if other[at][0] >= end:
                break
            both.append((max(start, other[at][0]), min(end, other[at][1])))
    return both


def worked_pieces(option: Option, pieces: int) -> int:
    """Pieces to be worked for so many good ones."""
    return math.ceil(pieces / option.good_rate - TOLERANCE)


def run_minutes(option: Option, pieces: int) -> int:
    """Working minutes for so many good pieces, without set-up."""
    return math.ceil(worked_pieces(option, pieces) * option.minutes_per_piece - TOLERANCE)


def _stands(s: SubLot | FrozenWork, setup_minutes: int) -> tuple[object, ...]:
    return (s.operation, s.machine, s.quantity, s.start, s.end, setup_minutes, s.person)
