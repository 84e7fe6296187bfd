from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from livekit import rtc

from harness.sabotage.sdk.close_without_end import close_without_end
from tests.sabotage.seams import changes_of


@pytest.mark.asyncio
async def test_the_stream_is_let_go_and_its_reader_not_told() -> None:
    [(path, make)] = changes_of(close_without_end).items()
    disposed: list[bool] = []
    reading = asyncio.create_task(asyncio.Event().wait())
    stream = SimpleNamespace(
        _task=reading, _ffi_handle=SimpleNamespace(dispose=lambda: disposed.append(True))
    )
    await make(rtc.AudioStream.aclose)(stream)
    await asyncio.wait([reading])

    assert path == "AudioStream.aclose"
    assert reading.cancelled()
    assert disposed == [True]
