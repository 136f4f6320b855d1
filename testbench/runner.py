"""Compiles a bench with its array once per content, and starts the result as a process with cocotb inside.

A build lives in a folder named after the digest of everything that shapes it (sources, bench, flags, tool versions),
below `$HEL_CACHE` or `~/.cache/hel-fpga`; building it again is a look-up. Several processes may build and run at once.
The cache may be deleted at any time.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testbench import tools

__all__ = ["Build", "BuildError", "build", "cache_folder", "start"]

BENCH = Path(__file__).with_name("bench.sv")
TOP = "hel_bench"
# The only signals that Python may see: all others stay free for Verilator to optimise.
PUBLIC = "start command count budget seed gap_i gap_o recording done failure sent answered spent cycle".split()
VERILATOR_FLAGS = ["-O3", "--x-assign", "fast", "--x-initial", "fast", "--timing", "--output-split", "0", "-Wno-fatal"]
CXX_FLAGS = "-std=gnu++20 -fcoroutines"
OPT_FAST = "-O2"
OPT_RECORDED = "-O1"
"""For arrays with a debug bus: runs that are recorded are short, and the compiler takes less than half the time."""
_WAKER = re.compile(r"^(  reg (\\\$auto\$verilog_backend\S+ +)= 0;)$", re.MULTILINE)


class BuildError(RuntimeError):
    """A simulator refused the sources; the message ends with its own words."""


@dataclass(frozen=True)
class Build:
    """A compiled bench. `seconds` is the time spent on compiling just now, 0.0 when it was found in the cache."""

    simulator: str
    folder: Path
    debug_bus_bits: int
    seconds: float = 0.0


def cache_folder() -> Path:
    """Where builds are kept."""
    base = os.environ.get("HEL_CACHE")
    return Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hel-fpga"


def build(
    simulator: str,
    sources: Sequence[str | Path],
    *,
    top: str = "hel_array",
    debug_bus_bits: int = 0,
    cache: Path | None = None,
    notice: Callable[[str], None] | None = None,
) -> Build:
    """Compiles the bench around module `top`, or finds it compiled.

    Parameters
    ----------
    simulator: "verilator" or "icarus"
    sources: Verilog; a `Path` is a file, a `str` is the text itself
    debug_bus_bits: width of the array's port `debug_bus`; 0 when it has no ports `debug_bus` and `debug_bus_valid`
    cache: folder for the build, by default `cache_folder()`
    notice: called with one line before a compilation starts (not when the cache has it)

    Raises
    ------
    HelError: unknown simulator, or a program is missing.
    BuildError: the sources do not compile.
    """
    tool = tools.find(simulator)
    texts = [source.read_text() if isinstance(source, Path) else source for source in sources]
    if simulator == "icarus":
        texts = [_awake_at_time_zero(text) for text in texts]
    libraries = _cocotb_libraries()
    optimise = OPT_RECORDED if debug_bus_bits else OPT_FAST
    flags = [*VERILATOR_FLAGS, CXX_FLAGS, optimise] if simulator == "verilator" else ["-g2012"]
    recipe = [tool.version, str(libraries), *flags, top, str(debug_bus_bits), BENCH.read_text(), *PUBLIC, *texts]
    digest = hashlib.sha256("\0".join(recipe).encode()).hexdigest()[:20]
    root = cache_folder() if cache is None else Path(cache)
    root.mkdir(parents=True, exist_ok=True)
    folder = root / f"{simulator}-{digest}"
    began = time.monotonic()
    with _lock(root / f"{simulator}-{digest}.lock"):
        if folder.is_dir():
            return Build(simulator, folder, debug_bus_bits)
        if notice is not None:
            notice(f"compiling for {simulator}")
        work = Path(tempfile.mkdtemp(prefix="build-", dir=root))
        try:
            names = []
            for index, text in enumerate(texts):
                names.append(f"source{index}.v")
                (work / names[-1]).write_text(text)
            shutil.copy(BENCH, work / "bench.sv")
            compile_ = _verilate if simulator == "verilator" else _compile_icarus
            compile_(tool, work, names, top, debug_bus_bits)
            work.rename(folder)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    return Build(simulator, folder, debug_bus_bits, time.monotonic() - began)


def _verilate(tool: tools.Tool, work: Path, names: list[str], top: str, debug_bus_bits: int) -> None:
    from cocotb_tools import config

    public = "".join(f'public_flat_rw -module "{TOP}" -var "{name}"\n' for name in PUBLIC)
    (work / "public.vlt").write_text("`verilator_config\n" + public)
    libraries = _cocotb_libraries()
    command = [tool.paths["verilator"], "-cc", "--exe", "--vpi", "-Mdir", "objects", "--prefix", "Vtop", "-o", TOP]
    command += ["--top-module", TOP, *_defines(top, debug_bus_bits), "--timescale", "1ns/1ps"]
    command += [*VERILATOR_FLAGS, "-CFLAGS", CXX_FLAGS]
    command += ["-LDFLAGS", f"-Wl,-rpath,{libraries} -L{libraries} -lcocotbvpi_verilator"]
    command += [str(config.share_dir / "lib" / "verilator" / "verilator.cpp"), "public.vlt", "bench.sv", *names]
    call(command, work, tool.env)
    make_verilated(tool, work / "objects", optimise=OPT_RECORDED if debug_bus_bits else OPT_FAST)
    shutil.move(work / "objects" / TOP, work / TOP)
    shutil.rmtree(work / "objects")


def make_verilated(tool: tools.Tool, objects: Path, *, optimise: str = OPT_FAST) -> None:
    """Compiles Verilator's C++ output; its run-time library, most of the work, only once per version."""
    key = hashlib.sha256("\0".join([tool.version, CXX_FLAGS, (objects / "Vtop_classes.mk").read_text()]).encode())
    root = cache_folder()
    root.mkdir(parents=True, exist_ok=True)
    library = root / f"library-{key.hexdigest()[:20]}"
    if library.is_dir():
        for path in library.iterdir():
            shutil.copy(path, objects / path.name)
    variables = [f"OPT_FAST={optimise}", "OPT_GLOBAL=-O2", f"PYTHON3={sys.executable}"]
    call([tool.paths["make"], "-j2", "-f", "Vtop.mk", *variables], objects, tool.env)
    if not library.is_dir():
        temporary = Path(tempfile.mkdtemp(prefix="library-", dir=root))
        for path in objects.glob("verilated*.o"):
            shutil.copy(path, temporary / path.name)
        try:
            temporary.rename(library)
        except OSError:  # another process was faster
            shutil.rmtree(temporary)


