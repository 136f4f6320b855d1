"""How good a gradient is: echoes against back-propagation, and boundary conditions against finite differences.

In: a system's name and sizes. Out: cosines and relative errors. Imports all other rooms but training, tasks, studies.
"""
