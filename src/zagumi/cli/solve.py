"""``zagumi solve``: plan the problem of a file."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zagumi.cli import console
from zagumi.cli.console import clustered, say
from zagumi.cli.console.given import add_repeatable, add_workers, limits, plan_in_force
from zagumi.cli.console.interrupt import until_interrupted
from zagumi.cli.console.parser import natural, seconds
from zagumi.engine.errors import FileError
from zagumi.engine.files import save_plan
from zagumi.engine.insight.compare import AgainstActual, against_actual
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import MEASURES, Problem
from zagumi.engine.read.formats import READERS, Given, read_file
from zagumi.engine.read.shoplog.actual import ACTUAL, Actual
from zagumi.engine.report.story import Rival, Story
from zagumi.engine.solve.cluster.trouble import ClusterError
from zagumi.engine.solve.result import Result

if TYPE_CHECKING:
    from zagumi.engine.solve.cluster.cluster import Cluster

MOST_ALTERNATIVES = 4


def measures(text: str) -> tuple[str, ...]:
    """Names of measures with commas between them, each once."""
    names = tuple(word.strip() for word in text.split(","))
    if len(set(names)) < len(names) or not set(names) <= set(MEASURES):
        raise ValueError
    return names


# argparse names this in "invalid … value"
measures.__name__ = f"list of {', '.join(MEASURES)}, each once,"


def add_to(subparsers: Any) -> None:
    """Add the ``solve`` command."""
    parser = subparsers.add_parser(
        "solve",
        help="plan the problem of a file",
        description="Plan the problem of a file. Ctrl-C ends the search with the best plan found so far. "
        "Exit codes: 0 a plan, 1 proved impossible, 2 bad input, 3 no plan within the limits.",
    )
    parser.add_argument("file", metavar="FILE", help="the problem")
    parser.add_argument(
        "--format",
        choices=["auto", *READERS],
        default="auto",
        metavar="NAME",
        help="its format: %(choices)s (default: %(default)s)",
    )
    parser.add_argument(
        "--limit", type=seconds, default=60.0, metavar="S", help="seconds to search (default: %(default)g)"
    )
    add_repeatable(parser, description="same seed and steps, same plan (default: %(default)s)")
    add_workers(parser)
    parser.add_argument(
        "--alternatives",
        type=natural,
        default=0,
        metavar="N",
        help="up to 4 other plans, in half of the time (default: %(default)s)",
    )
    parser.add_argument(
        "--cluster", metavar="HOST:PORT", help="search along on the nodes of a Ray cluster; not repeatable"
    )
    parser.add_argument(
        "--first",
        type=measures,
        metavar="LIST",
        help="measures that come before the weighted objective, in order, with commas between",
    )
    parser.add_argument("--start", metavar="PLAN", help="a plan to begin from")
    parser.add_argument("--actual", metavar="FILE", help="what really happened, as written by import shoplog")
    parser.add_argument("--out", metavar="FILE", help="where to write the plan")
    parser.add_argument("--html", metavar="FILE", help="where to write the report")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, plan, judge, show."""
    out, page = console.writable(args.out), console.writable(args.html)
    given = read_file(Path(args.file), args.format)
    if args.first is not None:
        policy = replace(given.problem.policy, first=args.first)
        given = replace(given, problem=replace(given.problem, policy=policy))
    start = None if args.start is None else plan_in_force(given.problem, args.start)
    actual = _actual(given, Path(args.file), args.actual)
    try:
        result, history, cluster = _search(given.problem, args, start)
    except ClusterError as error:
        return clustered.refuse(error, wants_json=args.json)
    if result.plan is None:
        from zagumi.cli.console.summary import without_plan

        return without_plan(given, result, wants_json=args.json)
    others = () if given.is_numbered else _alternatives(given.problem, result.plan, args)
    rivals = tuple(rival for _, rival in others)
    story = _story(given.problem, result, history, rivals, actual)
    if out is not None:
        _save(out, result.plan)
        for key, rival in others:
            _save(out.with_name(f"{out.name.removesuffix('.gz').removesuffix('.json')}.{key}.json"), rival.plan)
    if page is not None:
        from zagumi.engine.report.page import html

        console.write(page, html(story))
        console.complain(say("Report written to {file}", file=page))
    if args.json:
        from zagumi.cli.console.summary import result_document

        helped = {} if cluster is None else {"cluster": clustered.document(cluster)}
        console.answer(result_document(given, result, checked=True, rivals=rivals) | helped)
    else:
        from zagumi.cli.console.summary import print_plan

        print_plan(story)
    return 0


def _save(path: Path, plan: Plan) -> None:
    save_plan(plan, path)
    console.complain(say("Plan written to {file}", file=path))


def _actual(given: Given, file: Path, name: str | None) -> Actual | None:
    """What really happened: given, in the file itself, or written beside the problem by ``import shoplog``."""
    beside = beside_problem(file)
    if name is None and (given.actual is not None or given.format != "problem" or not beside.is_file()):
        return given.actual
    path = beside if name is None else Path(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(str(path), "file", error.strerror or "an error", "a file that can be read") from None
    found = ACTUAL.from_json(content, path.name)
    if name is None:
        console.complain(say("Compared with what really happened: {file}", file=path))
    return found


def beside_problem(problem: Path) -> Path:
    """Where ``import shoplog`` writes what really happened."""
    return problem.with_name(problem.name.removesuffix(".gz").removesuffix(".json") + ".actual.json")


def _search(problem: Problem, args: argparse.Namespace, start: Plan | None) -> tuple[Result, list[Any], Cluster | None]:
    from zagumi.cli.console.progress import Watch
    from zagumi.engine.solve.solve import solve

    with (
        clustered.joined(args.cluster) as cluster,
        until_interrupted() as stop,
        Watch(args.limit, cluster) as watch,
    ):
        result = solve(problem, limits(args, _seconds(args), stop.is_set), start=start, report=watch, cluster=cluster)
    return result, watch.history, cluster


def _seconds(args: argparse.Namespace) -> float:
    """Of the search, and of that for other plans where they are wanted."""
    return float(args.limit / 2 if args.alternatives else args.limit)


def _alternatives(problem: Problem, plan: Plan, args: argparse.Namespace) -> tuple[tuple[str, Rival], ...]:
    """Other plans by key; they begin from the plan found and take the other half of the time."""
    if not args.alternatives:
        return ()
    from zagumi.cli.console.progress import Watch
    from zagumi.engine.insight.alternatives import alternatives
    from zagumi.engine.report.story import rival

    console.complain(say("Looking for other plans …"))
    with until_interrupted() as stop, Watch(args.limit / 2) as watch:
        within = limits(args, _seconds(args), stop.is_set)
        found = alternatives(problem, within, start=plan, report=watch, count=min(args.alternatives, MOST_ALTERNATIVES))
    shown = [(each.key, rival(each, console.language())) for each in found]
    return tuple((key, other) for key, other in shown if other is not None)


def _story(
    problem: Problem, result: Result, history: list[Any], rivals: tuple[Rival, ...], actual: Actual | None
) -> Story:
    assert result.plan is not None
    against: AgainstActual | None = None if actual is None else against_actual(problem, result.plan, actual)
    return Story(
        problem, result.plan, console.language(), result=result, history=history, rivals=rivals, actual=against
    )
