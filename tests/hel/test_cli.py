"""The command line: exit codes, one line on standard error, one JSON object on standard output."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from golden.errors import HelError
from golden.systems import SYSTEMS
from hel.commands import SUMMARIES
from tests.hel.commands import hel


def shell(*argv, **environment):
    return subprocess.run(
        [sys.executable, "-m", "hel", *argv], capture_output=True, text=True, env={**os.environ, **environment}
    )


REFUSED = [
    (["trian"], "unknown command 'trian', did you mean train? available: new, systems, tasks, gradcheck"),
    (["systems", "--jsn"], "unrecognized arguments: --jsn, did you mean --json? see `hel systems --help`"),
    (["gradcheck"], "the following arguments are required: SYSTEM; see `hel gradcheck --help`"),
    (["gradcheck", "dens"], "unknown system 'dens', did you mean dense? available: banded, dense, "),
    (["gradcheck", "dense", "--steps", "0"], "--steps: must be an integer from 1 to 10000000, not '0'"),
    (["gradcheck", "dense", "--steps", "many"], "--steps: must be an integer from 1 to 10000000, not 'many'"),
    (["gradcheck", "dense", "--neurons", "-3"], "--neurons: must be an integer from 1 to 4096, not '-3'"),
    (["gradcheck", "dense", "--eps", "0.3"], "--eps: must be a power of two, not '0.3'; nearest: 2^-2"),
    (["gradcheck", "dense", "--eps", "-2"], "--eps: must be a positive power of two such as 2^-3, not '-2'"),
    (["gradcheck", "dense", "--eps", "nan"], "--eps: must be a finite number other than 0"),
    (
        ["gradcheck", "dense", "--step", "50"],
        "--step must be a power of two from 2^-8 to 2^-1, not 50; nearest: 2^-1, or --steps 50 for the length",
    ),
    (["rtl", "dense", "--explain", "--step", "2"], "from 2^-8 to 2^-1, not 2; nearest: 2^-1"),
    (["verify", "dense", "--step", "2^-9"], "from 2^-8 to 2^-1, not 0.00195312; nearest: 2^-8"),
    (["gradcheck", "dense", "--step", "0.3"], "from 2^-8 to 2^-1, not 0.3; nearest: 2^-2"),
    (["build", "dense", "--step", "-0.25"], "from 2^-8 to 2^-1, not -0.25; nearest: 2^-2"),
    (["verify", "dense", "--setps", "50"], "unrecognized arguments: --setps 50, did you mean --steps? see `hel verify"),
    (["train", "digits", "--sytem", "ring.py"], "arguments: --sytem ring.py, did you mean --system? see `hel train"),
    (["verify", "dense", "--n", "8"], "unrecognized arguments: --n 8, did you mean -n? see"),
    (["verify", "dense", "--elemnts=2"], "unrecognized arguments: --elemnts=2, did you mean --elements? see"),
    (["verify", "dense", "--xyzzy"], "unrecognized arguments: --xyzzy; see `hel verify --help`"),
    (["verify", "dense", "ring.py"], "unrecognized arguments: ring.py; see `hel verify --help`"),
    (["gradcheck", "dense", "--operand-bits", "4"], "--operand-bits: must be an integer from 8 to 18, not '4'"),
    (["train", "digit"], "unknown task 'digit', did you mean digits? available: acsf1, basic-motions"),
    (
        ["train", "digits", "--system", "springs"],
        "system 'springs' cannot be trained on a task; systems that can: dense",
    ),
    (["train", "digits", "--arithmetic", "fix"], "unknown arithmetic 'fix', did you mean fixed? available: fixed"),
    (["train", "digits", "--rule", "bptt"], "--rule bptt is for --arithmetic float, not fixed; drop --rule"),
    (["train", "digits-static"], "still images and --rule ep go together, not digits-static with --rule hel; use"),
    (["train", "digits", "--rule", "ep", "--arithmetic", "float"], "go together, not digits with --rule ep"),
    (["train", "digits-static", "--rule", "ep"], "--rule ep is for --arithmetic float, not fixed; add --arithmetic"),
    (["train", "digits", "--epochs", "1.5"], "--epochs: must be an integer from 1 to 10000, not '1.5'"),
    (
        ["train", "digits", "--arithmetic", "rtl", "--neurons", "8", "--elements", "16"],
        "--elements must be at most --neurons (8), not 16",
    ),
    (["verify", "dens.py:Dense"], "a system's file must exist, dens.py is not there; check the path"),
    (["gradcheck", "dense:Dense"], "a system of one's own is path/to/file.py:Class, got 'dense:Dense'"),
    (["verify", "dense", "--simulator", "iverilog"], "unknown simulator 'iverilog'"),
    (["verify", "dense", "-n", "3", "--elements", "4"], "--elements must be at most --neurons (3), not 4"),
    (["rtl", "dense", "-o", "no/such/folder/a.v"], "--output must name a file in an existing folder"),
    (["rtl", "dense", "-o", "."], "--output must name a file, not the folder '.'"),
    (
        ["build", "dense", "--neurons", "10", "--elements", "11"],
        "--elements must be at most --neurons (10), not 11",
    ),
    (["build", "dense", "--elements", "4", "--fold", "2"], "argument --fold: not allowed with argument -p/--elements"),
    (["build", "dense", "-n", "12", "--fold", "5"], "--fold must divide --neurons (12), not 5; choose from 1, 2, 3, 4"),
    (["build", "dense", "--elements", "some"], "--elements: must be an integer from 1 to 255, not 'some'; or auto"),
    (["build", "dense", "--clock", "62,5"], "--clock: must be a number of MHz from 10 to 400, such as 125 or 62.5"),
    (["build", "dense", "--clock", "nan"], "--clock: must be a number of MHz from 10 to 400, such as 125 or 62.5"),
    (
        ["build", "dense", "-n", "4", "-m", "1", "-p", "2", "--board", "ulx3s_25f", "--clock", "24"],
        "out of 25 MHz it makes none from 23.52 to 24 MHz; ask for 21.875 or 25 MHz",
    ),
    (["rtl", "dense", "--module", "a b", "-o", "a.v"], "a module's name must be letters, digits and _, not a digit"),
    (["verify", "dense", "--elements", "auto"], "--elements: must be an integer from 1 to 255, not 'auto'"),
    (["verify", "dense", "--mutant", "lane"], "unknown mutant 'lane', did you mean lane"),
    (["verify", "dense", "--netlist", "placed"], "unknown netlist 'placed'; available: route, synthesis"),
    (["verify", "dense", "--netlist", "route", "--waves", "a.vcd"], "no mutants: leave out --waves or --netlist"),
    (["verify", "dense", "--netlist", "route", "--mutant", "lane0"], "no mutants: leave out --mutant or --netlist"),
    (["verify", "dense", "--waves", "a.txt"], "waves go to a file named *.vcd or *.fst, got 'a.txt'; name it a.vcd"),
    (["verify", "dense", "--waves", "no/such/a.vcd"], "waves need a folder that is there, got 'no/such/a.vcd'; make"),
    (["verify", "dense", "--report", "/proc/x.html"], "--report must name a file in a folder that can be written, not"),
    (["glep", "dense", "--figure", "/proc/x.png"], "--figure must name a file in a folder that can be written, not"),
    (["rtl", "no/such.py", "-o", "a.v"], "a system's file must exist, no/such.py is not there"),
]


@pytest.mark.parametrize(
    ("argv", "message"), REFUSED, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
@pytest.mark.parametrize("as_json", [False, True])
def test_bad_input_is_one_line_and_exit_code_2(capfd, argv, message, as_json):
    code, out, err = hel(capfd, *argv, *(["--json"] if as_json else []))
    assert code == 2 and out == ""
    assert err.count("\n") == 1 and err.startswith("hel: ") and message in err


def test_unknown_board(capfd):
    pytest.importorskip("bitstreams.boards")
    code, out, err = hel(capfd, "build", "dense", "--board", "ulx3s_85")
    assert code == 2 and out == "" and err.count("\n") == 1
    assert "unknown board 'ulx3s_85', did you mean ulx3s_85f?" in err


@pytest.mark.parametrize("name", SUMMARIES)
def test_help_teaches_with_an_example(capfd, name):
    code, out, err = hel(capfd, name, "--help")
    assert code == 0 and err == ""
    assert "\nexample:\n  hel " in out and f"  hel {name}" in out.partition("\nexample:\n")[2] and "--json" in out


def test_help_says_the_step_of_a_task(capfd):
    from golden.tasks import get

    told = " ".join(hel(capfd, "train", "--help")[1].split())
    step = f"2^-{get('digits').log2_inverse_step}"
    assert f"at the step h = {step}: `hel build` makes its array with --step {step}" in told


@pytest.mark.parametrize("name", ["systems", "gradcheck", "verify", "train", "glep", "rtl", "build"])
def test_help_says_that_a_file_with_one_system_needs_no_class(capfd, name):
    told = " ".join(hel(capfd, name, "--help")[1].split())
    assert "(:Class may be left out where the file has one system)" in told


def test_help_of_train_names_the_systems_that_train(capfd):
    from golden.training.sequences import TRAINABLE

    told = " ".join(hel(capfd, "train", "--help")[1].split())
    assert f"the Hamiltonian: {', '.join(TRAINABLE)}, or path/to/file.py:Class" in told


def test_overview_imports_nothing_that_takes_long():
    code = (
        "import sys, hel.__main__ as m; m.main([]);"
        "print(*{'numpy', 'scipy', 'sklearn', 'matplotlib', 'amaranth', 'cocotb'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr.strip()
    assert all(name in done.stdout for name in SUMMARIES)


def test_version(capfd):
    code, out, _ = hel(capfd, "--version")
    assert code == 0 and out.startswith("hel 0.")


def test_systems_as_json(capfd):
    code, out, err = hel(capfd, "systems", "--json")
    rows = {row["name"]: row for row in json.loads(out)["systems"]}
    assert code == 0 and err == "" and set(rows) == set(SYSTEMS)
    assert rows["dense"]["parameters"] == {"al": [16], "W": [16, 16], "B": [16, 4], "b": [16]}
    assert all(rows[name]["array"] for name in ("dense", "hru", "linear"))
    assert (rows["dense"]["functions"], rows["dense"]["tables"]) == (["logcosh"], ["tanh"])
    assert all(row["array"] == (row["reason"] is None) and row["what"] and row["summary"] for row in rows.values())


def test_systems_as_text(capfd):
    code, out, err = hel(capfd, "systems")
    assert code == 0 and err == "" and "W 16x16" in out and "logcosh (in the force: tanh)" in out


def test_train_prints_one_json_object_and_progress_elsewhere(capfd):
    argv = ["train", "digits", "--neurons", "4", "--epochs", "1", "--samples", "10", "--json"]
    code, out, err = hel(capfd, *argv)
    result = json.loads(out)
    assert code == 0 and out.count("\n") == 1 and "10/10" in err
    assert {"test_accuracy", "history", "cost", "samples_per_s"} <= result.keys()
    assert 0 <= result["test_accuracy"] <= 1 and len(result["history"]) == 1
    again = json.loads(hel(capfd, *argv)[1])
    assert {**again, "samples_per_s": 0} == {**result, "samples_per_s": 0}


def test_train_at_rest(capfd):
    argv = ["train", "digits-static", "--rule", "ep", "--arithmetic", "float", "--neurons", "8", "--epochs", "1"]
    code, out, err = hel(capfd, *argv, "--samples", "64", "--json")
    result = json.loads(out)
    assert code == 0 and "64/64" in err and result["rule"] == "ep"
    assert {"test_accuracy", "history", "cost", "samples_per_s"} <= result.keys() and 0 <= result["test_accuracy"] <= 1
    assert "validation accuracy" in hel(capfd, *argv, "--samples", "32", "--validation")[1]


def test_train_as_text(capfd):
    code, out, _ = hel(capfd, "train", "digits", "--neurons", "4", "--epochs", "2", "--samples", "10", "--validation")
    assert code == 0 and "epoch   2  cost" in out and "validation accuracy" in out


def test_what_a_tool_prints_is_not_on_standard_output(capfd, monkeypatch):
    from hel.commands import systems

    def noisy(args):
        os.system("echo a compiler speaks")
        print("a library speaks")
        return {"systems": []}

    monkeypatch.setattr(systems, "run", noisy)
    code, out, err = hel(capfd, "systems", "--json")
    assert code == 0 and json.loads(out)["systems"] == []
    assert "a compiler speaks" in err and "a library speaks" in err


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ValueError("shapes differ"), 1, "hel: ValueError: shapes differ (a defect; HEL_DEBUG=1 shows where)\n"),
        (MemoryError("305 GiB"), 2, "hel: the run must fit this machine's memory: 305 GiB; use fewer steps"),
        (HelError("the rule,\n  the value, the way out"), 2, "hel: the rule, the value, the way out\n"),
        (
            ModuleNotFoundError("No module named 'x'", name="x"),
            2,
            "hel: x is not installed; `pip install hel-fpga[all]`",
        ),
        (
            PermissionError(13, "Permission denied", "/a/file"),
            2,
            "hel: a file must be open to you, /a/file: Permission denied; change its permissions or choose another",
        ),
        (
            OSError(28, "No space left on device"),
            2,
            "hel: output needs room on the disk, No space left on device; free some or choose another place (-o)\n",
        ),
        (
            OSError("a driver's words"),
            2,
            "hel: the operating system refused a request, a driver's words; HEL_DEBUG=1 shows where\n",
        ),
        (KeyboardInterrupt(), 130, "hel: interrupted\n"),
        (RuntimeError("broken"), 1, "hel: RuntimeError: broken (a defect; HEL_DEBUG=1 shows where)\n"),
    ],
)
def test_failures_are_one_line_without_traceback(capfd, monkeypatch, error, code, message):
    from hel.commands import systems

    def fail(args):
        raise error

    monkeypatch.setattr(systems, "run", fail)
    got, out, err = hel(capfd, "systems", "--json")
    assert got == code and out == "" and err.count("\n") == 1 and err.startswith(message)


TINY = """
import numpy as np
from golden.systems import System

