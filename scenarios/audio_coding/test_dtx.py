"""Discontinuous transmission: silence costs little and is silent, what follows is whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement
from harness.scenario import Judge, PublishOptions, Stage, Tone, clause
from harness.signals.sound import SILENCE
from harness.verifiers.combine import fact, largest
from harness.verifiers.negotiated import has_parameter
from harness.verifiers.sound_pause import beginning_cut, loudest_in_pauses
from harness.verifiers.wire import packets_between
from harness.verifiers.wire_rate import bytes_ratio, longest_packet_gap, packet_rate
from scenarios.probes import PROBES

ON, OFF = PublishOptions(dtx=True), PublishOptions(dtx=False)
OPTIONS = PROBES / "audio_options.py"
PAUSING = Tone(pilot_hz=400, sound_ms=1000, pause_ms=3000)


@clause("DTX-001", "DTX-002", "DTX-003", "DTX-004", "DTX-005", "DTX-006", "DTX-007", "DTX-008")
async def test_silence_is_sent_seldom(stage: Stage, judge: Judge) -> None:
    alice, _ = await stage.join("alice", "bob")
    silent, steady = [(await alice.publish(SILENCE, options=how)).sid for how in (ON, OFF)]
    speech = (await alice.publish(Tone(), options=ON)).sid
    since = await stage.run(seconds=2)
    until = await stage.run(seconds=4)
    statistics = await alice.statistics()

    def up(verifier: Callable[..., Measurement], track: str) -> partial[Measurement]:
        return partial(
            verifier, stage.ledger, participant="alice", direction="up", track=track,
            since_ns=since, until_ns=until,
        )  # fmt: skip

    judge("DTX-001", up(packet_rate, silent))
    judge("DTX-002", up(packets_between, silent), flow_ns=(since - NS_PER_S, since))
    judge("DTX-003", up(packet_rate, steady))
    judge("DTX-004", up(packet_rate, speech))
    judge("DTX-005", up(longest_packet_gap, silent))
    judge("DTX-006", up(bytes_ratio, silent), against=steady)
    judge("DTX-007", up(packet_rate, silent), participant="bob", direction="down")
    judge(
        "DTX-008", has_parameter, statistics, stage.ledger, "usedtx=1",
        participant="alice", track=silent,
    )  # fmt: skip


@clause("DTX-009", "DTX-010", "DTX-011")
async def test_nobody_has_to_ask_for_it(stage: Stage, judge: Judge) -> None:
    alice, _ = await stage.join("alice", "bob")
    unset = (await alice.publish(SILENCE)).sid
    idle = await alice.probe(OPTIONS, "publish_idle")
    shown = await stage.probe(OPTIONS, "unset")
    since = await stage.run(seconds=1.5)
    until = await stage.run(seconds=3)
    rate = partial(
        packet_rate, stage.ledger, participant="alice", direction="up",
        since_ns=since, until_ns=until,
    )  # fmt: skip

    judge("DTX-009", rate, track=unset)
    judge("DTX-010", fact, shown["dtx"], f"`TrackPublishOptions().dtx` reads {shown['dtx']}")
    judge("DTX-011", rate, track=idle)


@clause("DTX-012", "DTX-013")
async def test_silence_is_silent_and_sound_after_it_is_whole(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sounds = [await alice.publish(PAUSING, options=ON) for _ in range(3)]
    heard = await bob.record(*sounds)
    until = await stage.run(seconds=4.8)

    def worst(verifier: Callable[..., Measurement]) -> Measurement:
        return largest(
            *(
                verifier(
                    heard[s], PAUSING, start_ns=s.start_ns, since_ns=s.start_ns, until_ns=until
                )
                for s in sounds
            )
        )

    judge("DTX-012", worst, loudest_in_pauses)
    judge("DTX-013", worst, beginning_cut)
