from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.signalling.insistent_subscriber import InsistentSubscriber
from tests.sabotage.signalling.messages import signal


def answer(*tracks: str) -> Signal:
    mids = {str(mid): track for mid, track in enumerate(tracks)}
    made = rtc.SessionDescription(type="answer", mid_to_track_id=mids)
    return signal(rtc.SignalResponse(answer=made))


def subscription(*tracks: str, subscribe: bool) -> Signal:
    made = rtc.UpdateSubscription(track_sids=tracks, subscribe=subscribe)
    return signal(rtc.SignalRequest(subscription=made))


def test_what_the_server_took_is_asked_for_again() -> None:
    client = InsistentSubscriber()
    client.intercept(answer("TR_a", "TR_b", "TR_c"))
    later = answer("TR_b")

    assert client.intercept(later) == [later, subscription("TR_a", "TR_c", subscribe=True)]


def test_it_is_asked_for_once() -> None:
    client = InsistentSubscriber()
    for one in (answer("TR_a"), answer()):
        client.intercept(one)
    later = answer()

    assert client.intercept(later) == [later]


def test_what_the_client_gave_up_is_not_until_it_wants_it_again() -> None:
    client = InsistentSubscriber()
    given_up = subscription("TR_a", subscribe=False)
    client.intercept(answer("TR_a"))

    assert client.intercept(given_up) == [given_up]
    assert len(client.intercept(answer())) == 1
    client.intercept(subscription("TR_a", subscribe=True))
    client.intercept(answer("TR_a"))
    assert len(client.intercept(answer())) == 2


def test_participants_are_kept_apart() -> None:
    client = InsistentSubscriber()
    client.intercept(answer("TR_a"))
    other = Signal(participant="bob", room="r", direction="server", protobuf=answer().protobuf)

    assert client.intercept(other) == [other]


def test_all_else_passes() -> None:
    passing = signal(rtc.SignalResponse(pong=1))

    assert InsistentSubscriber().intercept(passing) == [passing]
