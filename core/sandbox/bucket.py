"""The rate that the stand-in holds its callers to: a bucket of one token."""

import time
from collections.abc import Callable


class Bucket:
    """One token, refilled at `rate_per_s`; a rate of 0 lets every request pass."""

    def __init__(self, rate_per_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.rate_per_s = rate_per_s
        self._monotonic = monotonic
        self._full_at = monotonic()

    def take(self) -> bool:
        """Take the token if there is one; a refused request costs nothing."""
        now = self._monotonic()
        if self.rate_per_s <= 0:
            return True
        if now < self._full_at:
            return False
        self._full_at = now + 1 / self.rate_per_s
        return True
