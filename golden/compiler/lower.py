"""From a system's gradient graph to an integer program.

Rules (docs/program.md, section 5):

- the force is ONE exact sum of products, then one half_up rounding: the kick
- a factor of a product is an operand: a parameter, q cut to SQ(5, w - 5), a table's output, or another exact value, cut
  once to the narrowest SQ(i, w - i) that holds its interval, i <= 5
- whatever travels between neurons (a slice, a shift, a sum, a fixed matrix) is a constant matrix times an operand;
  constant matrices of one operand in one sum are merged
- a constant vector in a product of several factors is wiring of one of them, which is no parameter
- what stands alone in a sum is multiplied by `one`
- a table's argument is one exact sum, rounded by floor to fraction 18
- equal sub-expressions are one value
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.arithmetic.formats import Formats
from golden.arithmetic.tables import ARGUMENT_FRACTION, FUNCTIONS, REDUCED
from golden.compiler.passes import pipeline
from golden.compiler.patterns import (
    at,
    constant,
    factors,
    halves,
    matrices,
    summands,
    unavailable,
    uniform,
    weighted,
    wiring,
)
from golden.compiler.program_builder import ProgramBuilder
from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Array, Graph, Node, depends, topological
from golden.program import Program
from golden.program.densities import Density, Gradient
from golden.program.ops import Matvec, MatvecT, Mul, Round, Rounding, Table
from golden.systems.base import System

__all__ = ["compile_system", "lower", "lowered"]

_TABLES = (*FUNCTIONS, *REDUCED)


def compile_system(system: System, formats: Formats | None = None) -> Program:
    """The verified program of a system, after all passes (golden/compiler/passes/pipeline.py).

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
    return pipeline(lowered(system, formats))


def lowered(system: System, formats: Formats | None = None) -> Program:
    """The program of a system before any pass."""
    return lower(system.gradient, system.n, system.m, formats or Formats(), system.symmetric)


def lower(graph: Graph, n: int, m: int, formats: Formats, symmetric: tuple[str, ...] = ()) -> Program:
    """The verified program of a gradient graph: outputs q (force), u, and one a parameter."""
    parameters = tuple((name, tuple(shape)) for name, shape in graph.parameters.items())
    emit = ProgramBuilder(graph.name, formats, n, m, parameters, symmetric)
    assert isinstance(graph.builder, Builder)
    if uniform(graph.outputs["q"]) == 0.0:
        raise HelError(f"a potential is a function of q, that of {graph.name} does not depend on q; let q act in it")
    lowering = _Lowering(emit, graph.builder)
    force = lowering.total(graph.outputs["q"], "F")
    shift = emit.fraction(force) - formats.kick_fraction
    kick = emit.define(lambda name: Round(name, Rounding.HALF_UP, force, shift), "K")
    gradients = tuple(lowering.gradient(name, graph.outputs[name]) for name in graph.parameters)
    inputs = "" if uniform(graph.outputs["u"]) == 0.0 else lowering.total(graph.outputs["u"], "v")
    return emit.program(kick, gradients, inputs).verify()


@dataclass
class _Term:
    """factor * the value of an emitted product, or factor * matrix @ operand, or factor * a constant vector."""

    factor: float
    kind: str  # "product", "matrix product", "wire", "constant"
    name: str = ""  # of the product or operand
    matrix: Array | None = None  # of a wire (None: the operand itself); the vector of a constant

    def times(self, factor: float) -> _Term:
        return _Term(self.factor * factor, self.kind, self.name, self.matrix)


