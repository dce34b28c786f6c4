"""The town's story told from beginning to end, with the searches that belong to it."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.utils import translation

from zagumi.platform.cases.models import Case
from zagumi.platform.core.jobs.worker import Worker
from zagumi.platform.network.models import MachineStop
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import Alternative, Plan, PlannedSublot, Run
from zagumi.platform.planning.queries import run_page
from zagumi.platform.planning.services import adopt_alternative, start_run
from zagumi.platform.shell.demo.members import joining
from zagumi.platform.shell.demo.story import Story, calendar, clock_at
from zagumi.platform.shell.demo.tales import STOPS, machine_stops, tales
from zagumi.platform.shell.demo.town import Town, founding, table

Watch = Callable[[Run], AbstractContextManager[None]]
"""Watches a search while it goes on."""

PAUSE_SECONDS = 0.5
AT_HAND = ("pump", "cam", "conveyor")


class Telling:
    """The town's story, told in three parts: up to the first plan, that plan, and what came after."""

    def __init__(self, *, worker: Worker | None = None, watch: Watch | None = None) -> None:
        self.town = Town(calendar())
        self._worker = worker or Worker()
        self._watch = watch or (lambda _run: nullcontext())
        members = [joining(self.town, number, row) for number, row in enumerate(table("companies")["company"])]
        self._story = Story([founding(self.town), *members, *tales(self.town)])

    def begin(self) -> None:
        """Found the town and tell everything up to the day on which the work at hand was planned."""
        with translation.override("ja"):
            self._story.tell(until=self.town.day(-3, "15:00"))

    def plan_work_at_hand(self, *, seconds: int) -> None:
        """Plan three cases together, three working days ago, and adopt what keeps the dates best."""
        day = self.town.day
        with translation.override("ja"):
            with clock_at(day(-3, "15:00")):
                run = self._search(AT_HAND, seconds, "ポンプ・カム・コンベヤ軸をまとめて計画")
            with clock_at(day(-2, "9:30")):
                self._adopt(run, "三つの納期を守れる見込みがいちばん高い。費用の差は小さい。")

    def go_on(self) -> None:
        """Tell the rest, up to this morning's telephone call."""
        with translation.override("ja"):
            self._story.tell()
            for place, reason in self._needed_machine():
                Story([machine_stops(self.town, place, reason)]).tell()

    def plan_first_case(self, *, seconds: int) -> Run:
        """Search plans for the automotive case; the choice is left to whoever looks at it."""
        with translation.override("ja"):
            return self._search(("automotive",), seconds, "初回3,000組。遅れると先方のラインが止まる")

    def ask_for_more(self, *, seconds: int) -> None:
        """Ask for two more searches, which the worker does once the town is served: the pump anew, and the rush."""
        with translation.override("ja"):
            if MachineStop.objects.exists():
                self._start(("pump",), seconds, "設備が止まったため")
            self._start(("rush",), seconds, "至急品。何日で納められるか")

    def _start(self, keys: tuple[str, ...], seconds: int, reason: str) -> Run:
        cases = Case.objects.visible_to(self.town.office).filter(code__in=[self.town.cases[key] for key in keys])
        return start_run(self.town.office, cases=cases, conditions=Conditions(seconds=seconds), reason=reason)

    def _search(self, keys: tuple[str, ...], seconds: int, reason: str) -> Run:
        run = self._start(keys, seconds, reason)
        with self._watch(run):
            self._worker.drain()
            while not _is_over(run):  # a failed attempt is tried again after a while
                time.sleep(PAUSE_SECONDS)
                self._worker.drain()
        return Run.objects.select_related("job").get(pk=run.pk)

    def _adopt(self, run: Run, reason: str) -> None:
        chosen = run_page(self.town.office, run.code).proposed
        if chosen is not None:
            alternative = Alternative.objects.visible_to(self.town.office).get(run=run, key=chosen.key)
            adopt_alternative(self.town.office, alternative=alternative, reason=reason)

    def _needed_machine(self) -> list[tuple[str, str]]:
        """The machine (company/name) that the plan of the pump needs next for a step of ``STOPS``, and why it stops."""
        plan = Plan.objects.filter(case__code=self.town.cases["pump"]).order_by("-version").first()
        ahead = PlannedSublot.objects.filter(plan=plan, starts__gt=self.town.day.present).order_by("starts")
        for number, reason in STOPS.items():
            if sublot := ahead.filter(operation__number=number).select_related("machine__site__party").first():
                return [(f"{sublot.machine.site.party.short_name}/{sublot.machine.name}", reason)]
        return []


def _is_over(run: Run) -> bool:
    return Run.objects.select_related("job").defer("snapshot").get(pk=run.pk).is_over
