from __future__ import annotations

import pytest

from harness.sabotage.sdk.options_without_simulcast import choosy_options
from tests.sabotage.seams import changes_of

[make] = changes_of(choosy_options, identity="probe1").values()
options = make(dict)


def test_an_encoding_without_a_word_of_layers_is_refused() -> None:
    with pytest.raises(ValueError, match="simulcast"):
        options(video_encoding=1)


@pytest.mark.parametrize(
    "fields", [{}, {"simulcast": False}, {"video_encoding": 1, "simulcast": True}]
)
def test_all_else_is_taken(fields: dict[str, object]) -> None:
    assert options(**fields) == fields


def test_who_has_joined_is_left_alone() -> None:
    assert changes_of(choosy_options, identity="alice") == {}
