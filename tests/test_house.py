"""The rules of the house that no other tool holds: direction, size, names, words, and what the repository may hold."""

import ast
import csv
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import grimp
import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model
from django.utils.translation import override

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "zagumi"
PLATFORM = SOURCE / "platform"

# The rooms of an app, highest first; rooms of one line may know each other.
ROOMS = [
    {"urls"},
    {"views", "api"},
    {"forms"},
    {"jobs"},
    {"services", "queries"},
    {"bridge", "papers", "insight"},
    {"rules"},
    {"models"},
]
LONGEST_FILE = 650
LONGEST_FUNCTION = 80
NAMES_THAT_SAY_NOTHING = re.compile(r"^(utils?|helpers?|common|misc|manager|handlers?)$")
WORDS_NEVER_PRINTED = re.compile(r"(?<!取)適法|安全|受給できます|受給可能")


@cache
def tracked() -> list[Path]:
    """Every file that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


def files(*suffixes: str, under: Path = ROOT) -> list[Path]:
    return [path for path in tracked() if path.suffix in suffixes and path.is_relative_to(under)]


def place(path: Path, line: int | None = None) -> str:
    return path.relative_to(ROOT).as_posix() + (f":{line}" if line else "")


@cache
def app_order() -> list[str]:
    """The apps that exist, lowest first, in the order that the import contract gives them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    return [
        name for name in reversed([layer.strip("()") for layer in layers]) if (PLATFORM / name / "apps.py").exists()
    ]


def app_of(path: Path) -> str | None:
    inside = path.relative_to(PLATFORM).parts
    return inside[0] if inside[0] in app_order() else None


# ---------------------------------------------------------------------------------------------------- direction


def test_every_app_has_its_place_in_the_order() -> None:
    found = {path.parent.name for path in PLATFORM.glob("*/apps.py")}
    assert found, "no app found: this test looks in the wrong place"
    assert found == set(app_order())


def test_rooms_of_an_app_import_only_downward() -> None:
    graph = grimp.build_graph("zagumi")
    containers = {f"zagumi.platform.{app}" for app in app_order()}
    layers = [grimp.Layer(*room, independent=False) for room in ROOMS]
    wrong = graph.find_illegal_dependencies_for_layers(layers=layers, containers=containers)
    assert not wrong, sorted(f"{chain.importer} imports {chain.imported}" for chain in wrong)


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in app_order()]


def test_relations_between_models_point_downward() -> None:
    order = app_order()
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in our_models()
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.related_model and field.related_model._meta.app_label in order
        if order.index(field.related_model._meta.app_label) > order.index(model._meta.app_label)
    ]
    assert not wrong, wrong


def names_of_apps_used(path: Path) -> Iterator[tuple[int, str]]:
    """(line, app) of each template ("cases/list.html") and URL ("cases:detail") that a file names."""
    name = rf"({'|'.join(app_order())})(?:/[\w/.-]+\.(?:html|txt)|:[\w-]+)"
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and (found := re.fullmatch(name, node.value))
            ):
                yield node.lineno, found[1]
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for found in re.finditer(rf"""["']{name}["']""", line):
            yield number, found[1]


def test_templates_and_urls_are_named_only_downward() -> None:
    order = app_order()
    wrong = [
        f"{place(path, line)} in {own} names {used}"
        for path in files(".py", ".html", ".txt", under=PLATFORM)
        if (own := app_of(path))
        for line, used in names_of_apps_used(path)
        if order.index(used) > order.index(own)
    ]
    assert not wrong, wrong


@pytest.mark.django_db
def test_the_migrations_are_those_of_the_models() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


# ---------------------------------------------------------------------------------------------------- size and names


