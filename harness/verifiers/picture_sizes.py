"""Whether pictures come in the size in which they were captured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import open_pictures


@dataclass(frozen=True, kw_only=True)
class Captured:
    """A run of pictures of one size, numbered without a gap."""

    first: int
    """Number of the first picture."""
    pictures: int
    width: int
    height: int

    def holds(self, number: int) -> bool:
        """Whether a picture is one of them."""
        return self.first <= number < self.first + self.pictures


@in_unit("frames")
def frames_of_wrong_size(
    recording: VideoRecording,
    track_code: int,
    *,
    captured: Sequence[Captured],
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Pictures read in [since, until) that have another size than when they were captured.

    Of each run at least one picture must have been read.
    """
    pictures = open_pictures(recording)
    read = pictures.of(track_code, since_ns, until_ns)
    wrong: Counter[str] = Counter()
    rests_on = 0
    for run in captured:
        own = [picture for picture in read if run.holds(int(picture["counter"]))]
        if not own:
            raise NoEvidenceError(
                f"{pictures.file}: none of the pictures of {run.width}×{run.height} was read"
            )
        rests_on += len(own)
        wrong.update(
            f"{run.width}×{run.height} came as {picture['width']}×{picture['height']}"
            for picture in own
            if (picture["width"], picture["height"]) != (run.width, run.height)
        )
    return Measurement(
        value=float(wrong.total()),
        unit="frames",
        rests_on=rests_on,
        notes=tuple(f"{number} of {what}" for what, number in wrong.most_common(5)),
        evidence=(pictures.file,),
    )
