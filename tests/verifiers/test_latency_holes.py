from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.signals.picture import ColourCode
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.latency_holes import never_came_ms, whole_series
from harness.verifiers.latency_series import SeenPictures
from tests.verifiers.conftest import Window, at
from tests.verifiers.sdk_counts import counts_of

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

CODE = ColourCode(track_code=3, fps=30)
WINDOW = Window(since_ns=at(1), until_ns=at(5.9))


def seen(studio: Studio, *gaps: tuple[float, float], snapshots: range = range(7)) -> SeenPictures:
    recording = studio.pictures(CODE, gaps=gaps)
    return SeenPictures(
        recording=recording,
        track_code=3,
        sent=studio.sent_pictures(CODE),
        statistics=counts_of(recording, snapshots),
    )


def test_a_hole_is_told_and_what_never_came_is_as_old_as_at_its_end(studio: Studio) -> None:
    track = seen(studio, (2.5, 4.5))
    series = whole_series(track, **WINDOW)

    assert [(end - begin) / 1e6 for begin, end in series.holes] == pytest.approx([2033], abs=1)
    ages_ms = never_came_ms(track, series)
    assert len(ages_ms) == 60
    assert (ages_ms.min(), ages_ms.max()) == pytest.approx((48, 2015), abs=1)


def test_where_nothing_is_missing_nothing_never_came(studio: Studio) -> None:
    track = seen(studio, (2.5, 3.5))
    series = whole_series(track, **WINDOW)

    assert series.holes == ()
    assert not len(never_came_ms(track, series))


@pytest.mark.parametrize(
    ("gap", "snapshots"),
    [((2.5, 4.5), range(4)), ((2.5, 4.5), range(0)), ((0.5, 3), range(7)), ((3, 9), range(7))],
    ids=["counts end", "no counts", "begins with it", "ends with it"],
)
def test_a_hole_of_which_it_is_not_known_is_no_series(
    studio: Studio, gap: tuple[float, float], snapshots: range
) -> None:
    with pytest.raises(NoEvidenceError, match="nothing came for"):
        whole_series(seen(studio, gap, snapshots=snapshots), **WINDOW)


def test_holes_can_be_refused(studio: Studio) -> None:
    with pytest.raises(NoEvidenceError, match="nothing came for"):
        whole_series(seen(studio, (2.5, 4.5)), holes=False, **WINDOW)
