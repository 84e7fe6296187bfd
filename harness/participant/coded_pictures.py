"""Pictures that are encoded once, kept in the user's cache, and sent without an encoder.

VP8 in one layer by libvpx, through PyAV. A stream is a loop of whole groups of pictures: each
begins with a key frame, so that one which is asked for is sent at once, by going on at the next
group. What a picture's number is in a loop, `harness.signals.coded_loop` tells.
"""

from __future__ import annotations

import os
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import platformdirs

from harness.signals.coded_loop import marked
from harness.signals.picture import ColourCode, PictureWriter

if TYPE_CHECKING:
    import av

VERSION = 1
"""Of everything here that decides about the bytes: a new one makes all streams anew."""
LOOP_S = 20
GROUP_S = 2
DEFAULT_KBPS = 600
MAX_FILES = 64
"""Streams that are kept: a megabyte or two each."""
_ENCODER = {
    "deadline": "realtime",
    "cpu-used": "8",
    "lag-in-frames": "0",
    "auto-alt-ref": "0",
}
"""As fast as for a call. Each picture depends on the one before and none is hidden."""


class NoEncoderError(Exception):
    """PyAV is not there, or has no VP8; the message says what to do."""


class CodedPicture(msgspec.Struct, frozen=True, array_like=True):
    """One encoded picture."""

    key: bool
    data: bytes


def coded_pictures(spec: ColourCode, *, kbps: int, cache: Path | None = None) -> list[CodedPicture]:
    """The loop of a colour code: LOOP_S seconds, the first of each GROUP_S a key frame.

    Args:
        spec: What is drawn.
        kbps: Bit rate that the encoder aims at.
        cache: Folder of streams; None: the user's own.

    Raises:
        NoEncoderError: it was not made before and cannot be made.
        OSError: the cache cannot be written.
    """
    folder = cache or platformdirs.user_cache_path("livekit-harness", appauthor=False) / "pictures"
    name = f"vp8-{spec.track_code}-{spec.width}x{spec.height}-{spec.fps}-{kbps}-v{VERSION}.msgpack"
    known = _read(folder / name)
    if known is not None:
        return known
    made = encode_loop(spec, kbps=kbps)
    _keep(folder, name, made)
    return made


def encode_loop(spec: ColourCode, *, kbps: int) -> list[CodedPicture]:
    """Encode one loop; takes about a twentieth of the time that it lasts."""
    context = _encoder(spec, kbps)
    from av import VideoFrame

    writer = PictureWriter(spec)
    made: list[CodedPicture] = []
    for place in range(LOOP_S * spec.fps):
        lines = writer.frame(marked(place)).reshape(spec.height * 3 // 2, spec.width)
        frame = VideoFrame.from_ndarray(lines, format="yuv420p")
        frame.pts = place
        made += [CodedPicture(p.is_keyframe, bytes(p)) for p in context.encode(frame)]
    made += [CodedPicture(p.is_keyframe, bytes(p)) for p in context.encode(None)]
    assert len(made) == LOOP_S * spec.fps, "nothing is left out and nothing is hidden"
    assert all(one.key for one in made[:: GROUP_S * spec.fps]), "groups begin with a key frame"
    return made


def _encoder(spec: ColourCode, kbps: int) -> av.VideoCodecContext:
    try:
        from av import VideoCodecContext
        from av.codec.codec import UnknownCodecError
    except ImportError:
        raise NoEncoderError(
            "pictures are encoded by PyAV, which is not there: pip install livekit-harness[coded]"
        ) from None
    try:
        context = VideoCodecContext.create("libvpx", "w")
    except UnknownCodecError:
        raise NoEncoderError("this PyAV cannot encode VP8: install its wheel") from None
    context.width, context.height, context.pix_fmt = spec.width, spec.height, "yuv420p"
    context.framerate, context.time_base = Fraction(spec.fps), Fraction(1, spec.fps)
    context.bit_rate, context.gop_size = kbps * 1000, GROUP_S * spec.fps
    context.thread_count = 1  # the same bytes wherever it is made
    context.options = dict(_ENCODER)
    return context


def _read(path: Path) -> list[CodedPicture] | None:
    """A stream that was kept, or None; the use is noted, for what is removed first."""
    try:
        pictures = msgspec.msgpack.decode(path.read_bytes(), type=list[CodedPicture])
        os.utime(path)
    except (OSError, ValueError, RecursionError):
        return None
    return pictures


def _keep(folder: Path, name: str, pictures: list[CodedPicture]) -> None:
    """Write it whole or not at all, and remove those that were not used for longest."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as file:
        file.write(msgspec.msgpack.encode(pictures))
    Path(file.name).replace(folder / name)
    kept = sorted(folder.glob("*.msgpack"), key=_used, reverse=True)
    for old in kept[MAX_FILES:]:
        old.unlink(missing_ok=True)


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process removed it
        return 0.0
