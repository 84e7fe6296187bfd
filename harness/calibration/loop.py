"""A source and a stream of its own track in one process: what the machine does without a server."""

from __future__ import annotations

import asyncio
from pathlib import Path

from harness.calibration.floors import loop_picture, loop_sound
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.participant.handle import ParticipantHandle
from harness.participant.protocol import Published, PublishOptions
from harness.processes.keeper_client import Keeper
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.latency_series import HeardSound, SeenPictures

NAME = "loop"
SECONDS = 0.7
"""Holds the first two markers of the sound, which tell its place; 21 pictures, 70 frames."""
TONE = Tone(pilot_hz=400)
PICTURE = ColourCode(track_code=4, fps=30)
MONITORED = PublishOptions(monitor=True)


async def measure_loop(keeper: Keeper, folder: Path) -> dict[str, Measurement]:
    """The floors of sound and picture that never leave their process, by name.

    Args:
        keeper: Forks the process.
        folder: Gets its files.

    Raises:
        ParticipantDied, CommandFailed, CommandTimedOut: it could not be measured.
    """
    handle = await ParticipantHandle.start(keeper, identity=NAME, folder=folder / NAME)
    try:
        sound = await handle.publish(name="sound", signal=TONE, options=MONITORED, hold=True)
        face = await handle.publish(name="picture", signal=PICTURE, options=MONITORED, hold=True)
        await asyncio.sleep(SECONDS)
        await handle.leave()
    finally:
        await handle.close()
    return {
        "loop_picture_ms": loop_picture(
            SeenPictures(
                recording=VideoRecording(path=_monitor(face), subscriber=NAME),
                track_code=PICTURE.track_code,
                sent=Path(face.sent),
            )
        ),
        "loop_sound_ms": loop_sound(
            HeardSound(
                recording=AudioRecording(path=_monitor(sound), subscriber=NAME),
                tone=TONE,
                sent=Path(sound.sent),
            )
        ),
    }


def _monitor(published: Published) -> Path:
    assert published.monitor is not None, "a monitor was asked for"
    return Path(published.monitor)
