"""Impairments, one file each. A new one is a file here, a name in REGISTRY, a test file.

They act in the order of the registry: see `harness.network.impairment` for the places.
"""

from __future__ import annotations

from harness.network.impairment import ImpairmentBase
from harness.network.impairments.blackhole import Blackhole
from harness.network.impairments.burst_loss import BurstLoss
from harness.network.impairments.delay import Delay
from harness.network.impairments.drop_list import DropList
from harness.network.impairments.jitter import Jitter
from harness.network.impairments.loss import Loss
from harness.network.impairments.rate_limit import RateLimit
from harness.network.impairments.rebind import Rebind

Impairment = Blackhole | DropList | Loss | BurstLoss | RateLimit | Delay | Jitter | Rebind
"""Tagged union: what travels as JSON, told apart by the field `impairment`."""

REGISTRY: dict[str, type[ImpairmentBase]] = {
    "blackhole": Blackhole,
    "drop_list": DropList,
    "loss": Loss,
    "burst_loss": BurstLoss,
    "rate_limit": RateLimit,
    "delay": Delay,
    "jitter": Jitter,
    "rebind": Rebind,
}
"""Name, as in the field `impairment`, to the class; in the order in which they act."""

__all__ = [
    "REGISTRY",
    "Blackhole",
    "BurstLoss",
    "Delay",
    "DropList",
    "Impairment",
    "Jitter",
    "Loss",
    "RateLimit",
    "Rebind",
]
