"""Every English sentence that the report and the command line look up, found in the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "zagumi"
FUNCTIONS = {"say", "each", "self"}  # a language calls itself
HELP = {"help", "description", "epilog"}


def sentences(*folders: str) -> dict[str, str]:
    """Sentence to the file it stands in; ``folders`` are below ``src/zagumi``."""
    return {
        text: file.name
        for folder in folders
        for file in sorted((SOURCE / folder).rglob("*.py"))
        for text in _of(ast.parse(file.read_text(encoding="utf-8")))
    }


def _of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        given = [*(node.args if name in FUNCTIONS else ()), *(k.value for k in node.keywords if k.arg in HELP)]
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def values(sentence: str) -> list[str]:
    """The names of the values a sentence takes, sorted."""
    return sorted(re.findall(r"\{\w*\}|%\(\w+\)\w", sentence))
