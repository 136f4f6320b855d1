"""What a host says to an array: commands to load, run and read it, and how to read its answers.

Each method returns commands (`rtl.hls.schedule.command.Command`); whoever has an array plays them: the cycle model,
the co-simulation, or a board. Arrays are raw integers, batch-free: theta and gradients by name in their own shapes, q
and p of shape (2, N) when read (both contexts) and (N,) when loaded, inputs (T, m), nudge (N,).

Example: the echo of zero nudge, on the cycle model
------------------------------------------------------
>>> import numpy as np
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array, play
>>> from rtl.hls.cycle_model.cycle_model import CycleModel
>>> program = compile_system(get("dense", n=4, m=2))
>>> array = compile_array(program, elements=2)
>>> driver, model = Driver(array), CycleModel(array.geometry)
>>> theta = {name: np.full(shape, 1 << 14) for name, shape in program.parameters}
>>> q, p, u = np.arange(4) << 18, np.arange(4) << 12, np.full((3, 2), 1 << 10)
>>> run = [*driver.load_table(), *driver.load_parameters(theta), *driver.load_state(q, p)]
>>> run += [*driver.forward(u), *driver.echo(u[::-1]), *driver.read_state()]
>>> q_back, p_back = driver.state(play(array, model, run))
>>> bool((q_back == q).all() and (p_back == p).all())
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from golden.errors import HelError
from rtl.hls.plan.control import MAX_SHIFT
from rtl.hls.plan.geometry import GRADIENT_BITS
from rtl.hls.schedule.command import MAX_ITERATIONS, Command
from rtl.hls.schedule.schedule import Schedule

__all__ = ["Driver", "chain", "signed", "unchain"]

Words = npt.NDArray[np.int64]


class Driver:
    """Commands and answers for one scheduled array."""

    loads_tables = loads_constants = "load_weight"
    """The segments that load tables and constants."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.geometry = schedule.geometry
        stored = schedule.plan.stored
        self.neurons = schedule.plan.neurons
        self.shapes = {name: stored[name].shape for name in schedule.plan.parameters}

    # Loading.

    def load_table(self) -> list[Command]:
        """The function tables, the same in every element, and the program's constants; once after power-up."""
        memory = self.schedule.memory
        commands = []
        for table in memory.tables:
            placed = memory.table(table)
            # The last word may lie at address 0.
            turned = len(placed) - (placed[-1][0] == 0)
            for run in filter(None, (placed[:turned], placed[turned:])):
                words = np.repeat([word for _, word in run], self.geometry.elements)
                commands.append(Command(self.loads_tables, len(run), run[0][0], words=words))
        if memory.weight_words > memory.words:
            constants = memory.constants()
            commands.append(Command(self.loads_constants, constants.shape[1], memory.words + 1, words=chain(constants)))
        return commands

    def load_parameters(self, theta: Mapping[str, Words]) -> list[Command]:
        """Parameter words (18 bits); gradients are left alone."""
        self.check_shapes(theta)
        memory = self.schedule.memory.pack(theta)[:, 1:]
        return [Command("load_weight", memory.shape[1], 1, words=chain(memory))]

    def check_shapes(self, theta: Mapping[str, Words]) -> None:
        """HelError where a parameter has another shape than the plan's."""
        for name, shape in self.shapes.items():
            if np.shape(theta[name]) != shape:
                raise HelError(f"parameter {name} has shape {shape}, got {np.shape(theta[name])}")

    def load_state(self, q: Words, p: Words) -> list[Command]:
        """Both contexts to this state, each of shape (N,)."""
        fold = self.geometry.fold
        return [
            Command("load_position", fold, words=chain(self._by_element(q))),
            Command("load_momentum", fold, words=chain(self._by_element(p))),
        ]

    # Running.

    def forward(self, inputs: Words) -> list[Command]:
        """One step for each row of inputs (T, m)."""
        return self._steps("forward", inputs)

    def nudge(self, e: Words) -> list[Command]:
        """Context + gets p -= e, context - gets p += e; e of shape (N,) in the momentum's format."""
        return [Command("nudge", self.geometry.fold, words=chain(self._by_element(e)))]

    def echo(self, inputs: Words) -> list[Command]:
        """One inverse step for each row of inputs, given in echo order (the forward inputs reversed)."""
        return self._steps("echo", inputs)

    def _steps(self, segment: str, inputs: Words) -> list[Command]:
        wanted = self.schedule.plan.inputs
        if np.ndim(inputs) != 2 or np.shape(inputs)[1] != wanted:
            raise HelError(f"inputs have shape (T, {wanted}), got {np.shape(inputs)}")
        # An array of more inputs than the program has takes zeros for the others.
        inputs = np.pad(inputs, ((0, 0), (0, self.geometry.inputs - wanted)))
        parts = [inputs[at : at + MAX_ITERATIONS] for at in range(0, len(inputs), MAX_ITERATIONS)]
        return [Command(segment, len(part), inputs=np.asarray(part)) for part in parts]

    def update(self, shift: int) -> list[Command]:
        """theta -= clip(G >> (shift + the parameter's offset)), then G = 0."""
        if not -28 <= shift <= MAX_SHIFT + 28:
            raise HelError(
                f"the update shifts by -28 to {MAX_SHIFT + 28} bits, got {shift}; change eps or the learning rate"
            )
        return [Command("update", shift=shift)]

    def clear(self) -> list[Command]:
        """G = 0."""
        return [Command("clear")]

    # Reading.

    def read_state(self) -> list[Command]:
        """Positions and momenta of both contexts; decode with `state`."""
        fold = self.geometry.fold
        return [Command(f"read_{name}", fold) for name in ("position0", "position1", "momentum0", "momentum1")]

    def state(self, words: Sequence[int]) -> tuple[Words, Words]:
        """(q, p), each (2, N), out of the answer to `read_state`."""
        g = self.geometry
        parts = np.asarray(words, np.int64).reshape(4, -1)
        q = [self._neurons(signed(part, g.position_bits)) for part in parts[:2]]
        p = [self._neurons(signed(part, g.momentum_bits)) for part in parts[2:]]
        return np.stack(q), np.stack(p)

    def read_position(self) -> list[Command]:
        """Positions of context 0; decode with `position`."""
        return [Command("read_position0", self.geometry.fold)]

    def position(self, words: Sequence[int]) -> Words:
        """q of context 0, (N,)."""
        return self._neurons(signed(np.asarray(words, np.int64), self.geometry.position_bits))

    def read_parameters(self) -> list[Command]:
        """Parameter words; decode with `parameters`."""
        return [Command("read_weight", self.schedule.memory.words, 1)]

    def parameters(self, words: Sequence[int]) -> dict[str, Words]:
        """theta by name."""
        return self._named(unchain(signed(np.asarray(words, np.int64), 18), self.geometry.elements))

    def read_gradients(self) -> list[Command]:
        """Gradient words; decode with `gradients`."""
        count = self.schedule.memory.words
        return [Command("read_gradient_low", count, 1), Command("read_gradient_high", count, 1)]

    def gradients(self, words: Sequence[int]) -> dict[str, Words]:
        """G by name."""
        low, high = np.asarray(words, np.int64).reshape(2, -1) & 0x3FFFF
        return self._named(unchain(signed(low | high << 18, GRADIENT_BITS), self.geometry.elements))

    def read_flags(self) -> list[Command]:
        """Sticky flags, cleared by reading; decode with `flags`."""
        return [Command("read_flags")]

    def flags(self, words: Sequence[int]) -> int:
        """The OR over the elements; bits as in `golden.dynamics.integrator.Flags`.

        The array may clamp arguments of another program's table, at ends where this one's is flat.
        """
        steep = any(any(table.steep) for table in self.schedule.plan.tables)
        return int(np.bitwise_or.reduce(np.asarray(words, np.int64))) & (63 if steep else 31)

    def cycles(self, commands: Sequence[Command]) -> int:
        """Cycles the commands take when no stream makes them wait."""
        return sum(command.cycles(self.schedule) for command in commands)

    def replies(self, commands: Sequence[Command]) -> int:
        """Words the array sends for them."""
        return sum(command.replies(self.schedule) for command in commands)

    # Order of words: neuron k + fP on element k; on the chain the last element's word first.

    def _by_element(self, vector: Words) -> Words:
        if np.shape(vector) != (self.neurons,):
            raise HelError(f"a state vector has shape ({self.neurons},), got {np.shape(vector)}")
        pads = self.geometry.neurons - self.neurons
        whole = np.pad(np.asarray(vector, np.int64), (0, pads))
        return whole.reshape(self.geometry.fold, self.geometry.elements).T

    def _neurons(self, words: Words) -> Words:
        return unchain(words, self.geometry.elements).T.reshape(-1)[: self.neurons]

    def _named(self, memory: Words) -> dict[str, Words]:
        padded = np.concatenate([np.zeros((len(memory), 1), np.int64), memory], axis=1)
        return self.schedule.memory.unpack(padded, self.shapes)


def chain(memory: Words) -> Words:
    """(P, words) to transfer order."""
    return np.asarray(memory[::-1].T.reshape(-1))


def unchain(words: Words, elements: int) -> Words:
    """Transfer order to (P, words)."""
    return np.asarray(words.reshape(-1, elements).T[::-1])


def signed(words: Words, bits: int) -> Words:
    return np.asarray((words << (64 - bits)) >> (64 - bits))
