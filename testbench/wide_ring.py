"""A ring of wide elements against golden: forward steps, a nudged twin echo, gradients, an update, and steps after it.

The study of an element that is not yet the array's (docs/wide.md): no scheduler, checker or cycle model knows it.
`wide_words` writes the control words of a dense network's steps, `wide_transfers` those that load, read and update, and
`wide_player` plays them on Verilator or Icarus.

    python -m testbench.wide_ring -o docs/results/wide_ring.json

Random parameters, inputs and nudge; all that the elements hold is read and compared, bit for bit: positions and momenta
of both contexts after the forward steps and after the echo, gradient words, parameters after the update, cleared
gradients, the state after further steps with the new parameters, sticky flags.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from golden.dynamics.flags import Flags
from golden.dynamics.integrator import Integrator, twin
from golden.errors import HelError, ended
from golden.program import Program
from golden.training import update as golden_update
from rtl.design import Design
from rtl.hls.plan.bind import bind
from rtl.hls.plan.control import Fields, IoSource
from rtl.hls.plan.geometry import GRADIENT_BITS, Geometry
from rtl.hls.plan.padding import padded
from rtl.hls.plan.requirements import geometry_of
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.plan.width import Links, Width
from testbench import tools
from testbench import wide_transfers as transfers
from testbench.wide_player import Player
from testbench.wide_words import Map, Step

__all__ = ["CASES", "Case", "Ring", "compare", "expected", "geometry", "main"]

Words = npt.NDArray[np.int64]
STATE = (IoSource.POS0, IoSource.POS1, IoSource.MOM0, IoSource.MOM1)


@dataclass(frozen=True)
class Case:
    """A ring of so many elements, with so many neurons and inputs."""

    banks: int
    links: Links
    neurons: int
    elements: int = 2
    inputs: int = 3
    steps: int = 4
    seed: int = 0

    @property
    def width(self) -> Width:
        """Of an element."""
        return Width(self.banks, self.links)

    @property
    def design(self) -> Design:
        """The network, on an array of today's elements with as many multipliers."""
        return Design("dense", neurons=self.neurons, inputs=self.inputs, elements=self.elements * self.banks)


CASES = tuple(
    Case(banks, links, neurons, elements)
    for links in Links
    for banks, neurons, elements in ((4, 8, 2), (4, 16, 2), (4, 32, 2), (2, 12, 3), (4, 24, 3))
)
"""What is compared: half rate forward (fold = B), full rate (2 B), several row groups; an odd number of elements."""


SIZES = tuple(
    Case(banks, links, neurons, elements, inputs=8)
    for links in Links
    for banks, neurons, elements in ((4, 64, 8), (4, 128, 16), (4, 144, 18), (4, 192, 12))
)
"""Whose control words are counted, not simulated."""


def geometry(plan: RingPlan, program: Program, case: Case) -> Geometry:
    """What is wired in an element: formats, tables and sums of the network."""
    found = geometry_of(plan, program.formats, elements=case.elements * case.banks, neurons=program.n)
    return replace(found, elements=case.elements, neurons=case.neurons, vector_words=16)


