from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.evidence.clock import NS_PER_S
from harness.measuring.latency_html import latency_html
from harness.measuring.measured import Measured
from harness.measuring.timed import Ages, Timed
from tests.report.test_names_from_outside import ODD, Page

MOST_BYTES = 1_000_000


@pytest.fixture
def page(measured: Measured) -> str:
    return latency_html(measured)


def test_the_page(page: str, golden: Callable[[str, str], None]) -> None:
    golden("latency.html", re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL))


def test_it_asks_for_nothing(page: str) -> None:
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
    assert "@import" not in page
    assert "url(" not in page


def test_what_came_from_outside_is_only_text(page: str) -> None:
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("name", ODD)
def test_no_name_is_an_element_or_an_attribute(measured: Measured, name: str) -> None:
    def called(word: str) -> Page:
        reports = tuple(
            replace(one, profile=word, title=word, folder=f"calls/{word}")
            for one in measured.reports
        )
        return Page(latency_html(replace(measured, reports=reports)))

    assert called(name).seen == called("plain").seen


def test_every_plot_says_what_it_is(page: str) -> None:
    plots = re.findall(r"<svg class=\"plot\".*?</svg>", page, re.DOTALL)

    assert len(plots) == 2 + 2 * 3
    assert all(re.match(r"<svg[^>]*role=\"img\"[^>]*><title>.+?</title><desc>", p) for p in plots)
    assert not re.findall(r'(?:x|y|width|height)1?="nan', page)


def test_bands_are_named(page: str) -> None:
    for words in ("BT.1359 detectability", "BT.1359 acceptability", "EBU R37", "not counted"):
        assert words in page


def test_the_folder_is_that_of_the_call_that_counted(page: str) -> None:
    assert 'Its evidence lies in <a href="calls/3g-3/">calls/3g-3/</a>, every' in page
    assert '<li><a href="calls/3g-2/">calls/3g-2/</a>: disturbed: load</li>' in page


def test_missing_is_a_word_with_a_reason(page: str) -> None:
    assert 'title="no call: the gateway died">missing<' in page


def test_five_profiles_of_ten_minutes_stay_below_a_megabyte(measured: Measured) -> None:
    pictures = np.arange(18_000, dtype=np.int64)
    noise = np.random.default_rng(1).exponential(100, 18_000)
    long = replace(
        measured.reports[0],
        until_ns=600 * NS_PER_S,
        pictures=Timed(at_ns=pictures * NS_PER_S // 30, value_ms=noise),
        sounds=Timed(at_ns=pictures[:1200] * NS_PER_S // 2, value_ms=noise[:1200]),
        skews=Timed(at_ns=pictures[:1200] * NS_PER_S // 2, value_ms=-noise[:1200]),
        picture_ages=Ages(value_ms=noise),
        sound_ages=Ages(value_ms=noise[:1200]),
    )
    page = latency_html(replace(measured, reports=(long,) * 5))

    assert len(page.encode()) <= MOST_BYTES
