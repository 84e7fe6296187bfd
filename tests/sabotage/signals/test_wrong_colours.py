from __future__ import annotations

import pytest

from harness.evidence.recording import FrameStatus
from harness.sabotage.signals.wrong_colours import wrong_colours
from harness.signals.picture import ColourCode, PictureReader, PictureWriter
from tests.sabotage.seams import changes_of

[change] = changes_of(wrong_colours).values()


@pytest.mark.parametrize("track_code", range(8))
def test_only_the_hue_is_another_and_the_opposite(track_code: int) -> None:
    spec = ColourCode(track_code=track_code)
    read = PictureReader().read(change(PictureWriter(spec).frame, spec, 7), spec.width, spec.height)

    assert (read.status, read.counter, read.track_code) == (FrameStatus.READ, 7, track_code)
    assert abs(read.hue_deg - spec.hue_deg) == pytest.approx(180, abs=1)
