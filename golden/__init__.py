"""The mathematics: systems, learning rules, and the integer program they become. NumPy alone, never Amaranth.

==============  ======================================================================================================
room            what it is for
==============  ======================================================================================================
computer        what runs us: the cache, outside programs, whose fault it is
language        what a potential may say: trace, graph, gradient, float64
arithmetic      words: formats, roundings, tables
tasks           what is to be learnt, with its data
cost_functions  the loss, and the nudge it gives the echo
systems         potentials by name
program         the typed integer program
compiler        from a potential to a program, by passes
stacks          layers of systems one above the other
dynamics        motion in time: leapfrog, echo, damping, rest
problems        what a gradient is of, and what is reported of it
rules           learning rules: a gradient by each
checks          how good a gradient is
training        a task learnt: trainer, learners, result
studies         the commands that regenerate committed results
==============  ======================================================================================================

In: a potential, a task. Out: a program, gradients, learnt parameters. What each room may import, it says itself;
tests/test_floor_plan.py holds it to it. Outside of the house: NumPy; scikit-learn where data are loaded or compared
with, matplotlib where a study draws.
"""
