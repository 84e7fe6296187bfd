"""The turns of someone who speaks and pauses: when each of them begins and ends.

A `Tone` with a `pause_ms` is such a speaker: it speaks for `sound_ms` from sample 0 on, pauses, and
speaks again. With a pause that is long enough to be answered in, whoever answers has a turn between
two of them; with a short one, the next turn begins while the answer is still to be heard, and
interrupts it. `Spoken` is another, that says what is in a file.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.evidence.clock import NS_PER_MS
from harness.signals.sound import Tone
from harness.signals.spoken import Spoken


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One of them, as it was spoken; monotonic ns."""

    begin_ns: int
    end_ns: int
    """End of its last sample."""
    next_ns: int
    """When the speaker speaks again."""


def turns_of(speaker: Tone | Spoken, *, start_ns: int, since_ns: int, until_ns: int) -> list[Turn]:
    """The turns that begin at or after `since_ns` and whose pause is over by `until_ns`.

    Args:
        speaker: What is spoken.
        start_ns: When its sample 0 was captured: `start_ns` of the publication.
        since_ns: From here on,
        until_ns: up to here.

    Raises:
        ValueError: the tone never pauses.
    """
    if not speaker.pause_ms:
        raise ValueError("a tone without pause_ms has no turns: give it a pause to be answered in")
    cycle_ns = (speaker.sound_ms + speaker.pause_ms) * NS_PER_MS
    first = max(0, -(-(since_ns - start_ns) // cycle_ns))
    begins = range(start_ns + first * cycle_ns, until_ns - cycle_ns + 1, cycle_ns)
    return [
        Turn(
            begin_ns=begin_ns,
            end_ns=begin_ns + speaker.sound_ms * NS_PER_MS,
            next_ns=begin_ns + cycle_ns,
        )
        for begin_ns in begins
    ]
