from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from markupsafe import Markup

from harness.report.plots import (
    COLUMNS,
    LEFT,
    RIGHT,
    WIDTH,
    Axis,
    Band,
    Image,
    Line,
    Mark,
    Part,
    cdf,
    chart,
    parts_bar,
)

EVIL = '<script>"&'


def drawn(*lines: Line, x_bands: Sequence[Band] = (), y_bands: Sequence[Band] = ()) -> Markup:
    return chart(
        title=f"t {EVIL}",
        description=f"d {EVIL}",
        x=Axis(label="x", low=0, high=10),
        y=Axis(label="y", low=0, high=100),
        lines=lines,
        x_bands=x_bands,
        y_bands=y_bands,
    )


def line(y: list[float], *, style: int = 0) -> Line:
    x = np.arange(len(y), dtype=float)
    return Line(label=f"l {EVIL}", x=x, y=np.array(y), style=style)


def path(plot: Markup) -> str:
    found = re.search(r'<path class="line[^"]*" d="([^"]*)"', plot)
    assert found is not None
    return found[1]


def test_a_plot_is_well_formed_and_says_what_it_is() -> None:
    band = Band(low=2, high=3, label=f"b {EVIL}", tone="fault")
    plot = drawn(line([1, 2, 3]), x_bands=[band], y_bands=[band])
    root = ElementTree.fromstring(plot)

    assert root.attrib["role"] == "img"
    assert [child.text for child in root[:2]] == [f"t {EVIL}", f"d {EVIL}"]
    assert root.findall("rect/title")[0].text == f"b {EVIL}"


def test_lines_differ_by_class_and_are_named_beside_a_piece_of_them() -> None:
    plot = drawn(line([1, 2], style=0), line([2, 3], style=7))

    assert plot.count('class="line s0"') == 2
    assert plot.count('class="line s1"') == 2


def test_names_of_lines_stand_in_rows_as_long_as_there_is_room() -> None:
    lines = [replace(line([1, 2]), label=f"carol picture{place} of alice") for place in range(7)]
    root = ElementTree.fromstring(drawn(*lines))
    names = [one for one in root.iter("text") if one.attrib["class"] == "name"]

    assert [one.text for one in names] == [one.label for one in lines[:6]]
    assert {one.attrib["y"] for one in names} == {"12.0", "26.0"}
    assert all(LEFT < float(one.attrib["x"]) < WIDTH for one in names)
    assert [one.text for one in root.iter("title")][1:] == [one.label for one in lines]


def test_a_line_is_broken_where_nothing_came() -> None:
    gap = Line(label="l", x=np.array([0.0, 1, 5, 6]), y=np.full(4, 50.0), break_x=2)

    assert path(drawn(gap)).count("M") == 2
    assert path(drawn(line([1, 2, np.nan, 3, 4]))).count("M") == 2
    assert path(drawn(line([1, 2, 3]))).count("M") == 1


def test_a_single_point_is_a_dot() -> None:
    x, y = re.findall(r"[\d.]+ [\d.]+", path(drawn(line([50]))))

    assert x == y


def test_of_many_points_no_peak_is_lost() -> None:
    y = np.full(100_000, 10.0)
    y[77_777] = 100.0
    many = Line(label="l", x=np.linspace(0, 10, len(y)), y=y)
    points = re.findall(r"[\d.]+ ([\d.]+)", path(drawn(many)))

    assert len(points) <= 2 * COLUMNS
    assert min(map(float, points)) == 34.0  # the top of the axis


def test_a_distribution_ends_at_all_of_them() -> None:
    values, shares = cdf(np.array([3.0, 1, 2, 2]))

    assert values.tolist() == [1, 2, 2, 3]
    assert shares.tolist() == [25, 50, 75, 100]


def test_a_bar_names_its_parts_with_their_values() -> None:
    parts = [Part(label="queue", value=1.0, number=1), Part(label="rest", value=-2.0, number=9)]
    plot = parts_bar(title="t", description="d", parts=parts, unit="ms")

    assert "1 queue: 1.0 ms" in plot
    assert "9 rest: -2.0 ms" in plot
    ElementTree.fromstring(plot)


