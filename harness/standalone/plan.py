"""What a user asked of a gateway, checked before anything is started."""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from harness.evidence.ledger_records import RecordKind, file_name
from harness.gateway.config import authority
from harness.gateway.errors import GatewayError
from harness.network.profile import Profile, load_profile
from harness.server.http_get import UnreachableError, request

RECORDS = Path("gateway-records")
"""Where records go that were given no folder."""
UPSTREAM_LIMIT_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the gateway is, for itself and for its clients."""

    listen_host: str
    listen_port: int
    """0: any free one."""
    name: str
    """What clients are told in the URL."""
    host: str
    """IPv4 address for candidates: where clients find the relay."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return ipaddress.IPv4Address(self.listen_host).is_loopback


def parse_address(listen: str, advertise: str | None) -> Address:
    """Read `--listen` and `--advertise`.

    Args:
        listen: `HOST:PORT`, `HOST` or `PORT`; the host is an IPv4 address.
        advertise: name or IPv4 address under which clients reach this machine.

    Raises:
        GatewayError: one of them makes no sense, or a needed one is missing.
    """
    host, _, port = listen.rpartition(":")
    if not host:
        host, port = ("127.0.0.1", port) if port.isdecimal() else (port, "0")
    try:
        where = ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise GatewayError(f"--listen {listen}: write it as ADDRESS:PORT, IPv4") from None
    if not (port.isdecimal() and int(port) < 65536):
        raise GatewayError(f"--listen {listen}: {port!r} is not a port")
    if advertise is None and not where.is_loopback:
        raise GatewayError(
            f"--listen {listen} is open to others: say with --advertise at which name or address "
            "they reach this machine"
        )
    name = advertise or str(where)
    return Address(listen_host=str(where), listen_port=int(port), name=name, host=_resolve(name))


def check_port(address: Address) -> None:
    """Be sure that clients can be served there, before anything is made.

    Raises:
        GatewayError: they cannot.
    """
    where = (address.listen_host, address.listen_port)
    try:
        socket.create_server(where).close()
    except OSError as error:
        raise GatewayError(
            f"--listen {where[0]}:{where[1]}: {os.strerror(error.errno or 0)}; name another"
        ) from None


def _resolve(name: str) -> str:
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError as error:
        raise GatewayError(
            f"--advertise {name}: no IPv4 address of that name ({error.strerror})"
        ) from None
    address = str(found[0][4][0])
    if ipaddress.IPv4Address(address).is_unspecified:
        raise GatewayError(f"--advertise {name}: clients cannot reach that; name a real address")
    return address


def parse_participants(given: Sequence[str]) -> dict[str, Profile]:
    """Read each `--participant IDENTITY=PROFILE`.

    Raises:
        GatewayError: one is not written like that, or an identity is named twice.
        ProfileError: a profile cannot be read.
    """
    profiles: dict[str, Profile] = {}
    for one in given:
        identity, _, profile = one.rpartition("=")
        if not identity or not profile:
            raise GatewayError(f"--participant {one}: write it as IDENTITY=PROFILE")
        if identity in profiles:
            raise GatewayError(f"--participant {one}: {identity!r} has a profile already")
        profiles[identity] = load_profile(profile)
    return profiles


def check_upstream(url: str) -> None:
    """Be sure that an HTTP server answers there, whatever it says.

    Raises:
        GatewayError: it is no URL, or nobody answers.
    """
    try:
        authority(url)
    except GatewayError:
        raise GatewayError(f"--upstream {url}: write it as ws://host:port or wss://host") from None
    if urlsplit(url).path not in ("", "/"):
        raise GatewayError(f"--upstream {url}: leave the path out, clients say their own")
    try:
        request(url, timeout_s=UPSTREAM_LIMIT_S)
    except UnreachableError as error:
        raise GatewayError(
            f"no server answers at {url} ({error}): start it first, or correct --upstream"
        ) from None


def make_record_folder(wanted: Path | None) -> Path:
    """Make the folder of a record, by default a new one under `gateway-records/`.

    Raises:
        GatewayError: it cannot be made or written, or holds a record already.
    """
    folder = wanted or RECORDS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise GatewayError(f"cannot write to the folder {folder}: {error.strerror}") from None
    if (folder / file_name(RecordKind.ARRIVALS)).exists():
        raise GatewayError(f"{folder} holds a record already: name another folder with --record")
    return folder.resolve()
