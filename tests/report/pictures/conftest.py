from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.finding import Cell, Finding, Verdict
from harness.report.pictures.attempt_folder import AttemptFolder
from tests.report.pictures.evidence import write_attempt, write_call


@pytest.fixture
def folder(tmp_path: Path) -> AttemptFolder:
    """An attempt of which everything is known."""
    return write_attempt(tmp_path / "attempts/test_silence/1")


@pytest.fixture
def finding() -> Finding:
    """Of a time that must be 300 ms at most, seen nowhere."""
    return Finding(
        clause="MUTE-001",
        scenario="test_silence",
        cell=Cell(server="1.13.5"),
        attempts=1,
        verdict=Verdict.FAIL,
        reason="too late",
        measured=400.0,
        unit="ms",
        limit={"max": 300.0},
    )


@pytest.fixture
def call(tmp_path: Path) -> AttemptFolder:
    """One in which a sound was heard 20 ms after it was sent, and pictures were seen after 30."""
    return write_call(tmp_path / "attempts/test_call/1")
