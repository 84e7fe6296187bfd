"""pytest entry point of livekit-harness, under a name that no project's own folder has.

A folder called `harness` in a user's project would be imported in place of ours. That is found
here, and said, before anything else can fail because of it.
"""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

OURS = "clauses/mute.toml"
"""A file that only our package has."""

_found = util.find_spec("harness")
_places = [Path(place) for place in (_found.submodule_search_locations or ())] if _found else []
if not any((place / OURS).exists() for place in _places):
    _other = _places[0] if _places else "another module"
    raise pytest.UsageError(
        f"livekit-harness cannot be used: {_other} is imported as `harness` in place of its "
        "package; rename that folder, or run pytest with `-p no:livekit_harness`"
    )

from harness.plugin import (  # noqa: E402 - only after the check
    lk_scenario,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_configure_node,
    pytest_deselected,
    pytest_generate_tests,
)

__all__ = [
    "lk_scenario",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_deselected",
    "pytest_generate_tests",
]
