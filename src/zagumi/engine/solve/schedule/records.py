"""The arrays that compiled code works on: what is given (:class:`TableRows`) and what changes (:class:`StateRows`).

Every array holds records of the type of the same name; a position in it is what other records refer to. Times are
clock minutes unless a comment says worked minutes; costs are weighted (they add up to the objective of
``docs/engine/problem.md``); ``-1`` means none.

Compiled functions do not take these arrays but one number for all of them, a :data:`Tables` or a :data:`State`: the
address of a :class:`Store`'s directory, from which ``rows`` reads single records. Passing tens of arrays instead made
compiling six times slower, and every call.
"""

from __future__ import annotations

from typing import Any, NamedTuple, NewType, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.solve.arrays import Arrays, Rows

NEVER = 1 << 40  # later than any minute of any problem
ENDLESS = 1 << 62  # a budget that nothing exceeds
BATCHES = 20  # most transfers in which one sub-lot streams to another
LABELS = 4  # most labels of an option
FRONTS = 8  # most points of a front

Tables = NewType("Tables", int)
State = NewType("State", int)
Line = NDArray[np.int64]  # one dimension, for what is no record
Grid = NDArray[np.float64]  # two


def _record(whole: str, real: str = "", short: str = "") -> np.dtype[Any]:
    """A record of whole numbers, real ones, and short ones: positions and counts, at most two thousand million."""
    given: tuple[tuple[str, type], ...] = ((whole, np.int64), (real, np.float64), (short, np.int32))
    return np.dtype([(name, dtype) for names, dtype in given for name in names.split()], align=True)


RULES = _record(
    "horizon cost co2 makespan fairness companies stability max_companies lead_required entitled"
    " case_count op_count company_count machine_count person_count family_count vehicle_count site_count"
    " service_count"
    " part_count label_count"
)
# late, risk: weighted yen per minute; site: where it is delivered; guarded: its team must be chosen beforehand;
# single: one company does it all; shortest: minutes it takes at least;
# least: what it costs at least; tree: no operation of it gives to several; rigid: none may be split
CASE = _record("release due late risk buffer site op0 op1 guarded single shortest least tree rigid")
# rest: pieces not frozen; lots: most sub-lots of the rest; slots: room for sub-lots, frozen ones first;
# out0, out1: its links to others; last: it has none; cheapest: an option of the cheapest way to do the case;
# force0, force1: its sub-lots in the plan in force; stays: how many of them, the last, are its rest, so that it need
# not move; 0: it must
OP = _record(
    "quantity rest least mass",
    short="case option0 option1 link0 link1 out0 out1 lot0 slots frozen lots pause family last cheapest force0 force1"
    " stays",
)
# run: minutes for the rest in one sub-lot; subtree: least cost of it and all that leads to it; tail_*: least time
# from its end to the end of the case, and least cost of all that does not lead to it
OPTION = _record(
    "setup run fixed unit subtree tail_time tail_cost", "pace rate", "op machine company site mode0 mode1 eligible"
)
# plain: always open, nobody attends, no bands, no set-up table
MODE = _record("", short="option person hours plain")
LINK = _record("before after per batch lag mass feed0 width")
OUT = _record("link")
MACHINE = _record("hours site company band0 band1 setup0 family")
ROOM = _record("first")
HOURS = _record("window0 window1")
WINDOW = _record("start end before")  # before: worked minutes before its start
BAND = _record("start end minutes")
SETUP = _record("minutes")
COMPANY = _record("may_lead entitled apart0 apart1")
APART = _record("company")
VEHICLE = _record("capacity")
FORCE = _record("option person mode quantity start")  # mode: -1 where it cannot be any more
# minutes: -1, -2, … by service 0, 1, …; given: weighted cost whatever the mass; -1: by vehicle
JOURNEY = _record("minutes given")
TRIP = _record("yen co2")
SERVICE = _record(
    "run0 run1 least last"
)  # least: minutes of its fastest run; last: its last departure, -1 without runs
RUN = _record("departure arrival")


