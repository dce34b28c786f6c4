"""Distributed flexible job shops: factories are companies.

Two public forms. JSON (``machine_factory``, ``transfer_same_factory``, ``transfer_other_factory``, ``jobs``): a job may
change the factory, and every change of machine costs a transfer, so each machine is a site of its own. Text (heading
``jobs factories machines``; per factory and job a line ``factory job operations`` and a line
``operation k  machine minutes …`` per operation, all from 1): a job stays in one factory.

Ids in the problem are numbers from 0: operations through the jobs in the file's order, machines through the
factories (machine ``m`` of factory ``f``, from 0, is ``f × machines + m`` in the text form).
"""

from __future__ import annotations

from pathlib import Path

from zagumi.engine.problem import Company, Machine, Policy, Problem, Roads, Site, Weights
from zagumi.engine.read.fjsp import MAKESPAN, Pair, longest, work
from zagumi.engine.read.source import Line, Source

KEYS = ("machine_factory", "transfer_same_factory", "transfer_other_factory", "jobs")


def read_dfjsp(path: Path) -> Problem:
    """A distributed flexible job shop in either form; the last completion counts.

    Raises:
        FileError: naming line or entry, what was given and what was expected.
    """
    source = Source.open(path)
    return _with_transfers(source, path) if source.text.lstrip().startswith("{") else _with_assignment(source, path)


def _with_transfers(source: Source, path: Path) -> Problem:
    data = source.json()
    if not isinstance(data, dict):
        source.refuse("file", type(data).__name__, "an object")
    for key in KEYS:
        if key not in data:
            source.refuse("file", f"no {key}", f"an entry {key}")
    of_machine = [
        source.whole(factory, f"machine_factory[{machine}]")
        for machine, factory in enumerate(source.items(data["machine_factory"], "machine_factory"))
    ]
    factories = max(of_machine, default=0) + 1
    if factories > len(of_machine):
        source.refuse(
            "machine_factory", f"factory {factories - 1} of {len(of_machine)} machines", "factories from 0 on"
        )
    inside = source.whole(data["transfer_same_factory"], "transfer_same_factory")
    between = source.whole(data["transfer_other_factory"], "transfer_other_factory")
    befores: list[list[int]] = []
    choices: list[list[Pair]] = []
    for j, job in enumerate(source.items(data["jobs"], "jobs")):
        for o, options in enumerate(source.items(job, f"jobs[{j}]")):
            befores.append([len(choices) - 1] if o else [])
            choices.append(_json_choices(source, options, f"jobs[{j}][{o}]", of_machine))
    if not choices:
        source.refuse("jobs", "no operation", "at least one operation")
    machines = range(len(of_machine))
    travel = tuple(
        tuple(0 if a == b else inside if of_machine[a] == of_machine[b] else between for b in machines)
        for a in machines
    )
    return source.problem(
        companies=tuple(Company(f"factory {factory}") for factory in range(factories)),
        sites=tuple(Site(str(machine), f"factory {of_machine[machine]}") for machine in machines),
        machines=tuple(Machine(str(machine), str(machine)) for machine in machines),
        horizon=max(1, longest(choices) + max(inside, between) * sum(map(bool, befores))),
        roads=Roads(order=tuple(map(str, machines)), minutes=travel),
        policy=MAKESPAN,
        name=str(data.get("name", path.stem)),
        **work(befores, choices),
    )


def _json_choices(source: Source, options: object, place: str, of_machine: list[int]) -> list[Pair]:
    pairs: list[Pair] = []
    for at, option in enumerate(source.items(options, place)):
        here = f"{place}[{at}]"
        if not isinstance(option, dict) or not {"machine", "time"} <= option.keys():
            source.refuse(here, option, "an object with machine and time")
        machine = source.whole(option["machine"], f"{here}, machine", high=len(of_machine) - 1)
        if "factory" in option and option["factory"] != of_machine[machine]:
            source.refuse(
                f"{here}, factory", option["factory"], f"{of_machine[machine]}, where machine {machine} stands"
            )
        pairs.append((machine, source.whole(option["time"], f"{here}, time")))
    if not pairs or len({machine for machine, _ in pairs}) != len(pairs):
        source.refuse(place, options, "at least one machine, each once")
    return pairs


