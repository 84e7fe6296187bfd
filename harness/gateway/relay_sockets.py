"""UDP sockets of the relay: how they are made, and what the kernel says of them."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack, suppress

from harness.evidence.ledger_records import Cause

_BUFFER_BYTES = 4 << 20
_SO_RCVBUFFORCE = 33  # of Linux; the socket module has no names for these
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("9I")
_DROPS = 8
"""Place of the number of dropped datagrams in SO_MEMINFO."""


def udp_socket(use: Callable[[socket.socket], None]) -> socket.socket:
    """A socket that never blocks, bound or connected by `use`; closed when that fails.

    Raises OSError.
    """
    with ExitStack() as stack:
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        with suppress(PermissionError):  # beyond the system's limit, where the user may
            udp.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
        use(udp)
        stack.pop_all()
    return udp


def kernel_dropped(udp: socket.socket) -> int:
    """Datagrams that the kernel threw away because the socket's buffer was full."""
    info = udp.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
    dropped: int = _MEMINFO.unpack(info)[_DROPS]
    return dropped


def cause_of(error: OSError) -> Cause:
    """Why a datagram could not be sent."""
    if isinstance(error, BlockingIOError):
        return Cause.SOCKET_FULL
    if isinstance(error, ConnectionRefusedError):
        return Cause.NO_UPSTREAM
    return Cause.SOCKET_ERROR
