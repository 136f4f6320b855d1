"""`--cuts`: the calibration of a user's own file on every command, what is recorded, what is refused with its line."""

import json

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.hls import compile_array
from rtl.hls.report.reuse import read
from testbench import tools
from tests.hel.commands import answer, hel, without_tools

FILE = '''
import numpy as np
from golden.systems import System


class Chain(System):
    """V = sum a q^2 / 2 + sum c (q_i - q_{i+1})^2 / 2 - (B u) . q."""

    @property
    def parameters(self):
        return {"a": (self.n,), "c": (self.n,), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        stretch = q - np.roll(q, -1)
        return np.sum(theta["a"] * q**2) / 2 + np.sum(theta["c"] * stretch**2) / 2 + self.own(q) - (theta["B"] @ u) @ q

    def own(self, q):
        return 0.0


class Unstable(Chain):
    def own(self, q):
        return -2.0 * np.sum(q**2)


class Free(Chain):
    def initial(self, seed):
        return super().initial(seed) | {"a": np.full(self.n, 0.01), "B": np.full((self.n, self.m), 0.5)}


class Angle(Chain):
    def own(self, q):
        return np.sum(
            np.cos(5.0 * q) / 8
        )


class Power(Chain):
    def own(self, q):
        return np.sum(q**6) / 2**16

    def initial(self, seed):
        weak, strong = np.full(self.n, 0.02), np.full((self.n, self.m), 1.9)
        return {"a": weak, "c": weak, "B": strong}


class Scaled(Power):
    def own(self, q):
        return np.sum((np.eye(self.n) / 8 @ q) ** 6) * 4
'''
OWN = ["-n", "4", "-m", "2"]
REFUSED = {
    "Unstable": (
        "mine.py:23: `np.sum(q**2)`: q reaches ",
        " its word SQ(6, 20) holds +-32; add a restoring term such as np.sum(a * q**2) / 2, drive it less",
    ),
    "Free": (
        'mine.py:15: `np.sum(theta["c"] * stretch**2)`: q reaches ',
        " as a factor it is SQ(5, 13) and holds +-16; add a restoring term such as np.sum(a * q**2) / 2",
    ),
    "Angle": (
        "mine.py:34: `np.cos(5.0 * q)`: an angle reaches ",
        " the table of sin ends at +-8 (cos x is sin(x + pi / 2)); write it with a smaller angle, add a restoring term",
    ),
    "Power": (
        "mine.py:40: `q**6`: d_d reaches ",
        " a word of 18 bits would keep 1 fraction bits of it; take the power of np.eye(self.n) / 8 @ q, times a power",
    ),
}


