from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.thumbnails import BYTES
from harness.participant.thumbnail_file import ThumbnailFile
from harness.signals.picture import i420_planes


def test_lines_longer_than_the_picture_are_not_seen(tmp_path: Path) -> None:
    wide = np.full((36, 96), 200, dtype=np.uint8)
    wide[:, :64] = 50
    _, u, v = i420_planes(bytes(64 * 36 * 3 // 2), 64, 36)
    file = ThumbnailFile(tmp_path / "face.frames")
    file.append((wide[:, :64], u, v))
    file.sync()
    data = (tmp_path / "face.thumbs").read_bytes()
    assert data == bytes([50]) * 576 + bytes(288)
    file.append((wide[:, :64], u, v))
    file.close()
    file.close()
    assert (tmp_path / "face.thumbs").stat().st_size == 2 * BYTES
