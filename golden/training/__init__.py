"""Learning a task: sequences by the echo, still images at rest.

===============  =====================================================================================================
`sequences`      the trainer of sequences: Hamiltonian echo learning, batch 1
`still_images`   the trainer at rest: equilibrium propagation, minibatches, `momentum`
`conversation`   the requests of a trainer, and who answers them
`learner`        the learner in integers, with `update`; `compiled_learner` whole samples; `float_learner` float64
`optimiser`      what an update does with a gradient; `descent` its steps, `native_descent` what compiled ones need,
                 `readout_descent` those of the readout
`cost_learners`  both by an averaged or a per-step cost
`arithmetics`    what float64 and integers make of inputs, readout, rates, learner
`recipe`         hyper-parameters; `chosen`: those of the built-in tasks
`played`         sequences as they are played; `measures`: how good a model is at a task
`adapter`        a learnt model goes on, one sample at a time
`samples`        which samples are learnt from and judged on; `seeds`: in which order, from which readout; `in_turn`:
                 seeds one after the other
`report`         costs and accuracies as the samples are met, and the result
===============  =====================================================================================================

In: a task, a system, a recipe. Out: learnt parameters, accuracies.

May import of golden: errors, arithmetic, language, tasks, cost_functions, program, systems, dynamics, compiler,
problems, native, rules.
"""
