from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from harness.run.termination import interrupt_on_termination


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("inherited", [signal.default_int_handler, signal.SIG_IGN])
def test_sigterm_interrupts_even_where_interrupts_were_ignored(inherited: object) -> None:
    signal.signal(signal.SIGINT, inherited)  # type: ignore[arg-type]
    interrupt_on_termination()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


def test_another_thread_than_the_first_changes_nothing() -> None:
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=interrupt_on_termination)
    thread.start()
    thread.join(10)
    assert signal.getsignal(signal.SIGTERM) is before
