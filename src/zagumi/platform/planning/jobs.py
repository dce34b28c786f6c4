"""Background work of planning."""

from zagumi.platform.core.jobs import JobContext, job
from zagumi.platform.core.models import Job
from zagumi.platform.planning import services
from zagumi.platform.planning.models import Alternative, Run

CHILD_GRACE_SECONDS = 60
"""Reading the snapshot, the first plan and the simulation come on top of the search's own time."""
WHY_NOT_SECONDS = 5


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


@job("planning.why_not", attempts=2)
def why_not(ctx: JobContext, *, alternative_id: int, step: str, company: str) -> None:
    """Answer "why not that company"; the answer stays with the job, for those who asked."""
    alternative = Alternative.objects.select_related("run").get(pk=alternative_id)
    answer = ctx.run_child(
        "zagumi.platform.planning.solving:answer_why_not",
        (bytes(alternative.run.snapshot), bytes(alternative.plan), step, company, float(WHY_NOT_SECONDS)),
        seconds=WHY_NOT_SECONDS + CHILD_GRACE_SECONDS,
    )
    with ctx.fenced(last=True):
        Job.objects.filter(pk=ctx.job.pk).update(data={"answer": answer})
