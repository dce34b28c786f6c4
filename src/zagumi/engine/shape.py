"""Shapes of JSON, derived from the type hints of dataclasses.

A shape reads strictly, writes, and describes itself as JSON Schema 2020-12, so that the three can never differ.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import re
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from zagumi.engine.errors import ProblemError

LARGEST = 2**53 - 1  # whole numbers beyond it are not the same in every JSON reader (RFC 7493)


class Mismatch(Exception):
    """A value does not have its shape. ``path`` grows from the value outwards."""

    def __init__(self, given: object, expected: str, item: str = "") -> None:
        self.given = given
        self.expected = expected
        self.item = item
        self.path: list[str] = []

    @property
    def pointer(self) -> str:
        """Where the value is, as a JSON pointer (RFC 6901)."""
        return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in reversed(self.path))


class Twice:
    """Stands where an object was that gave a key twice."""

    def __init__(self, key: str) -> None:
        self.key = key


Json = Any
Definitions = dict[str, dict[str, Json]]


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """How values of one type look in JSON. ``read`` raises :class:`Mismatch`."""

    read: Callable[[Json], Any]
    write: Callable[[Any], Json]
    describe: Callable[[Definitions], dict[str, Json]]


def _same(value: Any) -> Any:
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise Mismatch(value, "text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Mismatch(ascii(value), "text without half surrogate pairs") from None
    return value


def _whole(value: Json) -> int:
    whole = value.is_integer() if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)
    if not whole or not -LARGEST <= value <= LARGEST:
        raise Mismatch(value, f"a whole number from {-LARGEST} to {LARGEST}")
    return int(value)


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e300:
        raise Mismatch(value, "a number")
    return value


def _write_number(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written as JSON")
    return value


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise Mismatch(value, "true or false")
    return value


PLAIN: Mapping[type, Shape] = {
    str: Shape(_text, _same, lambda _: {"type": "string"}),
    int: Shape(_whole, _same, lambda _: {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}),
    float: Shape(_number, _write_number, lambda _: {"type": "number", "minimum": -1e300, "maximum": 1e300}),
    bool: Shape(_flag, _same, lambda _: {"type": "boolean"}),
}


def shape_of(hint: Any) -> Shape:
    """The shape of a type: plain values, optional ones, tuples, frozen sets, mappings, enums and dataclasses."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _record(hint)
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return _choice(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(shape_of(next(a for a in arguments if a is not type(None))))
    if origin is tuple and len(arguments) == 2 and arguments[1] is ...:
        return _list(shape_of(arguments[0]), tuple, _same)
    if origin is tuple:
        return _row([shape_of(a) for a in arguments])
    if origin is frozenset:
        return _list(shape_of(arguments[0]), _distinct, sorted)
    if origin is Mapping and arguments[0] is str:
        return _object(shape_of(arguments[1]))
    if origin is Mapping:
        return _table(_row([*map(shape_of, get_args(arguments[0])), shape_of(arguments[1])]))
    raise TypeError(f"{hint} has no shape in JSON")


def _choice(kind: type[enum.StrEnum]) -> Shape:
    names = [str(member) for member in kind]

    def read(value: Json) -> enum.StrEnum:
        if value not in names:
            raise Mismatch(value, "one of " + ", ".join(names))
        return kind(value)

    return Shape(read, str, lambda _: {"enum": names})


def _optional(inner: Shape) -> Shape:
    return Shape(
        lambda value: None if value is None else inner.read(value),
        lambda value: None if value is None else inner.write(value),
        lambda defs: {"anyOf": [inner.describe(defs), {"type": "null"}]},
    )


def _read_items(inner: Shape, value: Json) -> list[Any]:
    if not isinstance(value, list):
        raise Mismatch(value, "a list")
    items = []
    for item in value:
        try:
            items.append(inner.read(item))
        except Mismatch as wrong:
            wrong.path.append(str(len(items)))
            raise
    return items


def _list(inner: Shape, collect: Callable[[list[Any]], Any], order: Callable[[Any], Any]) -> Shape:
    def describe(defs: Definitions) -> dict[str, Json]:
        described = {"type": "array", "items": inner.describe(defs)}
        return described | {"uniqueItems": True} if collect is _distinct else described

    return Shape(
        lambda value: collect(_read_items(inner, value)),
        lambda value: [inner.write(item) for item in order(value)],
        describe,
    )


def _distinct(items: list[Any]) -> frozenset[Any]:
    if len(set(items)) < len(items):
        raise Mismatch(items, "a list that names nothing twice")
    return frozenset(items)


def _row(inner: list[Shape]) -> Shape:
    def read(value: Json) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(inner):
            raise Mismatch(value, f"a list of {len(inner)}")
        items: list[Any] = []
        for shape, item in zip(inner, value, strict=True):
            try:
                items.append(shape.read(item))
            except Mismatch as wrong:
                wrong.path.append(str(len(items)))
                raise
        return tuple(items)

    return Shape(
        read,
        lambda value: [shape.write(item) for shape, item in zip(inner, value, strict=True)],
        lambda defs: {
            "type": "array",
            "prefixItems": [shape.describe(defs) for shape in inner],
            "minItems": len(inner),
            "maxItems": len(inner),
        },
    )


def _object(inner: Shape) -> Shape:
    def read(value: Json) -> dict[str, Any]:
        found = {}
        for key, item in _entries(value):
            try:
                found[_text(key)] = inner.read(item)
            except Mismatch as wrong:
                wrong.path.append(key)
                raise
        return found

    return Shape(
        read,
        lambda value: {key: inner.write(item) for key, item in value.items()},
        lambda defs: {"type": "object", "additionalProperties": inner.describe(defs)},
    )


def _entries(value: Json) -> list[tuple[str, Json]]:
    if isinstance(value, Twice):
        raise Mismatch(value.key, "each key once")
    if not isinstance(value, dict):
        raise Mismatch(value, "an object")
    return list(value.items())


def _table(row: Shape) -> Shape:
    """A mapping whose keys are tuples, as rows that end with the value."""

    def read(value: Json) -> dict[tuple[Any, ...], Any]:
        rows = _read_items(row, value)
        found = {tuple(r[:-1]): r[-1] for r in rows}
        if len(found) < len(rows):
            raise Mismatch(value, "rows that name no pair twice")
        return found

    return Shape(
        read,
        lambda value: [row.write((*key, item)) for key, item in value.items()],
        lambda defs: {"type": "array", "items": row.describe(defs)},
    )


@cache
def _record(kind: type) -> Shape:
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    shapes = {name: shape_of(hints[name]) for name in fields}
    required = {name for name, field in fields.items() if _default(field) is dataclasses.MISSING}

    def read(value: Json) -> Any:
        given = {}
        for name, item in _entries(value):
            if name not in shapes:
                raise Mismatch(name, "one of the fields " + ", ".join(fields))
            try:
                given[name] = shapes[name].read(item)
            except Mismatch as wrong:
                wrong.path.append(name)
                raise
        if missing := required - given.keys():
            raise Mismatch("nothing", "a field " + min(missing))
        try:
            return kind(**given)
        except ProblemError as error:
            raise Mismatch(error.given, error.expected, error.place) from None

    def write(value: Any) -> dict[str, Json]:
        written = {}
        for name, field in fields.items():
            item = getattr(value, name)
            if name in required or item != _default(field):
                written[name] = shapes[name].write(item)
        return written

    def describe(defs: Definitions) -> dict[str, Json]:
        if kind.__name__ not in defs:
            defs[kind.__name__] = {}
            defs[kind.__name__].update(_describe_record(kind, shapes, required, defs))
        return {"$ref": f"#/$defs/{kind.__name__}"}

    return Shape(read, write, describe)


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _describe_record(kind: type, shapes: Mapping[str, Shape], required: set[str], defs: Definitions) -> dict[str, Json]:
    summary, meanings = _meanings(kind.__doc__ or "")
    properties = {}
    for name, shape in shapes.items():
        properties[name] = shape.describe(defs)
        if name in meanings:
            properties[name] = properties[name] | {"description": meanings[name]}
    described: dict[str, Json] = {"type": "object"}
    if summary:
        described["description"] = summary
    described |= {"properties": properties, "additionalProperties": False}
    return described | {"required": sorted(required)} if required else described


def _meanings(doc: str) -> tuple[str, dict[str, str]]:
    """Summary and attributes of a docstring."""
    summary, _, attributes = doc.partition("Attributes:\n")
    attributes = re.split(r"\n\s*\n", attributes)[0]
    meanings = {}
    for entry in re.split(r"\n(?=        \w)", "\n" + attributes):
        names, colon, meaning = entry.partition(":")
        if colon:
            for name in names.split(","):
                meanings[name.strip()] = " ".join(meaning.split())
    return " ".join(summary.split()), meanings
