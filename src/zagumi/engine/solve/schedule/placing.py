"""One operation: which option, who attends, in one sub-lot or several."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.feeding import FINE, HALF, WHOLE, feed, pull, supply_of
from zagumi.engine.solve.schedule.fitting import fit
from zagumi.engine.solve.schedule.hours import arrival, carriage, run_minutes
from zagumi.engine.solve.schedule.occupancy import put_lot, set_done, undo
from zagumi.engine.solve.schedule.records import NEVER, State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    company_at,
    done_at,
    firm_at,
    force_at,
    found,
    link_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    part_at,
    rules,
    settings,
)
from zagumi.engine.solve.schedule.stability import moving_cost


@kernel
def time_cost(net: Tables, st: State, case: int, minute: int) -> int:
    """What it costs when a case is complete at a minute: lateness, buffer, and a longer makespan."""
    row = case_at(net, case)
    cost = 0
    if minute > row.due:
        cost += row.late * (minute - row.due)
    if minute + row.buffer > row.due:
        cost += row.risk * (minute + row.buffer - row.due)
    if minute > now(st).makespan:
        cost += rules(net).makespan * (minute - now(st).makespan)
    return cost


@kernel
def permitted(net: Tables, st: State, option: int) -> int:
    """Whether an option may be used in the insertion in hand: eligible, in the chosen team, leading where it must."""
    row = option_at(net, option)
    if not row.eligible:
        return 0
    if case_at(net, op_at(net, row.op).case).guarded:
        if now(st).replaying:
            return 1 if row.company == option_at(net, done_at(st, row.op).pick).company else 0
        if firm_at(st, row.company).allowed != now(st).stamp:
            return 0
    if now(st).leader == row.op and not company_at(net, row.company).may_lead:
        return 0
    return 1


@kernel
def extra_cost(net: Tables, st: State, option: int, minutes: int) -> int:
    """What an option costs besides yen and grams: a further company in the team, work above entitlement."""
    row = option_at(net, option)
    cost = 0
    if firm_at(st, row.company).seen != now(st).stamp:
        cost += rules(net).companies
    if rules(net).fairness > 0 and rules(net).entitled > 0:
        whole = rules(net).entitled
        total = 0
        for company in range(rules(net).company_count):
            total += firm_at(st, company).awarded
        over = firm_at(st, row.company).awarded * whole - total * company_at(net, row.company).entitled
        if over >= 0:
            cost += rules(net).fairness * (minutes * (whole - company_at(net, row.company).entitled) // whole)
    return cost


@routine
def probe(net: Tables, st: State, option: int, taker: int, quantity: int, stream: int, final: int) -> int:
    """Where a sub-lot would go on an option; nothing changes but the scratch rows of the pull.

    Returns:
        The mode, -1 when it goes nowhere; ``found`` has start, end, setup, ready, and the weighted cost with movements.
    """
    row = option_at(net, option)
    op = op_at(net, row.op)
    ready = pull(net, st, row.op, taker, quantity, row.site, stream, final)
    if ready < 0:
        return -1
    cost = found(st).movement + row.fixed + row.unit * quantity
    run = row.run if quantity == op.rest else run_minutes(quantity, row.pace, row.rate)
    best, best_start, best_end, best_setup = -1, 0, NEVER, 0
    for mode in range(row.mode0, row.mode1):
        start = fit(net, st, mode, run, ready, supply_of(net, st, mode))
        kept = mode == now(st).prefer and start == now(st).floor
        if start >= 0 and (found(st).end < best_end or kept):
            best, best_start, best_end, best_setup = mode, start, found(st).end, found(st).setup
        if kept:
            break
    if best < 0:
        return -1
    case = case_at(net, op.case)
    if op.last and case.site >= 0:
        if arrival(net, row.site, case.site, best_end) > rules(net).horizon:
            return -1
        cost += carriage(net, row.site, case.site, quantity * op.mass)
    answer = found(st)
    answer.start, answer.end, answer.setup, answer.ready, answer.cost = best_start, best_end, best_setup, ready, cost
    return best


@routine
def settle(net: Tables, st: State, option: int, taker: int, quantity: int, stream: int, final: int) -> int:
    """Put a sub-lot on an option. Returns its end, -1 when it goes nowhere; ``found.cost`` is its cost."""
    mode = probe(net, st, option, taker, quantity, stream, final)
    if mode < 0:
        return -1
    row, spot = option_at(net, option), found(st)
    number = op_at(net, row.op).lot0 + taker
    lot = lot_at(st, number)
    lot.op = row.op
    lot.mode = mode
    lot.quantity = quantity
    lot.start = spot.start
    lot.end = spot.end
    lot.setup = spot.setup
    lot.run = run_minutes(quantity, row.pace, row.rate)
    lot.ready = spot.ready
    lot.supply = supply_of(net, st, mode)
    lot.frozen = 0
    feed(net, st, taker)
    put_lot(net, st, number)
    return lot.end


@kernel
def settle_at(net: Tables, st: State, mode: int, taker: int, quantity: int, start: int, end: int, final: int) -> int:
    """Put a sub-lot where it is wished, or as little later as the rules ask for.

    What feeds it comes in batches when it could not end by ``end`` otherwise. Returns as :func:`settle`.
    """
    option, floor = mode_at(net, mode).option, now(st).floor
    now(st).floor, now(st).prefer = start, mode
    stream = WHOLE
    if probe(net, st, option, taker, quantity, WHOLE, final) < 0 or (found(st).start > start and found(st).end > end):
        stream = FINE
    there = settle(net, st, option, taker, quantity, stream, final)
    now(st).floor, now(st).prefer = floor, -1
    return there


@kernel
def _place_in_force(net: Tables, st: State, op: int) -> int:
    """Put the rest of an operation where it is in the plan in force; its cost, or -1 with nothing changed."""
    row, mark, total = op_at(net, op), now(st).logged, 0
    for number in range(row.stays):
        there = force_at(net, row.force1 - row.stays + number)
        quantity = there.quantity if row.stays > 1 else row.rest
        final = 1 if number == row.stays - 1 else 0
        end = -1
        if permitted(net, st, there.option):
            end = settle_at(net, st, there.mode, row.frozen + number, quantity, there.start, there.start, final)
        if end < 0 or now(st).forced > 0 or lot_at(st, row.lot0 + row.frozen + number).start != there.start:
            now(st).forced = 0
            undo(net, st, mark)
            return -1
        total += found(st).cost
    return total


@kernel
def _outlook(net: Tables, st: State, option: int, end: int, cost: int) -> int:
    """What the rest of the case may cost when a sub-lot on an option costs so much and ends then."""
    row = option_at(net, option)
    return cost + row.tail_cost + time_cost(net, st, op_at(net, row.op).case, end + row.tail_time)


@kernel
def _streams(net: Tables, op: int, quantity: int) -> int:
    """How many ways of streaming are worth a try for what feeds an operation."""
    for link in range(op_at(net, op).link0, op_at(net, op).link1):
        if 0 < link_at(net, link).batch < quantity * link_at(net, link).per:
            return 3
    return 1


@kernel
def _best_single(net: Tables, st: State, op: int, only: int) -> tuple[int, int, int]:
    """(option, stream, value) of the best way to make the rest in one sub-lot; option is -1 when there is none."""
    row = op_at(net, op)
    best, best_stream, best_value, best_end = -1, WHOLE, 0, NEVER
    for option in range(row.option0, row.option1):
        if (only >= 0 and option != only) or not permitted(net, st, option):
            continue
        if best >= 0 and only < 0 and below(st, 1000) < settings(st).blink:
            continue
        for stream in range(_streams(net, op, row.rest)):
            if probe(net, st, option, row.frozen, row.rest, stream, 1) < 0:
                continue
            end = found(st).end
            cost = found(st).cost + extra_cost(net, st, option, option_at(net, option).run)
            value = _outlook(net, st, option, end, cost)
            if best < 0 or value < best_value or (value == best_value and end < best_end):
                best, best_stream, best_value, best_end = option, stream, value, end
    return best, best_stream, best_value


@kernel
def _copy_part(st: State, to: int, of: int) -> None:
    there, here = part_at(st, to), part_at(st, of)
    there.option = here.option
    there.end = here.end
    there.quantity = here.quantity
    there.value = here.value


@kernel
def _choose_parts(net: Tables, st: State, op: int, parts: int) -> int:
    """Fill ``st.parts`` with the best options for so many sub-lots and share the pieces so that all end together."""
    row = op_at(net, op)
    trial = max(row.least, row.rest // parts)
    chosen = 0
    for option in range(row.option0, row.option1):
        if not permitted(net, st, option) or below(st, 1000) < settings(st).blink:
            continue
        if probe(net, st, option, row.frozen, trial, FINE, 0) < 0:
            continue
        end, cost = found(st).end, found(st).cost
        value = _outlook(net, st, option, end, cost + extra_cost(net, st, option, option_at(net, option).run // parts))
        at = min(chosen, parts)
        while at > 0 and (value < part_at(st, at - 1).value):
            if at < parts:
                _copy_part(st, at, at - 1)
            at -= 1
        if at < parts:
            part = part_at(st, at)
            part.option, part.end, part.value = option, end, value
        chosen = min(chosen + 1, parts)
    if chosen < parts:
        return 0
    speed, done = 0.0, float(row.rest - parts * trial)
    for at in range(parts):
        option_row = option_at(net, part_at(st, at).option)
        pieces = option_row.rate / max(option_row.pace, 1e-3)
        speed += pieces
        done += part_at(st, at).end * pieces
    left = row.rest
    for at in range(parts):
        part = part_at(st, at)
        option_row = option_at(net, part.option)
        pieces = int(trial + (done / speed - part.end) * option_row.rate / max(option_row.pace, 1e-3))
        part.quantity = max(row.least, min(pieces, left - row.least * (parts - 1 - at)))
        left -= part.quantity
    part_at(st, parts - 1).quantity += left
    return 1


@kernel
def _settle_parts(net: Tables, st: State, op: int, parts: int, stream: int) -> tuple[int, int, int]:
    """Put the chosen parts in place. Returns (1, cost, value), or (0, 0, 0) with nothing undone."""
    row = op_at(net, op)
    total, rest, latest = 0, 0, 0
    for at in range(parts):
        part = part_at(st, at)
        end = settle(net, st, part.option, row.frozen + at, part.quantity, stream, 1 if at == parts - 1 else 0)
        if end < 0 or now(st).forced > 0:
            return 0, 0, 0
        cost = found(st).cost
        option = option_at(net, part.option)
        total += cost
        rest = max(rest, option.tail_cost)
        latest = max(latest, end + option.tail_time)
        rest += extra_cost(net, st, part.option, lot_at(st, row.lot0 + row.frozen + at).run)
    return 1, total, total + rest + time_cost(net, st, row.case, latest)


@kernel
def _place_split(net: Tables, st: State, op: int, known: int, value: int) -> tuple[int, int]:
    """Try to split; (sub-lots, cost) placed when that beats a known value, (0, 0) and nothing changed when not."""
    row = op_at(net, op)
    streams = _streams(net, op, row.rest)
    mark = now(st).logged
    best, best_stream, best_value = 0, WHOLE, value
    for parts in range(2, row.lots + 1):
        if not _choose_parts(net, st, op, parts):
            break
        for stream in range(min(streams, HALF)):
            done, _, worth = _settle_parts(net, st, op, parts, stream)
            undo(net, st, mark)
            now(st).forced = 0
            if done and (worth < best_value or not (known or best)):
                best, best_stream, best_value = parts, stream, worth
                for at in range(parts):
                    _copy_part(st, rules(net).part_count + at, at)
    if best:
        for at in range(best):
            _copy_part(st, at, rules(net).part_count + at)
        done, cost, _ = _settle_parts(net, st, op, best, best_stream)
        if done:
            return best, cost
        undo(net, st, mark)
        now(st).forced = 0
    return 0, 0


@kernel
def feed_frozen(net: Tables, st: State, op: int) -> int:
    """Give the frozen sub-lots of an operation their pieces; their cost, or -1 when there are not enough."""
    row = op_at(net, op)
    total = 0
    for taker in range(row.frozen):
        lot = lot_at(st, row.lot0 + taker)
        option = option_at(net, mode_at(net, lot.mode).option)
        final = 1 if taker == row.frozen - 1 and row.rest == 0 else 0
        if pull(net, st, op, taker, lot.quantity, option.site, WHOLE, final) < 0:
            return -1
        feed(net, st, taker)
        total += found(st).movement + option.fixed + option.unit * lot.quantity
        case = case_at(net, row.case)
        if row.last and case.site >= 0:
            if arrival(net, option.site, case.site, lot.end) > rules(net).horizon:
                return -1
            total += carriage(net, option.site, case.site, lot.quantity * row.mass)
    return total


@kernel
def _pressed(net: Tables, st: State, op: int, option: int, stream: int) -> int:
    """Whether time costs something when the operation is made in one sub-lot there."""
    row = op_at(net, op)
    probe(net, st, option, row.frozen, row.rest, stream, 1)
    return 1 if time_cost(net, st, row.case, found(st).end + option_at(net, option).tail_time) > 0 else 0


@kernel
def _place_picked(net: Tables, st: State, op: int, pick: int) -> int:
    """Put the rest of an operation where it is suggested, when nothing else is to be chosen: most of a large network.

    Returns its cost, or -1 with nothing changed.
    """
    row = op_at(net, op)
    if pick < 0 or row.lots > 1 or _streams(net, op, row.rest) > 1 or not permitted(net, st, pick):
        return -1
    mark = now(st).logged
    if settle(net, st, pick, row.frozen, row.rest, WHOLE, 1) >= 0 and now(st).forced == 0:
        return found(st).cost
    now(st).forced = 0
    undo(net, st, mark)
    return -1


@kernel
def _place_rest(net: Tables, st: State, op: int, pick: int) -> tuple[int, int]:
    """Put the rest of an operation in one sub-lot or several: how many, and their cost; 0 when it goes nowhere."""
    row = op_at(net, op)
    option, stream, value = _best_single(net, st, op, pick)
    if option < 0 and pick >= 0:
        option, stream, value = _best_single(net, st, op, -1)
    if row.lots > 1 and (option < 0 or _pressed(net, st, op, option, stream)):
        parts, cost = _place_split(net, st, op, 1 if option >= 0 else 0, value)
        if parts > 0:
            return parts, cost
    if option < 0:
        return 0, 0
    if settle(net, st, option, row.frozen, row.rest, stream, 1) < 0 or now(st).forced > 0:
        now(st).forced = 0
        return 0, 0
    return 1, found(st).cost


@routine
def place_op(net: Tables, st: State, op: int, pick: int) -> int:
    """Place an operation whose givers are placed; ``pick`` is the option to prefer, -1 leaves the choice here.

    Returns 1, or 0 with nothing changed when it goes nowhere.
    """
    row = op_at(net, op)
    mark = now(st).logged
    total = feed_frozen(net, st, op)
    if total < 0:
        undo(net, st, mark)
        return 0
    lots = row.frozen
    if row.rest > 0:
        parts, cost = row.stays, -1
        if row.stays > 0 and done_at(st, op).stay:
            cost = _place_in_force(net, st, op)
        if cost < 0:
            parts, cost = 1, _place_picked(net, st, op, pick)
        if cost < 0:
            parts, cost = _place_rest(net, st, op, pick)
        if parts == 0:
            undo(net, st, mark)
            return 0
        lots += parts
        total += cost
    for number in range(row.lot0, row.lot0 + lots):
        firm_at(st, option_at(net, mode_at(net, lot_at(st, number).mode).option).company).seen = now(st).stamp
    set_done(st, op, lots, 1, total + moving_cost(net, st, op, lots))
    return 1
