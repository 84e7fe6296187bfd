from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.clauses.model import Clause, EvidenceKind
from harness.evidence.finding import Verdict
from harness.report.finding_view import FindingView, finding_views
from harness.report.model import Report, read_report
from harness.report.unmeasured import OF_KIND, unmeasured_files
from tests.report.pictures.evidence import attempt, write_attempt

FOLDER = "attempts/test_silence/1"
HEARD = f"{FOLDER}/bob/alice-sound1.wav"


@pytest.fixture
def report(run: Path) -> Report:
    """A run with one attempt of which everything is known."""
    write_attempt(run / FOLDER)
    report = read_report(run)
    first = next(found for found in report.findings if found.clause == "MUTE-001")
    return replace(report, attempts=(replace(attempt(), scenario=first.scenario, cell=first.cell),))


def of(report: Report, *kinds: EvidenceKind) -> Clause:
    return replace(report.clauses["MUTE-001"], evidence=kinds)


def test_every_kind_of_evidence_has_its_files() -> None:
    assert set(OF_KIND) == set(EvidenceKind)


def test_what_was_decoded_and_the_packets(report: Report) -> None:
    found = unmeasured_files(report.folder, of(report, EvidenceKind.DECODED), [report.attempts[0]])

    assert HEARD in found
    assert f"{FOLDER}/arrivals.bin" in found


def test_the_last_attempt_that_was_not_disturbed_is_shown(report: Report) -> None:
    calm = report.attempts[0]
    busy = replace(calm, number=2, folder="attempts/test_silence/2", disturbance="busy")
    write_attempt(report.folder / busy.folder)
    clause = of(report, EvidenceKind.DECODED)

    assert HEARD in unmeasured_files(report.folder, clause, [calm, busy])
    [wav, *_] = unmeasured_files(report.folder, clause, [replace(calm, disturbance="busy"), busy])
    assert wav.startswith(busy.folder)


@pytest.mark.parametrize("folder", ["../x/1", "/etc"])
def test_a_folder_that_leads_out_is_not_looked_into(report: Report, folder: str) -> None:
    away = replace(report.attempts[0], folder=folder)
    assert unmeasured_files(report.folder, of(report, EvidenceKind.DECODED), [away]) == ()
    assert unmeasured_files(report.folder, of(report, EvidenceKind.DECODED), []) == ()


def test_who_must_look_is_led_to_the_sound(report: Report) -> None:
    first = next(one for one in report.findings if one.clause == "MUTE-001")
    open_ = replace(first, verdict=Verdict.INCONCLUSIVE, evidence=())

    def view(verdict: Verdict) -> FindingView:
        changed = replace(report, findings=(replace(open_, verdict=verdict),))
        return finding_views(changed)[0]

    assert HEARD in [file.file for file in view(Verdict.INCONCLUSIVE).evidence]
    assert HEARD not in [file.file for file in view(Verdict.PASS).evidence]
