from __future__ import annotations

import pytest

from harness.participant import protocol_lines


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id":1,"command":{"type":"fly"}}', "Invalid value 'fly'"),
        (b'{"id":1,"command":{"type":"mute"}}', "missing required field `sid`"),
        (b'{"id":1,"command":{"type":"mute","sid":3}}', "Expected `str`"),
        (b'{"id":1,"command":{"type":"leave","now":1}}', "unknown field `now`"),
        (b'{"id":1,"command":{"type":"mute","sid":"\xff"}}', "can't decode byte 0xff"),
        (b'{"id":1,"command":{"type":"publish_tone","name":"t","tone":{"pilot_hz":5}}}', "pilot"),
        (b'{"id":1,"command":{"type":"publish_sweep","name":"s","sweep":{"level_dbfs":3}}}', "-40"),
    ],
)
def test_a_bad_command_says_what_is_wrong(line: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        protocol_lines.read_command(protocol_lines.read_request(line))


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b'{"command":{}}', b'{"id":"x","command":{}}', b'{"id":' + b"[" * 99_999],
)
def test_a_bad_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"malformed|Expected|truncated|missing"):
        protocol_lines.read_request(line)
