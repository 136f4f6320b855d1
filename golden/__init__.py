"""The mathematics: systems, learning rules, and the integer program they become. NumPy alone, never Amaranth.

===========  =================================================================  ==================================
room         what it is for                                                     may import, beside golden.errors
===========  =================================================================  ==================================
language     what a potential may say: trace, graph, gradient, float64          nothing
arithmetic   words: formats, roundings, tables                                  nothing
tasks        what is to be learnt: digits                                       nothing
systems      potentials by name                                                 language
costs        the loss, and the nudge it gives the echo                          language, arithmetic
program      the typed integer program                                          arithmetic
stacks       layers of systems one above the other                              language, systems
compiler     from a potential to a program                                      the above but tasks, costs, stacks
dynamics     motion in time: leapfrog, echo, damping, rest                      language, arithmetic, program, systems
rules        learning rules: a gradient by each                                 the above but tasks
checks       how good a gradient is                                             the above but tasks
training     a task learnt: trainer, learners, result                           the above but stacks, checks
studies      the commands that regenerate committed results                     everything
===========  =================================================================  ==================================

In: a potential, a task. Out: a program, gradients, learnt parameters. Imports NumPy, and scikit-learn for data.
"""
