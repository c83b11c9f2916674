"""Timing side by side, so that noise hits both sides alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """What one benchmark found: medians in seconds, how often measured, and the bar the ratio must stay under."""

    name: str
    what: str
    baseline: str
    seconds: float
    baseline_seconds: float
    bar: float
    rounds: int
    more: dict[str, str] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """How many times the baseline it took."""
        return self.seconds / self.baseline_seconds

    @property
    def holds(self) -> bool:
        """Whether the bar holds."""
        return self.ratio <= self.bar


def side_by_side(
    measured: Callable[[], object], baseline: Callable[[], object], *, rounds: int, warm_up: int = 5
) -> tuple[float, float]:
    """Return the median seconds of both, called in turns after a warm-up of both."""
    for _round in range(warm_up):
        baseline()
        measured()
    pairs = [(timed(baseline), timed(measured)) for _round in range(rounds)]
    return statistics.median(pair[1] for pair in pairs), statistics.median(pair[0] for pair in pairs)


def each_side_by_side(
    measured: Callable[[str], object],
    of_measured: Sequence[str],
    baseline: Callable[[int], object],
    of_baseline: Sequence[int],
) -> tuple[float, float]:
    """Return the median seconds of two calls over their own inputs, taken in turns."""
    pairs = [
        (timed(lambda key=key: baseline(key)), timed(lambda text=text: measured(text)))  # type: ignore[misc]
        for text, key in zip(of_measured, of_baseline, strict=True)
    ]
    return statistics.median(pair[1] for pair in pairs), statistics.median(pair[0] for pair in pairs)


def timed(call: Callable[[], object]) -> float:
    """Return how long a call took, in seconds."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
