import re

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator
from golden.errors import HelError
from golden.program import Program
from golden.program.execute import evaluate
from tests.golden.compiler.made import system
from tests.golden.dynamics.cases import NAMES, build, state


def made(parameters, potential, n=3, m=3):
    return compile_system(system(parameters, potential, n, m))


def texts(program):
    return [str(op) for op in program.ops]


def test_hru_is_diagonal():
    lines = texts(build("hru")[0])
    assert "w_x = mul w x" in lines and "w_s = mul w s" in lines and "F = sum + al_x << 4 + w_s" in lines


def test_springs_travel_by_a_constant_incidence_matrix():
    """Differences are of operands; the tension is cut before it goes to both neighbours."""
    program = build("springs", n=4)[0]
    lines = texts(program)
    assert str(program.constants[0]) == "constant C [3, 4] +0[0:3]=65536 +1[0:3]=-65536"
    assert "C_x = matvec C x" in lines and "d = cut C_x SQ(5, 13)" in lines
    assert "d1 = cut kc_d SQ(5, 13)" in lines and "Ct_d1 = matvec_t C d1" in lines
    assert "F = sum + k_x + Ct_d1 - C1_u" in lines
    assert [str(g) for g in program.gradients] == [
        "gradient k = mul x x scale +2**-1",
        "gradient kc = mul d d scale +2**-1",
    ]


@pytest.mark.parametrize("w", [10, 12, 16, 18, 20])
@pytest.mark.parametrize("k", [1, 3, 6])
def test_shifts_of_the_dense_rules(w, k):
    """z at fraction 2w - 7 to 18; al x by 4; K by 2w - 3 + k - f."""
    program = build("dense", formats=Formats(12, w, 6, k))[0]
    lines = texts(program)
    assert program.types["z"].fraction == 2 * w - 7 and f"zt = round floor z {2 * w - 7 - 18}" in lines
    assert program.types["F"].fraction == 2 * w - 3 and f"K = round half_up F {2 * w - 3 + k - 12}" in lines
    assert "F = sum + al_x << 4 + Wt_s" in lines


@pytest.mark.parametrize("name", NAMES)
def test_forces_and_densities_approach_the_float_ones(name):
    """Every output of the program at random words, against the traced graph in float64 at the same numbers."""
    from golden import systems

    formats = Formats()
    program, words, _ = build(name)
    system = systems.get(name, n=6, m=1 if name == "springs" else 3)
    q, _, u = state(program, 5, scale=1.0)
    theta = {k: formats.theta.value(v) for k, v in words.items()}
    slopes = system.slopes({"q": formats.q.value(q), "u": formats.u.value(u), **theta})
    values = evaluate(program, words, q, u) | {"u": u, "one": np.array(formats.one)}
    step = 2.0**-program.formats.kick_fraction
    assert np.abs(values[program.kick] * step - slopes["q"]).max() < 2**-9
    fraction = program.types[program.input_gradient].fraction
    assert np.abs(np.ldexp(values[program.input_gradient].astype(float), -fraction) - slopes["u"]).max() < 2**-9
    for g in program.gradients:
        assert np.abs(density(program, g, values) - slopes[g.parameter]).max() < 2**-9


def test_sizes_too_far_apart_are_refused():
    """By the line of the term that is unlike the others, small or large."""

    def potential(factor):
        def of(q, u, t):
            usual = np.sum(t["a"] * q**2) + np.sum(q) / 2
            odd = factor * np.sum(q**4)  # whose square of q is that of the line above
            return usual + odd - np.sum(t["a"] * q)

        return of

    for factor in (2.0**-30, 2.0**31):
        with pytest.raises(HelError) as error:
            made({"a": (3,)}, potential(factor))
        text = str(error.value)
        assert re.match(r"test_lower\.py:\d+: `np.sum\(q\*\*4\)`: ", text), text
        assert "every value has at most 53 bits, got" in text and "bring the factors of the summed terms closer" in text


def test_a_function_that_grows_too_large_is_refused_by_its_line():
    """No factor stands out: the program's own line."""
    with pytest.raises(
        HelError, match=r"^test_lower\.py:\d+: `np\.sinh\(10 \* q\)`: .*every value has at most 53 bits"
    ):
        compile_system(system({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * q**2) + np.sum(np.sinh(10 * q)), 3, 3))


