"""A ring of wide elements in a simulator: compiled once a content, played with one file of control words.

The bench is Verilog alone (wide_bench.v), so that both simulators run it as it stands; no Python runs beside them.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from golden.computer import cache
from rtl.convert import convert
from rtl.element.wide.control import bank_widths, shared_widths
from rtl.element.wide.element import WideElement
from rtl.element.wide.ring import ELEMENT, WideRing
from rtl.hls.plan.control import Fields, encode
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.width import Width
from testbench import runner, tools
from testbench.wide_words import IMM

__all__ = ["Player"]

BENCH, TOP = Path(__file__).with_name("wide_bench.v"), "hel_wide_bench"
PROGRAM = "player"
CELLS = Path(__file__).with_name("cells")
"""Models of the device's cells, for elements made of them."""


class Player:
    """A compiled ring; `play` starts it anew each time, all registers and memories at zero."""

    def __init__(self, geometry: Geometry, width: Width, simulator: str, technology: str = "behavioural") -> None:
        self.geometry = geometry
        self.shared, self.banks = shared_widths(geometry, width), bank_widths(geometry, width)
        self.tool = tools.find(simulator)
        texts = [
            convert(WideElement(geometry, width, technology), ELEMENT, strip_internal_attrs=True),
            convert(WideRing(geometry, width), "hel_wide_ring", strip_internal_attrs=True),
        ]
        if technology == "ecp5":
            texts += [path.read_text(encoding="utf-8") for path in sorted(CELLS.glob("*.v"))]
        self.folder = self._built(texts)

    def play(self, words: Iterable[Fields]) -> list[int]:
        """The chain's words that were pushed, unsigned."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "words.hex").write_text("".join(f"{self._line(word):x}\n" for word in words), encoding="ascii")
            vvp = [self.tool.paths["vvp"], "-n"] if self.tool.simulator == "icarus" else []
            runner.call([*vvp, str(self.folder / PROGRAM)], folder, self.tool.env)
            *answers, end = (folder / "answers.hex").read_text(encoding="ascii").split()
        assert end == "end", "the bench was stopped"
        return [int(answer, 16) for answer in answers]

    def _line(self, word: Fields) -> int:
        fields = dict(word)
        imm = fields.pop(IMM, 0) & ((1 << self.geometry.chain_bits) - 1)
        banks = {name: fields.pop(name) for name in list(fields) if name in self.banks}
        own = sum(self.banks.values())
        # Fields that this element has no use for are given as 0.
        fields = {name: value for name, value in fields.items() if name in self.shared or value}
        return (imm << own | encode(banks, self.banks)) << sum(self.shared.values()) | encode(fields, self.shared)

    def _built(self, texts: list[str]) -> Path:
        """The folder with the compiled bench, from the cache where it is there."""
        bits = {"SHARED": sum(self.shared.values()), "BANK": sum(self.banks.values()), "WORD": self.geometry.chain_bits}
        bits["LINE"] = sum(bits.values())
        defines = [f"-D{name}={count}" for name, count in bits.items()]
        recipe = [self.tool.version, *defines, BENCH.read_text(encoding="utf-8"), *texts]
        digest = hashlib.sha256("\0".join(recipe).encode()).hexdigest()[:20]
        root = cache.folder()
        root.mkdir(parents=True, exist_ok=True)
        folder = root / f"wide-{self.tool.simulator}-{digest}"
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=root) as name:
                work = Path(name) / "work"
                work.mkdir()
                self._compile(work, texts, defines)
                if not folder.is_dir():
                    work.rename(folder)
        return folder

    def _compile(self, work: Path, texts: list[str], defines: list[str]) -> None:
        shutil.copy(BENCH, work / "bench.sv")
        if self.tool.simulator == "icarus":
            texts = [runner.awake_at_time_zero(text) for text in texts]
        names = [f"source{index}.v" for index in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (work / name).write_text(text, encoding="utf-8")
        if self.tool.simulator == "icarus":
            command = [self.tool.paths["iverilog"], "-g2012", "-o", PROGRAM, "-s", TOP]
            runner.call([*command, *defines, "bench.sv", *names], work, self.tool.env)
            return
        arguments = ["--exe", "--main", "--prefix", "Vtop", "-o", PROGRAM, "--top-module", TOP, *defines]
        arguments += [*runner.VERILATOR_FLAGS, "-CFLAGS", runner.CXX_FLAGS, "bench.sv", *names]
        runner.verilate(self.tool, work, arguments)
        runner.make_verilated(self.tool, work / "objects", optimise=runner.OPT_RECORDED)
        shutil.move(work / "objects" / PROGRAM, work / PROGRAM)
        shutil.rmtree(work / "objects")
