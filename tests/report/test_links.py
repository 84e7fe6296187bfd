from __future__ import annotations

import pytest

from harness.report.links import link, web_link


@pytest.mark.parametrize(
    ("file", "address"),
    [
        ("bob/tone.wav", "bob/tone.wav"),
        ("a b/[1]#.wav", "a%20b/%5B1%5D%23.wav"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("../x", None),
        ("a/../../x", None),
        ("/etc/passwd", None),
        ("", None),
    ],
)
def test_a_file_link_stays_in_the_folder(file: str, address: str | None) -> None:
    assert link(file) == address


def test_only_the_web_is_linked() -> None:
    assert web_link("https://example.org") == "https://example.org"
    assert web_link("javascript:alert(1)") is None
