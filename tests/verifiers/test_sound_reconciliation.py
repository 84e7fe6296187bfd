from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.evidence.measurement import Measurement
from harness.verifiers.sound_reconciliation import (
    Reception,
    concealed_time_ratio,
    concealments_explained,
    concealments_uncounted,
    drops_heard,
)
from tests.verifiers.coded_sweep import SWEEP, coded, int16, made_up

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Wire

Clock = Callable[[float], int]
BUFFER_MS = 40
ALL = (concealed_time_ratio, concealments_uncounted, drops_heard, concealments_explained)
HEARD_S = (1.1, 1.6, 2.15)
"""When sound was made up, 20 ms each time."""


def counted(at_ns: int, *, events: int, samples: int, emitted: int) -> dict[str, Any]:
    """Statistics of a jitter buffer in which packets wait for BUFFER_MS."""
    return {
        "type": "inbound_rtp", "ssrc": 1, "at_ns": at_ns,
        "concealed_samples": 500 + samples, "concealment_events": 2 + events,
        "jitter_buffer_delay": 7.0 + emitted * BUFFER_MS / 1000,
        "jitter_buffer_emitted_count": 1000 + emitted,
    }  # fmt: skip


@pytest.fixture
def reception(studio: Studio, wire: Wire, clock: Clock) -> Reception:
    return received(studio, wire, clock, dropped=[t - BUFFER_MS / 1000 for t in HEARD_S])


def received(
    studio: Studio,
    wire: Wire,
    clock: Clock,
    *,
    dropped: Sequence[float],
    heard: Sequence[float] = HEARD_S,
    redundant: bool = False,
) -> Reception:
    """Packets each 20 ms, of which those nearest to `dropped` were dropped."""
    x = coded(4)
    for begin in heard:
        x = made_up(x, begin * 1000, 20)
    times = np.arange(200, dtype=np.float64) * 0.02
    wire.add(times, dropped=[round(t / 0.02) for t in dropped])
    return Reception(
        recording=studio.write_sound(int16(x)[:, None], 48_000),
        sweep=SWEEP,
        before=[counted(clock(0), events=0, samples=0, emitted=0)],
        after=[counted(clock(4), events=len(heard), samples=960 * len(heard), emitted=190_000)],
        ledger=wire,
        participant="bob",
        track="TR_tone",
        redundant=redundant,
    )


def test_what_is_located_is_what_is_counted_and_what_was_dropped(reception: Reception) -> None:
    assert concealed_time_ratio(reception).value == pytest.approx(1.25, abs=0.25)
    assert concealed_time_ratio(reception).error == pytest.approx(0.5)
    assert concealments_uncounted(reception).value == 0
    assert drops_heard(reception).value == 1
    assert concealments_explained(reception).value == 1
    assert drops_heard(reception).rests_on == 3
    assert "3 packets up to" in drops_heard(reception).notes[1]
    assert "SDK 3 of 60 ms; 40 ms in the jitter buffer" in drops_heard(reception).notes[0]


def test_a_receiver_that_counts_another_number_is_found_out(reception: Reception) -> None:
    (after,) = reception.after
    lying = replace(
        reception, after=[{**after, "concealment_events": 9, "concealed_samples": 96_000}]
    )

    assert concealments_uncounted(lying).value == 4
    assert concealed_time_ratio(lying).value == pytest.approx(0.04, abs=0.01)


def test_a_drop_that_nobody_hears_and_sound_made_up_for_none(
    studio: Studio, wire: Wire, clock: Clock
) -> None:
    reception = received(studio, wire, clock, dropped=(1.06, 2.8))

    assert drops_heard(reception).value == 0.5
    assert drops_heard(reception).notes[1].endswith("1 farther than 25 ms")
    assert concealments_explained(reception).value == pytest.approx(1 / 3)


def test_drops_that_lie_apart_from_what_is_heard_are_not_its_reason(
    studio: Studio, wire: Wire, clock: Clock
) -> None:
    reception = received(studio, wire, clock, dropped=(1.2, 1.7, 2.25))

    assert drops_heard(reception).value == 0
    assert concealments_explained(reception).value == 0
    assert "none near" in drops_heard(reception).notes[1]


def test_with_redundancy_only_what_the_next_packet_does_not_give_back_is_missed(
    studio: Studio, wire: Wire, clock: Clock
) -> None:
    """Single drops at 0.5 and 3.5 s, two in a row before 1.1 s: the second of them comes again."""
    reception = received(
        studio, wire, clock, dropped=(0.5, 1.06, 1.08, 3.5), heard=(1.1,), redundant=True
    )

    assert drops_heard(reception).value == 1
    assert drops_heard(reception).rests_on == 1
    assert concealments_explained(reception).value == 1


def test_where_nothing_was_lost_there_is_nothing_to_compare(
    studio: Studio, wire: Wire, clock: Clock
) -> None:
    reception = received(studio, wire, clock, dropped=(), heard=())

    assert concealments_uncounted(reception).value == 0
    assert concealed_time_ratio(reception).missing
    assert drops_heard(reception).missing == "no packet was lost that was not given back"
    assert concealments_explained(reception).missing == "bob/tone.wav: nothing was made up"


@pytest.mark.parametrize("verifier", ALL)
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"before": []}, "statistics are empty"),
        ({"after": []}, "statistics are empty"),
        ({"after": [{"type": "inbound_rtp", "ssrc": 2, "at_ns": 1_004 * 10**9}]}, "no concealed"),
        ({"participant": "carol"}, "no flow"),
        ({"track": "TR_x"}, "no packet of TR_x"),
        ({"sweep": replace(SWEEP, direction="down")}, "the sweep was heard in"),
    ],
)
def test_missing_evidence_is_no_number(
    reception: Reception,
    verifier: Callable[[Reception], Measurement],
    changed: dict[str, Any],
    says: str,
) -> None:
    measured = verifier(replace(reception, **changed))

    assert measured.value is None
    assert says in str(measured.missing)


@pytest.mark.parametrize("verifier", ALL)
def test_a_buffer_that_gave_nothing_or_no_recording_is_no_number(
    reception: Reception, studio: Studio, verifier: Callable[[Reception], Measurement]
) -> None:
    (before,), (after,) = reception.before, reception.after
    still = {**after, "jitter_buffer_emitted_count": before["jitter_buffer_emitted_count"]}

    assert verifier(replace(reception, after=[still])).value is None
    assert verifier(replace(reception, recording=studio.absent_sound())).value is None
