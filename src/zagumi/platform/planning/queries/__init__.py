"""What planning answers: frozen dataclasses, already trimmed to the reader."""

from zagumi.platform.planning.queries.flows import flow_map
from zagumi.platform.planning.queries.inspection import inspect, inspect_first, why_not_answer
from zagumi.platform.planning.queries.runs import RUN_STATES, run_lines, run_page
from zagumi.platform.planning.queries.schedule import Arrangement, sheet_of, step_lines
from zagumi.platform.planning.queries.work import case_plan, own_sheet, own_work, plans_in_force

__all__ = [
    "RUN_STATES",
    "Arrangement",
    "case_plan",
    "flow_map",
    "inspect",
    "inspect_first",
    "own_sheet",
    "own_work",
    "plans_in_force",
    "run_lines",
    "run_page",
    "sheet_of",
    "step_lines",
    "why_not_answer",
]
