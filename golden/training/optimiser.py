"""What an update does with a gradient: the choices of an optimiser that a device can afford.

============  =================================================================================================
optimiser     a step of theta
============  =================================================================================================
plain         the gradient, shifted by the rate and clipped
momentum      its running mean over about 2^J minibatches: v <- v - half_up(v, J) + 2^-J gradient
sign          the rate times a threshold, up or down, where the gradient (with momentum its running mean) reaches it
============  =================================================================================================

Each in minibatches too, with a rate for every block of parameters and a schedule; powers of two throughout. What the
array computes is the default. Integers: docs/numerics.md, section 5; `golden.training.descent` computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from golden.errors import HelError
from golden.language.validate import shortened, whole

__all__ = ["OPTIMISERS", "READOUT", "SCHEDULES", "Optimiser"]

OPTIMISERS = ("plain", "momentum", "sign")

READOUT = "readout"
"""The block of the readout's weights."""

USUAL_MOMENTUM, USUAL_THRESHOLD = 3, 6
LARGEST_BATCH = 1 << 16


def halves(sample: int, total: int) -> int:
    """Halved whenever half of what was left is over: at 1/2, 3/4 and 7/8.

    >>> [halves(k, 8) for k in range(8)]
    [0, 0, 0, 0, 1, 1, 2, 3]
    """
    return sum(8 * sample >= part * total for part in (4, 6, 7))


SCHEDULES: dict[str, Callable[[int, int], int]] = {
    "quarters": lambda sample, total: 4 * sample // total,
    "constant": lambda sample, total: 0,
    "halves": halves,
    "eighths": lambda sample, total: 8 * sample // total,
}
"""name -> how often the rate of the sample-th of `total` samples has been halved."""


@dataclass(frozen=True)
class Optimiser:
    """The choices of one training.

    Members
    -------
    name : one of OPTIMISERS
    momentum : J, the velocity decays by 2**-J a minibatch; 0: none, of "momentum" 3
    batch : samples of a minibatch, a power of two
    rates : parameter name -> K, its rate is 2**-K of the others'; `READOUT` is the readout
    schedule : one of SCHEDULES
    threshold : of sign: gradients below 2**-threshold count as 0, others as that; None: 6, or no sign

    Raises
    ------
    HelError : what cannot be.

    >>> Optimiser().plain, Optimiser("momentum").momentum, Optimiser(batch=8).keeps
    (True, 3, True)
    """

    name: str = "plain"
    momentum: int = 0
    batch: int = 1
    rates: Mapping[str, int] = field(default_factory=dict)
    schedule: str = "quarters"
    threshold: int | None = None

    def __post_init__(self) -> None:
        for kind, value, known in (("an optimiser", self.name, OPTIMISERS), ("a schedule", self.schedule, SCHEDULES)):
            if not isinstance(value, str) or value not in known:
                raise HelError(f"{kind} is {', '.join(known)}, got {shortened(value)}; choose one of them")
        whole(self.momentum, "the momentum's shift", 0)
        whole(self.batch, "the samples of a minibatch", 1)
        if self.batch & (self.batch - 1) or self.batch > LARGEST_BATCH:
            raise HelError(
                f"a minibatch is a power of two of samples, at most {LARGEST_BATCH}, got {self.batch};"
                f" use {1 << min(self.batch.bit_length() - 1, 16)}"
            )
        if self.name == "plain" and self.momentum:
            raise HelError(
                f"plain has no momentum, got {self.momentum}; choose the optimiser momentum, or leave it out"
            )
        if self.name != "sign" and self.threshold is not None:
            raise HelError(f"a threshold is for the optimiser sign, got {self.threshold} for {self.name}; leave it out")
        if not isinstance(self.rates, Mapping):
            raise HelError(f"rates map names to shifts such as {{'al': 2}}, got {shortened(self.rates)}; write them so")
        for block, shift in self.rates.items():
            if not isinstance(shift, int) or isinstance(shift, bool) or abs(shift) > 20:
                raise HelError(f"a block's rate is an integer from -20 to 20, got {shortened(shift)} for {block};"
                               " 2 is a quarter of the others'")  # fmt: skip
        if self.name == "momentum" and not self.momentum:
            object.__setattr__(self, "momentum", USUAL_MOMENTUM)
        if self.name == "sign":
            threshold = USUAL_THRESHOLD if self.threshold is None else self.threshold
            if not isinstance(threshold, int) or not -8 <= threshold <= 24:
                raise HelError(f"a threshold is 2^-K with K from -8 to 24, got {shortened(threshold)}; choose one")
            object.__setattr__(self, "threshold", threshold)

    @property
    def plain(self) -> bool:
        """Whether it is what the array computes; schedule and the readout's rate are the host's."""
        return self.name == "plain" and self.batch == 1 and not any(self._shares.values())

    @property
    def keeps(self) -> bool:
        """Whether it has a word of memory a parameter."""
        return self.batch > 1 or self.momentum > 0

    @property
    def batch_log2(self) -> int:
        return self.batch.bit_length() - 1

    @property
    def _shares(self) -> dict[str, int]:
        return {block: shift for block, shift in self.rates.items() if block != READOUT}

    def share(self, block: str) -> int:
        """K of a block."""
        return self.rates.get(block, 0)

    def halvings(self, sample: int, total: int) -> int:
        """How often the rate of a sample has been halved; one rate a minibatch.

        >>> [Optimiser(batch=4).halvings(k, 12) for k in range(12)]
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
        """
        return SCHEDULES[self.schedule](sample - sample % self.batch, total)

    def ends(self, sample: int, total: int) -> bool:
        """Whether a minibatch ends with this sample."""
        return (sample + 1) % self.batch == 0 or sample + 1 == total

    def gradient_rate(self, rate: int) -> int:
        """r of the rate at which gradients are looked at: that of the update, or of the threshold."""
        return rate if self.threshold is None else 17 - self.threshold

    def checked(self, parameters: Iterable[str], clip_log2: int) -> Optimiser:
        """Itself, where it fits a system's parameters and the clip of an update.

        >>> Optimiser("momentum", batch=32).checked(["al"], 9)
        Traceback (most recent call last):
        ...
        golden.errors.HelError: a minibatch times 2^momentum is at most 2^(16 - clip_log2) = 128, got 32 times 8; ...
        """
        known = [*parameters, READOUT]
        for block in self.rates:
            if block not in known:
                raise HelError(f"rates are of {', '.join(known)}, got {shortened(block)}; choose one of them")
        if self.keeps and self.batch_log2 + self.momentum > 16 - clip_log2:
            raise HelError(
                f"a minibatch times 2^momentum is at most 2^(16 - clip_log2) = {1 << max(16 - clip_log2, 0)}, got"
                f" {self.batch} times {1 << self.momentum}; make one of them smaller"
            )
        return self
