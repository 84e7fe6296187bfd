"""Who cannot subscribe is told why: so the page says."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_S
from harness.gateway.no_vp8 import IDENTITY
from harness.network.impairments import Blackhole
from harness.scenario import ONE_LAYER, ColourCode, Grants, Judge, Stage, Tone, clause, fault
from harness.verifiers.events import event_count

NO_VP8 = "harness.gateway.no_vp8:NoVp8"
WITHIN_S = 5.5
"""The SDK gives a track whose publication does not come 5 s."""
BEFORE_S = 3
"""The network is gone before the track is there, and must not be back until that time is over."""


@clause("SUB-039", "SUB-040", "SUB-041", "SUB-043", interceptors=(NO_VP8,))
async def test_a_subscription_that_fails_is_told(stage: Stage, judge: Judge) -> None:
    alice, denied, cut_off, no_vp8 = await stage.join("alice", "denied", "cut-off", IDENTITY)
    (without,) = await stage.join("without", grants=Grants(can_subscribe=False))
    await alice.allow_only("without", "cut-off", IDENTITY)
    await stage.play(fault(Blackhole(), seconds=BEFORE_S + WITHIN_S), "cut-off")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    asked = []
    for participant in (denied, without):
        await participant.told("track_published", sound)
        asked.append(await participant.subscribe(sound))
    await stage.run(seconds=WITHIN_S)

    for clause_id, participant, since in (
        ("SUB-039", denied, asked[0]),
        ("SUB-040", without, asked[1]),
        ("SUB-041", cut_off, sound.published_ns),
        ("SUB-043", no_vp8, picture.published_ns),
    ):
        judge(
            clause_id,
            event_count,
            participant.events,
            "track_subscription_failed",
            since_ns=since,
            until_ns=since + round(WITHIN_S * NS_PER_S),
        )
