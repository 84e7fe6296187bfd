from __future__ import annotations

import errno
import socket

import pytest

from harness.evidence.ledger_records import Cause
from harness.gateway.relay_sockets import cause_of, kernel_dropped, udp_socket


def test_what_does_not_fit_into_the_buffer_is_counted() -> None:
    with (
        udp_socket(lambda udp: udp.bind(("127.0.0.1", 0))) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        assert kernel_dropped(receiver) == 0
        sent = came = 0
        while not kernel_dropped(receiver) and sent < 100_000:
            sender.sendto(bytes(1000), receiver.getsockname())
            sent += 1
        try:
            while receiver.recv(2048):
                came += 1
        except BlockingIOError:
            assert came + kernel_dropped(receiver) == sent


def test_a_socket_that_cannot_be_used_is_closed() -> None:
    made: list[socket.socket] = []

    def fail(udp: socket.socket) -> None:
        made.append(udp)
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        udp_socket(fail)
    assert made[0].fileno() == -1


def test_causes_of_errors() -> None:
    assert cause_of(BlockingIOError()) == Cause.SOCKET_FULL
    assert cause_of(ConnectionRefusedError()) == Cause.NO_UPSTREAM
    assert cause_of(OSError(errno.EMSGSIZE, "too long")) == Cause.SOCKET_ERROR
