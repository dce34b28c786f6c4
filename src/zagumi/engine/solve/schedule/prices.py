"""The cheapest way of each case by itself when time on machines has a price, and prices that rise where it is scarce.

Time is cut into cells of equal length. A start is known by its cell and may lie anywhere in it; what follows starts at
least as many whole cells later as lie between the two starts. So every plan has a picture here that is no dearer, and
what the cases cost at their cheapest, less what all time that is there would cost, is a lower bound, whatever the
prices. Machines with hours, people, bands or set-up tables are free; work on them takes its least minutes.

A price row has one entry per cell, equal within a bucket of cells; behind the last cell time is free. ``paid`` is the
price of all time before a cell.
"""

from __future__ import annotations

import math

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.hours import arrival, carriage, journey, served
from zagumi.engine.solve.schedule.occupancy import changeover
from zagumi.engine.solve.schedule.records import Grid, Line, Tables
from zagumi.engine.solve.schedule.rows import case_at, link_at, machine_at, mode_at, op_at, option_at, rules

LENGTH, CELLS, WIDTH = 0, 1, 2  # entries of a frame: minutes of a cell, cells with prices, cells of a bucket


@kernel
def least_minutes(net: Tables, option: int) -> int:
    """Fewest working minutes of an operation's rest in one sub-lot."""
    row = option_at(net, option)
    least = row.setup
    if op_at(net, row.op).family > 0 and machine_at(net, row.machine).setup0 >= 0:
        for family in range(rules(net).family_count):
            least = min(least, changeover(net, row.machine, family, option))
    return row.run + least


@kernel
def _late(net: Tables, case: int, end: int) -> float:
    """What it costs a case to be complete at a minute."""
    row = case_at(net, case)
    cost = 0
    if end > row.due:
        cost += row.late * (end - row.due)
    if end + row.buffer > row.due:
        cost += row.risk * (end + row.buffer - row.due)
    return float(cost)


@kernel
def _rents(
    price: Grid, paid: Grid, best: Grid, row: int, machine: int, begin: int, width: int, length: int, minutes: int
) -> None:
    """Add to a row, for a start in each cell, the least that so many minutes cost on a machine.

    The rent is piecewise linear in the start: it is least at an end of the cell or where the work's end crosses into
    another cell.
    """
    whole, part = minutes // length, minutes % length
    rest = float(length - part)
    for at in range(width):
        cell = begin + at
        start, later = paid[machine, cell], paid[machine, cell + whole + 1]
        first = paid[machine, cell + whole] + part * price[machine, cell + whole] - start
        last = later + part * price[machine, cell + whole + 1] - paid[machine, cell + 1]
        best[row, at] += min(min(first, last), later - start - rest * price[machine, cell])


@kernel
def _moment(price: Grid, paid: Grid, machine: int, cell: int, length: int, minutes: int) -> int:
    """The minute of a cell at which the rent is least."""
    whole, part = minutes // length, minutes % length
    start, later = paid[machine, cell], paid[machine, cell + whole + 1]
    first = paid[machine, cell + whole] + part * price[machine, cell + whole] - start
    last = later + part * price[machine, cell + whole + 1] - paid[machine, cell + 1]
    between = later - start - (length - part) * price[machine, cell]
    if first <= last and first <= between:
        return cell * length
    return cell * length + (length - part if between <= last else length)


@kernel
def _completion(net: Tables, option: int, case: int, start: int, way: int, by_service: int) -> int:
    """The least minute by which a case is complete, a last operation starting on an option at a minute.

    Args:
        way: minutes from the start to there, at least.
    """
    if not by_service:
        return start + way
    site = case_at(net, case).site
    return arrival(net, option_at(net, option).site, site, start + least_minutes(net, option))


@kernel
def _shift(net: Tables, link: int, giver: int, site: int, length: int) -> int:
    """Whole cells that lie at least between a start of a giver on an option and what it feeds at a site."""
    flow, there = link_at(net, link), option_at(net, giver)
    minutes = flow.lag + journey(net, there.site, site)
    if flow.batch == 0:
        minutes += least_minutes(net, giver)
    return minutes // length


