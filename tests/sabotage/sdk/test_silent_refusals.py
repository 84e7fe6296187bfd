from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.participant.tampering import Tamper
from harness.sabotage.sdk.silent_refusals import (
    PICTURES,
    QUALITY,
    SOUND,
    silent_pictures,
    silent_quality,
    silent_sound,
)
from tests.sabotage.seams import changes_of


@pytest.mark.parametrize(("tamper", "calls"), [(silent_sound, SOUND), (silent_pictures, PICTURES)])
def test_only_probes_are_not_refused(tamper: Tamper, calls: tuple[str, ...]) -> None:
    assert tuple(changes_of(tamper, identity="probe1")) == calls
    assert changes_of(tamper, identity="alice") == {}


@pytest.mark.parametrize("identity", ["bob", "probe1"])
def test_a_quality_is_refused_nowhere(identity: str) -> None:
    assert list(changes_of(silent_quality, identity=identity)) == [QUALITY]


@pytest.fixture
def silent() -> Callable[[Any], Any]:
    return changes_of(silent_sound, identity="probe1")["AudioSource.__init__"]


def half(number: float) -> float:
    return number / 2


def test_a_call_gives_none_where_it_raised(silent: Callable[[Any], Any]) -> None:
    assert silent(half)(4) == 2
    assert silent(half)("text") is None


def test_so_does_a_static_method(silent: Callable[[Any], Any]) -> None:
    made = silent(staticmethod(half))

    assert isinstance(made, staticmethod)
    assert made.__func__("text") is None


@pytest.mark.asyncio
async def test_so_does_a_coroutine(silent: Callable[[Any], Any]) -> None:
    async def later(number: float) -> float:
        return half(number)

    assert await silent(later)(4) == 2
    assert await silent(later)("text") is None
