"""What is wrong with a sound that is heard: nothing on a clean path, and no more than was lost."""

from __future__ import annotations

from functools import partial

from harness.network.impairment import Target
from harness.network.impairments import DropList, Jitter
from harness.scenario import Judge, PublishOptions, Stage, Sweep, Window, clause
from harness.signals.sweep import SWEEP_KBPS
from harness.verifiers.defect_finder import Kind
from harness.verifiers.sound_defects import (
    MADE_UP,
    defect_count,
    defect_time,
    longest_defect,
    time_stretched,
)
from harness.verifiers.sound_reconciliation import (
    Reception,
    concealed_time_ratio,
    concealments_explained,
    concealments_uncounted,
    drops_heard,
)

RED = PublishOptions(red=True, max_bitrate_kbps=SWEEP_KBPS)
OPUS = PublishOptions(red=False, max_bitrate_kbps=SWEEP_KBPS)
LOUD = Sweep(direction="down", level_dbfs=-1)
GAP: tuple[Kind, ...] = ("gap",)
CLICK: tuple[Kind, ...] = ("click",)
CLIPPING: tuple[Kind, ...] = ("clipping",)
CONCEALMENT: tuple[Kind, ...] = ("concealment",)
MOVED: tuple[Kind, ...] = ("repeat", "skip")
CUT: tuple[Kind, ...] = (*GAP, "skip", *CLICK)
"""No repeat: that of a period or two is how a jitter buffer stretches a sound."""
HEARD_LOSS: tuple[Kind, ...] = (*CUT, *CONCEALMENT)
"""No repeat here either: a jitter buffer may grow for what is given back with the next packet."""
LOST = tuple(range(5, 165, 20))
"""Eight packets of 20 ms, 400 ms apart."""


def losing(sid: str) -> DropList:
    """Those packets of a track, on their way to bob, and no others."""
    return DropList(indices=LOST, target=Target(participant="bob", direction="down", track=sid))


@clause("SND-001", "SND-002", "SND-003", "SND-004", "SND-005", "SND-006")
async def test_sound_crosses_a_clean_path_as_it_was_sent(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound, loud = await alice.publish(Sweep(), options=RED), await alice.publish(LOUD, options=RED)
    heard = await bob.record(sound, loud)
    window = Window(since_ns=await heard.until_steady(), until_ns=await stage.run(seconds=4))
    count = partial(defect_count, heard[sound], sound.signal, **window)

    judge("SND-001", count, kinds=GAP)
    judge("SND-002", count, kinds=CLICK)
    judge("SND-003", count, kinds=MOVED)
    judge("SND-004", defect_count, heard[loud], loud.signal, kinds=CLIPPING, **window)
    judge("SND-005", defect_time, heard[sound], sound.signal, kinds=CONCEALMENT, **window)
    judge("SND-006", time_stretched, heard[sound], sound.signal, **window)


@clause("SND-007", "SND-008", "SND-009", "SND-010", "SND-011", "SND-012")
async def test_what_is_lost_is_what_is_made_up(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    plain = await alice.publish(Sweep(), options=OPUS)
    safe = await alice.publish(Sweep(direction="down"), options=RED)
    heard = await bob.record(plain, safe)
    await heard.until_steady()
    before = await bob.statistics()
    since = await stage.impair(*(losing(sound.sid) for sound in (plain, safe)))
    until = await stage.run(seconds=3.6)
    window = Window(since_ns=since, until_ns=until)
    reception = Reception(
        recording=heard[plain], sweep=plain.signal, before=before, after=await bob.statistics(),
        ledger=stage.ledger, participant="bob", track=plain.sid, redundant=False,
    )  # fmt: skip

    judge("SND-007", drops_heard, reception)
    judge("SND-008", concealments_explained, reception)
    judge("SND-009", concealed_time_ratio, reception)
    judge("SND-010", concealments_uncounted, reception)
    judge("SND-011", longest_defect, heard[plain], plain.signal, kinds=MADE_UP, **window)
    judge("SND-012", defect_count, heard[safe], safe.signal, kinds=HEARD_LOSS, **window)


@clause("SND-013", "SND-014")
async def test_uneven_packets_are_stretched_and_not_cut(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Sweep(), options=RED)
    heard = await bob.record(sound)
    await heard.until_steady()
    since = await stage.impair(
        Jitter(jitter_ms=30, target=Target(participant="bob", direction="down", medium="audio"))
    )
    window = Window(since_ns=since, until_ns=await stage.run(seconds=4))

    judge("SND-013", defect_count, heard[sound], sound.signal, kinds=CUT, **window)
    judge("SND-014", time_stretched, heard[sound], sound.signal, **window)


@clause("SND-015", "SND-016", profiles=("clean", "lossy-downlink", "g1050-e"))
async def test_sound_with_red_is_heard_over_networks(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Sweep(), options=RED)
    heard = await bob.record(sound)
    window = Window(since_ns=await heard.until_steady(), until_ns=await stage.run(seconds=4))

    judge("SND-015", defect_time, heard[sound], sound.signal, kinds=MADE_UP, **window)
    judge("SND-016", time_stretched, heard[sound], sound.signal, **window)
