"""A plan as the judge looks at it: sub-lots with their options, open hours, sites, and what is frozen."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from zagumi.engine.clock import Window
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
from zagumi.engine.problem import FrozenWork, Link, Machine, Operation, Option, Problem

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


@dataclass(slots=True, eq=False)
class Work:
    """A sub-lot with what the problem says of it.

    Attributes:
        option: None on a machine that is not among its operation's options.
        frozen: whether it is frozen work.
    """

    sublot: SubLot
    operation: Operation
    machine: Machine
    option: Option | None
    frozen: bool

    @property
    def minutes(self) -> int:
        """Set-up and run of work that has an option."""
        assert self.option is not None
        return self.sublot.setup_minutes + run_minutes(self.option, self.sublot.quantity)


@dataclass(slots=True, eq=False)
class Flow:
    """A transfer with what it goes between; no link: where the problem has none."""

    transfer: Transfer
    giver: Work
    taker: Work
    link: Link | None


class Judged:
    """A plan that names only things of its problem, with what several rules look at.

    Attributes:
        works: all of its work, ``free`` what is not frozen of it; ``work`` by key.
        on_machine: by machine, by start; ``of_operation``: by operation, by lot number.
        flows: its transfers; ``fed``: by what they feed and the operation they come from, ``given``: by what they come
            from and the operation they feed.
        missing: frozen work that the plan does not have.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        frozen, self.missing = self._match_frozen()
        self.works = [self._work(sublot, frozen) for sublot in plan.sublots]
        self.free = [work for work in self.works if not work.frozen]
        self.work = {(work.sublot.operation, work.sublot.lot): work for work in self.works}
        self.of_operation = {name: [self.work[s.key] for s in lots] for name, lots in plan.sublots_of.items()}
        self.on_machine = {name: [self.work[s.key] for s in lots] for name, lots in plan.on_machine.items()}
        self.flows = [self._flow(transfer) for transfer in plan.transfers]
        self.fed: dict[tuple[str, int, str], list[Flow]] = {}
        self.given: dict[tuple[str, int, str], list[Flow]] = {}
        for flow in self.flows:
            t = flow.transfer
            self.fed.setdefault((t.to_operation, t.to_lot, t.from_operation), []).append(flow)
            self.given.setdefault((t.from_operation, t.from_lot, t.to_operation), []).append(flow)
        self._hours: dict[tuple[str | None, str | None], Hours] = {}
        self._minutes: dict[tuple[str, str, int], int] = {}

    def _match_frozen(self) -> tuple[frozenset[Key], tuple[FrozenWork, ...]]:
        left: dict[tuple[object, ...], list[FrozenWork]] = {}
        for f in self.problem.policy.frozen:
            left.setdefault(_stands(f, self.problem.frozen_setup(f)), []).append(f)
        found = set()
        for s in sorted(s for s in self.plan.sublots if s.operation in self.problem.frozen) if left else ():
            if works := left.get(_stands(s, s.setup_minutes)):
                works.pop()
                found.add(s.key)
        return frozenset(found), tuple(work for works in left.values() for work in works)

    def _work(self, s: SubLot, frozen: frozenset[Key]) -> Work:
        operation = self.problem.operation[s.operation]
        machine = self.problem.machine[s.machine]
        for option in operation.options:
            if option.machine == s.machine:
                return Work(s, operation, machine, option, bool(frozen) and s.key in frozen)
        return Work(s, operation, machine, None, bool(frozen) and s.key in frozen)

    def _flow(self, t: Transfer) -> Flow:
        giver, taker = self.work[t.from_operation, t.from_lot], self.work[t.to_operation, t.to_lot]
        for link in taker.operation.after:
            if link.before == t.from_operation:
                return Flow(t, giver, taker, link)
        return Flow(t, giver, taker, None)

    def hours(self, work: Work) -> Hours:
        """Open hours of work: the machine's calendar cut by the person's and by the horizon."""
        name = work.sublot.person
        person = self.problem.person[name].calendar if name is not None else None
        calendars = (work.machine.calendar, person)
        if calendars not in self._hours:
            windows: list[Window] = [(0, self.problem.horizon)]
            for calendar in calendars:
                if calendar is not None:
                    windows = _both(windows, self.problem.calendar[calendar].windows)
            self._hours[calendars] = Hours(windows)
        return self._hours[calendars]

    def travel_minutes(self, from_site: str, to_site: str, mass_g: int) -> int:
        """Minutes a mass takes between two sites."""
        journey = (from_site, to_site, mass_g)
        if journey not in self._minutes:
            self._minutes[journey] = self.problem.haul(*journey).minutes
        return self._minutes[journey]

    def done(self, work: Work, pieces: int) -> int:
        """The minute by which so many pieces are done; never after the end (frozen work may keep other hours)."""
        s = work.sublot
        if work.option is None:
            return s.end
        minutes = s.setup_minutes + run_minutes(work.option, pieces)
        moment = self.hours(work).passed(s.start, minutes)
        return s.end if moment is None else min(moment, s.end)

    def begins(self, work: Work, pieces: int) -> int:
        """The minute at which work on the good piece after so many begins."""
        s, option = work.sublot, work.option
        if option is None:
            return s.start
        run = math.floor(worked_pieces(option, pieces) * option.minutes_per_piece + TOLERANCE)
        moment = self.hours(work).passed(s.start, s.setup_minutes + run)
        return s.end if moment is None else moment


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
