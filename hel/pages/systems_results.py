"""What the toolchain makes of every built-in system, measured and kept, for `hel.pages.systems_page`.

Each figure is the result of a `hel` command, kept with the command that gives it: gradients and co-simulations in
docs/results/systems.json, builds in bitstreams/results/systems/SYSTEM.json as `hel build --json` prints them.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golden import systems
from golden.arithmetic.formats import Formats
from golden.errors import HelError
from hel.__main__ import parsed
from hel.output import stdout_to_stderr, write_whole
from rtl.design import Design
from rtl.hls import Schedule
from rtl.verilog import array_verilog
from testbench.tools import SIMULATORS

__all__ = [
    "BUILDS",
    "BUILT",
    "CHECKS",
    "LARGE",
    "NAMES",
    "SEED",
    "SIMULATORS",
    "SMALL",
    "STEPS",
    "VERIFIED_STEPS",
    "Results",
    "Size",
    "build_command",
    "gradcheck_command",
    "schedule",
    "verify_command",
]

CHECKS = Path("docs/results/systems.json")
BUILDS = Path("bitstreams/results/systems")
NAMES = (*systems.SYSTEMS, "random-1", "random-3")
"""Every built-in system, and two potentials drawn at random: what the compiler was not written for."""
STEPS = (100, 1000)
"""Lengths of the sequences for the gradient."""
VERIFIED_STEPS = 16
LEFT_OUT = ("cycles_per_second", "cut_formats", "first_mismatch", "schedule", "trajectory", "made_by")
"""Not kept: a figure of the machine, what the compiler says at any time, words of one run, the version."""
BOARD, CLOCK_MHZ, SEED = "ulx3s_25f", 80, 1


@dataclass(frozen=True)
class Size:
    """Positions, elements, input channels."""

    neurons: int
    elements: int
    inputs: int


SMALL, LARGE, BUILT = Size(16, 4, 4), Size(64, 16, 8), Size(8, 2, 4)
"""Of what is measured; one more for what the compiler says; and of the builds, whose time grows with the array."""


def schedule(name: str, size: Size) -> Schedule:
    """The system on the array, in the formats of `hel verify`."""
    return Design(name, neurons=size.neurons, elements=size.elements, inputs=size.inputs).schedule


class Results:
    """The kept results below a folder, the root of a checkout.

    `checks` : system -> {"gradcheck": {T: result}, "verify": {simulator: result}}; `builds` : system -> report.
    """

    def __init__(self, root: Path = Path()) -> None:
        self.root = root

    @property
    def checks(self) -> dict[str, Any]:
        """Gradients and co-simulations, read anew every time: two runs may measure different systems at once."""
        file = self.root / CHECKS
        return dict(json.loads(file.read_text(encoding="utf-8"))["systems"]) if file.exists() else {}

    @property
    def builds(self) -> dict[str, dict[str, Any]]:
        """The reports there are, in the order of `NAMES`."""
        files = {name: self.root / BUILDS / f"{name}.json" for name in NAMES}
        return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.exists()}

    def gradcheck(self, name: str) -> str:
        """Echo against back-propagation at every T of `STEPS`; always anew, for it takes seconds. Returns a summary."""
        for steps in STEPS:
            self._keep(name, "gradcheck", str(steps), run(gradcheck_command(name, steps)))
        return "gradients compared"

    def verify(self, name: str, force: bool = False) -> str:
        """Co-simulation on both simulators, unless this Verilog with these control words has passed before."""
        digest = rtl_digest(schedule(name, SMALL))
        said = []
        for simulator in SIMULATORS:
            old = self.checks.get(name, {}).get("verify", {}).get(simulator, {})
            if not force and old.get("digest") == digest and not old.get("failed"):
                said.append(f"{simulator}: kept")
                continue
            result = run(verify_command(name, simulator))
            self._keep(name, "verify", simulator, {**result, "digest": digest})
            said.append(f"{simulator}: {result['mismatches']} mismatches in {result['compared_words']} words")
            if result["failed"]:
                raise HelError(f"RTL and golden must agree, {name} differs; run `{verify_command(name, simulator)}`")
        return ", ".join(said)

    def build(self, name: str, force: bool = False) -> str:
        """Bitstream and report, unless there is a report of this very job."""
        from bitstreams.learning import build_job

        job = build_job(schedule(name, BUILT), board=BOARD, seed=SEED, clock_hz=CLOCK_MHZ * 1e6)
        if not force and self.builds.get(name, {}).get("digest") == job.digest():
            return "kept"
        report = run(build_command(name))
        report.pop("schedule", None)  # the compiler says it at any time
        file = self.root / BUILDS / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole({file: json.dumps(report, indent=1) + "\n"})
        return f"LUT {report['lut']}, predicted {report['predicted']['lut']}; {report['fmax_hz'] / 1e6:.0f} MHz"

    def _keep(self, name: str, kind: str, key: str, result: Mapping[str, Any]) -> None:
        checks = self.checks
        said = {member: value for member, value in result.items() if member not in LEFT_OUT}
        checks.setdefault(name, {}).setdefault(kind, {})[key] = said
        kept = {each: checks[each] for each in NAMES if each in checks}
        document = {"command": "python -m hel.pages.systems_page", "systems": kept}
        file = self.root / CHECKS
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole({file: json.dumps(document, indent=1) + "\n"})


def gradcheck_command(name: str, steps: int) -> str:
    """The `hel` command of one comparison of gradients."""
    return f"hel gradcheck {name} --neurons {SMALL.neurons} --inputs {SMALL.inputs} --steps {steps} --seed {SEED}"


def verify_command(name: str, simulator: str) -> str:
    """The `hel` command of one co-simulation."""
    return f"hel verify {name} --simulator {simulator} {_size(SMALL)} --steps {VERIFIED_STEPS} --seed {SEED}"


def build_command(name: str) -> str:
    """The `hel` command of one build, in the formats of the others."""
    return (
        f"hel build {name} --board {BOARD} {_size(BUILT)} --step 2^-{Formats().log2_inverse_step}"
        f" --clock {CLOCK_MHZ} --seed {SEED} --output build/systems"
    )


def _size(size: Size) -> str:
    return f"--neurons {size.neurons} --elements {size.elements} --inputs {size.inputs}"


def run(command: str) -> dict[str, Any]:
    """What `command --json` prints, with the command; a build's report names its own."""
    _, name, *words = shlex.split(command)
    module = importlib.import_module(f"hel.commands.{name}")
    with stdout_to_stderr():
        result = module.run(parsed(name, module, words))
    return {"command": command, **result}


def rtl_digest(scheduled: Schedule) -> str:
    """SHA-256 of the Verilog that is simulated and of the control words that it runs."""
    words = "".join(f"{word:x}\n" for word in scheduled.words)
    return hashlib.sha256((array_verilog(scheduled.geometry, debug_bus=True) + words).encode()).hexdigest()
