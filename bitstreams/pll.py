"""Dividers of the ECP5 PLL (EHXPLLL) for a requested frequency."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from golden.errors import HelError

__all__ = ["INPUT_HZ", "OUTPUT_HZ", "PHASE_DETECTOR_HZ", "SHORT_OF", "VCO_HZ", "Pll", "pll"]

INPUT_HZ = (8e6, 400e6)
OUTPUT_HZ = (10e6, 400e6)
PHASE_DETECTOR_HZ = (3.125e6, 400e6)
VCO_HZ = (400e6, 800e6)
FEEDBACK_MAX = 80
DIVIDER_MAX = 128
ROUNDING = 1e-9
"""Relative: a frequency such as 25e6 * 38 / 5 is no further from its decimal than this."""
SHORT_OF = 0.02
"""Relative: what the PLL makes may fall so far short of what was asked. More is an error, not a slower clock."""


@dataclass(frozen=True)
class Pll:
    """One setting, with the feedback taken from the output CLKOP.

    phase detector = input / reference; output = phase detector * feedback; vco = output * output_divider. All in Hz.
    """

    input_hz: float
    reference: int
    feedback: int
    output_divider: int

    @property
    def phase_detector_hz(self) -> float:
        return self.input_hz / self.reference

    @property
    def output_hz(self) -> float:
        return self.input_hz * self.feedback / self.reference

    @property
    def vco_hz(self) -> float:
        return self.output_hz * self.output_divider

    def parameters(self) -> dict[str, str | int]:
        """Parameters of the EHXPLLL cell; the output is in phase with the input."""
        return {
            "CLKI_DIV": self.reference,
            "CLKFB_DIV": self.feedback,
            "CLKOP_DIV": self.output_divider,
            "CLKOP_CPHASE": self.output_divider // 2,
            "CLKOP_FPHASE": 0,
            "CLKOP_ENABLE": "ENABLED",
            "FEEDBK_PATH": "CLKOP",
            "OUTDIVIDER_MUXA": "DIVA",
            "PLLRST_ENA": "DISABLED",
            "INTFB_WAKE": "DISABLED",
            "STDBY_ENABLE": "DISABLED",
            "DPHASE_SOURCE": "DISABLED",
        }

    def attributes(self) -> dict[str, str]:
        """Attributes of the cell: its frequencies in MHz, and the loop filter that Project Trellis recommends."""
        return {
            "FREQUENCY_PIN_CLKI": f"{self.input_hz / 1e6:.6g}",
            "FREQUENCY_PIN_CLKOP": f"{self.output_hz / 1e6:.6g}",
            "ICP_CURRENT": "12",
            "LPF_RESISTOR": "8",
            "MFG_ENABLE_FILTEROPAMP": "1",
            "MFG_GMCREF_SEL": "2",
        }


def pll(input_hz: float, output_hz: float, short_of: float = SHORT_OF) -> Pll:
    """The setting whose output is the highest that does not exceed `output_hz`.

    Among equal outputs: the fastest phase detector, then the VCO nearest to the middle of its range.

    Raises HelError for frequencies outside INPUT_HZ and OUTPUT_HZ, and where the output would be less than what is
    asked by more than the fraction `short_of`.

    >>> setting = pll(25e6, 190e6)
    >>> setting.reference, setting.feedback, setting.output_divider, setting.vco_hz
    (5, 38, 3, 570000000.0)
    >>> pll(25e6, 191e6).output_hz
    190625000.0
    """
    _check("input", input_hz, INPUT_HZ)
    _check("output", output_hz, OUTPUT_HZ)
    middle_hz = sum(VCO_HZ) / 2
    settings = _settings(input_hz)
    slower = [s for s in settings if s.output_hz <= output_hz * (1 + ROUNDING)]
    best = min(slower, key=lambda s: (-s.output_hz, -s.phase_detector_hz, abs(s.vco_hz - middle_hz)), default=None)
    if best is None or best.output_hz < output_hz * (1 - short_of):
        faster = min((s.output_hz for s in settings if s.output_hz > output_hz), default=None)
        near = [f"{found / 1e6:.6g}" for found in (best and best.output_hz, faster) if found]
        raise HelError(
            f"the PLL must come within {SHORT_OF:.0%} of the clock that is asked for, out of {input_hz / 1e6:g} MHz it "
            f"makes none from {output_hz * (1 - SHORT_OF) / 1e6:.6g} to {output_hz / 1e6:.6g} MHz; "
            f"ask for {' or '.join(near)} MHz"
        )
    return best


@cache
def _settings(input_hz: float) -> tuple[Pll, ...]:
    """All that the device's limits allow."""
    references = (r for r in range(1, DIVIDER_MAX + 1) if _inside(input_hz / r, PHASE_DETECTOR_HZ))
    pairs = ((r, f) for r in references for f in range(1, FEEDBACK_MAX + 1) if _inside(input_hz * f / r, OUTPUT_HZ))
    each = (Pll(input_hz, r, f, d) for r, f in pairs for d in range(1, DIVIDER_MAX + 1))
    return tuple(setting for setting in each if _inside(setting.vco_hz, VCO_HZ))


def _inside(value_hz: float, limits_hz: tuple[float, float]) -> bool:
    return limits_hz[0] <= value_hz <= limits_hz[1]


def _check(name: str, value_hz: float, limits_hz: tuple[float, float]) -> None:
    low, high = limits_hz
    if not _inside(value_hz, limits_hz):
        raise HelError(
            f"the PLL's {name} must be {low / 1e6:g} to {high / 1e6:g} MHz, got {value_hz / 1e6:g} MHz; "
            f"choose a frequency in that range"
        )
