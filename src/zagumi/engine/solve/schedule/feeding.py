"""Which pieces feed which sub-lot, in how many movements, and when they are there."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.hours import (
    arrival,
    begun_minutes,
    carriage,
    departure,
    finish,
    run_minutes,
    worked,
)
from zagumi.engine.solve.schedule.occupancy import set_feed
from zagumi.engine.solve.schedule.records import BATCHES, NEVER, State, Tables
from zagumi.engine.solve.schedule.rows import (
    arrival_at,
    case_at,
    done_at,
    feed_at,
    found,
    link_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    pull_at,
    rules,
)

WHOLE, FINE, HALF = 0, 1, 2  # how pieces stream: in one movement, in the smallest batches, in two


@kernel
def done_by(net: Tables, st: State, lot: int, pieces: int) -> int:
    """The minute by which a sub-lot has so many pieces done."""
    row = lot_at(st, lot)
    if pieces >= row.quantity:
        return row.end
    mode = mode_at(net, row.mode)
    option = option_at(net, mode.option)
    moment = finish(net, mode.hours, row.start, row.setup + run_minutes(pieces, option.pace, option.rate))
    return row.end if moment < 0 else min(moment, row.end)


@kernel
def sent_before(net: Tables, st: State, link: int, giver: int, taker: int) -> int:
    """Pieces that a giver (numbered within its operation) sends over a link to takers numbered below ``taker``."""
    row = link_at(net, link)
    total = 0
    for other in range(taker):
        total += feed_at(st, row.feed0 + giver * row.width + other).pieces
    return total


@kernel
def _left(net: Tables, st: State, link: int, giver: int) -> int:
    """Pieces a giver can still send; none after a movement below the batch, which must be its last to free work."""
    row = link_at(net, link)
    free = op_at(net, row.after).frozen
    left = lot_at(st, op_at(net, row.before).lot0 + giver).quantity
    for other in range(row.width):
        pieces = feed_at(st, row.feed0 + giver * row.width + other).pieces
        left -= pieces
        if other >= free and 0 < pieces < row.batch:
            return 0
    return left


@kernel
def split_up(pieces: int, batch: int, stream: int, final: int) -> tuple[int, int]:
    """Size and number of movements of so many pieces; the last takes the rest, less than a batch only when final."""
    size = pieces
    if batch > 0 and stream == FINE:
        size = max(batch, (pieces + BATCHES - 1) // BATCHES)
    elif batch > 0 and stream == HALF:
        size = max(batch, (pieces + 1) // 2)
    if size >= pieces:
        return pieces, 1
    return size, (pieces + size - 1) // size if final else max(1, pieces // size)


@kernel
def _arrive(net: Tables, st: State, link: int, lot: int, offset: int, first: int, a: int, b: int) -> int:
    """Enter the arrivals of the last pull, sorted by time among those from ``first`` on; returns the earliest."""
    pull = pull_at(st, now(st).pulls - 1)
    done = 0
    earliest = NEVER
    for number in range(pull.count):
        pieces = pull.batch if number < pull.count - 1 else pull.pieces - done
        done += pieces
        time = arrival(net, a, b, done_by(net, st, lot, offset + done) + link_at(net, link).lag)
        earliest = min(earliest, time)
        at = now(st).arrivals
        while at > first and arrival_at(st, at - 1).time > time:
            arrival_at(st, at).time = arrival_at(st, at - 1).time
            arrival_at(st, at).ahead = arrival_at(st, at - 1).ahead
            at -= 1
        arrival_at(st, at).time = time
        arrival_at(st, at).ahead = pieces
        now(st).arrivals += 1
    return earliest


@kernel
def _leaves_last(net: Tables, st: State, link: int, giver: int, taker: int, site: int, pieces: int, final: int) -> int:
    """Whether what a giver sends a taker leaves behind all it sends to others, where it may be less than a batch.

    Runs of services can turn the order of departure round.
    """
    row = link_at(net, link)
    free, width = op_at(net, row.after).frozen, row.width
    if row.batch == 0 or rules(net).service_count == 0 or not (final or pieces < row.batch):
        return 1
    number = op_at(net, row.before).lot0 + giver
    a, sent = option_at(net, mode_at(net, lot_at(st, number).mode).option).site, 0
    last, own = (
        0,
        departure(net, a, site, done_by(net, st, number, sent_before(net, st, link, giver, taker) + pieces) + row.lag),
    )
    for other in range(taker):
        given = feed_at(st, row.feed0 + giver * width + other).pieces
        sent += given
        if other >= free and given > 0:
            lot = lot_at(st, op_at(net, row.after).lot0 + other)
            b = option_at(net, mode_at(net, lot.mode).option).site
            last = max(last, departure(net, a, b, done_by(net, st, number, sent) + row.lag))
    return 1 if last <= own else 0


@kernel
def _pull_link(
    net: Tables, st: State, link: int, taker: int, pieces: int, site: int, stream: int, final: int
) -> tuple[int, int]:
    """Choose givers over one link, earliest arrival first. Returns (ready, cost); ready -1: pieces are missing."""
    row = link_at(net, link)
    op = op_at(net, row.before)
    pulled, first = now(st).pulls, now(st).arrivals
    ready, cost = 0, 0
    earliest = NEVER
    while pieces > 0:
        best, best_time, best_left = -1, NEVER, 0
        for giver in range(done_at(st, row.before).lots):
            lot = lot_at(st, op.lot0 + giver)
            time = arrival(net, option_at(net, mode_at(net, lot.mode).option).site, site, lot.end + row.lag)
            if time >= best_time:
                continue
            known = False
            for other in range(pulled, now(st).pulls):
                known = known or pull_at(st, other).giver == giver
            if not known:
                left = _left(net, st, link, giver)
                if left > 0 and _leaves_last(net, st, link, giver, taker, site, min(left, pieces), final):
                    best, best_time, best_left = giver, time, left
        if best < 0:
            return -1, 0
        lot0 = op.lot0 + best
        take = min(best_left, pieces)
        pieces -= take
        from_site = option_at(net, mode_at(net, lot_at(st, lot0).mode).option).site
        size, count = split_up(take, row.batch, stream, final)
        pull = pull_at(st, now(st).pulls)
        now(st).pulls += 1
        pull.link, pull.giver, pull.pieces, pull.batch, pull.count = link, best, take, size, count
        cost += carriage(net, from_site, site, (take - (count - 1) * size) * row.mass)
        if count > 1:
            cost += (count - 1) * carriage(net, from_site, site, size * row.mass)
        if row.batch == 0:
            ready = max(ready, arrival(net, from_site, site, lot_at(st, lot0).end + row.lag))
        else:
            sent = sent_before(net, st, link, best, taker)
            earliest = min(earliest, _arrive(net, st, link, lot0, sent, first, from_site, site))
    if row.batch > 0:
        # what is there before an arrival decides how far the work may have come by then
        ready = max(ready, earliest)
        ahead = 0
        for at in range(first, now(st).arrivals):
            arrived = arrival_at(st, at).ahead
            arrival_at(st, at).ahead = ahead // row.per if ahead > 0 else -1
            ahead += arrived
    return ready, cost


@routine
def pull(net: Tables, st: State, op: int, taker: int, quantity: int, site: int, stream: int, final: int) -> int:
    """Find what feeds a sub-lot at a site, without changing anything but the scratch rows ``pulls`` and ``arrivals``.

    Args:
        taker: number of the sub-lot within its operation.
        final: it is the last sub-lot of the operation to be fed.

    Returns:
        First minute at which it may start, -1 when there are not enough pieces; ``found.movement`` is the weighted
        cost of the movements.
    """
    now(st).pulls = 0
    now(st).arrivals = 0
    ready, cost = max(now(st).floor, case_at(net, op_at(net, op).case).release), 0
    for link in range(op_at(net, op).link0, op_at(net, op).link1):
        there, yen = _pull_link(net, st, link, taker, quantity * link_at(net, link).per, site, stream, final)
        if there < 0:
            return -1
        ready = max(ready, there)
        cost += yen
    found(st).movement = cost
    return ready


@routine
def supply_of(net: Tables, st: State, mode: int) -> int:
    """Least worked minute at which the run may begin so that it never waits for the arrivals of the last pull."""
    row = mode_at(net, mode)
    option = option_at(net, row.option)
    least = 0
    for at in range(now(st).arrivals):
        arrival = arrival_at(st, at)
        if arrival.ahead >= 0:
            # a minute of work that begins at or after the arrival ends after the minute before it
            needed = worked(net, row.hours, arrival.time - 1) + 1
            least = max(least, needed - begun_minutes(arrival.ahead, option.pace, option.rate))
    return least


@routine
def feed(net: Tables, st: State, taker: int) -> None:
    """Enter the last pull as feeds of a taker (numbered within its operation)."""
    for at in range(now(st).pulls):
        pulled = pull_at(st, at)
        row = link_at(net, pulled.link)
        set_feed(st, row.feed0 + pulled.giver * row.width + taker, pulled.pieces, pulled.batch, pulled.count)


@routine
def unfeed(net: Tables, st: State, op: int) -> None:
    """Take back what feeds an operation."""
    for link in range(op_at(net, op).link0, op_at(net, op).link1):
        row = link_at(net, link)
        for giver in range(done_at(st, row.before).lots):
            for taker in range(row.width):
                at = row.feed0 + giver * row.width + taker
                if feed_at(st, at).pieces > 0:
                    set_feed(st, at, 0, 0, 0)
