"""The N-1 drill: every machine, company, site, vehicle and district fails once, alone, and the plan is made good.

Failures that stop the same machines are answered once. Those that hit what nobody else can do come first, then those
that hit most work, so that what a short time leaves out is what matters least.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue

from zagumi.engine.insight.failure import Failure, Kind, failures, hit
from zagumi.engine.insight.recovery import Outcome, recover
from zagumi.engine.plan.check import require
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.limits import Limits

LOOK = 0.2  # seconds between questions whether to stop, while processes work

Told = Callable[[int, int, Outcome], None]


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill found.

    Attributes:
        outcomes: one for each failure answered, the worst first.
        untried: failures for which the time did not suffice, or that were not reached before it was cancelled.
        absent: kinds asked for of which the problem has nothing, such as districts where no site states one.
    """

    outcomes: tuple[Outcome, ...]
    untried: tuple[Failure, ...] = ()
    absent: tuple[Kind, ...] = ()


def drill(
    problem: Problem,
    plan: Plan,
    limits: Limits,
    *,
    kinds: Sequence[Kind] = tuple(Kind),
    start: int = 0,
    minutes: int | None = None,
    report: Told | None = None,
) -> Drill:
    """Let each thing fail alone and replan.

    Args:
        plan: the plan in force.
        limits: for the whole drill. Each search gets a fair share of the seconds that are left, or of the steps: then
            the answer depends on nothing else. ``workers`` are processes; with more than one, call this from a module
            that can be imported, under ``if __name__ == "__main__"`` where it is the program itself.
        kinds: what fails.
        start: the minute in which each failure begins.
        minutes: how long it lasts; None: until the horizon.
        report: told how many failures are answered, of how many, and the last outcome.

    Raises:
        CheckError: the plan in force, or one made here, is not valid.
        ProblemError: the failure begins at the horizon or later.
    """
    require(problem, plan)
    kinds = tuple(dict.fromkeys(kinds))
    asked = failures(problem, kinds, start, minutes)
    alike: dict[tuple[str, ...], list[Failure]] = {}
    for failure in asked:
        alike.setdefault(failure.machines or (failure.kind, failure.id), []).append(failure)
    groups = sorted(alike.values(), key=lambda group: _weight(problem, plan, group[0]), reverse=True)
    outcomes: list[Outcome] = []
    for at, found in _answers(problem, plan, [group[0] for group in groups], limits):
        for failure in groups[at]:
            outcomes.append(replace(found, failure=failure))
            if report is not None:
                report(len(outcomes), len(asked), outcomes[-1])
    place = {failure: at for at, failure in enumerate(asked)}
    outcomes.sort(key=lambda outcome: (tuple(-value for value in outcome.harm), place[outcome.failure]))
    answered = {outcome.failure for outcome in outcomes}
    return Drill(
        tuple(outcomes),
        tuple(failure for failure in asked if failure not in answered),
        tuple(kind for kind in kinds if all(failure.kind is not kind for failure in asked)),
    )


def _weight(problem: Problem, plan: Plan, failure: Failure) -> tuple[int, int]:
    """What it hits that no other machine can do, in operations; and all that it hits, in minutes."""
    found = hit(plan, failure)
    gone = set(failure.machines)
    alone = {
        s.operation for s in found if {o.machine for o in problem.eligible(problem.operation[s.operation])} <= gone
    }
    return len(alone), sum(sublot.end - sublot.start for sublot in found)


