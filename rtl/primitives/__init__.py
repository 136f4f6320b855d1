"""The cells that an element is made of, each as plain Amaranth and as the cell of a device family."""

from .memory import GradientMemory, WeightMemory
from .multiplier import Multiplier

__all__ = ["GradientMemory", "Multiplier", "WeightMemory"]
