"""The committed figures of the ring on tiles are of today's Verilog and tiles; what is measured is kept."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from bitstreams import ecp5, harness, tiles, wide_ring
from bitstreams.wide_ring import ELEMENTS, WIDTH, digest, main
from rtl.element.wide.ring import ELEMENT

COMMITTED = json.loads((Path(__file__).parents[2] / "docs/results/wide_placed.json").read_text(encoding="utf-8"))


def test_the_figures_are_of_this_verilog() -> None:
    assert COMMITTED["digest"] == digest(COMMITTED["tools"])
    assert all(run["dsp"] == 2 * WIDTH.banks * ELEMENTS for run in COMMITTED["runs"])


def test_only_what_is_missing_is_placed_and_on_tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[int] = []

    def synthesise(sources: list[Path], top: str, folder: Path, *, keep: list[str]) -> Path:
        assert all(source.is_file() for source in sources) and keep == [ELEMENT]
        cell = {"type": "MULT18X18D", "attributes": {}}
        ring = {f"dut.element{k}": {"type": ELEMENT, "attributes": {}} for k in range(ELEMENTS)}
        modules = {ELEMENT: {"cells": {"bank0.multiplier0.dsp": cell}}, top: {"cells": ring}}
        (folder / "netlist.json").write_text(json.dumps({"modules": modules}))
        return folder / "netlist.json"

    def place_and_route(netlist: Path, device: ecp5.Device, *, seed: int, target_hz: float) -> ecp5.Placed:
        modules = json.loads(netlist.read_text())["modules"]
        for index, blocks in enumerate(tiles.tiles(ELEMENTS, WIDTH.banks, device.size)):
            bel = modules[f"{ELEMENT}{index}"]["cells"]["bank0.multiplier0.dsp"]["attributes"]["BEL"]
            assert bel == blocks["bank0.multiplier0.dsp"]
        placed.append(seed)
        used: dict[str, Any] = defaultdict(int)
        return ecp5.Placed(2e8, {}, used, used, "a", "b", 5.0, 3.0)

    monkeypatch.setattr(harness, "synthesise", synthesise)
    monkeypatch.setattr(ecp5, "place_and_route", place_and_route)
    monkeypatch.setattr(wide_ring.tools, "version", lambda name: f"{name} 1")
    output = tmp_path / "out/ring.json"
    assert main(["-o", str(output), "--seed", "1"]) == 0 and placed == [1]
    assert main(["-o", str(output), "--seed", "1", "2"]) == 0 and placed == [1, 2]
    assert [run["seed"] for run in json.loads(output.read_text())["runs"]] == [1, 2]
    old = json.loads(output.read_text()) | {"digest": "of other Verilog"}
    output.write_text(json.dumps(old))
    assert main(["-o", str(output), "--seed", "1"]) == 0 and placed == [1, 2, 1]
