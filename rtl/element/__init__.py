"""One element of the ring: lanes, state, function table, cut, vector store, gradient memory and update.

In: control words and the neighbours' registers. Out: its own. Imports rtl.primitives and rtl.hls.plan.ring_plan.
"""
