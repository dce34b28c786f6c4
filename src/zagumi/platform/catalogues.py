"""Translation catalogues: compile them, bring them up to date, and judge whether Japanese is complete.

Source strings are English; each app keeps its Japanese in `<app>/locale/ja/LC_MESSAGES/django.po`, what belongs to no
app stands in `platform/locale`. Django merges them all, so a string needs one translation anywhere. Everything here is
Python: no gettext tools are needed. A wheel carries compiled catalogues only, so there `ensure` finds nothing to do.

    python -m zagumi.platform.catalogues                    compile what is stale
    python -m zagumi.platform.catalogues --update [APP …]   add new strings (untranslated), drop unused ones
    python -m zagumi.platform.catalogues --check            exit 1 and name every fault
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

PLATFORM = Path(__file__).resolve().parent
PROJECT = PLATFORM.parents[2]
FRONTEND = PROJECT / "frontend"
CATALOGUE = Path("locale/ja/LC_MESSAGES/django.po")

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

HEADER = r"""# Japanese of Zagumi; kept in order by `python -m zagumi.platform.catalogues --update`.
msgid ""
msgstr ""
"Language: ja\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""

OPTIONS = {"parse_template_string": True}

_PLACEHOLDER = re.compile(r"%\(\w+\)|\{\w*\}")
_LITERAL = r"u?(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
_CALL = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(({_LITERAL}(?:,\s*{_LITERAL})*)")

Key = tuple[str | None, str]
"""What gettext looks a string up by: its context, if any, and the (singular) English."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a string is used; `owner` is the folder whose catalogue should hold it."""

    owner: Path
    file: Path
    line: int
    context: str | None
    singular: str
    plural: str | None

    @property
    def key(self) -> Key:
        return self.context, self.singular

    @property
    def place(self) -> str:
        return self.file.relative_to(PROJECT).as_posix()

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: {self.singular!r}" + (f" (context {self.context!r})" if self.context else "")


# ---------------------------------------------------------------------------------------------------- compiling


def ensure() -> list[Path]:
    """Compile every catalogue that is newer than its compiled form; return those compiled."""
    stale = [path for path in catalogue_files() if _is_stale(path)]
    if stale:
        from babel.messages.mofile import write_mo

        for path in stale:
            compiled = path.with_suffix(".mo.new")
            with compiled.open("wb") as file:
                write_mo(file, _read(path))
            compiled.replace(path.with_suffix(".mo"))
    return stale


def catalogue_files() -> list[Path]:
    """Every Japanese catalogue of the platform."""
    return sorted([*PLATFORM.glob(str(CATALOGUE)), *PLATFORM.glob(f"*/{CATALOGUE}")])


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.is_file() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns


def _read(path: Path) -> "Catalog":
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale="ja", abort_invalid=True)


def _entries(path: Path) -> Iterator["Message"]:
    return (message for message in _read(path) if message.id)


def _key(message: "Message") -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


# ---------------------------------------------------------------------------------------------------- what is used


def uses() -> list[Use]:
    """Every translatable string in the platform's Python and templates and in the browser islands."""
    found: list[Use] = []
    for path in sorted(PLATFORM.rglob("*.py")):
        found += _uses_in_code(path, "python")
    for path in sorted(PLATFORM.rglob("templates/**/*")):
        if path.is_file():
            found += _uses_in_template(path)
    for path in sorted(FRONTEND.rglob("*.ts")):
        if "node_modules" not in path.parts:
            found += _uses_in_code(path, "javascript")
    return found


def _owner(path: Path) -> Path:
    """The app folder that a file lies in, else the platform itself."""
    if path.is_relative_to(PLATFORM):
        app = PLATFORM / path.relative_to(PLATFORM).parts[0]
        if (app / "__init__.py").is_file():
            return app
    return PLATFORM


def _uses_in_code(path: Path, language: str) -> Iterator[Use]:
    from babel.messages.extract import extract

    with path.open("rb") as file:
        for line, message, _comments, context in extract(language, file, keywords=KEYWORDS, options=OPTIONS):
            texts = (message,) if isinstance(message, str) else tuple(message)
            yield _use(path, line, context, texts)


