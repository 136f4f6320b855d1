"""The speed and memory of learning, side by side with what one would use instead: who, how, and what is said of it.

=====================  ================================================================================================
`plan`                 what is measured, at which sizes
`setting`              one setting for all: digits as sequences of T steps, a system of N neurons
`golden_contestants`   the golden model, compiled and in NumPy
`jax_contestants`      JAX in float32: the echo and BPTT, a sample at a time and in batches, on every kind of device
`rounds`               contestants in turns, wall and CPU seconds
`memory`               peak resident memory in a process of its own
`document`             rows as they come, and whose machine made them
`tables`               Markdown, and where a peer wins
=====================  ================================================================================================

In: what `hel bench` was asked for. Out: a document of rows.

May import of golden: errors, computer, tasks, native, training, provenance, peers; of hel: arguments, output.
"""
