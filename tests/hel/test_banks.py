"""--banks on the command line: what it makes, and what cannot be, in one line each."""

import json

import pytest

from bitstreams.estimate import counted, estimate
from golden.errors import HelError
from rtl.design import Design
from tests.hel.commands import answer, hel

WIDE = ("dense", "-n", 8, "-m", 2, "-p", 2, "--banks", 4)


def test_rtl_writes_and_explains_the_wide_array(capfd, tmp_path):
    found = answer(capfd, "rtl", *WIDE, "--module", "wide", "-o", tmp_path / "wide.v", "--explain")
    assert (found["elements"], found["banks"], found["geometry"]["banks"]) == (2, 4, 4)
    text = (tmp_path / "wide.v").read_text()
    assert "module wide(" in text and "wide_element.bank3" in text and "hel_" not in text
    assert found["busy"] == {name: found["explain"][name]["busy"] for name in ("forward", "echo")}
    assert found["predicted"]["dsp"] == 16 and "lut" not in found["predicted"]
    assert set(found["segments"]) >= {"load_weight3", "read_gradient_low0"}
    # And the page of a report takes it.
    (tmp_path / "run.json").write_text(json.dumps(found))
    assert hel(capfd, "report", tmp_path / "run.json", "-o", tmp_path / "page.html")[0] == 0
    page = (tmp_path / "page.html").read_text()
    assert "B = 4" in page and "W.T @ s" in page


def test_the_text_says_what_is_not_predicted(capfd):
    code, out, _ = hel(capfd, "rtl", *WIDE, "--explain")
    assert code == 0 and "DSP 16" in out and "LUT and FF of elements with several banks: docs/wide.md" in out


REFUSED = [
    (("rtl", "dense", "-n", 8, "--banks", 3, "--explain"), "'3' is no number of banks; choose from 1, 2, 4, 8"),
    (("rtl", "springs", "-n", 8, "-p", 2, "--banks", 2, "--explain"), "constant C of springs; use B = 1"),
    (("rtl", "dense", "-n", 66, "-p", 4, "--banks", 8, "--explain"), "at most 16 neurons, got N / P = 24; use P >= 6"),
    (("rtl", *WIDE, "--resident", "some.json"), "one bank, got --banks 4; drop one of them"),
    (("rtl", "dense", "-n", 8, "-p", "auto", "--banks", 2, "--explain"), "got B = 2; say how many there are"),
    (("build", *WIDE), "a build places elements with one bank so far, got B = 4; use B = 1"),
    (("verify", "dense", "-n", 8, "--banks", 0), "'0' is no number of banks"),
    (("train", "digits", "--arithmetic", "rtl", "--banks", "four"), "'four' is no number of banks"),
]


@pytest.mark.parametrize(("argv", "message"), REFUSED, ids=lambda value: value[0] if isinstance(value, tuple) else None)
def test_what_cannot_be_is_one_line(capfd, argv, message):
    code, out, err = hel(capfd, *argv)
    assert (code, out) == (2, "") and message in err and err.count("\n") == 1


def test_what_can_be_counted_is_counted_at_every_width():
    one, four = (Design("dense", neurons=16, inputs=2, elements=2, banks=banks).geometry for banks in (1, 4))
    assert counted(one) == {"dsp": estimate(one).dsp, "bram": estimate(one).bram}
    assert counted(four)["dsp"] == 16 and counted(four)["bram"] - counted(one)["bram"] >= 11
    with pytest.raises(HelError, match="sizes are predicted of elements with one bank, got B = 4; use B = 1"):
        estimate(four)