class Ring:
    """Control words of a whole scenario, and what their answers mean."""

    def __init__(self, case: Case) -> None:
        self.case, self.program = case, case.design.program
        self.plan = padded(bind(self.program), self.program.formats, elements=case.elements * case.banks)
        self.geometry = geometry(self.plan, self.program, case)
        self.map = Map(self.geometry, case.width)
        self.words: list[Fields] = []
        self._reads = 0

    def _of(self, vector: Words, f: int) -> Words:
        p = self.geometry.elements
        return vector[f * p : (f + 1) * p]

    def places(self) -> Iterator[tuple[int, int, str, npt.NDArray[np.intp]]]:
        """(bank, address, parameter, flat index of each element's word)."""
        g, banks = self.geometry, self.case.banks
        p, k = g.elements, np.arange(g.elements)
        for f in range(g.fold):
            yield self.case.width.local_bank, self.map.local(f), "al", k + f * p
        for bank in range(banks):
            for j in range(self.map.rows):
                row = k + p * (bank + banks * j)
                for column in range(g.fold):
                    for t in range(p):
                        there = column * p + (k - t) % p
                        yield bank, self.map.matrix(j, column, t), "W", row * g.neurons + there
                for c in range(g.inputs):
                    yield bank, self.map.inputs(j, c), "B", row * g.inputs + c
                yield bank, self.map.bias(j), "b", row

    # What is done.

    def load(self, theta: Mapping[str, Words], q: Words, p: Words) -> None:
        """Table, parameters, and a state of both contexts."""
        g = self.geometry
        for address, word in enumerate(self.plan.tables[0].words, g.tables[0].base):
            there = [int(word) << (18 - g.operand_bits)] * g.elements
            self.words += transfers.load_weight(there, 0, address % g.weight_words)
        for bank, address, name, index in self.places():
            self.words += transfers.load_weight(theta[name].reshape(-1)[index].tolist(), bank, address)
        self.load_state(q, p)

    def load_state(self, q: Words, p: Words) -> None:
        """The state of both contexts."""
        for f in range(self.geometry.fold):
            self.words += transfers.load_position(self._of(q, f).tolist(), f)
            self.words += transfers.load_momentum(self._of(p, f).tolist(), f)

    def step(self, inputs: Words, *, twin: bool) -> int:
        """A step; returns its cycles."""
        words = Step(self.map, inputs.tolist(), twin).words()
        self.words += words
        return len(words)

    def nudge(self, e: Words) -> None:
        """p -= e, p += e."""
        for f in range(self.geometry.fold):
            self.words += transfers.nudge(self._of(e, f).tolist(), f)

    def update(self, base: int) -> None:
        """All parameters, then no gradient is left."""
        ranges = {kept.parameter: 1 + self.geometry.ranges.index((kept.low, kept.high)) for kept in self.program.ranges}
        for bank in range(self.case.banks):
            words = [
                (address, golden_update.shift(self.program, name, base), ranges.get(name, 0))
                for there, address, name, _ in self.places()
                if there == bank
            ]
            self.words += transfers.update(self.case.width, bank, words, keeps=bool(self.geometry.ranges))

    def read(self, sources: Sequence[IoSource]) -> list[tuple[int, int]]:
        """Reads states, parameters or flags; returns (first answer, count) of each source."""
        g, found = self.geometry, []
        for source in sources:
            began = self._reads
            if source in STATE:
                parts = [transfers.read_state(source, f, g.elements) for f in range(g.fold)]
            elif source is IoSource.FLAGS:
                parts = [transfers.read_flags(g.elements)]
            else:
                parts = [transfers.read_parameter(source, bank, at, g.elements) for bank, at, *_ in self.places()]
            for part in parts:
                self.words += part
            self._reads += g.elements * len(parts)
            found.append((began, self._reads - began))
        return found

    # What it means.

    def by_element(self, answers: Sequence[int], part: tuple[int, int], bits: int) -> Words:
        """(words, P), signed; on the chain the last element's word comes first."""
        words = np.array(answers[part[0] : sum(part)], np.int64).reshape(-1, self.geometry.elements)[:, ::-1]
        return (words << (64 - bits)) >> (64 - bits)

    def parameters(self, words: Words) -> dict[str, Words]:
        """By name, out of words in the order of `places`."""
        found = {name: np.zeros(int(np.prod(shape)), np.int64) for name, shape in self.program.parameters}
        for word, (_, _, name, index) in zip(words, self.places(), strict=True):
            found[name][index] = word
        return {name: found[name].reshape(shape) for name, shape in self.program.parameters}


def compare(case: Case, simulator: str = "verilator", technology: str = "behavioural") -> dict[str, Any]:
    """Runs a case on both; an element of the technology "ecp5" is made of the device's cells, and of models of these.

    Returns
    -------
    neurons, elements, ...: the case; simulator, technology; compared_words; mismatches: how many differ; wrong: in
    which arrays; forward_words, echo_words: control words of a step; cycles: of all that was played
    """
    ring = Ring(case)
    g, program = ring.geometry, ring.program
    source = np.random.default_rng(case.seed)
    theta = {name: program.formats.theta.raw(v) for name, v in case.design.subject.initial(case.seed).items()}
    q, p = (
        source.integers(-limit, limit, g.neurons) for limit in (1 << (g.position_bits - 6), 1 << (g.momentum_bits - 6))
    )
    inputs = source.integers(-g.one, g.one, (case.steps, g.inputs))
    e = source.integers(-(1 << 12), 1 << 12, g.neurons)
    base = 8
    wanted = expected(program, theta, q, p, inputs, e, base)

    ring.load(theta, q, p)
    forward = [ring.step(u, twin=False) for u in inputs][0]
    parts = {"forward": ring.read(STATE)}
    ring.nudge(e)
    echo = [ring.step(u, twin=True) for u in inputs[::-1]][0]
    parts["echo"] = ring.read(STATE)
    halves = (IoSource.GRAD_LOW, IoSource.GRAD_HIGH)
    parts["gradient"] = ring.read(halves)
    ring.update(base)
    parts["updated"], parts["cleared"] = ring.read([IoSource.WEIGHT]), ring.read(halves)
    ring.load_state(q, p)
    for u in inputs:
        ring.step(u, twin=False)
    parts["again"], parts["flags"] = ring.read(STATE), ring.read([IoSource.FLAGS])
    answers = Player(g, case.width, simulator, technology).play([*ring.words, {}, {}])
    found = _found(ring, answers, parts)

    assert found.keys() == wanted.keys()
    wrong = {name: int((found[name] != words).sum()) for name, words in wanted.items()}
    return {
        **{name: value for name, value in asdict(case).items() if name != "links"},
        "links": case.links.value,
        "simulator": simulator,
        "technology": technology,
        "compared_words": sum(words.size for words in wanted.values()),
        "mismatches": sum(wrong.values()),
        "wrong": {name: count for name, count in wrong.items() if count},
        "forward_words": forward,
        "echo_words": echo,
        "cycles": len(ring.words),
    }


