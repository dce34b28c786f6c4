"""Flexible job shops, plain and with travel times between machines.

Text of whole numbers, machines and operations numbered from 0: a heading ``operations precedences machines``; one
line ``before after [job]`` per precedence; one line ``k  machine minutes … `` with ``k`` pairs per operation;
with travel times, a machines × machines matrix of minutes behind that. Any acyclic precedences are allowed.
Operations that hang together are one case. Ids in the problem are the file's numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zagumi.engine.problem import Case, Company, Link, Machine, Operation, Option, Policy, Problem, Roads, Site, Weights
from zagumi.engine.read.source import Line, Source

MAKESPAN = Policy(weights=Weights.only(makespan=1))
Pair = tuple[int, int]


def read_fjsp(path: Path) -> Problem:
    """A flexible job shop: all machines at one site of one company, the last completion counts.

    Raises:
        FileError: naming line, what was given and what was expected.
    """
    source = Source.open(path)
    lines = source.lines()
    operations, precedences, machines = _heading(source, lines)
    _expect_lines(source, lines, 1 + precedences + operations)
    befores = _precedences(source, lines[1 : 1 + precedences], operations)
    choices = [_choices(source, line, machines) for line in lines[1 + precedences :]]
    return source.problem(
        companies=(Company("shop"),),
        sites=(Site("shop", "shop"),),
        machines=tuple(Machine(str(machine), "shop") for machine in range(machines)),
        horizon=max(1, longest(choices)),
        policy=MAKESPAN,
        name=path.stem,
        **work(befores, choices),
    )


def read_fjsp_transport(path: Path) -> Problem:
    """A flexible job shop whose machines lie apart: each is its own site of one company.

    Raises:
        FileError: naming line, what was given and what was expected.
    """
    source = Source.open(path)
    lines = source.lines()
    operations, precedences, machines = _heading(source, lines)
    _expect_lines(source, lines, 1 + precedences + operations + machines)
    befores = _precedences(source, lines[1 : 1 + precedences], operations)
    choices = [_choices(source, line, machines) for line in lines[1 + precedences : 1 + precedences + operations]]
    travel = tuple(_travel(source, line, machines) for line in lines[1 + precedences + operations :])
    farthest = max(max(row) for row in travel)
    return source.problem(
        companies=(Company("shop"),),
        sites=tuple(Site(str(machine), "shop") for machine in range(machines)),
        machines=tuple(Machine(str(machine), str(machine)) for machine in range(machines)),
        horizon=max(1, longest(choices) + farthest * sum(map(bool, befores))),
        roads=Roads(order=tuple(map(str, range(machines))), minutes=travel),
        policy=MAKESPAN,
        name=path.stem,
        **work(befores, choices),
    )


def longest(choices: Sequence[Sequence[Pair]]) -> int:
    """Minutes by which all operations are done one after the other on their slowest machines."""
    return sum(max(minutes for _, minutes in pairs) for pairs in choices)


def work(befores: Sequence[Sequence[int]], choices: Sequence[Sequence[Pair]]) -> dict[str, object]:
    """Cases and operations of numbered operations: what is before each, and its (machine, minutes) pairs."""
    jobs = _jobs(befores)
    operations = tuple(
        Operation(
            str(number),
            f"job {jobs[number]}",
            tuple(Option(str(machine), minutes_per_piece=float(minutes)) for machine, minutes in pairs),
            after=tuple(Link(str(before)) for before in befores[number]),
        )
        for number, pairs in enumerate(choices)
    )
    return {"cases": tuple(Case(f"job {job}") for job in range(max(jobs) + 1)), "operations": operations}


def _jobs(befores: Sequence[Sequence[int]]) -> list[int]:
    """For each operation the number of its job: the operations that precedences hold together."""
    root = list(range(len(befores)))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    for number, before in enumerate(befores):
        for other in before:
            one, two = sorted((find(number), find(other)))
            root[two] = one
    numbers: dict[int, int] = {}
    return [numbers.setdefault(find(number), len(numbers)) for number in range(len(befores))]


def _heading(source: Source, lines: list[Line]) -> tuple[int, int, int]:
    if not lines or len(lines[0].words) < 3:
        place = f"line {lines[0].number}" if lines else "file"
        source.refuse(place, " ".join(lines[0].words) if lines else "no line", "operations, precedences and machines")
    place = f"line {lines[0].number}"
    words = lines[0].words
    operations = source.whole(words[0], f"{place}, operations", low=1)
    precedences = source.whole(words[1], f"{place}, precedences")
    return operations, precedences, source.whole(words[2], f"{place}, machines", low=1)


def _expect_lines(source: Source, lines: list[Line], expected: int) -> None:
    if len(lines) != expected:
        source.refuse(f"line {lines[-1].number}", f"{len(lines)} lines in all", f"{expected} lines by the heading")


def _precedences(source: Source, lines: list[Line], operations: int) -> list[list[int]]:
    befores: list[list[int]] = [[] for _ in range(operations)]
    for line in lines:
        place = f"line {line.number}"
        if not 2 <= len(line.words) <= 3:
            source.refuse(place, " ".join(line.words), "a precedence: before, after, and perhaps a job")
        before, after = (source.whole(word, f"{place}, operation", high=operations - 1) for word in line.words[:2])
        if before not in befores[after]:
            befores[after].append(before)
    return befores


def _choices(source: Source, line: Line, machines: int) -> list[Pair]:
    place = f"line {line.number}"
    count = source.whole(line.words[0], f"{place}, machines of the operation", low=1, high=machines)
    if len(line.words) != 1 + 2 * count:
        source.refuse(place, f"{len(line.words) - 1} numbers", f"{2 * count} numbers: {count} machines with minutes")
    pairs = [
        (
            source.whole(line.words[1 + 2 * i], f"{place}, machine", high=machines - 1),
            source.whole(line.words[2 + 2 * i], f"{place}, minutes"),
        )
        for i in range(count)
    ]
    if len({machine for machine, _ in pairs}) != count:
        source.refuse(place, " ".join(line.words), "each machine once")
    return pairs


def _travel(source: Source, line: Line, machines: int) -> tuple[int, ...]:
    place = f"line {line.number}"
    if len(line.words) != machines:
        source.refuse(place, f"{len(line.words)} numbers", f"{machines} travel times, one to each machine")
    return tuple(source.whole(word, f"{place}, travel time") for word in line.words)
