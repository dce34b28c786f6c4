"""The forms of the network's pages. Each gives the sheet that its service takes."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core import clock
from zagumi.platform.core.errors import BadInput
from zagumi.platform.network.hours import minute_of_day
from zagumi.platform.network.labels import label
from zagumi.platform.network.models import (
    Capability,
    Certificate,
    Company,
    Disclosure,
    Family,
    Machine,
    Person,
    Process,
    Provenance,
    Quantity,
    Site,
    Skill,
    WorkCalendar,
)
from zagumi.platform.network.queries.calendar import ShiftLine
from zagumi.platform.network.sheets import (
    CapabilitySheet,
    CertificateSheet,
    CompanySheet,
    MachineSheet,
    PersonSheet,
    ProofSheet,
    ShiftSheet,
    SiteSheet,
)

CHANNELS = [("phone", _("Telephone")), ("fax", _("FAX")), ("mail", _("E-mail or post")), ("screen", _("A visit"))]
SHIFTS_PER_DAY = 3


class EditForm(forms.Form):
    """A form that takes the faults of a service to its fields, and, filled in for another, asks how it was told.

    ``told`` adds the question; its answer is the channel that the log notes. ``beside`` names fields that stand in one
    row; a row stands where its first field does, which every form has.
    """

    beside: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(self, *args: Any, told: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if not field.label:
                field.label = label(name)
        if told:
            self.fields["told_by"] = forms.ChoiceField(label=_("How the company told this"), choices=CHANNELS)

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields in the order of ``beside``: those named together stand in one row, the others alone."""
        placed = {name for names in self.beside for name in names}
        rows: list[list[str]] = []
        for name in self.fields:
            together = next((names for names in self.beside if names[0] == name), None)
            if together:
                rows.append([each for each in together if each in self.fields])
            elif name not in placed:
                rows.append([name])
        return [[self[name] for name in row] for row in rows]

    @property
    def channel(self) -> str:
        """How it was told."""
        return str(self.cleaned_data.get("told_by") or "phone")

    def take(self, error: BadInput) -> None:
        """Show each fault at its field; what belongs to none stands above the form."""
        for fault in error.faults:
            name = self.field_of(fault.place)
            self.add_error(name if name in self.fields else None, str(fault.message))

    def field_of(self, place: str) -> str:
        """The field for a place that a service names."""
        return place

    def facts(self, *names: str) -> dict[str, Any]:
        """The values of these fields."""
        return {name: self.cleaned_data[name] for name in names}


def _text(limit: int, *, required: bool = False, **options: Any) -> forms.CharField:
    return forms.CharField(required=required, max_length=limit, **options)


def _whole(low: int = 0) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=low)


def _number(places: int, digits: int = 12) -> forms.DecimalField:
    return forms.DecimalField(required=False, min_value=0, max_digits=digits, decimal_places=places)


