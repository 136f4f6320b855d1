"""Motion in time: the leapfrog and its inverse, in float64 and in integers, damped too; the echo's gradient sums; rest.

In: a system or a program, parameters, a state. Out: the state later or earlier. Imports golden.program and systems.
"""
