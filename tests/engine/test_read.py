"""Readers of public formats: what they make of small files, and how they refuse bad ones."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zagumi.engine.errors import FileError
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
from zagumi.engine.problem import Problem
from zagumi.engine.read.formats import detect, read_file
from zagumi.engine.read.source import Source

DATA = Path(__file__).parents[1] / "data"
EXAMPLES = Path(__file__).parents[2] / "examples"


def lots(*rows: tuple[int, int, int, int]) -> tuple[SubLot, ...]:
    """Sub-lots of one piece from (operation, machine, start, end)."""
    return tuple(SubLot(str(op), 1, str(machine), 1, start, end) for op, machine, start, end in rows)


def test_flexible_job_shop_with_assembly() -> None:
    given = read_file(DATA / "fjsp.txt")
    problem = given.problem
    assert given.format == "fjsp"
    assert given.is_numbered
    assert [operation.id for operation in problem.operations] == ["0", "1", "2", "3", "4"]
    assert [link.before for link in problem.operation["2"].after] == ["0", "1"]
    assert {o.machine: o.run_minutes(1) for o in problem.operation["4"].options} == {"0": 7, "1": 9, "2": 8}
    assert {operation.case for operation in problem.operations[:3]} == {"job 0"}
    assert {operation.case for operation in problem.operations[3:]} == {"job 1"}
    plan = Plan(
        lots((0, 0, 0, 4), (1, 1, 0, 0), (2, 2, 4, 9), (3, 1, 0, 2), (4, 0, 4, 11)),
        (Transfer("0", 1, "2", 1, 1, 4, 4), Transfer("1", 1, "2", 1, 1, 0, 0), Transfer("3", 1, "4", 1, 1, 2, 2)),
    )
    assert check(problem, plan) == ()
    assert measure(problem, plan).objective(problem.policy.weights) == 11


def test_travel_times_run_from_machine_to_machine() -> None:
    problem = read_file(DATA / "fjsp-transport.txt").problem
    assert read_file(DATA / "fjsp-transport.txt").format == "fjsp-transport"
    assert problem.haul("0", "1", 0).minutes == 3
    assert problem.haul("1", "0", 0).minutes == 9
    stay = Plan(
        lots((0, 0, 0, 5), (1, 1, 8, 14), (2, 0, 23, 30)),
        (Transfer("0", 1, "1", 1, 1, 5, 8), Transfer("1", 1, "2", 1, 1, 14, 23)),
    )
    assert check(problem, stay) == ()
    hurried = Plan(stay.sublots, (stay.transfers[0], Transfer("1", 1, "2", 1, 1, 14, 22)))
    assert {fault.rule for fault in check(problem, hurried)} == {"travel"}


def test_distributed_with_transfers() -> None:
    given = read_file(DATA / "dfjsp.json")
    problem = given.problem
    assert given.format == "dfjsp"
    assert problem.name == "two factories"
    assert [problem.company_of(machine.id) for machine in problem.machines] == ["factory 0", "factory 0", "factory 1"]
    assert problem.haul("0", "1", 0).minutes == 10
    assert problem.haul("0", "2", 0).minutes == 25
    assert problem.haul("1", "1", 0).minutes == 0
    assert [operation.case for operation in problem.operations] == ["job 0"] * 3 + ["job 1"]


def test_distributed_with_assignment_keeps_a_job_in_one_factory() -> None:
    given = read_file(DATA / "dfjsp.txt")
    problem = given.problem
    assert given.format == "dfjsp"
    assert problem.policy.one_company == {"job 0", "job 1"}
    assert [o.machine for o in problem.operation["0"].options] == ["0", "3"]
    assert [o.machine for o in problem.operation["1"].options] == ["0", "1", "2"]
    assert {o.machine: o.run_minutes(1) for o in problem.operation["2"].options} == {"1": 7, "2": 8, "3": 1}
    split = Plan(lots((0, 0, 0, 5), (1, 2, 5, 14), (2, 1, 0, 7)), (Transfer("0", 1, "1", 1, 1, 5, 5),))
    assert "team" in {fault.rule for fault in check(problem, split)}


def test_network_objective_is_tardiness_plus_cost_plus_travel() -> None:
    given = read_file(DATA / "network.json")
    problem = given.problem
    assert given.format == "network"
    plan = Plan(lots((0, 0, 5, 15), (1, 2, 30, 60), (2, 1, 0, 5)), (Transfer("0", 1, "1", 1, 1, 15, 30),))
    assert check(problem, plan) == ()
    # 20 minutes late at 2 yen, 100 + 5 + 1 of options, 7 of the way
    assert measure(problem, plan).objective(problem.policy.weights) == 40 + 106 + 7


@pytest.mark.parametrize("name", ["fjsp.txt", "fjsp-transport.txt", "dfjsp.json", "dfjsp.txt", "network.json"])
def test_everything_one_after_the_other_fits_before_the_horizon(name: str) -> None:
    problem = read_file(DATA / name).problem
    assert check(problem, slowly(problem)) == ()


def slowly(problem: Problem) -> Plan:
    """The worst sensible plan: one operation after the other on its slowest machine, the longest way between."""
    at, done, sublots, transfers = max(case.release for case in problem.cases), {}, [], []
    company: dict[str, str | None] = {}
    for name in problem.order:
        operation = problem.operation[name]
        options = [o for o in operation.options if company.get(operation.case) in (None, problem.company_of(o.machine))]
        option = max(options, key=lambda o: o.run_minutes(1))
        if operation.case in problem.policy.one_company:
            company[operation.case] = problem.company_of(option.machine)
        arrivals = []
        for link in operation.after:
            giver = done[link.before]
            way = problem.haul(problem.machine[giver.machine].site, problem.machine[option.machine].site, 0).minutes
            transfers.append(Transfer(link.before, 1, name, 1, 1, giver.end, giver.end + way))
            arrivals.append(at + way)
        start = max([at, *arrivals])
        done[name] = SubLot(name, 1, option.machine, 1, start, start + option.run_minutes(1))
        sublots.append(done[name])
        at = done[name].end
    return Plan(tuple(sublots), tuple(transfers))


@pytest.mark.parametrize(
    ("name", "operations", "machines", "form"),
    [
        ("fjsp/kacem1.txt", 12, 5, "fjsp"),
        ("fjsp/fattahi10.txt", 12, 5, "fjsp"),
        ("fjsp/mk01.txt", 55, 6, "fjsp"),
        ("fjsp/mt10c1.txt", 100, 11, "fjsp"),
        ("fjsp/YFJS01.txt", 40, 7, "fjsp"),
        ("fjsp-transport/sfjs01.txt", 4, 2, "fjsp-transport"),
        ("fjsp-transport/mfjs01.txt", 15, 6, "fjsp-transport"),
        ("fjsp-transport/MK01.txt", 55, 6, "fjsp-transport"),
    ],
)
def test_examples_are_read_as_what_they_are(name: str, operations: int, machines: int, form: str) -> None:
    given = read_file(EXAMPLES / "benchmarks" / name)
    assert (len(given.problem.operations), len(given.problem.machines), given.format) == (operations, machines, form)


def refused(tmp_path: Path, content: str | bytes, form: str) -> FileError:
    path = tmp_path / "given"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(FileError) as raised:
        read_file(path, form)
    assert raised.value.file == "given"
    return raised.value


@pytest.mark.parametrize(
    ("content", "form", "place", "given", "expected"),
    [
        ("1 0 1\n1 0 x\n", "fjsp", "line 2, minutes", "x", "a whole number from 0"),
        ("1 0 1\n1 0 -4\n", "fjsp", "line 2, minutes", "-4", "a whole number from 0"),
        ("1 0 1\n1 0 2.5\n", "fjsp", "line 2, minutes", "2.5", "a whole number"),
        ("1 0 1\n1 0 1e99\n", "fjsp", "line 2, minutes", "1e99", "a whole number"),
        ("1 0 1\n1 0 nan\n", "fjsp", "line 2, minutes", "nan", "a whole number"),
        ("1 0 1\n1 1 3\n", "fjsp", "line 2, machine", "1", "from 0 to 0"),
        ("1 0 2\n2 0 3\n", "fjsp", "line 2", "2 numbers", "4 numbers"),
        ("1 0 2\n2 0 3 0 4\n", "fjsp", "line 2", "2 0 3 0 4", "each machine once"),
        ("1 0 2\n0\n", "fjsp", "line 2, machines of the operation", "0", "from 1 to 2"),
        ("2 0 1\n1 0 3\n", "fjsp", "line 2", "2 lines", "3 lines"),
        ("2 1 1\n0 2\n1 0 3\n1 0 3\n", "fjsp", "line 2, operation", "2", "from 0 to 1"),
        ("2 2 1\n0 1\n1 0\n1 0 3\n1 0 3\n", "fjsp", "operations", "0 -> 1 -> 0", "without a cycle"),
        ("3 x\n", "fjsp", "line 1", "3 x", "operations, precedences and machines"),
        ("1 0 2\n1 0 3\n0 4\n4\n", "fjsp-transport", "line 4", "1 numbers", "2 travel times"),
        ("1 1 2\n1 1 1\n2 1 0 3\n", "dfjsp", "line 3", "2 1 0 3", "operation 1"),
        ("1 2 1\n1 1 1\n1 1 1 3\n", "dfjsp", "job 1", "[0, 1] operations", "the same operations"),
        ("1 1 1\n1 1 2\n1 1 1 3\n", "dfjsp", "line 3", "the end", "2 operations of job 1"),
        ('{"a": ', "network", "line 1, column 7", "the end", "JSON"),
        ('{"ops": 3}', "network", "ops", "3", "a list"),
        ('{"ops": NaN}', "network", "number", "NaN", "a finite number"),
        ("[" * 100_000, "network", "file", "lists nested too deeply", "JSON of a few levels"),
        ("", "fjsp", "file", "nothing", "some content"),
        (b"\x00\x01", "fjsp", "byte 0", "a zero byte", "text"),
        (b"3 \xff", "fjsp", "byte 2", "byte 0xff", "text in UTF-8"),
        ("hello\nworld\n", "auto", "line 1", "hello", "a file of problem, fjsp"),
    ],
)
def test_bad_files_are_refused_with_place_and_expectation(
    tmp_path: Path, content: str | bytes, form: str, place: str, given: str, expected: str
) -> None:
    error = refused(tmp_path, content, form)
    assert error.place == place
    assert error.given.startswith(given)
    assert expected in error.expected


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda data: data["machine_factory"].__setitem__(0, "a"), "machine_factory[0]"),
        (lambda data: data["machine_factory"].__setitem__(0, 10**6), "machine_factory"),
        (lambda data: data.pop("jobs"), "file"),
        (lambda data: data.update(machine_factory=5), "machine_factory"),
        (lambda data: data["jobs"][0][1][0].update(machine=7), "jobs[0][1][0], machine"),
        (lambda data: data["jobs"][0][1][0].update(factory=1), "jobs[0][1][0], factory"),
        (lambda data: data["jobs"][0].__setitem__(1, []), "jobs[0][1]"),
        (lambda data: data["jobs"][0][1].__setitem__(0, {"machine": 1}), "jobs[0][1][0]"),
        (lambda data: data.update(jobs=[]), "jobs"),
    ],
)
def test_bad_distributed_json_is_refused(tmp_path: Path, change: object, place: str) -> None:
    data = json.loads((DATA / "dfjsp.json").read_text())
    change(data)  # type: ignore[operator]
    assert refused(tmp_path, json.dumps(data), "dfjsp").place == place


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda data: data["ops"][0].append([0, 1, 1]), "ops[0]"),
        (lambda data: data["ops"].__setitem__(0, []), "ops[0]"),
        (lambda data: data["TT"][0].append(3), "TT[0]"),
        (lambda data: data["TC"].pop(), "TC"),
        (lambda data: data["msite"].__setitem__(1, 5), "msite[1]"),
        (lambda data: data["prec"].append([0, 9]), "prec[1]"),
        (lambda data: data["orders"][0].update(due=3), "orders[0], due"),
        (lambda data: data["orders"][0].update(last=0), "orders[0], last"),
        (lambda data: data["orders"][1]["ops"].append(0), "orders[1], ops"),
        (lambda data: data["orders"].pop(), "orders"),
        (lambda data: data["orders"].append({"w": 1}), "orders[2]"),
        (lambda data: data["orders"].append(7), "orders[2]"),
    ],
)
def test_bad_networks_are_refused(tmp_path: Path, change: object, place: str) -> None:
    data = json.loads((DATA / "network.json").read_text())
    change(data)  # type: ignore[operator]
    assert refused(tmp_path, json.dumps(data), "network").place == place


def test_folders_devices_and_missing_files_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", Path("/dev/zero")):
        for form in ("auto", "fjsp", "problem", "workbook", "shoplog"):
            with pytest.raises(FileError):
                read_file(path, form)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), data=st.data())
def test_whatever_stands_in_a_file_is_read_or_refused(tmp_path: Path, content: bytes, data: st.DataObject) -> None:
    """Random bytes, and real files with a piece replaced by random bytes."""
    path = tmp_path / "given"
    source = data.draw(
        st.sampled_from([None, "fjsp.txt", "fjsp-transport.txt", "dfjsp.json", "dfjsp.txt", "network.json"])
    )
    if source is not None:
        whole = (DATA / source).read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        content = whole[:cut] + content[:8] + whole[cut + data.draw(st.integers(0, 8)) :]
    path.write_bytes(content)
    form = data.draw(st.sampled_from(["auto", "fjsp", "fjsp-transport", "dfjsp", "network", "problem", "shoplog"]))
    with suppress(FileError):
        read_file(path, form)


def test_detection_looks_at_content_not_at_names(tmp_path: Path) -> None:
    for name in ("fjsp.txt", "network.json"):
        (tmp_path / "other.dat").write_bytes((DATA / name).read_bytes())
        assert detect(tmp_path / "other.dat") == detect(DATA / name)


def said(source: Source, **each: Any) -> Any:
    """What reading gives, or where it is refused."""
    try:
        return source.json(**each)
    except FileError as error:
        return error.place


@given(st.data())
def test_json_read_entry_by_entry_is_the_same_json(data: st.DataObject) -> None:
    values = st.recursive(
        st.none() | st.integers() | st.text("a]},"), lambda v: st.lists(v) | st.dictionaries(st.text("b:"), v)
    )
    content = {"ops": data.draw(st.lists(values)), "more": data.draw(values)}
    text = json.dumps(content, indent=data.draw(st.sampled_from([None, 1])))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.sampled_from(["", ",", "]", "}", "7", '"'])) + text[at + 1 :]
    source = Source("file.json", text or " ")
    assert said(source, ops=lambda _, entry: entry) == said(source)


def test_entries_are_numbered_and_replaced_as_they_are_read() -> None:
    source = Source("file.json", '{"n": 1, "ops": [5, [6]], "rest": [7]}')
    assert source.json(ops=lambda number, entry: (number, entry)) == {"n": 1, "ops": [(0, 5), (1, [6])], "rest": [7]}
    assert Source("file.json", "[1]").json(ops=lambda *_: None) == [1]
