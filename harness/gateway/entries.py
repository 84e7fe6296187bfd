"""How much is in a message: a few bytes, packed, can hold hundreds of thousands of small parts."""

from __future__ import annotations

from google.protobuf.message import Message

MAX_ENTRIES = 10_000
"""Of all lists and maps of a client's message: who resumes in a room of 1000 names 3000 tracks."""


def too_many_entries(message: Message) -> bool:
    """Whether the lists and maps of a message hold more than `MAX_ENTRIES`, those within counted.

    It looks no further than it must.
    """
    count = 0
    unseen = [message]
    while unseen:
        for field, value in unseen.pop().ListFields():
            if field.is_repeated:
                count += len(value)
                if count > MAX_ENTRIES:
                    return True
            if field.message_type is None:
                continue
            if field.message_type.GetOptions().map_entry:
                inside = field.message_type.fields_by_name["value"].message_type
                unseen += value.values() if inside is not None else ()
            else:
                unseen += value if field.is_repeated else (value,)
    return False
