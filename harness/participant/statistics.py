"""WebRTC statistics of an SDK as plain JSON objects.

One object for each entry: `side` (`publisher` or `subscriber`; with a single peer connection all
are `publisher`), `type` (`inbound_rtp`, `candidate_pair`, …), `at_ns`, and the members of all its
parts side by side. Members that WebRTC did not report are 0 in the Python SDK: 0 is no measured 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message


def message_object(message: Message) -> dict[str, Any]:
    """A protobuf message as JSON values: enums by name, integers as integers, unset left out."""
    return {field.name: _value(field, value) for field, value in message.ListFields()}


def statistics_entry(stats: Message, *, side: str, at_ns: int) -> dict[str, Any]:
    """One entry of the SDK's statistics (an `RtcStats` message)."""
    variant = stats.WhichOneof("stats")
    entry: dict[str, Any] = {"side": side, "type": variant, "at_ns": at_ns}
    if variant is None:
        return entry
    for part in message_object(getattr(stats, variant)).values():
        if isinstance(part, dict):
            entry.update(part)
    return entry


def _value(field: FieldDescriptor, value: Any) -> Any:  # noqa: ANN401 - JSON values
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_single(field, item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    return _single(field, value)


def _single(field: FieldDescriptor, value: Any) -> Any:  # noqa: ANN401 - JSON values
    if isinstance(value, Message):
        return message_object(value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known is not None else value
    if isinstance(value, bytes):
        return value.hex()
    return value
