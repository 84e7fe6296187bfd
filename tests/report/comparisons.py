"""Runs that differ in some findings, to be compared."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from harness.judging.gate import parse_gate
from harness.report.comparison import Comparison, compare_runs, read_results
from harness.report.document import Results
from tests.report.conftest import run_events, write

Edit = tuple[bytes, bytes]
FAILS = (b'"clause":"MUTE-001",(.*?)"verdict":"PASS"', rb'"clause":"MUTE-001",\1"verdict":"FAIL"')
LATER = (b'"livekit-server","version":"1.13.5"', b'"livekit-server","version":"1.14.0"')


def changed(folder: Path, *edits: Edit) -> Results:
    """The results of a run with some of its findings, or its start, changed."""
    write(folder, run_events())
    file = folder / "events.ndjson"
    lines = file.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines):
        if not line.startswith((b'{"event":"attempt', b'{"event":"cal')):
            for found, put in edits:
                lines[number] = line = re.sub(found, put, line)
    file.write_bytes(b"".join(lines))
    return read_results(folder)


def again(run: Path, name: str = "earlier") -> Path:
    """The same run once more, under another name."""
    return shutil.copytree(run, run.parent / name)


def compared(base: Sequence[Results], new: Results, gate: str = "") -> Comparison:
    return compare_runs(base, new, parse_gate(gate))


FIXED = (b'("clause":"MUTE-002",.*?)"FAIL"(.*?)"measured":7(?:.0)?,', rb'\1"PASS"\2"measured":0.0,')
WORSE = (
    b'("clause":"MUTE-007",.*?"measured":)14.5(.*?"interval":)[^]]*]',
    rb"\g<1>90\g<2>[80,95]",
)
LOST = (b'("clause":"MUTE-006",.*?)"UNSUPPORTED"', rb'\1"ERROR"')


def of_each_kind(run: Path, folder: Path) -> Comparison:
    """A regression, a fix, one that was lost, and a value that is worse."""
    return compared([read_results(run)], changed(folder, FAILS, FIXED, WORSE, LOST, LATER))