@kernel
def _extra(net: Tables, link: int, giver: int, site: int) -> float:
    """What moving the pieces from an option to a site costs."""
    flow = link_at(net, link)
    pieces = flow.per * op_at(net, flow.after).rest
    if 0 < flow.batch < pieces:
        return float(carriage(net, option_at(net, giver).site, site, min(pieces, flow.batch) * flow.mass))
    return float(carriage(net, option_at(net, giver).site, site, pieces * flow.mass))


@kernel
def _fill(net: Tables, op: int, base: int, frame: Line, width: int, price: Grid, paid: Grid, best: Grid) -> None:
    """Fill a row per option of an operation: least cost of it and all that leads to it, by the cell it starts by."""
    there, length = op_at(net, op), frame[LENGTH]
    case = case_at(net, there.case)
    spare, begin = best.shape[0] - 1, case.release // length
    for option in range(there.option0, there.option1):
        row, here = option - base, option_at(net, option)
        own = float(here.fixed + here.unit * there.rest)
        if not here.eligible:
            own = math.inf
        elif there.last and case.site >= 0:
            own += float(carriage(net, here.site, case.site, there.rest * there.mass))
        for at in range(width):
            best[row, at] = own
        if mode_at(net, here.mode0).plain:
            _rents(price, paid, best, row, here.machine, begin, width, length, here.setup + here.run)
        for link in range(there.link0, there.link1):
            for at in range(width):
                best[spare, at] = math.inf
            giver = op_at(net, link_at(net, link).before)
            for other in range(giver.option0, giver.option1):
                if not option_at(net, other).eligible:
                    continue
                shift, extra, source = (
                    _shift(net, link, other, here.site, length),
                    _extra(net, link, other, here.site),
                    other - base,
                )
                for at in range(shift, width):
                    best[spare, at] = min(best[spare, at], best[source, at - shift] + extra)
            for at in range(width):
                best[row, at] += best[spare, at]
        for at in range(1, width):
            best[row, at] = min(best[row, at], best[row, at - 1])


@kernel
def _finish(
    net: Tables, op: int, base: int, frame: Line, width: int, roots: int, best: Grid, pick: Line, start: Line
) -> float:
    """The least cost of a last operation with all that leads to it; its option and cell, -1 when it starts beyond."""
    there, length = op_at(net, op), frame[LENGTH]
    case = case_at(net, there.case)
    begin = case.release // length
    least, pick[op] = math.inf, -1
    for option in range(there.option0, there.option1):
        here = option_at(net, option)
        if not here.eligible:
            continue
        way, by_service = least_minutes(net, option), 0
        if case.site >= 0:
            way += journey(net, here.site, case.site)
            by_service = served(net, here.site, case.site)
        end = _completion(net, option, there.case, (begin + width) * length, way, by_service)
        beyond = here.subtree + here.tail_cost + _late(net, there.case, end) / roots
        if beyond < least:
            least, pick[op] = beyond, -1
        for at in range(width):
            end = _completion(net, option, there.case, (begin + at) * length, way, by_service)
            cost = best[option - base, at] + _late(net, there.case, end) / roots
            if cost < least:
                least, pick[op], start[op] = cost, option, at
    return least


@kernel
def _trace(net: Tables, case: int, frame: Line, width: int, best: Grid, pick: Line, start: Line) -> None:
    """From the last operations back, enter the option and cell of all that leads to them."""
    there, length = case_at(net, case), frame[LENGTH]
    base = op_at(net, there.op0).option0
    for op in range(there.op1 - 1, there.op0 - 1, -1):
        if pick[op] >= 0:
            row = pick[op] - base
            while start[op] > 0 and best[row, start[op] - 1] == best[row, start[op]]:
                start[op] -= 1
        for link in range(op_at(net, op).link0, op_at(net, op).link1):
            before = link_at(net, link).before
            giver = op_at(net, before)
            pick[before], least = -1, math.inf
            if pick[op] < 0:
                continue
            site = option_at(net, pick[op]).site
            for other in range(giver.option0, giver.option1):
                if option_at(net, other).eligible:
                    at = start[op] - _shift(net, link, other, site, length)
                    if at >= 0:
                        cost = best[other - base, at] + _extra(net, link, other, site)
                        if cost < least:
                            least, pick[before], start[before] = cost, other, at


