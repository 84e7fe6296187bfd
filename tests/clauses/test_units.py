from __future__ import annotations

import pytest

from harness.clauses.units import is_timing, unit_of


@pytest.mark.parametrize(
    ("measures", "unit", "timing"),
    [
        ("time_to_silence_ms", "ms", True),
        ("downlink_kbps", "kbps", True),
        ("leaked_packets", "packets", False),
        ("tone_hz", "Hz", False),
        ("lost_ratio", "ratio", None),
    ],
)
def test_unit_and_kind_come_from_the_name(measures: str, unit: str, timing: bool | None) -> None:
    assert unit_of(measures) == unit
    assert is_timing(unit) is timing


def test_rates_of_anything_are_timing() -> None:
    assert is_timing("packets/s")
    assert unit_of("seen") is None
