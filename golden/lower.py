"""From a system's gradient graph to an integer program.

Rules (docs/program.md, section 4):

- the force is ONE exact sum of products, then one half_up rounding: the kick
- a factor of a product is an operand: a parameter, an input, `one`, a table's output, or anything else cut once to
  SQ(5, w - 5) from its exact value (so q_i - q_{i+1} is cut after the subtraction of full words)
- a parameter that stands alone in a sum is multiplied by `one`
- a table's argument is one exact sum, rounded by floor to fraction 18
- equal sub-expressions are one value
"""

from collections.abc import Callable

import numpy as np

from golden.errors import HelError
from golden.formats import Formats
from golden.graph import Graph, Node
from golden.ops import Cut, Matvec, MatvecT, Mul, Op, Pad, Round, Rounding, Scale, Slice, Sum, Table, Term, Type
from golden.program import Gradient, Program
from golden.systems.base import System
from golden.tables import ARGUMENT_FRACTION, FUNCTIONS

__all__ = ["compile_system", "lower"]


def compile_system(system: System, formats: Formats | None = None) -> Program:
    """The verified program of a system.

    >>> from golden.systems import get
    >>> print(compile_system(get("linear", n=4, m=2)))
    program linear n=4 m=2
    formats fraction_bits=16 operand_bits=18 integer_bits=6 log2_inverse_step=3 g_bits=36 g_cut=6 clip_log2=9
    parameter a [4]
    parameter B [4, 2]
    x = cut q SQ(5, 13)    : SQ(5, 13) [4]
    a_x = mul a x          : SQ(7, 29) [4]
    B_u = matvec B u       : SQ(8, 29) [4]
    F = sum + a_x - B_u    : SQ(8, 29) [4]
    K = round half_up F 16 : SQ(8, 13) [4]
    Bt_x = matvec_t B x    : SQ(9, 29) [2]
    v = sum - Bt_x         : SQ(8, 29) [2]
    kick K
    gradient a = mul x x scale +2**-1
    gradient B = outer x u scale -2**-0
    input v
    nudge half_up 4
    <BLANKLINE>
    """
    return lower(system.gradient, system.n, system.m, formats or Formats())


def lower(graph: Graph, n: int, m: int, formats: Formats) -> Program:
    """The verified program of a gradient graph: outputs q (force), u, and one a parameter."""
    lowering = _Lowering(graph, n, m, formats)
    force = lowering.total(graph.outputs["q"], "F")
    shift = lowering.fraction(force) - formats.kick_fraction
    kick = lowering.define(lambda name: Round(name, Rounding.HALF_UP, force, shift), "K")
    gradients = tuple(lowering.density(name, graph.outputs[name]) for name in graph.parameters)
    inputs = "" if _uniform(graph.outputs["u"]) == 0.0 else lowering.total(graph.outputs["u"], "v")
    parameters = tuple((name, tuple(shape)) for name, shape in graph.parameters.items())
    return Program(graph.name, formats, n, m, parameters, tuple(lowering.ops), kick, gradients, inputs).verify()


