"""Whether the media of somebody of whom nothing is known came: the longest time without any."""

from __future__ import annotations

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording
from harness.signals.hearing import WINDOW_MS
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import TIME_ERROR_MS as PICTURE_ERROR_MS
from harness.verifiers.pictures import open_pictures
from harness.verifiers.proof import FLOW_MS, Witness, require_to_the_end
from harness.verifiers.sound import TIME_ERROR_MS
from harness.verifiers.sound_activity import HEARD_DBFS, sound_activity


@in_unit("ms")
def longest_silence(
    recording: AudioRecording, *, since_ns: int, until_ns: int, above_dbfs: float = HEARD_DBFS
) -> Measurement:
    """The longest time in [since, until) in which nothing is to be heard; 0 where there is none.

    For what sounds without pauses of its own. What the decoder conceals, up to some 80 ms of a
    loss, is no silence, nor are less than 10 ms at an edge. Rests on a sound in the 500 ms before
    `since_ns`; `at_least` where it was silent at the end.

    Args:
        recording: What was heard.
        since_ns: From here on,
        until_ns: up to here.
        above_dbfs: Root mean square over 10 ms above which it is heard.
    """
    activity = sound_activity(recording, above_dbfs=above_dbfs)
    activity.require(since_ns, until_ns)
    if not activity.between(since_ns - FLOW_MS * NS_PER_MS, since_ns):
        raise NoEvidenceError(f"{activity.file}: nothing was heard before the time asked for")
    heard = activity.between(since_ns, until_ns)
    begins = np.array([*(begin for begin, _ in heard), until_ns])
    ends = np.array([since_ns, *(end for _, end in heard)])
    silences = begins - ends
    silences[silences < WINDOW_MS * NS_PER_MS] = 0  # a sound that goes on ends within a window
    longest = int(silences.argmax())
    value = float(silences[longest]) / NS_PER_MS
    at_ms = (int(ends[longest]) - since_ns) / NS_PER_MS
    return Measurement(
        value=value,
        unit="ms",
        error=TIME_ERROR_MS if value else 0.0,
        at_least=bool(value) and longest == len(heard),
        rests_on=len(heard),
        notes=(f"the longest began at {at_ms:.0f} ms",) if value else (),
        evidence=(activity.file,),
        seen=Seen(series=Series.LEVEL, file=activity.file, since_ns=int(ends[longest])),
    )


@in_unit("ms")
def longest_standstill(
    recording: VideoRecording, *, since_ns: int, until_ns: int, alive: Witness | None = None
) -> Measurement:
    """The longest time without a decoded picture that touches [since, until), whatever it shows.

    The blank pictures that a server sends at the end of a track do not count. Rests on a picture
    in the second before `since_ns`; `at_least` where none came any more: then `alive`, another
    track of the receiver, must show that it was alive, unless blank pictures do.
    """
    pictures = open_pictures(recording)
    frames = pictures.between(since_ns - NS_PER_S, until_ns)
    times = frames["arrival_ns"][frames["status"] != FrameStatus.TOO_SMALL]
    before = int(np.searchsorted(times, since_ns))
    if not before:
        raise NoEvidenceError(f"{pictures.file}: no picture came before the time asked for")
    steps = np.diff(np.append(times[before - 1 :], until_ns))
    longest = int(steps.argmax())
    began_ns, lasting = int(times[before - 1 + longest]), longest == len(steps) - 1
    witness: tuple[str, ...] = ()
    if lasting:
        from_ns = max(since_ns, began_ns)
        witness = require_to_the_end(pictures.file, pictures.end_ns, alive, from_ns, until_ns)
    began_ms = (began_ns - since_ns) / NS_PER_MS
    return Measurement(
        value=float(steps[longest]) / NS_PER_MS,
        unit="ms",
        error=PICTURE_ERROR_MS,
        at_least=lasting,
        rests_on=len(times) - before,
        notes=(f"the longest began at {began_ms:.0f} ms",),
        evidence=(pictures.file, *witness),
    )
