"""What the SDK counts of pictures that stand still, or that are completed late."""

from __future__ import annotations

from harness.measuring.call import make_call
from harness.network.impairment import Target
from harness.network.impairments.blackhole import Blackhole
from harness.scenario import Judge, Stage, clause
from harness.verifiers.sdk_discarded import discarded_ratio
from harness.verifiers.sdk_frames import (
    freezes_against_seen,
    frozen_time_against_seen,
    received_against_decoded,
)

FREEZES = Blackhole(
    target=Target(participant="bob", direction="down", medium="video"),
    from_ms=4500, for_ms=700, every_ms=2500,
)  # fmt: skip
"""From when pictures have come long enough to have an average interval."""


@clause("NUM-007", "NUM-008", "NUM-009")
async def test_freezes_are_counted(stage: Stage, judge: Judge) -> None:
    await stage.impair(FREEZES)
    call = await make_call(stage, seconds=9)
    since, until, told = call.since_ns, call.until_ns, call.statistics
    code = call.picture.track_code

    judge(
        "NUM-007", freezes_against_seen, told, call.pictures, code, since_ns=since, until_ns=until
    )
    judge(
        "NUM-008", frozen_time_against_seen, told, call.pictures, code,
        since_ns=since, until_ns=until,
    )  # fmt: skip
    judge(
        "NUM-009", discarded_ratio, told, call.ledger, participant="bob",
        since_ns=since, until_ns=until,
    )  # fmt: skip


@clause("NUM-010", profile="wifi-loss5")
async def test_pictures_that_were_decoded_were_received(stage: Stage, judge: Judge) -> None:
    call = await make_call(stage, seconds=3)

    judge(
        "NUM-010", received_against_decoded, call.statistics, call.pictures,
        call.picture.track_code, since_ns=call.since_ns, until_ns=call.until_ns,
    )  # fmt: skip