@pytest.mark.parametrize("parts", [[], [Part(label="nothing", value=0.0, number=1)]])
def test_a_bar_of_nothing_is_one(parts: list[Part]) -> None:
    ElementTree.fromstring(parts_bar(title="t", description="d", parts=parts, unit="ms"))


ACROSS = (Mark(at=50, label=f"y {EVIL}", tone="limit"),)


def marked(*marks: Mark, across: Sequence[Mark] = ACROSS) -> Markup:
    return chart(
        title="t",
        description="d",
        x=Axis(label="x", low=0, high=10),
        y=Axis(label="y", low=0, high=100),
        lines=[],
        x_marks=marks,
        y_marks=across,
    )


def test_a_mark_across_may_be_as_long_as_its_span() -> None:
    plot = marked(
        across=[
            Mark(at=50, label="all along", tone="limit"),
            Mark(at=50, label="half", tone="limit", span=(5, 10)),
        ]
    )
    whole, half = (
        [float(end) for end in found]
        for found in re.findall(r'class="mark limit" d="M([\d.]+) [\d.]+H([\d.]+)"', plot)
    )
    assert half == [sum(whole) / 2, whole[1]]


def words(plot: Markup) -> list[tuple[float, float, str, str]]:
    """Left, height, anchor and text of what stands beside marks."""
    found = re.findall(
        r'<text class="word" x="([^"]+)" y="([^"]+)" text-anchor="(\w+)">([^<]*)', plot
    )
    return [(float(x), float(y), anchor, text) for x, y, anchor, text in found]


def test_marks_are_named_and_at_their_place() -> None:
    plot = marked(Mark(at=5, label=f"mute {EVIL}", tone="moment"))
    ElementTree.fromstring(plot)
    assert plot.count("<path") == 2
    assert EVIL not in plot
    [(left, _, anchor, text), _] = words(plot)
    assert (left, anchor) == (455.0, "start")
    assert text.startswith("mute &lt;script")


def test_words_of_neighbours_stand_in_rows_and_those_without_room_are_only_pointed_at() -> None:
    plot = marked(*(Mark(at=5 + n / 100, label=f"moment {n}", tone="moment") for n in range(5)))
    shown = words(plot)[:-1]
    assert [text for *_, text in shown] == ["moment 0", "moment 1", "moment 2"]
    assert len({y for _, y, _, _ in shown}) == 3
    assert plot.count("<title>moment") == 5


def test_limits_get_their_words_before_all_else_and_a_line_from_where_they_began() -> None:
    moments = [Mark(at=5 + n / 100, label=f"moment {n}", tone="moment") for n in range(4)]
    limit = Mark(at=5.02, label="limit of A-001", tone="limit", since=2.0)
    plot = marked(*moments, limit)
    begun, at, *_ = (float(n) for n in re.findall(r'limit" d="M([0-9.]+) 34H([0-9.]+)V', plot)[0])

    assert "limit of A-001" in [text for *_, text in words(plot)]
    assert "moment 3" not in [text for *_, text in words(plot)]
    assert at - begun == pytest.approx((5.02 - 2.0) / 10 * (WIDTH - RIGHT - LEFT), abs=0.2)


def test_words_at_the_right_end_stand_on_the_left_of_their_mark() -> None:
    [(left, _, anchor, _), _] = words(marked(Mark(at=9.9, label="somebody leaves", tone="moment")))
    assert anchor == "end"
    assert left < 860


def test_an_image_lies_where_its_axes_say() -> None:
    image = Image(png=b"png", x_low=0, x_high=5, y_low=0, y_high=100)
    plot = chart(
        title="t",
        description="d",
        x=Axis(label="x", low=0, high=10),
        y=Axis(label="y", low=0, high=100),
        lines=[],
        image=image,
    )
    [found] = [one for one in ElementTree.fromstring(plot).iter() if one.tag == "image"]
    assert (found.get("x"), found.get("y"), found.get("width")) == ("56.0", "34.0", "396.0")
    assert found.get("href") == "data:image/png;base64,cG5n"
