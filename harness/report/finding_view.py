"""A finding as the page shows it: its words, its attempts, the command that repeats it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from harness.clauses.model import Clause
from harness.evidence import bindings
from harness.evidence.clock import NS_PER_S
from harness.evidence.finding import Attempt, Finding, Verdict
from harness.evidence.floors import FLOORS
from harness.evidence.ledger_records import RecordKind, file_name
from harness.judging.deviations import Deviation
from harness.judging.load import load_words
from harness.judging.outcome import is_failure, is_spared, is_unexpected_pass
from harness.judging.wording import bare, quantity
from harness.report.links import link
from harness.report.model import Report
from harness.report.reproduce import reproduce
from harness.report.unmeasured import unmeasured_files
from harness.report.words import floor_words, limit_text, value_text

LETTERS = "FXEIKUP"
"""Letters of verdicts, the worst first."""
LETTER_WORDS: Mapping[str, str] = {
    "F": "FAIL",
    "X": "unexpected PASS",
    "E": "ERROR",
    "I": "INCONCLUSIVE",
    "K": "FAIL, known",
    "U": "UNSUPPORTED",
    "P": "PASS",
}
PCAP = "packets.pcapng"
LEDGER_FILES = {*map(file_name, RecordKind), bindings.FILE_NAME}


@dataclass(frozen=True, kw_only=True)
class AttemptView:
    """One attempt on which a finding rests."""

    attempt: Attempt
    began_s: float | None
    """Since the run began; None where that is not known."""
    took_s: float

    @property
    def disturbed(self) -> tuple[str, ...]:
        """What was beyond a limit, one by one; nothing where the machine kept up."""
        return tuple(part for part in (self.attempt.disturbance or "").split("; ") if part)


@dataclass(frozen=True, kw_only=True)
class EvidenceFile:
    """A file, or the folder of several, on which a finding rests."""

    shown: str
    file: str


@dataclass(frozen=True, kw_only=True)
class FindingView:
    """A finding with the words that the page shows."""

    anchor: str
    """Id of the element that shows it."""
    finding: Finding
    clause: Clause | None
    """None where the catalogue of the run has no such clause."""
    letter: str
    """One of LETTERS."""
    failure: bool
    """It alone makes the run fail."""
    spared: bool
    """It alone would decide, did the gate of the run not leave it out."""
    measured: str
    interval: str
    """`31.25 to 51.25 ms`; empty where it is a point, or not known."""
    expected: str
    floor: str
    floor_is: str
    """What that floor measures; empty where there is none."""
    command: str
    attempts: tuple[AttemptView, ...]
    rests_on: tuple[str, ...]
    """Files of attempts; where somebody must look and nothing was measured, what to look at."""
    evidence: tuple[EvidenceFile, ...]
    """These, with packets for Wireshark."""
    logs: tuple[EvidenceFile, ...]
    """Of its attempts, where it did not simply pass."""
    deviation: Deviation | None
    timed_from: str
    """When a time that is seen in a picture begins, on the axis of it; empty where none is."""
    judged: str
    """What time was judged, on the axis of the pictures; empty where none was given."""
    load: str
    """Whether load explains a FAIL; empty where there is none."""

    @property
    def words(self) -> str:
        """The verdict."""
        return LETTER_WORDS[self.letter] + (", does not gate" if self.spared else "")

    @property
    def who(self) -> str:
        """Participants and their SDKs: `alice, bob python 1.2.0`."""
        people: dict[str, list[str]] = {}
        for identity, sdk in self.finding.cell.sdk.items():
            people.setdefault(sdk, []).append(identity)
        return "; ".join(f"{', '.join(names)} {sdk}" for sdk, names in people.items())

    urgent: bool
    """Whether somebody must look at it."""


def finding_views(report: Report) -> list[FindingView]:
    """All findings of a run, in its order: by clause, then by scenario."""
    return [_view(report, place, found) for place, found in enumerate(report.findings, start=1)]


def letter_of(finding: Finding) -> str:
    """One letter for the verdict: K is a known FAIL, X a PASS where a deviation is listed."""
    if is_unexpected_pass(finding):
        return "X"
    if finding.verdict is Verdict.FAIL and finding.deviation:
        return "K"
    return finding.verdict.value[0]


def evidence_files(files: Sequence[str]) -> tuple[EvidenceFile, ...]:
    """Files without the way to their attempt; the three of a ledger as one."""
    named: dict[str, EvidenceFile] = {}
    for file in files:
        path = PurePosixPath(file)
        if path.name in LEDGER_FILES:
            shown, place = "packets", str(path.parent)
        else:
            shown, place = "/".join(path.parts[3:]) or file, file
        named.setdefault(place, EvidenceFile(shown=shown, file=place))
    return tuple(named.values())


def log_files(report: Report, finding: Finding) -> tuple[EvidenceFile, ...]:
    """What programs wrote in the last of its attempts, of those that wrote something."""
    last = next(reversed(report.attempts_of(finding)), None)
    if last is None or link(last.folder) is None:
        return ()
    folder = report.folder / last.folder
    found = sorted(file for file in [*folder.glob("*.log"), *folder.glob("*/*.log")])
    return tuple(
        EvidenceFile(
            shown=file.relative_to(folder).as_posix(),
            file=file.relative_to(report.folder).as_posix(),
        )
        for file in found
        if file.is_file() and file.stat().st_size
    )


def _pcaps(report: Report, finding: Finding) -> tuple[EvidenceFile, ...]:
    """For Wireshark, where that was written; of several attempts each says whose it is."""
    attempts = report.attempts_of(finding)
    return tuple(
        EvidenceFile(
            shown=PCAP if len(attempts) == 1 else f"{PCAP} of attempt {attempt.number}",
            file=f"{attempt.folder}/{PCAP}",
        )
        for attempt in attempts
        if link(attempt.folder) and (report.folder / attempt.folder / PCAP).is_file()
    )


def _view(report: Report, place: int, finding: Finding) -> FindingView:
    clause, attempts = report.clauses.get(finding.clause), report.attempts_of(finding)
    load = load_words(clause, attempts) if clause and finding.verdict is Verdict.FAIL else ""
    failure = is_failure(finding, report.clauses, report.gate)
    spared = is_spared(finding, report.clauses, report.gate)
    urgent = failure or spared or finding.verdict in {Verdict.ERROR, Verdict.INCONCLUSIVE}
    rests_on = finding.evidence
    if urgent and clause and not rests_on:
        rests_on = unmeasured_files(report.folder, clause, attempts)
    return FindingView(
        anchor=f"finding-{place}",
        finding=finding,
        clause=clause,
        letter=letter_of(finding),
        failure=failure,
        spared=spared,
        urgent=urgent,
        measured=value_text(finding),
        interval=_interval(finding),
        expected=limit_text(finding),
        floor=floor_words(finding),
        floor_is=_floor_is(finding, clause),
        command=reproduce(finding, report.started),
        attempts=tuple(_attempt(report, attempt) for attempt in attempts),
        rests_on=rests_on,
        evidence=(*evidence_files(rests_on), *_pcaps(report, finding)),
        logs=() if letter_of(finding) == "P" else log_files(report, finding),
        deviation=next((d for d in report.deviations if d.id == finding.deviation), None),
        timed_from=_timed_from(finding, attempts),
        judged=_judged(finding, attempts),
        load=load,
    )


def _judged(finding: Finding, attempts: Sequence[Attempt]) -> str:
    since_ns, until_ns = finding.window or (0, 0)
    for one in attempts:
        if one.started_ns <= since_ns <= one.ended_ns:
            low, high = ((at_ns - one.started_ns) / NS_PER_S for at_ns in (since_ns, until_ns))
            return f"{low:.2f} to {high:.2f} s on the axis of the pictures"
    return ""


def _timed_from(finding: Finding, attempts: Sequence[Attempt]) -> str:
    seen = finding.seen
    if seen is None or seen.since_ns is None:
        return ""
    began = [one.started_ns for one in attempts if seen.file.startswith(f"{one.folder}/")]
    if not began:
        return ""
    after_s = (seen.since_ns - began[0]) / NS_PER_S
    return f"{after_s:.2f} s on the axis of the pictures, which begins with the attempt"


def _floor_is(finding: Finding, clause: Clause | None) -> str:
    if finding.floor is None or clause is None or clause.floor is None:
        return ""
    return FLOORS.get(clause.floor, clause.floor)


def _interval(finding: Finding) -> str:
    if finding.interval is None or finding.interval[0] == finding.interval[1]:
        return ""
    low, high = finding.interval
    unit = finding.unit or ""
    return f"{bare(low, unit)} to {quantity(high, unit)}"


def _attempt(report: Report, attempt: Attempt) -> AttemptView:
    began_s = None
    if report.started is not None:
        began_s = max(0.0, (attempt.started_ns - report.started.at_ns) / NS_PER_S)
    took_s = (attempt.ended_ns - attempt.started_ns) / NS_PER_S
    return AttemptView(attempt=attempt, began_s=began_s, took_s=took_s)
