"""`hel glep`: rows, figures whole or not at all, the demonstration, and what it refuses."""

import json

import pytest

from tests.hel.commands import hel

SMALL = ["glep", "--neurons", "3", "--steps", "20", "--inputs", "2"]
KEYS = {"condition", "cosine", "relative_error", "cosine_without_residual", "passes", "stored_words",
        "solver_iterations"}  # fmt: skip


def test_rows_as_json(capfd):
    code, out, err = hel(capfd, *SMALL, "--json")
    result = json.loads(out)
    assert code == 0 and out.count("\n") == 1 and "5/5" in err
    assert [row["condition"] for row in result["rows"]] == ["civp", "cbvp", "pfvp", "pbvp", "mixed"]
    assert all(row.keys() >= KEYS and row["cosine"] >= 0.999999 for row in result["rows"])
    assert result["rows"][0]["cosine_without_residual"] < 0.99


def test_text_and_selection(capfd):
    code, out, _ = hel(capfd, *SMALL, "--conditions", "pfvp, civp", "--system", "hru", "--seed", "3")
    assert code == 0 and out.splitlines()[0] == "hru: 3 neurons, 15 parameters, T = 20"
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["condition", "pfvp", "civp"]


def test_the_system_stands_where_other_commands_have_it(capfd):
    argv = [*SMALL, "--conditions", "pfvp", "--json"]
    ways = (["hru"], ["--system", "hru"], ["hru", "--system", "hru"])
    rows = [json.loads(hel(capfd, *argv, *more)[1]) for more in ways]
    lines = {row.pop("made_by")["line"] for row in rows}
    assert len(lines) == len(ways)  # each as it was typed
    assert rows[0]["system"] == "hru" and rows[0] == rows[1] == rows[2]
    assert json.loads(hel(capfd, *argv)[1])["system"] == "dense"


@pytest.mark.parametrize("name", ["a.png", "a.svg"])
def test_figure(capfd, tmp_path, name):
    pytest.importorskip("matplotlib")
    code, out, _ = hel(capfd, *SMALL, "--conditions", "pfvp,mixed", "--figure", tmp_path / name, "--json")
    result = json.loads(out)
    assert code == 0 and result["figure"] == str(tmp_path / name) and set(result["errors"]) == {"pfvp", "mixed"}
    assert (tmp_path / name).stat().st_size > 10_000 and [p.name for p in tmp_path.iterdir()] == [name]


def test_demo(capfd, tmp_path):
    pytest.importorskip("matplotlib")
    demo = ["glep", "--demo", "two-oscillators", "--epochs", "20"]
    code, out, _ = hel(capfd, *demo, "--figure", tmp_path / "two.png", "--json")
    row = json.loads(out)["rows"][0]
    assert code == 0 and row["condition"] == "pfvp" and abs(row["k12"] - 0.7) < 1e-3
    assert (tmp_path / "two.png").read_bytes().startswith(b"\x89PNG")
    code, out, _ = hel(capfd, *demo, "--conditions", "civp")
    assert code == 0 and "civp" in out and "the teacher's k12 is 0.7" in out


REFUSED = [
    (["--conditions", "cvp"], "unknown condition 'cvp', did you mean"),
    (["dens"], "unknown system 'dens', did you mean dense?"),
    (["hru", "--system", "dense"], "the system is given once, got hru and --system dense; drop one of them"),
    (["dense", "--demo", "two-oscillators"], "has its own system, start and size; drop dense"),
    (["--system", "dense", "--demo", "two-oscillators"], "has its own system, start and size; drop --system"),
    (["--system", "dens"], "unknown system 'dens', did you mean dense?"),
    (["--eps", "0"], "--eps: must be a finite number other than 0"),
    (["--eps=-1e-3"], "--eps must be positive, not -0.001; try 0.001"),
    (["--eps", "1e4"], "eps"),
    (["--step=-0.1"], "--step must be positive, not -0.1; try 0.1"),
    (["--step", "100"], "goes beyond 1e+30 within 20 steps of h = 100; take a smaller step"),
    (["--neurons", "0"], "--neurons: must be an integer from 1 to 64, not '0'"),
    (["--steps", "0"], "--steps: must be an integer from 2 to 10000, not '0'"),
    (["--system", "springs", "--neurons", "1"], "a chain of springs has at least 2 masses, got 1"),
    (["--figure", "no/such/folder/a.png"], "--figure must name a file in an existing folder"),
    (["--figure", "a.txt"], "--figure must name a .png, .svg, .pdf file, not 'a.txt'; try 'a.png'"),
    (["--epochs", "3"], "--epochs belongs to --demo two-oscillators; drop it, or add the demo"),
    (["--demo", "three-oscillators"], "unknown demo 'three-oscillators', did you mean two-oscillators?"),
    (["--demo", "two-oscillators"], "--demo two-oscillators has its own system, start and size; drop --neurons"),
]


@pytest.mark.parametrize(("argv", "message"), REFUSED, ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_refused_in_one_line(capfd, argv, message):
    code, out, err = hel(capfd, *SMALL, *argv)
    assert code == 2 and out == "" and message in err.splitlines()[-1] and err.splitlines()[-1].startswith("hel: ")
    assert sum(line.startswith("hel: ") for line in err.splitlines()) == 1
