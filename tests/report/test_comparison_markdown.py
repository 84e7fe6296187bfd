from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.judging.compare import Change
from harness.report import comparison_markdown as module
from harness.report.comparison import Comparison, read_results
from harness.report.comparison_markdown import comparison_markdown
from tests.report.comparisons import WORSE, changed, compared, of_each_kind
from tests.report.live_html import live_html


@pytest.fixture
def comparison(run: Path, tmp_path: Path) -> Comparison:
    return of_each_kind(run, tmp_path / "new")


def test_golden(comparison: Comparison, golden: Callable[[str, bytes], None]) -> None:
    golden("compare.md", comparison_markdown(comparison).encode())


def test_a_table_has_an_end(
    comparison: Comparison,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 1)
    row = comparison.of(Change.REGRESSION)[0]
    text = comparison_markdown(replace(comparison, rows=(row, row, row)))
    assert "### Regressions: hold in BASE, not in NEW: 3" in text
    assert "… and 2 more." in text


def test_a_name_from_outside_is_no_markup(run: Path, tmp_path: Path) -> None:
    evil = changed(tmp_path / "new", (b'"1.13.5"', b'"<b>|[x](http://y)"'))
    text = comparison_markdown(compared([read_results(run)], evil))
    assert r"\<b\>|\[x\](http\://y)" in text


def test_a_unit_from_outside_is_no_markup(tmp_path: Path) -> None:
    unit = (b'"unit":"ms"', b'"unit":"<img src=x>"')
    base, new = changed(tmp_path / "base", unit), changed(tmp_path / "new", WORSE, unit)
    text = comparison_markdown(compared([base], new))
    assert r"\<img src=x\>" in text
    assert not live_html(text)
