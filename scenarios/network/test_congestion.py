"""One of two subscribers has too narrow a network: it gets a smaller layer, and only it."""

from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_S
from harness.network.impairment import Target
from harness.network.impairments import RateLimit
from harness.scenario import ColourCode, Judge, Stage, clause, fault
from harness.verifiers.gap import picture_gap
from harness.verifiers.layers import (
    full_layer_ratio,
    layers_sent_throughout,
    time_to_full_layer,
    time_to_smaller_layer,
)

NARROW_S, WIDE_S = 15, 75
NARROW = RateLimit(rate_kbps=300, queue_ms=1000, target=Target(direction="down"))


@pytest.mark.long
@clause("NET-026", "NET-027", "NET-028", "NET-029", "NET-030", limit_s=150)
async def test_a_layer_falls_and_returns_and_nobody_else_notices(
    stage: Stage, judge: Judge
) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    picture = await alice.publish(ColourCode(track_code=3, width=1280, height=720))
    seen, others = await bob.record(picture), await carol.record(picture)
    await seen.until_steady()
    await stage.run(seconds=1)
    narrow = await stage.play(fault(NARROW, seconds=NARROW_S), "bob")
    wide = narrow + NARROW_S * NS_PER_S
    until = await stage.run(seconds=NARROW_S + WIDE_S)
    code, full = picture.signal.track_code, picture.signal.height

    judge(
        "NET-026",
        time_to_smaller_layer,
        seen[picture],
        code,
        full_px=full,
        since_ns=narrow,
        until_ns=wide,
    )
    judge(
        "NET-027",
        time_to_full_layer,
        seen[picture],
        code,
        full_px=full,
        since_ns=wide,
        until_ns=until,
    )
    judge("NET-028", picture_gap, seen[picture], code, since_ns=narrow, until_ns=until)
    judge(
        "NET-029",
        full_layer_ratio,
        others[picture],
        code,
        full_px=full,
        since_ns=narrow,
        until_ns=until,
    )
    judge(
        "NET-030",
        layers_sent_throughout,
        stage.ledger,
        participant="alice",
        track=picture.sid,
        since_ns=narrow,
        until_ns=until,
    )
