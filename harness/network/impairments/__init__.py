"""Impairments, one file each. A new one is a file here, a name in `Impairment`, a test file."""

from __future__ import annotations

from harness.network.impairment import ImpairmentBase
from harness.network.impairments.drop_list import DropList
from harness.network.impairments.loss import Loss

Impairment = DropList | Loss
"""Tagged union: what travels as JSON, told apart by the field `impairment`."""

REGISTRY: dict[str, type[ImpairmentBase]] = {"drop_list": DropList, "loss": Loss}
"""Name, as in the field `impairment`, to the class."""

__all__ = ["REGISTRY", "DropList", "Impairment", "Loss"]
