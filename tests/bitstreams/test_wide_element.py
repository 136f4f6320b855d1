"""The committed figures of the wide element are of today's Verilog; what is measured is not measured again."""

import json
from pathlib import Path

import pytest

from bitstreams import harness, wide_element
from bitstreams.wide_element import VARIANTS, main

COMMITTED = json.loads((Path(__file__).parents[2] / "docs/results/wide_element.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("index", [0, 1, 2], ids=lambda index: VARIANTS[index].name)
def test_the_figures_are_of_this_verilog(index: int) -> None:
    assert COMMITTED["rows"][index]["digest"] == VARIANTS[index].digest(COMMITTED["tools"])


def test_only_what_is_missing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with some rows: the others are measured, and no row is lost meanwhile."""
    counted, output = [], tmp_path / "out/wide.json"

    def measure(sources: list[Path], top: str, *, seed: int) -> harness.Measurement:
        counted.append(seed)
        lut = len(sources[0].read_text())
        return harness.Measurement(2e8, lut, 9, 8, 8, lut, 9, "a", "b", 5.0, 3.0, seed, "6", "heap", "y", "n")

    monkeypatch.setattr(harness, "measure", measure)
    monkeypatch.setattr(wide_element, "VARIANTS", (VARIANTS[0], VARIANTS[2]))
    assert main(["-o", str(output), "--seed", "1", "2"]) == 0 and counted == [1, 2] * 2
    first = json.loads(output.read_text())
    assert [row["name"] for row in first["rows"]] == ["chain", "today"]
    assert first["rows"][0]["lut_per_multiplier"] == round(first["rows"][0]["lut"] / 8, 1)
    first["rows"].pop(0)
    output.write_text(json.dumps(first))
    assert main(["-o", str(output), "--seed", "1", "2"]) == 0 and counted == [1, 2] * 3
    assert [row["name"] for row in json.loads(output.read_text())["rows"]] == ["chain", "today"]
