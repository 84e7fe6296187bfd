"""Impairments, one file each. A new one is a file here, a name in REGISTRY, a test file.

They act in the order of the registry: see `harness.network.impairment` for the places.
"""

from __future__ import annotations

from harness.network.impairment import ImpairmentBase
from harness.network.impairments.blackhole import Blackhole
from harness.network.impairments.burst_loss import BurstLoss
from harness.network.impairments.corrupt import Corrupt
from harness.network.impairments.delay import Delay
from harness.network.impairments.delay_trace import DelayTrace
from harness.network.impairments.drop_list import DropList
from harness.network.impairments.duplicate import Duplicate
from harness.network.impairments.four_state_loss import FourStateLoss
from harness.network.impairments.jitter import Jitter
from harness.network.impairments.link_flap import LinkFlap
from harness.network.impairments.loss import Loss
from harness.network.impairments.path_mtu import PathMtu
from harness.network.impairments.rate_limit import RateLimit
from harness.network.impairments.rate_trace import RateTrace
from harness.network.impairments.rebind import Rebind
from harness.network.impairments.reorder import Reorder

Impairment = (
    PathMtu
    | Blackhole
    | LinkFlap
    | DropList
    | Loss
    | BurstLoss
    | FourStateLoss
    | RateLimit
    | RateTrace
    | Reorder
    | Duplicate
    | Corrupt
    | Delay
    | Jitter
    | DelayTrace
    | Rebind
)
"""Tagged union: what travels as JSON, told apart by the field `impairment`."""

REGISTRY: dict[str, type[ImpairmentBase]] = {
    "path_mtu": PathMtu,
    "blackhole": Blackhole,
    "link_flap": LinkFlap,
    "drop_list": DropList,
    "loss": Loss,
    "burst_loss": BurstLoss,
    "four_state_loss": FourStateLoss,
    "rate_limit": RateLimit,
    "rate_trace": RateTrace,
    "reorder": Reorder,
    "duplicate": Duplicate,
    "corrupt": Corrupt,
    "delay": Delay,
    "jitter": Jitter,
    "delay_trace": DelayTrace,
    "rebind": Rebind,
}
"""Name, as in the field `impairment`, to the class; in the order in which they act."""

__all__ = [
    "REGISTRY",
    "Blackhole",
    "BurstLoss",
    "Corrupt",
    "Delay",
    "DelayTrace",
    "DropList",
    "Duplicate",
    "FourStateLoss",
    "Impairment",
    "Jitter",
    "LinkFlap",
    "Loss",
    "PathMtu",
    "RateLimit",
    "RateTrace",
    "Rebind",
    "Reorder",
]