def expected(
    program: Program, theta: Mapping[str, Words], q: Words, p: Words, inputs: Words, e: Words, base: int
) -> dict[str, Words]:
    """What golden has in each place, by name."""
    golden = Integrator(program, theta)
    q1, p1 = golden.forward_many(q, p, inputs)
    found = {"forward": np.stack([*twin(q1, p1)]).reshape(4, -1)}
    grads = golden.zero_gradients()
    last = [e] + [None] * (len(inputs) - 1)
    q0, p0 = golden.echo_many(*twin(q1, p1), inputs, grads, lambda t, _: last[len(inputs) - 1 - t])
    found["echo"] = np.concatenate([q0, p0])
    assert any(np.any(words) for words in grads.values())
    found |= {f"gradient {name}": np.array(words) for name, words in grads.items()}
    new, flag = golden_update.apply(program, theta, grads, base)
    assert all((new[name] != theta[name]).any() for name in new)
    found |= {f"updated {name}": words for name, words in new.items()}
    found |= {f"cleared {name}": np.zeros_like(words) for name, words in new.items()}
    flags = golden.flags | flag
    again = Integrator(program, new)
    q2, p2 = again.forward_many(q, p, inputs)
    found["again"] = np.stack([*twin(q2, p2)]).reshape(4, -1)
    found["flags"] = np.array(int(flags | again.flags | Flags(0)))
    return found


def _found(ring: Ring, answers: Sequence[int], parts: Mapping[str, list[tuple[int, int]]]) -> dict[str, Words]:
    """What the ring has, by the same names."""
    g = ring.geometry
    found: dict[str, Words] = {}
    for name in ("forward", "echo", "again"):
        bits = (g.position_bits, g.position_bits, g.momentum_bits, g.momentum_bits)
        words = [ring.by_element(answers, part, width) for part, width in zip(parts[name], bits, strict=True)]
        found[name] = np.stack([part.reshape(-1) for part in words])
    for name in ("gradient", "cleared"):
        low, high = (ring.by_element(answers, part, 63) & 0x3FFFF for part in parts[name])
        whole = np.asarray(((low | high << 18) << (64 - GRADIENT_BITS)) >> (64 - GRADIENT_BITS), np.int64)
        found |= {f"{name} {parameter}": word for parameter, word in ring.parameters(whole).items()}
    weights = ring.parameters(ring.by_element(answers, parts["updated"][0], 18))
    found |= {f"updated {parameter}": word for parameter, word in weights.items()}
    flags = ring.by_element(answers, parts["flags"][0], 63)
    found["flags"] = np.bitwise_or.reduce(flags.reshape(-1)) & 31
    return found


def words_of(case: Case) -> dict[str, Any]:
    """Control words of a step and the share of multiplier cycles with a product of the network, nothing overlapped."""
    g = Geometry(elements=case.elements, neurons=case.neurons, inputs=case.inputs)
    places, n = Map(g, case.width), case.neurons
    steps = {twin: len(Step(places, [0] * case.inputs, twin).words()) for twin in (False, True)}
    outer = n * (n + case.inputs + 2)
    products = {False: outer + n * n, True: 2 * (2 * outer + n * n)}
    busy = {twin: products[twin] / (2 * case.elements * case.banks * words) for twin, words in steps.items()}
    return {
        **{name: getattr(case, name) for name in ("banks", "neurons", "elements", "inputs")},
        "links": case.links.value,
        "parameter_words": places.words - 1,
        "forward_words": steps[False],
        "echo_words": steps[True],
        "forward_busy": round(busy[False], 3),
        "echo_busy": round(busy[True], 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m testbench.wide_ring", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file")
    parser.add_argument("--simulator", choices=tools.SIMULATORS, default="verilator", help="default: verilator")
    options = parser.parse_args(arguments)
    rows = []
    try:
        for case in CASES:
            rows.append(compare(case, options.simulator))
            print({name: value for name, value in rows[-1].items() if name != "seed"}, file=sys.stderr, flush=True)
    except HelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    result = {
        "command": f"python -m testbench.wide_ring -o {options.output}",
        "tools": {options.simulator: tools.find(options.simulator).version.splitlines()[0]},
        "rows": rows,
        "sizes": [words_of(case) for case in SIZES],
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(any(row["mismatches"] for row in rows))


if __name__ == "__main__":
    sys.exit(ended(main))
