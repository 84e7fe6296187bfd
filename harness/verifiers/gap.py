"""The longest time without new media: what a fault is to those who watch and listen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.signals.hearing import PRESENT_DB, find_markers, pilot_levels_dbfs
from harness.signals.sound import MARKER_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import TIME_ERROR_MS as PICTURE_ERROR_MS
from harness.verifiers.pictures import new_pictures, open_pictures
from harness.verifiers.proof import (
    FLOW_MS,
    Witness,
    require_pictures,
    require_to_the_end,
    require_tone,
)
from harness.verifiers.recorded import require_recorded
from harness.verifiers.sound import FRAME_NS, TIME_ERROR_MS, Sound, open_sound

FLOW_NS = NS_PER_S
CONCEALED_MS = 80
"""How long a jitter buffer's concealment carries a steady tone on, measured: a break of up to
this length cannot be heard, and a longer one is heard shorter by up to as much."""
MARKER_MARGIN_MS = 20


@in_unit("ms")
def picture_gap(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Longest time between new pictures of a track that touches [since, until).

    New is a picture whose number is above all before it. A gap that began before `since_ns`
    counts from its beginning. Rests on a picture read in the second before `since_ns`;
    `at_least` where the longest gap had not ended at `until_ns`: then the recording must go on to
    there, with whatever pictures, or `alive`, another track of the receiver, must.
    """
    pictures = open_pictures(recording)
    require_pictures(pictures, track_code, since_ns - FLOW_NS, since_ns)
    times, _ = new_pictures(pictures, track_code, until_ns)
    times = times[int(np.searchsorted(times, since_ns)) - 1 :]
    gap_ms, lasting, began_ns = _longest(times, until_ns)
    witness: tuple[str, ...] = ()
    if lasting:
        from_ns = max(since_ns, began_ns)
        witness = require_to_the_end(pictures.file, pictures.end_ns, alive, from_ns, until_ns)
    note = _where(began_ns, since_ns)
    return Measurement(
        value=gap_ms,
        unit="ms",
        error=PICTURE_ERROR_MS,
        at_least=lasting,
        rests_on=len(times),
        notes=(note, *pictures.rejects(track_code, since_ns, until_ns)),
        evidence=(pictures.file, *witness),
        seen=Seen(series=Series.PICTURES, file=pictures.file, since_ns=began_ns),
    )


@in_unit("ms")
def sound_gap(
    recording: AudioRecording,
    tone: Tone,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    statistics: Sequence[StatisticsSample] = (),
) -> Measurement:
    """Longest time without the tone that touches [since, until); 0 where none was silent.

    Concealment carries a steady tone on, so a gap is up to 80 ms longer than it sounds: the value
    is the middle of what it can be. Where nothing was silent it is 0, and up to 80 ms may have been
    concealed. Rests on the tone heard in the 500 ms before `since_ns`; `at_least` where the longest
    gap had not ended at `until_ns`.

    A stream gives a frame each 10 ms, whether there is sound or not: where the recording ends
    before `until_ns`, `alive`, another track of the receiver, must show that it was the stream that
    ended. `statistics` is what the receiver's SDK counted: a recording that they contradict is no
    evidence.
    """
    sound = open_sound(recording)
    require_tone(sound, tone, since_ns - FLOW_MS * NS_PER_MS, since_ns)
    if statistics:
        require_recorded(recording, statistics, since_ns=since_ns, until_ns=until_ns)
    witness = require_to_the_end(sound.file, sound.end_ns, alive, sound.end_ns, until_ns)
    watched_ns = until_ns if witness else min(until_ns, sound.end_ns)
    times = heard_ns(sound, tone)
    times = times[(times >= since_ns - FLOW_MS * NS_PER_MS) & (times < until_ns)]
    before = max(0, int(np.searchsorted(times, since_ns)) - 1)
    gap_ms, lasting, began_ns = _longest(times[before:], watched_ns)
    note = _where(began_ns, since_ns)
    # Heard frames stand 10 ms apart where there is no gap at all.
    gap_ms = gap_ms - FRAME_NS / NS_PER_MS
    silent = gap_ms >= TIME_ERROR_MS
    concealed = f"concealed for up to {CONCEALED_MS}"
    return Measurement(
        value=gap_ms + CONCEALED_MS / 2 if silent else 0.0,
        unit="ms",
        error=TIME_ERROR_MS if silent else 0.0,
        sampling=(gap_ms, gap_ms + CONCEALED_MS) if silent else (0.0, float(CONCEALED_MS)),
        at_least=lasting and silent,
        rests_on=len(times) - before,
        notes=(
            f"silent for {gap_ms:.0f} ms, and {concealed}; {note}"
            if silent
            else f"never silent; {concealed} ms",
        ),
        evidence=(sound.file, *witness),
        seen=_heard_from(began_ns, sound.file) if silent else None,
    )


def heard_ns(sound: Sound, tone: Tone) -> NDArray[np.int64]:
    """When each decoded frame of 10 ms was due that holds the tone as it was sent, ascending.

    The pilot, at most 6 dB below its level, or a marker, beside which a pilot cannot be read.
    """
    samples, rate = sound.samples[:, 0], sound.sample_rate
    levels = pilot_levels_dbfs(samples, rate, [tone.pilot_hz])[:, 0]
    heard = levels > tone.pilot_dbfs - PRESENT_DB
    try:
        markers = find_markers(samples, rate, tone)
    except ValueError as error:
        raise NoEvidenceError(f"{sound.file}: {error}") from error
    for marker in markers:
        at_ms = marker.onset * 1000 / rate
        first = max(0, int((at_ms - MARKER_MARGIN_MS) // 10))
        heard[first : int((at_ms + MARKER_MS + MARKER_MARGIN_MS) // 10) + 1] = True
    times: NDArray[np.int64] = sound.frame_ns[heard]
    return times


def _longest(times: NDArray[np.int64], until_ns: int) -> tuple[float, bool, int]:
    """The longest step between times, in ms; whether it goes on at the end; when it began."""
    steps = np.diff(np.append(times, until_ns))
    longest = int(steps.argmax())
    return float(steps[longest]) / NS_PER_MS, longest == len(times) - 1, int(times[longest])


def _heard_from(began_ns: int, file: str) -> Seen:
    """The value has half of what may have been concealed, which was before it was silent."""
    since_ns = began_ns + FRAME_NS - CONCEALED_MS * NS_PER_MS // 2
    return Seen(series=Series.LEVEL, file=file, since_ns=since_ns)


def _where(began_ns: int, since_ns: int) -> str:
    return f"the longest began at {(began_ns - since_ns) / NS_PER_MS:.0f} ms"
