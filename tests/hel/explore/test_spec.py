"""What a file may say, and one clear line for what it may not."""

import pytest

from hel.arguments import UsageError
from hel.explore.points import points
from hel.explore.spec import read
from tests.hel.commands import answer, hel
from tests.hel.explore.sweeps import SMALL, written

WRONG = {
    "toml": (SMALL.replace('"linear"', "linear"), "must be TOML, Invalid value (at line 5, column 10); mend"),
    "key": (SMALL.replace("[axes]", "[axis]"), "unknown key 'axis', did you mean axes? it has command, name, keep"),
    "section": ("command = 'gradcheck'\noptions = 3\n", "options is a section, got 3; write [options] on a line"),
    "no command": ("[axes]\nseed = [1]\n", "it must name a command, got none; available: new, systems, tasks,"),
    "command": (SMALL.replace('"gradcheck"', '"gradchek"'), "unknown command 'gradchek', did you mean gradcheck?"),
    "itself": (SMALL.replace('"gradcheck"', '"explore"'), "unknown command 'explore'"),
    "a number": (SMALL.replace('"gradcheck"', "3"), 'command must be a text, got 3; write it in quotes'),
    "option": (SMALL.replace("steps", "stepss"), "unknown option 'stepss', did you mean steps? `hel gradcheck` takes"),
    "axis": (SMALL.replace("neurons", "nuerons"), "unknown axis 'nuerons', did you mean neurons?"),
    "short": (SMALL.replace("neurons", "n"), "unknown axis 'n', did you mean neurons?"),
    "empty": (SMALL.replace("[2, 3]", "[]"), "axis neurons must have a value at least, got none; give it one"),
    "no list": (SMALL.replace("[2, 3]", "2"), 'must be a list or a range such as "0..9" or "2^-8..2^-2", got 2'),
    "no range": (SMALL.replace('"0..3"', '"0-3"'), "axis seed must be a list or a range"),
    "twice": (SMALL + "inputs = [1, 2]\n", "an option is given once, got inputs twice; take it from [options] or"),
    "zip": (SMALL + "[[zip]]\ncost = ['final']\neps = [1, 2]\n", "zipped axes must be equally long, got cost 1, eps 2"),
    "one bracket": (SMALL + "[zip]\neps = [1, 2]\n", "zipped axes stand under [[zip]], got {'eps': [1, 2]}; double"),
    "value": (SMALL.replace("[2, 3]", "[2, 0]"), "--neurons: must be an integer from 1 to 4096, not '0'; see `hel"
              " gradcheck --help` (at neurons = 0, seed = 0)"),
    "switch": (SMALL.replace("[2, 3]", "[true]"), "neurons must have a value, got true; write it as in neurons"),
    "table": (SMALL.replace("[2, 3]", "[{a = 1}]"), "neurons must be a number or a text, got {'a': 1}"),
    "missing": (SMALL.replace('system = "linear"', ""), "arguments are required: SYSTEM; write system = ... under"),
    "keep": (SMALL.replace('"flags"', "3"), "keep must be a list of keys of the result, got ['relative_er"),
    "an unknown key": (SMALL.replace("relative_error_fixed", "relative_error_fixd"), "keep names keys of the result,"
                       " got 'relative_error_fixd', did you mean relative_error_fixed? it has system, neurons, steps"),
    "a file for all": (SMALL + "[[zip]]\nfigure = ['a.svg']\n", "each point writes into a place of its own, got figure"
                       " a.svg for 8; put an axis into it, as in figure = \"{seed}_a.svg\""),
    "no axis": (SMALL.replace('"linear"', '"{neuron}"'), "unknown axis 'neuron' in '{neuron}', did you mean neurons?"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_line(tmp_path, capfd, name):
    text, message = WRONG[name]
    code, out, err = hel(capfd, "explore", written(tmp_path, text))
    assert code == 2 and out == "" and err.count("\n") == 1
    assert err.startswith(f"hel: {tmp_path / 'small.toml'}: ") and message in err
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_a_file_that_is_no_text(tmp_path, capfd):
    file = tmp_path / "small.toml"
    file.write_bytes(SMALL.replace("linear", "Küste").encode("latin-1"))
    code, out, err = hel(capfd, "explore", file)
    assert (code, out) == (2, "") and err.count("\n") == 1
    assert err == f"hel: {file}: it must be UTF-8, line 5 is not (invalid start byte); save it as UTF-8\n"


def test_a_file_that_is_not_there(tmp_path, capfd):
    written(tmp_path)
    assert f"did you mean {tmp_path / 'small.toml'}?" in hel(capfd, "explore", tmp_path / "smal.toml")[2]
    assert "a file, which is not there; `hel explore --help`" in hel(capfd, "explore", tmp_path / "no/x.toml")[2]


def test_more_points_than_meant(tmp_path, capfd):
    file = written(tmp_path, SMALL.replace('"0..3"', '"0..99999999"'))
    code, _, err = hel(capfd, "explore", file)
    assert code == 2 and "at most --limit 1000 points, got 200000000; add --limit 200000000 if they are" in err
    assert answer(capfd, "explore", written(tmp_path), "--limit", 8, "--list")["points"] == 8
    assert "--limit 7 points, got 8" in hel(capfd, "explore", written(tmp_path), "--limit", 7)[2]


def test_points_in_order(tmp_path):
    text = SMALL + '[[zip]]\ncost = ["final", "summed"]\neps = "2^-3..2^-4"\n'
    exploration = read(written(tmp_path, text), ["gradcheck"], 100)
    found = points(exploration)
    assert len(found) == 16 and exploration.swept == ["neurons", "seed", "cost", "eps"]
    assert found[1].line == "hel gradcheck linear --steps 5 --inputs 1 --neurons 2 --seed 0 --cost summed --eps '2^-4'"
    assert [point.options["seed"] for point in found[:5]] == [0, 0, 1, 1, 2]


def test_switches_and_positions(tmp_path):
    text = 'command = "train"\n[options]\ntask = "digits"\nreport = "{seed}.html"\n'
    text += "[axes]\nseed = [3]\nvalidation = [true, false]\n"
    found = points(read(written(tmp_path, text.replace("{seed}", "{seed}_{validation}")), ["train"], 100))
    assert found[0].argv == ("train", "digits", "--report", "3_True.html", "--seed", "3", "--validation")
    assert found[1].argv == ("train", "digits", "--report", "3_False.html", "--seed", "3")


def test_an_option_may_be_left_out_at_some_values(tmp_path):
    text = 'command = "train"\n[options]\ntask = "digits"\n[[zip]]\noptimiser = ["plain", "sign"]\n'
    found = points(read(written(tmp_path, text + "momentum = [false, 3]\n"), ["train"], 100))
    assert found[0].argv == ("train", "digits", "--optimiser", "plain")
    assert found[1].argv == ("train", "digits", "--optimiser", "sign", "--momentum", "3")
    with pytest.raises(UsageError, match="task must have a value, got false; write it as in task = 1"):
        points(read(written(tmp_path, text.replace('"digits"', "false")), ["train"], 100))


def test_places_of_results(tmp_path):
    """A build has a folder of its own for each size, board and seed, but not for each clock."""
    text = 'command = "build"\n[options]\nsystem = "dense"\n[axes]\nseed = [1, 2]\n'
    assert len(points(read(written(tmp_path, text), ["build"], 100))) == 2
    with pytest.raises(UsageError, match='output build for 2; put an axis into it, as in output = "{clock}_build"'):
        points(read(written(tmp_path, text + "clock = [80, 90]\n"), ["build"], 100))
    named = text.replace("[axes]", 'output = "build/{clock}"\n[axes]') + "clock = [80, 90]\n"
    assert len(points(read(written(tmp_path, named), ["build"], 100))) == 4


def test_a_digest_is_of_what_is_asked(tmp_path, monkeypatch):
    """Not of how it is written; and of the files that it is given, and of our sources."""
    from hel.explore import sources

    def digests(text):
        return [point.digest for point in points(read(written(tmp_path, text), ["gradcheck"], 100))]

    plain = 'command = "gradcheck"\n[options]\nsystem = "linear"\n'
    assert digests(plain) == digests(plain + "seed = 0\n") == digests(plain + '[axes]\neps = ["auto"]\n')
    assert digests(plain) != digests(plain + "seed = 1\n")
    assert digests(plain) == digests(plain + "figure = 'a.svg'\n"), "where a picture goes changes no number"
    assert len(digests(plain + "[axes]\nseed = [0, 0, 1]\n")) == 2, "each once"
    monkeypatch.chdir(tmp_path)
    mine = plain.replace('"linear"', '"mine.py:Mine"')
    (tmp_path / "mine.py").write_text("# one")
    before = digests(mine)
    (tmp_path / "mine.py").write_text("# another")
    after = digests(mine)
    assert before != after
    resident = 'command = "rtl"\n[options]\nsystem = "linear"\nresident = "a.json"\n'
    found = set()
    for text in ("{}", "{ }"):
        (tmp_path / "a.json").write_text(text)
        found.add(points(read(written(tmp_path, resident), ["rtl"], 100))[0].digest)
    assert len(found) == 2, "a file that is read, though its name stands where others write"
    monkeypatch.setattr(sources, "ours", lambda: "other")
    assert digests(mine)[0] == f"{after[0].partition('-')[0]}-other"
