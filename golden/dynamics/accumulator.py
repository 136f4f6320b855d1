"""The gradient accumulator of the twin echo: G = wrap(G + half_up((r y)_minus - (r y)_plus, g_cut)).

The products are exact, aligned where a parameter has several terms, and subtracted before the cut. All parameters share
one flat buffer, so that the cut, the addition and the wrap are one call each. Prose: docs/numerics.md, section 5.
"""

from collections.abc import Mapping, MutableMapping
from functools import partial
from typing import Any

import numpy as np

from golden.arithmetic.rounding import Words, half_up, wrap
from golden.errors import HelError
from golden.program import Program
from golden.program.densities import Density, Gradient
from golden.program.execute import STATE, Call, Executable, Floats

__all__ = ["Accumulator", "Gradients", "check_gradients", "split"]


class Gradients(dict[str, Words]):
    """Gradient words by parameter, batch + shape each: views of one array `flat`, batch + (total,)."""

    flat: Words

    def __init__(self, program: Program, batch: tuple[int, ...] = ()) -> None:
        self.flat = np.zeros(batch + (_total(program),), np.int64)
        super().__init__(split(program, self.flat))

    def clear(self) -> None:
        self.flat[...] = 0


def check_gradients(program: Program, batch: tuple[int, ...], grads: Mapping[str, Words]) -> None:
    """HelError where `grads` are not what an echo of that batch adds to."""
    for name, shape in program.parameters:
        if name not in grads or grads[name].shape != batch + shape or grads[name].dtype != np.int64:
            raise HelError(f"grads['{name}'] is an int64 array of shape {batch + shape}; use Integrator.zero_gradients")


def _total(program: Program) -> int:
    return sum(int(np.prod(shape)) for _, shape in program.parameters)


def split(program: Program, flat: Any) -> dict[str, Any]:
    """The words of all parameters side by side, (..., total), as views by name."""
    views, start = {}, 0
    for name, shape in program.parameters:
        stop = start + int(np.prod(shape))
        views[name] = flat[..., start:stop].reshape(flat.shape[:-1] + shape)
        assert np.shares_memory(views[name], flat) or start == stop
        start = stop
    return views


class Accumulator:
    """(r y)_minus - (r y)_plus of every term of every parameter, aligned, cut, and added to G.

    The first terms of all parameters share one flat buffer; further terms have one each and are added after them.
    """

    def __init__(self, executable: Executable) -> None:
        self.executable, self.program = executable, executable.program
        self.flat = np.zeros(executable.batch + (_total(self.program),))
        self.words = np.zeros(self.flat.shape, np.int64)
        self.lost = np.zeros_like(self.words)
        names = {name for gradient in self.program.gradients for name in gradient.operands}
        self.calls = list(executable.compile(names))
        for name in sorted(names):
            self.calls += self.executable.converted(name)
        self.signed: dict[str, Floats] = {}
        self.apart: dict[str, Floats] = {}
        self.more: list[tuple[str, Words, Words]] = []
        views = split(self.program, self.flat)
        for gradient in self.program.gradients:
            aligns = self.program.aligns(gradient)
            for i, (term, sign, align) in enumerate(zip(gradient.terms, gradient.signs, aligns, strict=True)):
                out = views[gradient.parameter] if i == 0 else np.zeros(views[gradient.parameter].shape)
                self._product(gradient, term, out if self._shape(gradient) else out[..., None])
                if (sign, align) != (1, 0):
                    self.calls.append(partial(np.multiply, out, np.array(float(sign << align)), out))
                if i > 0:
                    words = np.zeros(out.shape, np.int64)
                    self._cut(out, words)
                    self.more.append((gradient.parameter, words, np.zeros_like(words)))
        self._cut(self.flat, self.words)

    @property
    def overflow(self) -> bool:
        """Whether a write of G wrapped since `clear`."""
        return bool(self.lost.any()) or any(bool(lost.any()) for _, _, lost in self.more)

    def clear(self) -> None:
        for lost in (self.lost, *(lost for _, _, lost in self.more)):
            lost[...] = 0

    def into(self, grads: MutableMapping[str, Words]) -> list[Call]:
        """The calls that add the cut accumulator to `grads`, in place."""
        check_gradients(self.program, self.executable.batch, grads)
        words, lost = split(self.program, self.words), split(self.program, self.lost)
        calls: list[Call] = []
        if isinstance(grads, Gradients) and grads.flat.shape == self.words.shape:
            calls += self._add(grads.flat, self.words, self.lost)
        else:
            for name, view in words.items():
                calls += self._add(grads[name], view, lost[name])
        for name, view, gone in self.more:
            calls += self._add(grads[name], view, gone)
        return calls

    def _add(self, target: Words, words: Words, lost: Words) -> list[Call]:
        return [
            partial(np.add, target, words, words),
            partial(wrap, words, self.program.formats.g_bits, target, lost),
        ]

    def _cut(self, exact: Floats, words: Words) -> None:
        self.calls.append(partial(np.copyto, words, exact, casting="unsafe"))
        self.calls.append(partial(half_up, words, self.program.formats.g_cut, words))

    def _shape(self, gradient: Gradient) -> tuple[int, ...]:
        return dict(self.program.parameters)[gradient.parameter]

    def _product(self, gradient: Gradient, term: Density, out: Floats) -> None:
        r, y = self.executable.floats[term.r], self.executable.floats[term.y]
        moving = [self.executable.domain[name] == STATE for name in (term.r, term.y)]
        outer = term.product == "outer"
        if all(moving):
            signed = self._signed(term.r, r)
            if not outer:
                both = np.zeros_like(signed)
                self.calls += [partial(np.multiply, signed, y, both), partial(np.add, both[0], both[1], out)]
            elif out.ndim == 2:
                self.calls.append(partial(np.dot, signed.T, y, out))
            else:
                self.calls.append(partial(np.matmul, np.moveaxis(signed, 0, -1), np.moveaxis(y, 0, -2), out))
            return
        if not any(moving):
            raise HelError(f"{gradient}: a density depends on the state, got two operands that do not; remove it")
        a = self._apart(term.r, r) if moving[0] else r
        b = self._apart(term.y, y) if moving[1] else y
        if outer:
            a, b = a[..., :, None], b[..., None, :]
        self.calls.append(partial(np.multiply, a, b, out))

    def _signed(self, name: str, value: Floats) -> Floats:
        """The value, negated in context 0."""
        if name not in self.signed:
            self.signed[name] = np.zeros_like(value)
            sign = np.array([-1.0, 1.0]).reshape((2,) + (1,) * (value.ndim - 1))
            self.calls.append(partial(np.multiply, value, sign, self.signed[name]))
        return self.signed[name]

    def _apart(self, name: str, value: Floats) -> Floats:
        """Context 1 minus context 0."""
        if name not in self.apart:
            self.apart[name] = np.zeros(value.shape[1:])
            self.calls.append(partial(np.subtract, value[1], value[0], self.apart[name]))
        return self.apart[name]
