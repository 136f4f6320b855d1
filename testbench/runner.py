"""Compiles a bench with its array once per content, and starts the result as a process with cocotb inside.

A build lives in a folder named after the digest of everything that shapes it (sources, bench, flags, tool versions),
below `golden.computer.cache.folder()`; building it again is a look-up. Several processes may build and run at once. The
cache may be deleted at any time.

Checkouts, environments and caches stand in folders of any name, and make knows no spaces: all that compilers are told
are names relative to the folder of the build, with links in it where they lead elsewhere.
"""

import fcntl
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from golden.computer import cache as caches
from golden.computer import processes
from golden.computer.blame import machine_error
from testbench import tools

__all__ = ["Build", "BuildError", "build", "start"]

BENCH = Path(__file__).with_name("bench.sv")
TOP = "hel_bench"
# The only signals that Python may see: all others stay free for Verilator to optimise.
PUBLIC = "start command count budget seed gap_i gap_o recording done failure sent answered spent cycle".split()
VERILATOR_FLAGS = ["-O3", "--x-assign", "fast", "--x-initial", "fast", "--timing", "--output-split", "0", "-Wno-fatal"]
CXX_FLAGS = "-std=gnu++20 -fcoroutines"
OPT_FAST = "-O2"
COCOTB = "cocotb"
"""The link beside a Verilated bench to the libraries of cocotb, where it looks for them."""
VERILATOR = "verilator"
"""The link to Verilator's own folder, while a bench is made."""
OPT_RECORDED = "-O1"
"""For arrays with a debug bus: runs that are recorded are short, and the compiler takes less than half the time."""
OPT_NETLIST = "-O0"
"""For netlists: their C++ is long, and anything more takes the compiler five to eight times as long."""
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


def build(
    simulator: str,
    sources: Sequence[str | Path],
    *,
    top: str = "hel_array",
    debug_bus_bits: int = 0,
    optimise: str | None = None,
    cache: Path | None = None,
    notice: Callable[[str], None] | None = None,
) -> Build:
    """Compiles the bench around module `top`, or finds it compiled.

    Parameters
    ----------
    simulator: "verilator" or "icarus"
    sources: Verilog; a `Path` is a file, a `str` is the text itself
    debug_bus_bits: width of the array's port `debug_bus`; 0 when it has no ports `debug_bus` and `debug_bus_valid`
    optimise: for the C++ compiler, by default OPT_RECORDED with a debug bus, else OPT_FAST
    cache: folder for the build, by default `golden.computer.cache.folder()`
    notice: called with one line before a compilation starts (not when the cache has it)

    Raises
    ------
    HelError: unknown simulator, a program is missing, or the machine has no room, no memory, no folder for it.
    BuildError: the sources do not compile.
    """
    tool = tools.find(simulator)
    texts = [source.read_text(encoding="utf-8") if isinstance(source, Path) else source for source in sources]
    if simulator == "icarus":
        texts = [awake_at_time_zero(text) for text in texts]
    libraries = _cocotb_libraries()
    optimise = optimise or (OPT_RECORDED if debug_bus_bits else OPT_FAST)
    flags = [*VERILATOR_FLAGS, CXX_FLAGS, optimise] if simulator == "verilator" else ["-g2012"]
    recipe = [
        tool.version,
        str(libraries),
        *flags,
        top,
        str(debug_bus_bits),
        BENCH.read_text(encoding="utf-8"),
        *PUBLIC,
        *texts,
    ]
    digest = hashlib.sha256("\0".join(recipe).encode()).hexdigest()[:20]
    root = caches.folder() if cache is None else Path(cache).absolute()
    began = time.monotonic()
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = root / f"{simulator}-{digest}"
        with _lock(root / f"{simulator}-{digest}.lock"):
            if folder.is_dir():
                return Build(simulator, folder, debug_bus_bits)
            if notice is not None:
                notice(f"compiling for {simulator}")
            with _work_folder("build-", root) as work:
                names = [f"source{index}.v" for index in range(len(texts))]
                for name, text in zip(names, texts, strict=True):
                    (work / name).write_text(text, encoding="utf-8")
                shutil.copy(BENCH, work / "bench.sv")
                if simulator == "verilator":
                    _verilate(tool, work, names, top, debug_bus_bits, optimise)
                else:
                    _compile_icarus(tool, work, names, top, debug_bus_bits)
                work.rename(folder)
    except OSError as error:
        raise caches.refused(root, error.strerror or str(error)) from error
    return Build(simulator, folder, debug_bus_bits, time.monotonic() - began)


@contextmanager
def _work_folder(prefix: str, root: Path) -> Iterator[Path]:
    """A new folder in `root`; gone when the block is left, however, unless the block renamed it."""
    work = None
    try:
        with processes.undisturbed():
            work = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
        yield work
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def verilate(tool: tools.Tool, work: Path, arguments: Sequence[str]) -> None:
    """Runs Verilator in `work`, which gets a link to its own folder; `make_verilated` compiles its `objects`."""
    (work / VERILATOR).symlink_to(tool.verilator_root)
    call([*tool.verilator, "-cc", "-Mdir", "objects", *arguments], work, tool.env | {"VERILATOR_ROOT": VERILATOR})


