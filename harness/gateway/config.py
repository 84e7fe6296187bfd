"""What a gateway is told at its start, as one JSON object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from harness.gateway.errors import GatewayError
from harness.network.impairments import Impairment

DEFAULT_PORTS = {"ws": 80, "http": 80, "wss": 443, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Toxic:
    """One toxic of toxiproxy; its toxicity is not offered, because it cannot be repeated."""

    type: str
    """`latency`, `bandwidth`, `slow_close`, `timeout`, `reset_peer`, `slicer`, `limit_data`."""
    stream: Literal["upstream", "downstream"] = "downstream"
    """`upstream`: what the client sends to the server."""
    attributes: dict[str, int] = field(default_factory=dict)
    """In toxiproxy's units, for example `{"latency": 100}` in ms."""

    @property
    def name(self) -> str:
        """Its name at toxiproxy: one toxic of a type and stream is enough for a proxy."""
        return f"{self.type}_{self.stream}"


@dataclass(frozen=True, kw_only=True)
class ToxiproxyAddress:
    """Where toxiproxy's HTTP API listens."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class ParticipantConfig:
    """What one participant's TCP connections go through."""

    toxics: tuple[Toxic, ...] = ()
    """Of its signalling connection; an empty list still takes the way through toxiproxy."""


@dataclass(frozen=True, kw_only=True)
class GatewayConfig:
    """Everything that a gateway is started with."""

    upstream_url: str
    """The server: `ws://`, `wss://`, `http://` or `https://`, host and port."""
    token: str = field(repr=False)
    """What a caller of the control API must show."""
    folder: str
    """An existing folder for the ledger and `signalling.ndjson`."""
    seed: int = 0
    impairments: tuple[Impairment, ...] = ()
    """In force from the start, until the control API sets others."""
    interceptors: tuple[str, ...] = ()
    """`module:callable` each; see `harness.gateway.interceptors`."""
    toxiproxy: ToxiproxyAddress | None = None
    ice_tcp: bool = False
    """Offer the server's ICE-TCP candidates, through toxiproxy; else they are removed."""
    participants: dict[str, ParticipantConfig] = field(default_factory=dict)
    """By identity: who takes the way through toxiproxy from its first connection on."""


def decode_config(line: bytes) -> GatewayConfig:
    """Read a configuration.

    Raises:
        GatewayError: it is not one; the text names the field, never a value.
    """
    try:
        config = msgspec.json.decode(line, type=GatewayConfig)
    except msgspec.MsgspecError as error:
        raise GatewayError(f"the configuration of the gateway cannot be read: {error}") from None
    authority(config.upstream_url)
    if config.toxiproxy is None and (config.ice_tcp or config.participants):
        raise GatewayError(
            "ice_tcp and participants need toxiproxy: give its address as `toxiproxy`"
        )
    return config


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
