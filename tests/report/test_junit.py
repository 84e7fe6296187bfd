from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.run_event import FindingMade, RunEvent, RunFinished
from harness.report.junit import _clean, junit
from harness.report.model import read_report


def outcomes(folder: Path) -> dict[str, str]:
    """First word of a test case's name (the clause) → what CI systems make of it."""
    root = ET.fromstring(junit(read_report(folder)))
    return {
        case.get("name", "").split()[0]: case[0].tag if len(case) else "passed"
        for case in root.iter("testcase")
    }


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("junit.xml", junit(read_report(run)))


def test_every_verdict_has_its_element(run: Path) -> None:
    assert outcomes(run) == {
        "MUTE-001": "passed",
        "MUTE-002": "failure",
        "MUTE-003": "skipped",
        "MUTE-004": "skipped",
        "MUTE-005": "error",
        "MUTE-006": "skipped",
        "MUTE-007": "failure",
    }


@pytest.mark.parametrize("name", ["tests", "failures", "errors", "skipped", "time"])
def test_suites_add_up(run: Path, name: str) -> None:
    root = ET.fromstring(junit(read_report(run)))
    total = sum(float(suite.get(name, "nan")) for suite in root.iter("testsuite"))
    assert float(root.get(name, "nan")) == total


def test_a_cut_scenario_is_an_error(run_of: Callable[[Callable[[RunEvent], bool]], Path]) -> None:
    cut = run_of(
        lambda event: (
            not (
                isinstance(event, RunFinished)
                or (isinstance(event, FindingMade) and event.finding.clause == "MUTE-001")
            )
        )
    )
    assert outcomes(cut)["MUTE-001"] == "error"


@given(st.text(alphabet=st.characters()))
def test_any_text_survives_xml(text: str) -> None:
    element = ET.Element("x", a=_clean(text))
    assert ET.fromstring(ET.tostring(element, encoding="unicode").encode()).get("a") is not None


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert (
        _clean("a\x00\x1b\ud800\ufffeb\tc\U0001f600")
        == "a\ufffd\ufffd\ufffd\ufffdb\ufffdc\U0001f600"
    )
