"""What to look at where nothing was measured: what an attempt left of its clause's evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.clauses.model import Clause, EvidenceKind
from harness.evidence.finding import Attempt
from harness.evidence.ledger_records import RecordKind, file_name
from harness.report.links import link
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS

MOST_OF_A_KIND = 2
OF_KIND: Mapping[EvidenceKind, tuple[str, ...]] = {
    EvidenceKind.DECODED: ("*/*-*.frames", "*/*-*.wav"),
    EvidenceKind.WIRE: (file_name(RecordKind.ARRIVALS),),
    EvidenceKind.EVENTS: (f"*/{EVENTS}",),
    EvidenceKind.API: (f"*/{EVENTS}",),
    EvidenceKind.STATISTICS: (STATISTICS,),
}
"""Files of an attempt by what they are evidence of; recordings are `<publisher>-<track>`."""


def unmeasured_files(run: Path, clause: Clause, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Files, relative to the folder of the run, of the last attempt that was not disturbed.

    Of the last at all where each was. The packets are among them: they tell how far media came.
    """
    calm = [attempt for attempt in attempts if attempt.disturbance is None]
    last = next((attempt.folder for attempt in reversed(calm or attempts)), None)
    if last is None or link(last) is None:
        return ()
    folder = run / last
    return tuple(
        f"{last}/{file.relative_to(folder).as_posix()}"
        for kind in (*clause.evidence, EvidenceKind.WIRE)
        for pattern in OF_KIND[kind]
        for file in sorted(folder.glob(pattern))[:MOST_OF_A_KIND]
    )
