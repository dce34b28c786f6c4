"""Every list of the platform: search, filters, order and page in the address, and export of what is shown.

A page declares what it lists once::

    COMPANIES = ListSpec(
        name="companies",
        columns=[
            Column("code", _("Code"), lambda row: row.code, sort="code", url=lambda row: row.get_absolute_url()),
            Column("name", _("Name"), lambda row: row.name, sort="name_kana"),
            Column("price", _("Price"), lambda row: row.price, sort="price", kind="yen"),
        ],
        filters=[Choice("stage", _("Stage"), Case.Stage.choices), Flag("late", _("Late only"), only_late)],
        search=lambda rows, text: rows.filter(name__icontains=text),
        default_sort="-code",
    )

    def company_list(request):
        page = lists.show(request, COMPANIES, queries.company_rows(actor_of(request)))
        return page.render("network/company_list.html", {"title": …})

``rows`` is a query set or a list of anything (dataclasses of a query); the columns' values are read from each.
The template includes ``core/_list.html`` or draws ``page.objects`` itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core import exports

Text = str | Promise
Rows = QuerySet[Any, Any] | Sequence[Any]
Narrow = Callable[[Any, Any], Any]
Choices = Sequence[tuple[Any, Any]] | Callable[[], Sequence[tuple[Any, Any]]]

PER_PAGE = 50


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        key: its name in the address (``sort=key``) and in exports of the API kind.
        label: its heading.
        value: reads the cell from a row. For ``kind="tag"`` it gives ``(status kind, words)``.
        sort: what to order by: a field (``"party__name_kana"``, ``"-`` not allowed) for query sets, an attribute or
            a function of the row for lists; None for a column that cannot order.
        kind: text, yen, number, date, moment, percent, tag.
        url: the address the cell links to.
        template: draws the cell itself, given the row as ``row`` (buttons, drawings).
        shown: whether it is a column of the page.
        export: whether it belongs in the exported table.
    """

    key: str
    label: Text
    value: Callable[[Any], Any]
    sort: str | Callable[[Any], Any] | None = None
    kind: str = "text"
    url: Callable[[Any], str] | None = None
    template: str = ""
    shown: bool = True
    export: bool = True

    @property
    def classes(self) -> str:
        """How the cells are set."""
        return "number" if self.kind in {"yen", "number", "percent", "date", "moment"} else ""

    def exported(self, row: Any) -> Any:
        """The cell as a table program understands it."""
        value = self.value(row)
        if self.kind == "tag" and value is not None:
            return str(value[1])
        if isinstance(value, datetime):
            return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        if value is None or isinstance(value, int | float | date):
            return value
        return str(value)


