"""What the documentation shows as printed is what the programs print, but for the figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import cli
from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.clauses.claims import documentation
from harness.evidence.clock import NS_PER_S
from harness.evidence.finding import Attempt, Cell, Finding, Verdict
from harness.evidence.ledger_records import PacketKind
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import CanaryDone, FindingMade, RunFinished, RunStarted, VersionSeen
from harness.evidence.run_folder import RunFolder
from harness.judging.claims import ClaimVerdict, in_numbers, judge_claims
from harness.judging.deviations import Deviations
from harness.judging.finding import build_finding
from harness.judging.judge import judge
from harness.judging.outcome import canary_words
from harness.report.coverage import coverage_line
from harness.report.model import read_report
from harness.run.progress import canary_ended, ended, finished_line
from harness.standalone.table import table
from harness.standalone.view import ParticipantView, TrackView
from tests.docs.blocks import ROOT, block, blocks
from tests.evidence.ledger_recorder import BOB_DOWN, DROPPED, REPAIR, VIDEO, call, rtp

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]

CUT = "…"
"""Something is left out here: of a line, or whole lines."""
PROGRESS = re.compile(r"([A-Z]+) +(\d+)/(\d+) (\S+): (\S+) \((\d+) s\)  (.+)")
SCENARIOS = """
@clause("OWN-001")
async def test_holds(stage, judge):
    judge("OWN-001", fact, True, "x")

@clause("OWN-002")
async def test_known(stage, judge):
    judge("OWN-002", fact, False, "x")

@clause("OWN-003")
async def test_open(stage, judge):
    judge("OWN-003", missing, "bool", "nobody recorded")

@clause("DTX-009")
async def test_lacking(stage, judge):
    raise Unsupported("no such call")
