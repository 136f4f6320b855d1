"""What looks like physics and is not heeded is refused by its name; what is a name of one's own is not."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.systems import SYSTEMS, System, get
from golden.systems.load import examined
from golden.systems.members import MEMBERS, refuse_physics


def made(**members):
    """A system with more members."""

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * q**2) / 2

    return type(
        "Mine", (System,), {"parameters": property(lambda self: {"k": (self.n,)}), "potential": potential} | members
    )


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("kind", ["method", "property", "number", "in the constructor"])
def test_every_kind_of_member_is_found(name, kind):
    function = lambda self, *_: 1.0  # noqa: E731

    def constructor(self, n, m=1):
        System.__init__(self, n, m)
        self.__dict__[name] = 1.0

    member = {
        "method": {name: function},
        "property": {name: property(function)},
        "number": {name: 1.0},
        "in the constructor": {"__init__": constructor},
    }[kind]
    if name in vars(System) and kind == "in the constructor":
        return  # what System keeps under this name
    with pytest.raises(HelError, match=rf"^\w+.*Mine.{name} would be .*H = \|p\|\^2 / 2 \+ V.*; rename it") as error:
        examined(made(**member)(3))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", [name for name, member in MEMBERS.items() if member.helper])
def test_a_constant_that_the_potential_reads_is_its_own(name):
    code = f"def potential(self, q, u, theta):\n    return self.{name} * sum(k * x**2 for k, x in zip(theta['k'], q))"
    space = {}
    exec(code, space)
    system = made(**{name: 0.5, "potential": space["potential"]})(3)
    assert examined(system) is system


def test_a_mass_is_never_passed_over():
    heavy = made(mass=np.array([1.0, 4.0, 16.0]))(3)
    assert examined(heavy).coordinates.leaf.tolist() == [1.0, 0.5, 0.25]
    with pytest.raises(HelError, match="Mine.masses would be masses, .*; write them as mass"):
        examined(made(masses=np.ones(3))(3))


@pytest.mark.parametrize("name", [*SYSTEMS, "random-1"])
def test_no_built_in_system_is_meant(name):
    system = get(name, n=4)
    assert system.force and system.slopes  # kept in the object once they are made
    refuse_physics(system, name)


def test_a_subclass_has_what_its_parent_has():
    class Child(made(friction=0.1)):
        pass

    with pytest.raises(HelError, match="Child.friction would be friction"):
        examined(Child(3))


@pytest.mark.parametrize("name", ["gradient", "slopes", "graph", "coordinates", "reduced", "check"])
def test_what_system_makes_is_not_made_again(name):
    with pytest.raises(HelError, match=f"Mine.{name} is made by System from the potential, got another one; rename"):
        examined(made(**{name: 3})(3))


@pytest.mark.parametrize("name", ["angle", "periodic", "moment_of_inertia"])
def test_near_misses_are_told(name):
    with pytest.raises(HelError, match=f"Mine.{name} would be (angles|masses), .*; write (angles = True|them as mass)"):
        examined(made(**{name: 2.0})(3))


def test_a_mass_is_fixed():
    def drawn(self):
        return np.random.default_rng().uniform(1, 2)

    with pytest.raises(HelError, match="Mine.mass must be fixed, it gave two values"):
        examined(made(mass=property(drawn))(3))


@pytest.mark.parametrize("function", [np.log, np.sqrt, lambda q: q**1.5])
def test_a_potential_is_finite_at_usual_positions(function):
    def potential(self, q, u, theta):
        return np.sum(theta["k"] * function(q))

    with pytest.raises(HelError, match=r"test_members.py:\d+: `.*`: (log|sqrt|power) has no finite value at .*np.clip"):
        examined(made(potential=potential)(3))
