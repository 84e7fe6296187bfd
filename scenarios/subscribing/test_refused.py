"""Who cannot subscribe is told why: so the page says."""

from __future__ import annotations

from harness.network.impairments import Blackhole
from harness.scenario import Grants, Judge, Stage, Tone, clause, fault
from harness.verifiers.events import event_count

WITHIN_S = 5.5
"""The SDK gives a track whose publication does not come 5 s."""


@clause("SUB-039", "SUB-040", "SUB-041")
async def test_a_subscription_that_fails_is_told(stage: Stage, judge: Judge) -> None:
    alice, denied, cut_off = await stage.join("alice", "denied", "cut-off")
    (without,) = await stage.join("without", grants=Grants(can_subscribe=False))
    await alice.allow_only("without", "cut-off")
    await stage.play(fault(Blackhole(), seconds=WITHIN_S), "cut-off")
    sound = await alice.publish(Tone(pilot_hz=400))
    for participant in (denied, without):
        await participant.told("track_published", sound)
        await participant.subscribe(sound)
    until = await stage.run(seconds=WITHIN_S)

    for clause_id, participant in (
        ("SUB-039", denied),
        ("SUB-040", without),
        ("SUB-041", cut_off),
    ):
        judge(
            clause_id,
            event_count,
            participant.events,
            "track_subscription_failed",
            since_ns=sound.published_ns,
            until_ns=until,
        )
