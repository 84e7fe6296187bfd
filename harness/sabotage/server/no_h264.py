"""A server that knows no H264: it is not among the codecs that its rooms allow."""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage
from harness.server.model import Json

CODECS: list[Json] = [
    {"mime": kind} for kind in ("audio/opus", "audio/red", "video/vp8", "video/vp9", "video/av1")
]

SABOTAGE = Sabotage(
    name="no-h264",
    breaks="the server allows no H264 in its rooms",
    kills=frozenset({"VID-051", "VID-052"}),
    server={"room": {"enabled_codecs": CODECS}},
)
