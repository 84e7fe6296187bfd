from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from harness.evidence.clock import NS_PER_S
from harness.evidence.recording import AudioRecording
from harness.measuring.call import Call
from harness.measuring.timed import ages, latency_over_time, skew_over_time
from tests.measuring.fake_call import SOUND_LATENCY_MS, fake_call
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
    assert drawn.at_ns[0] < call.since_ns


def test_skew_is_drawn_from_the_first_sound_on_however_late_it_came(tmp_path: Path) -> None:
    call = fake_call(tmp_path, until_s=10, onset_s=0.7)
    drawn = skew_over_time(call)

    assert drawn.missing is None
    assert np.allclose(drawn.value_ms, PICTURE_LATENCY_MS - SOUND_LATENCY_MS, atol=0.1)
    assert drawn.at_ns[0] >= call.sound_asked_ns + 0.7 * NS_PER_S
    assert drawn.at_ns[-1] > call.until_ns - NS_PER_S


def test_ages_are_of_what_came_and_tell_how_much_never_did(tmp_path: Path) -> None:
    call = fake_call(tmp_path, until_s=13, silent=[(6, 9)])
    heard = ages(call.heard, since_ns=call.since_ns, until_ns=call.until_ns)

    assert heard.never_came == 6
    assert heard.whole == len(heard.value_ms) + 6 == 20
    assert np.allclose(heard.value_ms, SOUND_LATENCY_MS, atol=0.1)


def test_ages_of_a_hole_of_the_recording_are_not_known(tmp_path: Path) -> None:
    call = fake_call(tmp_path, until_s=13, frozen=[(6, 9)])
    seen = ages(call.seen, since_ns=call.since_ns, until_ns=call.until_ns)

    assert (len(seen.value_ms), seen.never_came) == (0, 0)
    assert "latency not known" in str(seen.missing)


def test_what_is_not_there_is_not_drawn(call: Call, tmp_path: Path) -> None:
    deaf = replace(call, sound=AudioRecording(path=tmp_path / "absent.wav"))

    for drawn in (latency_over_time(deaf, deaf.heard), skew_over_time(deaf)):
        assert not len(drawn.at_ns)
        assert "absent.wav" in str(drawn.missing)
    assert len(latency_over_time(deaf, deaf.seen).at_ns)
