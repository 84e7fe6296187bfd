from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from harness.evidence.sdk_event import SdkEvent
from harness.participant import protocol, protocol_lines
from harness.participant.protocol import JoinOptions, PublishOptions
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.spoken import Spoken
from harness.signals.sweep import Sweep

SPOKEN = Spoken(
    file=str(Path(__file__).parents[1] / "verifiers" / "sweep_period.wav"), pause_ms=500
)
COMMANDS = [
    protocol.Tamper(identity="alice", tampers=("module:callable",)),
    protocol.Begin(identity="alice", folder="/f"),
    protocol.Join(
        url="ws://h",
        token="t",
        options=JoinOptions(auto_subscribe=False, dynacast=True, single_peer_connection=False),
    ),
    protocol.Leave(),
    protocol.PublishTone(name="tone", tone=Tone(pilot_hz=700, right_pilot_hz=300), hold=True),
    protocol.PublishSweep(name="sweep", sweep=Sweep(direction="down", level_dbfs=-1)),
    protocol.PublishSpoken(name="hello", spoken=SPOKEN),
    protocol.PublishPicture(
        name="face", picture=ColourCode(track_code=9), options=PublishOptions(codec="vp9")
    ),
    protocol.PublishAgain(name="twin", source_of="tone"),
    protocol.Unpublish(sid="TR_a"),
    protocol.Mute(sid="TR_a"),
    protocol.Unmute(sid="TR_a"),
    protocol.Subscribe(sid="TR_a"),
    protocol.Unsubscribe(sid="TR_a"),
    protocol.SetQuality(sid="TR_a", quality="medium"),
    protocol.SetDimensions(sid="TR_a", width=320, height=180),
    protocol.SetEnabled(sid="TR_a", enabled=False),
    protocol.SetPermissions(
        allow_all=False, allowed=(protocol.Permission(identity="bob", sids=("TR_a",)),)
    ),
    protocol.Record(sid="TR_a", name="heard", channels=2),
    protocol.StopRecording(sid="TR_a"),
    protocol.GetStatistics(),
    protocol.GetHealth(),
    protocol.GetPublications(),
    protocol.Probe(file="/p.py", function="f", args={"n": [1, None, {"a": 1.5}]}),
]
MESSAGES = [
    protocol.Hello(protocol=1, sdk="python 1.2.0", features=("join",)),
    protocol.Reply(id=3, result=msgspec.Raw(b'{"at_ns":5}')),
    protocol.Failed(id=None, error="not JSON", kind="DecodeError"),
    protocol.Event(event=SdkEvent(at_ns=1, participant="bob", name="moved", details={"a": [1]})),
    protocol.Fault(where="source of tone", error="disk full", at_ns=7),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
def test_commands_survive_the_line(command: protocol.Command) -> None:
    line = msgspec.json.encode(protocol_lines.request(4, command))

    read = protocol_lines.read_request(line)

    assert read.id == 4
    assert protocol_lines.read_command(read) == command


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_messages_survive_the_line(message: protocol.FromParticipant) -> None:
    assert protocol_lines.read_message(msgspec.json.encode(message)) == message


def test_every_command_is_in_the_list_above() -> None:
    assert {type(command) for command in COMMANDS} == set(protocol.Command.__args__)


def test_a_line_is_readable_by_a_participant_in_another_language() -> None:
    line = msgspec.json.encode(protocol_lines.request(4, protocol.Mute(sid="TR_a")))

    assert json.loads(line) == {"id": 4, "command": {"type": "mute", "sid": "TR_a"}}


def test_what_a_sound_is_can_be_asked_of_each_command() -> None:
    tone, sweep = Tone(pilot_hz=700), Sweep(direction="down")

    assert protocol.PublishTone(name="a", tone=tone).sound == tone
    assert protocol.PublishSweep(name="b", sweep=sweep).sound == sweep
    assert protocol.PublishSpoken(name="c", spoken=SPOKEN).sound == SPOKEN
