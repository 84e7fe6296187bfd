"""How much a track sends: kbit/s on the wire."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_records import Direction, LedgerError
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.wire import FILES, PacketRecord

BITS_PER_BYTE = 8


@in_unit("kbps")
def track_rate(
    ledger: PacketRecord,
    *,
    participant: str,
    direction: Direction,
    track: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Mean rate of a track in [since, until), headers counted, retransmissions not.

    Packets with the P bit are the sender's probing, and not counted.

    Args:
        ledger: The gateway's record.
        participant: Identity.
        direction: `up` from the participant, `down` to it.
        track: Sid.
        since_ns: From here on,
        until_ns: up to here, which is not counted.
    """
    try:
        packets = ledger.packets(
            participant=participant, direction=direction, track=track,
            since_ns=since_ns, until_ns=until_ns,
        )  # fmt: skip
    except LedgerError as error:
        raise NoEvidenceError(str(error)) from error
    media = packets[~packets["padding"]]
    if not len(media):
        raise NoEvidenceError(f"no packet of {track} was seen at {participant}")
    span_ms = (until_ns - since_ns) / NS_PER_MS
    return Measurement(
        value=float(media["size"].sum(dtype=int)) * BITS_PER_BYTE / span_ms,
        unit="kbps",
        rests_on=len(media),
        notes=(f"{len(media)} packets in {span_ms:.0f} ms",),
        evidence=FILES,
    )
