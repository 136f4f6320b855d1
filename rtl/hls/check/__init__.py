"""What holds a schedule to its word, without the scheduler's help: the hazards of its control words.

In: control words, `MemoryMap`, `Traffic`. Out: nothing, or an AssertionError.

May import of rtl: hls.plan.
"""
