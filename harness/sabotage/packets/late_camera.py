"""Pictures that are on their way for long, or never arrive: those of a track called `camera`."""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Delay, Loss
from harness.sabotage.sabotage import Sabotage

CAMERA = Target(direction="down", track="alice/camera")

SABOTAGES = (
    Sabotage(
        name="late-camera",
        breaks="the packets of a camera towards subscribers are 800 ms late",
        kills=frozenset({"WIRE-002", "WIRE-003", "WIRE-008", "WIRE-010", "WIRE-020"}),
        impairments=(Delay(delay_ms=800, target=CAMERA),),
    ),
    Sabotage(
        name="lost-camera",
        breaks="the packets of a camera towards subscribers are lost",
        kills=frozenset({"WIRE-002", "WIRE-003", "WIRE-021"}),
        impairments=(Loss(ratio=1.0, target=CAMERA),),
    ),
)
