from __future__ import annotations

import contextlib
import socket

import pytest

from harness.processes.lines import (
    MAX_LINE,
    MAX_WAITING,
    ChannelClosedError,
    ChannelFullError,
    LineChannel,
)


async def pair() -> tuple[LineChannel, LineChannel]:
    one, other = socket.socketpair()
    return await LineChannel.open(one), await LineChannel.open(other)


@pytest.mark.asyncio
async def test_objects_arrive_as_lines_in_order() -> None:
    ours, theirs = await pair()
    ours.write({"a": 1})
    ours.write(["two\nlines"])
    assert await theirs.read() == b'{"a":1}'
    assert await theirs.read() == b'["two\\nlines"]'
    await ours.close()
    assert await theirs.read() is None
    await theirs.close()


@pytest.mark.asyncio
async def test_longest_line_passes_and_a_longer_one_is_refused_before_it_is_sent() -> None:
    ours, theirs = await pair()
    longest = "x" * (MAX_LINE - 3)
    with pytest.raises(ValueError, match="longer than"):
        ours.write(longest + "x")
    ours.write(longest)
    assert await theirs.read() == b'"' + longest.encode() + b'"'
    await ours.close()
    await theirs.close()


@pytest.mark.asyncio
async def test_a_reader_may_take_longer_lines_than_others() -> None:
    sender, receiver = socket.socketpair()
    theirs = await LineChannel.open(receiver, longest=3 * MAX_LINE)
    ours = await LineChannel.open(sender)
    ours._writer.write(b"x" * 2 * MAX_LINE + b"\n")
    assert await theirs.read() == b"x" * 2 * MAX_LINE
    ours._writer.write(b"x" * 7 * MAX_LINE)
    with pytest.raises(ValueError, match=f"longer than {3 * MAX_LINE} bytes"):
        await theirs.read()
    await ours.close()
    await theirs.close()


@pytest.mark.asyncio
async def test_line_that_never_ends_is_an_error_of_the_reader() -> None:
    sender, receiver = socket.socketpair()
    theirs = await LineChannel.open(receiver)
    ours = await LineChannel.open(sender)
    for _ in range(3):
        ours._writer.write(b"x" * MAX_LINE)
    with pytest.raises(ValueError, match="longer than"):
        await theirs.read()
    await ours.close()
    await theirs.close()


@pytest.mark.asyncio
async def test_writer_is_never_blocked_by_a_slow_reader_and_is_told_when_full() -> None:
    ours, theirs = await pair()
    accepted = 0
    for _ in range(2 * MAX_WAITING // 65536):
        with contextlib.suppress(ChannelFullError):
            ours.write("x" * 65536)
            accepted += 1
    assert MAX_WAITING <= accepted * 65539 <= MAX_WAITING + 1_000_000
    for _ in range(accepted):
        assert await theirs.read() is not None
    ours.write("again")
    assert await theirs.read() == b'"again"'
    await ours.close()
    await theirs.close()


@pytest.mark.asyncio
async def test_line_cut_off_by_the_end_of_its_writer_is_dropped() -> None:
    sender, receiver = socket.socketpair()
    theirs = await LineChannel.open(receiver)
    sender.sendall(b'"whole"\n"cut')
    sender.close()
    assert await theirs.read() == b'"whole"'
    assert await theirs.read() is None
    await theirs.close()


@pytest.mark.asyncio
async def test_writing_to_one_who_has_ended_is_an_error() -> None:
    ours, theirs = await pair()
    await theirs.close()
    assert await ours.read() is None
    with contextlib.suppress(ChannelClosedError):
        ours.write("the loop may learn of it only now")
    with pytest.raises(ChannelClosedError):
        ours.write("x")
    await ours.close()