def _uses_in_template(path: Path) -> Iterator[Use]:
    from django.utils.translation.template import templatize

    # The answer is no valid Python, only calls strewn over blanked text, so the calls are picked out one by one.
    marked = templatize(path.read_text(), origin=str(path))
    for call in _CALL.finditer(marked):
        texts = ast.literal_eval(f"({call[2]},)")
        context = None
        if call[1] in ("pgettext", "npgettext"):
            context, texts = texts[0], texts[1:]
        yield _use(path, marked.count("\n", 0, call.start()) + 1, context, texts)


def _use(path: Path, line: int, context: str | None, texts: tuple[str, ...]) -> Use:
    return Use(_owner(path), path, line, context, texts[0], texts[1] if len(texts) > 1 else None)


# ---------------------------------------------------------------------------------------------------- judging


def check() -> list[str]:
    """Every fault of the catalogues, one line each; empty when Japanese is complete and tidy."""
    wanted: dict[Key, Use] = {}
    for use in uses():
        wanted.setdefault(use.key, use)
    faults: list[str] = []
    translated: dict[Key, tuple[Path, object]] = {}
    for path in catalogue_files():
        place = path.relative_to(PLATFORM)
        for message in _entries(path):
            key = _key(message)
            faults += [f"{place}: {key[1]!r}: {fault}" for fault in _faults_of(message)]
            if key not in wanted:
                faults.append(f"{place}: {key[1]!r} is used nowhere")
            if key in translated and translated[key][1] != message.string:
                faults.append(f"{place}: {key[1]!r} is translated differently in {translated[key][0]}")
            translated.setdefault(key, (place, message.string))
    return faults + [f"no Japanese for {use}" for key, use in wanted.items() if key not in translated]


def _faults_of(message: "Message") -> Iterator[str]:
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    english = message.id if isinstance(message.id, str) else message.id[-1]
    if not all(texts):
        yield "not translated"
    elif message.fuzzy:
        yield "marked fuzzy"
    else:
        yield from (str(error) for error in message.check())
        if set(_PLACEHOLDER.findall(english)) != set(_PLACEHOLDER.findall(" ".join(map(str, texts)))):
            yield "the placeholders differ"


# ---------------------------------------------------------------------------------------------------- updating


def update(apps: list[str]) -> None:
    """Rewrite the catalogues of these apps (all, when none is named): add new strings, drop unused ones."""
    everything = uses()
    owners = {PLATFORM / app for app in apps} or {use.owner for use in everything}
    for owner in sorted(owners):
        _update_one(owner, everything)


def _update_one(owner: Path, everything: list[Use]) -> None:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    path = owner / CATALOGUE
    elsewhere = {_key(message) for other in catalogue_files() if other != path for message in _entries(other)}
    kept = {_key(message): message for message in _entries(path)} if path.is_file() else {}
    catalogue = Catalog(locale="ja")
    for use in everything:
        if use.key in kept or (use.owner == owner and use.key not in elsewhere):
            catalogue.add(
                (use.singular, use.plural) if use.plural else use.singular,
                kept[use.key].string if use.key in kept else None,
                locations=[(use.place, use.line)],
                user_comments=kept[use.key].user_comments if use.key in kept else (),
                context=use.context,
            )
    if len(catalogue) or path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(HEADER.encode())
            write_po(file, catalogue, width=110, include_lineno=False, omit_header=True)


def main() -> int:
    """Compile, check or update, as the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m zagumi.platform.catalogues", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="name every missing or unused translation")
    parser.add_argument("--update", nargs="*", metavar="APP", help="add new strings, drop unused ones")
    options = parser.parse_args()
    if options.update is not None:
        update(options.update)
    if options.check:
        faults = check()
        print(*faults, f"Catalogues: {len(faults)} faults.", sep="\n")
        return 1 if faults else 0
    ensure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
