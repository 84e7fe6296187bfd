"""The folder of one attempt, opened to be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.evidence import application_call, moderator_call
from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.finding import Attempt
from harness.evidence.json_value import read_lines
from harness.evidence.ledger import Ledger
from harness.evidence.moderator_call import ModeratorCall
from harness.evidence.published_track import PublishedTrack, published_tracks
from harness.evidence.recording import AudioRecording
from harness.evidence.sdk_event import SdkEvent
from harness.evidence.sent import read_sent
from harness.evidence.signalling import SignallingMessage, read_signalling
from harness.evidence.statistics_sample import StatisticsSample
from harness.report.pictures.calls import LateCall, late_calls
from harness.report.pictures.signals import tone_of
from harness.signals.turns import turns_of

EVENTS = "events.ndjson"
STATISTICS = "statistics.ndjson"


class AttemptFolder:
    """What lies in it, each read when it is first asked for.

    Args:
        path: The folder.
        attempt: What is known of the attempt; its beginning is 0 of all pictures.

    What cannot be read raises OSError, ValueError or NoEvidenceError.
    """

    def __init__(self, path: Path, attempt: Attempt) -> None:
        self.path = path
        self.attempt = attempt
        self._sounds: dict[Path, AudioRecording] = {}

    def seconds(self, at_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Monotonic times as seconds since the attempt began."""
        return (at_ns - self.attempt.started_ns) / NS_PER_S

    def second(self, at_ns: int) -> float:
        """One monotonic time as seconds since the attempt began."""
        return (at_ns - self.attempt.started_ns) / NS_PER_S

    @property
    def lasted_s(self) -> float:
        """How long the attempt took, at least a tenth of a second."""
        return max(0.1, self.second(self.attempt.ended_ns))

    @cached_property
    def ledger(self) -> Ledger:
        """The record of its packets."""
        return Ledger(self.path)

    @cached_property
    def signalling(self) -> tuple[SignallingMessage, ...]:
        """Every message that passed the gateway, in order of time."""
        return read_signalling(self.path)

    @cached_property
    def moderation(self) -> tuple[ModeratorCall, ...]:
        """What the scenario asked of the server API, in order of time."""
        return moderator_call.read_calls(self.path)

    @cached_property
    def late(self) -> tuple[LateCall, ...]:
        """Those calls that were signalled late, or never."""
        calls = application_call.read_calls(self.path)
        return late_calls(calls, self.signalling)

    @cached_property
    def events(self) -> tuple[SdkEvent, ...]:
        """What all SDKs told their applications, in order of time."""
        files = sorted(self.path.glob(f"*/{EVENTS}"))
        told = [event for file in files for event in read_lines(file, SdkEvent)]
        return tuple(sorted(told, key=lambda event: event.at_ns))

    @cached_property
    def statistics(self) -> tuple[StatisticsSample, ...]:
        """What SDKs counted, in order of time; nothing where nobody asked."""
        return read_lines(self.path / STATISTICS, StatisticsSample)

    @cached_property
    def tracks(self) -> dict[str, PublishedTrack]:
        """By sid."""
        return published_tracks(self.signalling)

    @cached_property
    def turns(self) -> tuple[tuple[str, int, int], ...]:
        """Who spoke in turns, and from when until when in each; monotonic ns."""
        return tuple(turn for sent in sorted(self.path.glob("*/*.sent")) for turn in _turns(sent))

    @property
    def track_names(self) -> dict[str, str]:
        """Sid of a track to what its publisher calls it."""
        return {sid: track.name for sid, track in self.tracks.items()}

    def sound(self, path: Path) -> AudioRecording:
        """A recording, the same each time: what was looked for in it is not looked for again."""
        if path not in self._sounds:
            self._sounds[path] = AudioRecording(path=path, subscriber=path.parent.name)
        return self._sounds[path]

    def emitted_of(self, sent: Path) -> AudioRecording | None:
        """What the publisher's own track emitted; None where that was not recorded."""
        emitted = sent.with_suffix(".local.wav")
        return self.sound(emitted) if emitted.exists() else None

    def sent_of(self, recording: Path) -> Path | None:
        """What was handed over of a recording `<publisher>-<track>`; None where that is not plain.

        Where two publishers and tracks may be meant, nothing is: no picture is better than one of
        another track.
        """
        found = [
            file
            for file in self.path.glob("*/*.sent")
            if f"{file.parent.name}-{file.stem}" == recording.stem
        ]
        return found[0] if len(found) == 1 else None


def _turns(sent: Path) -> Iterator[tuple[str, int, int]]:
    """Those of a publication, up to what was handed over last; none of what never pauses."""
    tone = tone_of(sent)
    if tone is None or not tone.pause_ms:
        return
    handed = read_sent(sent)
    if not len(handed):
        return
    number, start_ns = map(int, handed[0])
    start_ns -= number * NS_PER_S // tone.sample_rate  # the first is handed over as it is captured
    end_ns = int(handed["at_ns"][-1])
    over_ns = end_ns + (tone.sound_ms + tone.pause_ms) * NS_PER_MS
    for turn in turns_of(tone, start_ns=start_ns, since_ns=start_ns, until_ns=over_ns):
        if turn.begin_ns < end_ns:
            yield sent.parent.name, turn.begin_ns, min(turn.end_ns, end_ns)
