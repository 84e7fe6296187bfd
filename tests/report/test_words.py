from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clauses.model import Level
from harness.evidence.finding import Finding, Verdict
from harness.report.words import (
    clause_name,
    clipped,
    limit_text,
    value_range,
    value_text,
    wall_clock,
    xml_text,
)
from tests.report.conftest import CELL, CLAUSES

FINDING = Finding(
    clause="MUTE-001",
    scenario="scenarios/mute/test_sound.py::test_silence",
    cell=CELL,
    attempts=1,
    verdict=Verdict.PASS,
    reason="",
    measured=41.25,
    unit="ms",
    interval=(31.25, 51.25),
    limit={"max": 300.0},
)


def test_a_value_has_its_unit() -> None:
    assert value_text(FINDING) == "41.25 ms"
    assert value_text(replace(FINDING, measured=300.004)) == "300.004 ms"
    assert value_text(replace(FINDING, interval=None)) == "at least 41.25 ms"
    assert value_text(replace(FINDING, measured=None)) == "–"


def test_a_limit_has_its_unit() -> None:
    assert limit_text(FINDING) == "≤ 300 ms"
    assert limit_text(replace(FINDING, limit=None)) == "–"
    assert limit_text(replace(FINDING, limit={"most": 3.0})) == "–"


def test_several_values_are_a_range() -> None:
    values = [replace(FINDING, measured=value) for value in (50.0, 41.0, 44.5)]
    assert value_range(values) == "41 to 50 ms"
    assert value_range([FINDING, FINDING]) == "41.25 ms"
    assert value_range([replace(FINDING, measured=None)]) == "–"


@pytest.mark.parametrize(
    ("text", "short"),
    [("short", "short"), ("two\nlines ", "two lines"), ("a long text", "a long t…")],
)
def test_what_is_long_is_cut(text: str, short: str) -> None:
    assert clipped(text, 9) == short


def test_a_level_is_named_where_it_is_not_must() -> None:
    assert clause_name(CLAUSES[0]) == "MUTE-001"
    assert clause_name(replace(CLAUSES[0], level=Level.INFO)) == "MUTE-001 (INFO)"


@given(st.text(alphabet=st.characters()))
def test_any_text_survives_xml(text: str) -> None:
    element = ET.Element("x", a=xml_text(text))
    assert ET.fromstring(ET.tostring(element, encoding="unicode").encode()).get("a") is not None


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert (
        xml_text("a\x00\x1b\ud800\ufffeb\tc\U0001f600")
        == "a\ufffd\ufffd\ufffd\ufffdb\ufffdc\U0001f600"
    )


def test_a_time_is_to_the_second_and_what_is_none_stays() -> None:
    assert wall_clock("2026-11-21T00:05:28.7Z") == "2026-11-21 00:05:28 UTC"
    assert wall_clock("yesterday") == "yesterday"
