"""Problems, plans and results as versioned JSON files, gzipped when the name ends in ``.gz``.

``docs/engine/files.md`` describes the format, ``engine/schema/*.json`` publishes it as JSON Schema. What is saved is
read back equal. Whatever does not fit is refused with a :class:`FileError` that names file, place and expectation.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from zagumi.engine.clock import weekly
from zagumi.engine.errors import FileError
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.shape import Definitions, Json, Mismatch, Twice, shape_of
from zagumi.engine.solve.result import Result

Thing = TypeVar("Thing")

CENTURY = 100 * 366 * 1440


def _hours_to_calendars(document: dict[str, Json]) -> dict[str, Json]:
    """Problem version 0 to 1: machines had weekly shifts of their own instead of a calendar's id.

    ``machines[].hours`` were windows in minutes after Monday 00:00, ``first_weekday`` the weekday of minute 0.
    """
    shifts_of = shape_of(tuple[tuple[int, int], ...])
    first_weekday = _read_at(shape_of(int), document.pop("first_weekday", 0), "first_weekday")
    if not 0 <= first_weekday <= 6:
        raise _at(Mismatch(first_weekday, "a weekday from 0, Monday, to 6"), "first_weekday")
    horizon = _read_at(shape_of(int), document.get("horizon"), "horizon")
    if not 1 <= horizon <= CENTURY:
        raise _at(Mismatch(horizon, "a horizon from minute 1 to a hundred years"), "horizon")
    machines = document.get("machines", [])
    calendars: dict[tuple[tuple[int, int], ...], str] = {}
    for at, machine in enumerate(machines if isinstance(machines, list) else []):
        if isinstance(machine, dict) and "hours" in machine:
            shifts = _read_at(shifts_of, machine.pop("hours"), "machines", str(at), "hours")
            if not shifts or any(not 0 <= start < end for start, end in shifts):
                raise _at(Mismatch(list(shifts), "shifts, none empty"), "machines", str(at), "hours")
            machine["calendar"] = calendars.setdefault(shifts, f"hours-{len(calendars) + 1}")
    document["calendars"] = [
        {"id": name, "windows": [list(w) for w in weekly(shifts, first_weekday=first_weekday, horizon=horizon)]}
        for shifts, name in calendars.items()
    ]
    return document


@dataclass(frozen=True)
class Format(Generic[Thing]):
    """One kind of file. ``steps[v]`` turns a document of version v into one of version v + 1."""

    name: str
    kind: type[Thing]
    version: int
    steps: Mapping[int, Callable[[dict[str, Json]], dict[str, Json]]]

    def to_json(self, thing: Thing) -> str:
        """The thing as JSON text."""
        document = {"format": self.name, "version": self.version, **shape_of(self.kind).write(thing)}
        return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def from_json(self, text: str | bytes, file: str) -> Thing:
        """The thing that JSON text describes; ``file`` is its name in errors."""
        try:
            return self._read(_parse(text))
        except Mismatch as wrong:
            place = " ".join(filter(None, (wrong.pointer or "/", wrong.item and f"({wrong.item})")))
            raise FileError(file, place, _short(wrong.given), wrong.expected) from None

    def _read(self, document: Json) -> Thing:
        if isinstance(document, Twice):
            raise Mismatch(document.key, "each key once")
        if not isinstance(document, dict):
            raise Mismatch(document, f"an object with the format {self.name}")
        if (name := document.pop("format", None)) != self.name:
            raise _at(Mismatch(name, self.name), "format")
        version = document.pop("version", None)
        oldest = min(self.steps, default=self.version)
        if isinstance(version, bool) or not isinstance(version, int) or not oldest <= version <= self.version:
            raise _at(Mismatch(version, f"a version from {oldest} to {self.version}"), "version")
        for step in range(version, self.version):
            document = self.steps[step](document)
        return _read_at(shape_of(self.kind), document)  # type: ignore[no-any-return]

    def schema(self) -> dict[str, Json]:
        """JSON Schema (2020-12) of the present version."""
        definitions: Definitions = {}
        shape_of(self.kind).describe(definitions)
        whole = definitions.pop(self.kind.__name__)
        head = {"format": {"const": self.name}, "version": {"const": self.version}}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:{self.name}:{self.version}",
            "title": self.name,
            **whole,
            "properties": head | whole["properties"],
            "required": ["format", "version", *whole.get("required", ())],
            "$defs": dict(sorted(definitions.items())),
        }


PROBLEM = Format("zagumi-problem", Problem, 1, {0: _hours_to_calendars})
PLAN = Format("zagumi-plan", Plan, 1, {})
RESULT = Format("zagumi-result", Result, 1, {})
FORMATS: tuple[Format[Any], ...] = (PROBLEM, PLAN, RESULT)
SCHEMAS = Path(__file__).parent / "schema"


def save_problem(problem: Problem, path: Path | str) -> None:
    """Write a problem to a file."""
    _save(PROBLEM, problem, path)


def load_problem(path: Path | str) -> Problem:
    """Read a problem from a file of this or an older version."""
    return load(PROBLEM, path)


def save_plan(plan: Plan, path: Path | str) -> None:
    """Write a plan to a file."""
    _save(PLAN, plan, path)


def load_plan(path: Path | str) -> Plan:
    """Read a plan from a file. Whether it fits a problem is for ``check`` to say."""
    return load(PLAN, path)


def save_result(result: Result, path: Path | str) -> None:
    """Write the answer of ``solve`` to a file."""
    _save(RESULT, result, path)


def load_result(path: Path | str) -> Result:
    """Read an answer of ``solve`` from a file."""
    return load(RESULT, path)


def problem_to_json(problem: Problem) -> str:
    """A problem as JSON text."""
    return PROBLEM.to_json(problem)


def problem_from_json(text: str | bytes, file: str = "problem") -> Problem:
    """A problem from JSON text of this or an older version."""
    return PROBLEM.from_json(text, file)


def plan_to_json(plan: Plan) -> str:
    """A plan as JSON text."""
    return PLAN.to_json(plan)


def plan_from_json(text: str | bytes, file: str = "plan") -> Plan:
    """A plan from JSON text."""
    return PLAN.from_json(text, file)


def result_to_json(result: Result) -> str:
    """An answer of ``solve`` as JSON text."""
    return RESULT.to_json(result)


def result_from_json(text: str | bytes, file: str = "result") -> Result:
    """An answer of ``solve`` from JSON text."""
    return RESULT.from_json(text, file)


def write_schemas(folder: Path = SCHEMAS) -> None:
    """Write the published schemas anew, after the dataclasses changed."""
    for form in FORMATS:
        text = json.dumps(form.schema(), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{form.name}.json").write_text(text, encoding="utf-8")


def _save(form: Format[Thing], thing: Thing, path: Path | str) -> None:
    path = Path(path)
    content = (form.to_json(thing) + "\n").encode()
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    beside.replace(path)  # a reader never sees half a file


def load(form: Format[Thing], path: Path | str) -> Thing:
    """Read a file of any format."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(str(path), "the file", error.strerror, "a file that can be read") from error
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise FileError(str(path), "the file", error, "a complete gzip file") from error
    return form.from_json(content, str(path))


def _parse(text: str | bytes) -> Json:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise Mismatch(f"byte {error.start}: {error.reason}", "UTF-8") from None
    except json.JSONDecodeError as error:
        raise Mismatch(f"line {error.lineno}, column {error.colno}: {error.msg}", "JSON") from None
    except RecursionError:
        raise Mismatch("too many levels", "JSON of the published schema") from None
    except ValueError as error:  # a whole number of thousands of digits
        raise Mismatch(error, "numbers of a usual size") from None


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json] | Twice:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        return Twice(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _at(wrong: Mismatch, *path: str) -> Mismatch:
    wrong.path.extend(reversed(path))
    return wrong


def _read_at(shape: Any, value: Json, *path: str) -> Any:
    try:
        return shape.read(value)
    except Mismatch as wrong:
        raise _at(wrong, *path) from None


def _short(given: object) -> str:
    text = given if isinstance(given, str) else repr(given)
    return text if len(text) <= 80 else text[:77] + "..."
