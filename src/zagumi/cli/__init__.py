"""The command ``zagumi``.

Every module directly in this package is a sub-command of its name (``import_`` is ``import``): it has
``add_to(subparsers)``, which adds its parser with ``set_defaults(run=run)``, and ``run(args) -> int``. Only the module
of the command asked for is loaded, so planning on the command line never waits for the platform.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from zagumi.cli import console
from zagumi.cli.console import BAD_INPUT, FAULT, say
from zagumi.cli.console.parser import Parser
from zagumi.engine.errors import FileError, ProblemError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code: 0 well, 1 infeasible, 2 bad input, 3 no plan in time, 70 our fault."""
    given = console.take_language(sys.argv[1:] if arguments is None else arguments)
    wants_json = "--json" in given
    try:
        args = _parser(given).parse_args(given)
        code: int = args.run(args)
        sys.stdout.flush()
    except SystemExit as end:  # argparse has said what is wrong, or has shown help
        return end.code if isinstance(end.code, int) else BAD_INPUT
    except (FileError, ProblemError) as error:
        console.refuse(error, wants_json=wants_json)
        return BAD_INPUT
    except KeyboardInterrupt:
        console.complain(say("Stopped."))
        return 130
    except BrokenPipeError:
        # who reads the output has enough of it; what Python still holds must go nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        _apologise(error)
        return FAULT
    return code


def commands() -> dict[str, str]:
    """Module by command."""
    return {name.rstrip("_"): f"{__name__}.{name}" for _, name, is_package in iter_modules(__path__) if not is_package}


def _parser(given: Sequence[str]) -> Parser:
    parser = Parser(
        prog="zagumi",
        description="Plan the work of many small factories as if they were one.",
        epilog="--lang ja|en, anywhere on the line, chooses the language; else the environment's LANG does.",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    known = commands()
    wanted = next((word for word in given if not word.startswith("-")), "")
    for name in [wanted] if wanted in known else sorted(known):
        import_module(known[name]).add_to(subparsers)
    return parser


def _apologise(error: Exception) -> None:
    """Say that it is our fault; the trace only for who asks for it."""
    what = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    console.complain(say("This is a fault of the program, not of your input. Please report it: {what}", what=what))
    if os.environ.get("ZAGUMI_TRACE"):
        traceback.print_exception(error)
    else:
        console.complain(say("With ZAGUMI_TRACE=1 the trace is shown."))
