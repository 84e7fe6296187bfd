"""Muted before they are published: a microphone and a camera that show themselves when unmuted."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_MS
from harness.scenario import ColourCode, Judge, PublishOptions, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.picture_edge import first_frame
from harness.verifiers.picture_size import picture_size_ratio
from harness.verifiers.sound_edge import first_tone
from harness.verifiers.wire import packets_between, wire_silence_ratio

MUTED = PublishOptions(muted=True)
ONE_MUTED_LAYER = PublishOptions(muted=True, simulcast=False)
STEADY = 500 * NS_PER_MS


@clause("MUTE-041", "MUTE-042", "MUTE-043", "MUTE-044", "MUTE-045", "MUTE-046")
async def test_tracks_that_are_published_muted(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400), options=MUTED)
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_MUTED_LAYER)
    received = await bob.record(sound, picture)
    told = [(p.kind, p.muted) for who in (alice, bob) for p in await who.publications()]
    hidden = await stage.run(seconds=1.5)
    voiced, shown = await sound.unmute(), await picture.unmute()
    until = await stage.run(seconds=1.5)
    black = await picture.mute()
    end = await stage.run(seconds=1)

    judge("MUTE-041", fact, sum(muted for _, muted in told) == 4, f"they say of muted: {told}")
    judge(
        "MUTE-042",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        since_ns=sound.published_ns,
        until_ns=voiced,
        flow_ns=(voiced, until),
    )
    judge(
        "MUTE-043",
        wire_silence_ratio,
        stage.ledger,
        participant="alice",
        track=sound.sid,
        since_ns=sound.published_ns + STEADY,
        until_ns=hidden,
    )
    judge(
        "MUTE-044",
        picture_size_ratio,
        stage.ledger,
        participant="alice",
        track=picture.sid,
        span_ns=(picture.published_ns + STEADY, hidden),
        black_ns=(black + STEADY, end),
    )
    judge(
        "MUTE-045",
        first_tone,
        received[sound],
        sound.signal,
        since_ns=voiced,
        until_ns=until,
        returning=True,
    )
    judge(
        "MUTE-046",
        first_frame,
        received[picture],
        picture.signal.track_code,
        since_ns=shown,
        until_ns=until,
        alive=received.witness(sound),
        returning=True,
    )
