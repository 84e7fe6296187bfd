from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.impairment import Packet, Waiting
from harness.network.queues import fifo as fifo_module
from harness.network.queues.fifo import Fifo


def waiting(n: int, size: int) -> Waiting:
    return Waiting(n, Packet(size), None)


@given(st.integers(0, 3000), st.lists(st.integers(1, 1500) | st.none(), max_size=60))
def test_what_waits_fits_into_the_room_and_comes_out_in_order(
    room_bytes: int, steps: list[int | None]
) -> None:
    fifo, inside = Fifo(room_bytes=room_bytes), list[tuple[Waiting, int]]()
    for n, size in enumerate(steps):
        if size is None:
            if inside:
                assert fifo.pop() == inside.pop(0)
        else:
            fits = sum(w.packet.size for w, _ in inside) + size <= room_bytes
            assert fifo.put(waiting(n, size), n) == (fits or not inside)
            if fits or not inside:
                inside.append((waiting(n, size), n))
        assert fifo.size_bytes == sum(w.packet.size for w, _ in inside)
        assert fifo.size_bytes <= room_bytes or len(inside) == 1


def test_room_is_filled_to_the_last_byte() -> None:
    fifo = Fifo(room_bytes=10)
    assert [fifo.put(waiting(n, size), 0) for n, size in enumerate((4, 6, 1))] == [
        True,
        True,
        False,
    ]


def test_packets_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fifo_module, "MOST_PACKETS", 3)
    fifo = Fifo(room_bytes=1 << 30)
    assert [fifo.put(waiting(n, 1), 0) for n in range(5)] == [True, True, True, False, False]


def test_nothing_is_dropped_from_its_head() -> None:
    fifo = Fifo(room_bytes=10)
    fifo.put(waiting(0, 1), 0)
    assert fifo.take(10**12) == (waiting(0, 1), ())
    with pytest.raises(IndexError):
        fifo.take(0)
