"""Which problems the makespan search covers, and their arrays."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.plan.plan import Plan
from zagumi.engine.solve.arrays import Rows, blank
from zagumi.engine.solve.plans import best_plan, new_state
from zagumi.engine.solve.schedule.records import NEVER
from zagumi.engine.solve.tables import Built, table
from zagumi.engine.solve.tabu import records
from zagumi.engine.solve.tabu.homes import Homes, usable
from zagumi.engine.solve.tabu.records import LINK, LONGEST, ShopRows, Store

Numbers = NDArray[np.int64]


def covers(built: Built) -> bool:
    """Whether only the makespan counts, and machines are always open and do one whole operation after the other."""
    rows = built.rows
    if not len(rows.ops) or rows.rules.horizon[0] >= LONGEST or built.frozen or not _makespan_counts_alone(built):
        return False
    if (rows.ops.lots != 1).any() or (rows.links.batch > 0).any() or len(rows.services):
        return False
    options = rows.options[usable(built)]
    machines = np.unique(options.machine)
    booked = any(built.problem.machine[built.machines[machine]].bookings for machine in machines.tolist())
    return (
        not booked
        and bool((rows.modes.plain[options.mode0] > 0).all())
        and len(np.unique(options.op)) == len(rows.ops)
        and _anyone_may_work_with_anyone(built)
    )


def _makespan_counts_alone(built: Built) -> bool:
    rows, weights = built.rows, built.problem.policy.weights
    cases = rows.cases
    dated = cases[cases.due < NEVER]
    late = bool((dated.late > 0).any() or (dated.risk > 0).any())
    moving = weights.stability and built.problem.policy.in_force
    others = weights.cost or weights.co2 or weights.companies or weights.fairness
    return weights.makespan > 0 and not (others or late or moving)


def _anyone_may_work_with_anyone(built: Built) -> bool:
    rules, rows = built.rows.rules[0], built.rows
    leads = not rules.lead_required or bool((rows.companies.may_lead > 0).all())
    return leads and not ((rows.cases.guarded > 0) & (rows.cases.single == 0)).any()


@dataclass(frozen=True)
class Workshop:
    """A problem for the makespan search.

    Attributes:
        option: for each option here its position in ``built.rows.options``.
        weight: of the makespan in the objective.
    """

    built: Built
    store: Store[ShopRows]
    option: Numbers
    weight: int

    @property
    def rows(self) -> ShopRows:
        """The arrays."""
        return self.store.rows

    @cached_property
    def option_at(self) -> dict[tuple[str, str], int]:
        """Position here of each eligible option, by operation and machine."""
        options = self.built.options
        names = [operation.id for operation in self.built.operations]
        owners = self.rows.options.op.tolist()
        return {(names[owners[at]], options[there].machine): at for at, there in enumerate(self.option.tolist())}

    @cached_property
    def homes(self) -> Homes:
        """The cases that one company does wholly."""
        return Homes(self.rows)

    @cached_property
    def fixed(self) -> float:
        """Share of the operations that have a single option."""
        return float((self.rows.ops.option1 - self.rows.ops.option0 == 1).mean())

    @cached_property
    def body(self) -> NDArray[np.float64]:
        """For each operation the least time from its start to the completion of all that follows, machines aside."""
        rows = self.rows
        least = np.full(len(rows.ops), LONGEST, dtype=np.int64)
        np.minimum.at(least, rows.options.op, rows.options.minutes)
        body = least.astype(np.float64)
        after0, after1 = rows.ops.after0.tolist(), rows.ops.after1.tolist()
        for v in reversed(range(len(body))):  # operations of a case are listed by depth
            follow = rows.afters[after0[v] : after1[v]]
            if len(follow):
                body[v] += max(body[follow.op] + follow.lag)
        return body

    def wishes(self, plan: Plan) -> tuple[Numbers, Numbers]:
        """When each operation starts in a plan, and its option there; -1 for what is not whole or not possible.

        An operation that is not whole or not possible is given the latest start of what it is made from.
        """
        operations, links = self.built.operations, self.built.rows.links
        starts, options = np.zeros(len(operations), dtype=np.int64), np.full(len(operations), -1, dtype=np.int64)
        for v, operation in enumerate(operations):
            lots = plan.sublots_of.get(operation.id, ())
            if len(lots) == 1 and (option := self.option_at.get((operation.id, lots[0].machine))) is not None:
                starts[v], options[v] = lots[0].start, option
        for before, after in zip(links.before.tolist(), links.after.tolist(), strict=True):  # in topological order
            if options[after] < 0:
                starts[after] = max(starts[after], starts[before])
        return starts, options

    def order(self, times: NDArray[Any]) -> Numbers:
        """The operations each after all it is made from, otherwise by the times given."""
        rows, times = self.rows, times.tolist()
        waiting = (rows.ops.before1 - rows.ops.before0).tolist()
        after0, after1, after = rows.ops.after0.tolist(), rows.ops.after1.tolist(), rows.afters.op.tolist()
        ready = [(times[v], v) for v, count in enumerate(waiting) if not count]
        heapq.heapify(ready)
        order = []
        while ready:
            v = heapq.heappop(ready)[1]
            order.append(v)
            for w in after[after0[v] : after1[v]]:
                waiting[w] -= 1
                if not waiting[w]:
                    heapq.heappush(ready, (times[w], w))
        return np.array(order, dtype=np.int64)

    def plan(self, options: Numbers, heads: Numbers) -> Plan:
        """The plan in which each operation is done by an option from a minute on."""
        built = self.built
        rows = built.rows
        store = new_state(built, 0)
        chosen = rows.options[self.option[options]]
        lots, done, feeds = store.rows.best_lots, store.rows.best_done, store.rows.best_feeds
        lots.mode, lots.quantity, lots.start = chosen.mode0, rows.ops.rest, heads
        lots.setup, lots.run = chosen.setup, chosen.run
        lots.end = heads + chosen.setup + chosen.run
        done.lots = 1
        if len(rows.links):
            feeds.pieces = rows.ops.quantity[rows.links.after] * rows.links.per
            feeds["count"] = 1
        return best_plan(built, store)


def workshop(built: Built) -> Workshop:
    """The arrays of a problem that is covered.

    An option that takes no time takes its machine at no time: it is given a machine of its own, at the same site.
    """
    rows = built.rows
    taken = np.flatnonzero(usable(built))
    options = rows.options[taken]
    minutes = options.setup + options.run
    idle = minutes == 0
    machine_count = len(rows.machines) + int(idle.sum())
    machine = options.machine.copy()
    machine[idle] = np.arange(len(rows.machines), machine_count)
    sites = int(rows.rules.site_count[0])
    ways = rows.journeys.minutes.reshape(sites, sites)
    if not ways.any():
        sites, ways = 1, np.zeros((1, 1), dtype=np.int64)
    site = options.site % sites
    buyer = rows.cases.site[rows.ops.case[options.op]] % sites
    delivered = (rows.cases.site[rows.ops.case[options.op]] >= 0) & (rows.ops.last[options.op] > 0)
    finish = np.where(delivered, ways[site, buyer], 0)
    seats = np.bincount(machine, minlength=machine_count)
    befores, afters = _links(built)
    given = ShopRows(
        rules=table(
            records.RULES, {"op_count": [len(rows.ops)], "machine_count": [machine_count], "site_count": [sites]}
        ),
        ops=_ops(built, np.bincount(options.op, minlength=len(rows.ops))),
        options=table(
            records.OPTION,
            {
                "op": options.op,
                "machine": machine,
                "company": options.company,
                "site": site,
                "minutes": minutes,
                "finish": finish,
            },
        ),
        befores=befores,
        afters=afters,
        ways=table(records.WAY, {"minutes": ways.ravel()}),
        seats=table(records.SEATS, {"first": np.concatenate(([0], np.cumsum(seats)))}),
        lasts=table(records.ITEM, {"op": np.concatenate((np.flatnonzero(rows.ops["last"]), [-1]))}),
    )
    return Workshop(built, Store.of(given), taken, int(built.problem.policy.weights.makespan))


def _ops(built: Built, options: Numbers) -> Rows:
    """The operations, each with so many options."""
    rows = built.rows
    ops, ends, whole = rows.ops, np.cumsum(options), rows.cases.single > 0
    columns = {
        "before0": ops.link0,
        "before1": ops.link1,
        "after0": ops.out0,
        "after1": ops.out1,
        "option0": ends - options,
        "option1": ends,
        "release": rows.cases.release[ops.case],
        "whole": np.where(whole, np.cumsum(whole) - 1, -1)[ops.case],
    }
    return table(records.OP, columns)


def _links(built: Built) -> tuple[Rows, Rows]:
    """What leads to each operation and what follows from it."""
    links = built.rows.links
    if not len(links):
        return blank(LINK, 1), blank(LINK, 1)
    out = links[built.rows.out.link]
    return table(LINK, {"op": links.before, "lag": links.lag}), table(LINK, {"op": out.after, "lag": out.lag})
