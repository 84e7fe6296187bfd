"""How early the sound was over time, before what standards allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import Axis, Band, Line, Mark, Tone, chart
from harness.verifiers.skew import SoundAndPicture, skew_series
from harness.verifiers.skew_bands import ACCEPTABILITY, BROADCAST, DETECTABILITY
from harness.verifiers.skew_bands import Band as Allowed

ROOM_MS = 20.0
"""Above and below what is drawn."""
BROKEN_S = 1.5


def _band(standard: str, allowed: Allowed, tone: Tone) -> Band:
    label = f"{standard} +{allowed.early_ms:g} / −{allowed.late_ms:g} ms"
    return Band(low=-allowed.late_ms, high=allowed.early_ms, label=label, tone=tone)


SKEW_BANDS = (
    _band("BT.1359 acceptability", ACCEPTABILITY, "outer"),
    _band("BT.1359 detectability", DETECTABILITY, "middle"),
    _band("EBU R37", BROADCAST, "inner"),
)
"""Positive: the sound is early."""


def skew_axis(skew_ms: NDArray[np.float64]) -> Axis:
    """One that shows all bands, and all of a series."""
    return Axis(
        label="sound early by, ms",
        low=min(SKEW_BANDS[0].low, float(skew_ms.min())) - ROOM_MS,
        high=max(SKEW_BANDS[0].high, float(skew_ms.max())) + ROOM_MS,
    )


def skew_drawn(
    folder: AttemptFolder,
    pair: SoundAndPicture,
    *,
    name: str,
    bands: Sequence[Band],
    marks: Sequence[Mark] = (),
    limits: Sequence[Mark] = (),
) -> Markup:
    """The skew at each marker of the sound in the whole attempt, what came late alone left out.

    Raises NoEvidenceError where it cannot be told.
    """
    attempt = folder.attempt
    series = skew_series(pair, since_ns=attempt.started_ns, until_ns=attempt.ended_ns)
    return chart(
        title=f"Sound against picture: {name}",
        description="How early the sound was at each of its markers, "
        f"{series.skew_ms.min():+.1f} to "
        f"{series.skew_ms.max():+.1f} ms; {'; '.join(band.label for band in SKEW_BANDS)}",
        x=Axis(label="seconds since the attempt began", low=0.0, high=folder.lasted_s),
        y=skew_axis(np.append(series.skew_ms, [limit.at for limit in limits])),
        lines=[
            Line(
                label="sound early by",
                x=folder.seconds(series.heard_ns),
                y=series.skew_ms,
                break_x=BROKEN_S,
            )
        ],
        x_bands=bands,
        y_bands=SKEW_BANDS,
        x_marks=marks,
        y_marks=limits,
    )
