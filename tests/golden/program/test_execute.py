from dataclasses import replace

import numpy as np
import pytest

from golden.arithmetic.formats import SQ, Formats
from golden.arithmetic.function_table import FunctionTable
from golden.errors import HelError
from golden.program import Program
from golden.program.constants import Constant
from golden.program.densities import Gradient
from golden.program.execute import Executable, evaluate
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Round, Rounding, Scale, Sum, Table, Term, Turn
from tests.golden.dynamics.cases import NAMES, build, state
from tests.golden.program.naive import Naive

N, M = 4, 3
PARAMETERS = (("W", (N, N)), ("B", (N, M)), ("a", (N,)), ("c", (M,)))


def random_constants(rng, w):
    """A banded matrix, one full of words, a gather, a vector."""
    high = 2 ** (w - 1) - 1
    band = np.diag(rng.integers(1, high, N)) - np.diag(rng.integers(1, high, N - 1), 1)[:, :N]
    full = rng.integers(-high, high, (M, N))
    gather = np.eye(N, dtype=int)[rng.integers(0, N, 7)] << (w - 2)
    vector = rng.integers(-high, high, N)
    return tuple(Constant.of(f"C{i}", words) for i, words in enumerate([band, full, gather, vector]))


def random_program(seed):
    """A well-typed program of random operations: candidates that do not verify are thrown away."""
    rng = np.random.default_rng(seed)
    w = int(rng.integers(8, 21))
    formats = Formats(int(rng.integers(6, 20)), w, int(rng.integers(4, 8)), int(rng.integers(0, 6)))
    constants = random_constants(rng, w)
    tables = random_tables(rng, w)
    program = Program("random", formats, N, M, PARAMETERS, (), "", (), "", constants, (), tables)
    while len(program.ops) < 25:
        types = program.types
        names = list(types)
        vectors = [name for name in names if len(types[name].shape) == 1]
        one, two = (str(a) for a in rng.choice(vectors, 2))
        name = f"v{len(program.ops)}"
        same = [v for v in vectors if types[v].shape == types[one].shape]
        terms = [str(a) for a in rng.choice(same, int(rng.integers(1, 4)))]
        finest = max(types[t].fraction for t in terms)
        signs = rng.choice([-1, 1], len(terms))
        fraction = int(rng.integers(0, w))
        op = [
            Cut(name, one, SQ(w - fraction, fraction)),
            Matvec(name, str(rng.choice(["W", "B", "C0", "C1", "C2"])), one),
            MatvecT(name, str(rng.choice(["W", "B", "C0", "C1", "C2"])), one),
            Mul(name, one, str(rng.choice([two, one, "one"]))),
            Sum(name, tuple(Term(int(s), t, finest - types[t].fraction) for s, t in zip(signs, terms, strict=True))),
            Round(name, Rounding(str(rng.choice(["half_up", "floor"]))), one, int(rng.integers(-2, 12))),
            Scale(name, one, int(rng.integers(-3, 4))),
            Round(name, Rounding.FLOOR, one, types[one].fraction - 18),
            Table(name, str(rng.choice(["tanh", "sin", "cos", "logistic"])), one),
            Round(name, Rounding.FLOOR, one, types[one].fraction - 17),
            Table(name, str(rng.choice(["f0", "f1"])), one, SQ(w - fraction, fraction)),
            Turn(name, one, int(rng.integers(-1, 4))),
        ][rng.integers(0, 12)]
        longer = replace(program, ops=(*program.ops, op))
        try:
            if longer.types[name].bits <= 53:
                program = longer
        except HelError:
            continue
    return program


def random_tables(rng, w):
    """Two, of arguments of fraction 17: a plain one with steep ends and one of any kind."""
    top = 1 << (w - 1)

    def of(segments):
        return tuple(rng.integers(1 - top, top, segments + 1).tolist())

    low = -int(rng.integers(30))
    fold, turn = str(rng.choice(["odd", "even"])), bool(rng.integers(2))
    return (
        FunctionTable("f0", 17, of(30), low, steep=(True, True)),
        FunctionTable("f1", 17, of(16), fold=fold, turn=turn),
    )


