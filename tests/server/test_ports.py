from __future__ import annotations

import socket

from harness.server.ports import free_tcp_port, free_udp_port


def test_ports_can_be_bound() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
        tcp.bind(("127.0.0.1", free_tcp_port("127.0.0.1")))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
        tcp.bind(("", free_tcp_port("")))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", free_udp_port("127.0.0.1")))
