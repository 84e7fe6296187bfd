from __future__ import annotations

from collections.abc import Callable

from harness.measuring.latency_text import latency_text
from harness.measuring.measured import Measured

Golden = Callable[[str, str], None]


def test_the_table(measured: Measured, golden: Golden) -> None:
    golden("latency.txt", latency_text(measured, width=120))


def test_a_narrow_terminal_has_several_tables(measured: Measured) -> None:
    wide, narrow = (latency_text(measured, width=width) for width in (200, 60))

    assert wide.count("picture latency, median") == 1
    assert narrow.count("picture latency, median") == 3


def test_nothing_in_it_drives_a_terminal(measured: Measured) -> None:
    assert "\x1b" not in latency_text(measured, width=80)