@pytest.fixture(autouse=True)
def mine(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(FILE)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def no_verilog(monkeypatch):
    """A geometry stands for its Verilog, which takes seconds to write."""
    for module in ("rtl.verilog", "bitstreams.learning"):
        monkeypatch.setattr(f"{module}.array_verilog", lambda geometry, technology="": str(geometry))


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("command", [["gradcheck"], ["verify", "-p", "2"], ["rtl", "-o", "a.v"], ["build", "-o", "a"]])
def test_what_no_format_holds(capfd, tmp_path, name, command):
    options = [*command[1:], "--cuts", "calibrated", "--step", "2^-3"]
    code, out, err = hel(capfd, command[0], f"mine.py:{name}", *OWN, *options)
    where, why = REFUSED[name]
    assert code == 2 and out == "" and err.count("\n") == 1
    assert err.startswith(f"hel: {where}") and why in err and "in the calibration run" in err
    assert {path.name for path in tmp_path.iterdir()} <= {"mine.py", "__pycache__"}


def test_the_way_out_of_a_power_is_one(capfd):
    result = answer(capfd, "gradcheck", "mine.py:Scaled", *OWN, "--cuts", "calibrated")
    assert result["return_error_lsb"] == 0 and len(result["cut_formats"]) == 7


@pytest.mark.parametrize("command", ["gradcheck", "verify", "rtl", "build"])
def test_a_word_that_is_none(capfd, command):
    code, out, err = hel(capfd, command, "dense", *(["--explain"] if command == "rtl" else []), "--cuts", "calibrate")
    assert (code, out) == (2, "")
    assert err == "hel: cuts are default, calibrated or calibrated-SEED, got 'calibrate'; choose one\n"


def test_training_in_floating_point_has_no_cuts(capfd):
    code, out, err = hel(capfd, "train", "digits", "--arithmetic", "float", "--cuts", "calibrated")
    assert (code, out) == (2, "") and "--cuts is for fixed-point arithmetic, got calibrated with float" in err


def test_gradcheck_says_what_changed(capfd):
    argv = ("gradcheck", "mine.py:Chain", "-n", 8, "-m", 2, "--cuts", "calibrated")
    result = answer(capfd, *argv)
    changed = [row for row in result["cut_formats"] if row["format"] != row["default"]]
    assert result["cuts"] == "calibrated" and result["return_error_lsb"] == 0
    assert [row["line"] for row in changed] == ["mine.py:15: `stretch**2`"]
    assert "cut d1 of c_d: SQ(4, 14) instead of SQ(5, 13)  mine.py:15: `stretch**2`" in hel(capfd, *argv)[1]
    assert "cut" not in hel(capfd, *argv[:-2])[1]
    assert "the calibration leaves every cut as it is" in hel(capfd, "gradcheck", "dense", *OWN, *argv[-2:])[1]


def test_train_says_what_changed(capfd):
    argv = ("train", "digits", "--system", "mine.py:Chain", "-n", 4, "--samples", 10, "--epochs", 1)
    result = answer(capfd, *argv, "--cuts", "calibrated")
    assert result["cuts"] == "calibrated" and [row["name"] for row in result["cut_formats"]] == ["x", "d", "d1"]
    assert result["argument_clamped"] == []


def test_rtl_records_what_the_array_is_built_for(capfd, tmp_path, no_verilog):
    """The formats, and in `geometry` the shifts that follow from them; --resident knows which array runs which."""
    small = ("rtl", "mine.py:Chain", "-n", 4, "-m", 2, "-p", 2)
    made = {}
    for cuts in ("default", "calibrated"):
        made[cuts] = answer(capfd, *small, "--cuts", cuts, "-o", f"{cuts}.v")
        on_disk = json.loads((tmp_path / f"{cuts}.v.json").read_text())
        assert on_disk["cuts"] == cuts and on_disk["cut_formats"] == made[cuts]["cut_formats"]
    assert made["default"]["geometry"] != made["calibrated"]["geometry"]
    for program in made:
        for array in made:
            found = answer(capfd, *small, "--cuts", program, "--resident", f"{array}.v.json")["resident"]
            assert found["fits"] == runs(program, tmp_path / f"{array}.v.json"), (program, array, found)
            assert found["fits"] or found["missing"]
    text = hel(capfd, *small, "--cuts", "calibrated", "--explain")[1]
    assert text.rstrip().splitlines()[-1].startswith("cut d") and "mine.py:" in text.splitlines()[-1]


def runs(cuts, file):
    """Whether the scheduler can put the program on the array."""
    from golden import systems
    from golden.compiler import compile_system

    program = compile_system(systems.get("mine.py:Chain", n=4, m=2), Formats(), cuts)
    try:
        compile_array(program, elements=2, array=read(file))
    except HelError:
        return False
    return True


@pytest.mark.parametrize(("program", "array"), [("calibrated", "default"), ("default", "calibrated")])
def test_one_array_may_run_both(capfd, program, array, no_verilog):
    """The pendulum's cut is narrower than by interval: shifts are chosen by control words, where the array has them."""
    small = ("rtl", "pendulum", "-n", 8, "-m", 2, "-p", 4, "--step", "2^-3")
    answer(capfd, *small, "--cuts", array, "-o", "one.v")
    found = answer(capfd, *small, "--cuts", program, "--resident", "one.v.json")["resident"]
    assert found["fits"] == (array == "default")


def test_the_calibration_is_a_stage_of_the_compiler(capfd):
    small = ("rtl", "springs", "-n", 4, "-m", 8, "-p", 2, "--step", "2^-2", "--show-passes")
    stages = {one["name"]: one["text"] for one in answer(capfd, *small, "--cuts", "calibrated")["passes"]}
    assert "cut kc_d SQ(4, 14)" in stages["cuts"] and list(stages)[-2:] == ["cuts", "schedule"]
    assert "cuts" not in [one["name"] for one in answer(capfd, *small)["passes"]]


def test_a_build_records_it_and_its_command_repeats_it(capfd, monkeypatch, no_verilog):
    asked = without_tools(monkeypatch)
    argv = ("build", "mine.py:Chain", "-n", 4, "-m", 2, "-p", 2, "--cuts", "calibrated-5")
    result = answer(capfd, *argv)
    assert "--cuts calibrated-5" in result["command"] and result["cuts"] == "calibrated-5"
    again = answer(capfd, *result["command"].split()[1:])
    assert again["cut_formats"] == result["cut_formats"] and asked[0].digest() == asked[1].digest()
    # The place-and-route seed is none of the calibration's.
    assert answer(capfd, *argv, "--seed", 3)["geometry"] == result["geometry"]
    assert "cut d" in hel(capfd, *argv)[1] and "--cuts" not in answer(capfd, *argv[:-2])["command"]


@pytest.mark.cosim
@pytest.mark.slow
def test_verify(capfd):
    try:
        tools.find("verilator")
    except HelError as error:
        pytest.skip(str(error))
    argv = ("verify", "mine.py:Chain", "-n", 4, "-m", 2, "-p", 2, "--steps", 2, "--cuts", "calibrated")
    result = answer(capfd, *argv)
    assert result["mismatches"] == 0 and result["compared_words"] > 0 and result["cuts"] == "calibrated"
    assert any(row["format"] != row["default"] for row in result["cut_formats"])
