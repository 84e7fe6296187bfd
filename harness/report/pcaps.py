"""Packets of what must be looked at, as files that Wireshark opens, beside the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from harness.evidence.ledger import Ledger
from harness.evidence.ledger_pcapng import write_pcapng
from harness.evidence.ledger_records import LedgerError, RecordKind, file_name
from harness.report.finding_view import PCAP, FindingView
from harness.report.links import link
from harness.report.model import Report

MOST_FILES = 20
MOST_BYTES = 20_000_000
"""Of a ledger; a larger one is written by who wants it: `livekit-harness ledger DIR --pcap`."""


def write_pcaps(report: Report, views: Iterable[FindingView]) -> int:
    """Write the packets of attempts whose findings are urgent, where they are not there yet.

    Returns how many files were written. A ledger that cannot be read has none, and a folder that
    cannot be written: that is no reason for having no report.
    """
    attempts = {one.attempt.folder: None for view in views if view.urgent for one in view.attempts}
    written = 0
    for name in [name for name in attempts if link(name)][:MOST_FILES]:
        folder = report.folder / name
        records = folder / file_name(RecordKind.ARRIVALS)
        if (folder / PCAP).exists() or not records.is_file():
            continue
        if records.stat().st_size <= MOST_BYTES:
            written += _written(report, name)
    return written


def _written(report: Report, name: str) -> bool:
    file = report.folder / name / PCAP
    try:
        return write_pcapng(Ledger(report.folder / name), file) > 0
    except (LedgerError, OSError):
        with suppress(OSError):
            file.unlink(missing_ok=True)  # a part of it would look like all
        return False
