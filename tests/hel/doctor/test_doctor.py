"""What is found, what is missing, and that looking never fails."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from golden.errors import HelError
from hel.doctor import machine, programs, python
from hel.doctor.check import Check, found
from testbench import tools, waves
from tests.hel.commands import hel

ROOT = Path(__file__).parents[3]
NEEDED = {"python", "shared library", "c++", "make", "verilator", "yosys", "nextpnr-ecp5", "ecppack", "cache"}
OPTIONAL = {"virtual environment", "hel on PATH", "perl with Pod::Usage", "icarus", "vcd2fst", "openFPGALoader"}
OPTIONAL |= {"locale", "distributed", "pyarrow", "jax", "C compiler"}


def bare(code_before="", flags=("-I", "-S"), **environment):
    """`hel doctor --json` of an interpreter without any package and with this environment alone."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code_before}"
    code += "from hel.__main__ import main; sys.exit(main(['doctor', '--json']))"
    command = [sys.executable, *flags, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_every_thing_has_a_line(capfd):
    code, out, err = hel(capfd, "doctor", "--json")
    result = json.loads(out)
    checks = {row["name"].split(" (")[0]: row for row in result["checks"]}
    assert err == "" and code == int(result["failed"]) == int(bool(result["missing"]))
    assert NEEDED | OPTIONAL <= checks.keys()
    assert all(checks[name]["needed"] for name in NEEDED) and not any(checks[name]["needed"] for name in OPTIONAL)
    assert all(row["found"] or row["without"] and row["remedy"] for row in result["checks"])
    assert {"numpy", "amaranth", "cocotb", "verilator"} <= checks.keys()


def test_the_text_names_remedies(capfd, monkeypatch):
    tools._find.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    code, out, err = hel(capfd, "doctor")
    tools._find.cache_clear()
    assert code == 1 and err == ""
    assert "  missing    make" in out and "without it: no co-simulation on Verilator" in out
    assert "remedy: install it (Debian, Ubuntu: `apt install make`)" in out
    assert "  not there  icarus" in out and "without it: no co-simulation on Icarus" in out
    assert "apt install iverilog" in out
    assert "  not there  C compiler" in out and "without it: the golden model runs in NumPy" in out
    assert "there is no C compiler; install one" in out
    assert out.splitlines()[-1].startswith("missing: ")


def test_it_works_where_nothing_else_does():
    """No package, no HOME, no PATH: it says so, and nothing fails."""
    code, result, err = bare()
    missing = set(result["missing"])
    assert code == 1 and {"numpy", "amaranth (rtl)", "cocotb (simulation)", "shared library", "yosys"} <= missing, err
    assert not [row for row in result["checks"] if "looking for it failed" in row["without"]]


@pytest.mark.parametrize(
    "environment",
    [
        {"HOME": "/proc/none", "TMPDIR": "/proc/none", "PATH": "/proc/none"},
        {"HEL_CACHE": "/proc/none", "HOME": "", "PATH": ""},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": "relative:/usr/bin"},
    ],
)
def test_odd_environments(environment):
    _, result, err = bare(flags=("-S",), **environment)
    assert not [row for row in result["checks"] if "looking for it failed" in row["without"]]
    cache = next(row for row in result["checks"] if row["name"] == "cache")
    if "HEL_CACHE" in environment:
        assert "cache" in result["missing"] and "HEL_CACHE leads to it, " in cache["remedy"]
    assert "Traceback" not in err


@pytest.mark.parametrize("where", [{"HEL_CACHE": "rel"}, {"HOME": "rel"}, {"XDG_CACHE_HOME": "/proc/x"}])
def test_it_only_looks(tmp_path, where):
    """Nothing is made, and nothing said beside the findings: also not that another folder will serve."""
    temporary, here = tmp_path / "temporary", tmp_path / "here"
    temporary.mkdir()
    here.mkdir()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "HOME": "/proc/x"}
    command = [sys.executable, "-m", "hel", "doctor", "--json"]
    done = subprocess.run(command, env=environment | where, cwd=here, capture_output=True, text=True, timeout=60)
    assert done.stderr == "" and not [*temporary.iterdir(), *here.iterdir()]
    cache = next(row for row in json.loads(done.stdout)["checks"] if row["name"] == "cache")
    assert cache["found"] == ("rel" in where.values()) and cache["path"]


