from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.clock import NS_PER_MS
from harness.signals.sound import Tone, ToneGenerator
from harness.signals.turns import Turn, turns_of

TONE = Tone(sound_ms=1000, pause_ms=1500)
START_NS = 7_000 * NS_PER_MS


def turns(since_ms: int, until_ms: int) -> list[Turn]:
    return turns_of(
        TONE, start_ns=START_NS, since_ns=since_ms * NS_PER_MS, until_ns=until_ms * NS_PER_MS
    )


def test_turns_are_whole_with_their_pauses() -> None:
    assert turns(7_000, 12_000) == [
        Turn(
            begin_ns=begin * NS_PER_MS, end_ns=(begin + 1000) * NS_PER_MS,
            next_ns=(begin + 2500) * NS_PER_MS,
        )
        for begin in (7_000, 9_500)
    ]  # fmt: skip
    assert [turn.begin_ns for turn in turns(7_001, 12_000)] == [9_500 * NS_PER_MS]
    assert [turn.begin_ns for turn in turns(7_000, 11_999)] == [7_000 * NS_PER_MS]
    assert turns(12_000, 14_499) == []
    assert len(turns(0, 12_000)) == 2, "before its sample 0 nobody spoke"


@given(
    sound=st.integers(1, 4), pause=st.integers(1, 4), since=st.integers(-3_000, 20_000),
    lasts=st.integers(0, 20_000),
)  # fmt: skip
def test_turns_are_where_the_samples_are(sound: int, pause: int, since: int, lasts: int) -> None:
    tone = Tone(sound_ms=sound * 500, pause_ms=pause * 500, sample_rate=8000)
    found = turns_of(
        tone, start_ns=0, since_ns=since * NS_PER_MS, until_ns=(since + lasts) * NS_PER_MS
    )
    samples = ToneGenerator(tone)
    for turn in found:
        begin, end, after = (
            ns * 8 // NS_PER_MS for ns in (turn.begin_ns, turn.end_ns, turn.next_ns)
        )
        assert np.count_nonzero(samples.samples(begin, end)) > 0.8 * (end - begin)
        assert not samples.samples(end, after).any()
        assert turn.next_ns <= (since + lasts) * NS_PER_MS


def test_a_tone_that_never_pauses_has_no_turns() -> None:
    with pytest.raises(ValueError, match="give it a pause to be answered in"):
        turns_of(Tone(), start_ns=0, since_ns=0, until_ns=1)
