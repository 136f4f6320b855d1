"""NumPy executor of a program: any batch, exact, with nothing decided inside the time loop.

An `Executable` binds a program to one batch shape: it owns the buffers of every value and a flat list of ready-made
calls (a ufunc or a rule of golden/arithmetic/rounding.py with its arguments), so a step is `for call in calls: call()`.
Integers below 2**53 are exact in float64, therefore products and their sums run there (BLAS); words, roundings and
tables run on int64. `Program.verify` has proved that no value is larger.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.arithmetic.function_table import FunctionTable
from golden.arithmetic.rounding import Words, floor_shift, half_up, saturate, wrap
from golden.arithmetic.tables import PERIODIC, apply, beyond, largest
from golden.errors import HelError
from golden.program import Program
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Rounding, Scale, Sum, Table, Turn

__all__ = ["Executable", "check_theta", "evaluate"]

Floats = NDArray[np.float64]
Call = Callable[[], Any]

PARAMETERS, INPUTS, STATE = range(3)
"""Domains: what a value depends on at most. They differ in batch shape and in how often the value is computed."""


def check_theta(program: Program, theta_raw: Mapping[str, Words]) -> tuple[int, ...]:
    """The common leading axes of the parameter words, () or (S,). HelError when names, shapes or words do not fit."""
    shapes = dict(program.parameters)
    if set(theta_raw) != set(shapes):
        raise HelError(f"{program.name} has the parameters {', '.join(shapes)}; got {', '.join(theta_raw) or 'none'}")
    leads = set()
    for name, shape in shapes.items():
        words = np.asarray(theta_raw[name])
        if words.dtype.kind not in "iu":
            raise HelError(f"parameter words are integers, got {words.dtype} for {name}; use formats.theta.raw(...)")
        cut = words.ndim - len(shape)
        if cut < 0 or words.shape[cut:] != shape:
            raise HelError(f"parameter {name} has shape {shape} after the batch axis, got {words.shape}")
        program.formats.theta.check(words, name)
        if name in program.symmetric and (words != words.swapaxes(-1, -2)).any():
            raise HelError(f"the words of the symmetric parameter {name} are symmetric; give it as (W + W.T) / 2")
        leads.add(words.shape[:cut])
    if len(leads) > 1 or any(len(lead) > 1 for lead in leads):
        raise HelError(f"all parameters share one leading axis or none, got {sorted(leads)}")
    return leads.pop() if leads else ()


class Executable:
    """A program bound to a batch.

    Parameters
    ----------
    program : verified
    theta_raw : name -> parameter words, SQ(2, 16), shape lead + declared shape, lead () or (S,)
    batch : batch shape of inputs and gradients; its last axis is S where parameters have one
    contexts : () for one trajectory, (2,) for the twin echo: the state's shape is contexts + batch + (n,)

    Members
    -------
    q, u : int64 buffers the calls read, contexts + batch + (n,) and batch + (m,)
    lost : int64, non-zero where an operand saturated (sticky)
    arguments : by name, the largest arguments of sin and cos so far, for golden.arithmetic.tables.beyond (sticky)
    beyond : by name, non-zero where the argument of a declared table lay beyond a steep end of it (sticky)
    """

    def __init__(
        self,
        program: Program,
        theta_raw: Mapping[str, Words],
        batch: tuple[int, ...] = (),
        contexts: tuple[int, ...] = (),
    ) -> None:
        self.program = program
        self.lead = check_theta(program, theta_raw)
        if batch[len(batch) - len(self.lead) :] != self.lead:
            raise HelError(f"the batch ends with the parameters' axis {self.lead}, got {batch}; move or add the axis")
        self.batch, self.contexts = batch, contexts
        self._shape = {PARAMETERS: self.lead, INPUTS: batch, STATE: contexts + batch}
        self.q, self.u = self._ints(STATE, (program.n,)), self._ints(INPUTS, (program.m,))
        self.domain = {"q": STATE, "u": INPUTS, "one": PARAMETERS}
        self.domain.update((name, PARAMETERS) for name, _ in program.parameters)
        one = np.array(program.formats.one)
        self.ints: dict[str, Words] = {"q": self.q, "u": self.u, "one": one}
        self.floats: dict[str, Floats] = {"one": one.astype(np.float64)}
        for name, shape in program.parameters:
            self.floats[name] = np.zeros(self.lead + (shape or (1,)))
        self.constants = {constant.name: constant for constant in program.constants}
        for name, constant in self.constants.items():
            self.domain[name] = PARAMETERS
            self.floats[name] = constant.words.astype(np.float64)
        self.lost: dict[str, Words] = {}
        self.arguments: dict[str, Words] = {}
        self.beyond: dict[str, Words] = {}
        self.tables = {table.name: table for table in program.tables}
        self._static: list[Call] = []
        self._done: set[str] = set()
        self._target: list[Call] = []
        self.load(theta_raw)

    def load(self, theta_raw: Mapping[str, Words]) -> None:
        """Takes new parameter words of the same shapes."""
        cut = self.program.formats.theta.width - self.program.formats.operand_bits
        for name, _ in self.program.parameters:
            words = floor_shift(np.asarray(theta_raw[name], np.int64), cut)
            np.copyto(self.floats[name], words.reshape(self.floats[name].shape))
        for call in self._static:
            call()

    def compile(self, names: Iterable[str]) -> list[Call]:
        """The calls that compute the named values, except those an earlier compile of this executable computes."""
        self._target = []
        for op in self.program.needed(names):
            if op.name not in self._done:
                self._done.add(op.name)
                self.domain[op.name] = max(self.domain[name] for name in op.operands)
                _EMIT[type(op)](self, op)
        return self._target

    def converted(self, name: str) -> list[Call]:
        """The calls that make a computed value available in `floats`, none where it is there."""
        self._target = []
        self.as_float(name)
        return self._target

    def as_float(self, name: str) -> Floats:
        """The value's float64 buffer; emits the conversion where the value is computed in int64."""
        if name not in self.floats:
            source = self.ints[name]
            self.floats[name] = np.zeros(source.shape)
            self.emit(self.domain[name], np.copyto, self.floats[name], source)
        return self.floats[name]

    def as_int(self, name: str) -> Words:
        """The value's int64 buffer; emits the conversion where the value is computed in float64."""
        if name not in self.ints:
            source = self.floats[name]
            self.ints[name] = np.zeros(source.shape, np.int64)
            self.emit(self.domain[name], np.copyto, self.ints[name], source, casting="unsafe")
        return self.ints[name]

    def emit(self, domain: int, function: Callable[..., Any], *args: Any, **named: Any) -> None:
        """Appends a call; calls on parameters alone run at once and again after each load."""
        call = partial(function, *args, **named)
        if domain == PARAMETERS:
            self._static.append(call)
            call()
        else:
            self._target.append(call)

    @property
    def clipped(self) -> set[str]:
        """Names of the cuts that saturated."""
        return {name for name, lost in self.lost.items() if lost.any()}

    @property
    def clamped(self) -> set[str]:
        """Names of the arguments of sin and cos, and of the look-ups, that went beyond a steep end of their table."""
        angles = {name for name, seen in self.arguments.items() if beyond(seen)}
        return angles | {name for name, seen in self.beyond.items() if seen.any()}

    def _ints(self, domain: int, shape: tuple[int, ...]) -> Words:
        return np.zeros(self._shape[domain] + shape, np.int64)

    # One method an operation.
    def _cut(self, op: Cut) -> None:
        source = self.as_int(op.source)
        floor, lost, out = np.zeros_like(source), np.zeros_like(source), np.zeros_like(source)
        self.ints[op.name] = out
        self.lost[op.name] = lost
        domain = self.domain[op.name]
        self.emit(domain, floor_shift, source, op.shift(self.program.types[op.source]), floor)
        self.emit(domain, saturate, floor, op.to.width, out, lost)

    def _turn(self, op: Turn) -> None:
        source = self.as_int(op.source)
        floor, out = np.zeros_like(source), np.zeros_like(source)
        self.ints[op.name] = out
        domain, formats = self.domain[op.name], self.program.formats
        self.emit(domain, floor_shift, source, op.shift(self.program.types[op.source], formats), floor)
        self.emit(domain, wrap, floor, formats.operand_bits, out)

    def _matvec(self, op: Matvec | MatvecT) -> None:
        matrix, vector = self.as_float(op.a), self.as_float(op.b)
        if isinstance(op, Matvec):
            matrix = matrix.swapaxes(-1, -2)  # so that rows of vectors multiply from the left
        if op.a in self.constants and self._gathered(op, matrix.T, vector):
            return
        shape = self.program.types[op.name].shape
        out = np.zeros(vector.shape[:-1] + shape)
        self.floats[op.name] = out
        domain = self.domain[op.name]
        rows = vector.size // vector.shape[-1]
        if not self.lead or op.a in self.constants:
            if rows == 1:
                self.emit(domain, np.dot, matrix.T, _view(vector, (-1,)), _view(out, (-1,)))
            else:
                self.emit(domain, np.dot, _view(vector, (rows, -1)), matrix, _view(out, (rows, -1)))
        elif rows == self.lead[0]:
            flat = (self.lead[0], 1, -1)
            self.emit(domain, np.matmul, _view(vector, flat), matrix, _view(out, flat))
        else:  # one matrix a seed: bring the seeds' axis to the front, where matmul wants it
            seeds = self.lead[0]
            there, back = (_view(a, (-1, seeds, a.shape[-1])).swapaxes(0, 1) for a in (vector, out))
            left, right = np.zeros(there.shape), np.zeros(back.shape)
            self.emit(domain, np.copyto, left, there)
            self.emit(domain, np.matmul, left, matrix, right)
            self.emit(domain, np.copyto, back, right)

    def _gathered(self, op: Matvec | MatvecT, matrix: Floats, vector: Floats) -> bool:
        """A sparse constant: gathers its few elements a row and adds them up. False where it is not sparse."""
        rows, columns = matrix.shape
        width = max(1, int(np.count_nonzero(matrix, 1).max(initial=0)))
        if 4 * width > columns and width > 2:
            return False
        index = np.argsort(matrix == 0.0, axis=1, kind="stable")[:, :width]
        words = np.take_along_axis(matrix, index, axis=1)
        lead = vector.shape[:-1]
        parts, out = np.zeros((*lead, width, rows)), np.zeros((*lead, rows))
        self.floats[op.name] = out
        domain = self.domain[op.name]
        self.emit(domain, np.take, vector, np.ascontiguousarray(index.T), axis=-1, out=parts, mode="clip")
        if width == 1:
            self.emit(domain, np.multiply, parts[..., 0, :], words[:, 0], out)
        else:
            self.emit(domain, np.multiply, parts, np.ascontiguousarray(words.T), parts)
            self.emit(domain, np.add.reduce, parts, axis=-2, out=out)
        return True

    def _mul(self, op: Mul) -> None:
        a, b = self.as_float(op.a), self.as_float(op.b)
        out = np.zeros(np.broadcast_shapes(a.shape, b.shape))
        self.floats[op.name] = out
        self.emit(self.domain[op.name], np.multiply, a, b, out)

    def _sum(self, op: Sum) -> None:
        exact = all(term.source in self.ints and term.source not in self.floats for term in op.terms)
        values: list[Any] = [self.as_int(t.source) if exact else self.as_float(t.source) for t in op.terms]
        domain = self.domain[op.name]
        out: Any = np.zeros(self._shape[domain] + self.program.types[op.name].shape, np.int64 if exact else np.float64)
        buffers: dict[str, Any] = self.ints if exact else self.floats
        buffers[op.name] = out
        so_far: Any = None
        for term, value in zip(op.terms, values, strict=True):
            if term.shift:
                scratch = np.zeros_like(value)
                self.emit(self.domain[term.source], np.multiply, value, np.array(1 << term.shift, out.dtype), scratch)
                value = scratch
            if so_far is not None:
                self.emit(domain, np.add if term.sign > 0 else np.subtract, so_far, value, out)
                so_far = out
            elif term.sign > 0:
                so_far = value
            else:
                self.emit(domain, np.negative, value, out)
                so_far = out
        if so_far is not out:
            self.emit(domain, np.copyto, out, so_far)

    def _round(self, op: Round) -> None:
        source = self.as_int(op.source)
        out = np.zeros_like(source)
        self.ints[op.name] = out
        rule = half_up if op.rule is Rounding.HALF_UP else floor_shift
        self.emit(self.domain[op.name], rule, source, op.shift, out)

    def _table(self, op: Table) -> None:
        source = self.as_int(op.source)
        out = np.zeros_like(source)
        self.ints[op.name] = out
        width = self.program.formats.operand_bits
        if op.function in self.tables:
            table = self.tables[op.function]
            if any(table.steep):
                lost = self.beyond.setdefault(op.name, np.zeros_like(source))
                self.emit(self.domain[op.name], _record, table, source, lost)
            self.emit(self.domain[op.name], table.look_up, source, out)
            return
        if op.function in PERIODIC:
            seen = self.arguments.setdefault(op.source, np.zeros_like(source))
            self.emit(self.domain[op.name], largest, op.function, width, source, seen)
        self.emit(self.domain[op.name], apply, op.function, width, source, out)

    def _scale(self, op: Scale) -> None:
        if op.source in self.ints:
            self.ints[op.name] = self.ints[op.source]
        if op.source in self.floats:
            self.floats[op.name] = self.floats[op.source]


