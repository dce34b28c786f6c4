"""Files: exact round trips, strict reading with the place of each mistake, older versions, published schemas."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.engine.strategies import NAMES, tiny_problems
from tests.engine.test_check import PLAN, PROBLEM
from zagumi.engine import files
from zagumi.engine.errors import FileError
from zagumi.engine.plan.cost import measure
from zagumi.engine.problem import Calendar
from zagumi.engine.sample import sample
from zagumi.engine.solve.result import Reason, Result, Status

DATA = Path(__file__).parent / "data"
RESULT = Result(
    Status.FEASIBLE,
    PLAN,
    measure(PROBLEM, PLAN),
    12,
    7,
    "tree",
    1.25,
    0.5,
    3,
    False,
    (Reason("hours", ("cut",), "why"),),
)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
Document = dict[str, Any]


def schema(name: str) -> Draft202012Validator:
    """The published schema of a format."""
    return Draft202012Validator(json.loads((files.SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))


@MANY
@given(problem=tiny_problems(features=0, always=NAMES))
def test_a_problem_comes_back_equal(problem):
    text = files.problem_to_json(problem)
    assert files.problem_from_json(text) == problem
    schema("zagumi-problem").validate(json.loads(text))


def test_a_realistic_problem_comes_back_equal(tmp_path):
    problem = sample(12, 3)
    for name in ("problem.json", "problem.json.gz"):
        files.save_problem(problem, tmp_path / name)
        assert files.load_problem(tmp_path / name) == problem
    assert {path.name for path in tmp_path.iterdir()} == {"problem.json", "problem.json.gz"}
    assert gzip.decompress((tmp_path / "problem.json.gz").read_bytes()) == (tmp_path / "problem.json").read_bytes()


def test_a_plan_and_a_result_come_back_equal(tmp_path):
    files.save_plan(PLAN, tmp_path / "plan.json")
    assert files.load_plan(str(tmp_path / "plan.json")) == PLAN
    nothing = Result(Status.INFEASIBLE, None, None, None, 0, "tree", 0.0, None)
    for result in (RESULT, nothing):
        files.save_result(result, tmp_path / "result.json")
        assert files.load_result(tmp_path / "result.json") == result
        assert files.result_from_json(files.result_to_json(result)) == result
    assert files.plan_from_json(files.plan_to_json(PLAN)) == PLAN
    schema("zagumi-plan").validate(json.loads(files.plan_to_json(PLAN)))
    schema("zagumi-result").validate(json.loads(files.result_to_json(RESULT)))


@pytest.mark.parametrize("form", files.FORMATS, ids=lambda form: form.name)
def test_the_published_schema_is_current(form):
    published = json.loads((files.SCHEMAS / f"{form.name}.json").read_text(encoding="utf-8"))
    assert published == form.schema(), "run zagumi.engine.files.write_schemas()"
    Draft202012Validator.check_schema(published)


def test_the_schemas_can_be_written_anew(tmp_path):
    files.write_schemas(tmp_path)
    for form in files.FORMATS:
        name = f"{form.name}.json"
        assert (tmp_path / name).read_bytes() == (files.SCHEMAS / name).read_bytes()


def put(value: object, *path: str | int) -> Callable[[Document], None]:
    """Put a value somewhere into a document."""

    def change(document: Document) -> None:
        at: Any = document
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Document], None]:
    """Take a field out of a document."""

    def change(document: Document) -> None:
        at: Any = document
        for part in path[:-1]:
            at = at[part]
        del at[path[-1]]

    return change


WRONG = {
    "unknown field": (
        put(1, "operations", 1, "colour"),
        "/operations/1",
        "colour",
        "one of the fields id, case, options",
    ),
    "missing field": (drop("machines", 0, "site"), "/machines/0", "nothing", "a field site"),
    "text for a number": (put("9", "horizon"), "/horizon", "9", "a whole number"),
    "fraction": (put(1.5, "horizon"), "/horizon", "1.5", "a whole number"),
    "true for a number": (put(True, "horizon"), "/horizon", "True", "a whole number"),
    "huge number": (put(10**40, "horizon"), "/horizon", "1000", "a whole number from"),
    "not a number": (
        put(float("nan"), "operations", 0, "options", 0, "minutes_per_piece"),
        "/operations/0/options/0/minutes_per_piece",
        "nan",
        "a number",
    ),
    "endless": (put(float("inf"), "roads", "road_factor"), "/roads/road_factor", "inf", "a number"),
    "number for text": (put(3, "cases", 0, "id"), "/cases/0/id", "3", "text"),
    "half a character": (put("\ud800", "cases", 0, "id"), "/cases/0/id", "ud800", "text without half"),
    "text for a flag": (put("yes", "companies", 0, "may_lead"), "/companies/0/may_lead", "yes", "true or false"),
    "null": (put(None, "operations", 0, "quantity"), "/operations/0/quantity", "None", "a whole number"),
    "object for a list": (put({}, "cases"), "/cases", "{}", "a list"),
    "list for an object": (put([], "cases", 0), "/cases/0", "[]", "an object"),
    "window of three": (
        put([1, 2, 3], "calendars", 0, "windows", 0),
        "/calendars/0/windows/0",
        "[1, 2, 3]",
        "a list of 2",
    ),
    "named twice": (put(["C", "C"], "cases", 2, "barred"), "/cases/2/barred", "['C', 'C']", "names nothing twice"),
    "pair twice": (
        put([["", "x", 1], ["", "x", 2]], "machines", 0, "setups"),
        "/machines/0/setups",
        "x",
        "no pair twice",
    ),
    "refused by the item": (
        put(0, "operations", 0, "quantity"),
        "/operations/0 (operation cut, quantity)",
        "0",
        "1 piece or more",
    ),
    "refused by the whole": (put("Z", "machines", 0, "site"), "/ (machine A1, site)", "Z", "a site that is listed"),
    "format": (put("zagumi-plan", "format"), "/format", "zagumi-plan", "zagumi-problem"),
    "no version": (drop("version"), "/version", "None", "a version from 0 to 1"),
    "newer version": (put(2, "version"), "/version", "2", "a version from 0 to 1"),
    "version in words": (put("1", "version"), "/version", "1", "a version from 0 to 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_refused_with_its_place(name, tmp_path):
    change, place, given_, expected = WRONG[name]
    document = json.loads(files.problem_to_json(PROBLEM))
    change(document)
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(FileError) as error:
        files.load_problem(path)
    assert error.value.file == str(path)
    assert error.value.place == place
    assert given_ in error.value.given
    assert expected in error.value.expected


RAW = {
    "empty": (b"", "/", "line 1, column 1"),
    "half": (b'{"format": "zagumi-problem"', "/", "line 1"),
    "not utf-8": (b'{"format": "\xff"}', "/", "byte 12"),
    "list": (b"[]", "/", "[]"),
    "text": (b'"zagumi"', "/", "zagumi"),
    "key twice": (b'{"format": "zagumi-problem", "format": 1}', "/", "format"),
    "key twice inside": (
        files.problem_to_json(PROBLEM).replace('"id":"B1",', '"id":"B1","id":"B1",').encode(),
        "/machines/3",
        "id",
    ),
    "too deep": (b"[" * 200_000, "/", "levels"),
    "endless digits": (b'{"format": ' + b"9" * 5000 + b"}", "/", "digits"),
    "half a gzip": (gzip.compress(b"{}")[:-4], "the file", "end-of-stream"),
    "broken gzip": (b"\x1f\x8b\x08\x00 nothing of the kind", "the file", ""),
}


@pytest.mark.parametrize("name", RAW)
def test_bytes_that_are_no_problem_are_refused(name, tmp_path):
    content, place, given_ = RAW[name]
    path = tmp_path / "wrong.json"
    path.write_bytes(content)
    with pytest.raises(FileError) as error:
        files.load_problem(path)
    assert error.value.place == place
    assert given_ in error.value.given


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match=r"nowhere\.json"):
        files.load_plan(tmp_path / "nowhere.json")
    with pytest.raises(FileError):
        files.load_plan(tmp_path)


def test_a_byte_order_mark_and_whole_floats_are_read():
    text = files.problem_to_json(PROBLEM).replace('"horizon":7200', '"horizon":7.2e3')
    assert "7.2e3" in text
    problem = files.problem_from_json(b"\xef\xbb\xbf" + text.encode())
    assert problem == PROBLEM
    assert isinstance(problem.horizon, int)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just("A1"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "site", "x")), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += places(item, (*path, key))
    return found


PLACES = places(json.loads(files.problem_to_json(PROBLEM)))


@settings(MANY, max_examples=400)
@given(path=st.sampled_from(PLACES), value=VALUES)
def test_whatever_the_schema_refuses_the_reader_refuses_with_a_file_error(path, value):
    document = json.loads(files.problem_to_json(PROBLEM))
    put(value, *path)(document)
    with suppress(FileError):  # any other error is a fault of the reader
        problem = files.problem_from_json(json.dumps(document))
        assert schema("zagumi-problem").is_valid(document)
        assert files.problem_from_json(files.problem_to_json(problem)) == problem


def test_version_0_is_read_with_its_hours_as_calendars():
    problem = files.load_problem(DATA / "problem-version-0.json")
    # Minute 0 is a Wednesday: the first Monday is day 5, the Friday shift is on day 2.
    monday, tuesday = 5 * 1440, 6 * 1440
    day = ((monday + 480, monday + 1020), (tuesday + 480, tuesday + 1020))
    second = tuple((a + 7 * 1440, b + 7 * 1440) for a, b in day)
    assert problem.calendars[0] == Calendar("hours-1", tuple(w for w in day + second if w[1] <= problem.horizon))
    friday = (2 * 1440 + 960, 2 * 1440 + 1440)
    assert problem.calendars[1] == Calendar("hours-2", (friday, (friday[0] + 10080, friday[1] + 10080)))
    assert [machine.calendar for machine in problem.machines] == ["hours-1", "hours-1", None, "hours-2"]
    assert problem.machine["mill"].bookings == ((8000, 8060),)
    assert files.problem_from_json(files.problem_to_json(problem)) == problem


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (put(7, "first_weekday"), "/first_weekday"),
        (put(10**12, "horizon"), "/horizon"),
        (drop("horizon"), "/horizon"),
        (put([], "machines", 0, "hours"), "/machines/0/hours"),
        (put([[5, 5]], "machines", 3, "hours"), "/machines/3/hours"),
        (put([[5, "9"]], "machines", 3, "hours"), "/machines/3/hours/0/1"),
        (put(3, "machines"), "/machines"),
        (put([3], "machines"), "/machines/0"),
    ],
)
def test_a_mistake_in_version_0_is_refused_with_its_place(change, place):
    document = json.loads((DATA / "problem-version-0.json").read_text(encoding="utf-8"))
    change(document)
    with pytest.raises(FileError) as error:
        files.problem_from_json(json.dumps(document))
    assert error.value.place == place


def test_what_json_cannot_hold_is_not_written():
    with pytest.raises(ValueError, match="cannot be written"):
        files.result_to_json(replace(RESULT, seconds=float("inf")))


def test_long_values_are_shortened_in_errors():
    with pytest.raises(FileError) as error:
        files.problem_from_json(json.dumps({"format": "zagumi-problem", "version": 1, "cases": "x" * 1000}))
    assert len(error.value.given) == 80
