"""Measure the makespan families beside open peers: ``python bench/families.py [--data DIR] [--peers cpsat,pyjobshop]``.

Every instance is solved by the engine and by each peer with the same seconds and workers, one after the other in one
process, after the compiled code is loaded. Gaps are to the best known makespan where ``bounds.json`` beside the
instances names one, else to the best makespan of this run. The table is written to
``bench/results/families.md``.

Peers: ``cpsat`` is a plain model in OR-Tools CP-SAT (an optional interval per operation and machine, at least eight
workers, which suits it even on two cores); ``pyjobshop`` comes with the extra ``bench``, which ``make bench``
installs, and knows no travel.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from ortools.sat.python import cp_model
from table import ROOT, Table, command_line

from zagumi.engine.plan.check import check
from zagumi.engine.problem import Problem
from zagumi.engine.read.formats import read_file
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

# family: the instances whose path, below the data's folder, matches
FAMILIES = {
    "Barnes": r"fjsp/(ChambersBarnes1996/|mt10|set[bi])",
    "Hurink e": r"fjsp/.*_edata",
    "Hurink r": r"fjsp/.*_rdata",
    "Hurink v": r"fjsp/.*_vdata",
    "mk": r"fjsp/(Brandimarte1993/)?mk",
    "dpp": r"fjsp/(DauzerePeresPaulli1994/)?\d\da",
    "behnke": r"fjsp/(BehnkeGeiger2012/)?behnke",
    "assembly": r"fjsp/(BFFMOR2014/)?(DAFJS|YFJS)",
    "Fattahi": r"fjsp/(FattahiMehrabadJolai2007/)?fattahi",
    "Kacem": r"fjsp/(KacemHammadiBorne2002/)?kacem",
    "transport": r"fjsp[-_]transport/(MK|DAFJS|mfjs|sfjs)",
    "transfers": r"dfjsp_transfer/DFM",
    "one factory a job": r"dfjsp_assignment/\d",
}
COLUMNS = ("family", "solver", "instances", "mean gap", "median", "worst", "proved", "better", "equal", "worse")


@dataclass(frozen=True)
class Answer:
    """What a solver found: a makespan (None: no plan) and the bound it proves."""

    makespan: int | None
    bound: int = 0


@dataclass(frozen=True)
class Arcs:
    """A problem of whole operations as peers take it: minutes by operation and machine, links and travel."""

    minutes: list[dict[int, int]]
    links: list[tuple[int, int, int]]  # before, after, lag
    travel: list[list[int]]  # by machine, machine

    @classmethod
    def of(cls, problem: Problem) -> Arcs:
        """Those of a problem."""
        op = {operation.id: at for at, operation in enumerate(problem.operations)}
        machine = {machine.id: at for at, machine in enumerate(problem.machines)}
        sites = [machine.site for machine in problem.machines]
        hauls = {(a, b): problem.haul(a, b, 0).minutes for a in set(sites) for b in set(sites)}
        return cls(
            [{machine[o.machine]: o.setup_minutes + o.run_minutes(p.quantity) for o in problem.eligible(p)}
             for p in problem.operations],
            [(op[link.before], op[o.id], link.lag) for o in problem.operations for link in o.after],
            [[hauls[a, b] for b in sites] for a in sites],
        )  # fmt: skip


def cpsat(problem: Problem, seconds: float, workers: int) -> Answer:
    """Plain CP-SAT; travel row by row, so that the model stays small."""
    arcs = Arcs.of(problem)
    model = cp_model.CpModel()
    starts = [model.new_int_var(0, problem.horizon, "") for _ in arcs.minutes]
    ends = [model.new_int_var(0, problem.horizon, "") for _ in arcs.minutes]
    chosen: list[dict[int, cp_model.IntVar]] = []
    lines: dict[int, list[cp_model.IntervalVar]] = {}
    for start, end, options in zip(starts, ends, arcs.minutes, strict=True):
        picks = {machine: model.new_bool_var("") for machine in options}
        for machine, minutes in options.items():
            interval = model.new_optional_interval_var(start, minutes, end, picks[machine], "")
            lines.setdefault(machine, []).append(interval)
        model.add_exactly_one(picks.values())
        chosen.append(picks)
    for intervals in lines.values():
        model.add_no_overlap(intervals)
    for before, after, lag in arcs.links:
        model.add(starts[after] >= ends[before] + lag)
        for machine, pick in chosen[before].items():
            ways = sum(arcs.travel[machine][other] * to for other, to in chosen[after].items())
            if any(arcs.travel[machine]):
                model.add(starts[after] >= ends[before] + lag + ways).only_enforce_if(pick)
    for case in {operation.case for operation in problem.operations if operation.case in problem.policy.one_company}:
        _one_company(model, problem, case, chosen)
    makespan = model.new_int_var(0, problem.horizon, "")
    model.add_max_equality(makespan, ends)
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = max(8, workers)
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Answer(round(solver.objective_value) if found else None, round(solver.best_objective_bound))


def _one_company(
    model: cp_model.CpModel, problem: Problem, case: str, chosen: list[dict[int, cp_model.IntVar]]
) -> None:
    companies = [problem.company_of(machine.id) for machine in problem.machines]
    does = {company: model.new_bool_var("") for company in companies}
    model.add_exactly_one(does.values())
    for operation, picks in zip(problem.operations, chosen, strict=True):
        if operation.case == case:
            for machine, pick in picks.items():
                model.add_implication(pick, does[companies[machine]])


def pyjobshop(problem: Problem, seconds: float, workers: int) -> Answer | None:
    """PyJobShop with its default solver; None for what it cannot say."""
    from pyjobshop import Model

    arcs = Arcs.of(problem)
    if any(map(any, arcs.travel)) or problem.policy.one_company:
        return None
    model = Model()
    machines = [model.add_machine() for _ in problem.machines]
    tasks = [model.add_task() for _ in arcs.minutes]
    for task, options in zip(tasks, arcs.minutes, strict=True):
        for machine, minutes in options.items():
            model.add_mode(task, machines[machine], minutes)
    for before, after, lag in arcs.links:
        model.add_end_before_start(tasks[before], tasks[after], delay=lag)
    result = model.solve(time_limit=seconds, num_workers=workers, display=False)
    return Answer(int(result.objective) if result.best.tasks else None, int(result.lower_bound))


def zagumi(problem: Problem, seconds: float, workers: int) -> Answer:
    """This engine; the judge must accept its plan."""
    result = solve(problem, Limits(seconds=seconds, workers=workers))
    assert result.plan is None or not check(problem, result.plan)
    return Answer(result.objective, result.bound)


PEERS: dict[str, Callable[[Problem, float, int], Answer | None]] = {"cpsat": cpsat, "pyjobshop": pyjobshop}


PACKAGES = {"cpsat": "ortools"}  # that are not called like the peer
SAID = (
    "Gaps to the best known makespan, or to the best of this run where none is known; better, equal, worse: instances "
    "on which a peer is so beside zagumi."
)


def instances(data: Path, families: list[str], most: int | None) -> Iterator[tuple[str, Path]]:
    """Families and their files; at most so many of a family, evenly from its sorted list."""
    paths = sorted(path for path in data.rglob("*") if path.suffix in (".txt", ".json"))
    for family in families:
        found = [path for path in paths if re.match(FAMILIES[family], path.relative_to(data).as_posix())]
        step = 1 if most is None else max(1, -(-len(found) // most))
        yield from ((family, path) for path in found[::step])


def known(data: Path) -> dict[str, int]:
    """Best known makespans by name of the instance."""
    return {
        f"{path.parent.name}/{name}": entry["ub"]
        for path in data.rglob("bounds.json")
        for name, entry in json.loads(path.read_text(encoding="utf-8")).items()
    }


def best_known(bounds: dict[str, int], path: Path) -> int | None:
    """Of a file; the bounds stand in its folder or in the one above, those of Dauzère-Pérès and Paulli as dpp01a."""
    names = (
        f"{folder.name}/{name}"
        for folder in path.parents[:2]
        for name in (path.stem, f"dpp{path.stem}", path.stem.split("_")[0])
    )
    return next((bounds[name] for name in names if name in bounds), None)


def rows(table: Table, family: str, solved: list[tuple[Path, int | None, dict[str, Answer | None]]]) -> None:
    """Add the lines of a family: for each solver its gaps, and how often it is better than the engine."""
    for solver in solved[0][2]:
        gaps: list[tuple[float, str]] = []
        proved, against = 0, [0, 0, 0]
        failed = 0
        for path, reference, answers in solved:
            answer, ours = answers[solver], answers["zagumi"]
            if answer is None or ours is None or ours.makespan is None:
                continue
            if answer.makespan is None:
                failed += 1
                against[2] += 1
                continue
            best = reference or min(each.makespan for each in answers.values() if each and each.makespan is not None)
            gaps.append((answer.makespan / best - 1 if best else 0.0, path.stem))
            proved += answer.bound >= answer.makespan
            against[(answer.makespan > ours.makespan) * 2 + (answer.makespan == ours.makespan)] += 1
        if not gaps:
            continue
        worst, name = max(gaps)
        none = f", {failed} without plan" if failed else ""
        share = [gap for gap, _ in gaps]
        figures = f"{fmean(share):.2%}", f"{median(share):.2%}", f"{worst:.2%} ({name}){none}", proved
        table.row(family, solver, len(gaps) + failed, *figures, *("–––" if solver == "zagumi" else against))


def main() -> int:
    """Measure, print, write."""
    parser = command_line(__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "examples" / "benchmarks")
    parser.add_argument("--families", default=",".join(FAMILIES), help="names, with commas between (default: all)")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peers", default="cpsat", help="of: cpsat, pyjobshop; empty for none (default: cpsat)")
    parser.add_argument("--most", type=int, help="instances of a family at most")
    args = parser.parse_args()
    peers = [name for name in args.peers.split(",") if name]
    solvers = {"zagumi": zagumi} | {name: PEERS[name] for name in peers}
    packages = [PACKAGES.get(name, name) for name in peers]
    solve(sample(companies=3, cases=1, seed=1, features=Features.only()), Limits(steps=10))
    solve(read_file(ROOT / "examples" / "benchmarks" / "fjsp" / "kacem1.txt").problem, Limits(steps=10))
    bounds = known(args.data)
    solved: dict[str, list[tuple[Path, int | None, dict[str, Answer | None]]]] = {}
    for family, path in instances(args.data, args.families.split(","), args.most):
        problem = read_file(path).problem
        answers = {name: solver(problem, args.seconds, args.workers) for name, solver in solvers.items()}
        reference = best_known(bounds, path)
        solved.setdefault(family, []).append((path, reference, answers))
        said = " ".join(f"{name} {answer.makespan if answer else '-'}" for name, answer in answers.items())
        sys.stdout.write(f"{family}: {path.stem} ({len(problem.operations)}) best known {reference or '-'}: {said}\n")
        sys.stdout.flush()
    said = f"{args.seconds:g} s each, {args.workers} workers. {SAID}"
    with Table("families", "Makespan families", COLUMNS, said, packages, args.out) as table:
        for family, found in solved.items():
            rows(table, family, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
