from __future__ import annotations

import asyncio

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.sabotage.sdk import late_calls as module
from harness.sabotage.sdk.late_calls import late_calls
from tests.sabotage.seams import changes_of

[change] = changes_of(late_calls).values()


def request(kind: str, **values: bool) -> FfiRequest:
    made = FfiRequest()
    getattr(made, kind).SetInParent()
    for name, value in values.items():
        setattr(getattr(made, kind), name, value)
    return made


LATE = [
    request("local_track_mute", mute=True),
    request("local_track_mute", mute=False),
    request("set_track_subscription_permissions", all_participants_allowed=False),
    request("set_subscribed", subscribe=False),
    request("enable_remote_track_publication", enabled=True),
    request("enable_remote_track_publication", enabled=False),
]
IN_TIME = [
    request("set_subscribed", subscribe=True),
    request("disconnect"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize("asked", LATE, ids=range(len(LATE)))
async def test_a_call_returns_before_its_work_is_done(
    asked: FfiRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LATE_S", 0.01)
    sent: asyncio.Future[FfiRequest] = asyncio.get_running_loop().create_future()
    before, asked = asked, FfiRequest.FromString(asked.SerializePartialToString())

    assert change(sent.set_result, asked) == FfiResponse()
    assert not sent.done()
    asked.Clear()  # the SDK is free to use its message again
    async with asyncio.timeout(20):
        assert await sent == before


@pytest.mark.parametrize("asked", IN_TIME, ids=range(len(IN_TIME)))
def test_all_else_is_done_at_once(asked: FfiRequest) -> None:
    sent: list[FfiRequest] = []
    answer = FfiResponse()

    def send(request: FfiRequest) -> FfiResponse:
        sent.append(request)
        return answer

    assert change(send, asked) is answer
    assert sent == [asked]
