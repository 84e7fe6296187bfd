from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import LinkFlap
from tests.network.impairments.lanes import MS, course, refused


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 50))
def test_it_is_up_and_down_in_turn(up_ms: int, down_ms: int, since_ms: int) -> None:
    dropped = LinkFlap(up_ms=up_ms, down_ms=down_ms).plan(course(since_ns=since_ms * MS))
    fates = [dropped(ms, Packet(1), (since_ms + ms) * MS) for ms in range(200)]
    turn = [False] * up_ms + [True] * down_ms
    assert fates == (turn * 200)[:200]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"up_ms":0,"down_ms":5', "up_ms"),
        ('"up_ms":5,"down_ms":-5', "down_ms"),
        ('"up_ms":5', "down_ms"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"link_flap",{fields}}}', name)
