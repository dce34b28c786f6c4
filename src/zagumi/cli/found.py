"""``zagumi found``: a new network in one's own installation, and the person who will coordinate it."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import BAD_INPUT, say

OPTIONS = {
    "code": "--code",
    "name": "--name",
    "office_name": "--office",
    "username": "--sign-in",
    "password": "--password-stdin",
}
"""The option that gives what the platform calls by the first name."""


def add_to(subparsers: Any) -> None:
    """Add the ``found`` command."""
    parser = subparsers.add_parser(
        "found",
        help="found a network and seat its first coordinator",
        description="Found a network in your own installation and seat the first person of its neutral office. "
        "That person signs in with the name and password given here and invites everybody else.",
    )
    parser.add_argument("--code", required=True, help="short name of the network in addresses, such as minato")
    parser.add_argument("--name", required=True, help="name of the network")
    parser.add_argument("--office", required=True, help="name of the organisation that coordinates it")
    parser.add_argument("--person", required=True, help="name of the first coordinator")
    parser.add_argument("--sign-in", required=True, metavar="NAME", help="with which that person signs in")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Bring the database up to date, then write the network, the office and the person, all or nothing."""
    password = _password(asks=not args.password_stdin)
    if password is None:
        console.complain(say("The two passwords are not the same."))
        return BAD_INPUT
    from zagumi.cli.serve import prepare

    prepare()
    from django.utils import translation

    from zagumi.platform.core.errors import BadInput
    from zagumi.platform.core.services import open_office

    with translation.override(console.language().code):
        try:
            open_office(
                code=args.code,
                name=args.name,
                office_name=args.office,
                person=args.person,
                username=args.sign_in,
                password=password,
            )
        except BadInput as error:
            for fault in error.faults:
                console.complain(f"{OPTIONS.get(fault.place, fault.place)} {fault.given}: {fault.message}")
            return BAD_INPUT
    print(
        say("{name} is founded. Start it with `zagumi serve` and sign in as {who}.", name=args.name, who=args.sign_in)
    )
    return 0


def _password(*, asks: bool) -> str | None:
    """The password; None when it was typed differently the second time."""
    if not asks:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(say("Password: "))
    return first if getpass.getpass(say("Once more: ")) == first else None
