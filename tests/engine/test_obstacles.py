"""How much work fits on a machine at a stretch, against counting minute by minute."""

from __future__ import annotations

from itertools import groupby

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.strategies import tiny_problems
from zagumi.engine.problem import Problem
from zagumi.engine.solve.obstacles import _Rooms


def longest(problem: Problem, machine: str, person: str | None, release: int, may_pause: bool) -> int:
    """Open minutes between two bookings, or without any break: the longest run of minutes."""
    hours, bookings = problem.windows(machine, person), problem.machine[machine].bookings
    kinds = []
    for minute in range(problem.horizon):
        booked = any(start <= minute < end for start, end in bookings)
        is_open = minute >= release and any(start <= minute < end for start, end in hours)
        kinds.append("booked" if booked else "open" if is_open else "closed")
    breaks = {"booked"} if may_pause else {"booked", "closed"}
    runs = [list(run) for broken, run in groupby(kinds, lambda kind: kind in breaks) if not broken]
    return max((run.count("open") for run in runs), default=0)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(tiny_problems(always=("calendars", "bookings", "people")), st.data())
def test_the_longest_stretch_is_that_of_counting(problem: Problem, data: st.DataObject) -> None:
    rooms = _Rooms(problem)
    for machine in problem.machine:
        for person in (None, *problem.person):
            for may_pause in (True, False):
                release = data.draw(st.integers(0, problem.horizon))
                found = rooms.longest(machine, person, release, may_pause)
                assert found == longest(problem, machine, person, release, may_pause)
