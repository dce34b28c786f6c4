"""What is typed on the pages of cases, as the sheets of the services."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zagumi.engine.read.case_workbook import LinkLine
from zagumi.engine.read.case_workbook.cells import Unreadable, read_cell
from zagumi.engine.read.case_workbook.layout import OPERATIONS
from zagumi.platform.cases.models import Audience, Case, CaseFile, Channel, ContractForm, Operation, Option, Part
from zagumi.platform.cases.queries import buyers, leads, machine_choices
from zagumi.platform.cases.requirement import Requirement
from zagumi.platform.cases.sheets import (
    BuyerSheet,
    CaseSheet,
    FileSheet,
    LinkSheet,
    OperationSheet,
    OptionSheet,
    PartSheet,
)
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import BadInput
from zagumi.platform.network.models import Process, Quantity, Site, Skill

MINUTES_PER_DAY = 1440
NEW_BUYER = "new"
USUAL_DAYS = 28  # what the form offers as due date
DAY_ENDS = time(17)

COLUMNS = {column.key: column for column in OPERATIONS.columns}


def put_faults(form: forms.Form, refused: BadInput) -> None:
    """Show what a service refused at the fields it is about."""
    for fault in refused.faults:
        form.add_error(fault.place if fault.place in form.fields else None, str(fault.message))


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _text(label: Any, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **more)


def _whole(label: Any, low: int, high: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=low, max_value=high, **more)


# ------------------------------------------------------------------------------------------------------------- cases


class CaseForm(forms.Form):
    """An inquiry. The office's own fields are left out for buyers, who write for themselves."""

    title = _text(gettext_lazy("Title"), 200, help_text=gettext_lazy("What it is and how many, e.g. 主軸 ロータ 120本"))
    channel = forms.ChoiceField(label=gettext_lazy("Came by"), choices=Channel.choices, initial=Channel.PHONE)
    buyer = forms.ChoiceField(label=gettext_lazy("Buyer"))
    buyer_name = _text(gettext_lazy("Name of the new buyer"), 120, required=False)
    buyer_phone = _text(gettext_lazy("Telephone of the new buyer"), 24, required=False)
    buyer_reference = _text(
        gettext_lazy("Buyer's own number"), 60, required=False, help_text=gettext_lazy("Inquiry or order number")
    )
    received_on = _day(gettext_lazy("Received on"), required=False)
    answer_due = _day(gettext_lazy("Answer by"), required=False)
    release = _moment(
        gettext_lazy("Work may begin"), required=False, help_text=gettext_lazy("When material and drawings are there")
    )
    due = _moment(gettext_lazy("Due date"))
    deliver_to = forms.ChoiceField(label=gettext_lazy("Deliver to"), required=False)
    contract_form = forms.ChoiceField(
        label=gettext_lazy("Form of contract"), choices=ContractForm.choices, required=False
    )
    lead = forms.ChoiceField(label=gettext_lazy("Lead company"), required=False)
    late_yen_per_day = _whole(
        gettext_lazy("Loss per day late (yen)"),
        0,
        10**9,
        required=False,
        help_text=gettext_lazy("Counts in planning; kept per minute"),
    )
    price_yen = _whole(
        gettext_lazy("Order value (yen)"), 0, 10**11, required=False, help_text=gettext_lazy("Coordinator only")
    )
    note = forms.CharField(
        label=gettext_lazy("Remarks"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    OFFICE_ONLY = (
        "channel",
        "buyer",
        "buyer_name",
        "buyer_phone",
        "received_on",
        "answer_due",
        "contract_form",
        "lead",
    )
    OFFICE_FIGURES = ("late_yen_per_day", "price_yen")

    def __init__(self, actor: Actor, *args: Any, case: Case | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.case = actor, case
        if not actor.is_coordinator:
            for name in (*self.OFFICE_ONLY, *self.OFFICE_FIGURES):
                del self.fields[name]
        else:
            known = [("", "—"), *buyers(actor)]
            new = [] if case else [(NEW_BUYER, _("A new buyer"))]
            self._choose("buyer", [*known, *new])
            self._choose("lead", [("", _("not decided")), *leads(actor)])
        sites = Site.objects.visible_to(actor).filter(party__kind="buyer").select_related("party").order_by("code")
        self._choose("deliver_to", [("", _("not decided")), *((s.code, f"{s.party} {s.name}") for s in sites)])

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, case: Case | None) -> dict[str, Any]:
        """What the form begins with."""
        if case is None:
            today = clock.today()
            due = datetime.combine(today + timedelta(days=USUAL_DAYS), DAY_ENDS)
            return {"received_on": today, "due": due, "late_yen_per_day": 10 * MINUTES_PER_DAY}
        names = (
            "title",
            "channel",
            "buyer_reference",
            "received_on",
            "answer_due",
            "contract_form",
            "price_yen",
            "note",
        )
        return {name: getattr(case, name) for name in names} | {
            "release": timezone.localtime(case.release),
            "due": timezone.localtime(case.due),
            "buyer": case.buyer.code,
            "deliver_to": case.deliver_to.code if case.deliver_to else "",
            "lead": case.lead.code if case.lead else "",
            "late_yen_per_day": case.late_yen_per_minute * MINUTES_PER_DAY,
        }

    def clean(self) -> dict[str, Any]:
        """A new buyer needs a name."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("buyer") == NEW_BUYER and not (given.get("buyer_name") or "").strip():
            self.add_error("buyer_name", _("Please give the name of the new buyer."))
        return given

    def new_buyer(self) -> BuyerSheet | None:
        """The buyer to be registered first, if any."""
        if self.cleaned_data.get("buyer") != NEW_BUYER:
            return None
        return BuyerSheet(name=self.cleaned_data["buyer_name"], phone=self.cleaned_data["buyer_phone"])

    def sheet(self, buyer: str = "") -> CaseSheet:
        """What was typed. ``buyer``: the code of the one just registered."""
        given = self.cleaned_data
        per_day = given.get("late_yen_per_day")
        case = self.case
        return CaseSheet(
            title=given["title"],
            buyer=buyer or given.get("buyer") or "",
            due=given["due"],
            release=given["release"],
            buyer_reference=given["buyer_reference"],
            channel=given.get("channel") or (case.channel if case else Channel.WEB),
            received_on=given.get("received_on") or (case.received_on if case else None),
            answer_due=given.get("answer_due"),
            late_yen_per_minute=-(-per_day // MINUTES_PER_DAY) if per_day is not None else 10,
            deliver_to=given["deliver_to"],
            lead=given.get("lead") or "",
            contract_form=given.get("contract_form") or ContractForm.LEAD,
            price_yen=given.get("price_yen"),
            note=given["note"],
        )


class LoseForm(forms.Form):
    """Why a case does not come about."""

    reason = forms.CharField(
        label=gettext_lazy("Why did it not come about?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class PurposeForm(forms.Form):
    """Why the coordinator looks at what is otherwise closed."""

    purpose = _text(
        gettext_lazy("What do you need it for?"),
        200,
        min_length=5,
        help_text=gettext_lazy("This is written in the log, which the companies may ask to see."),
    )


class NoteForm(forms.Form):
    """A remark or a question."""

    text = forms.CharField(label=gettext_lazy("Text"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    party = forms.ChoiceField(label=gettext_lazy("With whom"), required=False)
    is_question = forms.BooleanField(label=gettext_lazy("Somebody has to answer"), required=False)

    def __init__(self, actor: Actor, parties: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.is_coordinator:
            choices = [("", _("Inside the office only")), *parties]
            self.fields["party"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["party"]


# ------------------------------------------------------------------------------------------------------------- parts


class PartForm(forms.Form):
    """A part or an assembly."""

    letter = _text(gettext_lazy("Letter"), 2, help_text=gettext_lazy("A, B, C …"))
    name = _text(gettext_lazy("Part name"), 200)
    drawing_no = _text(gettext_lazy("Drawing number"), 60, required=False)
    revision = _text(gettext_lazy("Revision"), 10, required=False)
    material = _text(gettext_lazy("Material"), 120, required=False)
    requirement = _text(gettext_lazy("Requirements"), 500, required=False)
    quantity = _whole(gettext_lazy("Quantity"), 1, 10_000_000)
    mass_g = _whole(gettext_lazy("Mass of one piece (g)"), 0, 10_000_000, required=False)

    @staticmethod
    def initial_of(part: Part | None) -> dict[str, Any]:
        """What the form begins with."""
        return {name: getattr(part, name) for name in PartForm.base_fields} if part else {}

    def sheet(self) -> PartSheet:
        """What was typed."""
        return PartSheet(**{**self.cleaned_data, "mass_g": self.cleaned_data["mass_g"] or 0})


def _read(key: str) -> Callable[[str], Any]:
    """Reads a text as the workbook's column ``key`` does."""

    def read(text: str) -> Any:
        try:
            return read_cell(text, COLUMNS[key], factor=Decimal(1))
        except Unreadable as refused:
            raise forms.ValidationError(EXPECTED[key]) from refused

    return read


EXPECTED = {
    "before": gettext_lazy("Step numbers separated by commas, e.g. 10, 30×4"),
    "batch": gettext_lazy("One figure, or one for each step before, separated by 、"),
    "lag_minutes": gettext_lazy("One figure, or one for each step before, separated by 、"),
}


class OperationForm(forms.Form):
    """A step with what comes before it, written as in the workbook."""

    number = _whole(gettext_lazy("Step number"), 1, 99_999)
    name = _text(gettext_lazy("Step name"), 200)
    process = forms.ChoiceField(label=gettext_lazy("Process"))
    part = forms.ChoiceField(label=gettext_lazy("Part"), required=False)
    quantity = _whole(
        gettext_lazy("Good pieces it hands on"), 1, 10_000_000, help_text=gettext_lazy("The next step gets these")
    )
    before = _text(gettext_lazy("Steps before"), 200, required=False, help_text=EXPECTED["before"])
    batch = _text(
        gettext_lazy("Handed on in lots of"),
        100,
        required=False,
        help_text=gettext_lazy("Empty: only when all are done. One figure, or one for each step before."),
    )
    lag_minutes = _text(gettext_lazy("Waits before it goes on (minutes)"), 100, required=False)
    min_sublot = _whole(
        gettext_lazy("Smallest sub-lot"),
        1,
        10_000_000,
        required=False,
        help_text=gettext_lazy("Empty: not split over machines and companies"),
    )
    max_sublots = _whole(gettext_lazy("Most sub-lots"), 1, 50, required=False)
    may_pause = forms.BooleanField(label=gettext_lazy("May stop over night"), required=False)
    setup_family = _text(gettext_lazy("Set-up family"), 40, required=False)
    skill = forms.ChoiceField(label=gettext_lazy("Skill needed"), required=False)
    material = _text(gettext_lazy("Material"), 120, required=False)
    certificates = _text(
        gettext_lazy("Certificates needed"), 200, required=False, help_text=gettext_lazy("Separated by commas")
    )
    note = _text(gettext_lazy("Remarks"), 500, required=False)

    def __init__(self, actor: Actor, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        processes = Process.objects.visible_to(actor)
        parts = Part.objects.visible_to(actor).filter(case=case, removed_at__isnull=True)
        skills = Skill.objects.visible_to(actor)
        self._choose("process", [("", "—"), *((process.key, str(process)) for process in processes)])
        self._choose("part", [("", _("none (assembly and after)")), *((part.letter, str(part)) for part in parts)])
        self._choose("skill", [("", _("none")), *((skill.key, str(skill)) for skill in skills)])
        for quantity in Quantity:
            label = f"{quantity.label} ({quantity.unit})"
            field = forms.DecimalField(label=label, required=False, max_digits=10, min_value=0)
            self.fields[f"value_{quantity}"] = field

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def value_fields(self) -> list[forms.BoundField]:
        """The figures asked of a machine."""
        return [self[name] for name in self.fields if name.startswith("value_")]

    @staticmethod
    def initial_of(operation: Operation | None, links: Sequence[LinkSheet] = ()) -> dict[str, Any]:
        """What the form begins with."""
        if operation is None:
            return {"may_pause": True}
        names = ("number", "name", "quantity", "min_sublot", "may_pause", "setup_family", "note")
        wanted = Requirement.of(operation.requirement)
        return {name: getattr(operation, name) for name in names} | {
            "process": operation.process.key,
            "part": operation.part.letter if operation.part else "",
            "skill": operation.skill.key if operation.skill else "",
            "max_sublots": operation.max_sublots if operation.min_sublot else None,
            "before": ", ".join(f"{one.before}×{one.per}" if one.per > 1 else str(one.before) for one in links),
            "batch": _figures([link.batch for link in links]),
            "lag_minutes": _figures([link.lag_minutes or None for link in links]),
            "material": wanted.material,
            "certificates": ", ".join(wanted.certificates),
            **{f"value_{key}": value for key, value in wanted.values.items()},
        }

    def clean_before(self) -> tuple[LinkLine, ...]:
        """The links, without lots and waiting times."""
        text = self.cleaned_data["before"]
        return _read("before")(text) if text else ()

    def clean_batch(self) -> tuple[int | None, ...]:
        """Lots."""
        text = self.cleaned_data["batch"]
        return _read("batch")(text) if text else (None,)

    def clean_lag_minutes(self) -> tuple[int | None, ...]:
        """Waiting times."""
        text = self.cleaned_data["lag_minutes"]
        return _read("lag_minutes")(text) if text else (None,)

    def clean(self) -> dict[str, Any]:
        """As many figures as steps before."""
        given: dict[str, Any] = super().clean() or {}
        count = len(given.get("before") or ())
        for name in ("batch", "lag_minutes"):
            if name in given and len(given[name]) not in (1, count):
                self.add_error(name, EXPECTED[name])
        return given

    def sheet(self) -> OperationSheet:
        """What was typed."""
        given = self.cleaned_data
        links = given["before"]
        batches = given["batch"] * len(links) if len(given["batch"]) == 1 else given["batch"]
        lags = given["lag_minutes"] * len(links) if len(given["lag_minutes"]) == 1 else given["lag_minutes"]
        values = {
            name.removeprefix("value_"): value
            for name, value in given.items()
            if name.startswith("value_") and value is not None
        }
        certificates = tuple(
            word.strip() for word in given["certificates"].replace("、", ",").split(",") if word.strip()
        )
        smallest = given["min_sublot"]
        return OperationSheet(
            number=given["number"],
            name=given["name"],
            process=given["process"],
            quantity=given["quantity"],
            part=given["part"],
            before=tuple(LinkSheet(link.before, link.per, batches[at], lags[at] or 0) for at, link in enumerate(links)),
            may_pause=given["may_pause"],
            min_sublot=smallest,
            max_sublots=given["max_sublots"] or (2 if smallest else 1),
            setup_family=given["setup_family"],
            requirement=Requirement(given["material"].strip(), values, certificates),
            skill=given["skill"],
            note=given["note"],
        )


def _figures(values: Sequence[int | None]) -> str:
    if all(value is None for value in values):
        return ""
    if len(set(values)) == 1:
        return str(values[0])
    return "、".join("-" if value is None else str(value) for value in values)


# ----------------------------------------------------------------------------------------------------------- options


TOLD_BY = [(channel.value, channel.label) for channel in (Channel.PHONE, Channel.FAX, Channel.MAIL)]


class OptionForm(forms.Form):
    """What a step takes on a machine. The office says how the company told it (``told_by``)."""

    told_by = forms.ChoiceField(label=gettext_lazy("The company said so by"), choices=TOLD_BY)

    machine = forms.ChoiceField(label=gettext_lazy("Company and machine"))
    setup_minutes = _whole(gettext_lazy("Set-up (minutes)"), 0, 100_000)
    minutes_per_piece = forms.DecimalField(
        label=gettext_lazy("Minutes per piece"), min_value=0, max_value=100_000, max_digits=10, decimal_places=4
    )
    fixed_yen = _whole(gettext_lazy("Fixed cost (yen)"), 0, 10**9)
    unit_yen = _whole(gettext_lazy("Cost per piece (yen)"), 0, 10**8)
    good_percent = forms.DecimalField(
        label=gettext_lazy("Good rate (%)"), min_value=Decimal("0.01"), max_value=100, max_digits=6, initial=100
    )
    note = _text(gettext_lazy("Remarks"), 300, required=False)

    def __init__(self, actor: Actor, *args: Any, fixed_machine: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed_machine = fixed_machine
        if not (fixed_machine and actor.is_coordinator):
            del self.fields["told_by"]
        if fixed_machine:
            del self.fields["machine"]
        else:
            self.fields["machine"].choices = [("", "—"), *machine_choices(actor)]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(option: Option, *, with_costs: bool) -> dict[str, Any]:
        """What the form begins with; costs stay empty for those who may not read them."""
        names = ("setup_minutes", "minutes_per_piece", "note") + (("fixed_yen", "unit_yen") if with_costs else ())
        return {name: getattr(option, name) for name in names} | {"good_percent": (option.good_rate * 100).normalize()}

    def sheet(self) -> OptionSheet:
        """What was typed."""
        given = self.cleaned_data
        return OptionSheet(
            machine=self.fixed_machine or given["machine"],
            setup_minutes=given["setup_minutes"],
            minutes_per_piece=given["minutes_per_piece"],
            fixed_yen=given["fixed_yen"],
            unit_yen=given["unit_yen"],
            good_rate=given["good_percent"] / 100,
            note=given["note"],
        )


class DeclineForm(forms.Form):
    """Why a company cannot take a step; the office says how it was told."""

    reason = _text(gettext_lazy("Why it is not possible"), 300)
    told_by = forms.ChoiceField(label=gettext_lazy("The company said so by"), choices=TOLD_BY)

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, auto_id="decline-%s")
        if not actor.is_coordinator:
            del self.fields["told_by"]


# ------------------------------------------------------------------------------------------------------------- files


class FileForm(forms.Form):
    """A file and what it is."""

    uploaded = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("PDF, DXF, STEP, pictures, office documents")
    )
    title = _text(gettext_lazy("Title of the file"), 200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CaseFile.Kind.choices)
    part = forms.ChoiceField(label=gettext_lazy("Part"), required=False)
    revision = _text(gettext_lazy("Revision"), 10, required=False)
    audience = forms.ChoiceField(label=gettext_lazy("Who may open it"), choices=Audience.choices)

    def __init__(self, actor: Actor, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = Part.objects.visible_to(actor).filter(case=case, removed_at__isnull=True)
        choices = [("", _("the whole case")), *((part.letter, str(part)) for part in parts)]
        self.fields["part"].choices = choices  # type: ignore[attr-defined]
        if not actor.is_coordinator:
            del self.fields["audience"]

    def sheet(self) -> FileSheet:
        """What was typed."""
        given = self.cleaned_data
        return FileSheet(
            title=given["title"],
            kind=given["kind"],
            part=given["part"],
            revision=given["revision"],
            audience=given.get("audience", Audience.OFFICE),
        )


class AudienceForm(forms.Form):
    """Who may open a file."""

    audience = forms.ChoiceField(label=gettext_lazy("Who may open it"), choices=Audience.choices)


class UploadForm(forms.Form):
    """A workbook to be imported."""

    workbook = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx)"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )
