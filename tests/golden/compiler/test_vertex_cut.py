"""The smallest cut, against every set of nodes of small random graphs."""

from itertools import combinations

import numpy as np
import pytest

from golden.compiler.vertex_cut import smallest_cut
from golden.language.graph import Node


def random_graph(seed):
    """Nodes in topological order, some of them sources, and the demands."""
    rng = np.random.default_rng(seed)
    nodes = []
    for _ in range(int(rng.integers(2, 9))):
        below = rng.permutation(len(nodes))[: int(rng.integers(0, 4))]
        op = "exp" if rng.random() < 0.4 else "mul"
        nodes.append(Node(op, tuple(nodes[at] for at in below), (2,), f"{len(nodes)}"))
    demands = [node for node in nodes if rng.random() < 0.4] or nodes[-1:]
    return nodes, demands


def separates(chosen, demands, sources):
    """Whether no demand is reached by a way from a source that goes round the chosen."""
    seen, stack = set(), [node for node in demands if node not in chosen]
    while stack:
        node = stack.pop()
        if node.op in sources:
            return False
        if node not in seen:
            seen.add(node)
            stack += [arg for arg in node.args if arg not in chosen]
    return True


def above(chosen, demands):
    """The nodes on the demands' side of a cut: what is left to be computed by products."""
    seen, stack = set(), [node for node in demands if node not in chosen]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack += [arg for arg in node.args if arg not in chosen]
    return seen


@pytest.mark.parametrize("seed", range(200))
def test_it_is_the_smallest_and_the_nearest(seed):
    nodes, demands = random_graph(seed)
    found = smallest_cut(nodes, demands, ["exp"])
    assert separates(found, demands, ["exp"])
    for size in range(len(nodes) + 1):
        equal = [each for each in map(set, combinations(nodes, size)) if separates(each, demands, ["exp"])]
        if equal:
            break
    assert len(found) == size
    assert set(found) in equal
    own = above(set(found), demands)
    assert all(own <= above(each, demands) for each in equal)


def test_demands_without_a_source_below_need_nothing():
    one = Node("mul", (), (2,), "a")
    assert smallest_cut([one], [one], ["exp"]) == []
    assert smallest_cut([], [], ["exp"]) == []


def test_a_long_chain_is_no_recursion():
    nodes = [Node("exp", (), (2,), "0")]
    for at in range(3000):
        nodes.append(Node("mul", (nodes[-1],), (2,), f"{at}"))
    assert smallest_cut(nodes, [nodes[-1]], ["exp"]) == [nodes[-1]]
