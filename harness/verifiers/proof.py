"""Proof that silence means silence: media flowed before, and the receiver was alive meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.hearing import PRESENT_DB, pilot_levels_dbfs, sliding_rms_dbfs
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.spoken import SILENT_DBFS, Spoken
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.pictures import Pictures, open_pictures
from harness.verifiers.sound import Sound, open_sound

FLOW_MS = 500
LEAST_SHARE = 0.5
"""Share of the time, or of the pictures sent, in which a signal must be there to prove a flow."""
LAST_SIGN_MS = 1000


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


def require_speech(sound: Sound, since_ns: int, until_ns: int) -> None:
    """Raises NoEvidenceError unless something was to be heard in at least half of the time."""
    start, stop = sound.span(since_ns, until_ns)
    hop = sound.sample_rate // 100
    levels = sliding_rms_dbfs(sound.samples[start:stop, 0], sound.sample_rate, hop=hop)
    windows = (until_ns - since_ns) / NS_PER_MS / 10
    heard = int(np.count_nonzero(levels > SILENT_DBFS))
    if heard < LEAST_SHARE * windows:
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


def require_alive(alive: Witness, since_ns: int, until_ns: int) -> str:
    """The witness's file. Raises NoEvidenceError unless it shows a receiver alive to the end.

    Its signal must be there in half of the time, and in the last second as well.
    """
    if isinstance(alive.recording, AudioRecording) and isinstance(alive.signal, Tone):
        sound = open_sound(alive.recording)
        for begin_ns in {since_ns, max(since_ns, until_ns - LAST_SIGN_MS * NS_PER_MS)}:
            require_tone(sound, alive.signal, begin_ns, until_ns)
        return sound.file
    if isinstance(alive.recording, AudioRecording) and isinstance(alive.signal, Spoken):
        sound = open_sound(alive.recording)
        require_speech(sound, since_ns, until_ns)
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
        last_ns = max(since_ns, until_ns - LAST_SIGN_MS * NS_PER_MS)
        require_pictures(pictures, code.track_code, last_ns, until_ns)
        return pictures.file
    raise NoEvidenceError("the witness is a sound with a ColourCode, or pictures with a Tone")
