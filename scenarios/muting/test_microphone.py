"""A muted microphone: silence soon, for as long as it lasts, and then sound again, current."""

from __future__ import annotations

from functools import partial

import pytest

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.scenario import Judge, PublishOptions, Stage, Tone, clause
from harness.verifiers.descriptions import descriptions_between
from harness.verifiers.leak import leaked_markers
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.sound_level import loudest_after
from harness.verifiers.sound_marker import marker_lag, missing_markers
from harness.verifiers.wire import packets_between, wire_silence_ratio

FLOW = NS_PER_S
"""Time before a mute in which there must have been something to mute."""
QUIET = 300 * NS_PER_MS
"""The limit of MUTE-002."""
STEADY_SILENCE = 500 * NS_PER_MS
BLANKS_OVER = 1500 * NS_PER_MS
"""The server ends a muted sound with a second of blank packets."""


@pytest.mark.smoke
@clause("MUTE-002", "MUTE-003", "MUTE-004", "MUTE-005", "MUTE-006", "MUTE-016")
async def test_muted_microphone_is_silent(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    steady = await heard.until_steady()
    await stage.run(seconds=1)
    since = await sound.mute()
    await stage.run(seconds=3)
    until = await sound.unmute()
    end = await stage.run(seconds=2)
    alive = heard.witness(proof)

    judge(
        "MUTE-002",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        alive=alive,
    )
    judge(
        "MUTE-003",
        loudest_after,
        heard[sound],
        sound.signal,
        since_ns=since + QUIET,
        until_ns=until,
        alive=alive,
        flow_ns=(since - FLOW, since),
    )
    judge("MUTE-016", missing_markers, heard[proof], proof.signal, since_ns=steady, until_ns=end)
    packets = partial(
        packets_between,
        stage.ledger,
        track=sound.sid,
        since_ns=since + BLANKS_OVER,
        until_ns=until,
        flow_ns=(since - FLOW, since),
    )
    judge("MUTE-004", packets, participant="bob", direction="down")
    judge("MUTE-005", packets, participant="alice", direction="up")
    judge(
        "MUTE-006",
        wire_silence_ratio,
        stage.ledger,
        participant="alice",
        track=sound.sid,
        since_ns=since + STEADY_SILENCE,
        until_ns=until,
    )


@pytest.mark.smoke
@clause("MUTE-007", "MUTE-008", "MUTE-009", "MUTE-025")
async def test_unmuted_microphone_is_heard_at_once(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400, marker="order"))
    heard = await bob.record(sound)
    await heard.until_flowing()
    muted = await sound.mute()
    await stage.run(seconds=2.2)
    since = await sound.unmute()
    until = await stage.run(seconds=4.5)

    judge("MUTE-007", descriptions_between, stage.folder, since_ns=muted, until_ns=until)
    judge(
        "MUTE-008",
        first_tone,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        returning=True,
    )
    judge(
        "MUTE-009",
        marker_lag,
        heard[sound],
        sound.signal,
        sent=sound.sent,
        since_ns=since,
        until_ns=until,
    )
    judge(
        "MUTE-025",
        leaked_markers,
        heard[sound],
        sound.signal,
        sent=sound.sent,
        hidden_ns=(muted, since),
        until_ns=until,
    )


@clause("MUTE-026", "MUTE-027", "MUTE-028")
async def test_muted_microphone_without_dtx_is_silent(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400), options=PublishOptions(dtx=False))
    proof = await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_flowing()
    await stage.run(seconds=1)
    since = await sound.mute()
    until = await stage.run(seconds=2.5)

    judge(
        "MUTE-026",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        alive=heard.witness(proof),
    )
    judge(
        "MUTE-027",
        wire_silence_ratio,
        stage.ledger,
        participant="alice",
        track=sound.sid,
        since_ns=since + STEADY_SILENCE,
        until_ns=until,
    )
    judge(
        "MUTE-028",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        track=sound.sid,
        since_ns=since + BLANKS_OVER,
        until_ns=until,
        flow_ns=(since - FLOW, since),
    )