def _answers(problem: Problem, plan: Plan, asked: list[Failure], limits: Limits) -> Iterator[tuple[int, Outcome]]:
    """Outcomes with their failure's position; first of those that need no search."""
    queue = []
    for at, failure in enumerate(asked):
        if failure.kind is Kind.VEHICLE or not hit(plan, failure):
            if limits.cancelled is not None and limits.cancelled():
                return
            yield at, recover(problem, plan, failure, limits)
        else:
            queue.append(at)
    if limits.steps is not None:
        limits = replace(limits, steps=limits.steps // max(1, len(queue)))
    shares = _Shares(limits)
    if limits.workers == 1 or len(queue) < 2:
        while queue and not shares.over():
            at = queue.pop(0)
            found = recover(problem, plan, asked[at], shares.next(len(queue) + 1))
            if not shares.cancelled():
                yield at, found
    else:
        yield from _in_processes(problem, plan, asked, queue, shares)


class _Shares:
    """The time that is left, shared among the searches to come."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.until = time.perf_counter() + limits.seconds

    def cancelled(self) -> bool:
        """Whether it is to end now."""
        return self.limits.cancelled is not None and self.limits.cancelled()

    def over(self) -> bool:
        """Whether nothing more may begin."""
        return self.cancelled() or (self.limits.steps is None and time.perf_counter() >= self.until)

    def next(self, waiting: int, workers: int = 1) -> Limits:
        """Limits of one search, while so many wait for as many workers."""
        left = max(0.001, self.until - time.perf_counter())
        seconds = left / max(1.0, waiting / workers)
        return replace(self.limits, seconds=seconds, workers=1)


def _in_processes(
    problem: Problem, plan: Plan, asked: list[Failure], queue: list[int], shares: _Shares
) -> Iterator[tuple[int, Outcome]]:
    size = min(shares.limits.workers, len(queue))
    crew = _Crew(problem, plan, asked, queue, shares, size)
    try:
        while size and not shares.cancelled():
            try:
                answer = crew.answers.get(timeout=LOOK)
            except Empty:
                continue
            if answer is None:
                size -= 1
            elif isinstance(answer, BaseException):
                raise answer
            else:
                yield answer
    finally:
        crew.dismiss()


class _Crew:
    """Processes that answer failures, each with a thread that hands it one after the other.

    A process has nothing that would be missed, so it is ended at any moment; and while one comes up, which nothing can
    interrupt, only its thread waits.

    Attributes:
        answers: an outcome with its failure's position; None from each thread that ends; what went wrong.
    """

    def __init__(
        self, problem: Problem, plan: Plan, asked: list[Failure], queue: list[int], shares: _Shares, size: int
    ) -> None:
        # a server forks the processes: the modules are loaded once, and no thread of this one is copied halfway
        methods = multiprocessing.get_all_start_methods()
        self.context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            self.context.set_forkserver_preload([recover.__module__])
        self.problem, self.plan, self.asked, self.shares, self.size = problem, plan, asked, shares, size
        self.answers: SimpleQueue[tuple[int, Outcome] | BaseException | None] = SimpleQueue()
        self._queue, self._lock = queue, threading.Lock()
        self._processes: list[BaseProcess] = []
        self._dismissed = False
        for _ in range(size):
            threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            pipe, there = self.context.Pipe()
            process = self.context.Process(target=_answer, args=(self.problem, self.plan, there), daemon=True)  # type: ignore[attr-defined]
            process.start()
            there.close()
            with self._lock:
                self._processes.append(process)
            while (task := self._next()) is not None:
                at, limits = task
                pipe.send((self.asked[at], limits))
                found = pipe.recv()
                self.answers.put(found if isinstance(found, BaseException) else (at, found))
            self.answers.put(None)
        except (EOFError, ConnectionError):
            self.answers.put(RuntimeError("a process of the drill has ended by itself"))
        except BaseException as wrong:  # told where the answers are read
            self.answers.put(wrong)

    def _next(self) -> tuple[int, Limits] | None:
        """Position and limits of the failure to answer next."""
        with self._lock:
            if self._dismissed or not self._queue or self.shares.over():
                return None
            limits = self.shares.next(len(self._queue), self.size)
            return self._queue.pop(0), replace(limits, cancelled=None)

    def dismiss(self) -> None:
        """End the processes that are up; who comes up later finds nothing to do."""
        with self._lock:
            self._dismissed = True
            for process in self._processes:
                process.terminate()
            for process in self._processes:
                process.join()


def _answer(problem: Problem, plan: Plan, pipe: Connection) -> None:
    """A process of the crew; an interruption of the whole group is its parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            failure, limits = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(recover(problem, plan, failure, limits))
        except Exception as wrong:
            pipe.send(wrong)
