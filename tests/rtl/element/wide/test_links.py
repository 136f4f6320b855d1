"""W^T s through the banks, in integers: which columns a chain's sums meet, and why banks cannot change at every hop."""

import numpy as np
import pytest

SEED = 31
RINGS = [(2, 4, 4), (2, 4, 8), (3, 4, 8), (4, 2, 6), (18, 4, 8), (5, 2, 6), (4, 8, 16)]
by_ring = pytest.mark.parametrize(("elements", "banks", "fold"), RINGS)


def drawn(elements: int, banks: int, fold: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W, s, and W where it lies: element, bank, rows of the bank, column block, step."""
    source = np.random.default_rng(SEED)
    n = elements * fold
    w, s = source.integers(-99, 99, (n, n)), source.integers(-99, 99, n)
    k, b, j, g, t = np.ix_(*(range(size) for size in (elements, banks, fold // banks, fold, elements)))
    return w, s, w[k + elements * (b + banks * j), g * elements + (k - t) % elements]


@by_ring
def test_a_chain_through_all_banks_is_the_transposed_product(elements: int, banks: int, fold: int) -> None:
    """Bank b is b cycles behind; one sequence of addresses serves all banks, and all slots follow each other."""
    w, s, there = drawn(elements, banks, fold)
    found = np.zeros_like(s)
    laps = [(j, hop, i) for j in range(fold // banks) for hop in range(elements) for i in range(banks)]
    for group in range(fold // banks):
        acc = np.zeros((elements, banks), np.int64)
        for cycle in range(len(laps) + 2 * banks):
            before = acc.copy()
            for b in range(banks):
                slot = cycle - b - banks  # the first B slots start the sums
                comes = before[:, b - 1] if b else np.roll(before[:, -1], 1)
                if slot < 0:
                    acc[:, b] = 0 if b == 0 else comes
                elif slot < len(laps):
                    j, hop, i = laps[slot]
                    rows = np.arange(elements) + elements * (b + banks * j)
                    weights = there[:, b, j, group * banks + i, (hop + 1) % elements]
                    acc[:, b] = comes + weights * s[rows]
            last = cycle - (banks - 1) - banks
            if len(laps) - banks <= last < len(laps):
                block = group * banks + laps[last][2]
                found[block * elements : (block + 1) * elements] = acc[:, -1]
    assert (found == w.T @ s).all()


@by_ring
def test_parts_in_rings_of_their_own_add_up_to_it(elements: int, banks: int, fold: int) -> None:
    """P F / B hops; from the second step on, and step 0 last, a sum ends at home."""
    w, s, there = drawn(elements, banks, fold)
    for block in range(fold):
        acc = np.zeros((elements, banks), np.int64)
        for j in range(fold // banks):
            rows = np.arange(elements)[:, None] + elements * (np.arange(banks) + banks * j)
            for hop in range(elements):
                acc = np.roll(acc, 1, axis=0) + there[:, :, j, block, (hop + 1) % elements] * s[rows]
        columns = slice(block * elements, (block + 1) * elements)
        assert (acc.sum(axis=1) == (w.T @ s)[columns]).all()


def test_a_change_of_bank_at_every_hop_meets_all_banks_of_few_rings_only() -> None:
    """A sum that goes to the next bank of the next element comes to (k + n) mod P, (b + n) mod B."""

    def met(elements: int, banks: int) -> int:
        return len({(n % elements, n % banks) for n in range(elements * banks)})

    assert met(3, 4) == 12 and met(9, 4) == 36
    assert met(2, 4) == 4 and met(18, 4) == 36 and met(16, 4) == 16
