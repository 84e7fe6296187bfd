"""The trace of the profile `lte-walk`: a link like that of a phone that is carried through a cell.

It is no recording and fits none: the rate is a random walk on a ladder from far below to far above
what a call with video wants, in the format of Mahimahi. Whole numbers only, so that it is the same
everywhere. To write the file:

    python -m harness.network.profile_lte_walk > harness/network/profiles/lte-walk.trace
"""

from __future__ import annotations

import sys

from harness.network.randomness import uniform_numbers

LENGTH_S = 60
LADDER_KBPS = (250, 500, 1000, 1500, 2500, 4000, 6000, 9000)
_FIRST_RUNG = 4
_SEED = 25
"""It visits both ends of the ladder."""
_OPPORTUNITY_BITS = 1500 * 8


def rates_kbps() -> list[int]:
    """The rate of each second: a rung up, down, or the same as before, equally likely."""
    uniform = uniform_numbers(seed=_SEED, participant="", direction="", key="lte-walk")
    rung, rates = _FIRST_RUNG, []
    for second in range(LENGTH_S):
        rates.append(LADDER_KBPS[rung])
        rung += int(uniform(second) * 3) - 1
        rung = min(max(rung, 0), len(LADDER_KBPS) - 1)
    return rates


def lte_walk() -> str:
    """The file: a line for each time in ms at which 1500 bytes may leave."""
    credit_bits, lines = 0, []
    rates = rates_kbps()
    for ms in range(1, LENGTH_S * 1000 + 1):
        credit_bits += rates[(ms - 1) // 1000]  # kbit/s are bits a ms
        while credit_bits >= _OPPORTUNITY_BITS:
            credit_bits -= _OPPORTUNITY_BITS
            lines.append(ms)
    if lines[-1] != LENGTH_S * 1000:  # the last line is the length of the trace
        lines.append(LENGTH_S * 1000)
    return "".join(f"{ms}\n" for ms in lines)


if __name__ == "__main__":
    sys.stdout.write(lte_walk())
