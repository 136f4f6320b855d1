"""Tracing: text in, text out; what is unsupported says so, with the user's line."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from scipy import special

from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.graph import OPS
from golden.language.trace import trace_function
from golden.systems import SYSTEMS, System, get

SHAPES = {"q": (3,), "u": (2,)}


def traced(function):
    return trace_function(function, "mine", SHAPES)


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_stay_inside_the_vocabulary(name):
    system = get(name, n=5, m=2)
    assert {node.op for graph in (system.graph, system.gradient) for node in graph.nodes} <= set(OPS)


def test_equal_expressions_are_one_node():
    graph = traced(lambda q, u: np.sum(np.tanh(2 * q + 1)) * np.sum(np.tanh(1 + q * 2)))
    assert [node.op for node in graph.nodes].count("tanh") == 1
    assert graph.outputs["value"].op == "square"


@pytest.mark.parametrize(
    "function",
    [
        lambda q, u: np.sum(np.log(np.cosh(q))),
        lambda q, u: np.log(np.cosh(q)).sum(),
        lambda q, u: np.sum(np.logaddexp(q, -q) - math.log(2)),
    ],
)
def test_log_cosh_is_recognised(function):
    assert "logcosh" in [node.op for node in traced(function).nodes]


@pytest.mark.parametrize(
    "function",
    [
        lambda q, u: np.sum(np.log1p(np.exp(q))),
        lambda q, u: np.sum(np.logaddexp(0, q)),
        lambda q, u: np.sum(np.logaddexp(q, 0.0)),
    ],
)
def test_softplus_is_recognised(function):
    assert [node.op for node in traced(function).nodes] == ["input", "softplus", "sum"]


def test_factors_float_out_and_constants_fold():
    graph = traced(lambda q, u: (np.ones((3, 3)) * 0.5 @ (2 * -q)).dot(3 * q) / 3)
    assert [node.op for node in graph.nodes].count("scale") == 1
    assert [node.factor for node in graph.nodes if node.op == "scale"] == [-2.0]


UNSUPPORTED = {
    "np.arcsin is not available in a traced function; write hel.table": lambda q, u: np.sum(np.arcsin(q)),
    "division by zero; divide by what is not zero": lambda q, u: np.sum(q / np.array([0.0, 1.0, 2.0])),
    r"exponent that differs from .* not available in a traced function; write x": lambda q, u: np.sum(q**q),
    "two numbers low < high, got -1 and None; give both": lambda q, u: np.sum(np.clip(q, -1, None)),
    "two numbers low < high, got 2 and 1; give both": lambda q, u: np.sum(np.clip(q, 2, 1)),
    "two numbers low < high, got 0 and a traced value": lambda q, u: np.sum(np.clip(q, 0, u[0])),
    r"np.linalg.norm is not available .*; write np.sum\(x\*\*2\), its square": lambda q, u: np.linalg.norm(q),
    "np.std is not available .*write np.var": lambda q, u: np.std(q),
    "np.maximum.reduce is not available": lambda q, u: np.maximum.reduce(q),
    "nothing \\(None\\) as an operand": lambda q, u: np.sum(q * None),
    "conversion to a whole number": lambda q, u: q[int(u[0])],
    "element-wise product of a sparse matrix .*write D @ x": lambda q, u: np.sum(q @ NotImplemented),
    "the comparison > is not available .*smooth step": lambda q, u: np.sum(q) if q[0] > 0 else 0.0,
    r"an index lies inside the array, of shape \(3,\): index 7 .* -n$": lambda q, u: np.sum(q[[0, 7]]),
    r"an index lies inside the array, of shape \(3,\): index 3 is out of bounds for": lambda q, u: q[3],
    r"an index lies inside the array, .*integer or boolean arrays": lambda q, u: np.sum(q[[0.5]]),
    r"an index lies inside the array, .*too many indices": lambda q, u: q[0, 1],
    "an index that is a traced value is not available": lambda q, u: q[u],
    "np.roll takes other shapes or axes; ": lambda q, u: np.sum(np.roll(q, 1, axis=2)),
    "np.sum with these arguments is not available": lambda q, u: np.sum(q, where=[True, False, True]),
    r"np.sum takes other shapes or axes; axis 1 is out of bounds": lambda q, u: np.sum(q, axis=1),
    r"np.reshape takes other shapes or axes; cannot reshape": lambda q, u: np.sum(q.reshape(2, 2)),
    r"np.concatenate takes other shapes or axes; axis 1": lambda q, u: np.sum(np.concatenate([q, q], axis=1)),
    r"np.concatenate takes other shapes or axes; all the input": lambda q, u: np.sum(np.concatenate([q, q[0]])),
    r"np.bitwise_xor is not available in a traced function; \^ is no power in Python": lambda q, u: np.sum(q ^ 4),
    "np.absolute is not available in a traced function; write a smooth function": lambda q, u: np.sum(np.abs(q)),
    "attribute .sort is not available .*smooth function": lambda q, u: q.sort(),
    r"conversion to an array .*; .* write np.stack\(\[a, b\]\) for np.array": lambda q, u: np.sum(np.array(q)),
    r"conversion to an array .*; .* write np.stack": lambda q, u: np.sum(np.array([q[0], q[1]])),
    r"a list of traced values as an operand .*write np.stack": lambda q, u: np.sum(u * [q[0], q[1]]),
    r"conversion to a Python number .*write np.cos\(x\) for math.cos": lambda q, u: math.cos(q[0]),
    r"operands of \* must have the same shape, or repeat to one; got \(3,\) and \(2,\)": lambda q, u: np.sum(q * u),
    r"a matrix product needs .* got \(2, 2\) and \(3,\)": lambda q, u: np.sum(np.eye(2) @ q),
    r"an inner product needs equal lengths, got \(3,\) and \(2,\)": lambda q, u: q @ u,
    r"@ takes vectors and matrices, got shapes \(3,\) and \(\); write a \* b": lambda q, u: np.sum(q @ q[0]),
    "a factor in a potential must be finite|division by zero": lambda q, u: np.sum(q / 0.0),
    "a complex number is not available .*write the real and the imaginary": lambda q, u: np.sum(q * 1j),
    "conversion to a complex number is not available": lambda q, u: complex(q[0]),
    r"assignment in place .*; write v = v \+ x": lambda q, u: np.add(q, q, out=q),
    "assignment to an element is not available .*np.where with a constant": lambda q, u: q.__setitem__(0, 1.0),
    r"a decision on a traced value .*smooth step": lambda q, u: q if q[0] else u,
    r"np.where decides by constants": lambda q, u: np.where(q, q, 0.0),
    r"a product has at most 8 factors, .* got 9": lambda q, u: np.prod(np.tile(q, 3)),
    r"np.einsum has one word of letters for each operand, got 'ij,j'": lambda q, u: np.einsum("ij,j", q, q),
    r"a letter stands for one size, i for 3 and 2": lambda q, u: np.einsum("i,i", q, u),
    r"np.einsum takes letters": lambda q, u: np.einsum("...i,...i", q, q),
    r"np.convolve has one traced operand and a constant one": lambda q, u: np.sum(np.convolve(q, u)),
    r"np.pad has the modes constant, edge, .*np.concatenate": lambda q, u: np.sum(np.pad(q, 1, constant_values=1.0)),
    r"np.linalg.inv is not available .*compute it beforehand": lambda q, u: np.linalg.inv(np.outer(q, q)),
    r"np.fft.fft is not available .*constant matrices": lambda q, u: np.sum(np.fft.fft(q)),
    r"np.max is not available .*smooth function": lambda q, u: np.max(q),
    r"np.sort is not available": lambda q, u: np.sum(np.sort(q)),
    r"logsumexp is not available .*; write np.log\(np.sum\(np.exp\(x\)\)\)": lambda q, u: special.logsumexp(q),
    "softmax is not available .*; write e / np.sum": lambda q, u: special.softmax(q)[0],
    r"expit is not available .*; write \(1 \+ np.tanh\(x / 2\)\) / 2": lambda q, u: np.sum(special.expit(q)),
    r"erf is not available .*; write hel.table\(scipy.special.erf, lambda": lambda q, u: np.sum(special.erf(q)),
    r"j0 is not available .*; write hel.table\(j0, df=": lambda q, u: np.sum(special.j0(q)),
    r"np.arctan2 is not available .*; write np.arctan\(y /": lambda q, u: np.arctan2(q[0], q[1]),
    "np.vectorize is not available .*; write the function of the whole": lambda q, u: np.vectorize(math.cos)(q)[0],
    r"the comparison > is not available .* np.logaddexp\(k \* x": lambda q, u: np.sum(np.where(q > 0, q, 0.0)),
    r"np.maximum is not available .*; write .* np.logaddexp\(0": lambda q, u: np.sum(np.maximum(q, 0.0)),
    r"np.minimum is not available .*; write .* -np.logaddexp\(-k": lambda q, u: np.sum(np.minimum(q, 0.0)),
    r"np.heaviside is not available .*; write a smooth step: \(1 \+": lambda q, u: np.sum(np.heaviside(q, 0.5)),
    r"np.sign is not available .*; write .* np.tanh\(k \* x\)": lambda q, u: np.sum(np.sign(q)),
    r"np.logaddexp.reduce is not available .*; write np.log": lambda q, u: np.logaddexp.reduce(q),
    r"np.diff with these arguments .*np.concatenate\(\(\[0\], x": lambda q, u: np.sum(np.diff(q, prepend=0)),
    r"hel.table\(np.arccos, df=": lambda q, u: np.sum(np.arccos(q)),
    r"a Fraction is a Python object to NumPy, not a number; write float\(x\)": lambda q, u: Fraction(1, 3) * np.sum(q),
    "vectorized.* not available .*; write the function of the": lambda q, u: np.frompyfunc(abs, 1, 1)(q)[0],
    "numbers of 64 bits, got dtype=float32; leave it": lambda q, u: np.sum(q, dtype=np.float32),
    r"conversion to int64 \(values are real numbers\)": lambda q, u: np.sum(q.astype(int)),
}


@pytest.mark.parametrize("message", UNSUPPORTED)
def test_unsupported_names_operation_and_line(message):
    with pytest.raises(HelError, match=message) as caught:
        traced(UNSUPPORTED[message])
    assert re.match(r"test_trace.py:\d+: `.*[qu].*`: ", str(caught.value))
    assert not re.search("Symbol|Value|Node|Builder|numpy_rules|object at 0x", str(caught.value))


def test_unsupported_lists_what_is_available():
    with pytest.raises(HelError, match="np.i0 is not available in a traced function; available: .*np.tanh"):
        traced(lambda q, u: np.sum(np.i0(q)))


WIRED = [
    lambda q: np.roll(q, 1),
    lambda q: np.roll(q, -5),
    lambda q: q[[2, 0, 0]],
    lambda q: q[np.array([True, False, True])],
    lambda q: q[::-1] + np.flip(q),
    lambda q: q[2:0:-1],
    lambda q: np.take(q, [1, 2]),
    lambda q: np.concatenate([q[1:], np.ones(2), q]),
    lambda q: np.hstack([q, q]),
    lambda q: np.array([[1.0, -1, 0], [0, 1, -1]]) @ q,
    lambda q: q @ np.array([[1.0, 2], [3, 4], [5, 6]]),
    lambda q: np.array([0.5, 2.0, -1.0]) * q,
    lambda q: q[[]] * 2,
]


@pytest.mark.parametrize("wiring", WIRED)
def test_wiring_is_what_numpy_does(wiring):
    """The traced value and its derivative against NumPy itself; the derivative is the transposed matrix."""
    q = np.random.default_rng(0).normal(size=3)
    weights = np.random.default_rng(1).normal(size=len(wiring(q)))
    graph = traced(lambda q, u: np.sum(weights * wiring(q) ** 2))
    values = {"q": q, "u": np.zeros(2)}
    assert Evaluator(graph)(values)["value"] == pytest.approx(np.sum(weights * wiring(q) ** 2), abs=1e-12)
    matrix = np.array([wiring(e) - wiring(np.zeros(3)) for e in np.eye(3)])
    slope = 2 * matrix @ (weights * wiring(q))
    assert Evaluator(gradient(graph))(values)["q"] == pytest.approx(slope, abs=1e-12)


def test_nodes_know_the_line_they_come_from():
    def potential(q, u):
        bend = q**3
        return np.sum(bend) + np.sum(np.tanh(q))

    graph = gradient(traced(potential))
    sources = {node.op: node.source for node in reversed(graph.nodes)}
    line = potential.__code__.co_firstlineno
    assert sources["square"] == f"test_trace.py:{line + 1}: `q**3`"
    assert sources["tanh"] == f"test_trace.py:{line + 2}: `np.tanh(q)`"
    assert sources["input"] == ""


@pytest.mark.parametrize(("value", "what"), [(None, "got NoneType"), ("v", "got str")])
def test_result_must_be_a_number(value, what):
    with pytest.raises(HelError, match=f"must be one number, {what}"):
        traced(lambda q, u: value)


def test_result_must_be_scalar():
    with pytest.raises(HelError, match=r"must be one number, got shape \(3,\); wrap it in np.sum"):
        traced(lambda q, u: q)


def test_a_result_that_is_no_number_has_its_line():
    with pytest.raises(HelError, match=r"^test_trace.py:\d+: `2 \* q`: the value must be one number, got shape \(3,\)"):
        traced(lambda q, u: 2 * q)


def test_a_traced_value_written_into_an_array_is_refused_at_its_line():
    """NumPy says a ValueError of its own."""

    def potential(q, u):
        v = np.zeros(3)
        v[0] = q[0]
        return np.sum(v)

    with pytest.raises(HelError, match=r"^test_trace.py:\d+: `v\[0\].*np.stack\(\[a, b\]\) for an array that is fi"):
        traced(potential)


def test_a_parameter_is_no_attribute():
    with pytest.raises(HelError, match=r'got theta.k; write theta\["k"\]'):
        trace_function(lambda q, theta: theta.k, "mine", {"q": (2,)}, {"k": (2,)})


def test_symbols_do_not_cross_traces():
    kept = []
    traced(lambda q, u: kept.append(q) or q[0])
    with pytest.raises(HelError, match="do not keep symbols"):
        traced(lambda q, u: np.sum(q + kept[0]))


class Named(System):
    """A user's system, with a parameter name and a use of theta to be filled in."""

    def __init__(self, declared, used):
        super().__init__(2)
        self.declared, self.used = declared, used

    @property
    def parameters(self):
        return {self.declared: (2,)}

    def potential(self, q, u, theta):
        return np.sum(theta[self.used] * q)


def test_unknown_parameter():
    with pytest.raises(HelError, match="theta has no parameter 'W'; declared parameters: k"):
        _ = Named("k", "W").graph


def test_reserved_parameter_names():
    with pytest.raises(HelError, match="parameters may not be called u"):
        _ = Named("u", "u").graph
