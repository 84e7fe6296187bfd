"""Receive streams are iterators: they give what comes, and end with their track or when closed."""

from __future__ import annotations

from harness.scenario import (
    ONE_LAYER,
    ColourCode,
    Judge,
    Participant,
    Publication,
    Stage,
    Tone,
    clause,
)
from harness.verifiers.strays import stray_pictures, stray_sound
from harness.verifiers.streams import streams_without_end
from scenarios.probes import PROBES

STREAMS = PROBES / "subscribe_streams.py"
GONE = ("unsubscribed", "dismissed", "unpublished", "left")
"""Ways in which a track goes: by its subscriber, the server API, its publisher, and with it."""
KEPT = "kept"


@clause("SUB-033", "SUB-034", "SUB-035", "SUB-036")
async def test_a_stream_ends(stage: Stage, judge: Judge) -> None:
    alice, carol, bob = await stage.join("alice", "carol", "bob")
    publishers = (alice, alice, alice, carol, alice)
    tracks = {
        name: await publish_both(publisher, name, number)
        for number, (name, publisher) in enumerate(zip((*GONE, KEPT), publishers, strict=True))
    }
    await bob.told("track_subscribed", tracks[KEPT][1])
    await bob.probe(STREAMS, "consume_all")
    await stage.run(seconds=1.5)
    await stage.moderator.unsubscribe("bob", *tracks["dismissed"])
    for track in tracks["unsubscribed"]:
        await bob.unsubscribe(track)
    for track in tracks["unpublished"]:
        await track.unpublish()
    await carol.leave()
    await stage.run(seconds=2)
    consumed = await bob.probe(STREAMS, "consumed")
    closed = await bob.probe(STREAMS, "close_all")

    judge("SUB-033", streams_without_end, consumed, [f"{way}-sound" for way in GONE])
    judge("SUB-034", streams_without_end, consumed, [f"{way}-picture" for way in GONE])
    judge("SUB-035", streams_without_end, closed, [f"{KEPT}-sound"])
    judge("SUB-036", streams_without_end, closed, [f"{KEPT}-picture"])


@clause("SUB-037", "SUB-038")
async def test_the_stream_of_a_track_that_is_gone_gives_no_other(
    stage: Stage, judge: Judge
) -> None:
    alice, carol, bob = await stage.join("alice", "carol", "bob")
    sound, picture = await publish_both(alice, "gone", 0)
    received = await bob.record(sound, picture)
    await received.until_flowing()
    await sound.unpublish()
    await picture.unpublish()
    await bob.told("track_unsubscribed", picture)
    await stage.run(seconds=0.5)
    other_sound, other_picture = await publish_both(carol, "other", 1)
    others = await bob.record(other_sound, other_picture)
    since = await others.until_flowing()
    until = await stage.run(seconds=1.5)

    judge(
        "SUB-037",
        stray_sound,
        received[sound],
        other=other_sound.signal,
        since_ns=since,
        until_ns=until,
        alive=others.witness(other_sound),
    )
    judge(
        "SUB-038",
        stray_pictures,
        received[picture],
        other=other_picture.signal,
        since_ns=since,
        until_ns=until,
        alive=others.witness(other_picture),
    )


async def publish_both(
    publisher: Participant, name: str, number: int
) -> tuple[Publication[Tone], Publication[ColourCode]]:
    """A sound and a picture, unlike those of other numbers."""
    code = ColourCode(track_code=number, width=320, height=180)
    return (
        await publisher.publish(Tone(pilot_hz=300 + 100 * number), name=f"{name}-sound"),
        await publisher.publish(code, options=ONE_LAYER, name=f"{name}-picture"),
    )
