"""Ways from a sender to a receiver in this process, and how their latency and rate are measured.

The time of sending is read just before `send`; the time of arrival is the kernel's own stamp of
when it had the packet for the receiver. So what is measured does not depend on when this process
runs again, however busy the machine is.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S, now_ns

MESSAGE_BYTES = 800
_RTP_HEAD = bytes([0x80, 96]) + bytes(6) + (1234).to_bytes(4, "big")
_STAMP = struct.Struct("!qq")
"""Number and time of sending."""
_PADDING = bytes(MESSAGE_BYTES - len(_RTP_HEAD) - _STAMP.size)
_SO_TIMESTAMPNS = 35  # of Linux; the socket module has no name for it
_TIMESPEC = struct.Struct("@ll")
_BUFFER_BYTES = 4 << 20
_SETTLE_NS = NS_PER_S // 2


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """One-way latency on schedule."""

    packets_per_second: float
    """As it was really sent."""
    lost: int
    p50_us: float
    p99_us: float

    def above(self, floor: Latency) -> Latency:
        """What one way adds to another."""
        return msgspec.structs.replace(
            self, p50_us=self.p50_us - floor.p50_us, p99_us=self.p99_us - floor.p99_us
        )


@dataclass(kw_only=True)
class Wire:
    """Where to send, and where it comes out."""

    send: Callable[[bytes | bytearray], object]
    receiver: socket.socket
    pid: int | None = None
    """The process between them."""
    _rest: bytes = field(default=b"", init=False)

    def __post_init__(self) -> None:
        self.receiver.setblocking(False)
        self.receiver.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def receive(self) -> Iterator[tuple[bytes, int]]:
        """All messages that have come, with their arrival in ns since 1970."""
        with suppress(BlockingIOError):
            while True:
                data, told, _, _ = self.receiver.recvmsg(1 << 16, 64)
                if not data:
                    return
                came_ns = _stamp_of(told)
                data = self._rest + data
                whole = len(data) - len(data) % MESSAGE_BYTES
                self._rest = data[whole:]
                for at in range(0, whole, MESSAGE_BYTES):
                    yield data[at : at + MESSAGE_BYTES], came_ns


def _stamp_of(told: Sequence[tuple[int, int, bytes]]) -> int:
    """The kernel's time of arrival; now where it has none: segments of TCP that it joined."""
    if not told:
        return time.clock_gettime_ns(time.CLOCK_REALTIME)
    seconds, ns = _TIMESPEC.unpack(told[0][2])
    return int(seconds * NS_PER_S + ns)


def message(number: int) -> bytes:
    """An RTP packet, as far as the relay is concerned, that knows when it was sent."""
    stamp = _STAMP.pack(number, time.clock_gettime_ns(time.CLOCK_REALTIME))
    return _RTP_HEAD + stamp + _PADDING


def read_message(data: bytes) -> tuple[int, int]:
    """Number and time of sending in ns since 1970."""
    number, sent_ns = _STAMP.unpack_from(data, len(_RTP_HEAD))
    return number, sent_ns


def carry(
    wire: Wire,
    *,
    packets_per_second: float,
    seconds: float,
    after_ns: int = 0,
    catches_up: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Send evenly, and see what comes.

    Args:
        wire: The way.
        packets_per_second: At most; really it is what `sent` says.
        seconds: How long to send.
        after_ns: How much longer to wait for what is under way.
        catches_up: Whether a sender that was held up sends at once what it should have sent. For
            latency it must not: it would measure how long packets of its burst wait for each
            other.

    Returns:
        (sent_ns, came_ns) of the packets in the order of their numbers; −1 where none came.
    """
    most = int(packets_per_second * seconds)
    gap_ns = int(NS_PER_S / packets_per_second)
    sent = np.full(most, -1, np.int64)
    came = np.full(most, -1, np.int64)
    start_ns = due_ns = now_ns()
    count = left = 0
    last_ns = start_ns + int(seconds * NS_PER_S)
    while True:
        at_ns = now_ns()
        if at_ns >= last_ns + after_ns + _SETTLE_NS or (at_ns >= last_ns and left == 0):
            return sent[:count], came[:count]
        if at_ns >= due_ns and at_ns < last_ns and count < most:
            wire.send(message(count))
            due_ns = due_ns + gap_ns if catches_up else max(due_ns + gap_ns, at_ns)
            count, left = count + 1, left + 1
        for data, came_ns in wire.receive():
            number, sent_ns = read_message(data)
            sent[number], came[number] = sent_ns, came_ns
            left -= 1


def measure_latency(
    wire: Wire, *, packets_per_second: float, seconds: float, delay_ms: float = 0
) -> Latency:
    """Percentiles of the latency, less a delay that was asked for."""
    delay_ns = int(delay_ms * 1e6)
    started_ns = now_ns()
    sent, came = carry(
        wire, packets_per_second=packets_per_second, seconds=seconds, after_ns=delay_ns
    )
    took_s = (now_ns() - started_ns - delay_ns) / NS_PER_S
    there = came >= 0
    p50, p99 = np.percentile(came[there] - sent[there] - delay_ns, (50, 99)) / 1000
    return Latency(
        packets_per_second=round(len(came) / max(took_s, seconds), 1),
        lost=int(np.count_nonzero(~there)),
        p50_us=float(p50),
        p99_us=float(p99),
    )


def measure_rate(wire: Wire, *, packets: int, window: int) -> float:
    """Packets a second that a way of datagrams takes when so many may be under way.

    What a later packet has overtaken counts as taken: it was dropped on purpose.
    """
    data = bytearray(message(0))
    send, receive, place = wire.send, wire.receiver.recv, len(_RTP_HEAD)
    sent = taken = 0
    started_ns = heard_ns = now_ns()
    while taken < packets and now_ns() - heard_ns < NS_PER_S:
        while sent < packets and sent - taken < window:
            _STAMP.pack_into(data, place, sent, 0)
            send(data)
            sent += 1
        with suppress(BlockingIOError):
            while True:
                taken = max(taken, _STAMP.unpack_from(receive(2048), place)[0] + 1)
                heard_ns = now_ns()
    return taken * NS_PER_S / (heard_ns - started_ns)


def udp_socket() -> socket.socket:
    """On loopback, with room for what the receiver has no time for."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    udp.bind(("127.0.0.1", 0))
    return udp


@contextmanager
def closing(sockets: Iterable[socket.socket]) -> Iterator[None]:
    """Close them in the end."""
    try:
        yield
    finally:
        for one in sockets:
            one.close()
