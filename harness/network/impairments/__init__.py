"""Impairments, one file each. A new one is a file here, a name in REGISTRY, a test file.

They act in the order of the registry: see `harness.network.impairment` for the places.
"""

from __future__ import annotations

from harness.network.impairment import ImpairmentBase
from harness.network.impairments.delay import Delay
from harness.network.impairments.drop_list import DropList
from harness.network.impairments.loss import Loss

Impairment = DropList | Loss | Delay
"""Tagged union: what travels as JSON, told apart by the field `impairment`."""

REGISTRY: dict[str, type[ImpairmentBase]] = {
    "drop_list": DropList,
    "loss": Loss,
    "delay": Delay,
}
"""Name, as in the field `impairment`, to the class; in the order in which they act."""

__all__ = ["REGISTRY", "Delay", "DropList", "Impairment", "Loss"]
