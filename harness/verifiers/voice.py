"""What an application makes of decoded frames: their levels, and whether somebody speaks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.signals.sound import Tone, amplitude
from harness.verifiers.answer import NoEvidenceError, in_unit

Frame = Mapping[str, Any]
"""`at_ns`; `level`, root mean square and 1 at full scale; `voice`, the application's verdict."""
LEVEL_ERROR_DB = 0.2
LEAST_FRAMES = 10


@in_unit("dB")
def level_error(
    frames: Sequence[Frame], tone: Tone, *, since_ns: int, until_ns: int
) -> Measurement:
    """How far the median level of the frames in [since, until) is from the tone's, up or down."""
    levels = [float(frame["level"]) for frame in frames if since_ns <= frame["at_ns"] < until_ns]
    if len(levels) < LEAST_FRAMES:
        raise NoEvidenceError(f"{len(levels)} frames came in the time asked for")
    true = amplitude(tone.pilot_dbfs) / math.sqrt(2)
    measured = max(median(levels), amplitude(-140.0))
    return Measurement(
        value=abs(20 * math.log10(measured / true)),
        unit="dB",
        error=LEVEL_ERROR_DB,
        rests_on=len(levels),
        notes=(f"level {measured:.4f}, sent at {true:.4f}",),
    )


def voice_changes(frames: Sequence[Frame], participant: str) -> list[SdkEvent]:
    """Each change of the verdict as an event, `voice` or `silence`, and the first verdict.

    Args:
        frames: In order of time.
        participant: Identity of who listened.
    """
    changed = [
        frame for place, frame in enumerate(frames)
        if not place or frame["voice"] != frames[place - 1]["voice"]
    ]  # fmt: skip
    return [
        SdkEvent(
            at_ns=frame["at_ns"],
            participant=participant,
            name="voice" if frame["voice"] else "silence",
        )
        for frame in changed
    ]
