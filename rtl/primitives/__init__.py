"""The cells that an element is made of, each as plain Amaranth and as the cell of a device family."""

from rtl.primitives.memory import GradientMemory, WeightMemory
from rtl.primitives.multiplier import Multiplier

__all__ = ["GradientMemory", "Multiplier", "WeightMemory"]
