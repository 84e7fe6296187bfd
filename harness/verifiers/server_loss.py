"""The server's count of lost packets, as it reports it to the publisher, against the gateway's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.wire import FILES, PacketRecord

REPORT_MS = 2000
"""A receiver report is at most this old: what was dropped since may not be in it."""

Entry = Mapping[str, Any]


@in_unit("packets")
def server_loss_against_ledger(
    statistics: Sequence[Entry], ledger: PacketRecord, *, participant: str
) -> Measurement:
    """Largest difference, over all SSRCs of sound, between packets dropped and reported lost.

    Both count from the first packet of an SSRC. The server reports by RTCP; its reports reach the
    publisher's statistics as `remote_inbound_rtp`. Pictures are not compared: the server counts
    what was lost and then repaired as received, and which packet a repair repeats is encrypted.

    Rests on reports at all (`round_trip_time_measurements` above 0), on packets that were
    dropped, and on none dropped in the last two seconds, which no report need know yet.

    Args:
        statistics: Of the publisher, flat entries with `type`, `at_ns`, `kind`, `ssrc`,
            `packets_lost`.
        ledger: The gateway's record.
        participant: Identity of the publisher.
    """
    reported = _reported(statistics)
    worst, rests_on, words = -1, 0, ""
    for ssrc, entry in reported.items():
        dropped_ns = _dropped_ns(ledger, participant, ssrc)
        if np.any(dropped_ns > int(entry["at_ns"]) - REPORT_MS * NS_PER_MS):
            raise NoEvidenceError(f"SSRC {ssrc} lost packets after the server's last report")
        lost = int(entry["packets_lost"])
        rests_on += len(dropped_ns)
        if abs(lost - len(dropped_ns)) > worst:
            worst = abs(lost - len(dropped_ns))
            words = f"worst: SSRC {ssrc}, server {lost} lost, gateway {len(dropped_ns)} dropped"
    if not rests_on:
        raise NoEvidenceError(f"the gateway dropped no sound of {participant}: nothing to compare")
    return Measurement(
        value=float(worst), unit="packets", rests_on=rests_on, notes=(words,), evidence=FILES
    )


def _reported(statistics: Sequence[Entry]) -> dict[int, Entry]:
    """What the server reported of each sound by SSRC; at least one."""
    reported = {}
    for entry in statistics:
        if entry.get("type") != "remote_inbound_rtp" or entry.get("kind") != "audio":
            continue
        for key in ("ssrc", "at_ns", "packets_lost", "round_trip_time_measurements"):
            if key not in entry:
                raise NoEvidenceError(f"the server's report on a sound has no {key}")
        if entry["round_trip_time_measurements"]:
            reported[int(entry["ssrc"])] = entry
    if not reported:
        raise NoEvidenceError("the statistics hold no report of the server on a sound")
    return reported


def _dropped_ns(ledger: PacketRecord, participant: str, ssrc: int) -> Any:  # noqa: ANN401
    """When packets of an SSRC were dropped on the way up; at least one packet passed."""
    packets = ledger.packets(participant=participant, direction="up", ssrc=ssrc, repair=False)
    if not len(packets):
        raise NoEvidenceError(f"the gateway saw no packet of SSRC {ssrc}, which was reported on")
    return packets["t_ns"][packets["fate"] != PacketFate.FORWARDED]
