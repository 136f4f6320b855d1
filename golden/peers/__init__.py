"""What others would learn with instead: the same systems, gradients and trainings in JAX, which is an optional extra.

==============  =======================================================================================================
`extra`         JAX, if it is installed, and in which precision it computes
`graphs`        a traced graph evaluated by `jax.numpy`
`jax_system`    a system's leapfrog by `jax.grad` of its potential, over T steps, on batches, masked beyond a length
`gradients`     of a batch: Hamiltonian echo learning without a stored trajectory, and BPTT through `lax.scan`
`jax_readout`   the readouts of `golden.cost_functions` and their errors
`optimisers`    clipped descent, as ours, and Adam
`updates`       one update of a training, and a scan of them
`jax_training`  epochs in one jitted scan; trainings side by side
`many_sets`     trainings side by side, each on samples of its own
`gru`           a gated recurrent unit in a system's place
`minirocket`    MiniRocket's features, in NumPy
==============  =======================================================================================================

In: a system, a `golden.training.sequences.Training`. Out: gradients; what that training reports.

May import of golden: errors, language, cost_functions, systems, training.
"""
