"""One element of the ring: `element.Element` and its units, each with the formula it computes and its latencies.

Units: lanes, state, sum register, tables, cut, vector store, gradient memory and update. The element wires them
and says what no unit does alone: the weight memory's addresses, the host chain, the flags.

In: a `Geometry`; in every cycle a control word, the broadcast word and the neighbours' registers. Out: its own
registers.

May import of golden: arithmetic; of rtl: hls.plan, primitives.
"""
