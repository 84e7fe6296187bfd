"""Sound and picture together under each network, and after the network changed."""

from __future__ import annotations

import pytest

from harness.measuring.call import make_call
from harness.network.impairment import Target
from harness.network.impairments.delay import Delay
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.jitter import sdk_jitter_against_ledger, server_jitter_against_ledger
from harness.verifiers.round_trip import (
    ice_round_trip_against_ledger,
    rtcp_round_trip_against_ledger,
)
from harness.verifiers.sdk_frames import decoded_against_seen, rate_against_seen
from harness.verifiers.skew import SoundAndPicture, median_skew
from harness.verifiers.skew_bands import ACCEPTABILITY, DETECTABILITY, outside_ratio, time_to_band
from scenarios.timing.profiles import PROFILES

STEP_MS = 150
LASTS_S = 20


@clause(
    "SYNC-020", "SYNC-021", "SYNC-033",
    "NUM-001", "NUM-002", "NUM-003", "NUM-004", "NUM-005", "NUM-006",
    profiles=PROFILES,
)  # fmt: skip
async def test_a_call_is_in_time_and_counted_truly(stage: Stage, judge: Judge) -> None:
    call = await make_call(stage, seconds=10)
    since, until = call.since_ns, call.until_ns
    told, wire, seen = call.statistics, call.ledger, call.pictures
    code = call.picture.track_code

    judge("SYNC-020", median_skew, call.pair, since_ns=since, until_ns=until)
    for clause_id, band in (("SYNC-021", ACCEPTABILITY), ("SYNC-033", DETECTABILITY)):
        judge(clause_id, outside_ratio, call.pair, band=band, since_ns=since, until_ns=until)
    for clause_id, verifier, who in (
        ("NUM-001", sdk_jitter_against_ledger, "bob"),
        ("NUM-002", server_jitter_against_ledger, "alice"),
        ("NUM-003", ice_round_trip_against_ledger, "bob"),
        ("NUM-004", rtcp_round_trip_against_ledger, "alice"),
    ):
        judge(clause_id, verifier, told, wire, participant=who, since_ns=since, until_ns=until)
    judge("NUM-005", decoded_against_seen, told, seen, code, since_ns=since, until_ns=until)
    judge("NUM-006", rate_against_seen, told, seen, code, since_ns=since, until_ns=until)


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
    sound = await alice.publish(Tone(pilot_hz=400, marker="order"))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    await received.until_steady()
    await stage.run(seconds=2)
    sound_down = Target(participant="bob", direction="down", medium="audio")
    held = await stage.impair(Delay(target=sound_down, delay_ms=STEP_MS))
    await stage.run(seconds=LASTS_S)
    healed = await stage.impair()
    until = await stage.run(seconds=LASTS_S)
    return received.pair(sound, picture), held, healed, until
