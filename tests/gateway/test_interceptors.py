from __future__ import annotations

import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest
from livekit.protocol import rtc

from harness.gateway.errors import GatewayError
from harness.gateway.interceptors import Interceptor, Interceptors, Signal, load_interceptor


def request(**fields: object) -> Signal:
    mute = rtc.MuteTrackRequest(sid="TR_x", muted=True)
    signal = Signal(
        participant="alice", room="r", direction="client", protobuf=rtc.SignalRequest(mute=mute)
    )
    return replace(signal, **fields)  # type: ignore[arg-type]


PONG = Signal(
    participant="alice", room="r", direction="server", protobuf=rtc.SignalResponse(pong=1)
)
JOIN = Signal(participant="alice", room="r", direction="client", protobuf=rtc.JoinRequest())


class Swallow:
    def intercept(self, signal: Signal) -> list[Signal]:
        return [] if signal.kind == "mute" else [signal]


class Unmute:
    def intercept(self, signal: Signal) -> list[Signal]:
        if isinstance(signal.protobuf, rtc.SignalRequest):
            signal.protobuf.mute.muted = False
        return [signal]


class AddPong:
    def intercept(self, signal: Signal) -> list[Signal]:
        return [signal, PONG]


class Returns:
    def __init__(self, value: object) -> None:
        self.value = value

    def intercept(self, signal: Signal) -> list[Signal]:
        return self.value  # type: ignore[return-value]


class Raises:
    def intercept(self, signal: Signal) -> list[Signal]:
        raise RuntimeError("token")


def apply(signal: Signal, *chain: Interceptor) -> tuple[list[Signal], int]:
    interceptors = Interceptors(chain=chain)
    return interceptors.apply(signal), interceptors.errors


def test_the_kind_is_the_name_of_the_oneof() -> None:
    assert (request().kind, PONG.kind, JOIN.kind) == ("mute", "pong", "join_request")
    assert request(protobuf=rtc.SignalRequest()).kind == "unknown"


def test_a_message_passes_when_nobody_intercepts() -> None:
    assert apply(request()) == ([request()], 0)


def test_a_message_can_be_dropped_changed_and_added_to() -> None:
    assert apply(request(), Swallow()) == ([], 0)
    changed, _ = apply(request(), Unmute())
    assert changed[0].protobuf == rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x"))
    assert apply(request(), AddPong()) == ([request(), PONG], 0)


def test_each_acts_on_what_the_one_before_returned() -> None:
    assert apply(request(), AddPong(), Swallow()) == ([PONG], 0)
    assert apply(request(), Swallow(), AddPong()) == ([], 0)


@pytest.mark.parametrize(
    "bad",
    [
        Raises(), Returns(None), Returns([5]), Returns([request(participant="bob")]),
        Returns([request(direction="server")]), Returns([request()] * 101),
    ],
)  # fmt: skip
def test_one_that_fails_is_counted_and_the_message_passes(
    bad: Interceptor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert apply(request(), bad) == ([request()], 1)

    assert len(caplog.records) == 1
    assert "token" not in caplog.text


@pytest.mark.parametrize("out", [[], [JOIN, JOIN], [PONG], [request()]])
def test_a_join_request_can_only_be_changed(out: list[Signal]) -> None:
    assert apply(JOIN, Returns(out)) == ([JOIN], 1)
    assert apply(JOIN, Returns([JOIN])) == ([JOIN], 0)


MODULE = """
class Sees:
    def intercept(self, signal):
        return [signal]

class Blind:
    pass

class Breaks:
    def __init__(self):
        raise ValueError("no")
"""


def test_an_interceptor_is_loaded_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "intercepting_module.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))

    loaded = load_interceptor("intercepting_module:Sees")
    assert loaded.intercept(PONG) == [PONG]
    for path, says in [
        ("intercepting_module", "is not written as module:callable"),
        ("no_such_module:X", "cannot be loaded: ModuleNotFoundError"),
        ("intercepting_module:Nobody", "cannot be loaded: AttributeError"),
        ("intercepting_module:Breaks", "cannot be loaded: ValueError: no"),
        ("intercepting_module:Blind", "without intercept(signal)"),
    ]:
        with pytest.raises(GatewayError, match=re.escape(says)):
            load_interceptor(path)
