"""The optimiser of `hel train`: what its options mean, what is refused, and that a sweep takes them."""

import json

import pytest

from tests.hel.commands import hel

SHORT = ["train", "digits", "--neurons", "4", "--epochs", "1", "--samples", "10", "--validation"]

REFUSED = [
    (["--optimiser", "adam"], "unknown optimiser 'adam'; available: momentum, plain, sign"),
    (
        ["--optimiser", "momentun"],
        "unknown optimiser 'momentun', did you mean momentum? available: momentum, plain, sign",
    ),
    (["--schedule", "quarter"], "unknown schedule 'quarter', did you mean quarters? available: constant, eighths"),
    (
        ["--optimiser", "sign", "--arithmetic", "rtl"],
        "the array learns plain, one sample at a time, got --optimiser sign",
    ),
    (
        ["--batch", "4", "--arithmetic", "rtl"],
        "one sample at a time, got --batch 4 with --arithmetic rtl; drop --batch",
    ),
    (["--rates", "al=1", "--arithmetic", "rtl"], "got --rates al=1 with --arithmetic rtl; drop --rates, or use"),
    (["--momentum", "2"], "--momentum is for --optimiser momentum or sign, not plain; add --optimiser momentum"),
    (["--threshold", "2", "--optimiser", "momentum"], "--threshold is for --optimiser sign, not momentum; drop"),
    (["--rates", "al:2"], "--rates must be NAME=K with whole K, comma after comma, such as al=2,b=-1, not 'al:2'"),
    (["--rates", "al=1,b=2,al=2"], "--rates must name a parameter once, al stands twice in 'al=1,b=2,al=2'; drop one"),
    (["--rates", "a=2"], "rates are of al, W, B, b, readout, got 'a'; choose one of them"),
    (["--batch", "12"], "a minibatch is a power of two of samples, at most 65536, got 12; use 8"),
    (["--batch", "256"], "a minibatch times 2^momentum is at most 2^(16 - clip_log2) = 128, got 256 times 1; make"),
    (["--momentum", "0", "--optimiser", "momentum"], "--momentum: must be an integer from 1 to 16, not '0'"),
    (["--rate", "2^-3"], "--rate: must be an integer from -8 to 24, not '2^-3'"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED, ids=[" ".join(options) for options, _ in REFUSED])
def test_what_cannot_be_is_one_line(capfd, options, told):
    code, out, err = hel(capfd, *SHORT, *options)
    assert code == 2 and out == "" and told in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--threshold", "5"], ["--momentum", "2"], ["--batch", "256"], ["--batch", "12"], ["--batch", "4"],
        ["--rates", "al=1"], ["--optimiser", "sign", "--threshold", "5"],
        ["--optimiser", "momentum", "--momentum", "4", "--batch", "16"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_way_out_of_the_array_is_one(capfd, options):
    """What is said to be dropped is enough; fixed arithmetic is named where it takes the same options."""
    code, _, err = hel(capfd, *SHORT, "--arithmetic", "rtl", *options)
    assert code == 2 and "the array learns plain" in err and err.count("\n") == 1
    dropped = err.partition("; drop ")[2].partition(",")[0].split()
    assert dropped == [word for word in options if word.startswith("--")]
    fixed = hel(capfd, *SHORT, "--arithmetic", "fixed", *options)[0]
    assert (fixed == 0) == ("or use --arithmetic fixed" in err)


@pytest.mark.parametrize("option", [["--optimiser", "momentum"], ["--rate", "5"], ["--schedule", "constant"]])
def test_still_images_have_a_recipe_of_their_own(capfd, option):
    code, _, err = hel(capfd, "train", "digits-static", "--rule", "ep", "--arithmetic", "float", *option)
    assert (
        code == 2 and f"{option[0]} is for learning in time, --rule ep has a recipe of its own; drop {option[0]}" in err
    )


@pytest.mark.parametrize("arithmetic", ["fixed", "float"])
def test_a_result_says_what_was_used(capfd, arithmetic):
    how = ["--optimiser", "sign", "--momentum", "2", "--threshold", "5", "--batch", "4", "--rates", "al=2,readout=-1"]
    more = ["--rate", "5", "--nudge", "-3", "--schedule", "halves"]
    code, out, _ = hel(capfd, *SHORT, "--json", "--arithmetic", arithmetic, *how, *more)
    result = json.loads(out)
    used = {"name": "sign", "momentum": 2, "batch": 4, "rates": {"al": 2, "readout": -1}, "schedule": "halves"}
    assert code == 0 and result["optimiser"] == {**used, "threshold": 5}
    assert (result["recipe"]["log2_inverse_rate"], result["recipe"]["log2_eps0"]) == (5, -3)


OSU_LEAF = ["train", "osu-leaf", "-n", "4", "--epochs", "1", "--samples", "10", "--validation", "-q"]
"""A task with a recipe, a cost and a step that were chosen."""


@pytest.mark.parametrize(("run", "rate"), [(SHORT, "6"), (OSU_LEAF, "5")])
def test_what_is_usual_is_plain(capfd, run, rate):
    """Said or not, it is the same run."""
    runs = []
    for how in (
        [],
        ["--optimiser", "plain", "--batch", "1", "--rate", rate, "--schedule", "quarters", "--nudge", "-2"],
    ):
        code, out, _ = hel(capfd, *run, "--json", *how)
        assert code == 0
        runs.append({k: v for k, v in json.loads(out).items() if k not in ("made_by", "samples_per_s")})
    assert runs[0] == runs[1] and runs[0]["optimiser"]["name"] == "plain"


def test_options_change_their_own_part_of_what_was_chosen(capfd):
    runs = []
    for how in ([], ["--optimiser", "momentum", "--rate", "4"], ["--cost", "averaged", "--rate", "4"]):
        code, out, _ = hel(capfd, *OSU_LEAF, "--json", *how)
        result = json.loads(out)
        assert code == 0
        runs.append((result["learnt_by"], result["formats"], result["recipe"]["log2_inverse_rate"]))
    chosen, changed, other_cost = runs
    assert chosen[:2] == changed[:2] and "log2_inverse_step=4" in chosen[1] and (chosen[2], changed[2]) == (5, 4)
    assert other_cost[0] == "averaged" and "log2_inverse_step=2" in other_cost[1]


def test_a_sweep_takes_them(capfd, tmp_path):
    (tmp_path / "sweep.toml").write_text("""
command = "train"
keep = ["validation_accuracy", "optimiser"]
[options]
task = "digits"
neurons = 4
samples = 10
epochs = 1
validation = true
nudge = -3
[axes]
optimiser = ["momentum", "sign"]
rates = ["al=2,b=-1", "W=1"]
""")
    code, _, err = hel(capfd, "explore", str(tmp_path / "sweep.toml"), "--jobs", "1")
    assert code == 0, err
    rows = [json.loads(line) for file in tmp_path.glob("*.jsonl") for line in file.read_text().splitlines()]
    found = [row for row in rows if "optimiser" in str(row)]
    assert len(found) >= 4 and "'rates': {'al': 2, 'b': -1}" in str(found)
