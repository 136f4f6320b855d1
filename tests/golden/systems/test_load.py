"""A user's system comes from a file, and what is wrong with the file is said with its line."""

import errno
import os
import textwrap

import numpy as np
import pytest

from golden.checks.gradcheck import gradcheck
from golden.errors import HelError
from golden.systems import get, load

HEAD = "import numpy as np\nfrom golden.systems import System\n"
GOOD = (
    HEAD
    + """
class Pendulums(System):
    \"\"\"V = -sum g_i cos(q_i) - u_0 sum q.\"\"\"
    @property
    def parameters(self):
        return {"g": (self.n,)}

    def potential(self, q, u, theta):
        return -np.sum(theta["g"] * np.cos(q)) - u[0] * np.sum(q)
"""
)


def body(potential, parameters="{'k': (self.n,)}", more=""):
    """A file with one system S; its potential stands on line 8."""
    return (
        HEAD
        + textwrap.dedent(f"""\
        class S(System):
            @property
            def parameters(self):
                return {parameters}
            def potential(self, q, u, theta):
                {potential}
        """)
        + textwrap.indent(textwrap.dedent(more), "    ")
    )


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_a_system_of_a_file_is_a_system(file):
    name = file(GOOD) + ":Pendulums"
    system = get(name, n=3, m=2)
    assert (system.n, system.m, system.name) == (3, 2, "pendulums")
    q = np.array([0.1, 0.2, 0.3])
    force = system.force({"q": q, "u": np.zeros(2), "g": np.ones(3)})["q"]
    np.testing.assert_allclose(force, np.sin(q))


def test_the_rules_take_it_by_its_name(file):
    name = file(body("return np.sum(theta['k'] * q**2) / 2 - u[0] * q[0]"))
    assert gradcheck(name, steps=20, neurons=3)["cosine_fixed"] > 0.999


def test_the_only_system_of_a_file_needs_no_name(file):
    assert get(file(GOOD), n=2).name == "pendulums"


def test_neighbours_can_be_imported(file):
    file("import numpy as np\ndef spring(k, q):\n    return np.sum(k * q**2) / 2\n", "springlib.py")
    text = HEAD + "from springlib import spring\n" + body("return spring(theta['k'], q)").removeprefix(HEAD)
    assert get(file(text) + ":S", n=2).gradient.outputs["q"].shape == (2,)


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(file):
    name = file(HEAD + "import itertools\ncount = itertools.count()\n" + body("return np.sum(q)").removeprefix(HEAD))
    first = load.find(name)
    assert load.find(name) is first
    file(body("return np.sum(theta['k'] * q**2)  # another"))
    assert load.find(name) is not first
    assert "k" in get(name, n=2).gradient.outputs


