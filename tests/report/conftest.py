"""A run with one finding of each kind, written as a run writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harness.clauses.catalogue import Catalogue
from harness.clauses.model import Clause, EvidenceKind, Level, Limit
from harness.evidence.finding import Attempt, Cell
from harness.evidence.measurement import Measurement, missing, unsupported
from harness.evidence.run_event import (
    AttemptFinished,
    AttemptStarted,
    CalibrationDone,
    FindingMade,
    NetworkTold,
    Note,
    RunEvent,
    RunFinished,
    RunStarted,
    VersionSeen,
)
from harness.evidence.run_folder import RunFolder
from harness.judging.deviations import Deviation, Deviations
from harness.judging.finding import build_finding
from harness.judging.judge import judge
from harness.report.model import read_report
from harness.report.results import results

S = 1_000_000_000
CELL = Cell(server="1.13.5", sdk={"alice": "python 1.2.0", "bob": "python 1.2.0"}, seed=81)
EVIL = "<script>alert(1)</script>"


def clause(
    number: int, statement: str, unit: str, limit: Limit, informs: tuple[int, ...] = ()
) -> Clause:
    return Clause(
        id=f"MUTE-{number:03}",
        statement=statement,
        level=Level.MUST,
        claims=(2, number),
        informs=informs,
        source="LiveKit docs, Camera & microphone",
        evidence=(EvidenceKind.DECODED,),
        measures="time from the call to the last sound",
        unit=unit,
        timing=unit == "ms",
        only_worse_under_load=unit == "ms" and limit.min is None,
        limit=limit,
        limit_source="ours: five times the worst of 8 clean runs",
    )


CLAUSES = (
    clause(1, "A muted microphone is soon silent.", "ms", Limit(max=300), informs=(3,)),
    clause(2, "Nothing of a muted microphone is forwarded.", "packets", Limit(max=0)),
    clause(3, "A track is muted through its publication.", "bool", Limit(min=1), informs=(7,)),
    clause(4, "An unmute is soon heard.", "ms", Limit(max=500)),
    clause(5, "The level is kept.", "dB", Limit(max=1)),
    clause(6, "A mute is possible from the server.", "bool", Limit(min=1)),
    clause(7, "The camera is soon dark.", "ms", Limit(max=300)),
    clause(8, "Nobody judges this one.", "ms", Limit(max=300)),
)
DEVIATIONS = (
    Deviation(
        id="no-publication-mute",
        clause="MUTE-003",
        sdk=("python 1.2.*",),
        reason="LocalTrackPublication has no mute()",
        link="https://example.org/issues/1",
        expires=date(2027, 1, 1),
        listed_in="scenarios/known_deviations.toml:12",
    ),
    Deviation(
        id="slow-camera", clause="MUTE-007", reason="it was slow", link="javascript:alert(1)"
    ),
)
SOUND, PICTURE = "scenarios/mute/test_sound.py", "scenarios/mute/test_picture.py"
MEASUREMENTS: dict[str, dict[str, Measurement]] = {
    f"{SOUND}::test_silence[48000]": {
        "MUTE-001": Measurement(
            value=41.25,
            unit="ms",
            error=10,
            rests_on=132,
            evidence=("bob/tone.wav", "../outside.wav"),
            notes=("2 markers were rejected: too quiet",),
        ),
        "MUTE-002": Measurement(
            value=7, unit="packets", rests_on=900, notes=(f"track name {EVIL}\x07",)
        ),
    },
    f"{SOUND}::test_api": {
        "MUTE-003": Measurement(value=0, unit="bool"),
        "MUTE-004": missing("ms", "bob decoded nothing"),
        "MUTE-005": Measurement(value=0.2, unit="ms"),
        "MUTE-006": unsupported("bool", "there is no such call"),
    },
    f"{PICTURE}::test_dark": {"MUTE-007": Measurement(value=14.5, unit="ms", error=33)},
}


def started() -> RunStarted:
    return RunStarted(
        at_ns=0,
        started="2026-11-21T00:05:28Z",
        seed=81,
        backend="binary",
        server_options=("--lk-backend=binary",),
        command=("pytest", "scenarios/", "-k", "mute or dark"),
        machine={"processor": "2 cores", "system": "Linux 6.1"},
        versions={"livekit-harness": "0.1.0", "python": "3.11.7"},
        networks=(
            NetworkTold(
                name="clean",
                title=f"Nothing is done {EVIL}",
                cite="a page",
                timeline=("from 0 s for good", "  all  nothing is done to any packet"),
            ),
        ),
        clauses=Catalogue({clause.id: clause for clause in CLAUSES}).rows(),
        deviations=Deviations(DEVIATIONS).rows(),
    )


def attempt(scenario: str, number: int, disturbance: str | None = None) -> Attempt:
    by_id = {clause.id: clause for clause in CLAUSES}
    return Attempt(
        scenario=scenario,
        number=number,
        cell=CELL,
        folder=f"attempts/{scenario.rpartition('::')[2]}/{number}",
        started_ns=number * 10 * S,
        ended_ns=number * 10 * S + 4 * S,
        media_s=3.0,
        results=tuple(
            judge(measurement, by_id[clause_id])
            for clause_id, measurement in MEASUREMENTS[scenario].items()
        ),
        disturbance=disturbance,
    )


def run_events() -> list[RunEvent]:
    """The events of a whole run, in order."""
    events: list[RunEvent] = [
        started(),
        VersionSeen(at_ns=1, name="livekit-server", version="1.13.5"),
        CalibrationDone(
            at_ns=2, floors={"sound, one way": Measurement(value=50.8, unit="ms", error=4.5)}
        ),
    ]
    by_id = {clause.id: clause for clause in CLAUSES}
    for scenario, measurements in MEASUREMENTS.items():
        attempts = [attempt(scenario, 1)]
        if "test_silence" in scenario:
            late = judge(Measurement(value=900, unit="ms", error=10), by_id["MUTE-001"])
            results = (late, *attempts[0].results[1:])
            disturbed = replace(attempts[0], disturbance="alice: late", results=results)
            attempts = [disturbed, attempt(scenario, 2)]
        for one in attempts:
            at_ns = one.started_ns
            events.append(
                AttemptStarted(
                    at_ns=at_ns,
                    scenario=scenario,
                    number=one.number,
                    cell=CELL,
                    folder=one.folder,
                    clauses=tuple(measurements),
                )
            )
            events.append(AttemptFinished(at_ns=one.ended_ns, attempt=one))
        for clause_id in measurements:
            found = build_finding(
                by_id[clause_id],
                attempts,
                deviations=Deviations(DEVIATIONS),
                floor=0.4 if clause_id == "MUTE-001" else None,
            )
            events.append(FindingMade(at_ns=30 * S, finding=found))
    events.append(Note(at_ns=31 * S, text=f"a note of {EVIL}"))
    events.append(RunFinished(at_ns=134 * S, exit_code=1, reason="2 FAIL"))
    return events


def write(folder: Path, events: Sequence[RunEvent]) -> Path:
    folder.mkdir(exist_ok=True)
    writer = RunFolder(folder)
    for event in events:
        writer.append(event)
    writer.close()
    return folder


def gated(run: Path, gate: str) -> Path:
    """The run, as one with this gate."""
    file = run / "events.ndjson"
    asked = re.sub(b'"gate":"[^"]*"', f'"gate":"{gate}"'.encode(), file.read_bytes())
    file.write_bytes(asked)
    return run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a whole run."""
    return write(tmp_path / "run", run_events())


@pytest.fixture
def run_of(tmp_path: Path) -> Callable[[Callable[[RunEvent], bool]], Path]:
    """Makes the folder of a run of which only the chosen events were written."""

    def make(chosen: Callable[[RunEvent], bool]) -> Path:
        return write(tmp_path / "part", [event for event in run_events() if chosen(event)])

    return make


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Three stored runs, the last with two flips, and four that cannot be counted."""
    root = tmp_path / "reports"
    root.mkdir()
    names = [f"2026112{day}T000000.000000Z-aaaaaa" for day in range(1, 8)]
    for name in names[:5]:
        folder = write(root / name, run_events())
        (folder / "results.json").write_bytes(results(read_report(folder)))
    _replace(root / names[2], b'"measured": 41.25', b'"measured": 350.5')
    _replace(root / names[2], b'"verdict": "PASS"', b'"verdict": "FAIL"')
    _replace(root / names[3], b'"sabotage": null', b'"sabotage": "swallow-mute"')
    _replace(root / names[4], b'"findings"', b'"founds"')
    for name in names[5:]:
        write(root / name, run_events())
    return root


def _replace(folder: Path, find: bytes, replacement: bytes) -> None:
    file = folder / "results.json"
    assert find in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(find, replacement))