class Tiny(System):
    @property
    def parameters(self):
        return {"c": (self.n,)}

    def potential(self, q, u, theta):
        return np.sum(np.log(np.cosh(theta["c"] * q * 1e-4))) + np.sum(q**2) / 2
"""


def test_gradcheck_says_when_a_gradient_is_far_off(capfd, tmp_path):
    """The best eps where there is a better one, else what is at fault: the words, or the motion."""
    (tmp_path / "tiny.py").write_text(TINY)
    size = ("-n", "4", "-m", "1", "--steps", "50")
    hints = (
        "is too weak: round-off",
        "is too strong: float64 is off",
        "small against the last place",
        "no longer small",
    )
    for argv, hint in (
        ((tmp_path / "tiny.py", *size, "--eps", "2^-5"), 0),
        (("dense", "--eps", "2^-1"), 1),
        ((tmp_path / "tiny.py", *size, "--fraction-bits", "4"), 2),
        (("hru", "-n", "4", "--steps", "3000"), 3),
        (("dense",), None),
        ((tmp_path / "tiny.py", *size), None),
    ):
        code, out, _ = hel(capfd, "gradcheck", *argv)
        assert code == 0 and [k for k, text in enumerate(hints) if text in out] == [hint] * (hint is not None), argv


def test_a_terminated_build_leaves_nothing(tmp_path):
    """As Ctrl-C, and as when `timeout` ends it."""
    command = [sys.executable, "-m", "hel", "build", "linear", "-n", "2", "-p", "1", "--board", "ulx3s_25f"]
    command += ["-o", str(tmp_path / "out")]

    def heed() -> None:
        """What a shell starts in the background ignores SIGINT, and so do its children."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    for number, code, word in ((signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed) as running:
            while running.poll() is None and not list(tmp_path.glob("out/.*/*")):
                time.sleep(0.05)
            running.send_signal(number)
            _, err = running.communicate()
        assert err.endswith(f"hel: {word}\n") and running.returncode == code
        assert not list(tmp_path.glob("out/*")) and not list(tmp_path.glob("out/.*"))


