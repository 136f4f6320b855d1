"""How a module that is run as a command ends."""

import pytest

from golden.errors import HelError, abridged, ended


def _raising(error):
    def main():
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (HelError("x must be 1, got 2; use 1"), 2, "error: x must be 1, got 2; use 1"),
        (ModuleNotFoundError("No module named jax", name="jax"), 2, "error: jax is not installed; pip install it, or"),
        (IsADirectoryError(21, "Is a directory", "out"), 2, "error: [Errno 21] Is a directory: 'out'"),
        (KeyboardInterrupt(), 130, "error: interrupted"),
    ],
)
def test_one_line_and_a_code(error, code, said, capsys):
    assert ended(_raising(error)) == code
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith(said) and captured.err.count("\n") == 1


def test_a_defect_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        ended(_raising(ZeroDivisionError()))


def test_abridged_keeps_both_ends():
    assert abridged("a" * 30 + "b" * 40) == "a" * 28 + "..." + "b" * 28
