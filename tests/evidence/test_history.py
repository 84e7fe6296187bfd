from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence import history
from harness.evidence.finding import Cell, Finding, Verdict
from harness.evidence.history import HISTORY, LOAD, PastRun, read_history, remember
from harness.evidence.measurement import Seen, Series
from harness.evidence.run_event import FindingMade, RunStarted
from harness.evidence.run_folder import KEEP_RUNS, RunFolder

CELL = Cell(server="1.13.5", sdk={"alice": "python 1.2.1"}, seed=81)
FOUND = Finding(
    clause="MUTE-001",
    scenario="scenarios/test_it.py::test_it",
    cell=CELL,
    attempts=2,
    verdict=Verdict.PASS,
    reason="soon enough",
    measured=41.25,
    unit="ms",
    interval=(30.0, 50.0),
    limit={"max": 300.0},
    evidence=("bob/tone.wav",),
    notes=("a marker was rejected",),
    remarks=("the first was disturbed",),
    seen=Seen(series=Series.LEVEL, file="bob/sound1.wav"),
)


def name(number: int) -> str:
    return f"20261121T{number:06}.000000Z-aaaaaa"


def run(
    root: Path, number: int, *findings: Finding, load: str = "", sabotage: str | None = None
) -> Path:
    """The folder of a run that is over."""
    folder = root / name(number)
    folder.mkdir(parents=True)
    writer = RunFolder(folder)
    writer.append(
        RunStarted(
            at_ns=0,
            started="2026-11-21T00:05:28Z",
            seed=81,
            backend="binary",
            command=("pytest",),
            machine={LOAD: load} if load else {},
            sabotage=sabotage,
        )
    )
    for finding in findings:
        writer.append(FindingMade(at_ns=1, finding=finding))
    writer.close()
    return folder


def test_what_is_remembered_is_the_verdict_and_what_it_rests_on(tmp_path: Path) -> None:
    remember(run(tmp_path, 1, FOUND, load="one core kept busy"))

    (past,) = read_history(tmp_path).runs
    assert (past.name, past.load) == (name(1), "one core kept busy")
    (finding,) = past.findings
    assert finding.measured == FOUND.measured
    assert finding.interval == FOUND.interval
    assert (finding.cell, finding.limit, finding.verdict) == (CELL, FOUND.limit, Verdict.PASS)
    assert finding.evidence == finding.notes == finding.remarks == ()
    assert finding.seen is None


def test_a_run_is_remembered_once(tmp_path: Path) -> None:
    folder = run(tmp_path, 1, FOUND)
    remember(folder)
    remember(folder)

    assert len(read_history(tmp_path).runs[0].findings) == 1


def test_runs_come_oldest_first(tmp_path: Path) -> None:
    for number in (2, 1, 3):
        remember(run(tmp_path, number, FOUND))

    assert [past.name for past in read_history(tmp_path).runs] == [name(1), name(2), name(3)]


@pytest.mark.parametrize("how", ["of the run", "of the finding"])
def test_what_a_sabotage_brought_about_is_not_remembered(tmp_path: Path, how: str) -> None:
    spoilt = Finding(
        clause="MUTE-001",
        scenario="s",
        cell=Cell(server="1.13.5", sabotage="swallow-mute"),
        attempts=1,
        verdict=Verdict.FAIL,
        reason="",
    )
    of_run = how == "of the run"
    remember(
        run(tmp_path, 1, FOUND if of_run else spoilt, sabotage="swallow-mute" if of_run else None)
    )

    assert not (tmp_path / HISTORY).exists()


def test_a_run_that_never_began_has_nothing_to_remember(tmp_path: Path) -> None:
    folder = tmp_path / name(1)
    folder.mkdir()
    (folder / "events.ndjson").write_bytes(b'{"event":\n')
    remember(folder)

    assert read_history(tmp_path).runs == ()


def cut_last(data: bytes) -> bytes:
    return data[:-20]


def half_gone(data: bytes) -> bytes:
    return data[: len(data) // 4] + b"\n" + data[len(data) // 4 + 10 :]


def no_text(data: bytes) -> bytes:
    return b"\xff\xfe\x00\n" + data


@pytest.mark.parametrize(("damage", "lost"), [(cut_last, 1), (half_gone, 2), (no_text, 1)])
def test_damaged_lines_are_skipped_and_counted(
    tmp_path: Path, damage: Callable[[bytes], bytes], lost: int
) -> None:
    remember(run(tmp_path, 1, FOUND))
    remember(run(tmp_path, 2, FOUND))
    file = tmp_path / HISTORY
    file.write_bytes(damage(file.read_bytes()))
    remember(run(tmp_path, 3, FOUND))

    read = read_history(tmp_path)
    assert read.damaged == lost
    assert read.runs[-1] == PastRun(name=name(3), findings=read.runs[-1].findings)
    assert len(read.runs[-1].findings) == 1


def test_a_history_that_grows_too_large_forgets_whole_runs_of_its_older_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 5):
        remember(run(tmp_path, number, FOUND, FOUND))
    size = (tmp_path / HISTORY).stat().st_size
    monkeypatch.setattr(history, "LIMIT_BYTES", size + size // 8)
    remember(run(tmp_path, 5, FOUND, FOUND))

    runs = read_history(tmp_path).runs
    assert [past.name for past in runs] == [name(3), name(4), name(5)]
    assert {len(past.findings) for past in runs} == {2}


def test_a_run_that_makes_room_remembers_those_that_go(tmp_path: Path) -> None:
    for number in range(KEEP_RUNS + 2):
        run(tmp_path, number, FOUND)
    RunFolder.create(tmp_path).close()

    assert [past.name for past in read_history(tmp_path).runs] == [name(0), name(1), name(2)]
    assert not (tmp_path / name(2)).exists()


def test_what_cannot_be_remembered_is_not_removed(tmp_path: Path) -> None:
    for number in range(KEEP_RUNS + 1):
        run(tmp_path, number, FOUND)
    (tmp_path / HISTORY).mkdir()
    RunFolder.create(tmp_path).close()

    assert (tmp_path / name(0)).is_dir()
