"""Step 4: names, alignments and formats."""

from golden.arithmetic.formats import Formats
from golden.compiler.operations import CutTo, DensityTerm, Plus, Rounded, Selected, Shifted, Times
from golden.compiler.program_builder import ProgramBuilder
from golden.program.ops import Rounding

OPERATIONS = (
    CutTo("q"),
    Times("d", 0),
    Shifted(1, -2),
    Plus(((1, 1), (-1, 2)), "F"),
    Rounded(3, Rounding.HALF_UP, 13),
)


def built(symmetric=()):
    selected = Selected(
        tuple((operation, f"line {i}" if i else "") for i, operation in enumerate(OPERATIONS)),
        kick=4,
        gradients=(("d", (DensityTerm("mul", 0, 0, -1, 1),)),),
        inputs=None,
    )
    return ProgramBuilder("made", Formats(), 3, 1, (("d", (3,)),), symmetric).build(selected).verify()


def test_names_say_what_is_read_and_shifts_follow_the_types():
    program = built()
    assert [str(op) for op in program.ops] == [
        "x = cut q SQ(5, 13)",
        "d_x = mul d x",
        "d_x_scaled = scale d_x -2",
        "F = sum + d_x << 2 - d_x_scaled",
        "K = round half_up F 18",
    ]
    assert program.kick == "K" and program.input_gradient == ""
    assert [str(gradient) for gradient in program.gradients] == ["gradient d = mul x x scale -2**-1"]


def test_lines_of_the_user_are_kept_where_there_is_one():
    assert dict(built().origins) == {"d_x": "line 1", "d_x_scaled": "line 2", "F": "line 3", "K": "line 4"}
