"""What the stand-in does wrong, and to which requests."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

FaultKind = Literal[
    "400",
    "401",
    "403",
    "404",
    "429",
    "500",
    "502",
    "503",
    "504",
    "reset_before",
    "reset_after",
    "truncated",
    "slow",
]
FaultRoute = Literal["create", "update", "replace", "remove", "view", "list"]

KINDS: tuple[str, ...] = get_args(FaultKind)

_WRITTEN = re.compile(
    r"(?P<kind>\w+)(@(?P<route>\w+))?:(?P<which>[\d.]+%|\d+(,\d+)*)(:(?P<seconds>[\d.]+)s)?"
)


class Fault(BaseModel):
    """One kind of failure, met by a share of the requests or by those of the given numbers.

    Numbers count from 1 since the fault was set, over the requests to `route` (left out: all).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    share: float = Field(0, ge=0, le=1)
    requests: tuple[int, ...] = ()
    route: FaultRoute | None = None
    seconds: float = Field(0, ge=0, description="how long a slow answer takes")
    retry_after: str | None = Field(None, description="Retry-After of a 429 or 503")

    @model_validator(mode="after")
    def _meets_something(self) -> Self:
        if not self.share and not self.requests:
            raise ValueError("say which requests it meets: `share` or `requests`")
        return self


def parse_fault(text: str) -> Fault:
    """Return the fault that the text describes.

    Raises: ValueError.

    >>> parse_fault("429:10%").share
    0.1
    >>> parse_fault("reset_after@update:3,7").requests
    (3, 7)
    >>> parse_fault("slow:100%:2s").seconds
    2.0
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or found["kind"] not in KINDS:
        raise ValueError(
            f"'{text}' is no fault: write KIND[@ROUTE]:SHARE% or KIND[@ROUTE]:N,N,… "
            f"(slow also :SECONDSs), with a kind of {', '.join(KINDS)}"
        )
    which = found["which"]
    by_share = which.endswith("%")
    return Fault.model_validate(
        {
            "kind": found["kind"],
            "route": found["route"],
            "share": float(which[:-1]) / 100 if by_share else 0,
            "requests": () if by_share else tuple(int(number) for number in which.split(",")),
            "seconds": float(found["seconds"] or 0),
        }
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """What happens to one request: seconds that its answer waits, and at most one failure."""

    wait_s: float = 0
    failure: Fault | None = None


class FaultPlan:
    """The faults in force; the same seed and requests meet the same faults again."""

    def __init__(self, faults: Sequence[Fault], seed: int) -> None:
        self._counted = [
            _CountedFault(fault, random.Random(f"{seed}:{place}"))  # noqa: S311
            for place, fault in enumerate(faults)
        ]

    def draw(self, route: str) -> Drawn:
        """Return what the next request to the route meets; every fault counts it."""
        met = [counted.fault for counted in self._counted if counted.meets(route)]
        wait_s = sum(fault.seconds for fault in met if fault.kind == "slow")
        return Drawn(wait_s, next((fault for fault in met if fault.kind != "slow"), None))


class _CountedFault:
    def __init__(self, fault: Fault, dice: random.Random) -> None:
        self.fault = fault
        self._dice = dice
        self._seen = 0

    def meets(self, route: str) -> bool:
        if self.fault.route not in (None, route):
            return False
        self._seen += 1
        return self._seen in self.fault.requests or self._dice.random() < self.fault.share
