"""Clock minutes, worked minutes and journeys, compiled."""

from __future__ import annotations

import math

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.records import Tables


@kernel
def window_at(net: Tables, hours: int, minute: int) -> int:
    """The last window that opens at or before a minute; one before the first when there is none."""
    low = net.hours[hours].window0
    high = net.hours[hours].window1
    while low < high:
        middle = (low + high) // 2
        if net.windows[middle].start <= minute:
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel
def worked(net: Tables, hours: int, minute: int) -> int:
    """Open minutes before a clock minute."""
    at = window_at(net, hours, minute)
    if at < net.hours[hours].window0:
        return 0
    window = net.windows[at]
    return window.before + min(minute, window.end) - window.start


@kernel
def opening(net: Tables, hours: int, minute: int) -> int:
    """First open minute at or after a minute; -1 when there is none."""
    at = window_at(net, hours, minute)
    if at >= net.hours[hours].window0 and minute < net.windows[at].end:
        return minute
    return net.windows[at + 1].start if at + 1 < net.hours[hours].window1 else -1


@kernel
def clock(net: Tables, hours: int, minutes: int) -> int:
    """The open clock minute before which exactly so many minutes are worked; -1 when there is none."""
    low = net.hours[hours].window0
    high = net.hours[hours].window1
    while low < high:
        middle = (low + high) // 2
        if net.windows[middle].before <= minutes:
            low = middle + 1
        else:
            high = middle
    if low == net.hours[hours].window0:
        return -1
    window = net.windows[low - 1]
    minute = window.start + minutes - window.before
    return minute if minute < window.end else -1


@kernel
def finish(net: Tables, hours: int, start: int, minutes: int) -> int:
    """First clock minute by which so many open minutes have passed since ``start``; -1 when there is none."""
    if minutes <= 0:
        return start
    at = max(window_at(net, hours, start), net.hours[hours].window0)
    while at < net.hours[hours].window1:
        window = net.windows[at]
        opened = max(start, window.start)
        if opened < window.end:
            if opened + minutes <= window.end:
                return opened + minutes
            minutes -= window.end - opened
        at += 1
    return -1


@kernel
def run_minutes(pieces: int, pace: float, rate: float) -> int:
    """Working minutes for so many good pieces, without set-up."""
    return int(math.ceil(math.ceil(pieces / rate - 1e-9) * pace - 1e-9))


@kernel
def begun_minutes(pieces: int, pace: float, rate: float) -> int:
    """Run minutes that have passed when the good piece after so many is begun."""
    return int(math.floor(math.ceil(pieces / rate - 1e-9) * pace + 1e-9))


@kernel
def carriage(net: Tables, a: int, b: int, grams: int) -> int:
    """Weighted cost of one movement of a mass."""
    cost = net.given[a, b]
    if cost >= 0 or a == b:
        return max(cost, 0)
    best = -1
    co2 = 0
    for vehicle in range(net.rules[0].vehicles):
        capacity = net.capacity[vehicle]
        trips = max(1, (grams + capacity - 1) // capacity)
        yen = trips * net.trip[vehicle, a, b, 0]
        if best < 0 or yen < best:
            best = yen
            co2 = trips * net.trip[vehicle, a, b, 1]
    return net.rules[0].cost * max(best, 0) + net.rules[0].co2 * co2