def words(program, seed, extreme):
    rng = np.random.default_rng(seed)

    def of(word, shape):
        if extreme:
            return rng.choice([word.low, word.high, -1, 0, 1], shape)
        return rng.integers(word.low, word.high + 1, shape)

    f = program.formats
    return {k: of(f.theta, s) for k, s in program.parameters}, of(f.q, (N,)), of(f.u, (M,))


@pytest.mark.parametrize("seed", range(40))
def test_random_programs_equal_the_naive_interpreter(seed):
    program = random_program(seed)
    assert Program.parse(str(program)) == program
    for extreme in (False, True):
        theta, q, u = words(program, seed, extreme)
        found = evaluate(program, theta, q, u)
        expected = Naive(program, theta).values(q.tolist(), u.tolist())
        for op in program.ops:
            assert found[op.name].tolist() == expected[op.name], (str(op), seed)
            kind = program.types[op.name]
            assert kind.low <= min(expected[op.name]) and max(expected[op.name]) <= kind.high, (str(op), seed)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("batch", [(), (1,), (5,), (2, 3)])
def test_a_batch_is_a_loop(name, batch):
    program, theta, _ = build(name)
    q, _, u = state(program, 1, batch, scale=3.0)
    together = evaluate(program, theta, q, u)
    for at in np.ndindex(*batch):
        alone = evaluate(program, theta, q[at], u[at])
        for op in program.ops:
            whole = np.broadcast_to(together[op.name], batch + alone[op.name].shape)
            assert (whole[at] == alone[op.name]).all(), op


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("front", [(), (4,), (2, 3)])
def test_an_axis_of_seeds_is_a_loop(name, front):
    program, theta, _ = build(name, seeds=(3,))
    q, _, u = state(program, 1, (*front, 3))
    together = evaluate(program, theta, q, u)
    for s in range(3):
        alone = evaluate(program, {k: v[s] for k, v in theta.items()}, q[..., s, :], u[..., s, :])
        for op in program.ops:
            whole = np.broadcast_to(together[op.name], (*front, 3, alone[op.name].shape[-1]))
            assert (whole[..., s, :] == alone[op.name]).all(), op


def test_clipping_is_reported():
    program, theta, _ = build("dense")
    executable = Executable(program, theta)
    executable.q[0] = program.formats.q.high
    for call in executable.compile([program.kick]):
        call()
    assert executable.clipped


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("W"), "dense has the parameters al, W, B, b; got al, B, b"),
        (lambda t: t.update(W=t["W"] * 0.5), "parameter words are integers, got float64 for W; use formats.theta.raw"),
        (lambda t: t.update(W=t["W"][:2]), r"parameter W has shape \(6, 6\) after the batch axis, got \(2, 6\)"),
        (lambda t: t.update(b=t["b"] + 2**18), r"SQ\(2, 16\) holds raw values -131072 to 131071, got .* of b"),
        (lambda t: t.update(b=np.stack([t["b"]] * 2)), r"share one leading axis or none, got \[\(\), \(2,\)\]"),
    ],
)
def test_parameter_words_are_checked(change, message):
    program, theta, _ = build("dense")
    change(theta)
    with pytest.raises(HelError, match=message):
        Executable(program, theta)


def test_the_batch_ends_with_the_seeds():
    program, theta, _ = build("dense", seeds=(3,))
    with pytest.raises(HelError, match=r"the batch ends with the parameters' axis \(3,\), got \(2,\)"):
        Executable(program, theta, (2,))


def test_gradient_text():
    for text in (
        "gradient W = outer s x",
        "gradient B = outer x u scale -2**-0",
        "gradient al = mul x x scale +2**-1",
        "gradient W = outer s x, outer x s scale -2**-3, outer s s scale +2**+2",
    ):
        assert str(Gradient.parse(text)) == text
