from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for `python -m`, which stands in the folder."""
    monkeypatch.syspath_prepend(ROOT)
