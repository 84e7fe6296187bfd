"""What a run says to whoever gates by it, in projects of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_run_hooks import FAILS, OPEN, fake, scenario

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Project

__all__ = ["fake"]  # a fixture

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    ("gate", "code", "outcomes", "says"),
    [
        (
            "MUST",
            1,
            {"passed": 1, "failed": 1, "skipped": 1},
            "NOT CONFORMANT: 1 FAIL; decided by the gate MUST",
        ),
        (
            "OWN-002",
            0,
            {"passed": 1, "skipped": 2},
            "GATE PASSED: all that*holds*failed or open: 1",
        ),
        (
            "SHOULD",
            12,
            {"passed": 1, "skipped": 2},
            "NOTHING JUDGED: nothing that gates was judged; left out by the gate SHOULD, *: 1",
        ),
        ("XYZ", 4, {}, "ERROR: gate 'XYZ': there is no level, area or clause 'XYZ'; areas are *"),
    ],
)
def test_a_gate_decides_how_a_run_ends(
    fake: Project, gate: str, code: int, outcomes: dict[str, int], says: str
) -> None:
    fake.scenarios(
        FAILS
        + scenario(OPEN.format("OWN-003"), clauses='"OWN-003"', name="other")
        + scenario('judge("OWN-002", fact, True, "x")', clauses='"OWN-002"', name="third")
    )
    result = fake.run(f"--lk-gate={gate}")

    assert result.ret == code
    result.assert_outcomes(**outcomes)
    (result.stdout if outcomes else result.stderr).fnmatch_lines([says])


def test_github_is_told_what_it_shows(
    fake: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    fake.scenarios(FAILS)
    fake.run().stdout.fnmatch_lines(["::error title=OWN-001 FAIL*::OWN-001 holds.%0A*"])
    assert page.read_text().startswith("## LiveKit 1.13.5: not conformant\n")
