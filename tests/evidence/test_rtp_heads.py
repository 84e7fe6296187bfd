from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.rtp_heads import find_extensions, read_heads

WIDTH = 71


def heads(packets: list[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    rows = [np.frombuffer(one[:WIDTH].ljust(WIDTH, b"\0"), np.uint8) for one in packets]
    return np.stack(rows)


def with_extensions(elements: list[tuple[int, bytes]], *, one_byte: bool, sources: int) -> bytes:
    block = b""
    for number, value in elements:
        if one_byte:
            block += bytes([number << 4 | (len(value) - 1)]) + value
        else:
            block += bytes([number, len(value)]) + value
        block += b"\0"
    block += bytes(-len(block) % 4)
    profile = b"\xbe\xde" if one_byte else b"\x10\x00"
    fixed = bytes([0x90 | sources, 111]) + bytes(10 + 4 * sources)
    return fixed + profile + (len(block) // 4).to_bytes(2, "big") + block + bytes(20)


elements = st.lists(
    st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)),
    min_size=1,
    max_size=5,
    unique_by=lambda element: element[0],
)


@settings(max_examples=150)
@given(st.lists(st.tuples(elements, st.booleans(), st.integers(0, 3)), min_size=1, max_size=5))
def test_extensions_are_found_where_they_are(
    specification: list[tuple[list[tuple[int, bytes]], bool, int]],
) -> None:
    packets = [
        with_extensions(some, one_byte=one_byte, sources=sources)
        for some, one_byte, sources in specification
    ]
    sizes = np.array([len(one) for one in packets])
    found = find_extensions(heads(packets), sizes, range(1, 15))
    for row, (some, _, _) in enumerate(specification):
        for number, offsets in found.items():
            value = dict(some).get(number)
            at = int(offsets[row])
            if value is None:
                assert at == -1
            elif at >= 0 and at + len(value) <= WIDTH:
                assert packets[row][at : at + len(value)] == value


@settings(max_examples=150)
@given(st.lists(st.binary(min_size=12, max_size=120), min_size=1, max_size=8))
def test_any_bytes_are_read_within_what_was_kept(packets: list[bytes]) -> None:
    sizes = np.array([len(one) for one in packets])
    found = find_extensions(heads(packets), sizes, (1, 12))
    for offsets in found.values():
        assert (offsets < np.minimum(sizes, WIDTH)).all()


def test_fixed_header_fields() -> None:
    packet = bytes([0xA0, 0xEF, 0x12, 0x34, 1, 2, 3, 4, 0xFF, 0xFE, 0xFD, 0xFC])
    read = read_heads(heads([packet]))
    assert (read.padding[0], read.marker[0], read.payload_type[0]) == (True, True, 111)
    assert (read.sequence[0], read.timestamp[0]) == (0x1234, 0x01020304)
    assert read.ssrc[0] == 0xFFFEFDFC
