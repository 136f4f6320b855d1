"""The cells that an element is made of, each as plain Amaranth and as the cell of a device family.

Both forms have the same registers and are equal in every cycle: simulators take the first, builds the second
(`technology`).

In: addresses, operands. Out: words, products, `latency` cycles later.

May import of golden: errors; of rtl: hls.plan.
"""

from rtl.primitives.memory import GradientMemory, WeightMemory
from rtl.primitives.multiplier import Multiplier

__all__ = ["GradientMemory", "Multiplier", "WeightMemory"]