"""
KNOWN = """
[[deviation]]
id = "DEV-1"
clause = "OWN-002"
reason = "known"
link = "none"
"""
CELL = Cell(server="1.13.5", sdk={"alice": "python 1.2.0"}, seed=1)


def without_figures(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def shown_lines(page: str, start: str) -> list[str]:
    return [line for line in block(page, start).text.splitlines() if line != CUT]


def progress_lines() -> list[str]:
    printed = [one.text for one in blocks() if one.kind == "output"]
    return [line for text in printed for line in text.splitlines() if PROGRESS.match(line)]


@pytest.mark.parametrize("line", progress_lines())
def test_a_line_is_as_shown(line: str) -> None:
    """Taken apart, and put together again by what prints such lines."""
    match = PROGRESS.fullmatch(line)
    assert match
    _, number, total, file, name, seconds, words = match.groups()
    findings = [finding_of(word) for word in words.split() if word != CUT]
    told = ended(
        f"scenarios/{file}.py::test_{name}",
        findings, seconds=float(seconds), failed=False, total=int(total),
    )  # fmt: skip
    assert finished_line(int(number), told) == line.replace(f" {CUT}", "")


def finding_of(word: str) -> Finding:
    """`MUTE-002`, `MUTE-002=FAIL` or `MUTE-002=known:some-deviation`."""
    clause, _, verdict = word.partition("=")
    known = verdict.removeprefix("known:") if verdict.startswith("known:") else None
    return Finding(
        clause=clause,
        scenario="",
        cell=CELL,
        attempts=1,
        verdict=Verdict.FAIL if known else Verdict(verdict or "PASS"),
        reason="",
        deviation=known,
    )


def test_a_run_ends_as_is_shown(project: Project) -> None:
    project.fake()
    project.scenarios(SCENARIOS)
    project.write("known.toml", KNOWN)
    result = project.run(f"--lk-deviations={project.path / 'known.toml'}")
    printed = {without_figures(line) for line in result.outlines}
    report = read_report(project.folder)
    assert report.started is not None
    assert report.started.own_clauses == ("OWN-001", "OWN-002", "OWN-003")
    started, asked = replace(report.started, own_clauses=()), frozenset(report.clauses)
    without_own = replace(report, started=started, asked=asked)
    printed.add(without_figures(f"  {coverage_line(without_own)}"))
    shown = [line for line in shown_lines("README.md", "PASS  ") if not PROGRESS.match(line)]
    [tutorial] = shown_lines("docs/tutorial.md", "CONFORMANT: ")
    canary, *summary, note = shown

    number, total, seconds = map(int, re.findall(r"\d+", canary))
    told = canary_ended(Verdict.FAIL, seconds=seconds, total=total)
    assert finished_line(number, told) == canary
    assert [line for line in summary if without_figures(line) not in printed] == []
    assert tutorial == summary[0]
    assert note == f"  note: {canary_words(canary_of(note))}"


def canary_of(note: str) -> CanaryDone:
    found = re.search(r"sabotage (\S+) against (\S+) in (.+), was", note)
    assert found
    sabotage, clause, scenario = found.groups()
    return CanaryDone(
        at_ns=0,
        sabotage=sabotage,
        clause=clause,
        scenario=scenario,
        verdict=Verdict.FAIL,
        reason="",
    )


CLAIMS = "docs/how-to/check-the-documentation.md"
HOLD = {
    "hold": ClaimVerdict.HOLDS,
    "hold in part": ClaimVerdict.PARTLY,
    "do not hold": ClaimVerdict.DOES_NOT_HOLD,
    "are not in the SDK": ClaimVerdict.NOT_IN_SDK,
}


def test_claims_are_told_as_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers, ran, *rest = shown_lines(CLAIMS, "71 of")
    measured = dict.fromkeys(("AUD-003", "AUD-004"), 999.5)
    run = store(tmp_path, ran, measured)
    assert cli.main(["claims", str(run), "-n", "13"]) == 0
    printed = capsys.readouterr().out.splitlines()

    assert [line for line in (ran, *rest) if line not in printed] == []
    [claim] = judge_claims(documentation().claims[:1], {}, [])
    counts = re.findall(r"(\d+) ((?:hold|do not|are not)[\w ]*)", numbers)
    told = [replace(claim, verdict=HOLD[words]) for n, words in counts for _ in range(int(n))]
    assert in_numbers(told) == numbers


def store(folder: Path, ran: str, measured: dict[str, float]) -> Path:
    """A run that says of itself `ran`, and of each of these clauses what was measured."""
    found = re.fullmatch(r"run (\S+) of (\S+): (.+), seed (\d+)", ran)
    assert found
    name, day, versions, seed = found.groups()
    catalogue = Catalogue.load(SHIPPED)
    lists = ROOT / "scenarios" / "known_deviations.toml"
    known = Deviations.load(lists, catalogue=catalogue, today=date(2026, 11, 21))
    (folder / name).mkdir()
    run = RunFolder(folder / name)
    run.append(
        RunStarted(
            at_ns=0,
            started=f"{day}T08:00:02Z",
            seed=int(seed),
            backend="binary",
            command=("pytest",),
            clauses=catalogue.rows(),
            deviations=known.rows(),
        )
    )
    for text in versions.split(", "):
        package, version = text.split()
        run.append(VersionSeen(at_ns=1, name=package, version=version))
    for clause, value in measured.items():
        seen = Measurement(
            value=value, unit="ms", rests_on=1, notes=(f"a default source: {value:g} ms",)
        )
        result = judge(seen, catalogue[clause])
        attempt = Attempt(
            scenario="scenarios/test_it.py::test_it", number=1, cell=CELL, folder="1",
            started_ns=0, ended_ns=1, media_s=1, results=(result,),
        )  # fmt: skip
        finding = build_finding(catalogue[clause], [attempt], deviations=known)
        run.append(FindingMade(at_ns=2, finding=finding))
    run.append(RunFinished(at_ns=3, exit_code=0, reason="all that was judged holds"))
    run.close()
    return run.path


GATEWAY = "docs/how-to/impair-any-client.md"
SAYS = (
    ("harness/commands/gateway.py", r"(?<=in )[^,]+|(?<=seed )\d+|(?<=profile )\w+"),
    ("harness/standalone/run.py", r"(?<=use )\S+"),
)
"""Of each of the first lines: the module that says it, and what in it differs from run to run."""


def test_a_gateway_draws_what_is_shown() -> None:
    record, address, *drawn = shown_lines(GATEWAY, "record in")
    view: list[ParticipantView] = []
    for line in drawn[1:]:
        if line.startswith("  "):
            view[-1] = replace(view[-1], tracks=(*view[-1].tracks, track_of(line)))
        else:
            view.append(participant_of(line))

    assert table(tuple(view), width=80, height=24) == drawn
    for line, (module, values) in zip((record, address), SAYS, strict=True):
        source = re.sub(r"\{[^}]*}", "*", (ROOT / module).read_text())
        assert f'say(f"{re.sub(values, "*", line)}")' in source


def participant_of(line: str) -> ParticipantView:
    """Of `alice in demo  3g, phase 1`."""
    found = re.fullmatch(r"(\S+) in (\S+)  (\S+), phase (\d+)", line)
    assert found
    identity, room, profile, phase = found.groups()
    return ParticipantView(
        identity=identity, room=room, connected=True, profile=profile, phase=int(phase) - 1,
        tracks=(),
    )  # fmt: skip


def track_of(line: str) -> TrackView:
    """Of `  ↑ noise video      1,558     1.5%       631`."""
    arrow, name, medium, packets, lost, rate = line.split()
    return TrackView(
        direction="up" if arrow == "↑" else "down",
        name=name,
        medium=medium,
        packets=int(packets.replace(",", "")),
        lost_ratio=float(lost.rstrip("%")) / 100,
        rate_kbps=float(rate),
    )


LEDGER = "docs/reference/ledger.md"
ALIKE = (
    (r"TR_\w+", "TR"),
    (r"(audio|video) \w+:", "MEDIUM CODEC:"),
    (r"repairs \w+:", "repairs MEDIUM:"),
    (r"[▁▂▃▄▅▆▇█]+", "█"),
    (r"\((ratio|direction)[^)]*\)", "(FIELDS)"),
    (r"\d+( ×|\.)? ?\d*", "0"),
)
"""What differs from call to call → what is put in its place."""


def alike(line: str) -> str:
    for found, put in ALIKE:
        line = re.sub(found, put, line)
    return line


def test_a_ledger_is_summed_up_as_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorder = call(tmp_path)
    for number in range(20):
        cause = DROPPED if number in (2, 3, 7) else 0
        recorder.packet(
            number * NS_PER_S // 5, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=cause
        )
    for number, cause in enumerate((DROPPED, 0)):
        recorder.packet(4 * NS_PER_S, rtp(number, REPAIR, 97), stream=BOB_DOWN, cause=cause)
    for kind in (PacketKind.STUN, PacketKind.DTLS, PacketKind.RTCP):
        recorder.packet(4 * NS_PER_S, b"\0" * 20, stream=BOB_DOWN, kind=kind)
    recorder.ledger()
    assert cli.main(["ledger", str(tmp_path)]) == 0
    printed = [alike(line) for line in capsys.readouterr().out.splitlines()]

    shown = shown_lines(LEDGER, "1261 packets")
    assert [line for line in shown if alike(line) not in printed] == []
