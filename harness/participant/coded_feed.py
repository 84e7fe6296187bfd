"""Feeding pictures that are encoded already into the SDK, on the schedule of any picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from livekit import rtc

from harness.evidence.clock import now_ns
from harness.participant.coded_pictures import CodedPicture
from harness.participant.health import HealthMonitor
from harness.participant.publishing import PictureSourceFeed, sleep_until
from harness.signals.coded_loop import place_bytes
from harness.signals.picture import ColourCode


class CodedPictureFeed(PictureSourceFeed[rtc.EncodedVideoSource]):
    """A loop of encoded pictures that is fed into one source.

    After a key frame was asked for, or a picture was not accepted, the next one is a key frame.
    """

    def __init__(
        self,
        spec: ColourCode,
        loop: Sequence[CodedPicture],
        *,
        sent: Path,
        health: HealthMonitor,
    ) -> None:
        self._spec, self._loop = spec, loop
        source = rtc.EncodedVideoSource(spec.width, spec.height)
        super().__init__(source, fps=spec.fps, sent=sent, health=health)

    async def run(self) -> None:
        """Feed until cancelled."""
        number, place, wants_key = 1, 0, True
        while True:
            await sleep_until(self.schedule.due_ns(number))
            if self.source.take_feedback().keyframe_requested or wants_key:
                place = next_key(self._loop, place)
            at_ns = now_ns()
            accepted = self.source.capture_frame(self._frame(number, place, at_ns))
            if accepted:
                self._sent.append(number, at_ns)
                place = (place + 1) % len(self._loop)
            wants_key = not accepted
            number = self._following(number, at_ns)

    def _frame(self, number: int, place: int, at_ns: int) -> rtc.EncodedVideoFrame:
        picture = self._loop[place]
        kind = rtc.EncodedFrameType
        return rtc.EncodedVideoFrame(
            data=picture.data,
            width=self._spec.width,
            height=self._spec.height,
            codec=rtc.VideoCodec.VP8,
            frame_type=kind.ENCODED_FRAME_KEY if picture.key else kind.ENCODED_FRAME_DELTA,
            timestamp_us=at_ns // 1000,
            metadata=rtc.FrameMetadata(
                user_timestamp=at_ns // 1000, frame_id=number, user_data=place_bytes(place)
            ),
        )


def next_key(loop: Sequence[CodedPicture], place: int) -> int:
    """The first place from `place` on that has a key frame; the loop begins with one."""
    return next((at for at in range(place, len(loop)) if loop[at].key), 0)
