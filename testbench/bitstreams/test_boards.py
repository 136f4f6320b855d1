"""Pins of our boards are those of amaranth-boards."""

import pytest

from bitstreams.boards import board, names
from golden.errors import HelError


def test_ulx3s_pins_are_those_of_amaranth_boards():
    platform = pytest.importorskip("amaranth_boards.ulx3s").ULX3S_85F_Platform
    ours = board("ulx3s_85f")
    resources = {(resource.name, resource.number): resource for resource in platform.resources}

    def pin(name, number=0, signal=None):
        resource = resources[name, number]
        if signal:
            resource = next(part for part in resource.ios if part.name == signal)
        return resource.ios[0].names[0]

    assert (ours.clock_pin, ours.clock_hz) == (pin("clk25"), resources["clk25", 0].clock.frequency)
    assert (ours.uart_rx_pin, ours.uart_tx_pin) == (pin("uart", signal="rx"), pin("uart", signal="tx"))
    assert list(ours.led_pins) == [pin("led", number) for number in range(8)]
    assert ours.ties["wifi_gpio0"][0] == pin("esp32", signal="gpio0")
    assert (platform.device, platform.speed) == ("LFE5U-85F", ours.device.speed)


def test_constraints_name_every_pin_once():
    for name in names():
        text = board(name).constraints()
        for port, pin in board(name).pins().items():
            assert text.count(f'LOCATE COMP "{port}" SITE "{pin}";') == 1
        assert len(set(board(name).pins().values())) == len(board(name).pins())


def test_unknown_boards_are_refused():
    with pytest.raises(HelError, match="board must be one of ulx3s_85f, got 'icestick'"):
        board("icestick")
