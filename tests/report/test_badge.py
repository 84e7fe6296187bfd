from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.evidence.run_event import RunEvent, RunFinished
from harness.report.badge import GREEN, GREY, RED, badge
from harness.report.model import read_report

SVG = "{http://www.w3.org/2000/svg}"


def ended(run: Path, *, gate: str, exit_code: int) -> Path:
    file = run / "events.ndjson"
    told = file.read_bytes().replace(b'"gate":""', f'"gate":"{gate}"'.encode())
    file.write_bytes(told.replace(b'"exit_code":1', f'"exit_code":{exit_code}'.encode()))
    return run


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("badge.svg", badge(read_report(run)).encode())


@pytest.mark.parametrize(
    ("gate", "exit_code", "says", "colour"),
    [
        ("MUTE", 1, "LiveKit 1.13.5: not conformant (MUTE)", RED),
        ("MUTE-001", 0, "LiveKit 1.13.5: gate passed (MUTE-001), 5 of 8 clauses", GREY),
        ("MUTE-004", 11, "LiveKit 1.13.5: not decided (MUTE-004)", GREY),
    ],
)
def test_the_headline_has_its_colour(
    run: Path, gate: str, exit_code: int, says: str, colour: str
) -> None:
    svg = ET.fromstring(badge(read_report(ended(run, gate=gate, exit_code=exit_code))))
    assert svg.get("aria-label") == says
    assert svg.findtext(f"{SVG}title") == says
    assert [rect.get("fill") for rect in svg.iter(f"{SVG}rect")][2] == colour


def test_only_what_is_conformant_is_green(
    run_of: Callable[[Callable[[RunEvent], bool]], Path],
) -> None:
    passed = (b'"clause":"MUTE-001"', b'"clause":"MUTE-003"', b'"clause":"MUTE-006"')
    folder = run_of(lambda event: True)
    file = folder / "events.ndjson"
    lines = [
        line.replace(b'"exit_code":1', b'"exit_code":0')
        for line in file.read_bytes().splitlines(keepends=True)
        if not line.startswith((b'{"event":"attempt', b'{"event":"finding'))
        or (line.startswith(b'{"event":"finding') and any(one in line for one in passed))
    ]
    file.write_bytes(b"".join(lines))
    report = read_report(folder)
    assert "conformant, 3 of 8 clauses" in badge(report)
    assert GREEN in badge(report)
    file.write_bytes(b"".join(lines[:-1]))  # killed
    assert GREEN not in badge(read_report(folder))


def test_both_texts_fit_their_boxes(run: Path) -> None:
    svg = ET.fromstring(badge(read_report(run)))
    _, left, right = svg.iter(f"{SVG}rect")
    for box, text in zip((left, right), svg.iter(f"{SVG}text"), strict=True):
        x, width = int(text.get("x", 0)), int(text.get("textLength", 0))
        assert x - int(box.get("x", 0)) == 6
        assert x + width + 6 == int(box.get("x", 0)) + int(box.get("width", 0))
        assert 5 < width / len(text.text or "") < 8


def test_a_version_cannot_break_it(run: Path) -> None:
    file = run / "events.ndjson"
    evil = '\\"><script>\\u0000&' + "x" * 200
    file.write_bytes(file.read_bytes().replace(b'"1.13.5"', f'"{evil}"'.encode()))
    svg = ET.fromstring(badge(read_report(run)).encode("utf-8", errors="replace"))
    assert "<script>" in (svg.findtext(f"{SVG}title") or "")
    assert int(svg.get("width", 0)) < 700


def test_a_run_that_was_killed_at_once_has_one_too(
    run_of: Callable[[Callable[[RunEvent], bool]], Path],
) -> None:
    text = badge(read_report(run_of(lambda event: isinstance(event, RunFinished))))
    assert 'aria-label="LiveKit: ' in text