class _Lowering:
    """Emits each node once; `types` grows with the operations, so shifts are derived from fractions."""

    def __init__(self, graph: Graph, n: int, m: int, formats: Formats) -> None:
        parameters = tuple((name, tuple(shape)) for name, shape in graph.parameters.items())
        empty = Program(graph.name, formats, n, m, parameters, (), "", ())
        self.types: dict[str, Type] = dict(empty.types)
        self.formats = formats
        self.ops: list[Op] = []
        self.made: dict[str, str] = {}  # text without the name -> name
        self.operands: dict[Node, str] = {}

    def fraction(self, name: str) -> int:
        return self.types[name].fraction

    def define(self, make: Callable[[str], Op], wish: str) -> str:
        """The value of `make(name)`: an equal one that exists, or a new one named `wish`, `wish1`, ..."""
        key = str(make("_"))
        if key not in self.made:
            name, count = wish, 0
            while name in self.types:
                count += 1
                name = f"{wish}{count}"
            op = make(name)
            self.types[name] = op.infer(self.types, self.formats)
            self.ops.append(op)
            self.made[key] = name
        return self.made[key]

    def operand(self, node: Node) -> str:
        """A value of at most operand_bits that may enter a multiplier."""
        if node not in self.operands:
            if node.op == "param" or (node.op == "input" and node.name == "u"):
                self.operands[node] = node.name
            elif node.op in FUNCTIONS:
                z = self.total(node.args[0], "z")
                shift = self.fraction(z) - ARGUMENT_FRACTION
                zt = self.define(lambda name: Round(name, Rounding.FLOOR, z, shift), "zt")
                self.operands[node] = self.define(lambda name: Table(name, node.op, zt), "s")
            elif _uniform(node) == 1.0:
                self.operands[node] = "one"
            elif node.op == "slice" and node.args[0].op in ("input", "param", *FUNCTIONS):
                self.operands[node] = self.sliced(self.operand(node.args[0]), node)
            else:
                exact = self.total(node, "d")
                self.operands[node] = self.define(
                    lambda name: Cut(name, exact, self.formats.x), "x" if exact == "q" else f"{exact}x"
                )
        return self.operands[node]

    def total(self, node: Node, wish: str) -> str:
        """The exact value of a node: one sum of its terms."""
        terms = self.terms(node, 1)
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        fraction = max(self.fraction(name) for _, name in terms)
        aligned = tuple(Term(sign, name, fraction - self.fraction(name)) for sign, name in terms)
        return self.define(lambda name: Sum(name, aligned), wish)

    def terms(self, node: Node, sign: int) -> list[tuple[int, str]]:
        """The node as a list of (sign, exact value), in the order of the potential."""
        match node.op:
            case "add":
                return self.terms(node.args[0], sign) + self.terms(node.args[1], sign)
            case "scale":
                factor_sign, log2 = _power(node)
                inner = self.terms(node.args[0], sign * factor_sign)
                return [(s, self.scaled(name, log2)) for s, name in inner]
            case "slice":
                inner = self.terms(node.args[0], sign)
                return [(s, self.sliced(name, node)) for s, name in inner]
            case "pad":
                inner = [(1, self.total(node.args[0], "e"))]
                return [(sign, self.padded(name, node)) for _, name in inner]
            case "input":
                return [(sign, node.name)]
            case "param":
                return [(sign, self.product(Mul, node.name, "one"))]
            case "mul" | "square":
                a, b = self.operand(node.args[0]), self.operand(node.args[-1])
                if node.args[-1].op == "param" and node.args[0].op != "param":
                    a, b = b, a
                return [(sign, self.product(Mul, a, b))]
            case "matvec" | "matvec_t":
                if node.args[0].op != "param":
                    raise _unavailable(node, "multiply vectors by parameter matrices only")
                kind = Matvec if node.op == "matvec" else MatvecT
                return [(sign, self.product(kind, node.args[0].name, self.operand(node.args[1])))]
        if _uniform(node) == 1.0 or node.op in FUNCTIONS:
            return [(sign, self.operand(node))]
        raise _unavailable(
            node, "the integer program has + - *, powers of two, parameter matrices, slices and " + ", ".join(FUNCTIONS)
        )

    def product(self, kind: type[Mul] | type[Matvec] | type[MatvecT], a: str, b: str) -> str:
        return self.define(lambda name: kind(name, a, b), f"{a}t_{b}" if kind is MatvecT else f"{a}_{b}")

    def scaled(self, name: str, log2: int) -> str:
        return name if log2 == 0 else self.define(lambda new: Scale(new, name, log2), f"{name}_scaled")

    def sliced(self, name: str, node: Node) -> str:
        return self.define(lambda new: Slice(new, name, node.start, node.shape[0]), f"{name}_{node.start}")

    def padded(self, name: str, node: Node) -> str:
        return self.define(lambda new: Pad(new, name, node.start, node.shape[0]), f"{name}_at{node.start}")

    def density(self, parameter: str, node: Node) -> Gradient:
        """dV/d(parameter) as one product of two operands, with a sign and a power of two."""
        sign, log2 = 1, 0
        if node.op == "scale":
            (sign, log2), node = _power(node), node.args[0]
        if log2 > 0:
            raise _unavailable(node, f"scale the term of parameter {parameter} down by a power of two")
        if _uniform(node) is not None:
            raise HelError(
                f"every parameter acts on the state, {parameter} does not; use it in the potential or remove it"
            )
        if node.op in ("add", "transpose", "matvec", "matvec_t", "sum"):
            raise _unavailable(node, f"parameter {parameter} may stand in one product only, as p * x or P @ x")
        if node.op in ("outer", "mul", "square"):
            r, y = self.operand(node.args[0]), self.operand(node.args[-1])
            if node.op == "mul" and node.args[1].op in FUNCTIONS and node.args[0].op not in FUNCTIONS:
                r, y = y, r
            return Gradient(parameter, "outer" if node.op == "outer" else "mul", r, y, sign, -log2)
        return Gradient(parameter, "mul", self.operand(node), "one", sign, -log2)


def _power(node: Node) -> tuple[int, int]:
    """(sign, log2) of a scale node's factor."""
    mantissa, exponent = np.frexp(abs(node.factor))
    if mantissa != 0.5:
        raise HelError(
            f"a constant factor must be a power of two up to sign, got {node.factor:g}; make it a parameter or round it"
        )
    return (-1 if node.factor < 0 else 1), int(exponent) - 1


def _uniform(node: Node) -> float | None:
    base = node.args[0] if node.op == "fill" else node
    return float(base.data) if base.data is not None and base.shape == () else None


def _unavailable(node: Node, way_out: str) -> HelError:
    return HelError(f'the operation "{node.op}" has no fixed-point form here; {way_out}')
