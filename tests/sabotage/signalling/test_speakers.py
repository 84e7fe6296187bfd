from __future__ import annotations

import pytest
from livekit.protocol import models, rtc

from harness.gateway.interceptors import Interceptor
from harness.sabotage.signalling.speakers import HEARD, EndlessSpeakers, SwallowSpeakers
from tests.sabotage.signalling.messages import signal


def speakers(*some: models.SpeakerInfo) -> rtc.SignalResponse:
    return rtc.SignalResponse(speakers_changed=rtc.SpeakersChanged(speakers=some))


SPEAKING = models.SpeakerInfo(sid="PA_a", level=0.5, active=True)
SILENT = models.SpeakerInfo(sid="PA_b", level=0.0, active=False)


def test_news_of_speakers_are_gone() -> None:
    assert SwallowSpeakers().intercept(signal(speakers(SPEAKING))) == []


def test_nobody_falls_silent() -> None:
    message = speakers(SPEAKING, SILENT)
    passing = signal(message)

    assert EndlessSpeakers().intercept(passing) == [passing]
    assert message == speakers(SPEAKING, models.SpeakerInfo(sid="PA_b", level=HEARD, active=True))


@pytest.mark.parametrize("interceptor", [SwallowSpeakers(), EndlessSpeakers()], ids=["no", "ever"])
@pytest.mark.parametrize(
    "message", [rtc.SignalResponse(pong=1), rtc.SignalRequest()], ids=["server", "client"]
)
def test_all_else_passes(
    interceptor: Interceptor, message: rtc.SignalRequest | rtc.SignalResponse
) -> None:
    passing = signal(message)

    assert interceptor.intercept(passing) == [passing]
