"""The OpenAPI document as a page shows it: operations by subject, with what they take and give."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of what is sent or answered."""

    name: str
    kind: str
    is_required: bool
    place: str = ""


@dataclass(frozen=True)
class Shape:
    """What is sent or answered: the name of its schema and its fields."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Operation:
    """One thing the API does."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: Shape | None
    answer: Shape | None

    @property
    def ident(self) -> str:
        """A name for links within the page."""
        return f"{self.method}-{self.path}".translate(str.maketrans("/{}_", "----")).strip("-").lower()


@dataclass(frozen=True)
class Subject:
    """The operations under one tag."""

    name: str
    operations: tuple[Operation, ...]


def subjects(document: Document) -> list[Subject]:
    """Every operation of ``document``, by its first tag, in the document's order."""
    found: dict[str, list[Operation]] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                described = operations[method]
                tag = (described.get("tags") or [""])[0]
                found.setdefault(tag, []).append(_operation(document, method, path, described))
    return [Subject(name, tuple(operations)) for name, operations in found.items()]


def _operation(document: Document, method: str, path: str, described: Document) -> Operation:
    good: Document = next(
        (described["responses"][code] for code in described["responses"] if str(code).startswith("2")), {}
    )
    return Operation(
        method.upper(),
        path,
        described.get("summary", ""),
        described.get("description", ""),
        tuple(
            Field(each["name"], kind_of(each["schema"]), each.get("required", False), each["in"])
            for each in described.get("parameters", ())
        ),
        _content(document, described.get("requestBody", {})),
        _content(document, good),
    )


def _content(document: Document, holder: Document) -> Shape | None:
    content = holder.get("content", {})
    for media, described in content.items():
        if schema := described.get("schema"):
            return Shape(kind_of(schema), tuple(_fields(document, schema))) if media else None
    return None


def _fields(document: Document, schema: Document) -> Iterator[Field]:
    """The fields of a schema; of a list, those of its items; of a choice, those of the first."""
    for choice in ("anyOf", "allOf", "oneOf"):
        if schema.get(choice):
            schema = schema[choice][0]
    if schema.get("type") == "array":
        schema = schema["items"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    required = set(schema.get("required", ()))
    for name, each in schema.get("properties", {}).items():
        yield Field(name, kind_of(each), name in required)


def kind_of(schema: Document) -> str:
    """A schema in a word: ``string``, ``CaseOut``, ``StepOut[]``, ``integer | null``."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if schema.get("type") == "array":
        return kind_of(schema.get("items", {})) + "[]"
    for choice in ("anyOf", "allOf", "oneOf"):
        if schema.get(choice):
            return " | ".join(dict.fromkeys(kind_of(each) for each in schema[choice]))
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return " | ".join(f'"{each}"' for each in schema["enum"])
    kind = schema.get("format") or schema.get("type") or schema.get("title") or "any"
    return str(kind)