def density(program, gradient, values):
    """dV/d(parameter) of a program's values, as floats."""
    total = 0.0
    for term in gradient.terms:
        r, y = (np.ldexp(values[a].astype(float), -program.types[a].fraction) for a in (term.r, term.y))
        product = np.multiply.outer(r, y) if term.product == "outer" else r * y
        total = total + term.sign * 2.0**-term.halvings * product
    return total


def close(program, two, slopes, tolerance):
    """Whether every parameter's density differs between two sets of values as the float one does."""
    for g in program.gradients:
        difference = density(program, g, two[0]) - density(program, g, two[1])
        assert np.abs(difference - slopes[g.parameter]).max() < tolerance, g
    return True


def test_a_power_is_cut_like_any_operand():
    program = made({"c": (3,)}, lambda q, u, t: np.sum(t["c"] * q**4) / 4)
    assert texts(program) == [
        "x = cut q SQ(5, 13)",
        "x_x = mul x x",
        "d = cut x_x SQ(5, 13)",
        "c_d = mul c d",
        "d1 = cut c_d SQ(5, 13)",
        "d1_x = mul d1 x",
        "K = round half_up d1_x 13",
    ]
    assert str(program.gradients[0]) == "gradient c = mul d d scale +2**-2"


def test_a_cubic_force_is_one_product():
    """c q^3: the parts of its derivative are c (x x) once and twice; together 4 - 1 times it."""
    program = made({"c": (3,)}, lambda q, u, t: np.sum(t["c"] * q**3))
    assert texts(program) == [
        "x = cut q SQ(5, 13)",
        "x_x = mul x x",
        "d = cut x_x SQ(5, 13)",
        "c_d = mul c d",
        "c_d_scaled = scale c_d 2",
        "F = sum + c_d_scaled << 2 - c_d",
        "K = round half_up F 16",
    ]
    assert [str(g) for g in program.gradients] == ["gradient c = mul d x"]


def test_states_multiply_states_and_inputs():
    program = made({"W": (3, 3)}, lambda q, u, t: np.sum(u * q * (t["W"] @ q)))
    lines = texts(program)
    assert "C_u = matvec C u" in lines and "d1 = cut C_u SQ(5, 13)" in lines
    assert "d1_x = mul d1 x" in lines and str(program.gradients[0]) == "gradient W = outer d2 x"


def test_other_factors_are_two_powers_of_two_or_a_constant():
    program = made({"c": (3,)}, lambda q, u, t: 0.375 * np.sum(t["c"] * q**2) + 0.1 * np.sum(u * q))
    lines = texts(program)
    assert "F = sum + c_x << 4 - c_x_scaled << 2 + C_u_scaled" in lines and "c_x_scaled = scale c_x -2" in lines
    assert str(program.gradients[0]) == "gradient c = mul x x scale +2**-1, mul x x scale -2**-3"
    assert str(program.constants[0]) == "constant C [3, 3] +0[0:3]=104858"  # 1.6 2**-4
    assert "C_u_scaled = scale C_u -4" in lines


def test_a_parameter_in_two_places_has_two_terms():
    program = made({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * q**2 + t["a"] * u * q))
    assert str(program.gradients[0]) == "gradient a = mul x x, mul x d"
    assert program.aligns(program.gradients[0]) == (0, 0)


def test_terms_of_one_product_are_added_up_whatever_their_factors():
    """1 + 3 / 8 is no sum of two powers of two, though both factors are: a constant then, never nothing."""
    program = made({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * q**2) + 0.375 * (t["a"] * q) @ q)
    assert [str(g) for g in program.gradients] == ["gradient a = mul d1 x"]
    lines = texts(program)
    assert "c_x = mul c x" in lines and "d1 = cut c_x SQ(5, 13)" in lines


def test_what_is_no_product_is_one_sum():
    program = made({"a": (3,)}, lambda q, u, t: t["a"] @ np.roll(q, 1) + t["a"] @ np.tanh(q) / 4 + t["a"] @ q**2)
    (gradient,) = program.gradients
    assert [str(term) for term in gradient.terms] == ["mul x x", "mul d2 one"]


def test_what_cancels_between_the_contexts_is_dropped():
    program = made({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * (q**2 + u**2 + 3.0)))
    assert str(program.gradients[0]) == "gradient a = mul x x"


