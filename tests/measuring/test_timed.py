from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from harness.evidence.recording import AudioRecording
from harness.measuring.call import Call
from harness.measuring.timed import latency_over_time, skew_over_time
from tests.measuring.fake_call import SOUND_LATENCY_MS
from tests.verifiers.conftest import PICTURE_LATENCY_MS


def test_series_begin_with_the_subscription_and_are_in_order(call: Call) -> None:
    for track, truth in ((call.seen, PICTURE_LATENCY_MS), (call.heard, SOUND_LATENCY_MS)):
        drawn = latency_over_time(call, track)

        assert drawn.at_ns[0] >= call.sound_asked_ns
        assert drawn.at_ns[0] < call.since_ns
        assert np.all(np.diff(drawn.at_ns) > 0)
        assert np.allclose(drawn.value_ms, truth, atol=0.1)


def test_skew_is_drawn_at_each_marker(call: Call) -> None:
    drawn = skew_over_time(call)

    assert np.allclose(drawn.value_ms, PICTURE_LATENCY_MS - SOUND_LATENCY_MS, atol=0.1)
    assert len(drawn.since(call.since_ns)) < len(drawn.at_ns)


def test_what_is_not_there_is_not_drawn(call: Call, tmp_path: Path) -> None:
    deaf = replace(call, sound=AudioRecording(path=tmp_path / "absent.wav"))

    assert not len(latency_over_time(deaf, deaf.heard).at_ns)
    assert not len(skew_over_time(deaf).value_ms)
    assert len(latency_over_time(deaf, deaf.seen).at_ns)
