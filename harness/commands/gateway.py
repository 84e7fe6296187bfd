"""`livekit-harness gateway`."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from harness.commands.command import NOTHING_FOUND, Command, Example, may_be_left_out
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_pcapng import write_pcapng
from harness.evidence.ledger_records import LedgerError
from harness.evidence.ledger_summary import summarise
from harness.evidence.printable import printable_line
from harness.gateway.client import GatewayClient
from harness.gateway.config import Tls
from harness.gateway.errors import GatewayDied, GatewayError
from harness.gateway.service import tls_context
from harness.network.profile import ProfileError, load_profile
from harness.processes.keeper_client import KeeperError
from harness.report.ledger_text import ledger_text
from harness.server.model import ServerError
from harness.standalone.certificate import make_certificate
from harness.standalone.display import display_on
from harness.standalone.plan import (
    Address,
    check_port,
    check_upstream,
    make_record_folder,
    parse_address,
    parse_participants,
)
from harness.standalone.run import Plan, serve
from harness.standalone.running import find

PCAPNG = "packets.pcapng"
INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended before it served."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upstream", metavar="URL", help="the LiveKit server, ws:// or wss://")
    parser.add_argument(
        "--profile",
        default="clean",
        metavar="NAME|FILE",
        help="network of everybody; `livekit-harness profiles` lists them",
    )
    parser.add_argument(
        "--participant",
        action="append",
        default=[],
        metavar="IDENTITY=PROFILE",
        help="network of one participant; may be repeated",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="repeat another run's randomness")
    parser.add_argument(
        "--record", type=Path, metavar="DIR", help="where ledger and signalling are written"
    )
    parser.add_argument(
        "--listen",
        default="127.0.0.1:0",
        metavar="ADDRESS:PORT",
        help="where clients are served; by default a free port that only this machine reaches",
    )
    parser.add_argument(
        "--advertise", metavar="HOST", help="name or address by which others reach this machine"
    )
    parser.add_argument("--tls", action="store_true", help="wss:// with a certificate of our own")
    parser.add_argument("--tls-cert", type=Path, metavar="PEM", help="wss:// with this certificate")
    parser.add_argument("--tls-key", type=Path, metavar="PEM", help="the key of --tls-cert")
    parser.add_argument(
        "--toxiproxy",
        action="store_true",
        help="have it ready for profiles with faults of TCP that `set` may ask for",
    )
    _actions(parser)
    parser.set_defaults(action=_start)


def _actions(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="set PROFILE")
    change = actions.add_parser("set", help="give a gateway that runs another profile")
    change.add_argument("new_profile", metavar="NAME|FILE", help="the profile; it begins now")
    change.add_argument(
        "--participant", dest="who", metavar="IDENTITY", help="of one; else everybody's"
    )
    change.add_argument(
        "--record", dest="where", type=Path, metavar="DIR", help="of several gateways, this one"
    )
    change.set_defaults(action=_set)
    may_be_left_out(parser, "set PROFILE")


def _run(arguments: argparse.Namespace) -> int:
    action: Callable[[argparse.Namespace], int] = arguments.action
    try:
        return action(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def _start(arguments: argparse.Namespace) -> int:
    if arguments.upstream is None:
        raise GatewayError("--upstream is missing: the LiveKit server, for example ws://host:7880")
    address = parse_address(arguments.listen, arguments.advertise)
    profile = load_profile(arguments.profile)
    profiles = parse_participants(arguments.participant)
    given = _given_tls(arguments)
    check_port(address)
    check_upstream(arguments.upstream)
    folder = make_record_folder(arguments.record)
    own = _own_tls(address, folder) if arguments.tls else None
    plan = Plan(
        upstream=arguments.upstream,
        address=address,
        profile=profile,
        profiles=profiles,
        seed=secrets.randbits(32) if arguments.seed is None else arguments.seed,
        folder=folder,
        tls=own or given,
        own_key=Path(own.key) if own else None,
        any_profile=arguments.toxiproxy,
    )
    try:
        return _serve(plan)
    finally:
        plan.forget_key()  # it may not have come to that


def _serve(plan: Plan) -> int:
    display = display_on(sys.stdout)
    display.say(f"record in {plan.folder}, seed {plan.seed}, profile {plan.profile.name}")
    for line in _warnings(plan):
        display.say(line)
    died = None
    try:
        serve(plan, display)
    except GatewayDied as error:
        died = error
    sys.stdout.write(summary(plan.folder))
    sys.stdout.flush()  # what went wrong is the last line, wherever both streams go
    if died is None:
        return 0
    sys.stderr.write(f"livekit-harness: {printable_line(str(died))}\n")
    return NOTHING_FOUND


def summary(folder: Path) -> str:
    """What became of the packets of a gateway that has ended, and where all of it is.

    Raises:
        LedgerError: its record cannot be read, or the file for Wireshark cannot be written.
    """
    ledger = Ledger(folder)
    if not ledger.participants:
        return f"no media passed; signalling is in {folder}\n"
    write_pcapng(ledger, folder / PCAPNG)
    return (
        f"{ledger_text(summarise(ledger))}\n"
        f"{folder / PCAPNG}: for Wireshark; `livekit-harness ledger {folder}` says this again\n"
    )


def _warnings(plan: Plan) -> list[str]:
    if plan.address.loopback:
        return []
    lines = [f"warning: whoever reaches {plan.address.name} reaches {plan.upstream} through it"]
    if plan.tls is None:
        lines.append("without --tls, no page from an https:// origin can use it")
    return lines


def _given_tls(arguments: argparse.Namespace) -> Tls | None:
    given = (arguments.tls_cert, arguments.tls_key)
    if any(given) and not all(given):
        raise GatewayError("--tls-cert and --tls-key belong together: give both")
    if not all(given):
        return None
    if arguments.tls:
        raise GatewayError("--tls makes a certificate of its own: leave out --tls-cert")
    tls = Tls(certificate=str(given[0]), key=str(given[1]))
    tls_context(tls)
    return tls


def _own_tls(address: Address, folder: Path) -> Tls:
    names = dict.fromkeys((address.name, address.host, "localhost", "127.0.0.1"))
    certificate, key = make_certificate(folder, list(names))
    return Tls(certificate=str(certificate), key=str(key))


def _set(arguments: argparse.Namespace) -> int:
    profile = load_profile(arguments.new_profile)
    running = find(arguments.where)
    if profile.needs_toxiproxy and not running.toxiproxy:
        raise GatewayError(
            f"{profile.name} has faults of TCP and this gateway no toxiproxy: start the gateway "
            "with --toxiproxy"
        )

    async def change() -> set[str]:
        async with GatewayClient(running.control, running.token) as client:
            await client.set_profile(profile, participant=arguments.who)
            return set((await client.state()).participants)

    here = asyncio.run(change())
    sys.stdout.write(changed(arguments.who, profile.name, here))
    return 0


def changed(who: str | None, profile: str, here: set[str]) -> str:
    """Whose network is which now, and whether they are there: `here` came from clients."""
    if who is None:
        return f"everybody: {profile}, from now on\n"
    if who in here:
        return f"{who}: {profile}, from now on\n"
    others = f"{printable_line(', '.join(sorted(here)))} came" if here else "nobody came"
    return f"{who}: {profile}, from when they connect; so far {others}\n"


COMMAND = Command(
    name="gateway",
    help="put any LiveKit client behind a network of your choice, by giving it another URL",
    arguments=_arguments,
    run=_run,
    errors=(GatewayError, ProfileError, ServerError, KeeperError, LedgerError, OSError),
    examples=(
        Example(
            line="livekit-harness gateway --upstream ws://127.0.0.1:7880 --profile 3g",
            does="prints the URL to give to clients; Ctrl-C ends it and sums up",
        ),
        Example(
            line="livekit-harness gateway set satellite --participant alice",
            does="while it runs: another network for one of them, from now on",
        ),
    ),
    exit_codes={
        0: "it ran until it was ended, or the profile is set",
        NOTHING_FOUND: "it died while it ran",
        INTERRUPTED: "it was ended before it served",
    },
)
