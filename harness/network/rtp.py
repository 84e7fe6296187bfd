"""What a datagram says in clear: RTP header, STUN user name, and which of the two it is.

SRTP leaves RTP header and extensions readable (RFC 3711). Nothing here raises on any bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from harness.evidence.ledger_records import PacketKind

_RTP_FIXED = struct.Struct("!BBHII")
_ONE_BYTE_PROFILE = 0xBEDE
_TWO_BYTE_PROFILE = 0x1000
_STUN_HEADER = struct.Struct("!HHI")
_STUN_HEADER_BYTES = 20
_STUN_BINDING_REQUEST = 0x0001
_STUN_COOKIE = 0x2112A442
_STUN_USERNAME = 0x0006


def _kind_of_first_byte(byte: int) -> PacketKind:
    if byte <= 3:
        return PacketKind.STUN
    if 20 <= byte <= 63:
        return PacketKind.DTLS
    if 128 <= byte <= 191:
        return PacketKind.RTP
    return PacketKind.OTHER


_BY_FIRST_BYTE = tuple(_kind_of_first_byte(byte) for byte in range(256))


def classify(data: bytes) -> PacketKind:
    """What a datagram is, by its first two bytes and least size (RFC 7983, RFC 5761)."""
    if not data:
        return PacketKind.OTHER
    kind = _BY_FIRST_BYTE[data[0]]
    if kind is not PacketKind.RTP:
        return kind
    size = len(data)
    if size >= 8 and 192 <= data[1] <= 223:
        return PacketKind.RTCP
    return kind if size >= 12 else PacketKind.OTHER


@dataclass(frozen=True, kw_only=True, slots=True)
class RtpHeader:
    """The clear part of an RTP packet (RFC 3550, extensions by RFC 8285)."""

    padding: bool
    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    extensions: dict[int, bytes] = field(default_factory=dict)
    """Extension id to value; where an id comes twice, the last one."""
    header_bytes: int
    """Where the payload begins."""


def parse_rtp(data: bytes) -> RtpHeader | None:
    """The header of an RTP packet, or None when the bytes are no whole RTP header."""
    if len(data) < _RTP_FIXED.size or data[0] >> 6 != 2:
        return None
    first, second, sequence, timestamp, ssrc = _RTP_FIXED.unpack_from(data)
    end = _RTP_FIXED.size + 4 * (first & 0x0F)
    extensions: dict[int, bytes] = {}
    if first & 0x10:
        if len(data) < end + 4:
            return None
        profile, words = struct.unpack_from("!HH", data, end)
        start, end = end + 4, end + 4 + 4 * words
        extensions = _extensions(profile, data[start:end])
    if len(data) < end:
        return None
    return RtpHeader(
        padding=bool(first & 0x20),
        marker=bool(second & 0x80),
        payload_type=second & 0x7F,
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        extensions=extensions,
        header_bytes=end,
    )


def _extensions(profile: int, block: bytes) -> dict[int, bytes]:
    """Elements of an extension block; what follows a cut element is left out."""
    if profile == _ONE_BYTE_PROFILE:
        lead = 1
    elif profile & 0xFFF0 == _TWO_BYTE_PROFILE:
        lead = 2
    else:
        return {}
    found: dict[int, bytes] = {}
    at = 0
    while at < len(block):
        if block[at] == 0:
            at += 1
            continue
        if at + lead > len(block):
            break
        if lead == 1:
            number, size = block[at] >> 4, (block[at] & 0x0F) + 1
            if number == 15:
                break
        else:
            number, size = block[at], block[at + 1]
        start, at = at + lead, at + lead + size
        if at > len(block):
            break
        found[number] = block[start:at]
    return found


def stun_username(data: bytes) -> str | None:
    """USERNAME of a STUN binding request: `<server ufrag>:<client ufrag>`; None for all else."""
    if len(data) < _STUN_HEADER_BYTES:
        return None
    kind, size, cookie = _STUN_HEADER.unpack_from(data)
    if kind != _STUN_BINDING_REQUEST or cookie != _STUN_COOKIE:
        return None
    at, end = _STUN_HEADER_BYTES, _STUN_HEADER_BYTES + size
    if end != len(data):
        return None
    while at + 4 <= end:
        attribute, length = struct.unpack_from("!HH", data, at)
        value = data[at + 4 : at + 4 + length]
        if attribute == _STUN_USERNAME:
            return value.decode("utf-8", "replace") if value and len(value) == length else None
        at += 4 + (length + 3) // 4 * 4
    return None