def test_absolute_names(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load.absolute("dense") == "dense"
    assert load.absolute("a/b.py:C") == f"{tmp_path}/a/b.py:C"
    assert load.absolute("b.py") == f"{tmp_path}/b.py"


NAMES = [
    ("{folder}/mina.py:S", "is not there; did you mean {folder}/mine.py?"),
    ("{folder}/none/such.py:S", "a system's file must exist, {folder}/none/such.py is not there; check the path"),
    ("{folder}/mine.txt:S", "a system of one's own is path/to/file.py:Class, got '{folder}/mine.txt:S'"),
    ("{folder}:S", "a system of one's own is path/to/file.py:Class"),
    ("{folder}/mine.py:Pendulum", "defines no 'Pendulum'; its systems: Pendulums; did you mean {folder}/mine.py:Pend"),
    ("{folder}/mine.py:np", "a system is a class derived from golden.systems.System, {folder}/mine.py:np is a module"),
    ("{folder}/mine.py:System", "mine.py:System is a class that is not; write `class System(System):`"),
    ("{folder}/folder.py:S", "{folder}/folder.py is a folder, not a file"),
]


@pytest.mark.parametrize(("name", "message"), NAMES)
def test_names_that_mean_nothing(file, tmp_path, name, message):
    file(GOOD)
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(HelError) as error:
        get(name.format(folder=tmp_path), n=2)
    assert message.format(folder=tmp_path) in str(error.value)


WORKS = "return np.sum(theta['k'] @ q)"


def initial(value):
    """A file whose initial parameters are that."""
    return body(WORKS, more=f"def initial(self, seed):\n    return {{'k': {value}}}\n")


TWO = GOOD + "class Other(Pendulums):\n    pass\n"
FILES = [
    ("", "a file with exactly one system needs no class name, {file} defines none"),
    (TWO, "{file} defines Pendulums, Other; write {file}:Pendulums"),
    ("class S(:\n", "mine.py:1: `class S(:`: this is not Python: invalid syntax"),
    (HEAD + "import nothing_of_that_name\n", "mine.py:3: `import nothing_of_that_name`: the file raised Module"),
    (HEAD + "x = 1 / 0\n", "mine.py:3: `x = 1 / 0`: the file raised ZeroDivisionError: division by zero; correct it"),
    (HEAD + "raise SystemExit(3)\n", "mine.py:3: `raise SystemExit(3)`: the file raised SystemExit: 3"),
    (HEAD + "class S(System):\n    pass\n", "mine.py: class S must define parameters, potential, and does not"),
    (body("return np.sum(theta['K'] * q)"), "mine.py:8: `theta['K']`: theta has no parameter 'K'"),
    (body("return np.sum(k * q)"), "mine.py:8: `return np.sum(k * q)`: S.potential raised NameError: name 'k' is not"),
    (body("return np.sum(np.cbrt(q))"), "mine.py:8: `np.cbrt(q)`: np.cbrt is not available"),
    (
        body("return theta['k'] * q"),
        "mine.py:8: `theta['k'] * q`: the potential must be one number, got shape (2,); wrap it in np.sum",
    ),
    (body("theta['k'] * q"), "mine.py: S.potential: the potential must be one number, got NoneType"),
    (body("return np.sum(q)", "['k']"), "S.parameters must map names to shapes such as {{'k': (self.n,)}}, got ['k']"),
    (body("return np.sum(q)", "{'k': self.n}"), "S.parameters must map names to shapes"),
    (body("return np.sum(q)", "{'my k': (self.n,)}"), "a name is a Python name, a shape is a tuple"),
    (body("return np.sum(q)").replace(", theta)", ", theta, p)"), "it is called as potential(q, u, theta)"),
    (body("v = 2 * q; v += q[0]; return np.sum(v)"), "mine.py:8: `v += q[0]`: assignment"),
    (body("return np.sum(q)", "{'k': (self.N,)}"), "raised AttributeError: 'S' object has no attribute 'N'"),
    (body("return np.sum(q)").replace("    @property\n", ""), "S.parameters must be a property, got a method"),
    (body("return np.random.normal() * np.sum(q)"), "must be a function of q, u and theta alone"),
    (
        body("return np.sum(theta['k'] * q)", more="def __init__(self, n):\n    super().__init__(n)\n"),
        "mine.py: S(2, 1) raised TypeError: S.__init__() takes 2 positional arguments but 3 were given",
    ),
    (
        body("return np.sum(theta['k'] * q)", more="def __init__(self, n, m):\n    pass\n"),
        "S.__init__ must call super().__init__(n, m), and does not",
    ),
    (
        body("return np.sum(theta['k'] * q)", more="def __init__(self, n, m):\n    super().__init__(7, m)\n"),
        "S(n, m) must keep n and m, got n = 7, m = 1 for (2, 1)",
    ),
    (
        body("return np.sum(theta['k'] * q)", more="def initial(self, seed):\n    return {'k': 3 * np.ones(self.n)}\n"),
        "S.initial: parameters lie in [-2, 2), k has 3; scale it",
    ),
    (
        body("return np.sum(theta['k'] * q)", more="def initial(self, seed):\n    return {'k': np.ones(5)}\n"),
        "parameter k of s has shape (2,), after any batch axes; got (5,)",
    ),
    (
        body("return np.sum(theta['k'] * q)", more="def initial(self, seed):\n    return {}['k']\n"),
        "mine.py:10: `return {{}}['k']`: S.initial raised KeyError: 'k'",
    ),
    ("\0", "mine.py: this is not Python: source code string cannot contain null bytes; name a text file"),
    (
        initial("np.random.default_rng().uniform(0.2, 1.0, 2)"),
        "S.initial must be a function of its seed, two calls with the seed 0 gave two k; draw from np.random",
    ),
    (initial("np.full(2, 1 + 1j)"), "parameter k of s must be an array of numbers, got array([1.+1.j, 1.+1.j])"),
    (
        body(WORKS, "{'k': (2, 2)}", "symmetric = ('k',)\ndef initial(self, seed):\n    return {'k': np.tri(2)}\n"),
        "S.initial: k is a symmetric matrix, its elements differ from those of its transpose; give it as (W + W.T)",
    ),
    (
        body(WORKS, more="symmetric = True"),
        "mine.py: S.symmetric must be a tuple of names of parameters, got True; wri",
    ),
    (
        body(WORKS, more="symmetric = 'k'"),
        "mine.py: S.symmetric must be a tuple of names of parameters, got 'k'; write",
    ),
    (body(WORKS, "{'k': (2, 3, 4)}"), "at most two axes, k has (2, 3, 4); declare it (24,) and write theta["),
    (body(WORKS, more="mass = -1"), "mine.py: S.mass must be positive, got -1; give positive numbers"),
    (body(WORKS, more="angles = [99]"), "mine.py: S.angles must be neurons, got [99]; write True for all"),
    (
        body(WORKS, more="def initial(self, seed):\n        return {}"),
        "mine.py: S.initial: s has the parameters k; got none",
    ),
    (
        body(WORKS, more="symmetric = ('V',)"),
        "mine.py: S.potential: symmetric names parameters, got 'V'; choose among k",
    ),
    (body(WORKS, "{'k': (3, 2)}", "symmetric = ('k',)"), "a symmetric parameter is a square matrix, k is (3, 2); make"),
    (body("theta['k'] = 2 * theta['k']; return np.sum(q)"), "mine.py:8: `theta['k']`: theta is read, never changed"),
    (body("theta.update(k=q); return np.sum(q)"), "mine.py:8: `theta.update`: theta is read, never changed: its names"),
    (body("theta |= {'k': q}; return np.sum(q)"), "theta is read, never changed: its names with [], get, keys, values"),
    (body("return np.sum(q * 2**70)"), "mine.py:8: `q * 2**70`: a whole number beyond 64 bits is a Python object to N"),
]


@pytest.mark.parametrize(("text", "message"), FILES)
def test_files_with_something_wrong(file, text, message):
    name = file(text)
    with pytest.raises(HelError) as error:
        get(name, n=2)
    assert message.format(file=name) in str(error.value)
    assert "Traceback" not in str(error.value) and "None" not in str(error.value).replace("NoneType", "")


def test_a_file_that_cannot_be_read(file, monkeypatch):
    name = file(GOOD)

    def denied(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    # Not by its mode: root may read everything.
    monkeypatch.setattr("importlib.machinery.SourceFileLoader.get_data", denied)
    with pytest.raises(HelError, match="Permission denied"):
        get(name, n=2)
