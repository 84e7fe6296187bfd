"""Blocks of a pcapng file (draft-ietf-opsawg-pcapng), and IPv4 and UDP headers to go in them."""

from __future__ import annotations

import ipaddress
import struct

INBOUND, OUTBOUND = 1, 2
"""Directions of a packet, as the flags of a packet block say them."""

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_BYTE_ORDER = 0x1A2B3C4D
_UNKNOWN_LENGTH = -1
_LINK_RAW_IP = 101
_COMMENT = 1
_PROGRAM = 4
_NAME, _RESOLUTION = 2, 9
_FLAGS, _PACKET_ID = 2, 5
_NANOSECONDS = bytes([9])

_FRAME = struct.Struct("<II")
_PACKET_HEAD = struct.Struct("<5I")
_FLAGS_AND_ID = struct.Struct("<HHIHHQ")
_END = bytes(4)
_HEADERS = struct.Struct(">BBHHHBBH4s4s4H")
HEADER_BYTES = _HEADERS.size
_UDP_HEADER_BYTES = 8
_VERSION_AND_WORDS = 0x45
_DONT_FRAGMENT = 0x4000
_HOPS = 64
_UDP = 17


def section(*, program: str, comment: str) -> bytes:
    """The first block of a file."""
    head = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, _UNKNOWN_LENGTH)
    options = option(_COMMENT, comment.encode()) + option(_PROGRAM, program.encode())
    return _block(_SECTION, head + options + _END)


def interface(name: str) -> bytes:
    """An interface whose packets begin with an IP header and have times in nanoseconds.

    They are numbered from 0 in their order in the file.
    """
    head = struct.pack("<HHI", _LINK_RAW_IP, 0, 0)
    options = option(_NAME, name.encode()) + option(_RESOLUTION, _NANOSECONDS)
    return _block(_INTERFACE, head + options + _END)


def packet(
    *,
    interface_id: int,
    at_ns: int,
    kept: bytes,
    size: int,
    direction: int,
    packet_id: int,
    comment: bytes = b"",
) -> bytes:
    """A packet on an interface.

    Args:
        interface_id: Number of the interface.
        at_ns: Nanoseconds since the beginning of time, as the file has it.
        kept: The first bytes of the packet.
        size: Bytes of the whole packet.
        direction: INBOUND or OUTBOUND, from the machine between the interfaces.
        packet_id: The same for the same packet on another interface.
        comment: UTF-8; empty for none.
    """
    head = _PACKET_HEAD.pack(interface_id, at_ns >> 32, at_ns & 0xFFFF_FFFF, len(kept), size)
    options = _FLAGS_AND_ID.pack(_FLAGS, 4, direction, _PACKET_ID, 8, packet_id)
    if comment:
        options += option(_COMMENT, comment)
    return _block(_PACKET, head + _padded(kept) + options + _END)


def option(code: int, value: bytes) -> bytes:
    """One option of a block."""
    return struct.pack("<HH", code, len(value)) + _padded(value)


class UdpPath:
    """One direction between two UDP ports.

    Args:
        source: `host:port`, IPv4.
        destination: The same.

    Raises: ValueError when one is not that.
    """

    def __init__(self, source: str, destination: str) -> None:
        (from_host, from_port), (to_host, to_port) = _address(source), _address(destination)
        self._hosts = (from_host, to_host)
        self._ports = (from_port, to_port)
        self._fixed_sum = sum(struct.unpack(">10H", self._pack(0, 0)[:20]))

    def headers(self, size: int) -> bytes:
        """IPv4 and UDP headers of a datagram of so many bytes; UDP's checksum is left out."""
        total = self._fixed_sum + size
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        return self._pack(size, ~total & 0xFFFF)

    def _pack(self, size: int, checksum: int) -> bytes:
        return _HEADERS.pack(
            _VERSION_AND_WORDS,
            0,
            size + HEADER_BYTES,
            0,
            _DONT_FRAGMENT,
            _HOPS,
            _UDP,
            checksum,
            *self._hosts,
            *self._ports,
            size + _UDP_HEADER_BYTES,
            0,
        )


def _address(text: str) -> tuple[bytes, int]:
    host, _, port = text.rpartition(":")
    number = int(port)
    if not 0 <= number < 1 << 16:
        raise ValueError(f"{number} is no port")
    return ipaddress.IPv4Address(host).packed, number


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return _FRAME.pack(kind, length) + body + length.to_bytes(4, "little")