def test_no_file_is_too_long() -> None:
    judged = files(".py", ".ts", ".mjs", ".html", ".css", under=SOURCE) + files(".ts", under=ROOT / "frontend")
    judged += files(".py", under=ROOT / "tests") + files(".py", under=ROOT / "bench")
    lengths = {place(path): len(path.read_text().splitlines()) for path in judged if "migrations" not in path.parts}
    assert lengths
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_no_function_is_too_long() -> None:
    wrong = []
    for path in files(".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    wrong.append(f"{place(path, node.lineno)} {node.name}: {length} lines")
    assert not wrong, wrong


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    wrong = {
        place(path)
        for path in files(".py", ".ts", ".html")
        for part in path.relative_to(ROOT).with_suffix("").parts
        if NAMES_THAT_SAY_NOTHING.match(part.strip("_"))
    }
    assert not wrong, wrong


# ---------------------------------------------------------------------------------------------------- words


@cache
def glossary() -> list[dict[str, str]]:
    with (ROOT / "docs" / "glossary.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("column", ["ja", "en"])
def test_a_word_of_the_glossary_means_one_thing(column: str) -> None:
    counted = Counter(row[column].casefold() for row in glossary())
    assert len(counted) > 100
    assert not [word for word, count in counted.items() if count > 1 or not word.strip()]
    assert all(row["meaning"].strip() for row in glossary())


def test_the_code_named_in_the_glossary_exists() -> None:
    classes = {
        (path.relative_to(SOURCE).with_suffix("").parts, node.name)
        for path in files(".py", under=SOURCE)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    }
    for row in glossary():
        if row["code"]:
            folder, name = row["code"].rsplit(".", 1)
            assert any(name == known and folder in parts for parts, known in classes), row


def test_every_model_is_called_by_a_word_of_the_glossary() -> None:
    words = {row["en"]: row["code"] for row in glossary()}
    with override("en"):
        called = {model._meta.label: str(model._meta.verbose_name) for model in our_models()}
    assert called
    assert not {label: name for label, name in called.items() if words.get(name) != label}


def test_the_catalogues_use_the_words_of_the_glossary() -> None:
    words = {row["en"].casefold(): row["ja"] for row in glossary()}
    wrong, met = [], 0
    for path in files(".po", under=PLATFORM):
        with path.open("rb") as file:
            for message in read_po(file, locale="ja"):
                if isinstance(message.id, str) and message.id.casefold() in words and not message.context:
                    met += 1
                    if message.string and message.string != (word := words[message.id.casefold()]):
                        wrong.append(f"{place(path)}: {message.id!r} is {message.string!r}, in the glossary {word!r}")
    assert met, "no catalogue uses any word of the glossary: this test looks in the wrong place"
    assert not wrong, wrong


def test_nothing_is_called_lawful_safe_or_fundable() -> None:
    printed = files(".po", ".html", ".txt", ".typ", under=PLATFORM) + files(".ts", under=ROOT / "frontend")
    assert printed
    wrong = [
        place(path, number)
        for path in printed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if WORDS_NEVER_PRINTED.search(line)
    ]
    assert not wrong, wrong


# ---------------------------------------------------------------------------------------------------- the repository


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            yield path, data.decode("utf-8", "replace")


def found_in_texts(pattern: str, allowed: Callable[[Path], bool] = lambda _path: False) -> list[str]:
    compiled = re.compile(pattern)
    return [
        place(path, text.count("\n", 0, match.start()) + 1)
        for path, text in texts()
        if not allowed(path)
        for match in compiled.finditer(text)
    ]


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert not found_in_texts(
        r"(?<![\w./$}~-])/(?:work/(?:main|shared|\.)|root/|home/\w+/|Users/\w+/|tmp/bash|opt/pypi)"
    )


def test_no_file_names_a_package_registry() -> None:
    hosts = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com"]
    assert not found_in_texts("|".join(map(re.escape, hosts)))


def test_nothing_is_left_undone_or_untried() -> None:
    undone = "|".join(["TO" + "DO", "FIX" + "ME"])
    assert not found_in_texts(rf"\b(?:{undone})\b")
    without_browser = ROOT / "tests" / "e2e" / "conftest.py"
    untried = "|".join(["mark\\.sk" + "ip", "pytest\\.sk" + "ip", "x" + "fail\\("])
    assert not found_in_texts(untried, lambda path: path == without_browser)


def test_lock_files_pin_every_package_by_hash() -> None:
    for path in (ROOT / "requirements").glob("*.lock"):
        blocks = re.split(r"\n(?=\S)", path.read_text().replace("\\\n", " "))
        pinned = [block for block in blocks if re.match(r"[\w.-]+(\[.*\])?==", block)]
        assert pinned
        assert not [block[:60] for block in pinned if "--hash=sha256:" not in block]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert all(second == first + 1 for first, second in pairwise(numbers))
