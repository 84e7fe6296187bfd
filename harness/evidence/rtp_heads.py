"""RTP headers of many packets at once, from the first bytes that the ledger keeps of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIXED_BYTES = 12
_ONE_BYTE_PROFILE = 0xBEDE
_TWO_BYTE_PROFILE = 0x1000


@dataclass(frozen=True, kw_only=True)
class RtpHeads:
    """Fixed header fields, one value a packet."""

    padding: NDArray[np.bool_]
    """Whether the P bit is set."""
    marker: NDArray[np.bool_]
    payload_type: NDArray[np.uint8]
    sequence: NDArray[np.uint16]
    timestamp: NDArray[np.uint32]
    ssrc: NDArray[np.uint32]


def read_heads(heads: NDArray[np.uint8]) -> RtpHeads:
    """Fixed headers of packets that are known to be RTP.

    Args:
        heads: First bytes, shape (packets, at least 12).
    """
    fixed = np.ascontiguousarray(heads[:, :_FIXED_BYTES])
    return RtpHeads(
        padding=(fixed[:, 0] & 0x20) != 0,
        marker=(fixed[:, 1] & 0x80) != 0,
        payload_type=(fixed[:, 1] & 0x7F).astype(np.uint8),
        sequence=fixed[:, 2:4].copy().view(">u2")[:, 0].astype(np.uint16),
        timestamp=fixed[:, 4:8].copy().view(">u4")[:, 0].astype(np.uint32),
        ssrc=fixed[:, 8:12].copy().view(">u4")[:, 0].astype(np.uint32),
    )


def find_extensions(
    heads: NDArray[np.uint8], sizes: NDArray[Any], ids: Iterable[int]
) -> dict[int, NDArray[np.int64]]:
    """Where in each head the value of a header extension begins (RFC 8285, both forms).

    Args:
        heads: First bytes, shape (packets, bytes kept).
        sizes: Bytes of each whole packet.
        ids: Extensions to look for.

    Returns: For each id an offset per packet, −1 where the packet has it not, or has it behind
        the bytes that were kept. Where an id comes twice, the last one.
    """
    walk = _Walk(heads, sizes)
    found = {number: np.full(len(heads), -1, np.int64) for number in ids}
    while walk.active.any():
        number, value, present = walk.step()
        for wanted, offsets in found.items():
            hit = present & (number == wanted)
            offsets[hit] = value[hit]
    return found


class _Walk:
    """Goes through the extension elements of all packets side by side, one element a step."""

    def __init__(self, heads: NDArray[np.uint8], sizes: NDArray[Any]) -> None:
        count, self._width = heads.shape
        self._flat = np.ascontiguousarray(heads).reshape(-1)
        self._row = np.arange(count, dtype=np.int64) * self._width
        first = heads[:, 0].astype(np.int64)
        block = _FIXED_BYTES + 4 * (first & 0x0F)
        profile = self._byte(block) << 8 | self._byte(block + 1)
        words = self._byte(block + 2) << 8 | self._byte(block + 3)
        kept = np.minimum(sizes.astype(np.int64), self._width)
        self._one = profile == _ONE_BYTE_PROFILE
        self._lead = np.where(self._one, 1, 2)
        self._at = block + 4
        self._end = np.minimum(self._at + 4 * words, kept)
        known = self._one | ((profile & 0xFFF0) == _TWO_BYTE_PROFILE)
        self.active = ((first & 0x10) != 0) & known & (self._at < self._end)

    def _byte(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(self._flat[self._row + np.minimum(at, self._width - 1)], np.int64)

    def step(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Id and value offset of each packet's next element, and which packets had one."""
        lead_byte = self._byte(self._at)
        number = np.where(self._one, lead_byte >> 4, lead_byte)
        length = np.where(self._one, (lead_byte & 0x0F) + 1, self._byte(self._at + 1))
        padding = lead_byte == 0
        value = self._at + self._lead
        self.active &= padding | ~(self._one & (number == 15))
        present = self.active & ~padding & (value + np.minimum(length, 1) <= self._end)
        self._at = np.where(padding, self._at + 1, value + length)
        self.active &= (padding | present) & (self._at < self._end)
        return number, value, present
