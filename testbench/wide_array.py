"""The schedule of an array of B banks on a ring of wide elements against golden, through the words of its segments.

    python -m testbench.wide_array -o docs/results/wide_array.json

Parameters, table and state are loaded; then come forward steps, a nudge, echo steps, an update and further steps with
the new parameters. All that the elements hold is read and compared, bit for bit, as in `testbench.wide_ring`. The ring
gets the words as `rtl.hls.schedule.command` resolves them, with the pauses between commands; with the sequencer, and at
every clock, `testbench.verify` compares the whole array. The same command predicts the share of multiplier cycles with
a product of the network, at B = 1, too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from golden.errors import ended
from golden.systems import SYSTEMS
from golden.systems.base import System
from rtl.design import Design
from rtl.hls.plan.bind import bind
from rtl.hls.plan.control import Fields
from rtl.hls.plan.geometry import GRADIENT_DEPTHS, PARAMETER_WORDS
from rtl.hls.schedule.command import Command, resolve
from rtl.hls.wide.predict import predicted
from rtl.hls.wide.schedule import compile_wide
from rtl.host.wide_driver import WideDriver
from testbench import tools
from testbench.wide_player import Player
from testbench.wide_ring import expected
from testbench.wide_words import IMM

__all__ = ["CASES", "SIZES", "ArrayCase", "compare", "main", "rows_of"]

Words = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ArrayCase:
    """A system, dense where no other is given, on so many elements of so many banks."""

    neurons: int
    elements: int
    banks: int
    inputs: int = 3
    steps: int = 4
    seed: int = 0
    system: str | System = "dense"

    @property
    def design(self) -> Design:
        """The network; its elements are not those of the ring."""
        if isinstance(self.system, str):
            return Design(self.system, neurons=self.neurons, inputs=self.inputs)
        return Design(self.system)


CASES = (
    ArrayCase(8, 2, 4),
    ArrayCase(16, 2, 4),
    ArrayCase(26, 3, 4),
    ArrayCase(48, 3, 4),
    ArrayCase(9, 2, 2),
    ArrayCase(32, 4, 2),
    ArrayCase(32, 2, 8),
    ArrayCase(64, 4, 2),
    *(
        ArrayCase(neurons, 2, banks, inputs=2, steps=3, system=system)
        for system in SYSTEMS
        if system != "dense"
        for neurons, banks in ((8, 2), (9, 4))
    ),
)
"""What is compared: dense at half and full rate forward, with pads, an odd number of row groups, at every width, with
memories of several block RAMs; and all other built-in systems, whose sums the last bank makes alone."""
SIZES = ((64, 16), (128, 16), (144, 18), (192, 12))
"""Neurons and elements whose steps are predicted, with eight inputs."""


def _played(driver: WideDriver, commands: Sequence[Command]) -> list[Fields]:
    """The words of commands, with the two cycles that fetching a command takes, and pauses between iterations."""
    words: list[Fields] = []
    for command in commands:
        words += [{}, {}]
        length = len(driver.schedule.segments[command.segment].words)
        for index, (fields, imm) in enumerate(resolve(driver.schedule, command)):
            words += [{}] * (index % length == 0)
            words.append({**fields, IMM: imm})
    return words


def compare(
    case: ArrayCase, simulator: str = "verilator", technology: str = "behavioural", part_log2: int = 6
) -> dict[str, Any]:
    """Runs a case on both, from states of 2**-part_log2 of their words' range.

    Returns
    -------
    neurons, elements, ...: the case; simulator, technology; compared_words; mismatches: how many differ; wrong: in
    which arrays; forward_words, echo_words: control words of a step; cycles: of all that was played
    """
    program = case.design.program
    schedule = compile_wide(program, elements=case.elements, banks=case.banks)
    driver = WideDriver(schedule)
    g, source = driver.geometry, np.random.default_rng(case.seed)
    theta = {name: program.formats.theta.raw(v) for name, v in case.design.subject.initial(case.seed).items()}
    q, p = (
        source.integers(-limit, limit, case.neurons)
        for limit in (1 << (g.position_bits - part_log2), 1 << (g.momentum_bits - part_log2))
    )
    inputs = source.integers(-g.one, g.one, (case.steps, case.inputs))
    e, base = source.integers(-(1 << 12), 1 << 12, case.neurons), 8
    wanted = expected(program, theta, q, p, inputs, e, base)

    load = [*driver.load_table(), *driver.load_parameters(theta), *driver.load_state(q, p)]
    script: list[tuple[str, list[Command]]] = [
        ("", [*load, *driver.forward(inputs)]),
        ("forward", driver.read_state()),
        ("", [*driver.nudge(e), *driver.echo(inputs[::-1])]),
        ("echo", driver.read_state()),
        ("gradient", driver.read_gradients()),
        ("", driver.update(base)),
        ("updated", driver.read_parameters()),
        ("cleared", driver.read_gradients()),
        ("", [*driver.load_state(q, p), *driver.forward(inputs)]),
        ("again", driver.read_state()),
        ("flags", driver.read_flags()),
    ]
    words = _played(driver, [command for _, commands in script for command in commands])
    answers = Player(g, schedule.width, simulator, technology).play([*words, {}, {}])
    found = _found(driver, script, answers)

    assert found.keys() == wanted.keys()
    wrong = {name: int((found[name] != words).sum()) for name, words in wanted.items()}
    return {
        **asdict(replace(case, system=case.design.name)),
        "simulator": simulator,
        "technology": technology,
        "compared_words": sum(words.size for words in wanted.values()),
        "mismatches": sum(wrong.values()),
        "wrong": {name: count for name, count in wrong.items() if count},
        "forward_words": len(schedule.segments["forward"].words),
        "echo_words": len(schedule.segments["echo"].words),
        "cycles": len(words),
    }


def _found(driver: WideDriver, script: Sequence[tuple[str, list[Command]]], answers: Sequence[int]) -> dict[str, Words]:
    """What the ring has, by the names of `wide_ring.expected`."""
    found: dict[str, Words] = {}
    at = 0
    for name, commands in script:
        part, at = answers[at : at + driver.replies(commands)], at + driver.replies(commands)
        if name in ("forward", "echo", "again"):
            found[name] = np.concatenate(driver.state(part))
        elif name in ("gradient", "cleared"):
            found |= {f"{name} {parameter}": words for parameter, words in driver.gradients(part).items()}
        elif name == "updated":
            found |= {f"{name} {parameter}": words for parameter, words in driver.parameters(part).items()}
        elif name == "flags":
            found[name] = np.array(driver.flags(part))
    assert at == len(answers)
    return found


def rows_of(neurons: int, elements: int, inputs: int = 8) -> list[dict[str, Any]]:
    """Predicted steps of a dense network at each width; and whether memories are as deep."""
    program = Design("dense", neurons=neurons, inputs=inputs).program
    plan, rows = bind(program), list[dict[str, Any]]()
    for banks in (1, 2, 4):
        found = predicted(plan, program.formats, elements=elements, banks=banks)
        sizes = {"neurons": neurons, "elements": elements, "banks": banks, "inputs": inputs}
        depth = PARAMETER_WORDS if banks == 1 else GRADIENT_DEPTHS[-1]
        rows.append(sizes | asdict(found) | {"fits": found.parameter_words < depth})
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m testbench.wide_array", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file")
    parser.add_argument("--simulator", choices=tools.SIMULATORS, default="verilator", help="default: verilator")
    options = parser.parse_args(arguments)
    rows = []
    for case in CASES:
        rows.append(compare(case, options.simulator))
        print({name: value for name, value in rows[-1].items() if name != "seed"}, file=sys.stderr, flush=True)
    result = {
        "command": f"python -m testbench.wide_array -o {options.output}",
        "tool": tools.find(options.simulator).version,
        "rows": rows,
        "predicted": [row for size in SIZES for row in rows_of(*size)],
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(any(row["mismatches"] for row in rows))


if __name__ == "__main__":
    sys.exit(ended(main))
