"""What is said about a scenario that is over, in the words and letters of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.clauses.model import Clause
from harness.evidence.finding import Attempt, Finding, Verdict
from harness.evidence.run_event import PROOF, RunStarted
from harness.following.followed import Played
from harness.judging.gate import GATE, Gate, GateError, parse_gate
from harness.judging.outcome import is_failure
from harness.judging.proof import Declared, cell_proof
from harness.report.finding_view import LETTER_WORDS, LETTERS, letter_of
from harness.report.model import read_rows
from harness.report.words import clipped, floor_words, limit_text, value_text

MOST_CHARACTERS = 400
"""Of a remark; the report has all of it."""
AS_DECLARED = "as declared"
"""Of a scenario under a sabotage: all that it names is as named, and nothing else failed."""
NOTHING = Declared(name="", kind="", breaks="")
"""Of what the start of a run does not tell."""


@dataclass(frozen=True, kw_only=True)
class FindingRow:
    """A finding that somebody must look at."""

    clause: str
    statement: str
    source: str
    letter: str
    words: str
    expected: str
    measured: str
    floor: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A scenario that is over, under one profile and one sabotage."""

    scenario: str
    profile: str
    sabotage: str
    """Empty where nothing was broken on purpose."""
    letter: str
    """Of the worst; its colour, where the words are others."""
    words: str
    failed: bool
    took_s: float
    attempts: int
    results: tuple[tuple[str, str], ...]
    """Clause and letter of each finding."""
    remarks: tuple[str, ...]
    """What went wrong with its attempts, not with what they judged."""
    look: tuple[FindingRow, ...]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the start of a run says of how it is judged."""

    clauses: Mapping[str, Clause] = field(default_factory=dict)
    gate: Gate = GATE
    declared: Mapping[str, Declared] | None = None
    """Of a proof: its sabotages, by name."""

    def row(self, played: Played) -> Row:
        """The words about it."""
        if self.declared is None:
            return self._judged(played)
        return self._proven(played, self.declared.get(played.key.sabotage or "", NOTHING))

    def _judged(self, played: Played) -> Row:
        letter = min(map(letter_of, played.findings), key=LETTERS.index)
        return _row(
            played,
            letter=letter,
            words=LETTER_WORDS[letter],
            failed=any(is_failure(one, self.clauses, self.gate) for one in played.findings),
            look=[
                self._finding(one, letter_of(one), LETTER_WORDS[letter_of(one)])
                for one in played.findings
                if self._is_urgent(one)
            ],
        )

    def _proven(self, played: Played, declared: Declared) -> Row:
        cell = cell_proof(played.findings, declared)
        wrong = (
            ("X", "unexpected", cell.unexpected),
            ("F", "missed", cell.missed),
            ("I", "undecided", cell.undecided),
        )
        look = [
            self._finding(one, letter, f"{words}, {one.verdict}")
            for letter, words, found in wrong
            for one in found
        ]
        kinds = [(letter, words) for letter, words, found in wrong if found]
        letter, words = kinds[0] if kinds else ("P", AS_DECLARED)
        return _row(played, letter=letter, words=words, failed=bool(kinds), look=look)

    def _finding(self, finding: Finding, letter: str, words: str) -> FindingRow:
        clause = self.clauses.get(finding.clause)
        return FindingRow(
            clause=finding.clause,
            statement=clause.statement if clause else "",
            source=f"{clause.level}, {clause.source}" if clause else "",
            letter=letter,
            words=words,
            expected=limit_text(finding),
            measured=value_text(finding),
            floor=floor_words(finding),
            reason=clipped(finding.reason, MOST_CHARACTERS),
        )

    def _is_urgent(self, finding: Finding) -> bool:
        open_ = finding.verdict in {Verdict.ERROR, Verdict.INCONCLUSIVE}
        return open_ or is_failure(finding, self.clauses)


def terms_of(started: RunStarted) -> Terms:
    """What the start of a run says; what cannot be read of it is left out, as in its report."""
    clauses = {clause.id: clause for clause in read_rows(started.clauses, Clause, "clause", [])}
    try:
        gate = parse_gate(started.gate)
    except GateError:
        gate = GATE
    if started.sabotage != PROOF:
        return Terms(clauses=clauses, gate=gate)
    declared = read_rows(started.sabotages, Declared, "sabotage", [])
    return Terms(clauses=clauses, gate=gate, declared={one.name: one for one in declared})


def _row(
    played: Played, *, letter: str, words: str, failed: bool, look: Sequence[FindingRow]
) -> Row:
    return Row(
        scenario=played.key.scenario,
        profile=played.key.profile,
        sabotage=played.key.sabotage or "",
        letter=letter,
        words=words,
        failed=failed,
        took_s=round(played.time.whole_s, 1),
        attempts=len(played.attempts),
        results=tuple((one.clause, letter_of(one)) for one in played.findings),
        remarks=remarks(played.attempts),
        look=tuple(look),
    )


def remarks(attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """What went wrong with attempts, not with what they judged."""
    return tuple(text for one in attempts if (text := _remark(one)))


def _remark(attempt: Attempt) -> str:
    """Beside others is no disturbance: what that voids is asked again."""
    if attempt.error is not None:
        said = f"attempt {attempt.number} broke off: {attempt.error}"
    elif attempt.disturbance is not None and not attempt.beside:
        said = f"attempt {attempt.number} was disturbed: {attempt.disturbance}"
    else:
        return ""
    return clipped(said, MOST_CHARACTERS)
