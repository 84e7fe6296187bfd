"""What decoded pictures looked like, small: for who looks at a finding. Nothing is judged by them.

Beside `face.frames` stands `face.thumbs`: of each observation there, in the same order,
WIDTH×HEIGHT points of the picture as I420, whatever its size was. Written while the media runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.evidence.kept_pictures import i420_bytes
from harness.evidence.recording import VideoRecording

WIDTH, HEIGHT = 32, 18
"""Two points across and down of each cell of `harness.signals.picture`."""
BYTES = i420_bytes(WIDTH, HEIGHT)
SUFFIX = ".thumbs"

# ITU-R BT.601, limited range: what libwebrtc's pictures are in.
_BLACK, _GREY = 16.0, 128.0
_TO_RGB = np.array([[1.164, 0.0, 1.596], [1.164, -0.392, -0.813], [1.164, 2.017, 0.0]])


def thumbnail(recording: VideoRecording, place: int) -> NDArray[np.uint8] | None:
    """One picture, shape (HEIGHT, WIDTH, 3): red, green and blue.

    None where it was not written: by an older version, or because the file was cut off.

    Args:
        recording: What was seen.
        place: Of its observation in `recording.frames`.
    """
    path = recording.path.with_suffix(SUFFIX)
    if not path.exists():
        return None
    data = np.fromfile(path, dtype=np.uint8, count=BYTES, offset=place * BYTES)
    if len(data) < BYTES:
        return None
    luma, chroma = data[: WIDTH * HEIGHT], data[WIDTH * HEIGHT :]
    across = chroma.reshape(2, HEIGHT // 2, WIDTH // 2).repeat(2, axis=1).repeat(2, axis=2)
    yuv = np.stack([luma.reshape(HEIGHT, WIDTH), *across], axis=-1).astype(np.float64)
    rgb: NDArray[np.float64] = (yuv - (_BLACK, _GREY, _GREY)) @ _TO_RGB.T
    return rgb.round().clip(0, 255).astype(np.uint8)
