"""Reads what a pcapng file says, as far as these tests need it, written from its specification."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6


@dataclass(frozen=True, kw_only=True)
class ReadPacket:
    interface: str
    at_ns: int
    data: bytes
    size: int
    options: dict[int, bytes]

    @property
    def comment(self) -> str:
        return self.options.get(1, b"").decode()


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    comment: str
    interfaces: list[str]
    packets: list[ReadPacket]


def read_pcapng(path: Path) -> ReadFile:
    data, at = path.read_bytes(), 0
    comment, interfaces, packets = "", [], []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0
        assert struct.unpack_from("<I", data, at + length - 4) == (length,)
        body = data[at + 8 : at + length - 4]
        if kind == SECTION:
            assert at == 0
            assert struct.unpack_from("<IHHq", body) == (0x1A2B3C4D, 1, 0, -1)
            comment = options(body[16:])[1].decode()
        elif kind == INTERFACE:
            link, _, _ = struct.unpack_from("<HHI", body)
            assert link == 101  # raw IP
            assert options(body[8:])[9] == b"\x09"  # nanoseconds
            interfaces.append(options(body[8:])[2].decode())
        else:
            assert kind == PACKET
            number, high, low, kept, size = struct.unpack_from("<5I", body)
            packets.append(
                ReadPacket(
                    interface=interfaces[number],
                    at_ns=high << 32 | low,
                    data=body[20 : 20 + kept],
                    size=size,
                    options=options(body[20 + kept + -kept % 4 :]),
                )
            )
        at += length
    return ReadFile(comment=comment, interfaces=interfaces, packets=packets)


def options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while True:
        code, length = struct.unpack_from("<HH", data)
        if code == 0:
            assert (length, len(data)) == (0, 4)
            return found
        found[code] = data[4 : 4 + length]
        data = data[4 + length + -length % 4 :]
