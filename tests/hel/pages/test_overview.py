"""The picture of the README tells what the committed build and the demo's training say."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hel.pages import overview

ROOT = Path(__file__).parents[3]
PICTURE = ROOT / overview.PICTURE


def test_the_picture_has_the_figures_of_the_committed_build():
    build = json.loads((ROOT / overview.BUILD).read_text())
    text = PICTURE.read_text()
    ElementTree.fromstring(text)
    assert f"{build['fmax_hz'] / 1e6:.0f} MHz, {build['lut']} LUTs, {build['dsp']} multipliers" in text
    assert all(head in text for head in overview.HEADS) and PICTURE.stat().st_size < 300_000


def test_the_program_is_told_without_widths():
    from rtl.design import Design

    lines = overview.told(str(Design("dense", neurons=8, inputs=2).program))
    assert "s = table tanh zt" in lines and not any("parameter" in line or " : " in line for line in lines)


@pytest.mark.slow
def test_the_picture_is_what_its_command_draws(tmp_path):
    assert overview.main([str(tmp_path / "a.svg")]) == 0
    assert (tmp_path / "a.svg").read_text() == PICTURE.read_text()
