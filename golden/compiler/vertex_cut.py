"""The smallest set of nodes that every way from some operations up to some demands goes through."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

from golden.language.graph import Node

__all__ = ["smallest_cut"]

_Half = tuple[int, bool]
"""A node's number, and whether its exit: a way goes in, through the node once, and out."""


def smallest_cut(nodes: Sequence[Node], demands: Sequence[Node], sources: Collection[str]) -> list[Node]:
    """As few of `nodes` as separate the demands from the operations named in `sources`; both may be chosen themselves.

    Of equally small sets the one nearest to the demands. A flow with one unit through each node, and what it leaves
    (Ford and Fulkerson). Nodes that no demand reads are left out.

    >>> from golden.language.builder import Builder
    >>> b = Builder()
    >>> e = b.unary("exp", b.leaf("input", "q", (2,)))
    >>> twice, thrice = b.square(e), b.mul(e, b.square(e))
    >>> [node.op for node in smallest_cut([e, twice, thrice], [twice, thrice], ["exp"])]
    ['exp']
    >>> [node.op for node in smallest_cut([e, twice], [twice], ["exp"])]
    ['square']
    """
    number = {node: at for at, node in enumerate(nodes)}
    read, stack = set(demands), list(demands)
    while stack:
        for arg in stack.pop().args:
            if arg in number and arg not in read:
                read.add(arg)
                stack.append(arg)
    users: dict[int, list[int]] = {number[node]: [] for node in nodes if node in read}
    for node in nodes:
        if node in read:
            for arg in dict.fromkeys(node.args):
                if arg in number:
                    users[number[arg]].append(number[node])
    flow = _Flow(users, [number[n] for n in nodes if n in read and n.op in sources], {number[n] for n in demands})
    while flow.augment():
        pass
    return [nodes[at] for at in sorted(flow.cut())]


class _Flow:
    """Ways from sources to demands, no node on two of them."""

    def __init__(self, users: dict[int, list[int]], sources: list[int], demands: set[int]) -> None:
        self.users, self.sources, self.demands = users, sources, demands
        self.readers: dict[int, list[int]] = {at: [] for at in users}
        for at, found in users.items():
            for user in found:
                self.readers[user].append(at)
        self.through: set[int] = set()
        """Nodes that a way goes through."""
        self.begun: set[int] = set()
        self.ended: set[int] = set()
        self.used: set[tuple[int, int]] = set()
        """Edges on a way."""

    def _next(self, half: _Half) -> list[_Half]:
        """Where a new way may go on, or take back an old one."""
        at, is_exit = half
        if not is_exit:
            onward: list[_Half] = [(at, True)] if at not in self.through else []
            return onward + [(arg, True) for arg in self.readers[at] if (arg, at) in self.used]
        back: list[_Half] = [(at, False)] if at in self.through else []
        return [(user, False) for user in self.users[at] if (at, user) not in self.used] + back

    def augment(self) -> bool:
        """One more way, if there is one."""
        came: dict[_Half, _Half | None] = {(at, False): None for at in self.sources if at not in self.begun}
        queue = deque(came)
        while queue:
            half = queue.popleft()
            if half[1] and half[0] in self.demands and half[0] not in self.ended:
                self._take(half, came)
                return True
            for onward in self._next(half):
                if onward not in came:
                    came[onward] = half
                    queue.append(onward)
        return False

    def _take(self, half: _Half, came: dict[_Half, _Half | None]) -> None:
        self.ended.add(half[0])
        here: _Half = half
        while (before := came[here]) is not None:
            (a, a_exit), (b, b_exit) = before, here
            if a == b:
                self.through.symmetric_difference_update({a})
            elif a_exit and not b_exit:
                self.used.add((a, b))
            else:
                self.used.remove((b, a))
            here = before
        self.begun.add(here[0])

    def cut(self) -> list[int]:
        """Nodes whose exit, but not whose entry, can still reach a demand: every way goes through one of them."""
        reach: set[_Half] = set()
        stack: list[_Half] = [(at, True) for at in self.demands if at not in self.ended]
        backward: dict[_Half, list[_Half]] = {}
        for at in self.users:
            for half in ((at, False), (at, True)):
                for onward in self._next(half):
                    backward.setdefault(onward, []).append(half)
        # A demand at which a way ends is reached from there on: the cut nearest to it is the demand itself.
        stack += [(at, True) for at in self.demands if at in self.ended]
        while stack:
            half = stack.pop()
            if half not in reach:
                reach.add(half)
                stack += backward.get(half, [])
        return [at for at in self.users if (at, True) in reach and (at, False) not in reach]