def _day(*, required: bool = False) -> forms.DateField:
    return forms.DateField(required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _time() -> forms.TimeField:
    return forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


def _moment(*, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=required, widget=widget)


def processes() -> list[tuple[str, list[tuple[str, str]]]]:
    """The processes to choose from, by family."""
    found: dict[str, list[tuple[str, str]]] = {str(family.label): [] for family in Family}
    for process in Process.objects.all():
        found[process.family_name].append((process.key, str(process)))
    return [(family, known) for family, known in found.items() if known]


class CompanyForm(EditForm):
    """A company's facts."""

    beside = (
        ("name_kana", "name_en"),
        ("short_name", "corporate_number"),
        ("trades", "trades_en"),
        ("employees", "capital_yen", "founded"),
        ("phone", "fax"),
        ("postal_code", "municipality_code"),
    )

    name = _text(120, required=True)
    name_kana = _text(120, help_text=_("So that the company is found by its reading."))
    name_en = _text(120)
    short_name = _text(24)
    corporate_number = _text(13, help_text=_("13 digits; the check digit is checked."))
    trades = _text(120)
    trades_en = _text(120)
    summary = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    summary_en = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    employees = _whole()
    capital_yen = _whole()
    founded = _whole(1600)
    contact_channel = forms.ChoiceField(choices=Company.Channel.choices)
    phone = _text(24)
    fax = _text(24)
    email = forms.EmailField(required=False)
    postal_code = _text(8)
    address = _text(200)
    municipality_code = _text(6)
    may_lead = forms.BooleanField(required=False)

    def __init__(self, *args: Any, admits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not admits:
            del self.fields["may_lead"]

    @classmethod
    def filled(cls, company: Company) -> dict[str, Any]:
        """The present values."""
        party = company.party
        of_party = {name: getattr(party, name) for name in cls.base_fields if hasattr(party, name)}
        return {name: getattr(company, name) for name in cls.base_fields if hasattr(company, name)} | of_party

    def sheet(self) -> CompanySheet:
        """What was filled in."""
        return CompanySheet(**self.facts(*(name for name in self.fields if name in CompanySheet.__annotations__)))


class SiteForm(EditForm):
    """A works."""

    beside = (("name", "name_en"), ("latitude", "longitude"))

    name = _text(80, required=True)
    name_en = _text(80)
    address = _text(160)
    latitude = forms.FloatField(min_value=-90, max_value=90, help_text=_("In degrees, e.g. 34.2531"))
    longitude = forms.FloatField(min_value=-180, max_value=180, help_text=_("In degrees, e.g. 137.8214"))

    @classmethod
    def filled(cls, site: Site) -> dict[str, Any]:
        """The present values."""
        return {name: getattr(site, name) for name in cls.base_fields}

    def sheet(self, *, is_hub: bool = False) -> SiteSheet:
        """What was filled in; the district follows from the place."""
        return SiteSheet(**self.facts(*self.base_fields), is_hub=is_hub)


class MachineForm(EditForm):
    """A machine."""

    beside = (
        ("name", "name_en"),
        ("process", "site"),
        ("maker", "model", "installed_year"),
        ("envelope_x_mm", "envelope_y_mm", "envelope_z_mm"),
        ("diameter_mm", "length_mm", "max_mass_kg"),
        ("max_temperature_c", "axes", "it_grade", "roughness_ra"),
    )

    name = _text(80, required=True)
    name_en = _text(80)
    process = forms.ChoiceField()
    site = forms.ChoiceField(label=_("Where it stands"))
    maker = _text(60)
    model = _text(60)
    installed_year = _whole(1900)
    envelope_x_mm = _whole(1)
    envelope_y_mm = _whole(1)
    envelope_z_mm = _whole(1)
    diameter_mm = _whole(1)
    length_mm = _whole(1)
    max_mass_kg = _whole(1)
    max_temperature_c = _whole(1)
    axes = _whole(1)
    it_grade = _whole(1)
    roughness_ra = _number(3, 6)
    calendar = forms.ChoiceField(required=False)
    capacity_disclosure = forms.ChoiceField(choices=Disclosure.choices, initial=Disclosure.BAND)
    hourly_yen = forms.IntegerField(
        required=False,
        min_value=0,
        help_text=_("Shown to nobody but you; to the coordinator only with a reason, which is logged."),
    )

    def __init__(self, *args: Any, company: Company, present: Machine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["process"].choices = processes()  # type: ignore[attr-defined]
        sites = [(site.code, f"{site.name} ({site.code})") for site in company.party.sites.all()]
        self.fields["site"].choices = sites  # type: ignore[attr-defined]
        self.fields["calendar"].choices = calendar_choices(company)  # type: ignore[attr-defined]
        if present is not None:
            del self.fields["site"], self.fields["capacity_disclosure"]

    @classmethod
    def filled(cls, machine: Machine, *, prices: bool) -> dict[str, Any]:
        """The present values, as far as they may be read."""
        values = {name: getattr(machine, name) for name in cls.base_fields if hasattr(machine, name)}
        values |= {"process": machine.process.key, "calendar": _named(machine.calendar)}
        return values if prices else values | {"hourly_yen": None}

    def sheet(self) -> MachineSheet:
        """What was filled in."""
        return MachineSheet(**self.facts(*(name for name in self.fields if name in MachineSheet.__annotations__)))


def calendar_choices(company: Company) -> list[tuple[str, Any]]:
    """The company's calendars, the default one as nothing."""
    return [("", _("as the works")), *((c.name, c.name) for c in company.calendars.filter(is_default=False))]


def _named(calendar: WorkCalendar | None) -> str:
    return calendar.name if calendar and not calendar.is_default else ""


class CapabilityForm(EditForm):
    """One thing a company can do; a low and a high box for every quantity."""

    process = forms.ChoiceField()
    machine = forms.ChoiceField(required=False)
    materials = forms.CharField(required=False, help_text=_("Designations with commas between, e.g. SUS304, SCM435"))
    note = _text(200)
    note_en = _text(200)
    lot_min = _whole(1)
    lot_max = _whole(1)
    valid_until = _day()
    setup_minutes = _whole()
    minutes_per_piece = _number(3, 9)
    good_rate = _number(4, 5)
    fixed_yen = _whole()
    unit_yen = _whole()

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["process"].choices = processes()  # type: ignore[attr-defined]
        machines = Machine.objects.filter(site__party_id=company.party_id, retired_on__isnull=True)
        known = [(machine.code, f"{machine.name} ({machine.code})") for machine in machines]
        self.fields["machine"].choices = [("", _("in general")), *known]  # type: ignore[attr-defined]
        for quantity in Quantity:
            for end in ("low", "high"):
                self.fields[f"{quantity.value}_{end}"] = _number(4)

    @property
    def bounds(self) -> list[tuple[Quantity, Any, Any]]:
        """The quantities with their two boxes."""
        return [(each, self[f"{each.value}_low"], self[f"{each.value}_high"]) for each in Quantity]

    def field_of(self, place: str) -> str:
        """The faults of a range stand at its low box."""
        return f"{place.removeprefix('ranges.')}_low" if place.startswith("ranges.") else place

    @classmethod
    def filled(cls, capability: Capability, *, prices: bool) -> dict[str, Any]:
        """The present values, as far as they may be read."""
        values: dict[str, Any] = {name: getattr(capability, name) for name in cls.base_fields}
        values |= {
            "process": capability.process.key,
            "machine": capability.machine.code if capability.machine else "",
            "materials": ", ".join(capability.materials),
        }
        for row in capability.ranges.all():
            values[f"{row.quantity}_low"], values[f"{row.quantity}_high"] = row.low, row.high
        return values if prices else values | {"fixed_yen": None, "unit_yen": None}

    def sheet(self) -> CapabilitySheet:
        """What was filled in; quantities with both boxes empty are left out."""
        given = self.cleaned_data
        ranges = {
            each.value: (given[f"{each.value}_low"], given[f"{each.value}_high"])
            for each in Quantity
            if (given[f"{each.value}_low"], given[f"{each.value}_high"]) != (None, None)
        }
        materials = [word.strip() for word in given["materials"].replace("、", ",").split(",")]
        rest = self.facts(*(name for name in self.base_fields if name != "materials"))
        return CapabilitySheet(**rest, materials=tuple(word for word in materials if word), ranges=ranges)


class ProofForm(EditForm):
    """What somebody else found out about a capability."""

    provenance = forms.ChoiceField(choices=Provenance.choices[1:])
    assessor = _text(80, required=True)
    assessed_on = _day(required=True)
    valid_until = _day()
    measured_lots = _whole(1)
    evidence = forms.FileField(required=False)

    def __init__(self, *args: Any, capability: Capability, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quantities = [Quantity(row.quantity) for row in capability.ranges.all()]
        for quantity in self.quantities:
            for end in ("low", "high"):
                self.fields[f"{quantity.value}_{end}"] = _number(4)

    @property
    def bounds(self) -> list[tuple[Quantity, Any, Any]]:
        """The quantities with their two boxes."""
        return [(each, self[f"{each.value}_low"], self[f"{each.value}_high"]) for each in self.quantities]

    def field_of(self, place: str) -> str:
        """The faults of a range stand at its low box."""
        return f"{place.removeprefix('proven.')}_low" if place.startswith("proven.") else place

    def clean(self) -> dict[str, Any]:
        """A proven range has two ends."""
        cleaned: dict[str, Any] = super().clean() or {}
        for quantity in self.quantities:
            ends = (cleaned.get(f"{quantity.value}_low"), cleaned.get(f"{quantity.value}_high"))
            if (ends[0] is None) != (ends[1] is None):
                self.add_error(f"{quantity.value}_low", _("A proven range needs both ends."))
        return cleaned

    def sheet(self) -> ProofSheet:
        """What was filled in."""
        proven: dict[str, tuple[Decimal, Decimal]] = {}
        for each in self.quantities:
            low, high = self.cleaned_data[f"{each.value}_low"], self.cleaned_data[f"{each.value}_high"]
            if low is not None and high is not None:
                proven[each.value] = (low, high)
        return ProofSheet(**self.facts(*(name for name in self.base_fields if name != "evidence")), proven=proven)


class CertificateForm(EditForm):
    """A certificate."""

    beside = (("name", "name_en"), ("number", "valid_until"))

    kind = forms.ChoiceField(choices=Certificate.Scheme.choices)
    name = _text(100, required=True)
    name_en = _text(100)
    number = _text(60)
    valid_until = _day()
    note = _text(120)
    file = forms.FileField(required=False)

    def __init__(self, *args: Any, present: Certificate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if present is not None:
            del self.fields["file"]

    @classmethod
    def filled(cls, certificate: Certificate) -> dict[str, Any]:
        """The present values."""
        return {name: getattr(certificate, name) for name in cls.base_fields if name != "file"}

    def sheet(self) -> CertificateSheet:
        """What was filled in."""
        return CertificateSheet(**self.facts(*(name for name in self.base_fields if name != "file")))


class PersonForm(EditForm):
    """Someone with their skills: a tick and the end of the licence for each."""

    name = _text(60, required=True, help_text=_("Shown to you and the coordinator only."))
    calendar = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].choices = calendar_choices(company)  # type: ignore[attr-defined]
        self.skills = list(Skill.objects.select_related("process"))
        for skill in self.skills:
            self.fields[f"has_{skill.key}"] = forms.BooleanField(required=False, label=str(skill))
            self.fields[f"until_{skill.key}"] = _day()

    @property
    def lines(self) -> list[tuple[Skill, Any, Any]]:
        """Each skill with its tick and its date."""
        return [(skill, self[f"has_{skill.key}"], self[f"until_{skill.key}"]) for skill in self.skills]

    @classmethod
    def filled(cls, person: Person) -> dict[str, Any]:
        """The present values."""
        values: dict[str, Any] = {"name": person.name, "calendar": _named(person.calendar)}
        for entry in person.held.select_related("skill"):
            values |= {f"has_{entry.skill.key}": True, f"until_{entry.skill.key}": entry.valid_until}
        return values

    def sheet(self) -> PersonSheet:
        """What was filled in."""
        given = self.cleaned_data
        skills: Mapping[str, date | None] = {
            skill.key: given[f"until_{skill.key}"] for skill in self.skills if given[f"has_{skill.key}"]
        }
        return PersonSheet(name=given["name"], calendar=given["calendar"], skills=skills)


class ShiftsForm(EditForm):
    """The weekly pattern: up to three shifts for every weekday."""

    works_on_holidays = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in range(7):
            for number in range(SHIFTS_PER_DAY):
                self.fields[f"start_{day}_{number}"] = _time()
                self.fields[f"end_{day}_{number}"] = _time()

    @property
    def lines(self) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Each weekday with its boxes."""
        numbers = range(SHIFTS_PER_DAY)
        return [
            (WEEKDAYS[day], [(self[f"start_{day}_{n}"], self[f"end_{day}_{n}"]) for n in numbers]) for day in range(7)
        ]

    @classmethod
    def filled(cls, shifts: Iterable[ShiftLine], *, works_on_holidays: bool) -> dict[str, Any]:
        """The present pattern."""
        values: dict[str, Any] = {"works_on_holidays": works_on_holidays}
        count = [0] * 7
        for shift in sorted(shifts, key=lambda s: (s.weekday, minute_of_day(s.start))):
            number = count[shift.weekday]
            values |= {f"start_{shift.weekday}_{number}": shift.start, f"end_{shift.weekday}_{number}": shift.end}
            count[shift.weekday] += 1
        return values

    def clean(self) -> dict[str, Any]:
        """A shift has a beginning and an end."""
        cleaned: dict[str, Any] = super().clean() or {}
        for day in range(7):
            for number in range(SHIFTS_PER_DAY):
                start, end = f"start_{day}_{number}", f"end_{day}_{number}"
                if (cleaned.get(start) is None) != (cleaned.get(end) is None):
                    self.add_error(start, _("A shift needs a beginning and an end."))
        return cleaned

    def sheets(self) -> list[ShiftSheet]:
        """The shifts that were filled in."""
        given = self.cleaned_data
        return [
            ShiftSheet(day, given[f"start_{day}_{number}"], given[f"end_{day}_{number}"])
            for day in range(7)
            for number in range(SHIFTS_PER_DAY)
            if given[f"start_{day}_{number}"] is not None
        ]


class ClosureForm(EditForm):
    """Days on which the works is closed."""

    first = _day(required=True)
    last = _day()
    reason = _text(80)


class OpeningForm(EditForm):
    """A day on which the works is open although the pattern says otherwise."""

    day = forms.DateField(label=_("Which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    start = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    reason = _text(80)


class BookingForm(EditForm):
    """Time that a machine is taken by the owner's own work."""

    start = _moment()
    end = _moment()
    note = _text(120, help_text=_("Shown to you and, with exact hours, to the coordinator."))


class StopForm(EditForm):
    """A machine standing still."""

    reason = _text(120, required=True)
    start = _moment()
    end = _moment(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end"].label = _("Expected to run again")
        self.fields["end"].help_text = _("Leave it empty while nobody knows.")
        self.initial.setdefault("start", timezone.localtime(clock.now()))


class DisclosureForm(EditForm):
    """How much of a machine's free time shows."""

    capacity_disclosure = forms.ChoiceField(choices=Disclosure.choices, widget=forms.RadioSelect)

    def field_of(self, place: str) -> str:
        """The service calls it disclosure."""
        return "capacity_disclosure" if place == "disclosure" else place


class PurposeForm(EditForm):
    """Why the coordinator looks at prices."""

    purpose = _text(200, required=True, help_text=_("For example the case and the step. It is written in the log."))
