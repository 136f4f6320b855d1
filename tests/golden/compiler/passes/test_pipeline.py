import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.compiler.lower import lowered
from golden.compiler.passes import PASSES, pipeline, shown
from golden.program import Program
from golden.systems import get
from tests.golden.compiler.passes.cases import programs, same


@pytest.mark.parametrize("formats", [Formats(), Formats(10, 12, 4, 2), Formats(20, 22)], ids=str)
@pytest.mark.parametrize("name", PASSES)
def test_a_pass_keeps_every_output_bit(name, formats):
    for program in programs(formats):
        after = PASSES[name](program).verify()
        assert same(program, after, seed=1), program.name


def test_all_passes_together():
    for program in programs():
        after = pipeline(program)
        assert same(program, after, seed=2), program.name
        assert Program.parse(str(after)) == after and pipeline(after) == after


@pytest.mark.parametrize("name", ["dense", "hru", "linear"])
def test_the_first_systems_are_as_lowered(name):
    assert compile_system(get(name, n=8, m=2)) == lowered(get(name, n=8, m=2))


def test_shown_is_the_order():
    steps = list(shown(lowered(get("pendulum", n=3))))
    assert [name for name, _ in steps] == ["lowered", *PASSES]
    assert steps[-1][1] == compile_system(get("pendulum", n=3))


def test_origins_survive():
    program = compile_system(get("pendulum", n=3))
    assert any("np.cos(q[:-1] - q[1:])" in line for _, line in program.origins)
