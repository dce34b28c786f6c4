"""``zagumi openapi``: writes the API's OpenAPI document, or says whether the one in the repository is current."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import say

FILE = Path("docs") / "api" / "openapi.json"


def add_to(subparsers: Any) -> None:
    """Add the ``openapi`` command."""
    parser = subparsers.add_parser("openapi", help="write the API's OpenAPI document")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is not current")
    parser.add_argument("--out", metavar="FILE", default=str(FILE), help="the file (default: %(default)s)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the document, or compare it with the file."""
    path, text = Path(args.out), document()
    if args.check:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            print(say("{file} is current.", file=path))
            return 0
        console.complain(say("{file} is not current: run `zagumi openapi`.", file=path))
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(say("{file} written.", file=path))
    return 0


def document() -> str:
    """The document as it is kept: the same on every machine."""
    with tempfile.TemporaryDirectory(prefix="zagumi-") as folder:
        # The platform wants a data folder; this command has no business with anybody's.
        os.environ.setdefault("ZAGUMI_DATA_DIR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zagumi.platform.settings")
        import django
        from django.apps import apps
        from django.utils import translation

        if not apps.ready:
            django.setup()
        from zagumi.platform.shell.api import document as described

        with translation.override("en"):
            return json.dumps(described(), ensure_ascii=False, indent=1, default=str, sort_keys=True) + "\n"