def test_a_number_is_a_vector_of_one_element():
    program = made({"g": ()}, lambda q, u, t: t["g"] * np.sum(q**2) / 2)
    lines = texts(program)
    assert program.types["g"].shape == (1,) and "d = cut g_one SQ(2, 16)" in lines
    assert "C_d = matvec C d" in lines and "d1 = cut C_d SQ(2, 16)" in lines and "d1_x = mul d1 x" in lines
    assert program.types[program.gradients[0].terms[0].r].shape == (1,)


def priced(q, u, t):
    return q @ (t["W"] @ q) / 2 + u[0] * np.sum(t["W"] ** 2)


def test_an_input_gradient_without_a_form_is_left_out_and_says_why():
    """dV/du has a matrix of squares in it; what depends on q has not."""
    program = made({"W": (3, 3)}, priced)
    assert program.input_gradient == "" and "W_x = matvec W x" in texts(program)
    why = r"test_lower.py:\d+: `t\[\"W\"\] \*\* 2`: .*matrix in a product.*"
    assert re.match(why, program.inputs_refused)
    assert re.match(why + "; dV/du alone needs it: leave out the input gradient", str(program.without_inputs))
    again = Program.parse(str(program))
    assert again == program and "has no dV/du" in str(again.without_inputs)
    words = Integrator(program, {"W": np.ones((3, 3), np.int64)})
    q, u = np.zeros((2, 3), np.int64), np.zeros(3, np.int64)
    words.echo(q, q, u, grads=words.zero_gradients())
    with pytest.raises(HelError, match=why):
        words.echo(q, q, u, input_difference=np.zeros(3, np.int64))


def test_an_input_gradient_that_no_format_holds_is_left_out_of_a_calibrated_program():
    """Around q = 6 its sum of q^3 is beyond every word; the kick has q^2."""
    far = system({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * (q - 6) ** 2) / 2 + u[0] * np.sum(q**3) / 2**10)
    program = compile_system(far, cuts="calibrated")
    assert program.input_gradient == "" and "in the calibration run" in program.inputs_refused


D, MASK = np.arange(1, 4) / 8, np.array([1.0, 0.0, 1.0])
WEIGHTED = {
    "D c q q": lambda q, u, t: np.sum(D * t["c"] * q**2) / 2,
    "c (D q q)": lambda q, u, t: np.sum(t["c"] * (D * q**2)) / 2,
    "c (D q) q": lambda q, u, t: np.sum(t["c"] * (D * q) * q) / 2,
    "D (c q q)": lambda q, u, t: np.sum(D * (t["c"] * q**2)) / 2,
    "c (D q)^2": lambda q, u, t: np.sum(t["c"] * (D * q) ** 2) / 2,
    "a number c": lambda q, u, t: np.sum(D * t["g"] * q**2) / 2,
    "a power": lambda q, u, t: np.sum(D * t["c"] * q**4) / 4,
    "a table's argument": lambda q, u, t: np.sum(np.log(np.cosh(D * t["c"] * q))),
    "a mask": lambda q, u, t: np.sum(MASK * t["c"] * np.roll(q, 1) * q) / 4,
    "an input": lambda q, u, t: np.sum(D * t["c"] * u * q),
    "two parameters": lambda q, u, t: np.sum(D * t["c"] * t["b"] * q),
    "a matrix": lambda q, u, t: np.sum(D * t["c"] * (t["W"] @ q) ** 2) / 2,
    "D and 1 / D": lambda q, u, t: np.sum((1 / D) * (t["c"] * (D * q)) * q) / 2,
}
SHAPES = {"c": (3,), "b": (3,), "g": (), "W": (3, 3)}


def slope(function, at):
    """Central differences of a function of one array, element by element."""
    found = np.zeros(at.shape)
    for i in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[i] = 1e-4
        found[i] = (function(at + step) - function(at - step)) / 2e-4
    return found


