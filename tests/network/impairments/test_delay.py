from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.impairment import Delivery, Packet
from harness.network.impairments import Delay
from tests.network.impairments.lanes import lane_with


@given(st.floats(0, 60_000), st.integers(0, 2**62))
def test_every_packet_leaves_so_much_later(delay_ms: float, now_ns: int) -> None:
    lane = lane_with(Delay(delay_ms=delay_ms))
    fate = lane.arrive(Packet(100), None, now_ns)
    assert fate.deliveries == (Delivery(now_ns + round(delay_ms * 1e6)),)


@pytest.mark.parametrize("delay_ms", ["-1", "60001", "null"])
def test_absurd_delays_are_refused(delay_ms: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"delay_ms"):
        msgspec.json.decode(f'{{"impairment":"delay","delay_ms":{delay_ms}}}', type=Delay)
