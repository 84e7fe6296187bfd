from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.clauses.model import EvidenceKind
from harness.evidence.application_call import ApplicationCall, append_call
from harness.evidence.clock import NS_PER_MS
from harness.evidence.finding import Verdict
from harness.evidence.measurement import Seen, Series
from harness.evidence.signalling import read_signalling
from harness.report.finding_view import finding_views
from harness.report.model import Report, read_report
from harness.report.pictures.gallery import (
    MOST_OF_A_FINDING,
    Gallery,
    Shown,
    gallery,
)
from tests.report.conftest import run_events, write
from tests.report.pictures.evidence import MUTED_S, at, attempt, write_attempt, write_call

SOUND = "attempts/test_silence/1/bob/alice-sound1.wav"
PICTURE = "attempts/test_silence/1/bob/alice-picture1.frames"
LEDGER = tuple(
    f"attempts/test_silence/1/{name}"
    for name in ("arrivals.bin", "departures.bin", "bindings.ndjson")
)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """A run with one attempt of which everything is known."""
    folder = write(tmp_path / "run", run_events())
    write_attempt(folder / "attempts/test_silence/1")
    report = read_report(folder)
    first = next(found for found in report.findings if found.clause == "MUTE-001")
    one = replace(attempt(), scenario=first.scenario, cell=first.cell)
    return replace(report, attempts=(one,))


def hung(
    report: Report, *findings: tuple[Verdict, tuple[str, ...]], most_bytes: int = 1_000_000
) -> tuple[Gallery, list[Shown]]:
    """What hangs beside findings of these verdicts that rest on these files."""
    first = next(found for found in report.findings if found.clause == "MUTE-001")
    made = [replace(first, verdict=verdict, evidence=files) for verdict, files in findings]
    views = finding_views(replace(report, findings=tuple(made)))
    wall = gallery(report, views, most_bytes=most_bytes)
    return wall, [wall.beside(view) for view in views]


def titles(shown: Shown) -> list[str]:
    return [picture.title for picture in shown.pictures if picture.drawn]


def test_a_finding_has_pictures_of_what_it_rests_on_and_of_what_was_done(report: Report) -> None:
    _, [shown] = hung(report, (Verdict.FAIL, (SOUND,)))
    assert titles(shown) == [
        "How loud bob/alice-sound1.wav was",
        "Frequencies in bob/alice-sound1.wav",
        "What was asked for, told and noticed",
    ]
    assert not shown.problems


def test_the_files_of_a_ledger_are_drawn_once(report: Report) -> None:
    _, [shown] = hung(report, (Verdict.FAIL, LEDGER))
    assert len([title for title in titles(shown) if "to participants" in title]) == 1


def test_the_worst_finding_has_the_picture_and_others_are_led_there(report: Report) -> None:
    _, [passed, failed] = hung(report, (Verdict.PASS, (SOUND,)), (Verdict.FAIL, (SOUND,)))
    assert len(titles(failed)) == 3
    assert titles(passed) == []
    assert [one.anchor for one in passed.pictures] == [one.anchor for one in failed.pictures]


def test_what_has_no_room_is_counted(report: Report) -> None:
    wall, [first, second] = hung(
        report, (Verdict.FAIL, (SOUND,)), (Verdict.PASS, (PICTURE,)), most_bytes=1
    )
    assert len(titles(first)) == 1
    assert titles(second) == []
    assert wall.left_out > 0


def test_a_finding_has_not_too_many(report: Report) -> None:
    _, [shown] = hung(report, (Verdict.FAIL, (SOUND, PICTURE, *LEDGER)))
    assert len(shown.pictures) == MOST_OF_A_FINDING
    assert "What was asked for, told and noticed" in titles(shown)


def test_what_cannot_be_read_is_told_and_the_rest_is_drawn(report: Report) -> None:
    (report.folder / SOUND).write_bytes(b"nonsense")
    (report.folder / PICTURE).unlink()
    _, [shown] = hung(report, (Verdict.FAIL, (SOUND, PICTURE, *LEDGER)))
    assert any("sound1.wav cannot be drawn: " in problem for problem in shown.problems)
    assert "bob/alice-picture1.frames cannot be drawn: No such file or directory" in shown.problems
    assert "Packets to participants at the gateway, before drops" in titles(shown)


@pytest.mark.parametrize("file", ["signalling.ndjson", "bindings.ndjson"])
def test_a_sound_is_drawn_also_where_what_was_done_cannot_be_read(
    report: Report, file: str
) -> None:
    (report.folder / "attempts/test_silence/1" / file).write_bytes(b"{}\n")
    _, [shown] = hung(report, (Verdict.FAIL, (SOUND,)))
    assert "How loud bob/alice-sound1.wav was" in titles(shown)
    [problem] = [one for one in shown.problems if "not known" in one]
    assert f"not known: {file}:1" in problem
    assert str(report.folder) not in "".join(shown.problems)


@pytest.mark.parametrize(
    "file",
    ["", "/etc/passwd", "attempts/test_silence/1/../../../x.wav", "attempts/other/1/x.wav", "x"],
)
def test_nothing_outside_of_the_attempts_is_read(report: Report, file: str) -> None:
    _, [shown] = hung(report, (Verdict.FAIL, (file,)))
    assert shown == Shown()


