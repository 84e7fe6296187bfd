from __future__ import annotations

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.gateway.errors import TokenError
from harness.gateway.identity import Identity, bearer_token, read_identity


def jwt(payload: object) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{middle}.c2ln"


def test_identity_and_room_are_read() -> None:
    token = jwt({"sub": "alice", "iss": "key", "video": {"room": "r", "roomJoin": True}})

    assert read_identity(token) == Identity(name="alice", room="r")


def test_a_token_need_not_name_a_room() -> None:
    assert read_identity(jwt({"sub": "alice"})) == Identity(name="alice", room="")


@pytest.mark.parametrize(
    "token",
    [
        None, "", "secret", "a.b", "a.secret.c", "a.é.c", jwt([]), jwt({}), jwt({"sub": 5}),
        jwt({"sub": "a", "video": 3}), jwt({"sub": "alice"}) + "x" * 70_000,
    ],
)  # fmt: skip
def test_what_names_nobody_is_refused_without_repeating_it(token: str | None) -> None:
    with pytest.raises(TokenError) as caught:
        read_identity(token)

    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_identity_that_no_server_takes_is_refused() -> None:
    assert read_identity(jwt({"sub": "é" * 256})).name == "é" * 256
    with pytest.raises(TokenError, match=r"has 257 characters: 256 is the most$"):
        read_identity(jwt({"sub": "x" * 257}))


@given(st.text())
def test_any_text_is_an_identity_or_a_token_error(text: str) -> None:
    with suppress(TokenError):
        assert read_identity(text).name


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", None),
        ("Bearer", None),
        ("", None),
        (None, None),
    ],
)
def test_the_bearer_token_of_a_header(header: str | None, token: str | None) -> None:
    assert bearer_token(header) == token