def test_a_bad_cache_is_one_finding(capfd, monkeypatch):
    before = json.loads(hel(capfd, "doctor", "--json")[1])["missing"]
    monkeypatch.setenv("HEL_CACHE", "/proc/none")
    code, out, err = hel(capfd, "doctor", "--json")
    assert code == 1 and err == "" and sorted(json.loads(out)["missing"]) == sorted([*before, "cache"])


def test_a_check_that_fails_is_a_finding():
    def broken():
        raise RuntimeError("a package is broken")

    (check,) = found([("group", "thing", broken)])
    assert not check.found and "RuntimeError: a package is broken" in check.without


def test_a_program_that_does_not_run_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "PATIENCE_S", 0.2)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for text in ("#!/no/interpreter\n", "#!/bin/sh\nexit 127\n", "#!/bin/sh\nsleep 60\n"):
        (tmp_path / "make").write_text(text)
        (tmp_path / "make").chmod(0o755)
        (check,) = programs.plain("make", remedy="install it")
        assert not check.found and check.remedy.startswith("it does not run (") and check.path


def test_what_waves_need_is_looked_for_and_got_as_they_say(tmp_path, monkeypatch):
    look = next(look for _, name, look in programs.LOOKS if name == tools.FST_CONVERTER)
    monkeypatch.setenv("PATH", str(tmp_path))
    (check,) = look()
    assert not check.found and not check.needed
    with pytest.raises(HelError, match=f"GTKWave's {check.name}, .*, or {re.escape(check.remedy)}$"):
        waves.checked(tmp_path / "run.fst")
    (tmp_path / check.name).write_text("#!/bin/sh\n[ $1 = -h ] && echo 'Usage: vcd2fst [OPTION]...'\n")
    (tmp_path / check.name).chmod(0o755)
    (check,) = look()
    assert check.found and check.version == "" and check.path == str(tmp_path / check.name)
    assert waves.checked(tmp_path / "run.fst")


def test_old_packages_are_missing(monkeypatch):
    monkeypatch.setattr(python, "requirements", lambda: {"": ["numpy>=99"], "rtl": ["amaranth[x]>=0.1,<0.2"]})
    checks = list(python.packages())
    assert [check.found for check in checks] == [False, False]
    assert "no command works: numpy >=99 is wanted" in checks[0].without and "pip install" in checks[0].remedy


def test_without_a_checkout_the_distribution_knows_its_packages(monkeypatch, tmp_path):
    monkeypatch.setattr(python, "PROJECT", tmp_path / "none.toml")
    lines = ["numpy>=2.0", "hel-fpga[rtl]; extra == 'builds'", "amaranth[builtin-yosys]<0.6,>=0.5.8; extra == 'builds'"]
    lines += ["amaranth[builtin-yosys]<0.6,>=0.5.8; extra == 'rtl'", "pytest; extra == 'dev'"]
    monkeypatch.setattr(python.importlib.metadata, "requires", lambda name: lines)
    found = {extra: ones for extra, ones in python.requirements().items() if ones}
    assert found == {"": ["numpy>=2.0"], "rtl": ["amaranth[builtin-yosys]<0.6,>=0.5.8"]}
    assert {check.name for check in python.packages()} == {"numpy", "amaranth (rtl)"}


def test_serial_ports(tmp_path):
    assert [check.found for check in machine.serial_ports(tmp_path)] == [False]
    (tmp_path / "ttyUSB0").touch()
    (check,) = machine.serial_ports(tmp_path)
    assert check == Check("machine", "serial port ttyUSB0", True, False, "", str(tmp_path / "ttyUSB0"),
                          "no talk with its board", check.remedy)  # fmt: skip
    assert "sudo usermod -aG " in check.remedy
    if os.getuid() != 0:
        (tmp_path / "ttyUSB0").chmod(0)
        assert [check.found for check in machine.serial_ports(tmp_path)] == [False]
