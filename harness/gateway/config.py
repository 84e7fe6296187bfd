"""What a gateway is told at its start, as one JSON object."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from urllib.parse import urlsplit

import msgspec

from harness.evidence.json_value import read_json
from harness.gateway.errors import GatewayError
from harness.network.impairments import Impairment
from harness.network.profile import Profile, load_profile

DEFAULT_PORTS = {"ws": 80, "http": 80, "wss": 443, "https": 443}
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class ToxiproxyAddress:
    """Where toxiproxy's HTTP API listens."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Tls:
    """What the gateway shows to clients that dial `wss://`; both are paths of PEM files."""

    certificate: str
    key: str


@dataclass(frozen=True, kw_only=True)
class GatewayConfig:
    """Everything that a gateway is started with."""

    upstream_url: str
    """The server: `ws://`, `wss://`, `http://` or `https://`, host and port.

    A `wss://` server's certificate is verified with the CAs of the system; the environment
    variable SSL_CERT_FILE names others.
    """
    token: str = field(repr=False)
    """What a caller of the control API must show."""
    folder: str
    """An existing folder for the ledger and `signalling.ndjson`."""
    seed: int = 0
    profile: Profile = field(default_factory=partial(load_profile, "clean"))
    """Of everybody who has none of their own."""
    profiles: dict[str, Profile] = field(default_factory=dict)
    """By identity."""
    impairments: tuple[Impairment, ...] = ()
    """In force from the start, on top of the profiles, until the control API sets others."""
    interceptors: tuple[str, ...] = ()
    """`module:callable` each; see `harness.gateway.interceptors`."""
    ledger_lies: bool = False
    """A sabotage: the ledger says of every second dropped packet that it was forwarded."""
    toxiproxy: ToxiproxyAddress | None = None
    """All TCP connections take the way through it; needed where a profile has toxics."""
    ice_tcp: bool = False
    """Offer the server's ICE-TCP candidates even if no profile asks for it."""
    listen_host: str = LOOPBACK
    """IPv4 address on which clients are served, signalling and media."""
    listen_port: int = 0
    """Of signalling; 0 is a free one."""
    advertise_host: str | None = None
    """IPv4 address by which clients reach `listen_host`; only for loopback it is the same."""
    tls: Tls | None = None

    @property
    def offered_host(self) -> str:
        """The address that is put into candidates and URLs."""
        return self.advertise_host or self.listen_host

    @property
    def in_use(self) -> tuple[Profile, ...]:
        """Every profile that somebody can have."""
        return (self.profile, *self.profiles.values())

    @property
    def offers_ice_tcp(self) -> bool:
        """Whether the server's ICE-TCP candidates are offered."""
        return self.ice_tcp or any(profile.ice_tcp for profile in self.in_use)


_CONFIG = msgspec.json.Decoder(GatewayConfig)


def decode_config(line: bytes) -> GatewayConfig:
    """Read a configuration.

    Raises:
        GatewayError: it is not one; the text names the field, never a value.
    """
    try:
        config = read_json(line, _CONFIG)
    except ValueError as error:
        raise GatewayError(f"the configuration of the gateway cannot be read: {error}") from None
    authority(config.upstream_url)
    _check_addresses(config)
    for profile in config.in_use:
        check_profile(profile, toxiproxy=config.toxiproxy is not None)
    return config


def check_profile(profile: Profile, *, toxiproxy: bool) -> None:
    """See that a gateway can do what a profile asks for.

    Args:
        profile: It.
        toxiproxy: Whether the gateway has one.

    Raises:
        GatewayError: it cannot.
    """
    if profile.needs_toxiproxy and not toxiproxy:
        raise GatewayError(
            f"the profile {profile.name} has toxics of TCP: start the gateway with a toxiproxy"
        )
    times = [phase.at_ns for phase in profile.phases]
    if not times or times[0] != 0 or any(b <= a for a, b in pairwise(times)):
        raise GatewayError(f"the profile {profile.name}: `at_ns` of phases begins at 0 and grows")


def authority(url: str) -> tuple[str, int]:
    """Host and port of the upstream URL.

    Raises:
        GatewayError: it is not a URL of a server.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise GatewayError(
            "upstream_url is not the address of a server: write it as ws://host:port"
        )
    return parts.hostname, port or DEFAULT_PORTS[parts.scheme]


def _check_addresses(config: GatewayConfig) -> None:
    for name in ("listen_host", "advertise_host"):
        host = getattr(config, name)
        try:
            address = ipaddress.IPv4Address(host or LOOPBACK)
        except ValueError:
            raise GatewayError(f"{name} is not an IPv4 address: candidates need one") from None
        if name == "advertise_host" and address.is_unspecified:
            raise GatewayError("advertise_host is no address that a client can dial")
    if not 0 <= config.listen_port < 65536:
        raise GatewayError("listen_port is not a port: 0 takes a free one")
    if config.advertise_host is None and not ipaddress.IPv4Address(config.listen_host).is_loopback:
        raise GatewayError(
            "listen_host is not loopback: name the address by which clients reach it, "
            "as `advertise_host`"
        )
