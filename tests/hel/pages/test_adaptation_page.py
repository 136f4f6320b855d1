"""The tables of docs/adaptation.md are those of the committed results, and say what the intervals say."""

import json
from pathlib import Path

import pytest

from golden.studies import adaptation_channel, adaptation_watch
from golden.studies.intervals import interval
from hel.pages import adaptation_page as page

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / page.PAGE).read_text()
ROWS = [json.loads((ROOT / path).read_text())["rows"] for path in (page.CHANNEL, page.WATCH)]


def test_the_page_is_up_to_date():
    assert page.fill(TEXT, *ROWS) == TEXT, "run `python -m hel.pages.adaptation_page`"


def test_check_compares_and_writing_mends(tmp_path, monkeypatch):
    (tmp_path / "docs/results").mkdir(parents=True)
    for path in (page.CHANNEL, page.WATCH):
        (tmp_path / path).write_bytes((ROOT / path).read_bytes())
    (tmp_path / page.PAGE).write_text(TEXT.replace("| recordings | in turn |", "| |"))
    monkeypatch.chdir(tmp_path)
    assert page.main(["--check"]) == 1 and page.main([]) == 0 and page.main(["--check"]) == 0
    assert (tmp_path / page.PAGE).read_text() == TEXT


def curves(none, readout, whole):
    """Rows of two people and one seed, the same in every way."""
    ways = [f"{s}, {m}" for s in ("recordings", "halves") for m in ("in turn", "mixed")]
    rows = []
    for person, (a, b, c) in enumerate(zip(none, readout, whole, strict=True)):
        found = {f"{way}, {arm}": [[a, end]] for way in ways for arm, end in (("readout", b), ("whole", c))}
        told = {way: [each[0][-1]] for way, each in found.items()}
        rows.append({"case": {"stage": "report", "person": person, "seed": 0}, "curves": found, "as_met": told})
    return rows


@pytest.mark.parametrize(
    "whole, says",
    [
        ([0.80, 0.71], "whole against none +15.5 [9.1, 21.9]: a gain."),
        ([0.65, 0.40], "whole against none -7.5 [-102.8, 87.8]: no gain is shown, the interval includes 0."),
        ([0.45, 0.36], "whole against none -19.5 [-25.9, -13.1]: a loss."),
    ],
)
def test_what_an_interval_says(whole, says):
    table = page.watch(curves([0.65, 0.55], [0.65, 0.55], whole))
    assert f"- recordings, in turn, {says}" in table
    line = next(line for line in table.splitlines() if line.startswith("| recordings | in turn | whole |"))
    cell = {"a gain": "| 15.5 [9.1, 21.9] |", "a loss": ", a loss |", "no": ", no gain shown |"}
    word = next(word for word in cell if word in says)
    assert cell[word] in line
    assert "| whole | whole" not in table and "| none |" in table


def test_arms_that_a_kind_lacks_are_dashes():
    lines = [line for line in page.channel(ROWS[0]).splitlines() if line.startswith("| device |")]
    assert len(lines) == 6 and all(line.endswith("| - |") for line in lines)


def test_what_the_page_says_of_the_channel():
    for kind in adaptation_channel.KINDS:
        for period in adaptation_channel.PERIODS:
            whole = page.errors_of(ROWS[0], kind, period, "whole")
            for arm in ("offline", "ranging", "readout"):
                pairs = zip(page.errors_of(ROWS[0], kind, period, arm), whole, strict=True)
                assert interval([other - own for other, own in pairs])[1] > 0, (kind, period, arm)
    against_lms = {}
    for period in adaptation_channel.PERIODS:
        errors = (page.errors_of(ROWS[0], "channel", period, arm) for arm in ("lms", "whole"))
        against_lms[period] = interval([other - own for other, own in zip(*errors, strict=True)])
    assert all(against_lms[period][1] < 0 < against_lms[period][2] for period in adaptation_channel.PERIODS[:2])
    assert against_lms[adaptation_channel.PERIODS[2]][2] < 0


@pytest.mark.parametrize("manner", adaptation_watch.MANNERS)
def test_what_the_page_says_of_people(manner):
    other_arm = page.gains(page.people(ROWS[1], "recordings", manner))
    assert all(low < 0 < high for _, low, high in other_arm.values())
    halves = page.gains(page.people(ROWS[1], "halves", manner))
    assert halves["whole", "none"][1] > 0
    assert halves["readout", "none"][1] < 0 and halves["whole", "readout"][1] < 0
