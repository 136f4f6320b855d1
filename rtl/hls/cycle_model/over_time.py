"""The cycle model at many clocks at once: whether a recording of every register is what the model goes through.

The model's rules say what a register holds after an edge, given all registers before it. If the recorded registers of
every clock are what the rules make of those one clock earlier, and the first are the model's own, then by induction the
recording is the model's way through the same control words, word for word. So every rule is worked out once, on arrays
over all clocks, instead of once a clock. Registers that are not recorded follow from recorded ones in a few clocks, and
memories from what was written into them last.

A recording that differs differs at its first clock that does; from there on the rules are given words that the model
never had, so it says no more than that they differ: then step the model (`CycleModel.step`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.cycle_model.rules import writes_cut
from rtl.hls.cycle_model.view import Field, Words, wrap
from rtl.hls.plan.debug_bus import UNSIGNED, debug_bus_layout
from rtl.hls.plan.geometry import GRADIENT_BITS

__all__ = ["Columns", "OverTime", "follows"]

Columns = Mapping[str, Words]
"""Control fields over time, each of shape (T,); one that is not there is 0."""


def follows(model: CycleModel, fields: Columns, imm: Words, recorded: Mapping[str, Words]) -> bool:
    """Whether the model, given these words, holds in every cycle what was recorded; if so, it has taken them.

    Parameters
    ----------
    fields, imm : control fields and broadcast word of each of T cycles
    recorded : each register of the debug bus before the edge of each cycle, (T, P), its bits as an unsigned number
    """
    first = model.debug_bus()
    layout = debug_bus_layout(model.geometry)
    if not len(imm):
        return True
    if any(((first[name] & ((1 << bits) - 1)) != recorded[name][0]).any() for name, bits in layout.items()):
        return False
    view = OverTime(model, fields, imm, recorded)
    for name, bits in layout.items():
        stem, lane = (name[:-1], int(name[-1])) if name[-1] in "01" else (name, None)
        after = view.after_of(stem)
        words = after if lane is None else after[:, lane]
        if ((words[:-1] & ((1 << bits) - 1)) != recorded[name][1:]).any():
            return False
    view.finish()
    return True


class OverTime:
    """A `rtl.hls.cycle_model.view.View` of T clocks, from the model's state on; registers are of shape (T, ..., P)."""

    def __init__(self, model: CycleModel, fields: Columns, imm: Words, recorded: Mapping[str, Words]) -> None:
        self.model, self.geometry = model, model.geometry
        self.clocks = len(imm)
        self.imm = imm
        self._fields, self._recorded = fields, recorded
        self._delayed: dict[tuple[str, int], Field] = {}
        self._after: dict[str, Words] = {}
        self._writes: dict[tuple[str, int | None], _Writes] = {}
        self._known = {name[:-1] if name[-1] in "01" else name for name in debug_bus_layout(self.geometry)} - {"acc"}
        self._known |= {"acc_low", "acc_high"}

    def __getattr__(self, name: str) -> Words:
        """A register before each edge; worked out when first asked for."""
        if name.startswith("_") or name not in self.model.__dict__:
            raise AttributeError(name)
        words = self._read_recorded(name) if name in self._known else self._derived(name)
        self.__dict__[name] = words
        return words

    def _read_recorded(self, name: str) -> Words:
        if name in ("acc_low", "acc_high"):
            acc, low = self._word("acc"), self.geometry.low_bits
            return acc & ((1 << low) - 1) if name == "acc_low" else acc >> low
        return self._word(name)

    def _word(self, name: str) -> Words:
        layout = debug_bus_layout(self.geometry)
        lanes = [f"{name}{lane}" for lane in range(2)] if f"{name}0" in layout else [name]
        words = [self._recorded[lane] for lane in lanes]
        if name not in UNSIGNED:
            words = [wrap(word, layout[lane]) for lane, word in zip(lanes, words, strict=True)]
        return np.stack(words, axis=1) if len(lanes) == 2 else words[0]

    def _derived(self, name: str) -> Words:
        """A register that is not recorded: as the model has it, then as its rule made it one clock before."""
        first = getattr(self.model, name)[None]
        if name not in self.model.rules:
            return np.repeat(first, self.clocks, axis=0)
        return np.concatenate([first, self.after_of(name)[:-1]])

    def after_of(self, name: str) -> Words:
        """A register after each edge."""
        if name == "acc":
            return self.after_of("acc_high") << self.geometry.low_bits | self.after_of("acc_low")
        if name not in self.model.rules:
            return np.repeat(getattr(self.model, name)[None], self.clocks, axis=0)
        if name not in self._after:
            self._after[name] = self.model.rules[name](self)
        return self._after[name]

    # What the rules ask for: see `rtl.hls.cycle_model.view.View`.

    def field(self, name: str) -> Field:
        """A control field in each cycle."""
        return self.was(name, 0)

    def was(self, name: str, clocks: int = 1) -> Field:
        """The same so many cycles ago; before the first cycle, what the model was told."""
        key = name, clocks
        if key not in self._delayed:
            now = self._fields.get(name)
            now = np.zeros(self.clocks, np.int64) if now is None else now
            before = [self.model.controls[at].get(name, 0) for at in reversed(range(clocks))]
            values = np.concatenate([np.array(before, np.int64), now])[: self.clocks]
            same = (values == values[0]).all()
            self._delayed[key] = int(values[0]) if same else values
        return self._delayed[key]

    def hold(self, name: str, enable: Any, value: Callable[[], Words]) -> Words:
        """`value` where `enable` is not zero, else what the register held: if it is not recorded, the last one."""
        if isinstance(enable, int) and enable:
            return value()
        shape = (self.clocks, *getattr(self.model, name).shape)
        never = isinstance(enable, int) or not enable.any()
        if name in self._known:
            old: Words = getattr(self, name)
            return old if never else np.where(_along(enable, len(shape)), value(), old)
        first = np.broadcast_to(getattr(self.model, name), shape)
        if never:
            return first
        at = np.where(_along(enable, len(shape)), np.arange(self.clocks).reshape(-1, *(1,) * (len(shape) - 1)), -1)
        latest = np.broadcast_to(np.maximum.accumulate(at, axis=0), shape)
        held = np.take_along_axis(value(), np.maximum(latest, 0), axis=0)
        return np.where(latest < 0, first, held)

    def read(self, memory: str, address: Any, context: int | None = None) -> Words:
        """The words that a memory holds at an address in each cycle: those written last, or the model's."""
        words: Words = getattr(self.model, memory)
        words = words if context is None else words[context]
        written, now = self._written(memory, context), np.arange(self.clocks)
        if isinstance(address, int):
            address = np.full(self.clocks, address)
        if address.ndim == 1:
            address = address % words.shape[1]
            return written.latest(address, now, words.T[address])
        # An address an element: each element's words lie in a range of their own.
        row = np.arange(len(words))
        found = written.latest(
            (row * words.shape[1] + address).ravel(), np.repeat(now, len(words)), words[row, address].reshape(-1, 1)
        )
        return found.reshape(address.shape)

    def _written(self, memory: str, context: int | None) -> _Writes:
        """What goes into a memory (of a context), worked out once."""
        key = memory, context
        if key not in self._writes:
            g, depth = self.geometry, getattr(self.model, memory).shape[-1]
            if memory == "weights":
                clock, row = np.nonzero(self.we_b)
                address = row * depth + self.addr_b[clock, row]
                self._writes[key] = _Writes(clock, address, self.wdata[clock, row][:, None])
            elif memory == "gradients":
                words = wrap(self.grad_sum, GRADIENT_BITS)
                self._writes[key] = self._common(self.was("g_we"), self.was("g_waddr"), words)
            elif memory == "vectors":
                cut = self._all(writes_cut(self))[:, None]
                words = np.where(cut, self.cut_word, self.s_word)
                self._writes[key] = self._common(
                    self._all(self.field("s_we")) >> (context or 0) & 1, self.field("s_waddr"), words
                )
            else:
                enable = self.field("we_q" if memory == "position" else "we_p")
                words = (
                    wrap(self.pos_sum, g.position_bits) if memory == "position" else wrap(self.mom_sum, g.momentum_bits)
                )
                self._writes[key] = self._common(enable, self.field("w_addr"), words[:, context or 0])
        return self._writes[key]

    def _common(self, enable: Field, address: Field, words: Words) -> _Writes:
        """Writes of all elements at one address."""
        clock = np.flatnonzero(self._all(enable))
        return _Writes(clock, self._all(address)[clock], words[clock])

    def _all(self, field: Field) -> Words:
        return np.full(self.clocks, field) if isinstance(field, int) else field

    def finish(self) -> None:
        """The model has taken these cycles: its registers and memories are what they are after the last."""
        model = self.model
        final = {name: self.after_of(name)[-1].copy() for name in model.rules}
        for name in ("position", "momentum", "vectors"):
            for context in range(2):
                writes = self._written(name, context)
                getattr(model, name)[context][:, writes.address] = writes.words.T
        writes = self._written("gradients", None)
        model.gradients[:, writes.address] = writes.words.T
        writes = self._written("weights", None)
        model.weights.reshape(-1)[writes.address] = writes.words[:, 0]
        model.pushed += self.io[self._all(self.field("push")) != 0, -1].tolist()
        for clock in range(max(0, self.clocks - len(model.controls)), self.clocks):
            model.controls.appendleft({name: int(column[clock]) for name, column in self._fields.items()})
        for name, words in final.items():
            setattr(model, name, words)


class _Writes:
    """Words that go into a memory: clock, address and words of each, in the order of the clocks."""

    def __init__(self, clock: Words, address: Words, words: Words) -> None:
        self.clock, self.address, self.words = clock, address, words
        self._order = np.lexsort((clock, address))

    def latest(self, address: Words, clock: Words, default: Words) -> Words:
        """What was written last, in an earlier clock, at each address; where nothing was, the default."""
        if not len(self.clock):
            return default
        clocks = 1 + max(int(clock.max()), int(self.clock.max()))
        keys = (self.address * clocks + self.clock)[self._order]
        at = np.searchsorted(keys, address * clocks + clock) - 1
        write = self._order[np.maximum(at, 0)]
        found = (at >= 0) & (self.address[write] == address)
        return np.where(found[:, None], self.words[write], default)


def _along(enable: Any, axes: int) -> Any:
    """A field along the axes of words; what has those axes already, as it is."""
    return enable if enable.ndim > 1 else enable.reshape(-1, *(1,) * (axes - 1))
