"""A server that knows no RED: it is not among the codecs that its rooms allow."""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage
from harness.server.model import Json

CODECS: list[Json] = [
    {"mime": kind} for kind in ("audio/opus", "video/vp8", "video/h264", "video/vp9", "video/av1")
]

SABOTAGE = Sabotage(
    name="no-red",
    breaks="the server allows no RED in its rooms",
    kills=frozenset({"RED-001", "RED-003"}),
    server={"room": {"enabled_codecs": CODECS}},
)
