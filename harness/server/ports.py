"""Ports that nobody uses at the moment of asking."""

from __future__ import annotations

import socket


def free_tcp_port(host: str) -> int:
    """A free TCP port of `host`; an empty host means of all addresses."""
    return _free(host, socket.SOCK_STREAM)


def free_udp_port(host: str) -> int:
    """A free UDP port of `host`."""
    return _free(host, socket.SOCK_DGRAM)


def _free(host: str, kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