@dataclass(frozen=True)
class Choice:
    """Narrow to one of several values. ``apply(rows, value)``, or equality with the field (attribute) ``field``."""

    key: str
    label: Text
    choices: Choices
    field: str = ""
    apply: Narrow | None = None

    def form_fields(self) -> dict[str, forms.Field]:
        """A drop-down with "all" first."""
        given = self.choices() if callable(self.choices) else self.choices
        return {self.key: forms.ChoiceField(label=str(self.label), required=False, choices=[("", _("all")), *given])}

    def narrow(self, rows: Any, values: Mapping[str, Any]) -> Any:
        """Only the rows with the chosen value."""
        value = values.get(self.key)
        if not value:
            return rows
        return self.apply(rows, value) if self.apply else _matching(rows, self.field or self.key, value)

    def said(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The chosen value in words, by key."""
        value = values.get(self.key)
        given = self.choices() if callable(self.choices) else self.choices
        return {self.key: str(dict(given).get(value, value))} if value else {}


@dataclass(frozen=True)
class Flag:
    """Narrow by a tick box: ``apply(rows, True)``."""

    key: str
    label: Text
    apply: Narrow

    def form_fields(self) -> dict[str, forms.Field]:
        """One tick box."""
        return {self.key: forms.BooleanField(label=str(self.label), required=False)}

    def narrow(self, rows: Any, values: Mapping[str, Any]) -> Any:
        """Only the rows it is about."""
        return self.apply(rows, True) if values.get(self.key) else rows

    def said(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Yes, when ticked."""
        return {self.key: gettext("yes")} if values.get(self.key) else {}


@dataclass(frozen=True)
class Range:
    """Narrow to a range of the field (attribute) ``field``, both ends included: ``key_from`` and ``key_to``."""

    key: str
    label: Text
    field: str = ""
    kind: str = "number"

    def form_fields(self) -> dict[str, forms.Field]:
        """Two boxes."""
        labels = {"from": _("%(what)s from"), "to": _("%(what)s to")}
        return {f"{self.key}_{end}": self._field(label % {"what": self.label}) for end, label in labels.items()}

    def _field(self, label: str) -> forms.Field:
        if self.kind == "date":
            return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))
        return forms.FloatField(label=label, required=False)

    def narrow(self, rows: Any, values: Mapping[str, Any]) -> Any:
        """Only the rows inside."""
        for end, lookup in (("from", "gte"), ("to", "lte")):
            limit = values.get(f"{self.key}_{end}")
            if limit is not None:
                rows = self._side(rows, lookup, limit)
        return rows

    def _side(self, rows: Any, lookup: str, limit: Any) -> Any:
        name = self.field or self.key
        if isinstance(rows, QuerySet):
            return rows.filter(**{f"{name}__{lookup}": limit})
        values = ((row, getattr(row, name)) for row in rows)
        kept = ((row, value.date() if isinstance(value, datetime) else value) for row, value in values)
        return [
            row for row, value in kept if value is not None and (value >= limit if lookup == "gte" else value <= limit)
        ]

    def said(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The ends that are set."""
        keys = (f"{self.key}_from", f"{self.key}_to")
        return {key: str(values[key]) for key in keys if values.get(key) is not None}


Filter = Choice | Flag | Range


@dataclass(frozen=True)
class Empty:
    """What an empty list says when nothing is filtered: what is so, what comes next, one way on."""

    title: Text
    text: Text = ""
    url: str = ""
    link: Text = ""


@dataclass(frozen=True)
class ListSpec:
    """What a list shows and how it can be narrowed and ordered. ``name`` begins the names of exported files."""

    name: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Callable[[Any, str], Any] | None = None
    search_label: Text = ""
    default_sort: str = ""
    per_page: int = PER_PAGE
    empty: Empty = field(default_factory=lambda: Empty(_("There is nothing here yet.")))


@dataclass(frozen=True)
class Chip:
    """One filter in force, with the address that takes it off."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class Cell:
    """One cell of the table."""

    value: Any
    label: str
    kind: str
    url: str
    template: str
    classes: str
    is_head: bool


class ListPage:
    """One page of a list, ready for a template or for export."""

    def __init__(self, request: HttpRequest, spec: ListSpec, rows: Rows) -> None:
        self.request = request
        self.spec = spec
        self.form = _form(spec, request)
        self.form.is_valid()
        self._values: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        self.sort = self._asked_sort()
        self._rows = self._ordered(self._narrowed(rows))

    def _asked_sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        known = {column.key for column in self.spec.columns if column.sort is not None}
        return asked if asked.removeprefix("-") in known else self.spec.default_sort

    def _narrowed(self, rows: Any) -> Any:
        if self.spec.search and (text := self._values.get("q")):
            rows = self.spec.search(rows, text)
        for each in self.spec.filters:
            rows = each.narrow(rows, self._values)
        return rows

    def _ordered(self, rows: Any) -> Any:
        key = self.sort.removeprefix("-")
        column = next((column for column in self.spec.columns if column.key == key), None)
        if column is None or column.sort is None:
            return rows
        falls = self.sort.startswith("-")
        if isinstance(rows, QuerySet):
            by = F(str(column.sort))
            return rows.order_by(by.desc(nulls_last=True) if falls else by.asc(nulls_last=True), "pk")
        read = column.sort if callable(column.sort) else _attribute(column.sort)
        present = [row for row in rows if read(row) is not None]
        absent = [row for row in rows if read(row) is None]
        return sorted(present, key=read, reverse=falls) + absent

    @cached_property
    def page(self) -> "Page[Any]":
        """The rows of this page; a number out of range gives the last one."""
        return Paginator(self._rows, self.spec.per_page).get_page(self.request.GET.get("page"))

    @property
    def objects(self) -> list[Any]:
        """The rows of this page as they came."""
        return list(self.page.object_list)

    @property
    def total(self) -> int:
        """How many rows the search and filters leave, on all pages."""
        return self.page.paginator.count

    @property
    def columns(self) -> Sequence[Column]:
        """The columns of the page."""
        return [column for column in self.spec.columns if column.shown]

    @property
    def empty(self) -> Empty:
        """What to say when there is nothing."""
        return self.spec.empty

    def rows(self) -> Iterator[list[Cell]]:
        """The cells of this page."""
        for row in self.page.object_list:
            yield [self._cell(column, row, is_head=not place) for place, column in enumerate(self.columns)]

    def _cell(self, column: Column, row: Any, *, is_head: bool) -> Cell:
        return Cell(
            value=column.value(row),
            label=str(column.label),
            kind=column.kind,
            url=column.url(row) if column.url else "",
            template=column.template,
            classes=column.classes,
            is_head=is_head,
        )

    @cached_property
    def chosen(self) -> list[Chip]:
        """The search and filters in force."""
        said: dict[str, str] = {"q": self._values["q"]} if self._values.get("q") else {}
        for each in self.spec.filters:
            said |= each.said(self._values)
        return [Chip(str(self.form.fields[key].label), value, self._address(key)) for key, value in said.items()]

    def _address(self, *without: str, **added: str) -> str:
        asked = self.request.GET.copy()
        for key in (*without, "page", "export"):
            asked.pop(key, None)
        for key, value in added.items():
            asked[key] = value
        return f"?{asked.urlencode()}"

    @property
    def csv(self) -> str:
        """The address of this list as CSV."""
        return self._address(export="csv")

    @property
    def xlsx(self) -> str:
        """The address of this list as a workbook."""
        return self._address(export="xlsx")

    @property
    def export(self) -> HttpResponseBase | None:
        """The file that was asked for (``?export=csv`` or ``xlsx``): every page of what is shown, else None."""
        kind = self.request.GET.get("export")
        if kind not in {"csv", "xlsx"}:
            return None
        columns = [column for column in self.spec.columns if column.export]
        heads = [str(column.label) for column in columns]
        body = ([column.exported(row) for column in columns] for row in _all(self._rows))
        write = exports.csv_file if kind == "csv" else exports.xlsx_file
        return write(self.spec.name, heads, body)

    def render(self, template: str, context: Mapping[str, Any] | None = None) -> HttpResponseBase:
        """The page (with this object as ``list`` and its order as ``sort``), or the file that was asked for."""
        if (file := self.export) is not None:
            return file
        answer: HttpResponse = render(self.request, template, {"list": self, "sort": self.sort, **(context or {})})
        return answer


def show(request: HttpRequest, spec: ListSpec, rows: Rows) -> ListPage:
    """The list that ``request`` asks for: ``rows`` searched, narrowed, ordered and cut into pages."""
    return ListPage(request, spec, rows)


def _form(spec: ListSpec, request: HttpRequest) -> forms.Form:
    """The search and filter form, filled from the address."""
    fields: dict[str, forms.Field] = {}
    if spec.search:
        box = forms.TextInput(attrs={"type": "search"})
        fields["q"] = forms.CharField(
            label=str(spec.search_label or _("Search")), required=False, max_length=200, widget=box
        )
    for each in spec.filters:
        fields |= each.form_fields()
    form = forms.Form(request.GET, auto_id="filter-%s")
    form.fields = fields
    return form


def _matching(rows: Any, name: str, value: Any) -> Any:
    if isinstance(rows, QuerySet):
        return rows.filter(**{name: value})
    read = _attribute(name)
    return [row for row in rows if str(read(row)) == str(value)]


def _attribute(name: str) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        for part in name.split("__"):
            row = getattr(row, part, None)
        return row

    return read


def _all(rows: Any) -> Iterable[Any]:
    return rows.iterator(chunk_size=1000) if isinstance(rows, QuerySet) else rows
