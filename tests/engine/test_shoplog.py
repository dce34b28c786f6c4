"""The shop-floor log: what is read of it, learnt from it, left out of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from zagumi.engine.clock import MINUTES_PER_DAY
from zagumi.engine.errors import FileError
from zagumi.engine.files import problem_from_json, problem_to_json
from zagumi.engine.read.formats import read_file
from zagumi.engine.read.shoplog.actual import ACTUAL
from zagumi.engine.read.shoplog.hours import learn_hours, places
from zagumi.engine.read.shoplog.log import COLUMNS, read_log
from zagumi.engine.read.shoplog.problem import ShopLog, read_shoplog
from zagumi.engine.read.shoplog.routing import Order, orders
from zagumi.engine.read.shoplog.times import Times

REAL = Path(__file__).parents[2] / "examples" / "shoplog" / "production_log.csv"
MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - the log's clock has no zone


@pytest.fixture(scope="module")
def real() -> ShopLog:
    return read_shoplog(REAL)


Row = tuple[str, str, str, int, str, int]


def write(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    """A log of rows; ``end`` is minutes after Monday 00:00, ``minutes`` the length."""
    lines = [";".join(COLUMNS.values())]
    for row in rows:
        end = MONDAY + timedelta(minutes=int(str(row["end"])))
        values = {
            "part": "Shaft", "rework": "missing", "ordered": 10, "order": "A", "activity": "Turning - Machine 1",
            "worker": "W1", "kind": "D", "machine": "Machine 1 - Turning", "pieces": 0, "scrap": 0, "minutes": 60,
            **row, "end": f"{end:%d.%m.%Y %H:%M}",
        }  # fmt: skip
        lines.append(";".join(str(values[key]) for key in COLUMNS))
    path.write_text("\n".join(lines) + "\n")
    return path


def routed(path: Path) -> dict[str, Order]:
    log = read_log(path)
    return {order.name: order for order in orders(log, places(log))[0]}


# ---------------------------------------------------------------------------------------------------- the real log


def test_every_work_order_is_planned(real: ShopLog) -> None:
    problem = real.problem
    assert len(problem.cases) == 220
    assert {operation.case for operation in problem.operations} == {case.id for case in problem.cases}
    assert [company.id for company in problem.companies] == [
        "grinding", "inspection", "lapping", "laser marking", "packing", "turning & milling", "wire cutting",
    ]  # fmt: skip
    assert all(problem.eligible(operation) for operation in problem.operations)
    assert problem_from_json(problem_to_json(problem)) == problem


def test_every_row_is_accounted_for(real: ShopLog) -> None:
    left_out = {count.reason: len(count.lines) for count in real.actual.left_out}
    assert real.actual.rows == 2489
    assert left_out == {
        "names no machine": 22,
        "step of one trade on a machine of another": 1,
        "rework: lowers the good rate, gives no step": 11,
        "only a date and a standard length: pieces and day count, times do not": 205,
        "report type B, which the source does not explain: not learnt from": 36,
    }
    put_right = {count.reason: len(count.lines) for count in real.actual.put_right}
    assert put_right == {
        "names no step: taken as the machine's usual one": 42,
        "step names another machine than the machine column, which counts": 30,
    }
    assert len(read_log(REAL).reports) == 2489 - 22 - 1


def test_real_machines_stand_at_the_trade_they_really_do(real: ShopLog) -> None:
    problem = real.problem
    assert problem.company_of("Machine 10") == "turning & milling"  # the log's machine column says grinding
    assert problem.company_of("Machine 15") == "turning & milling"
    assert problem.company_of("Machine 27") == "grinding"
    assert {machine.id for machine in problem.machines if machine.site == "inspection"} == {
        "Quality Check 1, bench 1",
        "Quality Check 1, bench 2",
    }


def test_learnt_times_give_back_the_hours_reported(real: ShopLog) -> None:
    """On the machines really used, the planned hours of all orders are within a tenth of the reported ones."""
    times = Times(real.orders)
    planned = reported = 0.0
    for order in real.orders:
        for step in order.steps:
            work = max(step.works, key=lambda work: work.pieces)
            learnt = times.learnt(step.process, work.machine, step.part)
            planned += learnt.setup_minutes + step.quantity / learnt.good_rate * learnt.minutes_per_piece
            reported += sum(w.setup + w.run if w.is_timed else w.standard_minutes for w in step.works)
    assert 0.9 < planned / reported < 1.1


def test_releases_and_dues_are_the_real_first_and_last_report(real: ShopLog) -> None:
    actual = {order.order: order for order in real.actual.orders}
    for case in real.problem.cases:
        assert (case.release, case.due) == (actual[case.id].start, actual[case.id].finish)
        assert case.buffer == actual[case.id].finish - actual[case.id].start
    assert max(order.finish for order in real.actual.orders) <= read_log(REAL).end


def test_a_known_order_has_the_routing_one_reads_in_the_log(real: ShopLog) -> None:
    order = next(order for order in real.orders if order.name == "Case269")
    assert [(step.process, step.number, step.pieces) for step in order.steps] == [
        ("Turning & Milling", 1, 12),
        ("Turning & Milling Q.C.", 1, 12),
        ("Turning & Milling", 2, 12),
        ("Turning & Milling Q.C.", 2, 12),
        ("Lapping", 1, 12),
        ("Laser Marking", 1, 12),
        ("Round Grinding", 1, 12),
        ("Round Grinding", 2, 12),
        ("Final Inspection Q.C.", 1, 12),
        ("Packing", 1, 12),
    ]


def test_quantities_never_grow_along_a_routing(real: ShopLog) -> None:
    for order in real.orders:
        quantities = [step.quantity for step in order.steps]
        assert quantities == sorted(quantities, reverse=True)
        assert min(quantities) >= 1


def test_most_reported_minutes_lie_within_the_learnt_hours(real: ShopLog) -> None:
    seen = {machine: hours for machine, hours in real.hours.items() if hours.days >= 20}
    assert len(seen) >= 12
    assert all(hours.covered > 0.8 for hours in seen.values())
    quality = real.hours["Quality Check 1"].shifts
    saturday = (5 * MINUTES_PER_DAY, 6 * MINUTES_PER_DAY)
    assert not any(start < saturday[1] and end > saturday[0] for start, end in quality)


def test_own_times_plan_the_minutes_each_order_reported() -> None:
    own = read_shoplog(REAL, own_times=True)
    for order in own.orders:
        for at, step in enumerate(order.steps):
            timed = [work for work in step.works if work.is_timed]
            option = own.problem.operation[f"{order.name}/{10 * (at + 1)}"].options[0]
            if len(timed) == 1:
                assert option.setup_minutes == timed[0].setup
                assert abs(option.run_minutes(step.quantity) - timed[0].run) <= 1


def test_same_machines_allow_only_what_was_really_used() -> None:
    strict, free = read_shoplog(REAL, same_machines=True), read_shoplog(REAL)
    for one, other in zip(strict.problem.operations, free.problem.operations, strict=True):
        machines = {option.machine for option in one.options}
        assert machines <= {option.machine for option in other.options}
    used = {
        (o.name, 10 * (at + 1)): {w.machine for w in s.works} for o in strict.orders for at, s in enumerate(o.steps)
    }
    for operation in strict.problem.operations:
        order, step = operation.id.split("/")
        names = {option.machine.split(", bench")[0] for option in operation.options}
        assert names == used[order, int(step)]


def test_what_really_happened_is_saved_and_read_back(real: ShopLog) -> None:
    assert ACTUAL.from_json(ACTUAL.to_json(real.actual), "actual") == real.actual
    assert read_file(REAL).actual == real.actual


# ---------------------------------------------------------------------------------------------------- small logs


def test_overlapping_reports_are_merged(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.csv",
        [
            {"kind": "S", "end": 600, "minutes": 120},  # 480-600
            {"end": 660, "minutes": 90, "pieces": 4, "worker": "W2"},  # 570-660, set-up counts until 570
            {"end": 700, "minutes": 100, "pieces": 6, "worker": "W3"},  # 600-700
            {"kind": "B", "end": 720, "minutes": 30, "worker": "W2"},  # 690-720, beyond the run only 20
        ],
    )
    (order,), _ = orders(read_log(path), {"Machine 1": 1})
    (step,) = order.steps
    (work,) = step.works
    assert (work.setup, work.run, work.unexplained, work.pieces) == (90, 130, 20, 10)
    assert (step.pieces, step.quantity, step.lots) == (10, 10, 2)


def test_a_process_that_reaches_the_ordered_quantity_begins_a_second_pass(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.csv",
        [
            {"end": 600, "pieces": 4},
            {"end": 700, "pieces": 6, "machine": "Machine 2 - Turning", "activity": "Turning - Machine 2"},
            {"end": 900, "pieces": 10},
        ],
    )
    first, second = routed(path)["A"].steps
    assert (first.number, first.pieces, [work.machine for work in first.works]) == (1, 10, ["Machine 1", "Machine 2"])
    assert (second.number, second.pieces) == (2, 10)


def test_inspection_stands_behind_what_it_inspects_and_packing_last(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.csv",
        [
            {"end": 650, "activity": "Turning Q.C.", "machine": "Quality Check 1"},
            {"end": 800, "pieces": 10},
            {"end": 1440 + 60, "pieces": 10, "activity": "Packing", "machine": "Packing", "worker": "P"},
            {"end": 1440 + 700, "pieces": 10, "activity": "Final Inspection Q.C.", "machine": "Quality Check 1"},
        ],
    )
    order = routed(path)["A"]
    assert [step.process for step in order.steps] == ["Turning", "Turning Q.C.", "Final Inspection Q.C.", "Packing"]
    # packing has a date only, so the order was finished with its last timed report
    assert order.finish == 1440 + 700


def test_rework_lowers_the_good_rate_and_makes_no_step(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.csv",
        [
            {"end": 600, "minutes": 90, "pieces": 10},
            {"end": 900, "minutes": 10, "pieces": 2, "rework": "Y"},
        ],
    )
    order = routed(path)["A"]
    (step,) = order.steps
    assert (step.pieces, step.reworked) == (10, (("Machine 1", 10),))
    assert Times([order]).learnt("Turning").good_rate == 0.9


def test_an_order_of_rework_alone_is_planned_as_it_was(tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [{"end": 600, "pieces": 10, "rework": "Y"}])
    (step,) = routed(path)["A"].steps
    assert (step.pieces, step.reworked) == (10, ())


def test_minutes_per_piece_ignore_a_wild_report(tmp_path: Path) -> None:
    """Twenty orders at 2 minutes a piece and 30 of set-up; one of them took ten times as long."""
    rows: list[dict[str, object]] = []
    for at in range(20):
        pieces, start = 10 + 5 * at, at * MINUTES_PER_DAY + 480
        run = 2 * pieces * (10 if at == 7 else 1)
        rows.append({"order": f"O{at}", "ordered": pieces, "kind": "S", "end": start + 30, "minutes": 30})
        rows.append({"order": f"O{at}", "ordered": pieces, "end": start + 30 + run, "minutes": run, "pieces": pieces})
    learnt = Times(routed(write(tmp_path / "log.csv", rows)).values()).learnt("Turning", "Machine 1")
    assert learnt.setup_minutes == 30
    assert learnt.minutes_per_piece == pytest.approx(2.0, rel=0.02)
    assert learnt.observations == 20
    assert learnt.spread < 0.1


def test_few_observations_of_a_machine_change_little(tmp_path: Path) -> None:
    """Machine 2 was seen once, at twice the time: it counts one against three for the process as a whole."""
    rows: list[dict[str, object]] = [
        {
            "order": f"O{at}",
            "end": at * MINUTES_PER_DAY + 800,
            "minutes": 20 + 4 * at,
            "pieces": 10 + 2 * at,
            "ordered": 10 + 2 * at,
        }
        for at in range(12)
    ]
    rows.append({"order": "X", "machine": "Machine 2 - Turning", "activity": "Turning - Machine 2", "end": 20_000,
                 "minutes": 80, "pieces": 20, "ordered": 20})  # fmt: skip
    times = Times(routed(write(tmp_path / "log.csv", rows)).values())
    one, two = times.learnt("Turning", "Machine 1"), times.learnt("Turning", "Machine 2")
    assert one.minutes_per_piece < two.minutes_per_piece < 1.3 * one.minutes_per_piece


def test_hours_are_those_of_the_days_worked(tmp_path: Path) -> None:
    """Five weeks of Monday to Friday, 8 to 16 with an hour of lunch; one Saturday of overtime is no habit."""
    rows: list[dict[str, object]] = []
    for week in range(5):
        for day in range(5):
            start = (week * 7 + day) * MINUTES_PER_DAY
            rows.append({"end": start + 12 * 60, "minutes": 240, "pieces": 1, "order": f"{week}{day}"})
            rows.append({"end": start + 16 * 60, "minutes": 180, "pieces": 1, "order": f"{week}{day}"})
    rows.append({"end": 5 * MINUTES_PER_DAY + 12 * 60, "minutes": 240, "pieces": 1, "order": "overtime"})
    hours = learn_hours(read_log(write(tmp_path / "log.csv", rows)))["Machine 1"]
    assert hours.shifts == tuple((d * MINUTES_PER_DAY + 480, d * MINUTES_PER_DAY + 960) for d in range(5))
    assert (hours.days, hours.source) == (26, "machine")
    assert 0.95 < hours.covered < 1


def test_a_room_with_several_benches_shows_itself(tmp_path: Path) -> None:
    check = {"activity": "Turning Q.C.", "machine": "Quality Check 1", "minutes": 120, "pieces": 1}
    both = [{**check, "end": 600 + at * 200, "worker": worker} for at in range(4) for worker in ("W1", "W2")]
    log = read_log(
        write(tmp_path / "log.csv", [*both, {"end": 900, "pieces": 1}, {"end": 910, "pieces": 1, "worker": "W9"}])
    )
    assert places(log)["Quality Check 1"] == 2


@pytest.mark.parametrize(
    ("content", "place", "expected"),
    [
        ("a;b\n1;2\n", "line 1", "a heading with Part_Desc_"),
        (";".join(COLUMNS.values()) + "\n", "file", "at least one report"),
        (";".join(COLUMNS.values()) + "\n1;2\n", "line 2", "12 columns"),
        (
            ";".join(COLUMNS.values()) + "\nShaft;Y;10;A;Turning;W;D;Machine 1;1;0;x;01.01.2024 08:00\n",
            "file",
            "at least one report",
        ),
        (
            ";".join(COLUMNS.values()) + "\nShaft;Y;10;A;other;W;D;other;1;0;5;01.01.2024 08:00\n",
            "file",
            "reports that name",
        ),
        (
            ";".join(COLUMNS.values()) + "\nShaft;Y;0;A;Turning;W;D;Machine 1;1;0;5;01.01.2024 08:00\n",
            "file",
            "at least one report",
        ),
    ],
)
def test_what_is_no_such_log_is_refused(tmp_path: Path, content: str, place: str, expected: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(content)
    with pytest.raises(FileError) as raised:
        read_shoplog(path)
    assert raised.value.place == place
    assert raised.value.expected.startswith(expected)


def test_unreadable_and_repeated_rows_are_dropped_with_their_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path / "log.csv", [{"end": 600, "pieces": 5}, {"end": 600, "pieces": 5}, {"end": 900, "minutes": "-3"}]
    )
    log = read_log(path)
    assert [(row.line, row.reason) for row in log.dropped] == [
        (4, "unreadable number or time"),
        (3, "repeats an earlier row"),
    ]