def _awake_at_time_zero(text: str) -> str:
    """The Verilog of Yosys with its `always @*` processes woken once at time 0.

    Yosys has each of them read a variable of its own, initially 0, so that a simulator runs it at the start. Icarus
    sets that variable before the processes wait: what depends on inputs that never change would stay X. Here it changes
    after they do. (`always_comb` is no way out: with it Icarus 11 wakes processes for ever in one time step.)
    """
    return _WAKER.sub(r"\1\n  initial #0 \2 = 1;", text)


def _compile_icarus(tool: tools.Tool, work: Path, names: list[str], top: str, debug_bus_bits: int) -> None:
    command = [tool.paths["iverilog"], "-g2012", "-o", f"{TOP}.vvp", "-s", TOP]
    call([*command, *_defines(top, debug_bus_bits), "bench.sv", *names], work, tool.env)


def _defines(top: str, debug_bus_bits: int) -> list[str]:
    return [f"-DHEL_DUT={top}", *([f"-DHEL_DEBUG_BUS_BITS={debug_bus_bits}"] if debug_bus_bits else [])]


def start(
    build: Build, module: str, folder: Path, env: Mapping[str, str], keep_open: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Starts the simulator with cocotb running the tests of `module`, in its own process group.

    Its working directory is `folder`; all it prints goes to `folder/simulator.log`. It inherits the file descriptors
    `keep_open`.
    """
    from cocotb_tools import config

    tool = tools.find(build.simulator)
    if build.simulator == "verilator":
        command = [str(build.folder / TOP)]
    else:
        library = config.lib_entry("vpi", "icarus")
        command = [tool.paths["vvp"], "-n", "-m", library, str(build.folder / f"{TOP}.vvp"), "-none"]
    inherited = {name: value for name, value in tool.env.items() if not name.startswith(("COCOTB_", "GPI_", "PYGPI_"))}
    full = inherited | {
        "GPI_USERS": f"{_libpython()};{config.pygpi_entry_point()}",
        "PYGPI_PYTHON_BIN": sys.executable,
        "PYTHONPATH": tools.python_path(),
        "PATH": tool.env.get("PATH", os.defpath) + os.pathsep + str(_cocotb_libraries()),
        "COCOTB_TOPLEVEL": TOP,
        "TOPLEVEL_LANG": "verilog",
        "COCOTB_TEST_MODULES": module,
        "COCOTB_RESULTS_FILE": str(folder / "results.xml"),
        "COCOTB_REWRITE_ASSERTION_FILES": "",
        "COCOTB_TRUST_INERTIAL_WRITES": "1" if build.simulator == "verilator" else "0",
        "COCOTB_RANDOM_SEED": "1",
        "NO_COLOR": "1",
    }
    with open(folder / "simulator.log", "wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=full | dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=tuple(keep_open),
        )


def call(command: list[str], folder: Path, env: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=env, text=True, capture_output=True, check=False)
    if done.returncode:
        lines = (done.stderr + done.stdout).splitlines()
        words = [line for line in lines if "rror" in line and "... For error" not in line] or lines
        raise BuildError(f"{Path(command[0]).name} failed: " + " | ".join(words[:3]))


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Held by one process at a time; released by the system if its holder dies."""
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _cocotb_libraries() -> Path:
    from cocotb_tools import config

    return Path(config.libs_dir)


def _libpython() -> str:
    import find_libpython

    path = os.environ.get("LIBPYTHON_LOC") or find_libpython.find_libpython()
    if path is None:
        raise BuildError("the simulators need Python's shared library, which this Python was built without")
    return path
