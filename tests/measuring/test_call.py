from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from harness.evidence.clock import NS_PER_S
from harness.evidence.statistics_sample import StatisticsSample
from harness.measuring.call import PUBLISHER, STATISTICS, SUBSCRIBER, make_call
from harness.network.impairment import Target
from harness.network.impairments.delay import Delay
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.processes.keeper_client import Keeper
from harness.server.model import Server
from harness.stage.stage import StageSetup, open_stage
from harness.verifiers.latency import latency
from harness.verifiers.latency_series import SeenPictures
from harness.verifiers.skew import median_skew

pytestmark = [pytest.mark.real, pytest.mark.asyncio]

LIMIT_S = 40.0
SECONDS = 4
DELAY_MS = 80
LATER = Profile(
    name="later", title="later", cite="ours",
    phases=(
        Phase(at_ns=0, impairments=(Delay(target=Target(direction="down"), delay_ms=DELAY_MS),)),
    ),
)  # fmt: skip


async def test_a_call_is_evidence_of_all_that_is_measured(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="call")
    async with asyncio.timeout(LIMIT_S), open_stage(setup) as stage:
        call = await make_call(stage, seconds=SECONDS, profile=LATER)

    assert call.profile_ns is not None
    assert call.profile_ns < call.sound_asked_ns < call.picture_asked_ns < call.since_ns
    assert call.until_ns - call.since_ns >= SECONDS * NS_PER_S
    assert call.sound_emitted is not None
    assert len(call.sound_emitted.arrivals_ns) > SECONDS * 90
    seen = SeenPictures(
        recording=call.pictures, track_code=call.picture.track_code, sent=call.picture_sent
    )
    age = latency(seen, since_ns=call.since_ns, until_ns=call.until_ns)
    assert age.value is not None
    assert age.value > DELAY_MS
    skew = median_skew(call.pair, since_ns=call.since_ns, until_ns=call.until_ns)
    assert skew.rests_on > SECONDS
    sound = call.ledger.packets(participant=SUBSCRIBER, direction="down", track=call.sound.track)
    assert len(sound) > SECONDS * 40


async def test_both_are_asked_for_statistics_each_second(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="counted")
    async with asyncio.timeout(LIMIT_S), open_stage(setup) as stage:
        call = await make_call(stage, seconds=SECONDS)

    assert call.profile_ns is None
    for who in (PUBLISHER, SUBSCRIBER):
        own = [sample for sample in call.statistics if sample.participant == who]
        assert len(own) > SECONDS
        assert own[0].at_ns < call.sound_asked_ns
        assert own[-1].at_ns >= call.until_ns
    kinds = {(e["type"], e.get("kind")) for e in own[-1].entries}
    assert {("inbound_rtp", "audio"), ("inbound_rtp", "video")} <= kinds
    lines = (tmp_path / STATISTICS).read_bytes().splitlines()
    read = [msgspec.json.decode(line, type=StatisticsSample) for line in lines]
    assert [sample.at_ns for sample in read] == [sample.at_ns for sample in call.statistics]
