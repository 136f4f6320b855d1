"""One integration step of an array of B banks as a segment: drift, row sums, look-ups, chains, gradients, drift.

Forward, lanes are two row groups or two column groups; in the echo they are the two contexts. Row groups come in order,
their look-ups fall into the products of the next; chains (`rtl.hls.wide.chain`) follow when what stays in the banks is
there. Gradients whose operands are there fill the gap before the first chain, and what is left of them comes last:
kicks and drifts fall under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtl.hls.plan.control import Fields, ImmSource
from rtl.hls.plan.requirements import alignment, sum_fraction
from rtl.hls.plan.ring_plan import POSITION, Finish, Inputs, Layout, Local, RingPlan, Statement, Term
from rtl.hls.plan.ring_visits import Move
from rtl.hls.plan.timing import STATE_WRITE
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.plan.wide_timing import ACCUMULATE, CHOOSE, LOOK_UP, SCALE, SUM_READY, TABLE_WRITE, VECTOR
from rtl.hls.plan.width import Width
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.schedule.terms import needed_statements
from rtl.hls.wide.bank_map import BankMap
from rtl.hls.wide.chain import Chain
from rtl.hls.wide.slots import Lane, Placed, Product, Slots, Stay

__all__ = ["WideStep"]

NEVER = 1 << 30
"""End of gradient products whose operands are not under way yet."""

IMM_ONE = (("imm_src", int(ImmSource.ONE)),)


def _input(column: int) -> tuple[tuple[str, int], ...]:
    return (("imm_src", int(ImmSource.INPUT)), ("u_index", column))


@dataclass(frozen=True)
class _Piece:
    """Gradient products that belong together, and the operands they need."""

    products: tuple[Product, ...]


class WideStep:
    """Builds one step; `run` gives its control words."""

    def __init__(self, plan: RingPlan, there: BankMap, width: Width, *, twin: bool) -> None:
        self.plan, self.map, self.twin = plan, there, twin
        self.geometry, self.banks = there.geometry, there.geometry.banks
        self.reservations = ReservationTable()
        self.slots = Slots(there, width, self.reservations, twin=twin)
        self.width = width
        self.cursor = 0
        """Slot after the last product of a sum."""
        self._cleared = 0
        """First cycle in which the accumulators may be cleared."""
        self._chosen = 0
        """First cycle in which no row sum is held any more."""
        self.kicked: dict[int, int] = {}
        self.pieces = list(self._pieces()) if twin else []
        """Gradients that are not placed yet."""

    def run(self) -> list[Fields]:
        """The control words of the step."""
        for statement, groups in self._rows():
            # Nothing is added in the slot in which sums are cleared.
            self._fill(self.cursor + 1 if self._cleared else 0)
            self._row_sums(statement, groups)
        for block in range(self.geometry.fold):
            self._begin(block)
        for groups in self._pairs(self.map.groups(self._kick.length)):
            self._chain(Chain(self.slots, self._kick, groups))
        self._fill(None)
        assert set(self.slots.position_reads) == set(range(self.geometry.fold)), "clipping is to be seen"
        for block in range(self.geometry.fold):
            self._last_drift(block)
        return self.reservations.words()

    @property
    def _kick(self) -> Statement:
        return next(s for s in self.plan.statements if s.finish is Finish.KICK)

    def _rows(self) -> list[tuple[Statement, tuple[int, ...]]]:
        """Row sums, as many at a time as there are lanes for."""
        needed = [s for s in needed_statements(self.plan, gradients=self.twin) if s is not self._kick]
        return [(s, groups) for s in needed for groups in self._pairs(self.map.groups(s.length))]

    def _chain(self, chain: Chain) -> None:
        self._fill(chain.fits(self.cursor))
        while self.pieces and chain.fits(self.cursor) > self.cursor:
            # It has to wait in any case: better behind a piece that begins at once than behind nothing.
            start, chosen = min((self._start(piece), i) for i, piece in enumerate(self.pieces))
            if start > self.cursor:
                break
            self._put(chosen)
            self._fill(chain.fits(self.cursor))
        last, kicked = chain.place(self.cursor)
        self.cursor, self._cleared = chain.after(last), last + SUM_READY
        self.kicked |= kicked

    def _pairs(self, groups: int) -> Sequence[tuple[int, ...]]:
        """Groups of the two lanes: forward two where there are two, in the echo one for both contexts."""
        if self.twin:
            return [(j,) for j in range(groups)]
        return [tuple(range(j, min(j + 2, groups))) for j in range(0, groups, 2)]

    def _begin(self, block: int) -> None:
        """The first half drift of a block, placed when it is needed: round loads of other blocks, which cannot wait."""
        if (POSITION, block) not in self.slots.ready:
            self.slots.ready[POSITION, block] = self._drift(self._earliest(block), block) + STATE_WRITE + 1

    def _earliest(self, block: int) -> int:
        """First cycle of that drift."""
        return 0

    def _last_drift(self, block: int) -> int:
        """The second half drift, written some cycles after the read: no half-step position may be read after that."""
        read = self.slots.position_reads.get(block, 0)
        return self._drift(max(read - STATE_WRITE, self.kicked[block]), block)

    def _drift(self, earliest: int, block: int) -> int:
        def fields(t: int) -> Placed:
            return [
                (t, {"s_addr0": block, "s_addr1": block, "q_io": 0, "p_zero": 0}),
                (t + 1, {"q_sub": int(self.twin)}),
                (t + STATE_WRITE, {"we_q": 1, "w_addr": block}),
            ]

        return self.reservations.place(earliest, fields)

    # Row sums.

    def _row_sums(self, statement: Statement, groups: tuple[int, ...]) -> None:
        self._take(statement, groups, self._add_up(statement, groups) + SUM_READY)

    def _enable(self, groups: tuple[int, ...]) -> int:
        return 3 if self.twin or len(groups) == 2 else 1

    def _add_up(self, statement: Statement, groups: tuple[int, ...]) -> int:
        """The products of a row sum a lane; returns the last slot."""
        products = list(self._products(statement, groups, self._enable(groups)))
        clear = self.reservations.place(
            max(self._cleared, self.cursor - 1 + ACCUMULATE, ACCUMULATE - 1),
            lambda t: [(t, {"acc_clear": 1, "acc_en": 0})],
        )
        self.cursor = max(self.cursor, clear + 1 - ACCUMULATE)
        for product in products:
            if product.lane is not None:
                self._begin(product.lane.first)
            if product is not products[-1]:
                self.cursor = 1 + self.slots.place(self.cursor, product)
        # What is held from the sums before must have been chosen.
        last = self.slots.place(max(self.cursor, self._chosen - SUM_READY), products[-1])
        self.cursor = last + 1
        return last

    def _take(self, statement: Statement, groups: tuple[int, ...], take: int) -> None:
        """Row sums that are complete are held, then looked up."""
        self.reservations.at(take, take=self._enable(groups))
        self._cleared, choose = take, take + CHOOSE
        for lane in range(2 if self._enable(groups) == 3 else 1):
            for bank in range(self.banks):
                block = bank + self.banks * groups[lane if lane < len(groups) else 0]
                choose = 1 + self._look_up(choose, statement, lane, bank, block)
        self._chosen = choose

    def _products(self, statement: Statement, groups: tuple[int, ...], enable: int) -> Iterator[Product]:
        """Those with the inputs first: positions may still be on their way."""
        fraction = sum_fraction(self.geometry, statement)
        for term in sorted(statement.terms, key=lambda term: not isinstance(term, Inputs | Local)):
            address = self.map.address[term.a if isinstance(term, Local) else _matrix(term)]
            base = {"enable": enable, "shift": fraction - term.fraction, "negative": term.negative}

            def at(column: int, t: int = 0, address: dict[tuple[int, int, int], int] = address) -> tuple[int, int]:
                return address[groups[0], column, t], address[groups[-1], column, t]

            if isinstance(term, Local):
                yield Product(at(0), imm=IMM_ONE, **base)  # type: ignore[arg-type]
            elif isinstance(term, Inputs):
                for column in range(self.map.stored[term.matrix].shape[1]):
                    yield Product(at(column), imm=_input(column), **base)  # type: ignore[arg-type]
            else:
                columns = self.map.stored[_matrix(term)].shape[1]
                for g in range(self.map.blocks(columns)):
                    for t in range(self.geometry.elements):
                        move = Move.ON if t else Move.LOAD
                        yield Product(at(g, t), lane=Lane(g, g, t), move=move, **base)  # type: ignore[arg-type]

    def _look_up(self, earliest: int, statement: Statement, lane: int, bank: int, block: int) -> int:
        """One row sum becomes an entry of a vector; returns the cycle of its choice."""
        write = {"s_we": 1 << lane if self.twin else 3, "s_waddr": self.map.vector_base[statement.name] + block}
        scale = {"scale": alignment(self.geometry, 0)} if self.width.scales(0) else {}
        if self.width.negates:
            scale["negate"] = 0

        def fields(choose: int) -> Placed:
            slot = choose + LOOK_UP
            return [
                (choose, {"z_sel": lane * self.banks + bank}),
                (slot, {"lookup": 1, "addr_a": 0, "addr_b": 0, "we_b": 0}),
                (slot + VECTOR, {"v_src": VectorSource.INTERPOLATION}),
                (slot + SCALE, scale),
                (slot + ACCUMULATE, {"acc_en": 0}),
                (slot + TABLE_WRITE, write),
            ]

        choose = self.reservations.place(earliest, fields)
        self.slots.ready[statement.name, block] = choose + LOOK_UP + TABLE_WRITE + 1
        self._square(choose + LOOK_UP)
        return choose

    def _square(self, slot: int) -> None:
        """A local gradient is one bank's work, and a look-up the first one's: they may share a slot."""
        first = self.pieces[0].products[0] if self.pieces else None
        if first is not None and first.local and self.slots.place_at(slot, first):
            self.pieces.pop(0)

    # Gradients.

    def _fill(self, until: int | None) -> None:
        """Places the pieces that end before a slot, in order; or all that are left, what can start soonest first."""
        while self.pieces:
            starts = [self._start(piece) for piece in self.pieces]
            able = list(range(len(starts)))
            if until is not None:
                able = [i for i in able if starts[i] + len(self.pieces[i].products) <= until][:1]
                if not able:
                    return
            chosen = min(able, key=lambda i: (starts[i], i))
            self._put(chosen)

    def _put(self, chosen: int) -> None:
        for product in self.pieces.pop(chosen).products:
            self.cursor = 1 + self.slots.place(self.cursor, product)

    def _start(self, piece: _Piece) -> int:
        """Slot of the first product, if it is placed now."""
        first = piece.products[0]
        if first.stay is not None and not self.slots.under_way(first.stay):
            return NEVER
        return self.slots.fits(self.cursor, first)

    def _pieces(self) -> Iterator[_Piece]:
        """Short ones first, as far as they go; then by what stays."""
        for gradient in self.plan.gradients:
            if gradient.parameter in self.map.local:
                for (block, _, _), address in self.map.address[gradient.parameter].items():
                    stay = Stay(POSITION, block, alone=self.map.local_bank)
                    yield _Piece((self._gradient(gradient.parameter, address, stay, r_is="ab"),))
        for operand in dict.fromkeys(g.terms[0].r for g in self.plan.gradients if g.parameter not in self.map.local):
            gradients = [
                g for g in self.plan.gradients if g.parameter not in self.map.local and g.terms[0].r == operand
            ]
            for j in range(self.map.groups(self.plan.vectors[operand])):
                stay = Stay(operand, j)
                for gradient in sorted(gradients, key=lambda g: self._layout(g.parameter) is not Layout.MATRIX):
                    yield from self._outer(gradient.parameter, stay)

    def _layout(self, parameter: str) -> Layout:
        return self.map.stored[parameter].layout

    def _outer(self, parameter: str, stay: Stay) -> Iterator[_Piece]:
        address, layout = self.map.address[parameter], self._layout(parameter)
        columns = self.map.stored[parameter].shape[1] if layout is not Layout.VECTOR else 1
        if layout is Layout.MATRIX:
            for g in range(self.map.blocks(columns)):
                yield _Piece(
                    tuple(
                        self._gradient(
                            parameter,
                            address[stay.group, g, t],
                            stay,
                            lane=Lane(g, g, t),
                            move=Move.ON if t else Move.LOAD,
                        )
                        for t in range(self.geometry.elements)
                    )
                )
        else:
            for c in range(columns):
                imm = IMM_ONE if layout is Layout.VECTOR else _input(c)
                yield _Piece((self._gradient(parameter, address[stay.group, c, 0], stay, imm=imm),))

    def _gradient(
        self,
        parameter: str,
        address: int,
        stay: Stay,
        *,
        r_is: str = "a",
        lane: Lane | None = None,
        move: Move = Move.LOAD,
        imm: tuple[tuple[str, int], ...] | None = None,
    ) -> Product:
        term = next(g for g in self.plan.gradients if g.parameter == parameter).terms[0]
        return Product(
            stay=stay,
            r_is=r_is,
            lane=lane,
            move=move,
            imm=imm,
            shift=term.alignment,
            negative=term.negative,
            gradient=address,
            local=parameter in self.map.local,
        )


def _matrix(term: Term) -> str:
    assert not isinstance(term, Local)
    return term.matrix
