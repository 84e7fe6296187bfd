"""Generated sound and pictures, pushed through an AVSynchronizer: together, from first to last."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.recording import AudioRecording, VideoRecording
from harness.scenario import ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.picture_pace import frame_rate
from harness.verifiers.skew import SoundAndPicture, median_skew, skew_drift
from scenarios.probes import PROBES

PUSHES = PROBES / "sync_pushes.py"
TONE = Tone(marker="order")
FPS = 25
CODE = ColourCode(track_code=0, fps=FPS)
PROGRAMMES = {
    "side-by-side": {"queue_ms": 1000},
    "pictures-later": {"queue_ms": 1000, "later_ms": 300},
    "silence-first": {"queue_ms": 1000, "preroll_ms": 400},
}
"""Name to how it is pushed; its place is the track code of its pictures."""
END_NS = 2**62
"""Pictures are judged to their end."""


@clause("SYNC-012", "SYNC-013", "SYNC-014", "SYNC-015", "SYNC-016")
async def test_pushed_frames_come_out_together(stage: Stage, judge: Judge) -> None:
    folder = Path.cwd() / stage.folder
    await stage.probe(
        PUSHES, "locally", folder=str(folder), fps=FPS, seconds=8, programmes=PROGRAMMES
    )
    begun, later, silence = (programme(folder, place) for place in range(3))

    judge("SYNC-012", median_skew, begun, **span(begun))
    judge("SYNC-013", median_skew, later, **span(later))
    judge("SYNC-014", median_skew, silence, **span(silence))
    judge("SYNC-015", skew_drift, begun, **span(begun))
    judge("SYNC-016", frame_rate, begun.picture, 0, since_ns=0, until_ns=END_NS)


@clause("SYNC-017")
async def test_pushed_frames_are_together_at_a_subscriber(stage: Stage, judge: Judge) -> None:
    pair, since = await pushed_to_bob(stage)
    until = await stage.run(seconds=4)

    judge("SYNC-017", median_skew, pair, since_ns=since, until_ns=until)


@pytest.mark.long
@clause("SYNC-018", limit_s=180)
async def test_pushed_frames_do_not_drift_apart(stage: Stage, judge: Judge) -> None:
    pair, since = await pushed_to_bob(stage)
    until = await stage.run(seconds=120)

    judge("SYNC-018", skew_drift, pair, since_ns=since, until_ns=until)


@clause("SYNC-019")
async def test_python_has_a_synchronizer(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(PROBES / "api.py", "names")
    there = names.get("AVSynchronizer", False)

    judge("SYNC-019", fact, there, f"`livekit.rtc` has {'the' if there else 'no such'} class")


async def pushed_to_bob(stage: Stage) -> tuple[SoundAndPicture, int]:
    """Alice publishes and pushes side by side; what bob receives, and since when it is steady."""
    alice, bob = await stage.join("alice", "bob")
    folder = str(Path.cwd() / stage.folder)
    sids = await alice.probe(
        PUSHES, "publish", folder=folder, name="pushed", fps=FPS, seconds=150, queue_ms=1000
    )
    sent = stage.folder / "pushed.sound.sent"
    sound = alice.published(TONE, name="sound", sid=sids[0], start_ns=0, sent=sent)
    sent = stage.folder / "pushed.pictures.sent"
    picture = alice.published(CODE, name="picture", sid=sids[1], start_ns=0, sent=sent)
    received = await bob.record(sound, picture)
    return received.pair(sound, picture), await received.until_steady()


def span(pair: SoundAndPicture) -> dict[str, int]:
    """The time in which the sound of a pair was recorded."""
    arrivals_ns = pair.sound.arrivals_ns
    return {"since_ns": int(arrivals_ns[0]), "until_ns": int(arrivals_ns[-1])}


def programme(folder: Path, place: int) -> SoundAndPicture:
    """What came out of a programme that was recorded where it was pushed."""
    path = folder / list(PROGRAMMES)[place]
    return SoundAndPicture(
        sound=AudioRecording(path=path.with_suffix(".wav")),
        tone=TONE,
        sound_sent=path.with_suffix(".sound.sent"),
        picture=VideoRecording(path=path.with_suffix(".frames")),
        track_code=place,
        picture_sent=path.with_suffix(".pictures.sent"),
    )