def test_debug_shows_the_traceback():
    done = shell("gradcheck", "dens", HEL_DEBUG="1")
    assert done.returncode == 2 and "Traceback" in done.stderr
    assert "Traceback" not in shell("gradcheck", "dens", HEL_DEBUG="0").stderr


def test_a_reader_that_leaves_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m hel systems | head -c 1",
        shell=True,
        capture_output=True,
        text=True,
        executable="/bin/bash",
    )
    assert done.stderr == ""


def test_failed_verification_exits_1(capfd, monkeypatch):
    from hel.commands import systems

    monkeypatch.setattr(systems, "run", lambda args: {"systems": [], "failed": True})
    assert hel(capfd, "systems", "--json")[0] == 1


def test_a_verification_says_where_its_waves_are():
    from hel.commands.verify import text
    from tests.hel.report.runs import result

    assert text({**result("verify"), "waves": "w.vcd"}).endswith("\nwaves: w.vcd")
    assert "waves: " not in text(result("verify"))


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    from hel.output import write_whole

    path = tmp_path / "a.v"
    write_whole({path: "module a; endmodule\n"})
    with pytest.raises(TypeError):
        write_whole({path: "other", tmp_path / "b.v": None})
    assert path.read_text() == "module a; endmodule\n" and [p.name for p in tmp_path.iterdir()] == ["a.v"]


