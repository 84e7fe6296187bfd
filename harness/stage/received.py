"""What one participant receives of some publications while it is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, overload

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.spoken import Spoken
from harness.signals.sweep import Sweep
from harness.stage.guest_track import GuestPicture, GuestSound, GuestTrack
from harness.stage.publication import Publication
from harness.stage.steadiness import flows
from harness.verifiers.proof import Witness
from harness.verifiers.skew import SoundAndPicture

Recording = AudioRecording | VideoRecording

SETTLED_S = 2.0
"""Jitter buffers settle about a second after the first media: +14 to +45 ms before, measured."""
FLOW_LIMIT_S = 5.0
POLL_S = 0.05


class Received:
    """Recordings of one subscriber, by publication. Files grow until the stage closes."""

    def __init__(self, recordings: Mapping[str, Recording]) -> None:
        self._recordings = dict(recordings)

    @overload
    def __getitem__(
        self,
        publication: Publication[Tone] | Publication[Sweep] | Publication[Spoken] | GuestSound,
    ) -> AudioRecording: ...
    @overload
    def __getitem__(
        self, publication: Publication[ColourCode] | GuestPicture
    ) -> VideoRecording: ...
    def __getitem__(self, publication: Publication[Any] | GuestTrack) -> Recording:
        return self._recordings[publication.sid]

    def witness(self, publication: Publication[Any]) -> Witness:
        """This publication's recording, as proof that the receiver was alive."""
        return Witness(recording=self._recordings[publication.sid], signal=publication.signal)

    def pair(self, sound: Publication[Tone], picture: Publication[ColourCode]) -> SoundAndPicture:
        """What came of two tracks of one publisher, to be compared in time."""
        return SoundAndPicture(
            sound=self[sound],
            tone=sound.signal,
            sound_sent=sound.sent,
            picture=self[picture],
            track_code=picture.signal.track_code,
            picture_sent=picture.sent,
            sound_emitted=sound.monitor,
        )

    async def until_flowing(self) -> int:
        """Wait until every recording holds media; returns the monotonic ns of that moment.

        Waits five seconds at most. What there is then is for verifiers to say: media that does
        not come is a finding, not a reason to stop.
        """
        deadline = now_ns() + int(FLOW_LIMIT_S * NS_PER_S)
        # What is waited for is in files that other processes write: there is no event to wait for.
        recordings = self._recordings.values()
        while now_ns() < deadline and not all(map(flows, recordings)):  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
        return now_ns()

    async def until_steady(self) -> int:
        """As `until_flowing`, and the jitter buffers have settled.

        Only for clauses about steady state: onset has clauses of its own, which never wait.
        """
        await self.until_flowing()
        await asyncio.sleep(SETTLED_S)
        return now_ns()
