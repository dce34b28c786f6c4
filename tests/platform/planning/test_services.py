"""Starting runs, storing what they found, adopting: who may, what is refused, what stays."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.people import Cast
from tests.platform.planning.conftest import search
from zagumi.platform.cases.models import Case
from zagumi.platform.core import audit
from zagumi.platform.core.append_only import AppendOnly
from zagumi.platform.core.errors import BadInput, Hidden, NotNow, Refused
from zagumi.platform.core.models import AuditEntry
from zagumi.platform.network import services as network_services
from zagumi.platform.network.models import Booking
from zagumi.platform.planning import queries, services
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import Alternative, Plan, PlannedSublot, Run

pytestmark = pytest.mark.django_db


def best(run: Run) -> Alternative:
    return run.alternatives.exclude(key="current").order_by("objective").first()  # type: ignore[return-value]


def test_only_the_coordinator_plans(cast: Cast, case: Case) -> None:
    for name, actor in cast.everybody.items():
        if name not in {"coordinator", "far_coordinator"}:
            with pytest.raises(Refused):
                services.start_run(actor, cases=[case], conditions=Conditions())


def test_conditions_out_of_range_are_all_named(cast: Cast, case: Case) -> None:
    with pytest.raises(BadInput) as refused:
        services.start_run(
            cast.coordinator, cases=[case], conditions=Conditions(weight_date=10, seconds=0, max_companies=0)
        )
    assert [(fault.place, fault.given) for fault in refused.value.faults] == [
        ("weight_date", "10"),
        ("seconds", "0"),
        ("max_companies", "0"),
    ]
    assert not Run.objects.exists()


def test_a_case_without_steps_is_refused(cast: Cast, case: Case) -> None:
    case.operations.update(removed_at=case.release)
    with pytest.raises(BadInput) as refused:
        services.start_run(cast.coordinator, cases=[case], conditions=Conditions())
    assert case.code in str(refused.value.faults[0].message)


def test_no_case_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput):
        services.start_run(cast.coordinator, cases=[], conditions=Conditions())


def test_a_run_ends_with_alternatives_that_have_no_fault(run: Run) -> None:
    assert run.outcome == Run.Outcome.DONE
    keys = [alternative.key for alternative in run.alternatives.all()]
    assert len(set(keys)) == len(keys) >= 3
    assert all(not alternative.faults for alternative in run.alternatives.all())
    assert all(alternative.bound <= alternative.objective for alternative in run.alternatives.all())
    assert run.objective is not None
    assert run.first_plan_seconds is not None
    assert run.points


def test_nobody_capable_is_said(cast: Cast, case: Case) -> None:
    step = case.operations.get(number=10)
    step.options.update(removed_at=case.release)
    run = search(cast.coordinator, [case])
    assert run.outcome == Run.Outcome.INFEASIBLE
    page = queries.run_page(cast.coordinator, run.code)
    assert any(f"{case.code} 10 " in reason for reason in page.reasons)


def test_a_snapshot_is_taken_once(cast: Cast, run: Run) -> None:
    before = run.snapshot_sha256
    services.take_snapshot(cast.coordinator, run=run)
    run.refresh_from_db()
    assert run.snapshot_sha256 == before


def test_adoption_makes_an_immutable_version_and_books_the_machines(cast: Cast, case: Case, run: Run) -> None:
    (plan,) = services.adopt_alternative(cast.coordinator, alternative=best(run), reason="納期に間に合う案だから")
    assert plan.version == 1
    held = Booking.objects.filter(kind=Booking.Kind.PLAN, source_code=case.code)
    lasting = [row for row in plan.sublots.all() if row.ends > row.starts]
    assert {(b.machine_id, b.start, b.end) for b in held} == {(r.machine_id, r.starts, r.ends) for r in lasting}
    case.refresh_from_db()
    assert case.expected_end == plan.completion
    plan.reason = "別の理由"
    with pytest.raises(AppendOnly):
        plan.save()
    with pytest.raises(AppendOnly):
        plan.sublots.first().delete()  # type: ignore[union-attr]
    assert not audit.verify(run.network)
    line = AuditEntry.objects.filter(case_code=case.code, verb="adopted the plan").get()
    assert line.purpose == "納期に間に合う案だから"


def test_pieces_add_up_in_an_adopted_plan(cast: Cast, case: Case, run: Run) -> None:
    (plan,) = services.adopt_alternative(cast.coordinator, alternative=best(run), reason="試験")
    for step in case.operations.all():
        assert sum(row.quantity for row in plan.sublots.filter(operation=step)) == step.quantity
    last = case.operations.order_by("-number").first()
    assert last is not None
    delivered = sum(move.pieces for move in plan.transfers.filter(taker=None))
    assert delivered == last.quantity


def test_adopting_needs_a_reason(cast: Cast, run: Run) -> None:
    with pytest.raises(BadInput):
        services.adopt_alternative(cast.coordinator, alternative=best(run), reason="  ")
    assert not Plan.objects.exists()


def test_only_the_coordinator_adopts(cast: Cast, run: Run) -> None:
    with pytest.raises(Refused):
        services.adopt_alternative(cast.member, alternative=best(run), reason="試験")


def test_the_second_of_two_adoptions_of_one_run_is_refused(cast: Cast, run: Run) -> None:
    services.adopt_alternative(cast.coordinator, alternative=best(run), reason="一つ目")
    other = run.alternatives.exclude(pk=best(run).pk).first()
    assert other is not None
    with pytest.raises(NotNow):
        services.adopt_alternative(cast.coordinator, alternative=other, reason="二つ目")
    assert Plan.objects.count() == 1


def test_a_machine_that_stopped_since_is_noticed(cast: Cast, run: Run, settings: Any) -> None:
    chosen = best(run)
    row = queries.step_lines(cast.coordinator, run, chosen)[0]
    settings.ZAGUMI_NOW = "2026-11-20T10:50:00+09:00"
    code = next(iter(_machines(cast, run, chosen, row.machine)))
    network_services.report_stop(
        cast.coordinator, code=code, reason="故障", start=row.starts - timedelta(minutes=1), end=None
    )
    with pytest.raises(NotNow):
        services.adopt_alternative(cast.coordinator, alternative=chosen, reason="試験")
    assert not PlannedSublot.objects.exists()


def _machines(cast: Cast, run: Run, chosen: Alternative, name: str) -> list[str]:
    from zagumi.platform.planning.queries.snapshots import plan_of, snapshot_of

    names = snapshot_of(cast.coordinator, run).names.machine
    return [code for code in plan_of(cast.coordinator, chosen).on_machine if names[code] == name]


def test_a_second_run_shows_the_plan_in_force_and_adopts_version_two(cast: Cast, case: Case, run: Run) -> None:
    services.adopt_alternative(cast.coordinator, alternative=best(run), reason="一回目")
    again = search(cast.coordinator, [case])
    current = again.alternatives.get(key="current")
    assert not current.faults
    (plan,) = services.adopt_alternative(cast.coordinator, alternative=best(again), reason="二回目")
    assert plan.version == 2
    shown = queries.case_plan(cast.coordinator, case.code)
    assert shown is not None
    assert shown.version == 2
    assert [version.number for version in shown.versions] == [2, 1]
    assert queries.case_plan(cast.coordinator, case.code, 1).version == 1  # type: ignore[union-attr]
    with pytest.raises(Hidden):
        queries.case_plan(cast.coordinator, case.code, 3)


def test_begun_work_is_frozen(cast: Cast, case: Case, run: Run, settings: Any) -> None:
    (plan,) = services.adopt_alternative(cast.coordinator, alternative=best(run), reason="一回目")
    first = plan.sublots.order_by("starts").first()
    assert first is not None
    settings.ZAGUMI_NOW = (first.starts + timedelta(minutes=30)).isoformat()
    again = search(cast.coordinator, [case])
    assert again.outcome == Run.Outcome.DONE
    for alternative in again.alternatives.all():
        lines = queries.step_lines(cast.coordinator, again, alternative)
        assert any(
            (line.machine, line.quantity, line.starts) == (first.machine.name, first.quantity, first.starts)
            for line in lines
        )


def test_other_cases_keep_their_machines(cast: Cast, case: Case, run: Run) -> None:
    """A machine held by one case's plan is taken for every other case."""
    services.adopt_alternative(cast.coordinator, alternative=best(run), reason="一回目")
    other = _copy(cast, case)
    again = search(cast.coordinator, [other])
    services.adopt_alternative(cast.coordinator, alternative=best(again), reason="もう一つ")
    spans: dict[int, list[tuple[Any, Any]]] = {}
    for booking in Booking.objects.filter(kind=Booking.Kind.PLAN).order_by("start"):
        spans.setdefault(booking.machine_id, []).append((booking.start, booking.end))
    for taken in spans.values():
        assert all(before[1] <= after[0] for before, after in pairwise(taken))


def _copy(cast: Cast, case: Case) -> Case:
    """A second case that wants the same steps of the same machines."""
    from zagumi.platform.cases.models import Operation, OperationLink

    made = Case.objects.get(pk=case.pk)
    made.pk, made.code = None, "C-2026-0999"
    made.save(force_insert=True)
    steps: dict[int, Operation] = {}
    for step in case.operations.order_by("number"):
        options = list(step.options.all())
        old = step.pk
        step.pk, step.case, step.part = None, made, None
        step.save(force_insert=True)
        steps[old] = step
        for option in options:
            option.pk, option.operation = None, step
            option.save(force_insert=True)
    for link in OperationLink.objects.filter(before__case=case):
        OperationLink.objects.create(
            before=steps[link.before_id], after=steps[link.after_id], per=link.per, batch=link.batch
        )
    return made
