from __future__ import annotations

from collections.abc import Callable

from harness.measuring.latency_markdown import latency_markdown
from harness.measuring.measured import Measured


def test_the_page(measured: Measured, golden: Callable[[str, str], None]) -> None:
    golden("latency.md", latency_markdown(measured))


def test_every_row_of_the_table_is_whole(measured: Measured) -> None:
    rows = [line for line in latency_markdown(measured).splitlines() if line.startswith("|")]

    assert len(rows) == 2 + len(measured.reports[0].metrics)
    assert {row.count("|") for row in rows} == {4 + len(measured.reports) + 1}
