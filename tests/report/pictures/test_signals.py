from __future__ import annotations

import pytest

from harness.evidence.sent_signal import signal_file
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.signals import picture_of, tone_of
from tests.report.pictures.evidence import TONE, TRACK_CODE


def test_what_was_asked_for_is_read_back(call: AttemptFolder) -> None:
    sound, picture = call.path / "alice/sound1.sent", call.path / "alice/picture1.sent"
    assert tone_of(sound) == TONE
    assert picture_of(sound) is None
    code = picture_of(picture)
    assert code is not None
    assert code.track_code == TRACK_CODE
    assert tone_of(picture) is None


def test_of_an_older_run_and_of_nothing_nothing_is_known(call: AttemptFolder) -> None:
    assert tone_of(None) is None
    assert picture_of(None) is None
    assert tone_of(call.path / "alice/other.sent") is None


@pytest.mark.parametrize("text", [b"nonsense", b'{"tone": {"pilot_hz": 1}}', b'{"tone": 5}'])
def test_what_cannot_be_read_is_named(call: AttemptFolder, text: bytes) -> None:
    sent = call.path / "alice/sound1.sent"
    signal_file(sent).write_bytes(text)
    with pytest.raises(ValueError, match=r"sound1\.signal\.json: "):
        tone_of(sent)
