"""livekit-server's configuration: everything on loopback, nothing that needs another network."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.server.model import Json, ServerConfig
from harness.server.ports import free_tcp_port, free_udp_port

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Ports of one livekit-server, the same numbers inside and outside a container."""

    http: int
    udp: int
    tcp: int
    """ICE-TCP; 0: off."""

    @classmethod
    def free(cls, config: ServerConfig) -> Ports:
        """Ports that nobody uses now."""
        tcp = free_tcp_port("") if config.ice_tcp else 0
        return cls(http=free_tcp_port(LOOPBACK), udp=free_udp_port(LOOPBACK), tcp=tcp)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Random key and secret of one server."""

    api_key: str = field(default_factory=lambda: f"API{secrets.token_hex(6)}")
    api_secret: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)

    def environment(self) -> dict[str, str]:
        """How livekit-server is told of them.

        Quoted, for an unquoted secret of digits is a number in YAML, and is ignored.
        """
        return {"LIVEKIT_KEYS": json.dumps({self.api_key: self.api_secret})}


def render(config: ServerConfig, ports: Ports, *, own_network: bool) -> dict[str, Json]:
    """Configuration without keys. JSON is YAML, so its JSON is what livekit-server reads.

    Args:
        config: what the scenario asks for; its options win over ours.
        ports: where to listen.
        own_network: whether the server has network interfaces of its own (a container), where
            binding to loopback would make it unreachable.
    """
    rtc: dict[str, Json] = {
        "udp_port": ports.udp,
        "tcp_port": ports.tcp,
        # Also keeps the server from asking a STUN server on the internet.
        "node_ip": LOOPBACK,
        "use_external_ip": False,
        # A full ICE agent sends checks of its own, and media could then bypass the relay.
        "use_ice_lite": True,
        # Clients are given this one instead of the default ones on the internet; nobody is there.
        "stun_servers": [f"{LOOPBACK}:3478"],
        "allow_tcp_fallback": False,
    }
    base: dict[str, Json] = {"port": ports.http, "rtc": rtc}
    if not own_network:
        base["bind_addresses"] = [LOOPBACK]
        rtc["enable_loopback_candidate"] = True
        rtc["interfaces"] = {"includes": ["lo"]}
        rtc["ips"] = {"includes": [f"{LOOPBACK}/32"]}
    return merged(base, config.options)


def merged(base: Mapping[str, Json], over: Mapping[str, Json]) -> dict[str, Json]:
    """One configuration over another: objects key by key, all else as a whole."""
    whole = dict(base)
    for key, value in over.items():
        below = whole.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        whole[key] = merged(below, value) if both else value  # type: ignore[arg-type]
    return whole