def _verilate(tool: tools.Tool, work: Path, names: list[str], top: str, debug_bus_bits: int, optimise: str) -> None:
    from cocotb_tools import config

    public = "".join(f'public_flat_rw -module "{TOP}" -var "{name}"\n' for name in PUBLIC)
    (work / "public.vlt").write_text("`verilator_config\n" + public, encoding="utf-8")
    (work / COCOTB).symlink_to(_cocotb_libraries())
    shutil.copy(config.share_dir / "lib" / "verilator" / "verilator.cpp", work)
    arguments = ["--exe", "--vpi", "--prefix", "Vtop", "-o", TOP]
    arguments += ["--top-module", TOP, *_defines(top, debug_bus_bits), "--timescale", "1ns/1ps"]
    arguments += [*VERILATOR_FLAGS, "-CFLAGS", CXX_FLAGS]
    # The program finds the libraries through the link beside it; `$$` is make's `$`, the quotes are the shell's.
    arguments += ["-LDFLAGS", f"'-Wl,-rpath,$$ORIGIN/{COCOTB}' -L../{COCOTB} -lcocotbvpi_verilator"]
    verilate(tool, work, [*arguments, "verilator.cpp", "public.vlt", "bench.sv", *names])
    make_verilated(tool, work / "objects", optimise=optimise)
    shutil.move(work / "objects" / TOP, work / TOP)
    shutil.rmtree(work / "objects")


def make_verilated(tool: tools.Tool, objects: Path, *, optimise: str = OPT_FAST) -> None:
    """Compiles Verilator's C++ output; its run-time library, most of the work, only once per version."""
    classes = (objects / "Vtop_classes.mk").read_text(encoding="utf-8")
    key = hashlib.sha256("\0".join([tool.version, CXX_FLAGS, classes]).encode())
    root = caches.folder()
    library = root / f"library-{key.hexdigest()[:20]}"
    if library.is_dir():
        for path in library.iterdir():
            shutil.copy(path, objects / path.name)
    python = shlex.quote(sys.executable).replace("$", "$$")
    variables = [f"OPT_FAST={optimise}", "OPT_GLOBAL=-O2", f"PYTHON3={python}", f"VERILATOR_ROOT=../{VERILATOR}"]
    variables += ["CURDIR=."]  # verilated.mk refuses a space in it; no name here is built from it
    call([tool.paths["make"], "-j2", "-f", "Vtop.mk", *variables], objects, tool.env)
    if not library.is_dir():
        with _work_folder("library-", root) as temporary:
            for path in objects.glob("verilated*.o"):
                shutil.copy(path, temporary / path.name)
            with suppress(OSError):  # another process was faster
                temporary.rename(library)


def awake_at_time_zero(text: str) -> str:
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
    import cocotb
    from cocotb_tools import config

    tool = tools.find(build.simulator)
    library = tools.python_library()
    # GPI_USERS splits at ; and , and PYTHONPATH at : so what they name is reached through links without them.
    package = Path(cocotb.__file__).resolve().parent
    python = _link(folder, "python", library.parent)
    cocotb_folder = _link(folder, COCOTB, package)
    entry = os.path.relpath(config.pygpi_entry_point(), package)
    if build.simulator == "verilator":
        command = [str(build.folder / TOP)]
    else:
        vpi = os.path.relpath(config.lib_entry("vpi", "icarus"), package)
        command = [tool.paths["vvp"], "-n", "-m", f"{cocotb_folder}/{vpi}", str(build.folder / f"{TOP}.vvp"), "-none"]
    paths = [
        _link(folder, f"path{n}", Path(path)) if ":" in path else path for n, path in enumerate(tools.python_path())
    ]
    inherited = {name: value for name, value in tool.env.items() if not name.startswith(("COCOTB_", "GPI_", "PYGPI_"))}
    full = inherited | {
        "GPI_USERS": f"{python}/{library.name};{cocotb_folder}/{entry}",
        "PYGPI_PYTHON_BIN": sys.executable,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUTF8": "1",
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
    try:
        with open(folder / "simulator.log", "wb") as log:
            return processes.start(command, cwd=folder, env=full | dict(env), stdout=log, pass_fds=keep_open)
    except PermissionError as error:
        raise caches.refused(build.folder.parent, f"no program may run from it ({error.strerror})") from None


def _link(folder: Path, name: str, to: Path) -> str:
    """A link in the folder where a simulator runs; its name from there."""
    (folder / name).symlink_to(to.absolute())
    return f"./{name}"


def call(command: list[str], folder: Path, env: Mapping[str, str]) -> None:
    """Runs a compiler in `folder`; what it says is kept for the error alone.

    Raises HelError where the machine is the reason, and BuildError otherwise.
    """
    name = Path(command[len(tools.WIDE_STACK)] if command[0] == tools.WIDE_STACK[0] else command[0]).name
    # Without the flags of a make that runs us, as `make demo` does; and temporary files lie in `folder`, whose name no
    # shell reads.
    own = {key: value for key, value in env.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = processes.run(command, folder, own | dict.fromkeys(("TMPDIR", "TMP", "TEMP"), "."))
    if done.returncode:
        if error := machine_error(name, done.returncode, done.stdout):
            raise error
        lines = done.stdout.splitlines()
        words = [line for line in lines if "rror" in line and "... For error" not in line] or lines
        raise BuildError(f"{name} failed: " + " | ".join(words[:3]))


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Held by one process at a time; released by the system if its holder dies."""
    with open(path, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _cocotb_libraries() -> Path:
    from cocotb_tools import config

    return Path(config.libs_dir)