def _with_assignment(source: Source, path: Path) -> Problem:
    lines = source.lines()
    if not lines or len(lines[0].words) != 3:
        source.refuse(f"line {lines[0].number}" if lines else "file", "no heading", "jobs, factories and machines")
    jobs, factories, machines = (
        source.whole(word, f"line {lines[0].number}, {name}", low=1)
        for word, name in zip(lines[0].words, ("jobs", "factories", "machines"), strict=True)
    )
    table: dict[tuple[int, int], list[list[Pair]]] = {}
    at = 1
    while at < len(lines):
        factory, job, count = _block(source, lines[at], jobs, factories)
        if (factory, job) in table:
            source.refuse(f"line {lines[at].number}", f"factory {factory + 1}, job {job + 1} again", "each once")
        if len(lines) - at - 1 < count:
            source.refuse(f"line {lines[-1].number}", "the end", f"{count} operations of job {job + 1}")
        table[factory, job] = [
            _text_choices(source, lines[at + 1 + number], number, factory, machines) for number in range(count)
        ]
        at += 1 + count
    befores: list[list[int]] = []
    choices: list[list[Pair]] = []
    for job in range(jobs):
        counts = {len(table.get((factory, job), ())) for factory in range(factories)}
        if len(counts) != 1 or 0 in counts:
            source.refuse(f"job {job + 1}", f"{sorted(counts)} operations", "the same operations in every factory")
        for number in range(counts.pop()):
            befores.append([len(choices) - 1] if number else [])
            choices.append([pair for factory in range(factories) for pair in table[factory, job][number]])
    content = work(befores, choices)
    sites = tuple(f"factory {factory}" for factory in range(factories))
    return source.problem(
        companies=tuple(Company(site) for site in sites),
        sites=tuple(Site(site, site) for site in sites),
        machines=tuple(Machine(str(m), f"factory {m // machines}") for m in range(factories * machines)),
        horizon=max(1, longest(choices)),
        # nothing ever moves between the factories, so the way between them is left at nothing
        roads=Roads(order=sites, minutes=((0,) * factories,) * factories),
        policy=Policy(weights=Weights.only(makespan=1), one_company=frozenset(f"job {job}" for job in range(jobs))),
        name=path.stem,
        **content,
    )


def _block(source: Source, line: Line, jobs: int, factories: int) -> tuple[int, int, int]:
    place = f"line {line.number}"
    if len(line.words) != 3:
        source.refuse(place, " ".join(line.words), "factory, job and its number of operations")
    return (
        source.whole(line.words[0], f"{place}, factory", low=1, high=factories) - 1,
        source.whole(line.words[1], f"{place}, job", low=1, high=jobs) - 1,
        source.whole(line.words[2], f"{place}, operations", low=1),
    )


def _text_choices(source: Source, line: Line, number: int, factory: int, machines: int) -> list[Pair]:
    place = f"line {line.number}"
    if len(line.words) < 2 or line.words[0] != str(number + 1):
        source.refuse(
            place, " ".join(line.words), f"operation {number + 1}: its number, k, then k machines with minutes"
        )
    count = source.whole(line.words[1], f"{place}, machines of the operation", low=1, high=machines)
    if len(line.words) != 2 + 2 * count:
        source.refuse(place, f"{len(line.words) - 2} numbers", f"{2 * count} numbers: {count} machines with minutes")
    pairs = [
        (
            factory * machines + source.whole(line.words[2 + 2 * i], f"{place}, machine", low=1, high=machines) - 1,
            source.whole(line.words[3 + 2 * i], f"{place}, minutes"),
        )
        for i in range(count)
    ]
    if len({machine for machine, _ in pairs}) != count:
        source.refuse(place, " ".join(line.words), "each machine once")
    return pairs
