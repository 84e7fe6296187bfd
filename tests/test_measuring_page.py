from __future__ import annotations

import re
from pathlib import Path

from harness.judging.disturbance import THRESHOLDS, _told

PAGE = Path(__file__).parents[1] / "docs/explanation/measuring.md"


def test_the_page_has_every_limit_beyond_which_a_machine_is_too_busy() -> None:
    row = re.compile(r"^\| [^|]+ \| ([0-9.]+ ?%?)(?: ms| ppm)? \|$", re.MULTILINE)

    rows = row.findall(PAGE.read_text("utf-8"))

    assert rows == [_told(name, limit) for name, (limit, _) in THRESHOLDS.items()]
