"""When a sound begins and when it ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording
from harness.signals.hearing import PRESENT_DB, WINDOW_MS, sliding_pilot_dbfs
from harness.signals.sound import FULL_SCALE, Tone, amplitude
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.proof import (
    FLOW_MS,
    LEAST_SHARE,
    Witness,
    require_alive,
    require_no_tone,
    require_tone,
)
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound
from harness.verifiers.sound_level import loudness_dbfs

SILENT_DBFS = -60.0
"""Root mean square over 10 ms up to which a sound is silence: comfort noise is below."""
ONSET_MS = 100
"""Where another tone began, 100 Hz beside, the pilot seemed to be there for 10 ms of them."""


@in_unit("ms")
def first_tone(
    recording: AudioRecording,
    tone: Tone,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    returning: bool = False,
) -> Measurement:
    """Time from `since_ns` to the onset of the pilot, where a window of 10 ms is half full of it.

    What is not heard for half of the 100 ms from then on is no onset of it: the first milliseconds
    of any other tone hold all frequencies. Where it is heard from the first window on, it may have
    begun at any time since `since_ns`, which the interval says. Where it never comes, the value is
    how long was listened, `at_least`.

    Args:
        recording: What was heard.
        tone: What was sent.
        since_ns: When it was asked for.
        until_ns: When listening ended.
        alive: Another track of the receiver. The recorder's frames come every 10 ms whether there
            is sound or not, and show that it was listening; the stream of a track that may not be
            subscribed to gives none, and a witness must show it.
        returning: It was away and comes back: rests on that it was not heard just before.
    """
    sound = open_sound(recording)
    if returning:
        require_no_tone(sound, tone, since_ns)
    start, stop = sound.span(since_ns, until_ns)
    hop = sound.sample_rate // 1000
    levels = sliding_pilot_dbfs(
        sound.samples[start:stop, 0], sound.sample_rate, tone.pilot_hz, hop=hop
    )
    heard = _lasting(levels > tone.pilot_dbfs - PRESENT_DB)
    if not len(heard):
        return _never(sound, tone, len(levels), since_ns=since_ns, until_ns=until_ns, alive=alive)
    already = heard[0] == 0
    middle = start + heard[0] * hop + (0 if already else sound.sample_rate * WINDOW_MS // 2000)
    onset_ns = int(sound.times_ns(np.array([float(middle)]))[0])
    value_ms = (onset_ns - since_ns) / NS_PER_MS
    return Measurement(
        value=value_ms,
        unit="ms",
        error=TIME_ERROR_MS,
        sampling=open_below(value_ms) if already else None,
        rests_on=1,
        notes=("heard from the first window on: it may have begun before",) if already else (),
        evidence=(sound.file,),
        seen=Seen(series=Series.LEVEL, file=sound.file, since_ns=since_ns),
    )


def _lasting(present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The windows, of those a millisecond apart, from which on something is there long enough."""
    so_far = np.concatenate([[0], np.cumsum(present)])
    ends = np.minimum(np.arange(len(present)) + ONSET_MS, len(present))
    return np.flatnonzero(present & (so_far[ends] - so_far[:-1] >= LEAST_SHARE * ONSET_MS))


def _never(
    sound: Sound, tone: Tone, windows: int, *, since_ns: int, until_ns: int, alive: Witness | None
) -> Measurement:
    """How long was listened, in so many windows; where the stream gave none, how long was waited.

    Raises NoEvidenceError where it gave none and nothing shows that the receiver was alive.
    """
    evidence, listened_ns = [sound.file], min(until_ns, sound.end_ns) - since_ns
    note = f"{tone.pilot_hz} Hz was not heard; the value is how long was listened"
    if not windows:
        if alive is None:
            raise NoEvidenceError(f"{sound.file} holds nothing of the time asked for")
        evidence.append(require_alive(alive, since_ns, until_ns))
        listened_ns = until_ns - since_ns
        note = "the stream gave nothing; the value is how long was waited"
    return Measurement(
        value=listened_ns / NS_PER_MS,
        unit="ms",
        at_least=True,
        rests_on=windows,
        notes=(note,),
        evidence=tuple(evidence),
        seen=Seen(series=Series.LEVEL, file=sound.file, since_ns=since_ns),
    )


def open_below(value_ms: float) -> tuple[float, float]:
    """The ends of what began at `value_ms` or before; with the error they reach to 0."""
    return min(value_ms, TIME_ERROR_MS), value_ms


@in_unit("ms")
def time_to_silence(
    recording: AudioRecording, tone: Tone, *, since_ns: int, until_ns: int, alive: Witness
) -> Measurement:
    """Time from `since_ns` to the end of the last sound above −60 dBFS before `until_ns`.

    Rests on `tone` heard in the 500 ms before `since_ns`, and on the witness. 0 where nothing was
    heard after `since_ns`; `at_least` where the sound had not ended at `until_ns`.
    """
    sound = open_sound(recording)
    require_tone(sound, tone, since_ns - FLOW_MS * NS_PER_MS, since_ns)
    witness = require_alive(alive, since_ns, until_ns)
    start, stop = sound.span(since_ns, until_ns)
    levels = loudness_dbfs(sound, start, stop)
    loud = np.flatnonzero(levels > SILENT_DBFS)
    value_ms, notes = 0.0, []
    lasting = len(loud) > 0 and int(loud[-1]) == len(levels) - 1 and sound.end_ns >= until_ns
    if len(loud):
        end = _end_of_sound(sound, start + int(loud[-1]) * (sound.sample_rate // 1000))
        value_ms = (int(sound.times_ns(np.array([float(end)]))[0]) - since_ns) / NS_PER_MS
        notes.append(f"loudest afterwards {levels.max():.0f} dBFS")
    if lasting:
        notes.append("still to be heard at the end")
    return Measurement(
        value=value_ms,
        unit="ms",
        error=TIME_ERROR_MS,
        at_least=lasting,
        rests_on=len(levels),
        notes=tuple(notes),
        evidence=(sound.file, witness),
        seen=Seen(series=Series.LEVEL, file=sound.file, since_ns=since_ns),
    )


def _end_of_sound(sound: Sound, window: int) -> int:
    """The last sample that is not small in the 10 ms from `window` on, which are not silent."""
    samples = sound.samples[window : window + sound.sample_rate * WINDOW_MS // 1000]
    small = amplitude(SILENT_DBFS) * FULL_SCALE
    return window + int(np.flatnonzero(np.abs(samples.astype(np.int32)).max(axis=1) > small)[-1])