def test_an_attempt_whose_folder_leads_out_is_not_opened(report: Report) -> None:
    away = replace(report.attempts[0], folder="../x/1")
    out = replace(report, attempts=(away,))
    _, [shown] = hung(out, (Verdict.FAIL, ("../x/1/bob/alice-sound1.wav",)))
    assert shown == Shown()


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (EvidenceKind.DECODED, "How loud bob/alice-sound1.wav was"),
        (EvidenceKind.WIRE, "Packets to participants at the gateway, before drops"),
        (EvidenceKind.EVENTS, "What was asked for, told and noticed"),
        (EvidenceKind.STATISTICS, "Packets lost, track by track"),
    ],
)
def test_where_nothing_was_measured_what_is_there_is_drawn(
    report: Report, kind: EvidenceKind, title: str
) -> None:
    clauses = dict(report.clauses)
    clauses["MUTE-001"] = replace(clauses["MUTE-001"], evidence=(kind,))
    open_, passed = (Verdict.INCONCLUSIVE, ()), (Verdict.PASS, ())
    _, [shown, calm] = hung(replace(report, clauses=clauses), open_, passed)
    assert title in titles(shown)
    assert "Packets to participants at the gateway, before drops" in titles(shown)
    assert calm == Shown()


def test_a_clause_about_skew_has_sound_and_picture_together(report: Report) -> None:
    write_call(report.folder / "attempts/test_silence/1")
    clauses = dict(report.clauses)
    clauses["MUTE-001"] = replace(clauses["MUTE-001"], id="SYNC-001")
    _, [shown] = hung(replace(report, clauses=clauses), (Verdict.PASS, (SOUND, PICTURE)))
    assert titles(shown)[0] == (
        "How early the sound was: bob/alice-sound1.wav and bob/alice-picture1.frames"
    )


def test_a_picture_has_the_limits_of_all_that_is_seen_in_it(report: Report) -> None:
    seen = Seen(series=Series.LEVEL, file=SOUND, since_ns=at(2.0))
    first = next(found for found in report.findings if found.clause == "MUTE-001")
    late = replace(first, verdict=Verdict.FAIL, evidence=(SOUND,), seen=seen)
    found = (late, replace(late, clause="MUTE-004", verdict=Verdict.PASS))
    both = replace(report, findings=found)
    views = finding_views(both)
    wall = gallery(both, views, most_bytes=1_000_000)

    shown, _, _ = wall.beside(views[0]).pictures
    assert shown.title == "How loud bob/alice-sound1.wav was, and the limits of MUTE-001, MUTE-004"
    assert str(shown.drawn).count(">limit of MUTE-004, kept</text>") == 1
    assert wall.beside(views[1]).pictures[0].anchor == shown.anchor


def test_the_picture_with_its_own_limit_stands_first(report: Report) -> None:
    first = next(found for found in report.findings if found.clause == "MUTE-001")
    packets = Seen(series=Series.PACKETS_DOWN, file=LEDGER[0], since_ns=at(2.0))
    one = replace(first, verdict=Verdict.FAIL, evidence=(SOUND, *LEDGER), seen=packets)
    alone = replace(report, findings=(one,))
    wall = gallery(alone, finding_views(alone), most_bytes=1_000_000)

    shown = wall.beside(finding_views(alone)[0])
    assert titles(shown)[:2] == [
        "Packets to participants at the gateway, before drops, and the limit of MUTE-001",
        "How loud bob/alice-sound1.wav was",
    ]


def test_a_picture_says_of_which_of_several_attempts_it_is(report: Report) -> None:
    calm = report.attempts[0]
    again = replace(calm, number=2, folder="attempts/test_silence/2", disturbance="busy")
    write_attempt(report.folder / again.folder)
    several = replace(report, attempts=(calm, again))
    _, [shown] = hung(several, (Verdict.FAIL, (SOUND,)))
    assert titles(shown)[0] == "How loud bob/alice-sound1.wav was (attempt 1)"
    _, [shown] = hung(several, (Verdict.FAIL, (SOUND.replace("silence/1", "silence/2"),)))
    assert titles(shown)[0] == "How loud bob/alice-sound1.wav was (attempt 2, disturbed)"
    _, [shown] = hung(several, (Verdict.INCONCLUSIVE, ()))
    assert titles(shown)[0].endswith(" (attempt 1)")


def test_who_reads_of_a_failure_is_told_what_was_signalled_late(report: Report) -> None:
    folder = report.folder / report.attempts[0].folder
    muted = next(one for one in read_signalling(folder) if one.kind == "mute")
    call = ApplicationCall(
        at_ns=muted.at_ns - 750 * NS_PER_MS, participant="alice", name="mute", track="TR_a"
    )
    (folder / "alice").mkdir(exist_ok=True)
    append_call(folder / "alice", call)

    _, [failed, passed] = hung(report, (Verdict.FAIL, (SOUND,)), (Verdict.PASS, (SOUND,)))
    assert failed.late == (
        f"At {MUTED_S - 0.75:.2f} s alice calls mute(sound1): its SDK signals that 0.75 s later",
    )
    assert passed.late == ()


def test_who_reads_of_a_failure_is_told_what_was_lost(report: Report) -> None:
    _, [failed, passed] = hung(report, (Verdict.FAIL, (SOUND,)), (Verdict.PASS, (SOUND,)))
    assert [words.partition(":")[0] for words in failed.lost] == ["Packets lost in attempt 1"]
    assert passed.lost == ()