class _Lowering:
    """Names of emitted values by graph node."""

    def __init__(self, emit: ProgramBuilder, builder: Builder) -> None:
        self.emit, self.builder = emit, builder
        self.operands: dict[Node, str] = {}

    # Operands
    def operand(self, node: Node) -> str:
        """A cut word or a table's output: what may travel, and be any factor."""
        if node not in self.operands:
            with self.emit.at(node):
                self.operands[node] = self._operand(node)
        return self.operands[node]

    def _operand(self, node: Node) -> str:
        if node.op in _TABLES:
            z = self.total(node.args[0], "z")
            shift = self.emit.fraction(z) - ARGUMENT_FRACTION
            zt = self.emit.define(lambda name: Round(name, Rounding.FLOOR, z, shift), "zt")
            return self.emit.define(lambda name: Table(name, node.op, zt), "s")
        if node.op == "input" and node.name == "q":
            return self.emit.cut("q", "x")
        return self.emit.cut(self.total(node, "y"), "d")

    def factors(self, nodes: list[Node]) -> tuple[str, str]:
        """The two names of a product of two or more factors: a parameter first, else in order."""
        a, b = (self._factor(part) for part in halves(nodes))
        if b in self.emit.parameters and a not in self.emit.parameters:
            a, b = b, a
        return a, self._held(b) if b in self.emit.parameters else b

    def _weighted(self, node: Node) -> tuple[list[Node], float]:
        """The factors of a product with constant vectors in it, their product d on one of them; none where d is 0.

        Parameters are words of their own: d multiplies what depends on q, what has been multiplied by it before,
        a table's output; the last one of equals.
        """
        vector, nodes, share = weighted(node, self._moves)
        if not np.any(vector):
            return [], 0.0
        self.builder.where = lambda: node.source
        d = self.builder.const(vector)
        even = self.builder.uniform(d)
        if even is not None or len(nodes) < 2:
            return (nodes, share * even) if even is not None else ([], share)
        made = [self.builder.mul(d, one) for one in nodes]

        def rank(i: int) -> tuple[bool, ...]:
            one = nodes[i]
            return one.op != "param", self._moves(one), made[i] in self.operands, one.op in _TABLES

        carrier = max(reversed(range(len(nodes))), key=rank)
        return [made[i] if i == carrier else one for i, one in enumerate(nodes)], share

    def _moves(self, node: Node) -> bool:
        return depends(node, "q", self.emit.cache)

    def _factor(self, nodes: list[Node]) -> str:
        """One factor: a parameter by its name, an operand, or a product, cut."""
        if len(nodes) > 1:
            a, b = self.factors(nodes)
            return self.emit.cut(self._define(Mul, a, b, f"{a}_{b}"), "d")
        return nodes[0].name if nodes[0].op == "param" else self.operand(nodes[0])

    def _held(self, parameter: str) -> str:
        """A parameter as an operand."""
        return self.emit.cut(self._define(Mul, parameter, "one", f"{parameter}_one"), "d")

    # Sums
    def total(self, node: Node, wish: str) -> str:
        """The exact value of a node: one sum of its terms, or its only term."""
        with self.emit.at(node):
            parts = self.parts(self.terms(node, 1.0))
            if not parts:
                raise unavailable(node, "a value that is always 0 needs no factor; remove the term")
            return self.emit.sum(parts, wish)

    def terms(self, node: Node, factor: float) -> list[_Term]:
        """The node as a list of terms, in the order of the potential; numbers are vectors of one element."""
        found: list[_Term] = []
        for share, below in summands(node, self.builder):
            with self.emit.at(below):
                found += self._terms(below, factor * share)
        return found

    def _terms(self, node: Node, factor: float) -> list[_Term]:
        value = constant(node)
        if value is not None:
            return [_Term(factor, "constant", matrix=value)] if np.any(value) else []
        match node.op:
            case "param":
                return [self._mul(factor, node.name, "one")]
            case "input" if node.name == "u":
                return [_Term(factor, "wire", "u", np.eye(node.shape[0]))]
            case "matvec" | "matvec_t" if constant(node.args[0]) is None:
                return self._parametric(node, factor)
            case "mul" | "square" if factors(node)[0]:
                nodes, share = factors(node)
                return [self._mul(factor * share, *self.factors(nodes))]
            case "mul" | "square" if len(node.shape) == 1 and all(constant(arg) is None for arg in node.args):
                nodes, share = self._weighted(node)
                return [self._mul(factor * share, *self.factors(nodes))] if nodes else []
            case "slice" | "pad" | "sum" | "fill" | "mul" | "matvec" | "matvec_t":
                matrix, below = wiring(node)
                return [self._through(matrix, term) for term in self._linear(below, factor)]
        if node.op in _TABLES or node.op == "input":
            return [_Term(factor, "wire", self.operand(node))]
        has = "+ - *, constant factors, parameter matrices, constant wiring"
        raise unavailable(node, f"the integer program has {has} and {', '.join(_TABLES)}")

    def _parametric(self, node: Node, factor: float) -> list[_Term]:
        """A product with a matrix of parameters; a sum of matrices is a sum of products."""
        matrix, vector = node.args
        transposed = node.op == "matvec_t"
        found: list[_Term] = []
        for name, share, flip in matrices(matrix):
            across = transposed != flip and name not in self.emit.symmetric
            kind: type[Matvec] | type[MatvecT] = MatvecT if across else Matvec
            driven = kind is Matvec and vector.op == "input" and vector.name == "u"
            operand = "u" if driven else self.operand(vector)
            made = self._define(kind, name, operand, f"{name}{'t' if kind is MatvecT else ''}_{operand}")
            found.append(_Term(factor * share, "matrix product", made))
        return found

    def _mul(self, factor: float, a: str, b: str) -> _Term:
        return _Term(factor, "product", self._define(Mul, a, b, f"{a}_{b}"))

    def _define(self, kind: type[Mul] | type[Matvec] | type[MatvecT], a: str, b: str, wish: str) -> str:
        return self.emit.define(lambda name: kind(name, a, b), wish)

    def _linear(self, node: Node, factor: float) -> list[_Term]:
        """Terms that wires may be applied to: wires and constants; anything else is cut to be one."""
        terms = self.terms(node, 1.0)
        if all(term.kind in ("wire", "constant") for term in terms):
            return [term.times(factor) for term in terms]
        return [_Term(factor, "wire", self.operand(node))]

    def _through(self, matrix: Array, term: _Term) -> _Term:
        below = np.eye(matrix.shape[1]) if term.matrix is None else term.matrix
        return _Term(term.factor, term.kind, term.name, matrix @ below)

    def parts(self, terms: list[_Term]) -> list[tuple[int, str]]:
        """The terms as (sign, exact value): a product twice where its factor is a sum of two powers of two.

        Products with another factor are added up first, those of one mantissa together, and multiplied by it once.
        """
        emit, found = self.emit, list[tuple[int, str]]()
        others: dict[float, list[tuple[int, str]]] = {}
        for term in _merged(terms):
            name = term.name
            if term.kind == "constant":
                assert term.matrix is not None
                vector = np.atleast_1d(term.matrix)
                found += emit.wired(np.diag(term.factor * vector), "one", vector.shape[0])
                continue
            if term.kind != "wire":
                digits = emit.digits(term.factor)
                if digits is not None and (len(digits) == 1 or term.kind == "product"):
                    found += [(sign, emit.scaled(name, log2)) for sign, log2 in digits]
                    continue
                mantissa, exponent = np.frexp(abs(term.factor))
                sign = 1 if term.factor > 0 else -1
                others.setdefault(float(mantissa), []).append((sign, emit.scaled(name, int(exponent))))
                continue
            size = emit.types[name].shape[0]
            found += emit.wired(term.factor * (np.eye(size) if term.matrix is None else term.matrix), name, size)
        for mantissa, group in others.items():
            name = emit.cut(emit.sum(group, "y"), "d")
            size = emit.types[name].shape[0]
            found += emit.wired(mantissa * np.eye(size), name, size)
        return found

    # Densities
    def gradient(self, parameter: str, node: Node) -> Gradient:
        """dV/d(parameter) as a sum of products of two operands; what does not depend on q cancels and is dropped."""
        for below in topological([node]):
            if below.op in ("logcosh", "softplus"):
                rule = f"the gradient of {parameter} is a product with this function itself, which has no table"
                raise HelError(f"{at(below)}{rule}; put {parameter} inside the function, or make it a constant")
        terms = self.densities(node)
        if not terms:
            raise HelError(
                f"every parameter acts on the state, {parameter} does not; use it in the potential or remove it"
            )
        return Gradient(parameter, tuple(terms))

    def densities(self, node: Node) -> list[Density]:
        """The terms of a density; those that are no product of two operands are one sum, cut, times `one`."""
        found: dict[tuple[str, str, str], float] = {}
        loose: list[tuple[float, Node]] = []
        for share, below in summands(node, self.builder):
            if depends(below, "q", self.emit.cache):
                with self.emit.at(below):
                    key, value = self._density(below)
                if key is None:
                    loose.append((share, below))
                else:
                    found[key] = found.get(key, 0.0) + share * value
        terms = [term for key, value in found.items() if value for term in self._placed(*key, value)]
        return terms + (self._loose(loose) if loose else [])

    def _density(self, node: Node) -> tuple[tuple[str, str, str] | None, float]:
        """(product, r, y) and its factor; None for what is no product of two operands."""
        if node.op == "outer":
            a, b = node.args
            return ("outer", self.operand(a), "u" if b.op == "input" and b.name == "u" else self.operand(b)), 1.0
        if len(node.shape) == 2:
            raise unavailable(node, "a matrix of parameters may stand in products with vectors only, as W @ x")
        nodes, share = factors(node) if node.op in ("mul", "square") else ([], 1.0)
        if not nodes and node.op in ("mul", "square"):
            nodes, share = self._weighted(node)
        if len(nodes) < 2:
            return None, 1.0
        left, right = halves(nodes)
        if right[0].op in _TABLES and len(right) == 1 and not (left[0].op in _TABLES and len(left) == 1):
            left, right = right, left
        r, y = (self._held(name) if name in self.emit.parameters else name for name in map(self._factor, (left, right)))
        return ("mul", r, y), share

    def _placed(self, kind: str, r: str, y: str, factor: float) -> list[Density]:
        """factor * r y: twice where the factor is a sum of two powers of two, else the factor enters r, once."""
        digits = self.emit.digits(factor)
        if digits is None or (len(digits) > 1 and kind == "outer"):
            size = self.emit.types[r].shape[0]
            exact = self.emit.sum(self.emit.wired(factor * np.eye(size), r, size), "y")
            r, digits = self.emit.cut(exact, "d"), [(1, 0)]
        return [Density(kind, r, y, sign, -log2) for sign, log2 in digits]

    def _loose(self, nodes: list[tuple[float, Node]]) -> list[Density]:
        if len(nodes) == 1:
            ((factor, node),) = nodes
            digits = self.emit.digits(factor)
            if digits is not None and len(digits) == 1:
                ((sign, log2),) = digits
                with self.emit.at(node):
                    return [Density("mul", self.operand(node), "one", sign, -log2)]
        terms: list[_Term] = []
        for factor, node in nodes:
            terms += self.terms(node, factor)
        parts = self.parts(terms)
        return [Density("mul", self.emit.cut(self.emit.sum(parts, "y"), "d"), "one")] if parts else []


def _merged(terms: list[_Term]) -> list[_Term]:
    """One wire for each operand, one constant: their matrices added up, at the place of the first."""
    found: dict[tuple[str, str], _Term] = {}
    for term in terms:
        key = (term.kind, term.name)
        if key not in found:
            found[key] = term
            continue
        if term.matrix is None and found[key].matrix is None:
            found[key].factor += term.factor
            continue
        one, two = found[key], term
        size = (one.matrix if one.matrix is not None else two.matrix).shape  # type: ignore[union-attr]
        left, right = (x.factor * (np.eye(size[0]) if x.matrix is None else x.matrix) for x in (one, two))
        found[key] = _Term(1.0, term.kind, term.name, left + right)
    return [t for t in found.values() if t.factor and (t.matrix is None or np.any(t.matrix))]