def _record(table: FunctionTable, z: Words, lost: Words) -> None:
    np.bitwise_or(lost, table.clamps(z), out=lost)


def _view(a: Floats, shape: tuple[int, ...]) -> Floats:
    view = a.reshape(shape)
    assert np.shares_memory(view, a), "a buffer is contiguous"
    return view


_EMIT: dict[type[Op], Callable[[Executable, Any], None]] = {
    Cut: Executable._cut,
    Turn: Executable._turn,
    Matvec: Executable._matvec,
    MatvecT: Executable._matvec,
    Mul: Executable._mul,
    Sum: Executable._sum,
    Round: Executable._round,
    Scale: Executable._scale,
    Table: Executable._table,
}


def evaluate(program: Program, theta_raw: Mapping[str, Words], q: Words, u: Words) -> dict[str, Words]:
    """Every value of a program at position words q (..., n) and input words u (..., m): name -> int64 raw words.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> program = compile_system(get("linear", n=1, m=1))
    >>> theta = {"a": np.array([1 << 16]), "B": np.array([[1 << 15]])}
    >>> values = evaluate(program, theta, np.array([1 << 20]), np.array([1 << 13]))
    >>> values["x"], values["F"], values["K"]
    (array([8192]), array([268435456]), array([4096]))
    """
    q, u = np.asarray(q, np.int64), np.asarray(u, np.int64)
    batch = np.broadcast_shapes(q.shape[:-1], u.shape[:-1])
    executable = Executable(program, theta_raw, batch)
    np.copyto(executable.q, q)
    np.copyto(executable.u, u)
    names = [op.name for op in program.ops]
    for call in executable.compile(names):
        call()
    return {name: np.array(executable.ints.get(name, executable.floats.get(name)), np.int64) for name in names}
