"""Step 2: operands, halves and cuts."""

import numpy as np

from golden.compiler.normalise import normalise
from golden.compiler.operands import choose_operands, halves
from golden.compiler.terms import Cut, Product
from golden.language.builder import Builder
from tests.golden.compiler.made import system


def chosen(parameters, potential, symmetric=()):
    return choose_operands(normalise(system(parameters, potential).gradient), symmetric)


def leaves(*names):
    b = Builder()
    return [b.leaf("param" if name in "abc" else "input", name, (3,)) for name in names]


def names(found):
    return tuple("".join(node.name for node in part) for part in found)


def test_halves_of_products():
    assert names(halves(leaves(*"cx"))) == ("c", "x")
    assert names(halves(leaves(*"cxx"))) == ("c", "xx")
    assert names(halves(leaves(*"xxxx"))) == ("xx", "xx")
    assert names(halves(leaves(*"cxxx"))) == ("cxx", "x")


def test_a_power_is_cut_twice():
    """Equal products are one from the next step on."""
    assert str(chosen({"c": (3,)}, lambda q, u, t: np.sum(t["c"] * q**4) / 4)).splitlines() == [
        "%0 = cut q",
        "%1 = cut +1 %0 %0",
        "%2 = cut +1 c %1",
        "force = +1 %2 %0",
        "%3 = cut +1 %0 %0",
        "%4 = cut +1 %0 %0",
        "gradient c = +0.25 %3 %4",
    ]


def test_a_node_is_one_operand():
    found = chosen({"a": (3,), "b": (3,)}, lambda q, u, t: np.sum((t["a"] + t["b"]) * np.tanh(q) * q))
    tables = {id(each.b) for each in found.force.terms if isinstance(each, Product)}
    assert len(tables) < len(found.force.terms)


def test_wiring_is_applied_to_operands_and_what_is_none_is_cut():
    found = str(chosen({"k": (2,)}, lambda q, u, t: np.sum(t["k"] * (q[1:] - q[:-1]) ** 2) / 2))
    assert "%2 = cut +1 k %1" in found and "fixed [3, 2] @ %2" in found


def test_a_parameter_in_two_factors_is_held_as_an_operand():
    found = chosen({"a": (3,), "b": (3,)}, lambda q, u, t: np.sum(t["a"] * t["b"] * q))
    (term,) = found.force.terms
    assert term.a.name == "a" and isinstance(term.b, Cut) and term.b.exact.a.name == "b"


def test_a_symmetric_matrix_is_its_transpose():
    parameters, potential = {"W": (3, 3)}, lambda q, u, t: q @ (t["W"] @ q)
    for symmetric, across in ((), [False, True]), (("W",), [False, False]):
        assert sorted(term.transposed for term in chosen(parameters, potential, symmetric).force.terms) == across
