"""Background work of planning."""

from zagumi.platform.core.jobs import JobContext, job
from zagumi.platform.planning import services
from zagumi.platform.planning.models import Run

CHILD_GRACE_SECONDS = 60
"""Reading the snapshot, the first plan and the simulation come on top of the search's own time."""


@job("planning.solve")
def solve(ctx: JobContext, *, run_id: int) -> None:
    """Search the alternatives of a run: snapshot, child process with no transaction open, results stored once."""
    run = Run.objects.select_related("network", "job").get(pk=run_id)
    if run.outcome:
        return
    with ctx.fenced():
        services.take_snapshot(ctx.actor, run=run)
    outcome = ctx.run_child(
        "zagumi.platform.planning.solving:solve_snapshot",
        (bytes(run.snapshot), services.plan_in_force(run), float(run.seconds), run.seed),
        seconds=run.seconds + CHILD_GRACE_SECONDS,
    )
    with ctx.fenced(last=True):
        services.store_outcome(ctx.actor, run=run, outcome=outcome)
