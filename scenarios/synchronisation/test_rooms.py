"""Sound and picture of one participant, played in time with each other, or not."""

from __future__ import annotations

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
from harness.verifiers.skew import median_skew, skew_spread

DELAY_MS = 200
TAKES_S = 30
"""Time that receivers have to align what a network holds apart."""


@clause("SYNC-001", "SYNC-002", "SYNC-003", "SYNC-004")
async def test_sound_and_picture_are_together_in_a_room(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    since = await received.until_steady()
    until = await stage.run(seconds=4)
    pair = received.pair(sound, picture)

    judge("SYNC-001", median_skew, pair, since_ns=since, until_ns=until)
    judge("SYNC-002", median_skew, pair, since_ns=since, until_ns=until)
    judge("SYNC-003", skew_spread, pair, since_ns=since, until_ns=until)
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
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    since = await received.until_steady()
    until = await stage.run(seconds=3)

    tracks = [sound.sid, picture.sid]
    judge("SYNC-006", in_one_stream, stage.folder, participant="bob", tracks=tracks)
    judge("SYNC-007", median_skew, received.pair(sound, picture), since_ns=since, until_ns=until)


@pytest.mark.long
@clause("SYNC-008", "SYNC-009", limit_s=90)
async def test_a_room_aligns_what_the_network_holds_apart(stage: Stage, judge: Judge) -> None:
    await judge_apart(stage, judge, "SYNC-008", "SYNC-009")


@pytest.mark.long
@clause("SYNC-010", "SYNC-011", limit_s=90)
async def test_a_room_that_synchronises_aligns_them(stage: Stage, judge: Judge) -> None:
    await stage.moderator.create_room(sync_streams=True)
    await judge_apart(stage, judge, "SYNC-010", "SYNC-011")


async def judge_apart(stage: Stage, judge: Judge, late_sound: str, late_picture: str) -> None:
    """Bob's sound and carol's pictures come late, from before they subscribe."""
    (alice,) = await stage.join("alice")
    bob, carol = await stage.join("bob", "carol", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400, marker="order"))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await stage.impair(later("bob", "audio"), later("carol", "video"))
    received: list[Received] = []
    for who in (bob, carol):
        for track in (sound, picture):
            await who.told("track_published", track)
            await who.subscribe(track)
        received.append(await who.record(sound, picture))
    since = await stage.run(seconds=TAKES_S)
    until = await stage.run(seconds=5)

    for clause_id, own in zip((late_sound, late_picture), received, strict=True):
        pair = own.pair(sound, picture)
        judge(clause_id, median_skew, pair, since_ns=since, until_ns=until)


def later(participant: str, medium: AimedMedium) -> Delay:
    """What a participant receives of a medium comes later."""
    target = Target(participant=participant, direction="down", medium=medium)
    return Delay(target=target, delay_ms=DELAY_MS)
