"""Redundant audio: lost packets come again in the next one, at a price, and for who can read it."""

from __future__ import annotations

from functools import partial

from harness.evidence.ledger_records import Direction
from harness.gateway.opus_only import IDENTITY
from harness.network.impairment import Target
from harness.network.impairments import DropList
from harness.scenario import Judge, Publication, PublishOptions, Stage, Tone, clause
from harness.verifiers.codecs import Side, tracks_in_another_codec
from harness.verifiers.combine import fact
from harness.verifiers.concealment import concealed_share, lost_packets
from harness.verifiers.sdk_loss import sdk_loss_against_ledger
from harness.verifiers.sound_marker import missing_markers
from harness.verifiers.wire_rate import bytes_ratio
from scenarios.probes import PROBES

RED, OPUS = PublishOptions(red=True), PublishOptions(red=False)
OPUS_ONLY = "harness.gateway.opus_only:OpusOnly"
LOSSES = 8
SPACING = 20
"""Packets, of 20 ms each, from one loss to the next."""
LOSS_S = LOSSES * SPACING * 0.02 + 0.2
GROWING_S = 1.0
"""A jitter buffer that meets loss grows, and stretches time for it: 8 to 20 ms, once, in 5 of 9."""
WHOLE = 0.7
"""Similarity of a marker that came whole: 0.96 and more; where every second packet is made up up to
0.56, and half of those are found at the usual 0.5."""


def losing(
    sound: Publication[Tone], in_a_row: int, *, participant: str, direction: Direction
) -> DropList:
    """So many packets in a row, eight times, and no other."""
    numbers = (SPACING // 2 + SPACING * k + j for k in range(LOSSES) for j in range(in_a_row))
    target = Target(participant=participant, direction=direction, track=sound.sid)
    return DropList(indices=tuple(numbers), target=target)


def every_second(sound: Publication[Tone], *, participant: str, direction: Direction) -> DropList:
    """Every second packet, so that no marker of 50 ms is spared."""
    target = Target(participant=participant, direction=direction, track=sound.sid)
    return DropList(indices=tuple(range(0, LOSSES * SPACING, 2)), target=target)


@clause("RED-001", "RED-002", "RED-003", "RED-004", "RED-005")
async def test_sound_is_sent_twice_where_it_is_asked_for(stage: Stage, judge: Judge) -> None:
    alice, _ = await stage.join("alice", "bob")
    red, opus = [(await alice.publish(Tone(), options=how)).sid for how in (RED, OPUS)]
    unset = (await alice.publish(Tone())).sid
    shown = await stage.probe(PROBES / "audio_options.py", "unset")
    since = await stage.run(seconds=1)
    until = await stage.run(seconds=2)
    sides: list[Side] = [("alice", "up"), ("bob", "down")]
    strange = partial(
        tracks_in_another_codec, stage.ledger, sides=sides, since_ns=since, until_ns=until
    )

    judge("RED-001", strange, wanted={red: "red"})
    judge("RED-002", strange, wanted={opus: "opus"})
    judge("RED-003", strange, wanted={unset: "red"})
    judge("RED-004", fact, shown["red"], f"`TrackPublishOptions().red` reads {shown['red']}")
    judge(
        "RED-005", bytes_ratio, stage.ledger, participant="alice", direction="up",
        track=red, against=opus, since_ns=since, until_ns=until,
    )  # fmt: skip


@clause("RED-006", "RED-007", "RED-008", "RED-009", "RED-010", "RED-011")
async def test_lost_packets_are_given_back(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    one, two, three = [await alice.publish(Tone(), options=RED) for _ in range(3)]
    plain, whole, half = [await alice.publish(Tone(), options=how) for how in (OPUS, RED, RED)]
    heard = await bob.record(one, two, three, plain, whole, half)
    await heard.until_steady()
    before = await bob.statistics()
    rows = ((one, 1), (two, 2), (three, 3), (plain, 1))
    await stage.impair(
        *(losing(sound, n, participant="bob", direction="down") for sound, n in rows),
        every_second(half, participant="bob", direction="down"),
    )
    grown = await stage.run(seconds=GROWING_S)
    until = await stage.run(seconds=LOSS_S - GROWING_S)
    after = await bob.statistics()
    share = partial(
        concealed_share, before, after, stage.ledger, participant="bob", undisturbed=whole.sid
    )

    judge("RED-006", share, track=one.sid)
    judge("RED-007", share, track=two.sid)
    judge("RED-008", share, track=three.sid)
    judge("RED-009", share, track=plain.sid)
    judge(
        "RED-010", missing_markers, heard[half], half.signal,
        since_ns=grown, until_ns=until, least_similarity=WHOLE,
    )  # fmt: skip
    judge("RED-011", sdk_loss_against_ledger, before, after, stage.ledger, participant="bob")


@clause("RED-012", "RED-013", "RED-014", interceptors=(OPUS_ONLY,))
async def test_a_client_without_red_hears_it_too(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", IDENTITY)
    sound = await alice.publish(Tone(), options=RED)
    heard = await bob.record(sound)
    steady = await heard.until_steady()
    before = await bob.statistics()
    await stage.impair(losing(sound, 1, participant="alice", direction="up"))
    until = await stage.run(seconds=LOSS_S)
    after = await bob.statistics()

    judge(
        "RED-012", tracks_in_another_codec, stage.ledger, {sound.sid: "opus"},
        [(IDENTITY, "down")], since_ns=steady, until_ns=until,
    )  # fmt: skip
    judge("RED-013", missing_markers, heard[sound], sound.signal, since_ns=steady, until_ns=until)
    judge(
        "RED-014", lost_packets, before, after, stage.ledger,
        participant=IDENTITY, track=sound.sid,
    )  # fmt: skip
