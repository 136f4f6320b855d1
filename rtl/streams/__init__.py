"""What lies between the host port, the sequencer and the ring: queues, buffers, and the word of a request.

All of them are slow on purpose: flags and words end in registers, so the two sides may lie far from each other.

In and out: `amaranth.lib.stream` of any shape.

May import nothing of the house.
"""
