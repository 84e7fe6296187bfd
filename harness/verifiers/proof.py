"""Proof that silence means silence: media flowed before, and the receiver was alive meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.hearing import (
    PRESENT_DB,
    pilot_levels_dbfs,
    sliding_pilot_dbfs,
    sliding_rms_dbfs,
)
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.spoken import SILENT_DBFS, Spoken
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.pictures import TIME_ERROR_MS as PICTURE_ERROR_MS
from harness.verifiers.pictures import Pictures, open_pictures
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound

FLOW_MS = 500
LEAST_SHARE = 0.5
"""Share of the time, or of the pictures sent, in which a signal must be there to prove a flow."""
LEAST_SHARE_OF_SPEECH = 0.1
"""The same of speech in the last second, most of which may be a pause between words."""
LAST_SIGN_MS = 1000
CUT_SHORT_NS = 200 * NS_PER_MS
"""What is this late when recording ends was not recorded, or not given."""
NO_TONE_MS = 100
"""Twice a marker's length. After twenty mutes and unmutes, 20 ms apart, nothing was heard for
274 ms or more before the last, in 14 runs; where the server knew of none, never for 30 ms."""
NO_PICTURE_MS = 300
"""A track that is seen has ten pictures a second and more."""


@dataclass(frozen=True, kw_only=True)
class Witness:
    """Another track of the same receiver that kept running: proof that the receiver was alive."""

    recording: AudioRecording | VideoRecording
    signal: Tone | Spoken | ColourCode
    """What that track's publisher sent; a Tone or Spoken for sound, a ColourCode for pictures."""


def require_tone(sound: Sound, tone: Tone, since_ns: int, until_ns: int) -> None:
    """Raises NoEvidenceError unless the pilot was heard in at least half of the time."""
    start, stop = sound.span(since_ns, until_ns)
    levels = pilot_levels_dbfs(sound.samples[start:stop, 0], sound.sample_rate, [tone.pilot_hz])
    windows = (until_ns - since_ns) / NS_PER_MS / 10
    heard = int(np.count_nonzero(levels[:, 0] > tone.pilot_dbfs - PRESENT_DB))
    if heard < LEAST_SHARE * windows:
        raise NoEvidenceError(
            f"{sound.file}: {tone.pilot_hz} Hz was heard in {heard * 10} of "
            f"{windows * 10:.0f} ms where it should have been"
        )


def require_speech(
    sound: Sound, since_ns: int, until_ns: int, *, least_share: float = LEAST_SHARE
) -> None:
    """Raises NoEvidenceError unless something was to be heard in so much of the time."""
    start, stop = sound.span(since_ns, until_ns)
    hop = sound.sample_rate // 100
    levels = sliding_rms_dbfs(sound.samples[start:stop, 0], sound.sample_rate, hop=hop)
    windows = (until_ns - since_ns) / NS_PER_MS / 10
    heard = int(np.count_nonzero(levels > SILENT_DBFS))
    if heard < least_share * windows:
        raise NoEvidenceError(
            f"{sound.file}: something was heard in {heard * 10} of {windows * 10:.0f} ms where "
            "somebody spoke"
        )


def require_pictures(pictures: Pictures, track_code: int, since_ns: int, until_ns: int) -> None:
    """Raises NoEvidenceError unless a picture of the track was read in the time."""
    if not len(pictures.of(track_code, since_ns, until_ns)):
        raise NoEvidenceError(
            f"{pictures.file}: no picture of track code {track_code} was read in "
            f"{(until_ns - since_ns) / NS_PER_MS:.0f} ms where it should have been"
        )


def require_no_tone(sound: Sound, tone: Tone, at_ns: int) -> None:
    """Raises NoEvidenceError if the pilot was heard in the 100 ms before a time.

    What never was away cannot come back. Up to the error of times before it the tone may be the
    one that comes back.
    """
    until_ns = at_ns - round(TIME_ERROR_MS * NS_PER_MS)
    start, stop = sound.span(until_ns - NO_TONE_MS * NS_PER_MS, until_ns)
    hop = sound.sample_rate // 1000
    levels = sliding_pilot_dbfs(
        sound.samples[start:stop, 0], sound.sample_rate, tone.pilot_hz, hop=hop
    )
    if (levels > tone.pilot_dbfs - PRESENT_DB).any():
        raise NoEvidenceError(
            f"{sound.file}: {tone.pilot_hz} Hz was heard just before it should have come back: "
            "it was not away"
        )


def require_no_pictures(pictures: Pictures, track_code: int, at_ns: int) -> None:
    """Raises NoEvidenceError if a picture of the track was read in the 300 ms before a time."""
    until_ns = at_ns - round(PICTURE_ERROR_MS * NS_PER_MS)
    if len(pictures.of(track_code, until_ns - NO_PICTURE_MS * NS_PER_MS, until_ns)):
        raise NoEvidenceError(
            f"{pictures.file}: a picture of track code {track_code} was read just before they "
            "should have come back: they were not away"
        )


def require_to_the_end(
    file: str, end_ns: int, alive: Witness | None, since_ns: int, until_ns: int
) -> tuple[str, ...]:
    """What shows besides a recording that its receiver was alive to the end: the witness's file.

    Nothing is needed where the recording itself goes on until 200 ms before the end, with whatever
    it holds: silence, black or repeated pictures.

    Args:
        file: The recording's.
        end_ns: When it ends.
        alive: Another track of the receiver.
        since_ns: From here on the witness must be there.
        until_ns: The end.

    Raises:
        NoEvidenceError: Neither goes on.
    """
    if until_ns - end_ns <= CUT_SHORT_NS:
        return ()
    if alive is None:
        raise NoEvidenceError(
            f"{file} ends {(until_ns - end_ns) / NS_PER_MS:.0f} ms before the time asked for does, "
            "and no witness was named"
        )
    return (require_alive(alive, since_ns, until_ns),)


def require_alive(alive: Witness, since_ns: int, until_ns: int) -> str:
    """The witness's file. Raises NoEvidenceError unless it shows a receiver alive to the end.

    Its signal must be there in half of the time, and in the last second as well: a tone in half of
    it, speech, which has pauses, in a tenth, pictures at all.
    """
    last_ns = max(since_ns, until_ns - LAST_SIGN_MS * NS_PER_MS)
    if isinstance(alive.recording, AudioRecording) and isinstance(alive.signal, Tone):
        sound = open_sound(alive.recording)
        for begin_ns in {since_ns, last_ns}:
            require_tone(sound, alive.signal, begin_ns, until_ns)
        return sound.file
    if isinstance(alive.recording, AudioRecording) and isinstance(alive.signal, Spoken):
        sound = open_sound(alive.recording)
        require_speech(sound, since_ns, until_ns)
        require_speech(sound, last_ns, until_ns, least_share=LEAST_SHARE_OF_SPEECH)
        return sound.file
    if isinstance(alive.recording, VideoRecording) and isinstance(alive.signal, ColourCode):
        pictures, code = open_pictures(alive.recording), alive.signal
        seen = len(pictures.of(code.track_code, since_ns, until_ns))
        sent = (until_ns - since_ns) * code.fps / NS_PER_S
        if seen < LEAST_SHARE * sent:
            raise NoEvidenceError(
                f"{pictures.file}: {seen} pictures of {sent:.0f} were read, which does not prove "
                "that the receiver was alive"
            )
        require_pictures(pictures, code.track_code, last_ns, until_ns)
        return pictures.file
    raise NoEvidenceError("the witness is a sound with a ColourCode, or pictures with a Tone")
