"""Sound and picture after the network has held one of them up for a while."""

from __future__ import annotations

import pytest

from harness.network.impairment import Target
from harness.network.impairments.delay import Delay
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.skew import SoundAndPicture
from harness.verifiers.skew_bands import ACCEPTABILITY, time_to_band

STEP_MS = 150
LASTS_S = 20


@pytest.mark.long
@clause("SYNC-029", "SYNC-030", limit_s=120)
async def test_sound_that_is_held_up_for_a_while(stage: Stage, judge: Judge) -> None:
    pair, held, healed, until = await hold_up_sound(stage)

    judge("SYNC-029", time_to_band, pair, band=ACCEPTABILITY, changed_ns=held, until_ns=healed)
    judge("SYNC-030", time_to_band, pair, band=ACCEPTABILITY, changed_ns=healed, until_ns=until)


@pytest.mark.long
@clause("SYNC-031", "SYNC-032", limit_s=120)
async def test_sound_that_is_held_up_in_a_room_that_synchronises(
    stage: Stage, judge: Judge
) -> None:
    await stage.moderator.create_room(sync_streams=True)
    pair, held, healed, until = await hold_up_sound(stage)

    judge("SYNC-031", time_to_band, pair, band=ACCEPTABILITY, changed_ns=held, until_ns=healed)
    judge("SYNC-032", time_to_band, pair, band=ACCEPTABILITY, changed_ns=healed, until_ns=until)


async def hold_up_sound(stage: Stage) -> tuple[SoundAndPicture, int, int, int]:
    """What bob receives; when alice's sound was held up, when no more, and when it was over."""
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400, marker="order"), name="microphone")
    picture = await alice.publish(ColourCode(track_code=3), name="camera", options=ONE_LAYER)
    received = await bob.record(sound, picture)
    await received.until_steady()
    await stage.run(seconds=2)
    sound_down = Target(participant="bob", direction="down", medium="audio")
    held = await stage.impair(Delay(target=sound_down, delay_ms=STEP_MS))
    await stage.run(seconds=LASTS_S)
    healed = await stage.impair()
    until = await stage.run(seconds=LASTS_S)
    return received.pair(sound, picture), held, healed, until
