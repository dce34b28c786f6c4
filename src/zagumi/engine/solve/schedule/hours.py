"""Clock minutes, worked minutes and journeys, compiled."""

from __future__ import annotations

import math

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.records import Tables
from zagumi.engine.solve.schedule.rows import (
    hours_at,
    journey_at,
    rules,
    run_at,
    service_at,
    trip_at,
    vehicle_at,
    window_row,
)


@kernel
def window_at(net: Tables, hours: int, minute: int) -> int:
    """The last window that opens at or before a minute; one before the first when there is none."""
    low = hours_at(net, hours).window0
    high = hours_at(net, hours).window1
    while low < high:
        middle = (low + high) // 2
        if window_row(net, middle).start <= minute:
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel
def worked(net: Tables, hours: int, minute: int) -> int:
    """Open minutes before a clock minute."""
    at = window_at(net, hours, minute)
    if at < hours_at(net, hours).window0:
        return 0
    window = window_row(net, at)
    return window.before + min(minute, window.end) - window.start


@kernel
def opening(net: Tables, hours: int, minute: int) -> int:
    """First open minute at or after a minute; -1 when there is none."""
    at = window_at(net, hours, minute)
    if at >= hours_at(net, hours).window0 and minute < window_row(net, at).end:
        return minute
    return window_row(net, at + 1).start if at + 1 < hours_at(net, hours).window1 else -1


@kernel
def clock(net: Tables, hours: int, minutes: int) -> int:
    """The open clock minute before which exactly so many minutes are worked; -1 when there is none."""
    low = hours_at(net, hours).window0
    high = hours_at(net, hours).window1
    while low < high:
        middle = (low + high) // 2
        if window_row(net, middle).before <= minutes:
            low = middle + 1
        else:
            high = middle
    if low == hours_at(net, hours).window0:
        return -1
    window = window_row(net, low - 1)
    minute = window.start + minutes - window.before
    return minute if minute < window.end else -1


@kernel
def finish(net: Tables, hours: int, start: int, minutes: int) -> int:
    """First clock minute by which so many open minutes have passed since ``start``; -1 when there is none."""
    if minutes <= 0:
        return start
    at = max(window_at(net, hours, start), hours_at(net, hours).window0)
    while at < hours_at(net, hours).window1:
        window = window_row(net, at)
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


@routine
def _run_from(net: Tables, service: int, ready: int) -> int:
    """Position of the first run that departs at a minute or later; -1 after the last."""
    low, high = service_at(net, service).run0, service_at(net, service).run1
    if ready > service_at(net, service).last:
        return -1
    while low < high:
        middle = (low + high) // 2
        if run_at(net, middle).departure < ready:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def journey(net: Tables, a: int, b: int) -> int:
    """Fewest minutes from a site to another."""
    minutes = journey_at(net, a * rules(net).site_count + b).minutes
    return minutes if minutes >= 0 else service_at(net, -1 - minutes).least


@kernel
def departure(net: Tables, a: int, b: int, ready: int) -> int:
    """When what is ready at a site leaves for another; behind the horizon after the last run of a service."""
    minutes = journey_at(net, a * rules(net).site_count + b).minutes
    if minutes >= 0:
        return ready
    run = _run_from(net, -1 - minutes, ready)
    return run_at(net, run).departure if run >= 0 else rules(net).horizon + 1


@kernel
def arrival(net: Tables, a: int, b: int, ready: int) -> int:
    """When what is ready at a site reaches another; behind the horizon after the last run of a service."""
    minutes = journey_at(net, a * rules(net).site_count + b).minutes
    if minutes >= 0:
        return ready + minutes
    run = _run_from(net, -1 - minutes, ready)
    return run_at(net, run).arrival if run >= 0 else rules(net).horizon + 1


@kernel
def ready_for(net: Tables, a: int, b: int, by: int) -> int:
    """The last minute at which something must be ready at a site to reach another by a minute; -1 when no run does."""
    minutes = journey_at(net, a * rules(net).site_count + b).minutes
    if minutes >= 0:
        return by - minutes
    service = service_at(net, -1 - minutes)
    low, high = service.run0, service.run1
    while low < high:
        middle = (low + high) // 2
        if run_at(net, middle).arrival <= by:
            low = middle + 1
        else:
            high = middle
    return run_at(net, low - 1).departure if low > service.run0 else -1


@kernel
def served(net: Tables, a: int, b: int) -> int:
    """Whether a service goes from a site to another."""
    return 1 if journey_at(net, a * rules(net).site_count + b).minutes < 0 else 0


@kernel
def missed(net: Tables, a: int, b: int, ready: int) -> int:
    """Whether the last run of a service has gone when something is ready."""
    minutes = journey_at(net, a * rules(net).site_count + b).minutes
    return 1 if minutes < 0 and ready > service_at(net, -1 - minutes).last else 0


@kernel
def carriage(net: Tables, a: int, b: int, grams: int) -> int:
    """Weighted cost of one movement of a mass."""
    cost = journey_at(net, a * rules(net).site_count + b).given
    if cost >= 0 or a == b:
        return max(cost, 0)
    best = -1
    co2 = 0
    for vehicle in range(rules(net).vehicle_count):
        capacity = vehicle_at(net, vehicle).capacity
        trips = max(1, (grams + capacity - 1) // capacity)
        trip = trip_at(net, (vehicle * rules(net).site_count + a) * rules(net).site_count + b)
        yen = trips * trip.yen
        if best < 0 or yen < best:
            best = yen
            co2 = trips * trip.co2
    return rules(net).cost * max(best, 0) + rules(net).co2 * co2
