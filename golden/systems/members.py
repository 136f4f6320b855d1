"""Members of a user's system that look like physics, and that nothing would heed: they are refused by name.

A system is parameters, a potential, and what `golden.systems.base.System` lists; H = |p|^2 / 2 + V is what there is. A
name that stands here would be passed over in silence, and a gradient be that of another system.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from golden.errors import HelError
from golden.systems.base import System

__all__ = ["MEMBERS", "Member", "refuse_physics"]


@dataclass(frozen=True)
class Member:
    """What a member would say, and what to write in its place.

    Members
    -------
    means : what a reader takes it for
    write : the way out
    helper : whether it may stand where the class's own code reads it: a constant of the potential, say
    """

    means: str
    write: str
    helper: bool = False


_KINETIC = Member("a kinetic energy of its own", "give masses as mass, a property of one number or one a neuron")
_MASS = Member("masses", "write them as mass, a property of one number or one a neuron")
_ANGLES = Member("angles", "write angles = True, or the indices of those that are")
_WHOLE = Member("the whole energy", "leave it out, and write the potential alone")
_DRIVEN = Member("a force beside that of the potential", "write its potential: -(B @ u) @ q for a force B @ u")
_DERIVED = Member(
    "the force", "leave it out: it is the slope of the potential, system.force({'q': q, 'u': u, **theta})"
)
_FRICTION = Member(
    "friction",
    "leave it out, and give it to the rule: hel.gradient(problem, rule='dissipative', damping=...)",
    helper=True,
)
_NOISE = Member("noise", "leave it out: a motion is the same every time, or its echo could not return", helper=True)
_MOMENTUM = Member("the momentum", "leave it out: dq/dt = p, and the integrator keeps both", helper=True)
_BOUND = Member("a constraint", "write a stiff term of the potential, np.sum(k * (x @ x - 1)**2)", helper=True)
_GAUGE = Member("a force across the motion", "leave it out: a force is the slope of a potential of q", helper=True)

MEMBERS: Mapping[str, Member] = {
    **dict.fromkeys(("kinetic", "kinetic_energy"), _KINETIC),
    **dict.fromkeys(("masses", "mass_matrix", "inertia", "moment_of_inertia"), _MASS),
    **dict.fromkeys(("hamiltonian", "lagrangian", "total_energy"), _WHOLE),
    "force": _DERIVED,
    **dict.fromkeys(("forces", "external_force"), _DRIVEN),
    **dict.fromkeys(("friction", "damping", "dissipation", "drag", "viscosity"), _FRICTION),
    **dict.fromkeys(("temperature", "thermostat", "noise"), _NOISE),
    **dict.fromkeys(("momentum", "momenta", "velocity"), _MOMENTUM),
    **dict.fromkeys(("constraint", "constraints"), _BOUND),
    **dict.fromkeys(("angle", "angular", "periodic"), _ANGLES),
    **dict.fromkeys(("vector_potential", "magnetic_field"), _GAUGE),
}
"""By name. What becomes a member of `System` leaves this table."""


OWN = ("graph", "gradient", "slopes", "coordinates", "reduced", "check", "examined")
"""Members that are made of the others."""


def refuse_physics(system: System, who: str) -> None:
    """HelError at the first member of the table that a system has; `who` names its class.

    >>> class Damped(System):
    ...     parameters = {"k": (2,)}
    ...     damping = 0.1
    ...     def potential(self, q, u, theta):
    ...         return theta["k"] @ q**2
    >>> refuse_physics(Damped(2), "Damped")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: Damped.damping would be friction, and H = |p|^2 / 2 + V(q, u; theta) is what there is; ...
    """
    for name in OWN:
        if any(name in vars(cls) for cls in _own(type(system))):
            raise HelError(f"{who}.{name} is made by System from the potential, got another one; rename it")
    for name, member in MEMBERS.items():
        if _defined(system, name) and not (member.helper and _read(type(system), name)):
            raise HelError(
                f"{who}.{name} would be {member.means}, and H = |p|^2 / 2 + V(q, u; theta) is what there is;"
                f" {member.write}; rename it if it is for your own use"
            )


def _own(cls: type) -> Iterator[type]:
    """The classes below `System`."""
    return (each for each in cls.__mro__ if issubclass(each, System) and each is not System)


def _defined(system: System, name: str) -> bool:
    """By its classes, or in its constructor; what `System` makes of its own accord does not count."""
    return any(name in vars(cls) for cls in _own(type(system))) or (name in vars(system) and name not in vars(System))


def _read(cls: type, name: str) -> bool:
    """Whether a method other than the constructor reads it."""
    methods = [(key, _function(value)) for each in _own(cls) for key, value in vars(each).items()]
    return any(
        name in _names(f.__code__) for key, f in methods if inspect.isfunction(f) and key not in ("__init__", name)
    )


def _function(value: Any) -> Any:
    return value.fget if isinstance(value, property) else getattr(value, "func", value)


def _names(code: CodeType) -> set[str]:
    """All that a function's code asks for, with what is defined inside of it."""
    return set(code.co_names).union(*(_names(inner) for inner in code.co_consts if isinstance(inner, CodeType)))
