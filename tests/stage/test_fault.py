from __future__ import annotations

from harness.network.impairments import Loss
from harness.network.phase import Phase
from harness.network.tcp_faults import TcpFaults
from harness.stage.fault import fault


def test_a_fault_begins_at_once_and_ends_after_its_seconds() -> None:
    loss, cut, stall = Loss(ratio=1.0), TcpFaults(cut=True), TcpFaults(stalled=frozenset({"up"}))
    profile = fault(loss, seconds=1.5, signal=cut, media=stall)

    assert profile.phases == (
        Phase(at_ns=0, impairments=(loss,), signal=cut, media=stall),
        Phase(at_ns=1_500_000_000),
    )
    assert not profile.needs_toxiproxy
