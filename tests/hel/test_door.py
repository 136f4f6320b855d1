"""The public door: every name is there, typed, and loaded only when it is asked for."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hel

HEAVY = ("amaranth", "cocotb", "matplotlib", "sklearn", "scipy")
DOOR = Path(hel.__file__)


def imported(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has after `code`."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_importing_the_door_loads_nothing_of_weight():
    assert not imported("import hel") & {*HEAVY, "numpy", "rtl", "testbench", "bitstreams"}


@pytest.mark.parametrize(
    "names", ["System", "Formats, HelError, errors, systems, costs, tasks", "Problem, gradient", "Design", "train"]
)
def test_a_name_loads_no_more_than_it_needs(names):
    """A potential, its design and its gradients need NumPy alone."""
    assert not imported(f"from hel import {names}") & {*HEAVY}


def test_every_name_of_the_list_is_there_and_documented():
    for name in hel.__all__:
        found = getattr(hel, name)
        assert (found.__doc__ or "").strip(), name
        assert f"`{name}`" in hel.__doc__ or name == "HelError"
    assert set(hel.__all__) <= set(dir(hel))


def test_type_checkers_see_the_same_names():
    tree = ast.parse(DOOR.read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {alias.asname or alias.name: (node.module, alias.name) for node in block.body for alias in node.names}
    assert set(typed) == set(hel.__all__) == {*hel._HOME, *hel._ROOMS}
    for name, (module, member) in typed.items():
        assert (hel._HOME.get(name), hel._ROOMS.get(name)) in ((module, None), (None, f"{module}.{member}"))


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(AttributeError, match="hel has no 'Sytem'; it has Design, Formats, "):
        _ = hel.Sytem


def test_a_users_file_from_the_door_alone(tmp_path):
    """Potential, design, gradient by name: the first screen of a user's notebook."""
    file = tmp_path / "ring.py"
    file.write_text(
        "import numpy as np\n"
        "from hel import System\n\n"
        "class Ring(System):\n"
        "    @property\n"
        "    def parameters(self):\n"
        "        return {'k': (self.n,)}\n\n"
        "    def potential(self, q, u, theta):\n"
        "        return np.sum(theta['k'] * q**2) / 2 - u[0] * q[0]\n"
    )
    ring = hel.systems.get(f"{file}:Ring", n=4, m=1)
    assert isinstance(ring, hel.System)
    assert hel.Design(ring, elements=2).geometry.elements == 2
    assert hel.Design(f"{file}:Ring", neurons=4, inputs=1).program == hel.Design(ring).program
