"""`livekit-harness ledger`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from harness.commands.command import NOTHING_FOUND, Command, Example, tell
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_ends import cuts
from harness.evidence.ledger_ndjson import write_ndjson
from harness.evidence.ledger_pcapng import write_pcapng
from harness.evidence.ledger_records import LedgerError
from harness.evidence.ledger_summary import summarise
from harness.report.ledger_text import ledger_text


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="where arrivals.bin is: an attempt, or a recording"
    )
    parser.add_argument("--json", action="store_true", help="the summary as one JSON object")
    parser.add_argument(
        "--pcap", type=Path, metavar="FILE", help="write a pcapng file for Wireshark, headers only"
    )
    parser.add_argument(
        "--ndjson", type=Path, metavar="FILE", help="write one JSON object a packet"
    )


def _run(arguments: argparse.Namespace) -> int:
    ledger = Ledger(arguments.folder)
    if arguments.pcap is not None:
        write_pcapng(ledger, arguments.pcap)
    if arguments.ndjson is not None:
        write_ndjson(ledger, arguments.ndjson)
    exported = not arguments.json and (arguments.pcap or arguments.ndjson) is not None
    if exported:
        ends = cuts(ledger.files)
        sys.stderr.writelines(f"cut, or being written still: {cut}\n" for cut in ends)
        return NOTHING_FOUND if ends else 0
    summary = summarise(ledger)
    text = msgspec.json.encode(summary).decode() + "\n" if arguments.json else ledger_text(summary)
    tell(text)
    return NOTHING_FOUND if summary.cuts else 0


COMMAND = Command(
    name="ledger",
    help="say what became of the packets that the gateway recorded, or export them",
    arguments=_arguments,
    run=_run,
    errors=(LedgerError,),
    examples=(
        Example(
            line="livekit-harness ledger demo",
            does="what became of the packets of `livekit-harness gateway --record demo`",
        ),
        Example(
            line="livekit-harness ledger demo --pcap packets.pcapng",
            does="their headers for Wireshark, with what became of each",
        ),
    ),
    exit_codes={
        0: "the record is whole",
        NOTHING_FOUND: "it is cut, or is being written still; what there is was told",
    },
)
