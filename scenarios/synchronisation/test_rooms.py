"""Sound and picture of one participant, played in time with each other, or not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.network.impairment import AimedMedium, Target
from harness.network.impairments.delay import Delay
from harness.scenario import (
    ONE_LAYER,
    ColourCode,
    Judge,
    PublishOptions,
    Received,
    Stage,
    Tone,
    clause,
)
from harness.verifiers.media_streams import in_one_stream
from harness.verifiers.skew import SoundAndPicture, median_skew, skew_spread
from harness.verifiers.skew_bands import (
    ACCEPTABILITY,
    BROADCAST,
    outside_ratio,
    time_to_band,
    worst_skew,
)

DELAY_MS = 200
TAKES_S = 30
"""Time that receivers have to align what a network holds apart."""


@clause("SYNC-001", "SYNC-002", "SYNC-003", "SYNC-004", "SYNC-022", "SYNC-034")
async def test_sound_and_picture_are_together_in_a_room(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400), name="microphone")
    picture = await alice.publish(ColourCode(track_code=3), name="camera", options=ONE_LAYER)
    received = await bob.record(sound, picture)
    since = await received.until_steady()
    until = await stage.run(seconds=4)
    pair = received.pair(sound, picture)

    judge("SYNC-001", median_skew, pair, since_ns=since, until_ns=until)
    judge("SYNC-002", median_skew, pair, since_ns=since, until_ns=until)
    judge("SYNC-003", skew_spread, pair, since_ns=since, until_ns=until)
    judge("SYNC-022", worst_skew, pair, band=ACCEPTABILITY, since_ns=since, until_ns=until)
    judge("SYNC-034", outside_ratio, pair, band=BROADCAST, since_ns=since, until_ns=until)
    tracks = [sound.sid, picture.sid]
    judge("SYNC-004", in_one_stream, stage.folder, participant="bob", tracks=tracks)


@clause("SYNC-005")
async def test_tracks_of_a_named_stream_are_described_as_one(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(), options=PublishOptions(stream="av"))
    together = PublishOptions(stream="av", simulcast=False)
    picture = await alice.publish(ColourCode(track_code=3), options=together)
    await (await bob.record(sound, picture)).until_flowing()

    tracks = [sound.sid, picture.sid]
    judge("SYNC-005", in_one_stream, stage.folder, participant="bob", tracks=tracks)


@clause("SYNC-006", "SYNC-007")
async def test_a_room_that_synchronises_says_so_to_receivers(stage: Stage, judge: Judge) -> None:
    await stage.moderator.create_room(sync_streams=True)
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400), name="microphone")
    picture = await alice.publish(ColourCode(track_code=3), name="camera", options=ONE_LAYER)
    received = await bob.record(sound, picture)
    since = await received.until_steady()
    until = await stage.run(seconds=3)

    tracks = [sound.sid, picture.sid]
    judge("SYNC-006", in_one_stream, stage.folder, participant="bob", tracks=tracks)
    judge("SYNC-007", median_skew, received.pair(sound, picture), since_ns=since, until_ns=until)


@clause("SYNC-023", "SYNC-024")
async def test_a_room_leaves_apart_what_the_network_holds_apart(stage: Stage, judge: Judge) -> None:
    late_sound, late_picture = await held_apart(stage, sound_ms=100, picture_ms=150)
    since = await late_picture.received.until_steady()
    until = await stage.run(seconds=5)

    judge("SYNC-023", median_skew, late_sound.pair, since_ns=since, until_ns=until)
    judge("SYNC-024", median_skew, late_picture.pair, since_ns=since, until_ns=until)


@pytest.mark.long
@clause("SYNC-025", "SYNC-026", limit_s=90)
async def test_a_room_that_synchronises_aligns_what_is_a_little_apart(
    stage: Stage, judge: Judge
) -> None:
    await stage.moderator.create_room(sync_streams=True)
    late_sound, late_picture = await held_apart(stage, sound_ms=100, picture_ms=150)
    since = await stage.run(seconds=TAKES_S - 5)
    until = await stage.run(seconds=5)

    judge("SYNC-025", median_skew, late_sound.pair, since_ns=since, until_ns=until)
    judge("SYNC-026", median_skew, late_picture.pair, since_ns=since, until_ns=until)


@pytest.mark.long
@clause("SYNC-008", "SYNC-009", limit_s=90)
async def test_a_room_aligns_what_the_network_holds_apart(stage: Stage, judge: Judge) -> None:
    late_sound, late_picture = await held_apart(stage, sound_ms=DELAY_MS, picture_ms=DELAY_MS)
    since = await stage.run(seconds=TAKES_S)
    until = await stage.run(seconds=5)

    judge("SYNC-008", median_skew, late_sound.pair, since_ns=since, until_ns=until)
    judge("SYNC-009", median_skew, late_picture.pair, since_ns=since, until_ns=until)


@pytest.mark.long
@clause("SYNC-010", "SYNC-011", "SYNC-027", "SYNC-028", limit_s=90)
async def test_a_room_that_synchronises_aligns_them(stage: Stage, judge: Judge) -> None:
    await stage.moderator.create_room(sync_streams=True)
    late_sound, late_picture = await held_apart(stage, sound_ms=DELAY_MS, picture_ms=DELAY_MS)
    since = await stage.run(seconds=TAKES_S)
    until = await stage.run(seconds=5)

    judge("SYNC-010", median_skew, late_sound.pair, since_ns=since, until_ns=until)
    judge("SYNC-011", median_skew, late_picture.pair, since_ns=since, until_ns=until)
    for clause_id, own in (("SYNC-027", late_sound), ("SYNC-028", late_picture)):
        judge(
            clause_id, time_to_band, own.pair, band=ACCEPTABILITY,
            changed_ns=own.flowing_ns, until_ns=until,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class HeldApart:
    """What a subscriber received whose network delays one of two media."""

    received: Received
    pair: SoundAndPicture
    flowing_ns: int
    """When both media had come."""


async def held_apart(
    stage: Stage, *, sound_ms: int, picture_ms: int
) -> tuple[HeldApart, HeldApart]:
    """Bob's sound and carol's pictures come late, from before they subscribe."""
    (alice,) = await stage.join("alice")
    bob, carol = await stage.join("bob", "carol", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400, marker="order"), name="microphone")
    picture = await alice.publish(ColourCode(track_code=3), name="camera", options=ONE_LAYER)
    await stage.impair(later("bob", "audio", sound_ms), later("carol", "video", picture_ms))
    apart = []
    for who in (bob, carol):
        for track in (sound, picture):
            await who.told("track_published", track)
            await who.subscribe(track)
        received = await who.record(sound, picture)
        flowing_ns = await received.until_flowing()
        pair = received.pair(sound, picture)
        apart.append(HeldApart(received=received, pair=pair, flowing_ns=flowing_ns))
    return apart[0], apart[1]


def later(participant: str, medium: AimedMedium, delay_ms: int) -> Delay:
    """What a participant receives of a medium comes later."""
    target = Target(participant=participant, direction="down", medium=medium)
    return Delay(target=target, delay_ms=delay_ms)