@kernel
def _count(net: Tables, case: int, frame: Line, sign: float, pick: Line, start: Line, usage: Grid) -> None:
    """Count the minutes that a case takes, by machine and bucket; ``start`` has minutes here."""
    size = frame[LENGTH] * frame[WIDTH]
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        if pick[op] < 0:
            continue
        option = option_at(net, pick[op])
        if not mode_at(net, option.mode0).plain:
            continue
        minute, end = start[op], start[op] + option.setup + option.run
        while minute < end and minute // size < usage.shape[1]:
            border = min(end, (minute // size + 1) * size)
            usage[option.machine, minute // size] += sign * (border - minute)
            minute = border


@kernel
def _case(
    net: Tables, case: int, frame: Line, window: Line, price: Grid, paid: Grid, best: Grid, pick: Line, start: Line
) -> float:
    """What a case costs at the prices, least; its options and starts (minutes) are entered."""
    row, length = case_at(net, case), frame[LENGTH]
    begin = row.release // length
    width = max(0, min(window[case], frame[CELLS] - begin))
    if row.op0 == row.op1:
        return 0.0
    base, roots, total = op_at(net, row.op0).option0, 0, 0.0
    for op in range(row.op0, row.op1):
        _fill(net, op, base, frame, width, price, paid, best)
        roots += op_at(net, op).last
    for op in range(row.op0, row.op1):
        if op_at(net, op).last:
            total += _finish(net, op, base, frame, width, roots, best, pick, start)
            if pick[op] < 0:  # time beyond is free: look further next time
                window[case] = min(frame[CELLS], window[case] + window[case] // 2 + 1)
    _trace(net, case, frame, width, best, pick, start)
    for op in range(row.op0, row.op1):
        if pick[op] >= 0:
            option = option_at(net, pick[op])
            start[op] = _moment(price, paid, option.machine, begin + start[op], length, option.setup + option.run)
    return total


@kernel
def charge(frame: Line, price: Grid, paid: Grid) -> None:
    """Bring ``paid`` in line with the prices."""
    for machine in range(price.shape[0]):
        total = 0.0
        for cell in range(price.shape[1]):
            paid[machine, cell] = total
            total += price[machine, cell] * frame[LENGTH]


@kernel
def _steepness(price: Grid, usage: Grid, room: Grid, frame: Line) -> float:
    """Squared length of the direction in which prices may move."""
    total = 0.0
    for machine in range(usage.shape[0]):
        for bucket in range(usage.shape[1]):
            over = usage[machine, bucket] - room[machine, bucket]
            if over > 0.0 or price[machine, bucket * frame[WIDTH]] > 0.0:
                total += over * over
    return total


@kernel
def _move(frame: Line, price: Grid, paid: Grid, usage: Grid, room: Grid, size: float) -> None:
    """Raise prices where more is taken than there is, lower them where less is."""
    for machine in range(usage.shape[0]):
        for bucket in range(usage.shape[1]):
            first = bucket * frame[WIDTH]
            value = max(0.0, price[machine, first] + size * (usage[machine, bucket] - room[machine, bucket]))
            for cell in range(first, min(first + frame[WIDTH], frame[CELLS])):
                price[machine, cell] = value
    charge(frame, price, paid)


@kernel
def sweep(
    net: Tables,
    frame: Line,
    window: Line,
    price: Grid,
    paid: Grid,
    usage: Grid,
    room: Grid,
    best: Grid,
    pick: Line,
    start: Line,
    first: int,
    last: int,
    step: float,
) -> float:
    """Find the cheapest ways of some cases, then move the prices; returns what they cost at the prices before.

    Args:
        window: cells looked at from a case's release on.
        usage, room: minutes asked for and there, by machine and bucket; ``usage`` is that of the last ways found.
        best: room for the costs of a case's options by cell.
        pick, start: option and minute of each operation in the last way found; -1: it starts beyond the window.
        first, last: the cases.
        step: how far the bound is expected to rise if prices move; 0: they stay.
    """
    total = 0.0
    for case in range(first, last):
        _count(net, case, frame, -1.0, pick, start, usage)
        total += _case(net, case, frame, window, price, paid, best, pick, start)
        _count(net, case, frame, 1.0, pick, start, usage)
    if step > 0.0:
        steep = _steepness(price, usage, room, frame)
        if steep > 0.0:
            _move(frame, price, paid, usage, room, step / steep)
    return total
