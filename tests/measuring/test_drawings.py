from __future__ import annotations

import re
from dataclasses import replace

from harness.measuring.drawings import (
    MOST_BANDS,
    bands_told,
    distributions,
    latency_drawn,
    not_drawn,
    skew_drawn,
)
from harness.measuring.measured import Measured
from harness.measuring.timed import Ages, Timed
from harness.report.pictures.skew import SKEW_BANDS
from harness.report.plots import BOTTOM, HEIGHT, TOP


def test_distributions_are_of_all_profiles_that_have_one(measured: Measured) -> None:
    picture, sound = distributions(measured.reports)

    assert picture.count('<path class="line') == 2
    assert "Sound latency" in sound


def test_a_distribution_ends_at_the_share_that_came(measured: Measured) -> None:
    whole = measured.reports[0]
    ages = replace(whole.picture_ages, never_came=3 * len(whole.picture_ages.value_ms))
    [line] = re.findall(r'<path class="line[^>]*d="([^"]+)"', distributions([whole])[0])
    [cut] = re.findall(
        r'<path class="line[^>]*d="([^"]+)"',
        (plot := distributions([replace(whole, picture_ages=ages)])[0]),
    )
    top, foot = TOP, HEIGHT - BOTTOM

    assert "clean, 25 % came" in plot
    assert float(line.split()[-1]) == top
    assert float(cut.split()[-1]) == foot - (foot - top) / 4


def test_a_plot_that_is_left_out_has_its_reason(measured: Measured) -> None:
    whole = measured.reports[0]
    lacking = replace(whole, skews=Timed(missing="no sound"), sound_ages=Ages(missing="cut"))

    assert not_drawn(whole) == []
    assert not_drawn(lacking) == [
        "distribution of the sound latency: cut", "skew over time: no sound"
    ]  # fmt: skip


def test_without_series_nothing_is_drawn(measured: Measured) -> None:
    none = measured.reports[2]

    assert distributions([none]) == []
    assert latency_drawn(none) is None
    assert skew_drawn(none) is None


def test_faults_are_drawn_over_time_and_told(measured: Measured) -> None:
    plot = latency_drawn(measured.reports[0])

    assert plot is not None
    assert plot.count('class="band fault"') == 1
    assert plot.count('class="band phase"') == 1
    assert "from 4.0 to 5.0 s" in plot


def test_bands_are_told_and_of_many_the_first(measured: Measured) -> None:
    report = measured.reports[0]

    assert bands_told(report)[0] == "not counted from 0.0 to 2.0 s"
    many = bands_told(replace(report, spans=report.spans * 50))
    assert len(many) == MOST_BANDS + 1
    assert many[-1] == "and 39 more"


def test_skew_beyond_its_bands_is_still_in_sight(measured: Measured) -> None:
    late = replace(measured.reports[0], skews=Timed(
        at_ns=measured.reports[0].skews.at_ns, value_ms=measured.reports[0].skews.value_ms - 900
    ))  # fmt: skip
    plot = skew_drawn(late)

    assert plot is not None
    assert all(band.label in plot for band in SKEW_BANDS)
    assert "-800" in plot
