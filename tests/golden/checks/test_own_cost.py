"""A cost by its word or from a file: what is taken, and what is said of anything else."""

import numpy as np
import pytest

from golden.checks.own_cost import COSTS, cost_of, examined
from golden.cost_functions import AveragedCost, FinalCost, SummedCost, half_squared_error
from golden.errors import HelError

FILE = """
import numpy as np
from hel import costs


def last(q, y):
    return np.sum(np.logaddexp(q[-2:] - y, y - q[-2:]))


def vector(q, y):
    return q - y


def absolute(q, y):
    return np.sum(np.abs(q - y))


def beyond(q, y):
    return np.sum(q[99] - y)


def alone(q):
    return np.sum(q)


def by_chance(q, y):
    return np.sum(q * y) * np.random.default_rng().normal()


def raises(q, y):
    raise KeyError("missing")


def _hidden(q, y):
    return np.sum(q)


path = costs.SummedCost(last)
energy = costs.AveragedCost(lambda m, y: np.sum((m - y) ** 2) / 2)
given = costs.FinalCost(lambda q, y: np.abs(q - y).sum(axis=-1), gradient=lambda q, y: np.sign(q - y))
twice = costs.FinalCost(lambda q, y: ((q - y) ** 2).sum(axis=-1), gradient=lambda q, y: q - y)
short = costs.FinalCost(lambda q, y: ((q - y) ** 2).sum(axis=-1), gradient=lambda q, y: (q - y).sum(axis=-1))
number = 3.0


def still(q, y):
    return np.sum(y**2)


class Robust:
    pass
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    return tmp_path / "mine.py"


def test_words_are_half_squared_errors():
    for word, kind in {"final": FinalCost, "summed": SummedCost, "averaged": AveragedCost}.items():
        assert type(cost_of(word)) is kind and cost_of(word).function is half_squared_error
    assert list(COSTS) == ["final", "summed", "averaged"]
    own = FinalCost(lambda q, y: np.sum(q * y))
    assert cost_of(own) is own


def test_a_function_is_a_final_cost_and_a_cost_is_itself(file):
    assert type(cost_of(f"{file}:last")) is FinalCost and cost_of(f"{file}:last").function.__name__ == "last"
    for name, kind in {"path": SummedCost, "energy": AveragedCost, "given": FinalCost}.items():
        assert type(cost_of(f"{file}:{name}")) is kind
        examined(cost_of(f"{file}:{name}"), 8, 2 if name == "path" else 8)


def test_a_file_with_one_cost_needs_no_name(tmp_path):
    (tmp_path / "one.py").write_text("import numpy as np\n\n\ndef near(q, y):\n    return np.sum((q - y) ** 2)\n")
    assert cost_of(str(tmp_path / "one.py")).function.__name__ == "near"
    (tmp_path / "none.py").write_text("x = 1\n")
    with pytest.raises(HelError, match=r"none.py defines none; write .*none.py:my_cost and the function, see docs/how"):
        cost_of(str(tmp_path / "none.py"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mine.py:las", r"mine.py defines no 'las'; its costs: last, vector, .*; did you mean .*mine.py:last\?"),
        ("mine.py:_hiden", r"defines no '_hiden'"),
        (
            "mine.py:number",
            r"a cost is a function c\(q, y\) or a FinalCost, .* is a float; write `def number\(q, y\):`",
        ),
        ("mine.py:Robust", r"is a class; write `def Robust\(q, y\):`"),
        ("mine.py:alone", r"mine.py: the function of a cost is a function of \(q, target\), got alone\(q\); give"),
        ("mine.py", r"a file with exactly one cost needs no name, .*mine.py defines last, vector, .*; write .*:last"),
        ("min.py:last", r"a cost's file must exist, .*min.py is not there; did you mean .*mine.py\?"),
        (
            "mine.txt:last",
            r"a cost of one's own is path/to/file.py:function, got .*; name a Python file and a function",
        ),
    ],
)
def test_what_is_no_cost(file, name, message):
    with pytest.raises(HelError, match=message):
        cost_of(str(file.parent / name))


@pytest.mark.parametrize("given", ["mean", None, 3, FinalCost])
def test_what_is_no_word(given):
    with pytest.raises(HelError, match="the cost is one of final, summed, averaged, or path/to/file.py:function, got"):
        cost_of(given)


def test_what_hel_refuses_while_the_file_runs_has_its_line(tmp_path):
    (tmp_path / "bad.py").write_text("import hel\nc = hel.costs.FinalCost(abs, gradient=3)\n")
    with pytest.raises(HelError, match=r"^bad.py:2: `c = hel.costs.FinalCost\(abs, gradient=3\)`: the .* of a cost "):
        cost_of(f"{tmp_path / 'bad.py'}:c")


def test_a_file_that_does_not_run(tmp_path):
    (tmp_path / "bad.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(HelError, match=r"bad.py:1: `import nothing_of_that_name`: the file raised ModuleNotFoundError"):
        cost_of(f"{tmp_path / 'bad.py'}:c")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("last", r"mine.py:7: `q\[-2:\] - y`: .*; a target has 8 numbers here: say --targets 2 \(targets=2\)"),
        ("vector", r"mine.py:11: `q - y`: the cost must be one number, got shape \(8,\); wrap it in np.sum"),
        ("absolute", r"mine.py:15: `np.abs\(q - y\)`: np.absolute is not available"),
        ("beyond", r"mine.py:19: `q\[99\]`: an index lies inside the array, of shape \(8,\)"),
        ("by_chance", r"mine.py: FinalCost\(by_chance\) must be a function of q and y alone, it gave .*; take random"),
        ("twice", r"mine.py: gradient= of FinalCost\(<lambda>\) is the slope of c, .* where c changes by "),
        ("still", r"mine.py: a cost is a function of q, FinalCost\(still\) does not depend on it; let q act in it"),
        ("short", r"mine.py: dc/dq has shape \(8,\), got \(\) \[FinalCost"),
        ("raises", r"mine.py: FinalCost\(raises\) of q \(8,\) and a target \(8,\) raised KeyError"),
    ],
)
def test_what_cannot_be_differentiated(file, name, message):
    with pytest.raises(HelError, match=f"^{message}"):
        examined(cost_of(f"{file}:{name}"), 8, 8)


def test_a_gradient_is_compared_at_one_point_of_every_component(file):
    right = examined(cost_of(f"{file}:given"), 8, 8)
    assert right.gradient is not None
    far = FinalCost(lambda q, y: np.log(q - 2).sum(axis=-1) + 0 * y.sum(axis=-1), gradient=lambda q, y: 1 / (q - 2))
    assert examined(far, 8, 8) is far  # it has no number where it is looked at
    for k in range(8):

        def wrong(q, y, k=k):
            slope = 2.0 * (q - y)
            slope[..., k] *= 1.01
            return slope

        with pytest.raises(HelError, match=f"its component {k} is .* where c changes by .*; correct it, or leave it"):
            examined(FinalCost(lambda q, y: ((q - y) ** 2).sum(axis=-1), gradient=wrong), 8, 8)


def test_the_half_squared_error_needs_as_many_targets_as_positions():
    with pytest.raises(
        HelError, match=r"targets .* have the shape of q .*; a target has 3 numbers here: say --targets 8"
    ):
        examined(cost_of("final"), 8, 3)
