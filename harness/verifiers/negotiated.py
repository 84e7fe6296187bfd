"""What was negotiated for a track that is sent: the format parameters of its codec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.codecs import TotalsRecord

Entry = Mapping[str, Any]


@in_unit("bool")
def has_parameter(
    statistics: Sequence[Entry],
    ledger: TotalsRecord,
    parameter: str,
    *,
    participant: str,
    track: str,
) -> Measurement:
    """1 if the codec of a published track was negotiated with a format parameter: `usedtx=1`.

    Args:
        statistics: The publisher's, flat entries: `outbound_rtp` with `ssrc` and `codec_id`,
            `codec` with `id` and `sdp_fmtp_line`.
        ledger: The gateway's record, which knows the track of an SSRC.
        parameter: As it stands in the SDP.
        participant: Identity of the publisher.
        track: Sid.
    """
    totals = ledger.ssrc_totals(participant=participant, direction="up")
    ssrcs = {one.ssrc for one in totals if one.track == track}
    lines = {entry["id"]: entry for entry in statistics if entry.get("type") == "codec"}
    for entry in statistics:
        if entry.get("type") != "outbound_rtp" or entry.get("ssrc") not in ssrcs:
            continue
        codec = lines.get(entry.get("codec_id"))
        if codec is not None:
            fmtp = str(codec.get("sdp_fmtp_line", ""))
            return Measurement(
                value=float(parameter in fmtp.split(";")),
                unit="bool",
                rests_on=1,
                notes=(f"{codec.get('mime_type')}: {fmtp}",),
            )
    raise NoEvidenceError(f"the statistics name no codec of {track}")
