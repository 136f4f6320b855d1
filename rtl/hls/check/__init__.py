"""What holds a schedule to its word: the hazards checker, the cycle-accurate model, what is recorded of it.

In: control words. Out: nothing, or an AssertionError; words, cycle by cycle. Imports rtl.hls.plan.
"""
