"""How good a gradient is: echoes against back-propagation, and boundary conditions against finite differences.

In: a system, or its name and sizes. Out: cosines and relative errors.

cases, comparison       seeded problems that words hold, with their reference; how far apart two gradients are
own_cost                costs by their words, and the user's own from a file
gradcheck, sweep        the echo in float64 and in integers, once; over many eps and seeds
strengths, eps_scan     errors over powers of two of eps, the best of them, and why the others are worse
glepcheck               every boundary condition of `golden.rules.glep`

May import of golden: errors, arithmetic, language, cost_functions, program, systems, dynamics, compiler, problems,
rules.glep, rules.
"""
