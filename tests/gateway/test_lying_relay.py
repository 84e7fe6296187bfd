from __future__ import annotations

from pathlib import Path

from harness.evidence.ledger_records import Cause
from harness.gateway.lying_relay import LyingRelay
from harness.network.impairments import DropList
from tests.gateway.relay_net import relay_net, rtp


def test_half_of_what_is_dropped_is_said_to_be_forwarded_and_never_comes(tmp_path: Path) -> None:
    with relay_net(tmp_path, LyingRelay) as net:
        way = net.flow()
        net.relay.set_impairments([DropList(indices=(1, 2, 3))])
        for number in range(5):
            way.up(rtp(number))
        came = [way.server.recv(2048) for _ in range(2)]
        [ssrc] = net.relay.snapshot().sides[0].ssrcs.values()
        causes = net.causes()

    assert came == [rtp(0), rtp(4)]
    assert [cause == Cause.FORWARDED for cause in causes[-5:]] == [True, True, False, True, True]
    assert (ssrc.packets, ssrc.forwarded, ssrc.dropped) == (5, 4, 1)


def test_of_each_stream_half_whatever_their_order(tmp_path: Path) -> None:
    with relay_net(tmp_path, LyingRelay) as net:
        way = net.flow()
        net.relay.set_impairments([DropList(indices=tuple(range(8)))])
        for number in range(4):
            for ssrc in (1, 2):
                way.up(rtp(number, ssrc=ssrc))
        sides = net.relay.snapshot().sides[0].ssrcs

    assert {ssrc: (counts.forwarded, counts.dropped) for ssrc, counts in sides.items()} == {
        1: (2, 2),
        2: (2, 2),
    }
