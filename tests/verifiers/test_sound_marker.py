from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.signals.hearing import Marker, find_markers
from harness.signals.sound import Tone, ToneGenerator
from harness.verifiers import sound_marker
from harness.verifiers.sound_marker import heard_markers, marker_lag, missing_markers

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]


@pytest.mark.parametrize("since", [1.0, 1.2, 1.06, 1.03])
@pytest.mark.parametrize("until", [4.0, 4.1, 4.3])
def test_no_marker_is_missing(studio: Studio, clock: Clock, since: float, until: float) -> None:
    recording = studio.sound(Tone())
    measured = missing_markers(recording, Tone(), since_ns=clock(since), until_ns=clock(until))
    assert measured.value == 0
    assert measured.rests_on >= 5


@pytest.mark.parametrize(
    ("silent", "lost"),
    [((2.0, 2.1), 1), ((2.0, 3.1), 3), ((1.0, 1.6), 2), ((3.5, 4.7), 2), ((0.0, 6.0), 7)],
)
def test_missing_markers_are_counted(
    studio: Studio, clock: Clock, silent: tuple[float, float], lost: int
) -> None:
    recording = studio.sound(Tone(), silent=[silent])
    measured = missing_markers(recording, Tone(), since_ns=clock(1), until_ns=clock(4.6))
    assert measured.value == lost


def test_stretched_time_hides_and_invents_no_marker(studio: Studio, clock: Clock) -> None:
    samples = ToneGenerator(Tone()).samples(0, 300_000)
    stretched = np.concatenate([samples[:100_000], samples[95_000:200_000], samples[204_000:]])
    recording = studio.write_sound(stretched, 48000)
    assert missing_markers(recording, Tone(), since_ns=clock(1), until_ns=clock(5)).value == 0


def test_a_marker_that_is_not_whole_is_missing_where_whole_ones_are_asked_for(
    studio: Studio, clock: Clock
) -> None:
    def made_up(samples: NDArray[np.int16]) -> None:
        samples[99_280:100_480] = 0

    recording = studio.sound(Tone(), edit=made_up)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    assert missing_markers(recording, Tone(), **window).value == 0
    assert missing_markers(recording, Tone(), **window, least_similarity=0.7).value == 1


def test_a_marker_too_many_is_noted(studio: Studio, clock: Clock) -> None:
    def echo(samples: NDArray[np.int16]) -> None:
        samples[105_000:110_000] = samples[98_000:103_000]

    measured = missing_markers(
        studio.sound(Tone(), edit=echo), Tone(), since_ns=clock(1), until_ns=clock(5)
    )
    assert measured.value == 0
    assert "too many" in measured.notes[0]


