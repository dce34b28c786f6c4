"""Faults of a workbook in the reader's words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zagumi.engine.read.case_workbook import Fault
from zagumi.platform.core.errors import Fault as WordedFault

# What was expected, by rule; the figures come from the fault's details.
EXPECTED: Mapping[str, str | Promise] = {
    "above_quantity": gettext_lazy("at most %(most)s"),
    "ambiguous_machine": gettext_lazy("one of these, with its code: %(names)s"),
    "answer_before_received": gettext_lazy("not before %(received)s"),
    "choice": gettext_lazy("one of: %(accepted)s"),
    "control_character": gettext_lazy("text without control characters"),
    "cycle": gettext_lazy("steps without a cycle"),
    "damaged": gettext_lazy("an Excel workbook (.xlsx) that opens"),
    "date": gettext_lazy("a date, e.g. 2026/12/11, R8.12.11 or 令和8年12月11日"),
    "decimal": gettext_lazy("a number from %(low)s to %(high)s"),
    "double": gettext_lazy("each only once (it stands in row %(first)s already)"),
    "doubled_column": gettext_lazy("the column “%(name)s” once"),
    "doubled_link": gettext_lazy("each step before only once"),
    "doubled_sheet": gettext_lazy("one sheet “%(name)s”"),
    "due_before_release": gettext_lazy("later than %(release)s, when work may begin"),
    "figures": gettext_lazy("one figure, or one for each of the %(count)s steps before"),
    "formula_error": gettext_lazy("a value instead of an error"),
    "half_a_place": gettext_lazy("latitude and longitude together"),
    "hours": gettext_lazy("hours, e.g. 8:00-12:00 13:00-17:00"),
    "letter": gettext_lazy("one or two letters A to Z"),
    "links": gettext_lazy("step numbers separated by commas, e.g. 10, 30×4"),
    "missing_column": gettext_lazy("a column “%(name)s”"),
    "missing_sheet": gettext_lazy("a sheet “%(name)s”"),
    "moved_site": gettext_lazy("%(first)s, as in row %(at)s of the same site"),
    "never_fits": gettext_lazy("at most %(stretch)s minutes in one stretch; %(need)s are needed"),
    "no_rows": gettext_lazy("at least one row"),
    "nobody_can": gettext_lazy("a company on the sheet “できる会社”"),
    "not_xlsx": gettext_lazy("an Excel workbook (.xlsx)"),
    "old_or_locked": gettext_lazy("an Excel workbook (.xlsx) without a password; save older files as .xlsx"),
    "other_process": gettext_lazy("a machine for %(process)s"),
    "refused": "%(wanted)s",
    "required": gettext_lazy("something to be filled in"),
    "shifts": gettext_lazy("weekdays and hours, e.g. 月-金 8:00-12:00 13:00-17:00; 土 8:00-12:00"),
    "sublots_without_smallest": gettext_lazy("a smallest sub-lot beside it"),
    "time": gettext_lazy("a time, e.g. 17:00"),
    "too_few_along_link": gettext_lazy("at least %(least)s from step %(before)s, which hands on %(found)s"),
    "too_few_for_part": gettext_lazy("at least %(least)s, which part %(part)s needs"),
    "too_large": gettext_lazy("a file of at most %(limit)s MB"),
    "too_long": gettext_lazy("at most %(length)s characters"),
    "too_many_rows": gettext_lazy("at most %(limit)s rows"),
    "too_many_sheets": gettext_lazy("at most %(limit)s sheets"),
    "unknown_case": gettext_lazy("the code of a case of this network, or nothing for a new one"),
    "unknown_column": gettext_lazy("a heading of the template; this column is passed over"),
    "unknown_company": gettext_lazy("a company of the network"),
    "unknown_place": gettext_lazy("latitude and longitude of a site that is not known yet"),
    "unknown_process": gettext_lazy("a process of the list"),
    "unknown_reference": gettext_lazy("one that stands on the sheet “%(name)s”"),
    "unknown_sheet": gettext_lazy("a sheet of the template; this one is passed over"),
    "unknown_skill": gettext_lazy("a skill of the list"),
    "unknown_unit": gettext_lazy("one of the units %(accepted)s"),
    "unsaved_formula": gettext_lazy("a value; open the file in Excel and save it, so that results are stored"),
    "whole": gettext_lazy("a whole number from %(low)s to %(high)s"),
    "yes": gettext_lazy("○ or ×"),
    "zip_bomb": gettext_lazy("a workbook of ordinary size"),
}


def expected(fault: Fault) -> str:
    """What would have been accepted."""
    said = str(EXPECTED[fault.rule]) % fault.details
    unit = fault.details.get("unit", "")
    return f"{said} ({unit})" if unit else said


def place(fault: Fault) -> str:
    """Where it stands: ``工程 5行 D列 数量``."""
    said = [fault.sheet] if fault.sheet else []
    if fault.row is not None:
        said.append(_("row %(row)s") % {"row": fault.row})
    if fault.column:
        said.append(_("column %(column)s") % {"column": fault.column})
    if fault.header:
        said.append(fault.header.replace("\n", ""))
    return " ".join(said) or _("The file")


def worded(fault: Fault) -> WordedFault:
    """A fault of a workbook as pages, the API and services answer it."""
    where, wanted = place(fault), expected(fault)
    given = fault.given or _("nothing")
    message = _("%(place)s: “%(given)s” stands there, expected %(expected)s.") % {
        "place": where,
        "given": given,
        "expected": wanted,
    }
    return WordedFault(where, fault.given, wanted, message)
