"""Pins of our boards are those of amaranth-boards, and the tools take every board."""

import pytest

from bitstreams import build, tools
from bitstreams.boards import board, names
from bitstreams.devices import DEVICES, size_of
from golden.errors import HelError
from tests.bitstreams.small_array import small_array

BOARDS = {
    "ulx3s_85f": ("ulx3s", "ULX3S_85F_Platform", "LFE5U-85F", "BG381", "led"),
    "ulx3s_45f": ("ulx3s", "ULX3S_45F_Platform", "LFE5U-45F", "BG381", "led"),
    "ulx3s_25f": ("ulx3s", "ULX3S_25F_Platform", "LFE5U-25F", "BG381", "led"),
    "ecpix5_85f": ("ecpix5", "ECPIX585Platform", "LFE5UM5G-85F", "BG554", "green"),
    "icepi_zero": ("icepi_zero", "IcepiZero1_3Platform", "LFE5U-25F", "BG256", "led"),
    "icesugar_pro": ("icesugar_pro", "ICESugarProPlatform", "LFE5U-25F", "BG256", "colours"),
}


@pytest.mark.parametrize("name", names())
def test_pins_are_those_of_amaranth_boards(name):
    module, cls, device, package, lamps = BOARDS[name]
    platform = getattr(pytest.importorskip(f"amaranth_boards.{module}"), cls)
    ours = board(name)
    resources = {(resource.name, resource.number): resource for resource in platform.resources}

    def pins(name, number=0, signal=None):
        resource = resources[name, number]
        if signal:
            resource = next(part for part in resource.ios if part.name == signal)
        return resource.ios[0]

    clock = platform.default_clk
    assert (ours.clock_pin, ours.clock_hz) == (pins(clock).names[0], resources[clock, 0].clock.frequency)
    assert ours.uart_rx_pin == pins("uart", signal="rx").names[0]
    assert ours.uart_tx_pin == pins("uart", signal="tx").names[0]
    if lamps == "led":
        leds = [pins("led", number) for number in range(len(ours.led_pins))]
    elif lamps == "green":
        leds = [pins("rgb_led", number, "g") for number in range(len(ours.led_pins))]
    else:
        leds = [pins("rgb_led", 0, colour) for colour in "rgb"]
    assert list(ours.led_pins) == [led.names[0] for led in leds]
    assert {led.invert for led in leds} == {not ours.led_lit}
    assert (platform.device, platform.speed, platform.package) == (device, ours.device.speed, package)
    assert ours.device.size == device.lower().removeprefix("lfe5").removeprefix("u-").replace("f", "k")
    assert ours.device.package == f"CABGA{package[2:]}"


def test_the_wireless_chip_of_the_ulx3s_keeps_off():
    platform = pytest.importorskip("amaranth_boards.ulx3s").ULX3S_85F_Platform
    esp32 = next(resource for resource in platform.resources if resource.name == "esp32")
    gpio0 = next(part for part in esp32.ios if part.name == "gpio0")
    for name in ("ulx3s_85f", "ulx3s_45f", "ulx3s_25f"):
        assert board(name).ties["wifi_gpio0"][0] == gpio0.ios[0].names[0]


def test_constraints_name_every_pin_once():
    for name in names():
        text = board(name).constraints()
        for port, pin in board(name).pins().items():
            assert text.count(f'LOCATE COMP "{port}" SITE "{pin}";') == 1
        assert len(set(board(name).pins().values())) == len(board(name).pins())


def test_every_board_has_a_device_of_known_size():
    assert {size_of(board(name).device).name for name in names()} <= set(DEVICES)


def test_unknown_boards_are_refused():
    with pytest.raises(HelError, match="board must be one of ecpix5_85f, .*ulx3s_85f, got 'icestick'"):
        board("icestick")


@pytest.mark.pnr
@pytest.mark.slow
@pytest.mark.skipif(not all(map(tools.available, build.TOOLS)), reason="FPGA tools not installed")
@pytest.mark.parametrize("name", names())
def test_every_board_has_a_bitstream_and_as_many_cells_as_we_say(name, tmp_path):
    report = build.run(build.BuildJob(name, small_array(2), dsp=2, bram=2, board=name, clock_hz=100e6), tmp_path)
    size = size_of(board(name).device)
    available = (report["dsp_available"], report["bram_available"], report["lut_available"])
    assert available == (size.dsp, size.bram, size.lut)
    assert (tmp_path / name / "design.bit").stat().st_size > 20_000
