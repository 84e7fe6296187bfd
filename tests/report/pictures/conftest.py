from __future__ import annotations

from pathlib import Path

import pytest

from harness.report.pictures.attempt_folder import AttemptFolder
from tests.report.pictures.evidence import write_attempt


@pytest.fixture
def folder(tmp_path: Path) -> AttemptFolder:
    """An attempt of which everything is known."""
    return write_attempt(tmp_path / "attempts/test_silence/1")