def test_what_many_ask_is_looked_for_once(
    studio: Studio, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []

    def find(samples: NDArray[np.int16], sample_rate: int, tone: Tone) -> list[Marker]:
        searched.append((tone, len(samples)))
        return find_markers(samples, sample_rate, tone)

    monkeypatch.setattr(sound_marker, "find_markers", find)
    recording = studio.sound(Tone())
    asked = [(Tone(), 3), (Tone(), 3), (Tone(), 4), (Tone(pilot_hz=600), 3), (Tone(), 4)]

    lost = [
        missing_markers(recording, tone, since_ns=clock(1), until_ns=clock(until)).value
        for tone, until in asked
    ]

    assert lost == [0, 0, 0, 3, 0]
    assert len(searched) == 3
    missing_markers(
        studio.sound(Tone(), name="other"), Tone(), since_ns=clock(1), until_ns=clock(3)
    )
    assert len(searched) == 4


def test_markers_need_a_recording_to_the_end(studio: Studio, clock: Clock) -> None:
    recording = studio.sound(Tone(), seconds=4)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    assert "ends 1000 ms too early" in str(missing_markers(recording, Tone(), **window).missing)
    assert "no markers" in str(
        missing_markers(studio.sound(Tone(marker=None)), Tone(marker=None), **window).missing
    )
    assert missing_markers(studio.absent_sound(), Tone(), **window).missing is not None


@pytest.mark.parametrize("latency_ms", [60, 370, 499])
def test_lag_is_the_latency(studio: Studio, clock: Clock, latency_ms: int) -> None:
    measured = marker_lag(
        studio.sound(Tone(), latency_ms=latency_ms), Tone(), sent=studio.sent_sound(Tone()),
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip
    assert measured.value == pytest.approx(latency_ms, abs=0.1)
    assert "only up to 500 ms" in measured.notes[0]


def test_lag_beyond_the_period_is_told_by_the_order(studio: Studio, clock: Clock) -> None:
    tone = Tone(marker="order")
    measured = marker_lag(
        studio.sound(tone, latency_ms=2060), tone, sent=studio.sent_sound(tone),
        since_ns=clock(1), until_ns=clock(5),
    )  # fmt: skip
    assert measured.value == pytest.approx(2060, abs=0.1)
    assert measured.notes == ()


def test_markers_in_an_order_never_sent_are_no_lag(studio: Studio, clock: Clock) -> None:
    tone = Tone(marker="order")
    up = studio.sound(Tone(marker="down"))
    measured = marker_lag(
        up, tone, sent=studio.sent_sound(tone), since_ns=clock(1), until_ns=clock(4)
    )
    assert measured.missing is not None


def test_lag_needs_markers_and_a_record_of_what_was_sent(studio: Studio, clock: Clock) -> None:
    recording = studio.sound(Tone())
    window: Window = {"since_ns": clock(2), "until_ns": clock(2.2)}
    nowhere = Path(recording.path.parent / "absent.sent")
    assert "no record" in str(marker_lag(recording, Tone(), sent=nowhere, **window).missing)
    sent = studio.sent_sound(Tone())
    silent = studio.sound(Tone(), silent=[(0, 6)])
    assert "0 markers" in str(marker_lag(silent, Tone(), sent=sent, **window).missing)
    sent.write_bytes(b"")
    assert "holds no marker" in str(marker_lag(recording, Tone(), sent=sent, **window).missing)


def test_a_single_marker_tells_a_lag_where_all_are_alike(studio: Studio, clock: Clock) -> None:
    measured = marker_lag(
        studio.sound(Tone()), Tone(), sent=studio.sent_sound(Tone()),
        since_ns=clock(2), until_ns=clock(2.2),
    )  # fmt: skip
    assert measured.value == pytest.approx(60, abs=0.1)
    assert measured.rests_on == 1


def test_of_a_time_that_is_shorter_than_a_marker_none_is_missing(
    studio: Studio, clock: Clock
) -> None:
    silent = studio.sound(Tone(), silent=[(0, 6)])
    measured = missing_markers(silent, Tone(), since_ns=clock(1), until_ns=clock(1.04))
    assert measured.value == 0


def test_a_marker_that_was_misread_is_told_apart_from_its_neighbours(
    studio: Studio, clock: Clock
) -> None:
    tone = Tone(marker="order")
    assert tone.direction(6) == "down"

    def misread(samples: NDArray[np.int16]) -> None:
        at = round(0.56 * 48_000)
        samples[at : at + 4800] = ToneGenerator(Tone(marker="up")).samples(0, 4800)

    heard = heard_markers(
        studio.sound(tone, edit=misread), tone, sent=studio.sent_sound(tone),
        since_ns=clock(0), until_ns=clock(5.5),
    )  # fmt: skip
    assert heard.numbers.tolist() == list(range(7, 16))  # 5 alone is too few in a row
    assert heard.rejects == {"in an order never sent": 2}
    assert (heard.heard_ns - heard.sent_ns) / 1e6 == pytest.approx(np.full(9, 60.0), abs=0.1)
    assert np.diff(heard.places) == pytest.approx(np.full(8, 24_000), abs=1)
