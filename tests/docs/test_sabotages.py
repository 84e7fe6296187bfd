"""The sabotages of docs/explanation/proof.md, each a file as it is shown."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from livekit.protocol import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.gateway.interceptors import Signal, load_interceptor
from harness.participant.tampering import load_tamper
from harness.sabotage.registry import declared
from harness.sabotage.sabotage import Sabotage
from harness.signals.generator import generator_of
from harness.signals.sound import Tone
from tests.docs.blocks import blocks
from tests.sabotage.captures import Library
from tests.sabotage.seams import changes_of

SHOWN = [one for one in blocks("docs/explanation/proof.md") if one.kind == "python"]
NAMES = [one.text.partition('name="')[2].partition('"')[0] for one in SHOWN]


@pytest.fixture
def module(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The file that is shown, imported from a folder of its own."""
    file = f"shown_{name.replace('-', '_')}"
    (tmp_path / f"{file}.py").write_text(SHOWN[NAMES.index(name)].text)
    monkeypatch.syspath_prepend(str(tmp_path))
    return importlib.import_module(file)


def sabotage_of(module: ModuleType) -> Sabotage:
    [sabotage] = declared(module)
    return sabotage


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_sabotage(name: str, module: ModuleType) -> None:
    sabotage = sabotage_of(module)
    assert sabotage.named <= set(Catalogue.load(SHIPPED))
    assert bool(sabotage.named) != bool(sabotage.harmless)
    for path in sabotage.interceptors:
        load_interceptor(path)
    for path in sabotage.tampers:
        load_tamper(path)


@pytest.mark.parametrize("name", ["swallow-mute"])
@pytest.mark.parametrize("muted", [True, False])
def test_a_mute_is_swallowed(module: ModuleType, *, muted: bool) -> None:
    interceptor = load_interceptor(*sabotage_of(module).interceptors)
    asked = rtc.SignalRequest(mute=rtc.MuteTrackRequest(muted=muted))
    signal = Signal(participant="alice", room="demo", direction="client", protobuf=asked)
    assert interceptor.intercept(signal) == ([] if muted else [signal])


@pytest.mark.parametrize("name", ["half-as-loud", "short-queue"])
def test_tampers_change_what_they_say(module: ModuleType) -> None:
    [(seam, change)] = changes_of(load_tamper(*sabotage_of(module).tampers)).items()
    if seam == "sounds":
        tone = Tone(pilot_hz=400)
        sent = generator_of(tone).samples
        np.testing.assert_array_equal(change(sent, tone, 0, 480), sent(0, 480) // 2)
    else:
        library, request = Library(), FfiRequest()
        request.new_audio_source.queue_size_ms = 50
        change(library.send, request)
        assert library.asked[0].new_audio_source.queue_size_ms == 20
