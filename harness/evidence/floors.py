"""Floors: what this machine measures where there is nothing to measure, by name.

A run's calibration measures them (`harness.calibration`); a clause names the one that its value is
to be read beside. All are times in ms.
"""

from __future__ import annotations

from collections.abc import Mapping

UNIT = "ms"
"""Of every floor."""

FLOORS: Mapping[str, str] = {
    "loop_picture_ms": "age of a picture that is read where it is captured, without a server",
    "loop_sound_ms": "age of a sound that is read where it is captured, without a server",
    "picture_latency_ms": "age of a picture when it is seen, over the server on a clean path",
    "sound_latency_ms": "age of a sound when it is heard, over the server on a clean path",
    "skew_ms": "age of the picture less age of the sound, over the server on a clean path",
    "picture_interval_ms": "time from one picture to the next, over the server on a clean path",
    "subscribe_picture_ms": "time from subscribing to the first picture, on a clean path",
    "subscribe_sound_ms": "time from subscribing to the first sound, on a clean path",
}
"""Name → what is measured, in the order in which it is shown."""
