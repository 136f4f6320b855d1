"""How good a gradient is: echoes against back-propagation, and boundary conditions against finite differences.

In: a system's name and sizes. Out: cosines and relative errors. Imports all other rooms but training, tasks, studies.

cases, comparison       seeded problems that words hold, with their reference; how far apart two gradients are
gradcheck, sweep        the echo in float64 and in integers, once; over many eps and seeds
glepcheck               every boundary condition of `golden.rules.glep`
"""
