"""Packets of a sound that an SDK counts as discarded, where none can have been."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.measurement import Measurement
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.told import entries_told, one_stream
from harness.verifiers.wire import FILES, PacketRecord


@in_unit("ratio")
def discarded_ratio(
    samples: Sequence[StatisticsSample],
    ledger: PacketRecord,
    *,
    participant: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Share of the packets received between the first and the last snapshot told as discarded.

    Rests on a sound of which the gateway dropped nothing and of which the receiver had to make
    nothing up (`concealed_samples`): all of it was played, and nothing was discarded.

    Args:
        samples: Statistics at several moments.
        ledger: The gateway's record.
        participant: Identity of the receiver, which receives one sound.
        since_ns: Snapshots from here on,
        until_ns: up to here.
    """
    counters = ("packets_received", "packets_discarded", "concealed_samples")
    told = entries_told(
        samples, participant=participant, kind="inbound_rtp", medium="audio",
        members=("ssrc", *counters), since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    received, discarded, made_up = (int(told[-1][name]) - int(told[0][name]) for name in counters)
    packets = ledger.packets(
        participant=participant, direction="down", ssrc=one_stream(told),
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    dropped = int((packets["fate"] != PacketFate.FORWARDED).sum())
    if not received or dropped or made_up:
        raise NoEvidenceError(
            f"{received} packets were received, {dropped} dropped, {made_up} samples made up: "
            "some may have been discarded"
        )
    return Measurement(
        value=discarded / received,
        unit="ratio",
        rests_on=received,
        notes=(f"{discarded} of {received} packets told as discarded, no sample made up",),
        evidence=FILES,
    )
