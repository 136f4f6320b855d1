"""Systems from a function, for the tests of single steps."""

from golden.systems import System


def system(parameters, potential, n=3, m=3):
    class Made(System):
        pass

    Made.parameters = property(lambda self: parameters)
    Made.potential = lambda self, q, u, theta: potential(q, u, theta)
    Made.__abstractmethods__ = frozenset()
    return Made(n, m)
