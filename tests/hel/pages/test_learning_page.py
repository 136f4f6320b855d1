"""The tables of docs/learning.md are those of the committed results, and say what rows say."""

import json
from pathlib import Path

from hel.pages import learning_page

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / learning_page.PAGE).read_text()


def rows(name):
    return json.loads((ROOT / "docs/results" / f"{name}.json").read_text())["rows"]


def row(model, by_sample, name="digits", neurons=32, **more):
    case = {"task": name, "model": model, "neurons": neurons if model not in ("linear", "minirocket") else None}
    mean = sum(by_sample) / len(by_sample)
    return {"case": case, "by_sample": " ".join(map(str, by_sample)), "test": [mean, mean + 0.1], **more}


def test_the_page_is_up_to_date():
    parts = [rows(f"learning{part}") for part in ("", "_selection", "_layers", "_longer")]
    filled = learning_page.fill(TEXT, *parts)
    assert filled == TEXT, "run `python -m hel.pages.learning_page`"


def test_a_line_has_means_ranges_and_the_best_in_bold():
    lines = learning_page.table([row("linear", [1, 0]), row("gru", [1, 1], test=[0.9, 1.0])])
    assert lines[2] == ("| digits | 32 | 0.550 (0.500 to 0.600) | - | - | **0.950** (0.900 to 1.000) | - | - | - | - |")
    lines = learning_page.table([row("gru", [0.5], "ppg", test=[0.5]), row("hel-fixed", [0.25], "ppg", test=[0.25])])
    assert lines[2].startswith("| ppg (nmse) | 32 | - | - | - | 0.500 |") and lines[2].endswith("| **0.250** |")


def test_a_dear_task_has_a_line_of_its_own_test_set_and_one_of_the_draws():
    drawn = row("hel-fixed", [1, 0], "acsf1", test=[0.5], draws=[0.5, 0.7])
    own, again = learning_page.table([drawn, row("gru", [1, 0], "acsf1", test=[0.6])])[2:]
    assert own == "| acsf1 | 32 | - | - | - | **0.600** | - | - | - | 0.500 |"
    assert again == "| acsf1, drawn again | 32 | - | - | - | - | - | - | - | **0.600** (0.500 to 0.700) |"
    assert "| watch, by person | 32 |" in learning_page.table([row("gru", [1], "watch")])[3]


def test_what_is_not_measured_is_named(monkeypatch):
    monkeypatch.setattr(learning_page, "TASKS", {"ppg": learning_page.TASKS["ppg"]})
    every = [row(model, [1], "ppg", n) for model in learning_page.NAMES for n in (32, 64) if model != "minirocket"]
    assert learning_page.missing(every) == ["Nothing: the table is whole."]
    found = learning_page.missing([one for one in every if one["case"]["neurons"] != 64 or one["case"]["model"] < "g"])
    assert found == ["- ppg, N = 64: GRU, Adam; HEL float; HEL fixed."]


def test_gains_and_their_lack():
    others = [row("linear", [0, 0, 1, 1]), row("frozen", [0, 0, 0, 1])]
    (line,) = learning_page.gains([*others, row("hel-fixed", [1, 0, 1, 1])])[2:]
    assert line == "| digits | 32 | +0.250 ± 0.250 | +0.500 ± 0.289 | yes |"
    (line,) = learning_page.gains([*others, row("hel-fixed", [1, 0, 1, 0])])[2:]
    assert line == "| digits | 32 | +0.000 ± 0.408 | +0.250 ± 0.479 | no gain |"
    (line,) = learning_page.gains([others[1], row("hel-fixed", [1, 0, 1, 1])])[2:]
    assert line == "| digits | 32 | - | +0.500 ± 0.289 | - |"


def test_equivalence_by_sample_and_by_seed():
    seeds = {"test": [0.5] * 5}
    same = [row(model, [1, 0] * 500, **seeds) for model in ("hel-fixed", "bptt-hel")]
    (line,) = learning_page.equivalence(same)[2:]
    assert line == "| digits | 32 | +0.000 ± 0.000 | +0.000 to +0.000 | yes | +0.000 to +0.000 | yes |"
    (line,) = learning_page.equivalence(
        [
            row("hel-fixed", [1, 0] * 20, test=[0.5, 0.5, 0.5, 0.5, 0.55]),
            {**same[1], "by_sample": " ".join(["0", "1"] * 20)},
        ]
    )[2:]
    assert line.endswith("| no | -0.011 to +0.031 | no |")


def test_plans_say_epochs_and_updates(monkeypatch):
    monkeypatch.setattr(learning_page, "TASKS", {"gunpoint": learning_page.TASKS["gunpoint"]})
    assert learning_page.plans()[2:] == ["| gunpoint | 50 | 60 | 3000 | 100 | 8 | 700 |"]


def test_longer_trainings():
    case = {"task": "digits-pixels", "model": "gru", "neurons": 32, "epochs": 30}
    found = {"case": case, "candidates": [{"rate": 0.01, "cost": "final"}], "validation": [[0.5, 0.6]], "chosen": 0}
    assert learning_page.longer([found | {"cpu_s": 7.2}])[2:] == [
        "| GRU, Adam | 30 | rate 0.01, final | 0.550 (0.500 to 0.600) | 7 |"
    ]


def test_stacks_stand_beside_one_layer_of_as_many():
    def stack(layers, neurons, by_sample, name="digits"):
        case = {"task": name, "layers": layers, "neurons": neurons}
        mean = sum(by_sample) / len(by_sample)
        return {"case": case, "by_sample": " ".join(map(str, by_sample)), "validation": [[0], [mean]], "chosen": 1}

    found = [stack(1, 32, [1, 0, 0, 0]), stack(1, 64, [1, 1, 1, 1]), stack(2, 64, [1, 1, 1, 0]), stack(4, 32, [1] * 4)]
    assert learning_page.stacks(found)[2:] == [
        "| digits | 64 | 2 | 0.750 | 1.000 | -0.250 ± 0.250 | no |",
        "| digits | 32 | 4 | 1.000 | 0.250 | +0.750 ± 0.250 | yes |",
    ]
    errors = [stack(1, 32, [0.5, 0.4], "mackey-glass"), stack(2, 32, [0.3, 0.3], "mackey-glass")]
    assert learning_page.stacks(errors)[2:] == ["| mackey-glass | 32 | 2 | 0.300 | 0.450 | +0.150 ± 0.050 | yes |"]


def test_choices():
    case = {"task": "digits", "model": "hel-fixed", "neurons": 32}
    found = {"candidates": [{}, {"log2_inverse_rate": 5, "cost": "final"}], "chosen": 1, "validation": [[0], [0.5, 1]]}
    assert learning_page.choices([{"case": case, **found}])[2] == (
        "| digits | - | - | - | - | - | rate 2^-5, final: 0.750 |"
    )


def test_what_it_took():
    one = {"case": {"task": "digits", "model": "gru", "neurons": 32}, "cpu_s": 2.4}
    lines = learning_page.cost([one], [one, {**one, "cpu_s": 3.0}])
    assert lines[2:] == [
        "| selection | 0 | 0 | 0 | 2 | 0 | 0 | 0 | 0 | 2 |",
        "| test | 0 | 0 | 0 | 5 | 0 | 0 | 0 | 0 | 5 |",
    ]