class TableRows(NamedTuple):
    """What is given."""

    rules: Rows  # one row
    cases: Rows
    ops: Rows  # by case, each after all it is made from
    options: Rows  # by operation, then machine
    modes: Rows  # an option with each person who may attend it
    links: Rows  # by the operation they lead to
    out: Rows  # links by the operation they come from
    machines: Rows
    rooms: Rows  # first span of each machine, then of each person, then the end
    hours: Rows
    windows: Rows
    bands: Rows
    setups: Rows  # by (family before, family), row by row, for each machine that has such a table; -1: not listed
    companies: Rows
    apart: Rows
    vehicles: Rows
    journeys: Rows  # by (from site, to site)
    trips: Rows  # one trip by (vehicle, from site, to site)
    forces: Rows  # sub-lots of the plan in force, by operation; those that are frozen work first
    services: Rows
    runs: Rows  # by service, by departure; those that arrive by the horizon


# ready: first minute its feeds and release allow; supply: least worked minute at which its run may begin;
# tied: it stands among the spans of its machine
LOT = _record("quantity start end setup run ready supply", short="op mode frozen tied")
FEED = _record("pieces batch count")  # count - 1 transfers of ``batch`` pieces and one of the rest
SPAN = _record("start end lot")
USED = _record("spans")
OFFER = _record("minutes")
# cost: of its sub-lots and of what moves to them; pick: option suggested for it; stamp: see NOW; dirty: not as in the
# best plan; key: place in an order; wished: how many wishes it has; stay: it is suggested to be as in the plan in force
DONE = _record("cost stamp key", short="lots placed pick dirty wished stay")
WORTH = _record("value end missing touched")
# awarded: working minutes; stamps of those allowed on, working on, and spared for, the case in hand
FIRM = _record("awarded allowed seen spared")
LOG = _record("kind index mode quantity start end setup run ready supply")
# a sub-lot of a plan to begin from
WISH = _record("mode quantity start end")
# How many rows are in use: logged, forced, pulls, arrivals, dirty, touched. Objective: value (of all cases), missing
# (operations not placed), makespan, unfair, base (least the cases could cost each for itself), best and best_missing.
# Of the insertion in hand: stamp (of allowed and seen companies), leader (operation that a company able to lead must
# do), stuck (operation that found no place; -1), floor (minute before which nothing starts), prefer (mode that is kept
# when it can start at the floor), budget (most that the case may cost), replaying (options stay within their
# companies). random: the generator. focused: cases around which alone to search; 0: around any.
NOW = _record(
    "logged forced pulls arrivals dirty touched value missing makespan unfair base best best_missing"
    " stamp leader stuck floor prefer budget replaying random steps accepted focused"
)
# see ``state.settings_for``
SETTINGS = _record("blink later alone beside way dear replays shifts", "hot cold")
# the last answer of a routine besides the one it returns
FOUND = _record("start end setup ready cost movement")
PULL = _record("link giver pieces batch count")
ARRIVAL = _record("time ahead")
# an option for a part of a split operation, when a trial ends there, what it is worth
PART = _record("option end quantity value")
# the best ways to have an operation done on an option: end, cost of all that leads to it, earliest start used, whether
# it is that of the plan in force
LABEL = _record("start end cost ready stay")
FRONT = _record("time cost")
ITEM = _record("index")


class StateRows(NamedTuple):
    """What changes."""

    now: Rows  # one row
    settings: Rows  # one row
    found: Rows  # one row
    lots: Rows
    feeds: Rows
    spans: Rows
    used: Rows  # of each machine, then of each person
    offers: Rows  # minutes taken of each band
    done: Rows  # of each operation
    worths: Rows  # of each case
    firms: Rows  # of each company
    log: Rows
    wishes: Rows  # by operation, as its sub-lots
    pulls: Rows
    arrivals: Rows
    parts: Rows
    labels: Rows  # a fixed number for each option of the case in hand
    label_counts: Rows
    fronts: Rows
    forced: Rows  # operations to take out because a set-up no longer fits
    touched: Rows  # cases from which something was taken out in this step
    queue: Rows  # cases or operations in the order of their insertion
    focus: Rows  # cases around which alone to search
    dirty: Rows  # operations changed since the best plan was kept
    best_lots: Rows  # the best plan so far
    best_feeds: Rows
    best_done: Rows


Kind = TypeVar("Kind", TableRows, StateRows)


class Store(Arrays[Kind]):
    """The arrays of this search with the numbers by which its compiled code finds them."""

    @property
    def tables(self) -> Tables:
        """The number by which compiled code finds the arrays of tables."""
        return cast(Tables, self.directory.ctypes.data)

    @property
    def state(self) -> State:
        """The number by which compiled code finds the arrays of a state."""
        return cast(State, self.directory.ctypes.data)
