"""Names of the ways to get a server, for who only needs to name them."""

from __future__ import annotations

BACKENDS = ("auto", "external", "container", "binary", "embedded")
