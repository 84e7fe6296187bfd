"""Values, limits and texts of findings as all writers show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from harness.clauses.model import Clause, Level, Limit
from harness.evidence.finding import Finding
from harness.evidence.printable import printable
from harness.judging.wording import bare, expected, quantity

NOTHING = "–"
"""Where there is no value."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Printable, and without the characters that XML cannot hold."""
    return _NO_XML.sub("\ufffd", printable(text))


def clipped(text: str, length: int) -> str:
    """At most `length` characters on one line; what was cut ends in an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def value_text(finding: Finding) -> str:
    """What was measured, with its unit: `41.25 ms`, `at least 900 ms`, `yes`."""
    if finding.measured is None:
        return NOTHING
    ends = tuple((finding.limit or {}).values())
    text = quantity(finding.measured, finding.unit or "", unlike=ends)
    return text if finding.interval else f"at least {text}"  # a lower bound has no interval


def floor_words(finding: Finding) -> str:
    """What this machine measures where there is nothing to measure; empty where it is not known."""
    if finding.floor is None:
        return ""
    return f"floor of this machine: {quantity(round(finding.floor, 2), finding.unit or '')}"


def limit_text(finding: Finding) -> str:
    """What was expected: `≤ 300 ms`; nothing where the record of it is damaged."""
    limit = finding.limit or {}
    if not limit or {*limit} - {"min", "max"}:
        return NOTHING
    return expected(Limit(**limit), finding.unit or "")


def value_range(findings: Sequence[Finding]) -> str:
    """What several findings of one clause measured: `0.1 to 0.3 dB`."""
    measured = sorted(
        {finding.measured: finding for finding in findings if finding.measured is not None}.items()
    )
    if not measured:
        return NOTHING
    (least, _), (_, most) = measured[0], measured[-1]
    unit = most.unit or ""
    return value_text(most) if len(measured) == 1 else f"{bare(least, unit)} to {value_text(most)}"


def clause_name(clause: Clause) -> str:
    """Its id, and its level where that is not MUST: `MUTE-016 (INFO)`."""
    return clause.id if clause.level is Level.MUST else f"{clause.id} ({clause.level})"


def wall_clock(stamp: str) -> str:
    """To the second; what is no ISO 8601 time stays as it is."""
    try:
        return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return stamp
