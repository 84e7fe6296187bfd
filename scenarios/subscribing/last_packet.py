"""The end of several tracks on the wire."""

from __future__ import annotations

from typing import Any

from harness.evidence.measurement import Measurement
from harness.scenario import Participant, Publication, Stage
from harness.verifiers.combine import largest
from harness.verifiers.wire import time_to_last_packet


def last_packet(
    stage: Stage,
    subscriber: Participant,
    *tracks: Publication[Any],
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Time to the last packet towards the subscriber, of the track whose packets last longest."""
    return largest(
        *(
            time_to_last_packet(
                stage.ledger,
                participant=subscriber.identity,
                direction="down",
                track=track.sid,
                since_ns=since_ns,
                until_ns=until_ns,
            )
            for track in tracks
        )
    )
