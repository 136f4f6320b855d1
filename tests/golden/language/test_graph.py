"""The graph's order and its text."""

import numpy as np
import pytest

from golden.language.graph import topological
from golden.language.trace import trace_function


def traced(function):
    return trace_function(function, "mine", {"q": (4,)})


def test_operands_come_before_users_and_each_node_once():
    nodes = traced(lambda q: np.sum(np.tanh(q) ** 2) + np.sum(np.tanh(q))).nodes
    assert len(set(nodes)) == len(nodes)
    for i, node in enumerate(nodes):
        assert set(node.args) <= set(nodes[:i])
    assert topological([nodes[-1], nodes[0]]) == nodes


def test_deep_graphs_are_walked_without_recursion():
    graph = traced(lambda q: sum((np.sum(np.cos((k + 1) * q)) for k in range(3000)), 0.0))
    assert len(graph.nodes) > 9000


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (lambda q: np.sum(np.tanh(q[1:3])), "%1 = slice %0 [1:3]  : (2)"),
        (lambda q: q @ np.array([1, 2, 3, 4]), "%1 = const [1.,2.,3.,4.]  : (4)"),
        (lambda q: 0.1 * q[0], "by 0.1  : ()"),
        (lambda q: q[0] / 3, "by 0.3333333333333333  : ()"),
        (lambda q: 2.5, "%0 = const 2.5  : ()"),
    ],
)
def test_text(function, line):
    assert line in str(traced(function))
