"""The automotive case of the example workbook, imported, and its run solved without a worker process."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.people import Cast, seat
from zagumi.platform.cases import services as cases_services
from zagumi.platform.cases.models import Case
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Job, Party, Role
from zagumi.platform.planning import services
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import Run
from zagumi.platform.planning.outcome import Outcome
from zagumi.platform.planning.solving import solve_snapshot

EXAMPLE = Path(__file__).parents[3] / "examples" / "automotive_case.xlsx"
NOW = "2026-11-20T10:40:00+09:00"


@pytest.fixture(autouse=True)
def standing_clock(settings: Any, tmp_path: Path) -> None:
    settings.ZAGUMI_NOW = NOW
    settings.MEDIA_ROOT = tmp_path / "files"


@dataclass
class Quiet:
    """A child's channel that only remembers."""

    said: list[dict[str, Any] | None] = field(default_factory=list)

    def progress(self, _fraction: float | None, _text: str, data: dict[str, Any] | None = None) -> None:
        self.said.append(data)

    def finishing(self) -> bool:
        return False


@pytest.fixture
def case(cast: Cast) -> Case:
    made, _outcome = cases_services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    return made


_known: dict[tuple[str, bytes | None, int], Outcome] = {}


def _solved(run: Run) -> Outcome:
    """What the child finds; the same question is solved once for all tests of this process."""
    in_force = services.plan_in_force(run)
    key = (run.snapshot_sha256, in_force, run.seed)
    if key not in _known:
        _known[key] = solve_snapshot(Quiet(), bytes(run.snapshot), in_force, float(run.seconds), run.seed)
    return _known[key]


def search(actor: Actor, cases: list[Case], **conditions: Any) -> Run:
    """A run with its outcome, the child's work done in this process."""
    run = services.start_run(actor, cases=cases, conditions=Conditions(**{"seconds": 1, **conditions}), reason="試験")
    system = Actor.system(run.network)
    services.take_snapshot(system, run=run)
    services.store_outcome(system, run=run, outcome=_solved(run))
    Job.objects.filter(pk=run.job_id).update(state=Job.State.DONE)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def run(cast: Cast, case: Case) -> Run:
    return search(cast.coordinator, [case])


def member_of(network_actor: Actor, run: Run, name: str) -> Actor:
    """A new person for the company called ``name`` in the network of the run."""
    party = Party.objects.get(name=name, networks=run.network)
    return seat(run.network, f"person-of-{party.code}", f"{name}の人", Role.MEMBER, party)
