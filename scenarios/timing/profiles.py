"""The networks under which time is judged: a clean one, and four that each spoil another thing.

All of them are constant from their beginning on, so that media plays from the start and a few
seconds show what they do: loss that is repaired, a narrow and long way with slow signalling, loss
in bursts, and delay that varies.
"""

from __future__ import annotations

PROFILES = ("clean", "wifi-loss5", "3g", "burst-loss", "g1050-e")
