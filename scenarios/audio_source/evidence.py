"""What these scenarios share: a track with a queue, what probes record, figures they take."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.scenario import Participant, Publication, Stage, Tone
from scenarios.probes import PROBES

LOCAL = PROBES / "audio_local.py"
ROOM = PROBES / "audio_room.py"


async def publish_queue(
    who: Participant, tone: Tone, *, name: str, sample_rate: int = 48_000
) -> Publication[Tone]:
    """Publish a track whose source has a queue of a second. `tone` is what probes will feed."""
    sid = await who.probe(ROOM, "publish", sample_rate=sample_rate)
    return who.published(tone, name=name, sid=sid, start_ns=0, sent="")


def path_of(stage: Stage, name: str) -> str:
    """Where a probe records: a participant has a working directory of its own."""
    return str(Path.cwd() / stage.folder / f"{name}.wav")


def recording_of(stage: Stage, name: str) -> AudioRecording:
    """What a probe recorded there."""
    return AudioRecording(path=stage.folder / f"{name}.wav")


def figure(value: float, unit: str, why: str) -> Measurement:
    """A figure that a probe took itself; `why` says what of."""
    return Measurement(value=value, unit=unit, rests_on=1, notes=(why,))
