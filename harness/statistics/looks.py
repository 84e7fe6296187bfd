"""How sure an interval has to be when one may look again.

A clause is decided by at most three attempts, one after the other: the first whose interval is
clear of the limit decides, which is a sequential test. Each look has its own chance to be wrong,
and together they must not be wrong more often than stated. Each interval is therefore made at
1 − 5 % / 3 = 98.3 % (Bonferroni), so that of all clauses whose truth lies on one side of the limit
at most 5 % are said to lie on the other, whenever the repetition stops and however the attempts
depend on each other. That is an upper bound, as far as intervals hold their level: an interval has
two ends, and only one can be wrong.

Source of the inequality: Bonferroni 1936; Dunn, J. Am. Stat. Assoc. 56 (1961), 52-64.
"""

from __future__ import annotations

LOOKS = 3
"""Attempts that can decide a clause, at most."""
ERROR_RATE = 0.05
"""Share of wrong decisions, at most, over all looks together."""
LEVEL = 1 - ERROR_RATE / LOOKS
"""Confidence level of each look's interval."""
