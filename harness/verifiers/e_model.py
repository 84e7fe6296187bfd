"""The E-model of ITU-T: one-way delay and loss of speech as R and MOS.

Information, never a gate for latency: 200 ms instead of 0 cost 0.07 of narrowband MOS, so a limit
on MOS sees no latency that a limit on milliseconds would not have seen long before.

    R = Ro − Idd − Ie,eff            Ro 93.2, all other terms at their defaults (G.107 06/2015)
    Ie,eff = Ie + (95 − Ie) · Ppl / (Ppl / BurstR + Bpl)      BurstR 1, Ie 0, Bpl 25.1
    Idd = 25 · {(1 + X⁶)^(1/6) − 3 · (1 + (X/3)⁶)^(1/6) + 2}, X = log2(Ta / 100); 0 up to 100 ms

The fullband form (G.107.2) has Ro 148, 1.48 · Idd, 132 in place of 95 and no BurstR; MOS is that of
R / 1.48. Ie and Bpl are of the codec. Opus is in no table of G.113: they are those of G.711 with
concealment of lost packets, and loss is taken as random, which makes values comparable and none
exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

RO = 93.2
RO_FULLBAND = 148.0
FULLBAND_SCALE = RO_FULLBAND / 100
MOST_IMPAIRED, MOST_IMPAIRED_FULLBAND = 95.0, 132.0
FREE_DELAY_MS = 100.0
G711_BPL = 25.1


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What the E-model says of a conversation."""

    r: float
    """Transmission rating: at most 93.2 narrowband, 148 fullband; 0 and below is the worst."""
    mos: float
    """Estimated mean opinion score, 1 to 4.5."""


def narrowband(*, delay_ms: float, loss_ratio: float) -> Rating:
    """G.107. Never rises where delay or loss do.

    Args:
        delay_ms: One-way, mouth to ear (Ta).
        loss_ratio: Share of packets whose sound did not reach the decoder in time (Ppl / 100).

    Raises:
        ValueError: `delay_ms` is negative, or `loss_ratio` no ratio.
    """
    _check(delay_ms, loss_ratio)
    r = RO - _delay_impairment(delay_ms) - MOST_IMPAIRED * _lost(loss_ratio)
    return Rating(r=r, mos=_mos(r))


def fullband(*, delay_ms: float, loss_ratio: float) -> Rating:
    """G.107.2; arguments and errors as of `narrowband`."""
    _check(delay_ms, loss_ratio)
    impairment = MOST_IMPAIRED_FULLBAND * _lost(loss_ratio)
    r = RO_FULLBAND - FULLBAND_SCALE * _delay_impairment(delay_ms) - impairment
    return Rating(r=r, mos=_mos(r / FULLBAND_SCALE))


def _lost(loss_ratio: float) -> float:
    """Which share of what loss can impair it does."""
    return loss_ratio * 100 / (loss_ratio * 100 + G711_BPL)


def _check(delay_ms: float, loss_ratio: float) -> None:
    if not delay_ms >= 0:
        raise ValueError(f"delay_ms is {delay_ms}: sound is not heard before it is made")
    if not 0 <= loss_ratio <= 1:
        raise ValueError(f"loss_ratio is {loss_ratio}: a share of packets is 0 to 1")


def _delay_impairment(delay_ms: float) -> float:
    if delay_ms <= FREE_DELAY_MS:
        return 0.0
    x = math.log2(delay_ms / FREE_DELAY_MS)
    # rounding makes it a hair negative just above 100 ms
    return max(0.0, 25 * (_root(1 + x**6) - 3 * _root(1 + (x / 3) ** 6) + 2))


def _root(value: float) -> float:
    return math.pow(value, 1 / 6)


def _mos(r: float) -> float:
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    # the cubic dips below 1 up to R = 6.5, where less would then be rated better
    return max(1.0, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r))