def test_a_file_that_cannot_be_written_is_named_by_its_own_name(tmp_path):
    from hel.output import write_whole

    with pytest.raises(OSError) as error:
        write_whole({tmp_path / "no" / "a.v": "text"})
    assert error.value.filename == str(tmp_path / "no" / "a.v")


def test_a_system_without_the_ending_of_its_file(capfd, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("")
    monkeypatch.chdir(tmp_path)
    code, _, err = hel(capfd, "gradcheck", "mine")
    assert code == 2 and "unknown system 'mine', did you mean mine.py?" in err
    assert ", or path/to/file.py:Class" in hel(capfd, "gradcheck", "xyz")[2]


def test_only_regular_files_are_replaced(tmp_path):
    from golden.errors import HelError
    from hel.output import write_whole

    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("folder", "link"):
        with pytest.raises(HelError, match="regular file"):
            write_whole({tmp_path / "a.v": "text", tmp_path / name: "text"})
    assert not (tmp_path / "a.v").exists()


@pytest.mark.cosim
def test_a_mutant_that_an_array_does_not_use_and_a_long_run_say_so(capfd):
    size = ["-n", "2", "-m", "1", "-p", "1", "--steps", "25"]
    code, said, _ = hel(capfd, "verify", "linear", *size, "--simulator", "icarus", "--mutant", "sum0")
    assert code == 0
    assert "registers are compared in runs of at most 24 steps, or with --waves" in said
    assert "the mutant sum0 changes what this array does not use" in said


def test_help_is_a_word_too(capfd):
    code, said, _ = hel(capfd, "help", "verify")
    assert code == 0 and said.startswith("usage: hel verify")
    assert hel(capfd, "help")[1].startswith("usage: hel COMMAND")
    code, _, error = hel(capfd, "help", "verfy")
    assert code == 2 and "did you mean verify?" in error


def test_flags_of_a_training_come_with_what_to_do(capfd):
    from hel.output import flag_lines

    assert "no physics" in flag_lines(["q_overflow", "operand_clipped"])[1] and len(flag_lines(["theta_clipped"])) == 1
