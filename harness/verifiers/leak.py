"""Whether sound of a time that was not to be heard is heard all the same, then or later."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.evidence.sent import read_sent
from harness.signals.hearing import find_markers
from harness.signals.sound import MARKER_MS, MARKER_PERIOD_MS, Tone
from harness.verifiers.answer import in_unit
from harness.verifiers.sound import open_sound
from harness.verifiers.sound_marker import heard_markers

DRIFT_NS = 150 * NS_PER_MS
"""A jitter buffer that fills or empties moves a marker by less; the next one is 500 ms away."""


@in_unit("markers")
def leaked_markers(
    recording: AudioRecording,
    tone: Tone,
    *,
    sent: Path,
    hidden_ns: tuple[int, int],
    until_ns: int,
) -> Measurement:
    """Markers heard that were sent in the hidden time, or that nothing else explains.

    The last markers before `until_ns` tell how late the sound is. Each marker that is heard from
    the hidden time on must be, that late, one that was sent outside of it. What is replayed late
    by a multiple of 500 ms may pass for another marker, in half of the cases: hide a time that is
    none.

    Args:
        recording: What was heard.
        tone: What was sent, its markers in their order.
        sent: The publisher's `.sent` file.
        hidden_ns: From the mute to the unmute.
        until_ns: When listening ended, four seconds or more after the unmute.
    """
    sound = open_sound(recording)
    since_ns, unmuted_ns = hidden_ns
    known = heard_markers(recording, tone, sent=sent, since_ns=unmuted_ns, until_ns=until_ns)
    lag_ns = int(known.heard_ns[-1] - known.sent_ns[-1])
    log = read_sent(sent)
    log = log[log["number"] % (tone.sample_rate * MARKER_PERIOD_MS // 1000) == 0]
    cut_ns = unmuted_ns - MARKER_MS * NS_PER_MS
    open_to_all = log[(log["at_ns"] < since_ns) | (log["at_ns"] >= cut_ns)]
    start, stop = sound.span(since_ns, until_ns)
    heard = find_markers(sound.samples[start:stop, 0], sound.sample_rate, tone)
    leaks = []
    for marker in heard:
        at_ns = int(sound.times_ns(np.array([start + marker.onset]))[0])
        near = open_to_all[np.abs(open_to_all["at_ns"] + lag_ns - at_ns) < DRIFT_NS]
        numbers = near["number"] * 1000 // (tone.sample_rate * MARKER_PERIOD_MS)
        if not any(tone.direction(int(number)) == marker.direction for number in numbers):
            leaks.append((at_ns - since_ns) / NS_PER_MS)
    late = f"sound is {lag_ns / NS_PER_MS:.0f} ms late"
    where = f"leaked {', '.join(f'{at_ms:.0f}' for at_ms in leaks[:5])} ms after the mute"
    return Measurement(
        value=float(len(leaks)),
        unit="markers",
        rests_on=len(heard),
        notes=(late, *((where,) if leaks else ())),
        evidence=(sound.file,),
    )
