from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import PathMtu
from tests.network.impairments.lanes import played, refused


def test_headers_count() -> None:
    sizes = [1172, 1173, 1171, 1500]
    left = played([(0, Packet(size)) for size in sizes], PathMtu(mtu_bytes=1200))
    assert [one.cause > 0 for one in left] == [False, True, False, True]


@given(st.integers(68, 65_535), st.integers(0, 65_507))
def test_a_packet_passes_if_it_fits(mtu_bytes: int, size: int) -> None:
    [left] = played([(0, Packet(size))], PathMtu(mtu_bytes=mtu_bytes))
    assert (left.cause > 0) == (size + 20 + 8 > mtu_bytes)


@pytest.mark.parametrize("mtu", ["67", "-1", "65536", "1200.5", "null"])
def test_absurd_values_are_refused(mtu: str) -> None:
    refused(f'{{"impairment":"path_mtu","mtu_bytes":{mtu}}}', "mtu_bytes")