@pytest.mark.parametrize("form", WEIGHTED)
def test_a_constant_vector_in_a_product_with_a_parameter(form):
    """Kick and densities against central differences of the plain NumPy potential."""

    def energy(q, u, t):
        rest = np.sum((t["c"] + t["b"]) * q**2) + t["g"] * np.sum(q**2) + q @ (t["W"] @ q)
        return WEIGHTED[form](q, u, t) + rest / 2

    program = made(SHAPES, energy)
    formats, rng = program.formats, np.random.default_rng(3)
    raw = {name: formats.theta.raw(rng.uniform(-0.7, 0.7, shape)) for name, shape in SHAPES.items()}
    theta = {name: formats.theta.value(words) for name, words in raw.items()}
    words = formats.u.raw(rng.uniform(-0.5, 0.5, 3))
    u, two = formats.u.value(words), []
    slopes = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    for sign in (1, -1):
        q_raw = formats.q.raw(rng.uniform(-1.0, 1.0, 3))
        q = formats.q.value(q_raw)
        values = evaluate(program, raw, q_raw, words) | {"u": words, "one": np.array(formats.one)}
        two.append(values)
        force = slope(lambda at: energy(at, u, theta), q)
        assert np.abs(values[program.kick] * 2.0**-program.formats.kick_fraction - force).max() < 2**-9
        for name in SHAPES:
            slopes[name] += sign * slope(lambda at, name=name, q=q: energy(q, u, theta | {name: at}), theta[name])
    assert close(program, two, slopes, 2**-9)


def test_a_constant_vector_is_wiring_of_an_operand_and_its_density_a_product():
    program = made({"c": (3,)}, WEIGHTED["D c q q"])
    assert texts(program) == [
        "x = cut q SQ(5, 13)",
        "c1_x = mul c1 x",
        "c1_x_scaled = scale c1_x -2",
        "d = cut c1_x_scaled SQ(4, 14)",
        "c_d = mul c d",
        "K = round half_up c_d 17",
    ]
    assert str(program.gradients[0]) == "gradient c = mul x d scale +2**-1"


def test_shared_expressions_are_one_value():
    program = made({"a": (3,)}, lambda q, u, t: np.sum(np.log(np.cosh(t["a"] * q))) + np.sum(u * np.tanh(q)) * 0)
    assert len({str(op).split(" = ")[1] for op in program.ops}) == len(program.ops)


@pytest.mark.parametrize(
    ("parameters", "potential", "message"),
    [
        ({"a": (3,)}, lambda q, u, t: np.sum(q**2), "every parameter acts on the state, a does not"),
        ({"a": (3,)}, lambda q, u, t: np.sum(t["a"]) * u[0], "that of made does not depend on q; let q act in it"),
        ({"a": (3,)}, lambda q, u, t: 3.0, "that of made does not depend on q; let q act in it"),
        (
            {"W": (3, 3)},
            lambda q, u, t: np.sum((t["W"] * t["W"]) @ q),
            "has no fixed-point form here; a matrix in a product is a parameter",
        ),
        (
            {"W": (3, 3)},
            lambda q, u, t: q @ ((np.outer(D, D) * t["W"]) @ q),
            r"a sum of such; .* write np.diag\(D\) @ \(W @ q\) or W @ \(np.diag\(D\) @ q\)",
        ),
    ],
)
def test_what_cannot_be_lowered(parameters, potential, message):
    with pytest.raises(HelError, match=message):
        made(parameters, potential)


def ring(q, u, theta):
    springs = np.sum(theta["k"] * q**2) / 2
    coupling = np.sum(np.log(np.cosh(theta["c"] * (q - np.roll(q, -1)))))
    return springs + coupling - (theta["B"] @ u) @ q


def spread(q, u, theta):
    left = q[:-1]
    right = q[1:]
    pull = theta["k"] * (left - right) ** 2
    bend = theta["c"] * q**4
    push = np.roll(q, 1) @ np.concatenate([u, u])
    return np.sum(pull) + np.sum(bend) - push


RING = {"k": (4,), "c": (4,), "B": (4, 2)}
SPREAD = {"k": (3,), "c": (4,)}


@pytest.mark.parametrize(
    ("potential", "parameters", "lines"),
    [
        (ring, RING, {"x": 1, "k_x": 1, "C_x": 2, "d": 2, "zt": 2, "s": 2, "c_s": 2, "C1_d1": 2, "B_u": 3, "Bt_x": 3}),
        (spread, SPREAD, {"C_x": 3, "d": 3, "k_d": 3, "C2_d1": 1, "C3_d2": 2, "d4_x": 4, "C4_u": 5, "C5_x": 5}),
    ],
)
def test_every_statement_names_the_line_it_comes_from(potential, parameters, lines):
    """What is wired between neurons, too: its line is that of its own term, not that of the sum it stands in."""
    program = made(parameters, potential, 4, 2)
    first = potential.__code__.co_firstlineno
    found = {name: int(program.line(name).split(":")[1]) - first for name in lines}
    assert found == lines, str(program)
