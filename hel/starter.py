"""STARTER: a ring of softly coupled oscillators, to change into a Hamiltonian of your own.

    what became of it                                hel systems STARTER.py
    its gradient, echo against backpropagation       hel gradcheck STARTER.py -n 8 -m 2
    its schedule, and its size before synthesis      hel rtl STARTER.py -n 8 -m 2 --explain
    its RTL in a simulator, bit for bit              hel verify STARTER.py -n 8 -m 2
    it learns handwritten digits                     hel train digits --system STARTER.py
    its bitstream for a board                        hel build STARTER.py -n 8 -m 2

What you may write, and what the errors mean: docs/your_own_hamiltonian.md of hel-fpga.
"""

import numpy as np

from hel import System


class Starter(System):
    """V = sum (k^2 + 1/2) q^2 / 2 + sum log cosh(c (q_i - q_{i+1})) - (B u) . q."""

    # The sizes are yours to choose on the command line: self.n positions q (-n), self.m inputs u (-m).
    # Every step of time, the inputs u change, and H(q, p) = |p|^2 / 2 + V(q, u; theta) drives positions and momenta.

    @property
    def parameters(self):
        """What is learnt: name -> shape. Each value is a number in [-2, 2)."""
        return {"k": (self.n,), "c": (self.n,), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        """V of one sample, one number: q has shape (n,), u (m,), theta["k"] what `parameters` says."""
        # A spring for each position holds it: without one, positions may run away and wrap round. Its stiffness is a
        # square and a constant, so that it stays positive whatever is learnt.
        springs = np.sum((theta["k"] ** 2 + 0.5) * q**2) / 2
        # log cosh is |x| with a round bottom: its force is tanh, which the array has as a table. A parameter inside it
        # has a gradient that is a product (x tanh(c x)), as the array wants; in front of it, it would have none.
        coupling = np.sum(np.log(np.cosh(theta["c"] * (q - np.roll(q, -1)))))
        # Inputs push the positions through a learnt matrix.
        drive = (theta["B"] @ u) @ q
        return springs + coupling - drive

    # Leave `initial` out for a random start: matrices normal with variance 1 / columns, all else uniform in [0.2, 1].
    def initial(self, seed):
        """The parameters before learning, by the seed alone."""
        random = np.random.default_rng(seed)
        return {
            "k": random.uniform(0.5, 1.0, self.n),
            "c": random.uniform(0.2, 1.0, self.n),
            "B": random.normal(0.0, 0.5, (self.n, self.m)).clip(-1.9, 1.9),
        }
